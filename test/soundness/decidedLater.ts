/** Which rows of a table stay, or what they hold, is decided by rows that come later. */
import { drawFrom } from '../reference/draw.ts';
import type { Row, Table } from '../reference/table.ts';
import { value } from './data.ts';
import { type Cells, cellText, type Executed, execute, relationsRead, rowLevel } from './run.ts';
import { cellKnown, type Data, day, firstDay, rowKnown, type SourceRow, type SourceSpec } from './schema.ts';
import type { Setting } from './setting.ts';

/** The rows that were known at a time, by what is known of them then. */
const knownBy = ({ rows }: Table, time: number): string =>
  rows
    .filter(row => Number(row['#known']) <= time)
    .map(row =>
      Object.keys(row)
        .filter(name => !name.startsWith('#') && !name.endsWith('#known') && !(Number(row[`${name}#known`]) > time))
        .map(name => `${name}=${cellText(row[name])}`)
        .join(' '),
    )
    .sort()
    .join('\n');

const choosing: ReadonlySet<string> = new Set(['filter', 'dedupe', 'neighbour', 'rank', 'sample', 'group', 'join']);

/** Cells that wait for a moment of their own. */
const waiting: ReadonlySet<string> = new Set(['lag', 'column', 'self']);

/** The rows that are known by then, with other values where a cell is not. */
function knownThen(source: SourceSpec, rows: readonly SourceRow[], time: number): readonly SourceRow[] {
  const draw = drawFrom(9);
  const late = source.columns.filter(({ type, availability }) => waiting.has(availability.kind) && !['key', 'timestamp', 'date'].includes(type));
  return rows
    .filter(row => rowKnown(source, row) <= time)
    .map(row => {
      const open = late.filter(column => cellKnown(source, row, column) > time);
      return open.length === 0 ? row : { ...row, ...Object.fromEntries(open.map(column => [column.name, value(draw, column)])) };
    });
}

/** Without what comes later, a table that chooses among rows has other rows of the time before. */
function amongTimed({ plan, sources, data, base }: Setting): boolean {
  return [40, 80, 120].some(offset => {
    const time = firstDay + offset * day;
    const early = Object.fromEntries(sources.map(source => [source.name, knownThen(source, data[source.name] ?? [], time)]));
    const before = execute(plan, sources, early, null, 'observations');
    return relationsRead(plan).some(({ id, steps }) => {
      if (!steps.some(({ op }) => choosing.has(op))) return false;
      const [now, then] = [base.tables.get(id), before.tables.get(id)];
      return now !== undefined && then !== undefined && knownBy(now, time) !== knownBy(then, time);
    });
  });
}

/** Without some of the rows, others of the rest are there. */
function amongOthers({ plan, sources, data, base, entity }: Setting): boolean {
  const { key } = entity;
  if (key === null) return false;
  const draw = drawFrom(5);
  const gone = new Set((data[entity.name] ?? []).filter(() => draw.chance(0.5)));
  const fewer: Data = { ...data, [entity.name]: (data[entity.name] ?? []).filter(row => !gone.has(row)) };
  const keys = new Set([...gone].map(row => row[key]));
  const rest = execute(plan, sources, fewer, null, 'observations');
  const kept = (rows: readonly Row[]): string =>
    rows
      .flatMap(row => (typeof row[key] === 'string' && !keys.has(row[key]) ? [row[key]] : []))
      .sort()
      .join();
  return relationsRead(plan).some(({ id }) => kept(base.tables.get(id)?.rows ?? []) !== kept(rest.tables.get(id)?.rows ?? []));
}

/** Without the rows that refer to some of the entities, other rows of the rest are there, or hold something else. */
function amongTheirs({ plan, sources, data, entity, base }: Setting): boolean {
  const draw = drawFrom(7);
  const gone = new Set((data[entity.name] ?? []).flatMap(row => (entity.key !== null && draw.chance(0.5) ? [row[entity.key] ?? null] : [])));
  return sources.some(source => {
    const link = source.columns.find(({ table }) => source !== entity && table === entity.name)?.name;
    if (link === undefined) return false;
    const fewer: Data = { ...data, [source.name]: (data[source.name] ?? []).filter(row => !gone.has(row[link] ?? null)) };
    const rest = execute(plan, sources, fewer, null, 'observations');
    const kept = (rows: readonly Row[]): string =>
      rows
        .flatMap(row => {
          const of = row[link];
          return typeof of === 'string' && !gone.has(of) ? [Object.values(row).map(cellText).join(' ')] : [];
        })
        .sort()
        .join('\n');
    return relationsRead(plan).some(({ id }) => kept(base.tables.get(id)?.rows ?? []) !== kept(rest.tables.get(id)?.rows ?? []));
  });
}

/** Observations without a key, of which nothing can be changed by itself: without some of them the rest have other values, or another label. */
export function restsOnOthers({ plan, sources, data, base, entity, frame, sets }: Setting): boolean {
  if (entity.key !== null) return false;
  const draw = drawFrom(11);
  const fewer: Data = { ...data, [entity.name]: (data[entity.name] ?? []).filter(() => draw.chance(0.5)) };
  const rest = execute(plan, sources, fewer, null, 'observations');
  const labels = ({ candidates }: Executed): Cells => new Map((candidates.get(frame.id) ?? []).map(({ id, row }) => [id, cellText(row['#label'])]));
  const differs = (before: Cells, after: Cells): boolean => [...after].some(([id, cells]) => before.has(id) && before.get(id) !== cells);
  return differs(labels(base), labels(rest)) || sets.some(({ id }) => differs(rowLevel(base, id), rowLevel(rest, id)));
}

export const decidedLater = (setting: Setting): boolean =>
  setting.entity.event === null ? amongOthers(setting) || amongTheirs(setting) : amongTimed(setting);
