/** Columns go into the engine and come out of it whole, over the edges of its chunks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Database, openDatabase } from './duckdb.ts';

const rows = 5_000;

async function onDatabase(test: (db: Database) => Promise<void>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'cupel-engine-'));
  const db = await openDatabase({ root: scratch, scratch, threads: 1, memory: null });
  try {
    await test(db);
  } finally {
    db.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const shared = (values: Float64Array): Float64Array => {
  const column = new Float64Array(new SharedArrayBuffer(values.byteLength));
  column.set(values);
  return column;
};

it('numbers are put in with their nulls, those of memory that threads share too', () =>
  onDatabase(async db => {
    const whole = Float64Array.from({ length: rows }, (_, i) => i / 4);
    // A chunk without a null, one of nulls alone, and one with some.
    const some = whole.map((x, i) => (i >= 2048 && (i < 4096 || i % 3 === 0) ? Number.NaN : -x));
    await db.load('"t"', [whole, shared(some)]);
    const found = await db.rows('SELECT c0, c1 FROM t ORDER BY rowid');
    expect(found).toEqual(Array.from(whole, (x, i) => [x, Number.isNaN(some[i]) ? null : (some[i] ?? 0)]));
  }));

const columns = `i::INTEGER AS place, (i * 0.5)::DOUBLE AS half, (i - 7)::INTEGER AS small, (i::BIGINT << 33) AS big, CASE WHEN i % 5 <> 0 THEN 'text ' || i END AS said, repeat('ü', (i % 40)::INTEGER) || i AS long`;
const from = `(SELECT ${columns} FROM range(${rows}) r(i))`;
const expected = (i: number) => [i / 2, i - 7, BigInt(i) << 33n, i % 5 ? `text ${i}` : null, `${'ü'.repeat(i % 40)}${i}`];

it('columns of each type are read in order', () =>
  onDatabase(async db => {
    const found = await db.columns(`SELECT half, small, big, said, long FROM ${from} ORDER BY place`, rows, [
      'float64',
      'int32',
      'int64',
      'text',
      'text',
    ]);
    expect(found.map(column => column.constructor)).toEqual([Float64Array, Int32Array, BigInt64Array, Array, Array]);
    expect(Array.from({ length: rows }, (_, i) => found.map(column => column[i]))).toEqual(Array.from({ length: rows }, (_, i) => expected(i)));
  }));

it('rows in any order are put in their places', () =>
  onDatabase(async db => {
    const answer = await db.asked(`SELECT * FROM ${from} ORDER BY hash(place)`);
    const [half, small, big, said, long] = await answer.read(rows, ['float64', 'int32', 'int64', 'text', 'utf8'] as const, place => rows - 1 - place);
    const { bytes, starts } = long;
    const textAt = (row: number): string => Buffer.from(bytes.subarray(starts[row], starts[row + 1])).toString('utf8');
    const found = Array.from({ length: rows }, (_, i) => [half[i], small[i], big[i], said[i], textAt(i)]);
    expect(found.reverse()).toEqual(Array.from({ length: rows }, (_, i) => expected(i)));
  }));
