/** Random rows under a declaration: few, with equal moments, missing values and partners that are not there, so that edges come up. */
import type { Draw } from '../reference/draw.ts';
import { type CellValue, type ColumnSpec, type Data, day, firstDay, levels, type SourceRow, type SourceSpec, writtenAs } from './schema.ts';

/** Rows of a source that others refer to. */
const count = (source: SourceSpec, draw: Draw): number => {
  if (source.event === null) return source.name === 'ps' ? draw.int(24, 40) : draw.int(6, 9);
  return source.name === 'ent' ? draw.int(7, 10) : draw.int(26, 38);
};

export const keyOf = (source: string, i: number): string => `${source}${i}`;

export const lastDay = 150;

/** Mostly midnights, so that events fall on cutoffs. */
export const moment = (draw: Draw, from: number, to: number): number =>
  firstDay + draw.int(from, to) * day + (draw.chance(0.3) ? draw.int(1, 23) * (day / 24) : 0);

export function value(draw: Draw, column: ColumnSpec): CellValue {
  if (column.nullable && draw.chance(0.15)) return null;
  switch (column.type) {
    case 'int':
      return draw.chance(0.04) ? 1000 : draw.int(0, 9);
    case 'float':
      return draw.chance(0.04) ? 500.25 : draw.int(0, 40) / 4;
    case 'bool':
      return draw.chance(0.5);
    case 'category':
      return draw.pick(levels);
    case 'text':
      return draw.pick(['a', 'b', 'c', 's', 't', 'u', 'v', 'w', 'x']);
    case 'ref':
      return keyOf(column.table ?? '', draw.int(0, column.table === 'dim' ? 8 : column.table === 'ps' || column.table === 'nt' ? 24 : 9));
    default:
      return null;
  }
}

/** A time column relative to the event: moments that date other cells come later, most of the time. */
function time(draw: Draw, column: ColumnSpec, source: SourceSpec, event: number): CellValue {
  if (column.name === source.event) return event;
  if (column.nullable && draw.chance(0.15)) return null;
  const isRowKnown = source.known !== null && 'column' in source.known && source.known.column === column.name;
  const after = isRowKnown ? (draw.chance(0.05) ? -2 : draw.pick([0, 0, 0, 1, 1, 3, 3, 8, 8, 60])) : draw.pick([-3, 0, 1, 4, 9, 15, 25]);
  const at = event + after * day;
  return column.type === 'date' ? firstDay + Math.floor((at - firstDay) / day) * day : at;
}

/** Before the first cutoffs, so that these find something. */
const earliest = -25;

/** A row at some time of the data, or in a range of days after the first one, or at a moment in micros. */
export function row(draw: Draw, source: SourceSpec, key: string, when: readonly [from: number, to: number] | number | null = null): SourceRow {
  const early = source.name === 'ent' && when === null && draw.chance(0.7);
  const [from, to] = typeof when === 'number' || when === null ? [earliest, early ? 30 : lastDay] : when;
  const stamp = typeof when === 'number' ? when : moment(draw, from, to);
  const type = source.columns.find(c => c.name === source.event)?.type;
  const event = type === 'date' ? firstDay + Math.floor((stamp - firstDay) / day) * day : stamp;
  return Object.fromEntries(
    source.columns.map((column): [string, CellValue] => {
      if (column.name === source.key) return [column.name, key];
      const isTime = column.type === 'timestamp' || column.type === 'date';
      return [column.name, isTime ? time(draw, column, source, event) : value(draw, column)];
    }),
  );
}

/** `times` as many rows of events and of what has no time as there are usually. */
export const randomData = (draw: Draw, sources: readonly SourceSpec[], times = 1): Data =>
  Object.fromEntries(
    sources.map(source => {
      const length = count(source, draw) * (source.name === 'ent' || source.name === 'dim' ? 1 : times);
      return [source.name, Array.from({ length }, (_, i) => row(draw, source, keyOf(writtenAs(source), i)))];
    }),
  );
