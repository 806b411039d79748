/** Changes that a rule asks for itself: of outcomes, and of single rows. */
import { drawFrom } from '../reference/draw.ts';
import { isAfter, isTimed, ownLabelColumns } from './mayChange.ts';
import { type Free, perturbed } from './perturb.ts';
import { cellText, execute, type Observation, rowLevel } from './run.ts';
import type { CellValue, SourceRow, SourceSpec } from './schema.ts';
import { keyOfRow, type Setting } from './setting.ts';

const unchangeable: ReadonlySet<string> = new Set(['key', 'ref', 'timestamp', 'date']);

/** Whether other outcomes make other observations: what the label reads, and what is filled in after it. */
export function outcomeMoves(setting: Setting): boolean {
  const { plan, sources, entity, frame, candidates, labelled } = setting;
  const columns = ownLabelColumns(setting);
  const timed = isTimed(setting);
  const free: Free = (source, _row, _known, column) =>
    column !== null &&
    column.type !== 'key' &&
    (isAfter(column) || (source === entity && columns.has(column.name)) || (timed && labelled.has(source.name) && column.type !== 'ref'));
  const ids = (all: readonly Observation[]): string =>
    all
      .map(o => o.id)
      .sort()
      .join();
  return [1, 2, 3, 4].some(seed => {
    const data = perturbed(drawFrom(seed), sources, setting.data, free, { rows: false, share: 0.7 }, 0);
    return ids(execute(plan, sources, data, null, 'observations').candidates.get(frame.id) ?? []) !== ids(candidates);
  });
}

/** Whether a change of one row moves the label and a feature of one observation, both at once. */
export function movesBoth(setting: Setting): boolean {
  const { plan, sources, data, frame, sets, base, labelled, entity } = setting;
  const before = new Map((base.candidates.get(frame.id) ?? []).map(o => [o.id, o]));
  const draw = drawFrom(7);
  /** The observations whose label and features both move, where the chosen rows get other values. */
  const moved = (isChosen: (source: SourceSpec, row: SourceRow) => boolean): readonly Observation[] => {
    const free: Free = (source, row, _known, column) => column !== null && !unchangeable.has(column.type) && isChosen(source, row);
    const share = draw.pick([0.3, 0.6, 1]);
    const now = execute(plan, sources, perturbed(draw, sources, data, free, { rows: false, share }, 0), null, 'observations');
    return (now.candidates.get(frame.id) ?? []).filter(({ id, row }) => {
      const was = before.get(id);
      if (!was || cellText(was.row['#label']) === cellText(row['#label'])) return false;
      return sets.some(set => rowLevel(base, set.id).get(id) !== rowLevel(now, set.id).get(id));
    });
  };
  const rows = sources.filter(s => labelled.has(s.name) || s === entity).flatMap(source => (data[source.name] ?? []).map(row => ({ source, row })));
  const isOne =
    (one: SourceSpec, key: CellValue) =>
    (source: SourceSpec, row: SourceRow): boolean =>
      source === one && keyOfRow(source, row) === key;
  for (let i = 0; i < 20; i++) {
    // Of many rows at once, own rows among them; what moves by them is asked again of the own row alone.
    const some = new Set(rows.filter(() => draw.chance(0.3)).map(({ row }) => row));
    const own = moved((_source, row) => some.has(row)).slice(0, 3);
    if (own.some(o => [1, 2, 3].some(() => moved(isOne(entity, o.identity)).some(({ id }) => id === o.id)))) return true;
    const one = draw.pick(rows);
    if ([1, 2].some(() => moved(isOne(one.source, keyOfRow(one.source, one.row))).length > 0)) return true;
  }
  return false;
}
