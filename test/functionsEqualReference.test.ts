/** Every function of a plan means the same in the engine's SQL as in the reference interpreter, at the edges of its types too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../language/catalogue/functions.ts';
import { operators } from '../language/catalogue/operators.ts';
import type { PlanExpr, PlanType } from '../language/plan/plan.ts';
import { type Database, openDatabase } from '../runner/engine/duckdb.ts';
import { partialFunctions } from '../runner/engine/partial.ts';
import { evaluatedKeys, evaluator } from '../runner/serve/expression.ts';
import { canonical } from '../runner/sql/canonical.ts';
import { emissions } from '../runner/sql/functions.ts';
import { literal } from '../runner/sql/write.ts';
import { canonicalText } from './reference/canonical.ts';
import { call, functionKeys } from './reference/functions.ts';
import { DataError, type Value } from './reference/table.ts';

const money: PlanType = { decimal: [10, 2] };
const wide: PlanType = { decimal: [18, 2] };
const day = 86_400_000_000;

const instants = ['1969-12-31T23:59:59.999Z', '2000-02-29T12:34:56Z', '2013-03-10T07:30:00Z', '2013-11-03T06:30:00Z', '2024-12-30T00:00:00Z'].map(
  t => Date.parse(t) * 1000,
);

const pool = (type: PlanType): readonly Value[] => {
  switch (type) {
    case 'bool':
      return [true, false, null];
    case 'int':
      return [0n, 1n, -7n, 3n, 12n, -1n, 1_000_000_007n, null];
    case 'float':
      return [0, 1, -1, 0.5, -2.5, 2.5, 1e-7, 3e-6, 12345.678, 1e16, 123456789012345680000, 1e21, -1e300, 1e-300, 7, null];
    case 'text':
      return ['', 'a', 'A', 'Dr. Who', 'x,y,,z', '  pad ', 'é', 'ß😀z', '12', '-3.5', '1e3', '1_0', 'nan', null];
    case 'date':
      return [...instants.map(t => Math.floor(t / day) * day), null];
    case 'timestamp':
      return [...instants, null];
    case 'duration':
      return [{ months: 0, micros: 0 }, { months: 1, micros: 0 }, { months: -14, micros: 5 }, { months: 0, micros: 90 * day + 1 }, null];
    default:
      return [0n, 150n, -275n, 333n, 99n, null];
  }
};

type Case = readonly [fn: string, args: readonly PlanType[], type: PlanType, constants?: Readonly<Record<number, readonly Value[]>>];

const numeric: readonly PlanType[] = ['int', 'float', money];
const zone = ['UTC', 'America/New_York', 'Asia/Kolkata'];

const cases: readonly Case[] = [
  ...['add', 'sub', 'mul'].flatMap((fn): Case[] => [
    [fn, ['int', 'int'], 'int'],
    [fn, ['float', 'float'], 'float'],
    [fn, ['int', 'float'], 'float'],
    [fn, [money, money], { decimal: [20, fn === 'mul' ? 4 : 2] }],
    [fn, [money, 'int'], { decimal: [22, 2] }],
    [
      fn,
      [wide, wide],
      { decimal: [fn === 'mul' ? 32 : 19, fn === 'mul' ? 4 : 2] },
      { 0: [999_999_999_999_999_999n, -3n, null], 1: [99_999_999_999_999n, null] },
    ],
  ]),
  ['add', ['timestamp', 'duration'], 'timestamp'],
  ['sub', ['timestamp', 'duration'], 'timestamp'],
  ['sub', ['date', 'duration'], 'date'],
  ['sub', ['timestamp', 'timestamp'], 'duration'],
  ['sub', ['date', 'date'], 'duration'],
  ['add', ['duration', 'duration'], 'duration'],
  ['mul', ['duration', 'int'], 'duration', { 1: [0n, 1n, -7n, 12n, null] }],
  ...numeric.map((type): Case => ['div', [type, 'float'], 'float']),
  ['intdiv', ['int', 'int'], 'int'],
  ['mod', ['int', 'int'], 'int'],
  ['mod', ['float', 'float'], 'float'],
  ['mod', [money, money], money],
  ...([...numeric, 'duration'] as const).map((type): Case => ['neg', [type], type]),
  ...['eq', 'ne', 'lt', 'le', 'gt', 'ge'].flatMap((fn): Case[] => [
    ...(['bool', 'int', 'float', 'text', 'date', 'timestamp', 'duration', money] as const).map((type): Case => [fn, [type, type], 'bool']),
    [fn, ['int', 'float'], 'bool'],
    [fn, [money, 'int'], 'bool'],
    [fn, ['date', 'timestamp'], 'bool'],
  ]),
  ['and', ['bool', 'bool', 'bool'], 'bool'],
  ['or', ['bool', 'bool'], 'bool'],
  ['not', ['bool'], 'bool'],
  ['is_null', ['text'], 'bool'],
  ['in', ['int', 'int', 'int'], 'bool', { 1: [1n], 2: [null] }],
  ['in', ['text', 'text', 'text'], 'bool', { 1: ['a'], 2: ['é'] }],
  ['between', ['float', 'float', 'float'], 'bool', { 1: [0, null], 2: [1, null] }],
  ['matches', ['text', 'text'], 'bool', { 1: ['^[a-z]', '[0-9]+$', 'é'] }],
  ['coalesce', ['int', 'float'], 'float'],
  ['coalesce', ['text', 'text'], 'text'],
  ['if', ['bool', 'int', 'float'], 'float'],
  ...numeric.flatMap((type): Case[] => [
    ['abs', [type], type],
    ['round', [type], type],
    ['round', [type, 'int'], type, { 1: [-2n, 0n, 1n, 5n] }],
    ['floor', [type], type],
    ['ceil', [type], type],
    ['sign', [type], 'int'],
    ['least', [type, type, type], type],
    ['greatest', [type, type], type],
    ['clip', [type, type, type], type],
    ['to_int', [type], 'int'],
    ['to_float', [type], 'float'],
  ]),
  ...['sqrt', 'exp', 'ln', 'log1p', 'log10'].flatMap((fn): Case[] => [
    [fn, ['float'], 'float'],
    [fn, ['int'], 'float'],
  ]),
  ['power', ['float', 'float'], 'float'],
  ['power', ['int', 'int'], 'float'],
  ['greatest', ['timestamp', 'timestamp'], 'timestamp'],
  ['least', ['text', 'text'], 'text'],
  ['bucket', ['float', 'float', 'float'], 'int', { 1: [0], 2: [2.5] }],
  ...(['bool', 'int', 'float', 'text', 'date', 'timestamp', 'duration', money] as const).flatMap((type): Case[] => [
    ['hash', [type], 'int'],
    ['to_text', [type], 'text'],
  ]),
  ['to_int', ['text'], 'int'],
  ['to_int', ['bool'], 'int'],
  ['to_float', ['text'], 'float'],
  ['to_float', ['bool'], 'float'],
  ...['lower', 'upper', 'trim'].map((fn): Case => [fn, ['text'], 'text']),
  ['length', ['text'], 'int'],
  ...['contains', 'starts_with', 'ends_with'].map((fn): Case => [fn, ['text', 'text'], 'bool']),
  ['substring', ['text', 'int'], 'text'],
  ['substring', ['text', 'int', 'int'], 'text'],
  ['replace', ['text', 'text', 'text'], 'text', { 1: ['', 'a', '.', null], 2: ['', 'xy', null] }],
  [
    'split_part',
    ['text', 'text', 'int'],
    'text',
    { 0: ['', 'a', 'x,y,,z', 'né,z', null], 1: [',', '', 'a', null], 2: [-1n, 0n, 1n, 2n, 3n, 9n, null] },
  ],
  ['concat', ['text', 'text'], 'text'],
  ...['days', 'hours', 'minutes', 'seconds'].flatMap((fn): Case[] => [
    [fn, ['timestamp', 'timestamp'], 'float'],
    [fn, ['date', 'timestamp'], 'float'],
  ]),
  ...['year', 'quarter', 'month', 'week', 'day', 'day_of_year', 'weekday', 'hour', 'minute'].flatMap((fn): Case[] => [
    [fn, ['timestamp'], 'int'],
    [fn, ['date'], 'int'],
    [fn, ['timestamp', 'text'], 'int', { 1: zone }],
  ]),
  ['is_weekend', ['timestamp'], 'bool'],
  ['date', ['timestamp', 'text'], 'date', { 1: zone }],
  ['day_start', ['date', 'text'], 'timestamp', { 1: zone }],
  ['day_end', ['date', 'text'], 'timestamp', { 1: zone }],
];

const argument = (value: Value, type: PlanType): string => {
  if (typeof value !== 'bigint') return literal(type, value);
  return literal(type, (typeof type === 'object' ? canonicalText(value, type) : value.toString()) as string);
};

function combinations(pools: readonly (readonly Value[])[]): Value[][] {
  return pools.reduce<Value[][]>((all, next) => all.flatMap(head => next.map(value => [...head, value])), [[]]);
}

const scratch = mkdtempSync(join(tmpdir(), 'cupel-functions-'));
let db: Database;
beforeAll(async () => {
  db = await openDatabase({ root: scratch, scratch, threads: 1, memory: null });
});
afterAll(() => {
  db.close();
  rmSync(scratch, { recursive: true });
});

function equal(found: string | null, wanted: string, type: PlanType): boolean {
  if (found === wanted) return true;
  if (type !== 'float' || found === null || wanted === '\u0000' || found === '\u0000') return false;
  return Math.abs(Number(found) - Number(wanted)) <= 1e-12 * Math.max(Math.abs(Number(found)), Math.abs(Number(wanted)));
}

/** Arguments with what the reference interpreter makes of them; those for which there is no result are left out. */
function calculated(fn: string, types: readonly PlanType[], type: PlanType, constants: NonNullable<Case[3]>) {
  // Of many combinations every so many; the step is odd, so that it does not fall in with the sizes of the pools.
  const all = combinations(types.map((t, i) => constants[i] ?? pool(t)));
  const step = 2 * Math.floor(all.length / 600) + 1;
  const rows = all.filter((_, i) => i % step === 0);
  return rows.flatMap(values => {
    const args = values.map((value, i) => ({ value, type: types[i] ?? 'int', absent: i in constants && value === null }));
    try {
      return [{ values, args, wanted: canonicalText(call(fn, args, type), type) }];
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      return [];
    }
  });
}

/** The same call with its constants written out and its other arguments in a row. */
function inJavaScript(fn: string, args: ReturnType<typeof calculated>[number]['args'], type: PlanType, constants: NonNullable<Case[3]>): Value {
  const stored = (value: Value, of: PlanType) => (typeof value === 'bigint' ? canonicalText(value, of) : value);
  const parts = args.map(
    (a, i): PlanExpr =>
      i in constants ? { op: 'literal', type: a.type, value: stored(a.value, a.type) } : { op: 'column', type: a.type, name: String(i), of: null },
  );
  const places = { column: Number, window: Number, cutoff: () => 0 };
  return evaluator({ op: 'call', type, fn, args: parts }, places)(args.map(a => a.value));
}

describe('functions', () => {
  it('are all there', () => {
    const keys = [...functions, ...operators].map(entry => entry.key);
    expect(keys.filter(key => !(key in emissions))).toEqual([]);
    expect(functionKeys.filter(key => !(key in emissions))).toEqual([]);
    expect([...evaluatedKeys].sort()).toEqual(Object.keys(emissions).sort());
    expect(functions.filter(f => f.nulls === 'domain' && !partialFunctions.includes(f.key))).toEqual([]);
    expect([...new Set([...Object.keys(emissions), ...functionKeys])].filter(key => !cases.some(([fn]) => fn === key))).toEqual([]);
  });

  for (const [fn, types, type, constants = {}] of cases) {
    it(`${fn}(${types.map(t => (typeof t === 'object' ? 'decimal' : t)).join(', ')})`, async () => {
      const calculable = calculated(fn, types, type, constants);
      // Where a function has no value for some arguments, a run counts how often.
      const isPartial = calculable.some(({ values, wanted }) => wanted === '\u0000' && !values.includes(null));
      if (isPartial) expect(partialFunctions).toContain(fn);
      const selects = calculable.map(({ args }, row) => {
        const emitted = emissions[fn]?.(
          args.map((a, i) => ({ sql: i in constants ? argument(a.value, a.type) : `a${i}`, type: a.type, absent: a.absent })),
          type,
        );
        const columns = args.map((a, i) => `${argument(a.value, a.type)} AS a${i}`);
        return `SELECT ${row} AS r, ${canonical(emitted ?? '', type)} AS v FROM (SELECT ${columns.join(', ')})`;
      });
      const found: (string | null)[] = [];
      for (let i = 0; i < selects.length; i += 500) {
        const read = await db.rows(`SELECT v FROM (${selects.slice(i, i + 500).join(' UNION ALL ')}) ORDER BY r`);
        found.push(...read.map(row => (row[0] === null ? null : String(row[0]))));
      }
      const differ = calculable.flatMap(({ values, wanted }, i) =>
        equal(found[i] ?? null, wanted, type) ? [] : [{ values, wanted, found: found[i] }],
      );
      expect(differ.slice(0, 5)).toEqual([]);
    });

    it(`${fn}(${types.map(t => (typeof t === 'object' ? 'decimal' : t)).join(', ')}) in JavaScript`, () => {
      const differ = calculated(fn, types, type, constants).flatMap(({ values, args, wanted }) => {
        const found = canonicalText(inJavaScript(fn, args, type, constants), type);
        return equal(found, wanted, type) ? [] : [{ values, wanted, found }];
      });
      expect(differ.slice(0, 5)).toEqual([]);
    });
  }
});
