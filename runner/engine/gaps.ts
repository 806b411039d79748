/** Counts on how many rows a calculation has no value, and says so at its place: one finding each, with a row as an example. */
import type { FrameNode, PlanPlace } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { shown } from '../sql/canonical.ts';
import { condition, type Scope } from '../sql/expression.ts';
import { list, name } from '../sql/write.ts';
import { finding, plural } from './finding.ts';
import type { Gap, GapReason } from './partial.ts';
import { personalColumns } from './personal.ts';
import { count, type Session } from './session.ts';

/** Where gaps are counted. */
export interface GapRows {
  /** A FROM clause in which the scope's names stand. */
  readonly from: string;
  readonly scope: Scope;
  /** Rows for which nothing is computed are left out. */
  readonly where?: string;
  /** SQL of a text that names a row; the least is the example. Null: rows have no name, or one that is not told. */
  readonly example: string | null;
  /** What people call the example, if not by that text. */
  readonly nameOf?: (example: string) => Promise<string | null>;
}

/** A gap with the words for it. */
export interface ToldGap {
  readonly gap: Gap;
  /** What has no value: `` `ratio` of `two` ``. */
  readonly subject: string;
  /** `in 12 rows`. */
  readonly where: (times: number) => string;
  /** Of what is computed where the place is not known. */
  readonly place: PlanPlace;
  /** What becomes of it there. */
  readonly fate: string;
  /** SQL of what is null wherever the gap is fatal: where it has a value nothing else is asked. */
  readonly result: string | null;
}

const causes: Readonly<Record<GapReason, { readonly says: string; readonly help: string }>> = {
  zero: { says: 'divides by 0', help: 'Say what the value is there, such as `x / y ?? 0`, or leave these rows out with `where`.' },
  logarithm: {
    says: 'takes the logarithm of a number that has none',
    help: 'Take `log1p` where 0 is usual, say what the value is there with `??`, or leave these rows out with `where`.',
  },
  root: { says: 'takes the root of a negative number', help: 'Say what the value is there with `??`, or leave these rows out with `where`.' },
  power: { says: 'takes a power that has no finite value', help: 'Say what the value is there with `??`, or leave these rows out with `where`.' },
  float: { says: 'goes beyond what a float holds', help: 'Compute in a larger unit, or with logarithms; a float holds numbers up to 1.8e308.' },
  int: { says: 'reads a number that is beyond 64 bits as an int', help: 'Leave it a float, or use a larger unit.' },
  text: { says: 'reads a text that spells no number', help: 'Mend the data, or say what the value is there with `??`.' },
};

function conditionOf({ gap, result }: ToldGap, scope: Scope): string {
  const when = condition(gap.when, scope);
  return gap.isFatal && result !== null ? `CASE WHEN ${result} IS NULL THEN ${when} ELSE FALSE END` : when;
}

/** Statements of this many conditions are still planned quickly. */
const most = 200;

/** Without those that would have left a null where there is none: to look for nulls costs next to nothing. */
async function possible(session: Session, from: string, told: readonly ToldGap[]): Promise<readonly ToldGap[]> {
  const results = [...new Set(told.flatMap(({ gap, result }) => (gap.isFatal && result !== null ? [result] : [])))];
  const whole = new Set<string>();
  for (let start = 0; start < results.length; start += most) {
    const some = results.slice(start, start + most);
    const [row = []] = await session.db.rows(`SELECT ${list(some.map(result => `count(*) - count(${result})`))} FROM ${from}`);
    for (const [i, result] of some.entries()) if (count(row[i]) === 0) whole.add(result);
  }
  return told.filter(({ gap, result }) => !(gap.isFatal && result !== null && whole.has(result)));
}

export async function gapFindings(session: Session, rows: GapRows, all: readonly ToldGap[]): Promise<FindingRecord[]> {
  const from = `${rows.from} WHERE ${rows.where ?? 'TRUE'}`;
  const told = await possible(session, from, all);
  const findings: FindingRecord[] = [];
  for (let start = 0; start < told.length; start += most) {
    const some = told.slice(start, start + most).map(one => ({ one, sql: conditionOf(one, rows.scope) }));
    const [counts = []] = await session.db.rows(`SELECT ${list(some.map(({ sql }) => `count(*) FILTER (WHERE ${sql})`))} FROM ${from}`);
    for (const [i, { one, sql }] of some.entries()) {
      const times = count(counts[i]);
      if (times > 0) findings.push(gapFinding(one, times, await exampleOf(session, rows, `${from} AND ${sql}`)));
    }
  }
  return findings;
}

async function exampleOf({ db }: Session, { example, nameOf }: GapRows, rows: string): Promise<string | null> {
  if (example === null) return null;
  const [row] = await db.rows(`SELECT min(${example}) FROM ${rows}`);
  if (row?.[0] === null || row?.[0] === undefined) return null;
  return nameOf ? nameOf(String(row[0])) : String(row[0]);
}

function gapFinding({ gap, subject, where, place, fate }: ToldGap, times: number, example: string | null): FindingRecord {
  const { says, help } = causes[gap.reason];
  const such = example === null ? '' : `, such as ${example}`;
  const caught = gap.isCaught ? '`??` or a test for null takes it up' : fate;
  return finding(
    gap.isCaught ? 'info' : 'warning',
    'no-value',
    gap.place ?? place,
    `${subject} ${says} ${where(times)}${such}; ${caught}.`,
    gap.isCaught ? null : help,
    times,
  );
}

export const inRows = (times: number): string => `in ${plural(times, 'row')}`;
export const inObservations = (times: number): string => `in ${plural(times, 'observation')}`;

/** A table's row by its key as an example; keys that are personal are not told. */
export const keyExample = (key: string | null, personal: ReadonlySet<string>): string | null =>
  key === null || personal.has(key) ? null : `'that of \`' || CAST(${name(key)} AS VARCHAR)[:60] || '\`'`;

/** An observation `b` by its entity's key, and its cutoff where there is one. */
export function observationExample(session: Session, frame: FrameNode, identity = 'b."#identity"'): string | null {
  if (frame.key === null || personalColumns(session, frame.relation).has(frame.key)) return null;
  const entity = `'\`' || (${identity})[:60] || '\`'`;
  return frame.cutoffs.kind === 'none' ? entity : `${entity} || ' at ' || ${shown('b."#cutoff"', 'timestamp')}`;
}
