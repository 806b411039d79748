/** Files that are read as far as they can be: what does not fit is put aside and told, the rest is there, and no figure holds what is not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildsTheCommand, type Content, type Files, type Ran, ran } from './calls.ts';
import { csv, header, row, select, source } from './rows.ts';

buildsTheCommand();

const five = csv(...[1, 2, 3, 4, 5].map(i => row(i)));

interface Kept {
  readonly files: Files;
  readonly call: string;
  readonly nullable?: string;
  readonly rows: number;
  /** Sum of `n` over the rows that were kept; null where none has one. */
  readonly n: number | null;
  /** As in the quarantine: file, row, column, reason, value. */
  readonly aside?: readonly string[];
  /** Rows that are not there, if there are not as many as entries in `aside`. */
  readonly lost?: number;
  /** Cells of the rows that are there. */
  readonly nulled?: number;
  /** The findings: rule, line and column in the source, count. */
  readonly said?: readonly string[];
}

const one = (text: Content): Files => ({ 'FILE.csv': text });
const parquet = (columns: Readonly<Record<string, string | null>>): Files => ({ 'FILE.parquet': { parquet: select(columns) } });
const max = '9223372036854775807';

const kept: Readonly<Record<string, Kept>> = {
  marked: { files: one(`\ufeff${five}`), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  windows: { files: one(five.replaceAll('\n', '\r\n')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  old_mac: { files: one(five.replaceAll('\n', '\r')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  semicolons: { files: one(five.replaceAll(',', ';')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  gaps: { files: one(five.replaceAll('\n', '\n\n')), call: 'csv("FILE.csv")', rows: 5, n: 15 },
  header_only: { files: one(csv()), call: 'csv("FILE.csv")', rows: 0, n: null, said: ['no-rows 1:8 1'] },
  no_rows: {
    files: { 'FILE.parquet': { parquet: `SELECT * FROM (${select()}) WHERE n > 9` } },
    call: 'parquet("FILE.parquet")',
    rows: 0,
    n: null,
    said: ['no-rows 1:8 1'],
  },
  more_columns: {
    files: one(`${header},extra\n${row(1)},x\n${row(2)},y\n`),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 3,
    said: ['undeclared-column 1:8 1'],
  },
  ragged: {
    files: one(csv(row(1), 'r2,2', row(3), `${row(4)},more,more`, row(5))),
    call: 'csv("FILE.csv")',
    rows: 3,
    n: 9,
    aside: ['FILE.csv,3,,has too few values: 2 instead of 9,"r2,2"', `FILE.csv,5,,has too many values: 11 instead of 9,"${row(4)},more,more"`],
    said: ['ragged-row 1:8 1', 'ragged-row 1:8 1'],
  },
  letters: {
    files: one(Buffer.from(csv(row(1), row(2, { s: 'caf\u00e9' }), row(3)), 'latin1')),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: [`FILE.csv,3,,has letters that are not in the declared encoding,"${row(2, { s: 'caf?' })}"`],
    said: ['encoding 1:8 1'],
  },
  quotes: {
    files: one(csv(row(1), row(2, { s: '"a"b"' }), row(3, { s: '"a""b, c"' }))),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: [`FILE.csv,3,,has a quote inside a value that is not doubled,"${row(2, { s: '""a""b""' })}"`],
    said: ['ragged-row 1:8 1'],
  },
  types: {
    files: one(csv(row(1, { n: 'one', x: 'abc', d: 'yesterday', t: 'noon', m: '1.234', k: 'c', b: 'maybe' }), row(2))),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 2,
    aside: [
      'FILE.csv,2,n,is not a whole number of 64 bits,one',
      'FILE.csv,2,x,is not a finite number,abc',
      'FILE.csv,2,d,is not a date,yesterday',
      'FILE.csv,2,t,is not a point in time,noon',
      'FILE.csv,2,m,"is not a number of at most 5 digits, 2 after the point",1.234',
      'FILE.csv,2,k,"is not one of ""a"", ""b""",c',
      'FILE.csv,2,b,is not true or false,maybe',
    ],
    lost: 1,
    said: ['bad-cell 3:3 1', 'bad-cell 4:3 1', 'bad-cell 5:3 1', 'bad-cell 6:3 1', 'bad-cell 7:3 1', 'unknown-level 8:3 1', 'bad-cell 9:3 1'],
  },
  nullable_types: {
    files: one(csv(row(1, { n: 'one', x: 'abc' }), row(2, { n: 'NaN' }), row(3))),
    call: 'csv("FILE.csv")',
    nullable: 'n x',
    rows: 3,
    n: 3,
    aside: [
      'FILE.csv,2,n,is not a whole number of 64 bits,one',
      'FILE.csv,2,x,is not a finite number,abc',
      'FILE.csv,3,n,is not a whole number of 64 bits,NaN',
    ],
    lost: 0,
    nulled: 3,
    said: ['bad-cell 3:3 2', 'bad-cell 4:3 1'],
  },
  overflow: {
    files: one(
      csv(
        row(1, { n: max }),
        row(2, { n: '9223372036854775808' }),
        row(3, { n: '-9223372036854775809' }),
        row(4, { n: `-${max}`, m: '999.99' }),
        row(5, { m: '1000.00' }),
        row(6, { n: '1e3' }),
        row(7, { x: '1e309' }),
        row(8, { x: '1e308' }),
      ),
    ),
    call: 'csv("FILE.csv")',
    rows: 3,
    n: 8,
    aside: [
      'FILE.csv,3,n,is not a whole number of 64 bits,9223372036854775808',
      'FILE.csv,4,n,is not a whole number of 64 bits,-9223372036854775809',
      'FILE.csv,6,m,"is not a number of at most 5 digits, 2 after the point",1000.00',
      'FILE.csv,7,n,is not a whole number of 64 bits,1e3',
      'FILE.csv,8,x,is not a finite number,1e309',
    ],
    said: ['bad-cell 3:3 3', 'bad-cell 4:3 1', 'bad-cell 7:3 1'],
  },
  infinities: {
    files: one(csv(...['NaN', 'inf', '-Infinity', 'nan', '5'].map((x, i) => row(i + 1, { x })))),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 5,
    aside: ['NaN', 'inf', '-Infinity', 'nan'].map((x, i) => `FILE.csv,${i + 2},x,is not a finite number,${x}`),
    said: ['bad-cell 4:3 4'],
  },
  dates: {
    files: one(
      csv(
        row(1, { d: '2024-02-30' }),
        row(2, { d: '2023-02-29' }),
        row(3, { d: '2024-02-29' }),
        row(4, { t: '2024-01-01T25:00:00Z' }),
        row(5, { t: '2024-13-01T00:00:00' }),
        row(6, { d: '0000-00-00' }),
        row(7, { d: '01/02/2024' }),
      ),
    ),
    call: 'csv("FILE.csv")',
    rows: 1,
    n: 3,
    aside: [
      'FILE.csv,2,d,is not a date,2024-02-30',
      'FILE.csv,3,d,is not a date,2023-02-29',
      'FILE.csv,5,t,is not a point in time,2024-01-01T25:00:00Z',
      'FILE.csv,6,t,is not a point in time,2024-13-01T00:00:00',
      'FILE.csv,7,d,is not a date,0000-00-00',
      'FILE.csv,8,d,is not a date,01/02/2024',
    ],
    said: ['bad-cell 5:3 4', 'bad-cell 6:3 2'],
  },
  keyless: {
    files: one(csv(row(1), row(2, { id: '' }), row(3))),
    call: 'csv("FILE.csv")',
    rows: 2,
    n: 4,
    aside: ['FILE.csv,3,id,is missing,'],
    said: ['missing-value 2:3 1'],
  },
  all_null: {
    files: one(csv(row(1, { n: '', x: '', d: '', s: '' }), row(2, { n: '', x: '', d: '', s: '' }))),
    call: 'csv("FILE.csv")',
    nullable: 'n x d s',
    rows: 2,
    n: null,
  },
  parquet_infinities: {
    files: parquet({
      x: "CASE i WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE WHEN 3 THEN '-inf'::DOUBLE ELSE i END",
      d: "CASE i WHEN 4 THEN 'infinity'::DATE ELSE DATE '2024-01-02' END",
    }),
    call: 'parquet("FILE.parquet")',
    rows: 1,
    n: 5,
    aside: [
      'FILE.parquet,1,x,is not a finite number,nan',
      'FILE.parquet,2,x,is not a finite number,inf',
      'FILE.parquet,3,x,is not a finite number,-inf',
      'FILE.parquet,4,d,is not a date,infinity',
    ],
    said: ['bad-cell 4:3 3', 'bad-cell 5:3 1'],
  },
  parquet_overflow: {
    files: parquet({
      n: 'CASE i WHEN 1 THEN 18446744073709551615::UBIGINT ELSE i::UBIGINT END',
      m: 'CASE i WHEN 2 THEN 1000.000 WHEN 3 THEN 1.234 ELSE 1.25 END::DECIMAL(10,3)',
    }),
    call: 'parquet("FILE.parquet")',
    rows: 2,
    n: 9,
    aside: [
      'FILE.parquet,1,n,is not a whole number of 64 bits,18446744073709551615',
      'FILE.parquet,2,m,"is not a number of at most 5 digits, 2 after the point",1000.000',
      'FILE.parquet,3,m,"is not a number of at most 5 digits, 2 after the point",1.234',
    ],
    said: ['bad-cell 3:3 1', 'bad-cell 7:3 2'],
  },
  parquet_exact: {
    files: parquet({ n: 'CASE i WHEN 1 THEN 9007199254740993 WHEN 2 THEN -9007199254740992 ELSE 0 END::DECIMAL(20,0)', m: 'i + 0.1::DOUBLE' }),
    call: 'parquet("FILE.parquet")',
    rows: 5,
    n: 1,
  },
  parquet_types: {
    files: parquet({
      n: "CASE i WHEN 1 THEN 'one' ELSE i::VARCHAR END",
      k: "CASE i WHEN 2 THEN 'z' ELSE 'a' END",
      b: 'i::INTEGER % 2',
      s: 'NULLIF(i, 4)',
    }),
    call: 'parquet("FILE.parquet")',
    rows: 2,
    n: 8,
    aside: [
      'FILE.parquet,1,n,is not a whole number of 64 bits,one',
      'FILE.parquet,2,k,"is not one of ""a"", ""b""",z',
      'FILE.parquet,4,s,is missing,',
    ],
    said: ['bad-cell 3:3 1', 'unknown-level 8:3 1', 'missing-value 10:3 1'],
  },
};

describe('what does not fit is put aside and told', () => {
  /** All of them in one program, source after source; each begins on a line of its own. */
  const cases = Object.entries(kept);
  const named = (text: string, name: string): string => text.replaceAll('FILE', name);
  const program = cases.map(([name, { call, nullable }]) => source(name, named(call, name), nullable)).join('');
  const checks = cases.map(([name]) => `check ${name} {\n  count() >= 0\n  sum(n) >= -100  warn\n}\n`).join('');
  const files = Object.fromEntries(
    cases.flatMap(([name, k]) => Object.entries(k.files).map(([file, content]): [string, Content] => [named(file, name), content])),
  );
  let outcome: Ran;
  beforeAll(async () => {
    outcome = await ran({ ...files, 'main.cupel': program + checks });
    expect(outcome.said.filter(s => s.startsWith('error') || s.startsWith('findings'))).toEqual([]);
    expect(outcome.status).toBe(0);
  });

  it.each(cases)('%s', (name, { rows, n, aside = [], lost = aside.length, nulled = 0, said = [] }) => {
    const { record } = outcome;
    expect(record?.sources.find(s => s.name === name)).toMatchObject({
      rows,
      columns: 9,
      quarantined: lost + nulled,
    });
    expect([...(outcome.aside[name] ?? [])].sort()).toEqual(aside.map(line => named(line, name)).sort());
    const [count, sum] = record?.checks.filter(c => c.table === name) ?? [];
    expect([count?.value, sum?.value]).toEqual([rows, n]);
    const first = program.slice(0, program.indexOf(`source ${name} =`)).split('\n').length;
    const found = record?.findings.filter(f => f.range.start.line + 1 >= first && f.range.start.line + 1 < first + 11) ?? [];
    expect(found.map(f => `${f.rule} ${f.range.start.line + 2 - first}:${f.range.start.character + 1} ${f.count}`)).toEqual(said);
    for (const f of found) {
      expect(f.message).toContain(name);
      expect(f.help).toBeTruthy();
    }
  });
});
