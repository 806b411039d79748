/**
 * Changes of data that respect what is declared: a cell that must stay keeps its value and its known time, and a cell that may change gets
 * a value that still comes too late to be seen. So whatever follows from such a change is influence of what was not known.
 */
import type { Draw } from '../reference/draw.ts';
import { keyOf, moment, row as newRow, value } from './data.ts';
import { type Named, nearNamed } from './named.ts';
import {
  type CellValue,
  type ColumnSpec,
  cellKnown,
  type Data,
  day,
  firstDay,
  rowKnown,
  type SourceRow,
  type SourceSpec,
  writtenAs,
} from './schema.ts';

/** Whether a cell with that known time may change; a row where there is no column. */
export type Free = (source: SourceSpec, row: SourceRow, known: number, column: ColumnSpec | null) => boolean;

export interface Change {
  /** Whether rows may come and go, where they are free. */
  readonly rows: boolean;
  readonly share: number;
}

const isTime = ({ type }: ColumnSpec): boolean => type === 'timestamp' || type === 'date';

const lastDay = 170;

/** The changed row, if it differs only where it may. */
function allowed(source: SourceSpec, old: SourceRow, changed: SourceRow, free: Free): boolean {
  const was = rowKnown(source, old);
  const is = rowKnown(source, changed);
  const rowWasFree = free(source, old, was, null);
  if (rowWasFree ? !free(source, changed, is, null) : was !== is) return false;
  return source.columns.every(column => {
    const before = cellKnown(source, old, column);
    const after = cellKnown(source, changed, column);
    if (free(source, old, before, column)) return free(source, changed, after, column);
    return before === after && old[column.name] === changed[column.name];
  });
}

function otherTime(draw: Draw, column: ColumnSpec, old: CellValue): CellValue {
  if (column.nullable && draw.chance(0.2)) return null;
  const at = typeof old === 'number' && draw.chance(0.5) ? old + draw.pick([-40, -9, -1, 1, 9, 40]) * day : moment(draw, 0, lastDay);
  return column.type === 'date' ? firstDay + Math.floor((at - firstDay) / day) * day : at;
}

/** Another value, a missing one, one of another row, one far out, or one that the program asks for. */
function otherValue(draw: Draw, column: ColumnSpec, rows: readonly SourceRow[], named: Named): CellValue {
  const kind = draw.int(0, 9);
  if (kind > 7) return nearNamed(draw, column, named) ?? value(draw, column);
  if (kind < 2 && column.nullable) return null;
  if (kind < 3 && rows.length > 0) return draw.pick(rows)[column.name] ?? value(draw, column);
  if (kind === 3 && column.type === 'int') return 100_000;
  if (kind === 3 && column.type === 'float') return 77_777.5;
  return value(draw, column);
}

/** Whether rows, keys, refs or known times hang on values of the column; of others only whether they may change themselves. */
const isPlain = ({ type }: ColumnSpec): boolean => type !== 'key' && type !== 'ref' && type !== 'timestamp' && type !== 'date';

function changedRow(draw: Draw, source: SourceSpec, old: SourceRow, rows: readonly SourceRow[], free: Free, share: number, named: Named): SourceRow {
  let now = old;
  for (const column of source.columns) {
    if (column.name === source.key || !free(source, old, cellKnown(source, old, column), column) || !draw.chance(share)) continue;
    const other = isTime(column) ? otherTime(draw, column, old[column.name] ?? null) : otherValue(draw, column, rows, named);
    const next = { ...now, [column.name]: other };
    if (isPlain(column) || allowed(source, old, next, free)) now = next;
  }
  return now;
}

const wholly = (source: SourceSpec, row: SourceRow, free: Free): boolean =>
  free(source, row, rowKnown(source, row), null) && source.columns.every(column => free(source, row, cellKnown(source, row, column), column));

const shuffled = <T>(draw: Draw, items: readonly T[]): T[] =>
  items
    .map(item => ({ item, at: draw.real() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** New rows begin not before `earliest` days after the first one. */
export function perturbed(
  draw: Draw,
  sources: readonly SourceSpec[],
  data: Data,
  free: Free,
  { rows: mayMove, share }: Change,
  earliest: number,
  named: Named = { numbers: [], texts: [] },
): Data {
  return Object.fromEntries(
    sources.map(source => {
      const rows = data[source.name] ?? [];
      const [gone, come] = mayMove ? [draw.pick([0, 0.2, 0.7]), draw.pick([0, 3, 8, Math.ceil(rows.length / 6)])] : [0, 0];
      const kept = rows.filter(row => !(gone > 0 && wholly(source, row, free) && draw.chance(gone)));
      const changed = kept.map(row => changedRow(draw, source, row, rows, free, share, named));
      const taken = new Set([...rows, ...changed].map(row => (source.key === null ? null : row[source.key])));
      for (let i = 0; i < come; i++) {
        const key = keyOf(writtenAs(source), draw.int(0, rows.length + come));
        const from = draw.chance(0.3) ? 1 : Math.max(1, Math.floor(earliest) - 3);
        const added = newRow(draw, source, key, [from, lastDay]);
        if ((source.key !== null && taken.has(key)) || !wholly(source, added, free)) continue;
        taken.add(key);
        changed.push(added);
      }
      const isSame = changed.length === rows.length && changed.every((row, i) => row === rows[i]);
      return [source.name, isSame && source.event === null ? rows : shuffled(draw, changed)];
    }),
  );
}
