/**
 * Known times as columns. A relation carries `#event` and `#known` of its rows, `x#known` for each cell that is known later than its row,
 * and `#exists` where a row's being there was settled later than that. A null known time means never.
 */
import type { RelationModel, TypedExpr } from '../model/typed.ts';
import { columnNames } from '../model/walk.ts';
import type { DurationValue } from '../text/duration.ts';
import type { Place } from '../text/place.ts';
import type { PlanColumn, PlanExpr, PlanPlace, PlanType } from './plan.ts';

export const eventColumn = '#event';
export const knownColumn = '#known';
export const existsColumn = '#exists';
export const knownOf = (column: string): string => `${column}#known`;

/** A relation as the plan computes it. */
export interface Lowered {
  /** The node whose rows these are. */
  readonly id: string;
  readonly model: RelationModel;
  /** All columns, hidden ones included. */
  readonly columns: readonly PlanColumn[];
  /** Columns with a known time of their own: they have a column `x#known`, never earlier than `#known`. */
  readonly late: ReadonlySet<string>;
  readonly key: string | null;
  /** Columns known with the row, by which rows without a key are told apart. */
  readonly identity: readonly string[];
  /** The zone in which dates of its source begin. */
  readonly zone: string;
  /** Where expressions over its rows stand. */
  readonly locate: (place: Place) => PlanPlace;
}

export const has = (relation: Pick<Lowered, 'columns'>, name: string): boolean => relation.columns.some(column => column.name === name);

/** The hidden column if the relation has it. */
export const hidden = (relation: Pick<Lowered, 'columns'>, name: string): string | null => (has(relation, name) ? name : null);

export const tieOf = (relation: Pick<Lowered, 'key' | 'identity'>): readonly string[] => (relation.key === null ? relation.identity : [relation.key]);

export const typeOf = (relation: Pick<Lowered, 'columns'>, name: string): PlanType | null =>
  relation.columns.find(column => column.name === name)?.type ?? null;

// ---------------------------------------------------------------- expressions

export const column = (name: string, type: PlanType, of: string | null = null): PlanExpr => ({ op: 'column', type, name, of });
export const instant = (name: string, of: string | null = null): PlanExpr => column(name, 'timestamp', of);
export const call = (fn: string, type: PlanType, ...args: readonly PlanExpr[]): PlanExpr => ({ op: 'call', type, fn, args });
export const cutoff: PlanExpr = { op: 'cutoff', type: 'timestamp' };
export const nothing = (type: PlanType): PlanExpr => ({ op: 'literal', type, value: null });
const text = (value: string): PlanExpr => ({ op: 'literal', type: 'text', value });

/** Long before all data: the known time of what was always known. */
export const always: PlanExpr = { op: 'literal', type: 'timestamp', value: Date.UTC(1700, 0, 1) * 1000 };

const isZero = ({ months, micros }: DurationValue): boolean => months === 0 && micros === 0;

export const later = (time: PlanExpr, by: DurationValue): PlanExpr =>
  isZero(by) ? time : call('add', 'timestamp', time, { op: 'literal', type: 'duration', value: by });

/** Where a date or timestamp stands in windows: a date at its first instant. */
export const begins = (time: PlanExpr, zone: string): PlanExpr => (time.type === 'date' ? call('day_start', 'timestamp', time, text(zone)) : time);

/** When it has passed: a date with its last instant. */
export const passes = (time: PlanExpr, zone: string): PlanExpr => (time.type === 'date' ? call('day_end', 'timestamp', time, text(zone)) : time);

/** The last of these known times; null when there are none. */
export function latest(times: readonly PlanExpr[]): PlanExpr | null {
  const [first, ...others] = times.filter((time, i) => times.findIndex(other => JSON.stringify(other) === JSON.stringify(time)) === i);
  return first && others.length ? call('greatest', 'timestamp', first, ...others) : (first ?? null);
}

/** Known before a moment, or by it. */
export type KnownBy = 'lt' | 'le';

/** The value where `known` lies before `until` (`le`: not after it), else null. */
export const masked = (value: PlanExpr, known: PlanExpr, by: KnownBy, until: PlanExpr): PlanExpr =>
  call('if', value.type, call(by, 'bool', known, until), value, nothing(value.type));

// ---------------------------------------------------------------- columns read

/** Columns of the row in scope that an expression of a table step or check reads. */
export const columnsRead = (expr: TypedExpr): readonly string[] => [...new Set(columnNames(expr))];

/** Known times of the cells of these columns that are known later than their row. */
export const lateTimes = (relation: Pick<Lowered, 'late'>, columns: readonly string[]): PlanExpr[] =>
  columns.filter(name => relation.late.has(name)).map(name => instant(knownOf(name)));

/** The row's own known times, as far as the relation has them. */
export const rowTimes = (relation: Pick<Lowered, 'columns'>, ...names: readonly (typeof knownColumn | typeof existsColumn)[]): PlanExpr[] =>
  names.filter(name => has(relation, name)).map(name => instant(name));
