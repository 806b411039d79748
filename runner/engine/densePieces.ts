/**
 * What an aggregate of a window asks of rows where the process adds them up: the numbers that it keeps of each, and how the value is put together
 * from their totals.
 */
import type { PlanAggregate, PlanExpr, PlanType, PlanWindow } from '../../language/plan/plan.ts';
import { condition, expression, type Scope } from '../sql/expression.ts';
import { cast, float, name, quoted } from '../sql/write.ts';
import { type DensePart, mostLevels } from './denseCells.ts';
import { type LevelTexts, shortBytes } from './denseSums.ts';
import { count, entryOf, type Session } from './session.ts';
import { isNeverNull, micros, result, terms, timeOf } from './spells.ts';

export interface DenseTables {
  /** The name of a table of its own. */
  readonly table: (what: string) => string;
  readonly keep: (table: string, sql: string) => Promise<void>;
  /** Numbers under a name: they are forgotten where a table of that name would be dropped. */
  readonly owns: (name: string) => void;
}

const plain: Scope = { column: wanted => name(wanted) };

/** One of the numbers that an aggregate is made of. */
export interface Piece {
  readonly part: DensePart;
  /** Of a row; null where the part asks for nothing. */
  readonly sql: string | null;
  /** Of levels that come as texts. */
  readonly texts?: LevelTexts;
}

export const typeOfPart = {
  rows: 'int8',
  flag: 'int8',
  whole: 'float64',
  wide: 'float64',
  least: 'float64',
  greatest: 'float64',
  first: 'float64',
  last: 'float64',
  levels: 'int8',
  laterLevels: 'int8',
} as const;

/** A text that is no level: those that come as texts are shorter. */
const noLevel = quoted('~'.repeat(shortBytes + 1));

/** What rows are asked for an aggregate, over the relation and what is joined to it. */
export interface Asked {
  readonly pieces: readonly Piece[];
  readonly joins: readonly string[];
}

/** A least or greatest value as a float that holds it exactly, or tells that it does not; null where floats cannot. */
function asNumber(sql: string, type: PlanType): { readonly number: string; readonly back: (number: string) => string } | null {
  if (type === 'float') return { number: sql, back: x => x };
  if (type === 'timestamp') return { number: `CAST(${micros(sql)} AS DOUBLE)`, back: x => `make_timestamp(CAST(${x} AS BIGINT))` };
  if (type === 'date') {
    return { number: `CAST(${micros(cast(sql, 'date', 'timestamp'))} AS DOUBLE)`, back: x => `CAST(make_timestamp(CAST(${x} AS BIGINT)) AS DATE)` };
  }
  return null;
}

/** Microseconds as a float. */
export const eventOf = (session: Session, window: PlanWindow): string => `CAST(${micros(timeOf(session, window, window.event))} AS DOUBLE)`;

/** Whether the event of a source's row is nothing but this column, which then is read already. */
function isEventItself(session: Session, { relation, event }: Pick<PlanWindow, 'relation' | 'event'>, value: PlanExpr | null): boolean {
  const { node } = entryOf(session, relation);
  if (node.kind === 'check') return isEventItself(session, { relation: node.table, event }, value);
  const found = node.kind === 'scan' ? node.hidden.find(h => h.name === event)?.value : undefined;
  return found?.op === 'column' && value?.op === 'column' && value.of === null && value.name === found.name && value.type === 'timestamp';
}

const halvesOf = (levels: number) => (levels > mostLevels / 2 ? (['levels', 'laterLevels'] as const) : (['levels'] as const));

/** Rows that are looked at before. */
const someRows = 20_000;

/** How many levels there are at most, if the first rows say that they are few and short texts; null where they do not. */
async function fewLevels(session: Session, { relation }: PlanWindow, value: string): Promise<number | null> {
  const some = `SELECT ${value} AS "~v" FROM ${name(relation)} LIMIT ${someRows}`;
  const [row = []] = await session.db.rows(`SELECT count(DISTINCT "~v"), typeof(any_value("~v")), max(strlen(CAST("~v" AS VARCHAR))) FROM (${some})`);
  const levels = count(row[0]);
  if (row[1] !== 'VARCHAR' || count(row[2]) > shortBytes || levels > mostLevels) return null;
  return levels > mostLevels / 2 ? mostLevels : mostLevels / 2;
}

export async function piecesOf(
  session: Session,
  window: PlanWindow,
  a: PlanAggregate,
  tables: DenseTables,
  /** Where levels may get their numbers as they come. */
  mayNumber: boolean,
): Promise<Asked | null> {
  const value = a.value === null ? 'NULL' : expression(a.value, plain);
  const kept = (sql: string, otherwise: string): string =>
    a.where ? `CASE WHEN ${condition(a.where, plain)} THEN ${sql} ELSE ${otherwise} END` : sql;
  if (a.aggregate === 'min' || a.aggregate === 'max') {
    const number = a.value && asNumber(value, a.value.type);
    if (!number) return null;
    const none = float(Number.NaN);
    const isEvent = a.where === null && isEventItself(session, window, a.value);
    if (isEvent) return { pieces: [{ part: a.aggregate === 'min' ? 'first' : 'last', sql: eventOf(session, window) }], joins: [] };
    const sql = kept(`coalesce(${number.number}, ${none})`, none);
    return { pieces: [{ part: a.aggregate === 'min' ? 'least' : 'greatest', sql }], joins: [] };
  }
  if (a.aggregate === 'distinct') {
    const isThere = a.where === null && a.value !== null && isNeverNull(session, window.relation, a.value);
    const open = mayNumber && isThere ? await fewLevels(session, window, value) : null;
    if (open) return { pieces: halvesOf(open).map(part => ({ part, sql: value, texts: { known: [], most: open } })), joins: [] };
    const table = tables.table(`levels ${a.id}`);
    const distinct = `SELECT DISTINCT ${value} AS "~v" FROM ${name(window.relation)} WHERE ${value} IS NOT NULL LIMIT ${mostLevels + 1}`;
    await tables.keep(table, `SELECT "~v", row_number() OVER () - 1 AS "~n" FROM (${distinct})`);
    const [row = []] = await session.db.rows(`SELECT count(*), typeof(any_value("~v")), max(strlen(CAST("~v" AS VARCHAR))) FROM ${table}`);
    const levels = count(row[0]);
    if (levels > mostLevels) return null;
    const halves = halvesOf(levels);
    if (row[1] === 'VARCHAR' && count(row[2]) <= shortBytes) {
      const known = (await session.db.rows(`SELECT "~v" FROM ${table} ORDER BY "~n"`)).map(([text]) => String(text));
      const sql = isThere ? value : kept(`coalesce(${value}, ${noLevel})`, noLevel);
      return { pieces: halves.map(part => ({ part, sql, texts: { known, most: 0 } })), joins: [] };
    }
    const level = kept(`CAST(coalesce(${table}."~n", -1) AS TINYINT)`, '(-1)::TINYINT');
    return {
      pieces: halves.map(part => ({ part, sql: level })),
      joins: [`LEFT JOIN ${table} ON ${value} = ${table}."~v"`],
    };
  }
  const isThere = a.value !== null && isNeverNull(session, window.relation, a.value);
  const pieces = terms(a, plain, isThere).map(({ sql, isFlag, float: asFloat }): Piece => {
    if (sql === '1') return { part: 'rows', sql: null };
    if (isFlag) return { part: 'flag', sql: `CAST(${sql} AS TINYINT)` };
    return asFloat ? { part: 'wide', sql: asFloat } : { part: 'whole', sql: `CAST(${sql} AS DOUBLE)` };
  });
  return { pieces, joins: [] };
}

/** The value of an aggregate from what was looked up of its pieces. */
export function assembled(a: PlanAggregate, pieces: readonly Piece[], found: readonly string[]): string {
  const [only = 'NULL'] = found;
  if (a.aggregate === 'distinct') return `CAST(${found.join(' + ')} AS BIGINT)`;
  if (a.aggregate === 'min' || a.aggregate === 'max') {
    const type = a.value?.type ?? a.type;
    return cast(asNumber('', type)?.back(`nullif(${only}, ${float(Number.NaN)})`) ?? only, type, a.type);
  }
  return result(
    a,
    found.map((sql, i) => (pieces[i]?.part === 'wide' ? sql : `CAST(${sql} AS BIGINT)`)),
  );
}
