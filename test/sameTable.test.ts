/** One table, written as CSV, JSON, Parquet and Arrow, is the same table: the same bytes after the scan, the same rows set aside. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  Bool,
  type Data,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { ScanNode } from '../language/plan/plan.ts';
import { onEngine } from './engine.ts';
import { planOf, scanColumn, scanNode } from './reference/build.ts';
import { type Draw, drawFrom } from './reference/draw.ts';
import { scan } from './reference/scan.ts';

interface Row {
  readonly id: string;
  readonly age: number | null;
  readonly big: bigint | null;
  readonly x: number | null;
  readonly paid: bigint | null;
  readonly flag: boolean | null;
  readonly level: string | null;
  readonly note: string | null;
  readonly day: number | null;
  readonly at: bigint | null;
}

const columns = [
  scanColumn('id', 'text', { nullable: false }),
  scanColumn('age', 'int', { nullable: false, min: 0, max: 120 }),
  scanColumn('big', 'int'),
  scanColumn('x', 'float', { max: 1e6 }),
  scanColumn('paid', { decimal: [12, 2] }),
  scanColumn('flag', 'bool'),
  scanColumn('level', 'text', { levels: ['red', 'green', 'é"'] }),
  scanColumn('note', 'text', { pattern: '^[^!]' }),
  scanColumn('day', 'date'),
  scanColumn('at', 'timestamp'),
];

const notes = ['plain', 'a, comma', 'a "quote"', 'two\nlines', 'ünï', 'null', 'true', '1', '{"a":1}', '!no', ' spaces '];

function rowsOf(draw: Draw, count: number): Row[] {
  const maybe = <T>(make: () => T): T | null => (draw.chance(0.15) ? null : make());
  return Array.from({ length: count }, (_, i) => ({
    id: `n${i}`,
    age: maybe(() => draw.int(-5, 140)),
    big: maybe(() => BigInt(draw.int(0, 2 ** 30)) * 8_000_000_000n * (draw.chance(0.5) ? 1n : -1n)),
    x: maybe(() => draw.pick([0, -0.5, 1e-9, 123456.789, 5e6, 1 / 3, -1e300])),
    paid: maybe(() => BigInt(draw.int(-1_000_000, 1_000_000))),
    flag: maybe(() => draw.chance(0.5)),
    level: maybe(() => draw.pick(['red', 'green', 'é"', 'blue'])),
    note: maybe(() => draw.pick(notes)),
    day: maybe(() => draw.int(-20_000, 20_000)),
    at: maybe(() => BigInt(draw.int(-2_000_000_000, 2_000_000_000)) * 1_000_000n + BigInt(draw.int(0, 999_999))),
  }));
}

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
function momentText(at: bigint): string {
  const second = at / 1_000_000n - (at % 1_000_000n < 0n ? 1n : 0n);
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${String(at - second * 1_000_000n).padStart(6, '0')}Z`;
}
function moneyText(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** JSON text of each value: a number, a text or a flag, as it would be written by anybody. */
const written = (row: Row): Readonly<Record<keyof Row, string>> => ({
  id: JSON.stringify(row.id),
  age: String(row.age),
  big: String(row.big),
  x: String(row.x),
  paid: row.paid === null ? 'null' : moneyText(row.paid),
  flag: String(row.flag),
  level: JSON.stringify(row.level),
  note: JSON.stringify(row.note),
  day: row.day === null ? 'null' : `"${dayText(row.day)}"`,
  at: row.at === null ? 'null' : `"${momentText(row.at)}"`,
});

const names = columns.map(c => c.name as keyof Row);

function csvOf(rows: readonly Row[]): string {
  const cell = (text: string): string => {
    if (text === 'null') return '';
    const plain: string = text.startsWith('"') ? JSON.parse(text) : text;
    return text.startsWith('"') ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return [names.join(','), ...rows.map(row => names.map(n => cell(written(row)[n])).join(','))].join('\n');
}

const jsonRows = (rows: readonly Row[]): string[] =>
  rows.map(
    row =>
      `{${names
        .filter(n => written(row)[n] !== 'null' || n === 'age')
        .map(n => `${JSON.stringify(n)}:${written(row)[n]}`)
        .join(',')}}`,
  );

function arrowOf(rows: readonly Row[], format: 'file' | 'stream', parts: number): Uint8Array {
  const bitmap = (n: keyof Row, part: readonly Row[]): Uint8Array => {
    const bits = new Uint8Array(Math.ceil(part.length / 8) + 8);
    for (const [i, row] of part.entries()) if (row[n] !== null) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
    return bits;
  };
  const money = new Decimal(2, 12, 128);
  const level = new Dictionary(new Utf8(), new Int32());
  const types = [
    new Utf8(),
    new Int32(),
    new Int64(),
    new Float64(),
    money,
    new Bool(),
    level,
    new Utf8(),
    new DateDay(),
    new TimestampMicrosecond(),
  ];
  const schema = new Schema(names.map((n, i) => new Field(n, types[i] ?? new Utf8(), true)));
  const words = ['red', 'green', 'é"', 'blue'];
  const dictionary = vectorFromArray(words, new Utf8());
  const batches = Array.from({ length: parts }, (_, p) => {
    const part = rows.slice(Math.floor((p * rows.length) / parts), Math.floor(((p + 1) * rows.length) / parts));
    const common = (n: keyof Row) => ({ length: part.length, nullBitmap: bitmap(n, part) });
    const texts = (n: 'id' | 'note'): Data =>
      vectorFromArray(
        part.map(r => r[n]),
        new Utf8(),
      ).data[0] as Data;
    const cents = new Uint32Array(part.length * 4);
    for (const [i, { paid }] of part.entries()) {
      for (let w = 0; w < 4; w++) cents[4 * i + w] = Number(BigInt.asUintN(32, (paid ?? 0n) >> BigInt(32 * w)));
    }
    const children: Data[] = [
      texts('id'),
      makeData({ type: new Int32(), data: Int32Array.from(part, r => r.age ?? 0), ...common('age') }),
      makeData({ type: new Int64(), data: BigInt64Array.from(part, r => r.big ?? 0n), ...common('big') }),
      makeData({ type: new Float64(), data: Float64Array.from(part, r => r.x ?? 0), ...common('x') }),
      makeData({ type: money, data: cents, ...common('paid') }),
      vectorFromArray(
        part.map(r => r.flag),
        new Bool(),
      ).data[0] as Data,
      makeData({ type: level, data: Int32Array.from(part, r => words.indexOf(r.level ?? 'red')), dictionary, ...common('level') }),
      texts('note'),
      makeData({ type: new DateDay(), data: Int32Array.from(part, r => r.day ?? 0), ...common('day') }),
      makeData({ type: new TimestampMicrosecond(), data: BigInt64Array.from(part, r => r.at ?? 0n), ...common('at') }),
    ];
    return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: part.length, nullCount: 0, children }));
  });
  return tableToIPC(new Table(schema, batches), format);
}

/** Written by the engine from the CSV text, typed without our reading. */
async function parquetOf(csv: string): Promise<Uint8Array> {
  return onEngine({ ...planOf(scanNode({ name: 'x', columns })), nodes: [] }, { 'in.csv': csv }, async ({ session, root }) => {
    const types =
      "{'id': 'VARCHAR', 'age': 'INTEGER', 'big': 'BIGINT', 'x': 'DOUBLE', 'paid': 'DECIMAL(12,2)', 'flag': 'BOOLEAN', 'level': 'VARCHAR', 'note': 'VARCHAR', 'day': 'DATE', 'at': 'TIMESTAMP WITH TIME ZONE'}";
    const read = `read_csv('${root}/in.csv', auto_detect = false, delim = ',', quote = '"', escape = '"', header = true, allow_quoted_nulls = false, columns = ${types})`;
    await session.db.run(`COPY (SELECT * FROM ${read}) TO '${root}/out.parquet' (FORMAT parquet, ROW_GROUP_SIZE 100)`);
    return readFileSync(join(root, 'out.parquet'));
  });
}

interface Outcome {
  readonly bytes: string;
  readonly aside: readonly (readonly unknown[])[];
  readonly rows: number;
}

async function outcome(connector: ScanNode['connector'], file: string, content: Uint8Array | string, threads: number): Promise<Outcome> {
  const plan = planOf(scanNode({ name: 'all', connector, path: file, columns }));
  return onEngine(
    plan,
    { [file]: content },
    async ({ engine, session, root, results }) => {
      const found = results.get('scan all');
      expect(found?.findings.filter(f => f.severity === 'error')).toEqual([]);
      mkdirSync(join(root, 'kept'));
      await engine.save('scan all', join(root, 'kept'));
      const header = connector === 'csv' ? 1 : 0;
      const aside = await session.db.rows(`SELECT "row" - ${header}, "column", "reason", "out" FROM "scan all #quarantine" ORDER BY ALL`);
      return { bytes: readFileSync(join(root, 'kept', 'table.parquet')).toString('base64'), aside, rows: found?.rows ?? 0 };
    },
    threads,
  );
}

describe('one table in every format', () => {
  it.each([1, 2, 3, 4])('is the same table (seed %i)', async seed => {
    const rows = rowsOf(drawFrom(seed), 300);
    const csv = csvOf(rows);
    const expected = await outcome('csv', 'all.csv', csv, 1);
    const json = jsonRows(rows);
    expect(await outcome('csv', 'all.csv.gz', gzipSync(csv), 2)).toEqual(expected);
    expect(await outcome('json', 'all.jsonl', json.join('\n'), 2)).toEqual(expected);
    expect(await outcome('json', 'all.json', `[${json.join(',\n')}]`, 2)).toEqual(expected);
    expect(await outcome('json', 'all.json.gz', gzipSync(`[${json.join(',')}]`), 1)).toEqual(expected);
    expect(await outcome('parquet', 'all.parquet', await parquetOf(csv), 2)).toEqual(expected);
    expect(await outcome('arrow', 'all.arrow', arrowOf(rows, 'file', 3), 2)).toEqual(expected);
    expect(await outcome('arrow', 'all.arrows', arrowOf(rows, 'stream', 2), 1)).toEqual(expected);
    expect(expected.aside.length).toBeGreaterThan(50);
    const plan = planOf(scanNode({ name: 'all', columns }));
    const reference = scan(plan.nodes[0] as ScanNode, csv);
    expect({ rows: reference.table.rows.length, aside: rows.length - reference.badRows }).toEqual({ rows: expected.rows, aside: expected.rows });
  });
});
