/** Changes that a rule asks for itself: of outcomes, and of single rows. */
import { drawFrom } from '../reference/draw.ts';
import { isAfter, isTimed, ownLabelColumns } from './mayChange.ts';
import { type Free, perturbed } from './perturb.ts';
import { cellText, execute, type Observation, rowLevel } from './run.ts';
import { keyOfRow, type Setting } from './setting.ts';

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
  const before = new Map((base.candidates.get(frame.id) ?? []).map(o => [o.id, cellText(o.row['#label'])]));
  const draw = drawFrom(7);
  const rows = sources.filter(s => labelled.has(s.name) || s === entity).flatMap(source => (data[source.name] ?? []).map(row => ({ source, row })));
  for (let i = 0; i < Math.min(60, rows.length); i++) {
    const one = draw.pick(rows);
    const free: Free = (source, row, _known, column) =>
      source === one.source &&
      keyOfRow(source, row) === keyOfRow(source, one.row) &&
      column !== null &&
      !['key', 'ref', 'timestamp', 'date'].includes(column.type);
    const moved = execute(plan, sources, perturbed(draw, sources, data, free, { rows: false, share: 1 }, 0), null, 'observations');
    for (const { id, row } of moved.candidates.get(frame.id) ?? []) {
      const was = before.get(id);
      if (was === undefined || was === cellText(row['#label'])) continue;
      if (sets.some(set => rowLevel(base, set.id).get(id) !== rowLevel(moved, set.id).get(id))) return true;
    }
  }
  return false;
}
