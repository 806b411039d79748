/** Changes that a rule asks for itself: of outcomes, and of single rows. */
import { drawFrom } from '../reference/draw.ts';
import { isAfter, isTimed, ownLabelColumns } from './mayChange.ts';
import { namedIn } from './named.ts';
import { type Free, perturbed } from './perturb.ts';
import { cellText, execute, type Observation, rowLevel } from './run.ts';
import type { Data, SourceRow, SourceSpec } from './schema.ts';
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

interface Place {
  readonly source: SourceSpec;
  readonly row: SourceRow;
}

/** Of each column that the program reads, so many changes of some of its cells, and of them the rows that are asked alone. */
const rounds = 4;

/** Whether a change of one cell, or a row that is not there, moves the label and a feature of one observation, both at once. */
export function movesBoth(setting: Setting): boolean {
  const { plan, sources, data, frame, sets, base, labelled, entity } = setting;
  const before = new Map((base.candidates.get(frame.id) ?? []).map(o => [o.id, o]));
  const draw = drawFrom(7);
  const text = JSON.stringify(plan.nodes.filter(({ kind }) => kind !== 'scan'));
  const movedIn = (changed: Data): readonly Observation[] => {
    const now = execute(plan, sources, changed, null, 'observations');
    const after = now.candidates.get(frame.id) ?? [];
    // Where rows have no key, another value makes another observation: the one that is gone is the one that has come.
    const there = new Set(after.map(({ id }) => id));
    const gone = [...before.values()].filter(({ id }) => !there.has(id));
    const come = after.filter(({ id }) => !before.has(id));
    const only = entity.key === null && gone.length === 1 && come.length === 1 ? gone[0] : undefined;
    return after.filter(({ id, row }) => {
      const was = before.get(id) ?? only;
      if (!was || cellText(was.row['#label']) === cellText(row['#label'])) return false;
      return sets.some(set => rowLevel(base, set.id).get(was.id) !== rowLevel(now, set.id).get(id));
    });
  };
  const rows = sources.filter(s => labelled.has(s.name) || s === entity).flatMap(source => (data[source.name] ?? []).map(row => ({ source, row })));
  const movesWithout = ({ source, row: gone }: Place): boolean =>
    movedIn({ ...data, [source.name]: (data[source.name] ?? []).filter(row => row !== gone) }).length > 0;
  const columns = sources.flatMap(source =>
    source.columns.flatMap(column =>
      !unchangeable.has(column.type) && text.includes(`"name":"${column.name}"`) && rows.some(place => place.source === source)
        ? [{ source, column }]
        : [],
    ),
  );
  const moves = ({ source, column }: (typeof columns)[number]): boolean => {
    const moved = (chosen: ReadonlySet<SourceRow>): readonly Observation[] => {
      const free: Free = (of, row, _known, asked) => of === source && asked === column && chosen.has(row);
      return movedIn(perturbed(draw, sources, data, free, { rows: false, share: 1 }, 0, namedIn(plan)));
    };
    const alone = (place: Place): boolean => place.source === source && [1, 2].some(() => moved(new Set([place.row])).length > 0);
    const own = rows.filter(place => place.source === source);
    return Array.from({ length: rounds }).some(() => {
      const some = new Set(own.filter(() => draw.chance(0.5)).map(({ row }) => row));
      const suspects = moved(some).slice(0, 3);
      const itself = source === entity ? own.filter(({ row }) => suspects.some(o => o.identity === keyOfRow(entity, row))).slice(0, 3) : [];
      const beside = own.filter(({ row }) => source.event !== null && suspects.some(o => o.cutoff !== null && row[source.event ?? ''] === o.cutoff));
      return [...itself, ...beside.slice(0, 4), draw.pick(own)].some(alone);
    });
  };
  return columns.some(moves) || Array.from({ length: 12 }, () => draw.pick(rows)).some(movesWithout);
}
