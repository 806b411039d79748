import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScanNode } from '../../../language/plan/plan.ts';
import { onEngine } from '../../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../../test/reference/build.ts';

const people = [
  scanColumn('id', 'text', { nullable: false }),
  scanColumn('age', 'int', { min: 0, max: 120 }),
  scanColumn('fare', 'float'),
  scanColumn('at', 'timestamp'),
  scanColumn('saved', 'bool'),
];

interface Outcome {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly said: readonly string[];
  readonly entries: readonly (readonly unknown[])[];
}

type Extra = Partial<Omit<ScanNode, 'options'>> & { readonly options?: Partial<ScanNode['options']> };

async function read(content: string | Uint8Array, { options, ...extra }: Extra = {}, file = 'people.jsonl', threads = 1): Promise<Outcome> {
  const base = scanNode({ name: 'people', connector: 'json', path: file, columns: people, ...extra });
  const plan = planOf({ ...base, options: { ...base.options, nulls: [], ...options } });
  return onEngine(
    plan,
    { [file]: content },
    async ({ engine, session, results }) => {
      const found = results.get('scan people')?.findings ?? [];
      const said = found.map(f => `${f.severity}[${f.rule}] ${f.message}${f.help ? ` | ${f.help}` : ''}`);
      const rows = found.some(f => f.severity === 'error') ? [] : (await engine.preview('scan people', 100)).rows;
      const entries = await session.db.rows(`SELECT "row", "column", "reason", "value" FROM "scan people #quarantine" ORDER BY ALL`);
      return { rows, said, entries };
    },
    threads,
  );
}

const first = '{"id":"a","age":30,"fare":1.5,"at":"2024-01-31T10:00:00Z","saved":true}';
const second = '{"id":"b","age":null,"fare":2,"saved":false}';
const rows = [
  ['a', '30', '1.5', '2024-01-31T10:00:00Z', 'true'],
  ['b', null, '2', null, 'false'],
];

describe('a JSON file', () => {
  it.each([
    ['one object a line', `${first}\n${second}\n`],
    ['line ends of Windows', `${first}\r\n${second}\r\n`],
    ['no last line end', `${first}\n${second}`],
    ['empty lines', `\n${first}\n  \n\t\n${second}\n\n`],
    ['a byte order mark', `\ufeff${first}\n${second}\n`],
    ['space around its objects', `  ${first}  \n ${second} \n`],
    ['a list', `[${first},${second}]`],
    ['a list over many lines', `[\n  ${first.replaceAll(',', ',\n')},\n  ${second}\n]\n`],
    ['a list behind a byte order mark', `\ufeff[${first},${second}]`],
    ['objects over many lines', `${first.replaceAll(',', ',\n')}\n${second.replaceAll(',', ',\n')}`],
    ['numbers as texts', `${first.replace('30', '"30"').replace('1.5', '"1.5"')}\n${second}`],
    ['flags as numbers', `${first.replace('true', '1')}\n${second.replace('false', '0')}`],
    ['whole numbers with a fraction of zero', `${first.replace('30', '30.0')}\n${second}`],
  ])('with %s', async (_, content) => {
    expect(await read(content)).toEqual({ rows, said: [], entries: [] });
  });

  it('may be compressed', async () => {
    expect((await read(gzipSync(`${first}\n${second}`), {}, 'people.jsonl.gz')).rows).toEqual(rows);
    expect((await read(gzipSync(`[${first},${second}]`), {}, 'people.json.gz')).rows).toEqual(rows);
    expect((await read(gzipSync(`${first}\n${second}`).subarray(0, 40), {}, 'people.json.gz')).said[0]).toContain(
      'error[unreadable-file] `people.json.gz` cannot be read to its end',
    );
  });

  it('has names with any signs', async () => {
    const named = ['a.b', 'q"x', 's/l', 't~0', 'ü', "it's", 'A', 'a'].map(n => scanColumn(n, 'int'));
    const content = '{"a.b":1,"q\\"x":2,"s/l":3,"t~0":4,"ü":5,"it\'s":6,"A":7,"a":8}';
    expect((await read(content, { columns: named })).rows).toEqual([['1', '2', '3', '4', '5', '6', '7', '8']]);
  });

  it('has other spellings of null and other dates where that is said', async () => {
    const columns = [scanColumn('day', 'date'), scanColumn('n', 'int')];
    const content = '{"day":"31.01.2024","n":"NA"}\n{"day":"NA","n":2}';
    const outcome = await read(content, { columns, options: { nulls: ['NA'], dateFormat: '%d.%m.%Y' } });
    expect(outcome).toEqual({
      rows: [
        ['2024-01-31', null],
        [null, '2'],
      ],
      said: [],
      entries: [],
    });
  });

  it('keeps decimals and whole numbers exact, or says that it cannot', async () => {
    const columns = [scanColumn('d', { decimal: [18, 2] }), scanColumn('n', 'int')];
    const content = [
      '{"d":0.1,"n":9223372036854775807}',
      '{"d":1234567890123.45,"n":1e3}',
      '{"d":12345678901234.56,"n":9223372036854775808}',
      '{"d":"1234567890123456.78","n":2.5}',
      '{"d":1e-2}',
      '{"d":0.005}',
    ].join('\n');
    const outcome = await read(content, { columns });
    expect(outcome.rows).toEqual([
      ['0.10', '9223372036854775807'],
      ['1234567890123.45', '1000'],
      [null, null],
      ['1234567890123456.78', null],
      ['0.01', null],
      [null, null],
    ]);
    expect(outcome.entries.map(e => e.slice(0, 2).map(String))).toEqual([
      ['3', 'd'],
      ['3', 'n'],
      ['4', 'n'],
      ['6', 'd'],
    ]);
  });

  it('sets aside lines that are no objects, and cells that do not fit, by their line', async () => {
    const content = [first, '', '{"id":"c"', '[1,2]', '3', '{"id":"d","age":130}', '{"age":1}', '{"id":"e","age":{"n":1},"fare":[1]}'].join('\n');
    const { rows: read1, said, entries } = await read(content);
    expect(read1.map(r => r[0])).toEqual(['a', 'd', 'e']);
    expect(entries.map(([row, ...rest]) => [Number(row), ...rest])).toEqual([
      [3, null, 'has no complete JSON object', '{"id":"c"'],
      [4, null, 'has no complete JSON object', '[1,2]'],
      [5, null, 'has no complete JSON object', '3'],
      [6, 'age', 'is not in 0..120', '130'],
      [7, 'id', 'is missing', null],
      [8, 'age', 'is an object', '{"n":1}'],
      [8, 'fare', 'is a list', '[1]'],
    ]);
    expect(said[0]).toBe(
      'warning[ragged-row] 3 rows of `people.jsonl` have no complete JSON object (rows 3, 4, 5). The rows are set aside in the quarantine. Correct these lines in the file.'.replace(
        '. The',
        '. | The',
      ),
    );
    expect(said).toContain(
      'warning[nested-value] `age` is an object in 1 row of `people.jsonl`, such as "{"n":1}" (row 8). | These cells read as null and are kept in the quarantine. Write single values to the file, or leave the column out of the declaration.',
    );
  });

  it('never shows values beside a column that is pii', async () => {
    const { entries } = await read(`${first}\n{"id":"secret"`, { columns: people.map((c, i) => ({ ...c, pii: i === 0 })) });
    expect(JSON.stringify(entries.map(([, ...rest]) => rest))).not.toContain('secret');
  });

  it('says which columns it has beyond the schema, wherever they stand', async () => {
    expect((await read(`${first}\n${second.replace('{', '{"boat":1,')}`)).said).toEqual([
      'info[undeclared-column] `people.jsonl` also has `boat`, which `people` does not declare. | They are not read. Declare those that are needed.',
    ]);
  });
});

describe('a JSON file that cannot be used', () => {
  it.each([
    ['is empty', '', 'error[empty-file] `people.jsonl` is empty.'],
    ['holds no object', '[]', 'warning[no-rows] `people` has no rows: `people.jsonl` holds none.'],
    ['is a CSV file', 'id,age\na,1\n', 'error[not-json] `people.jsonl` holds no JSON objects: it begins with `id,age a,1`.'],
    ['is a list of numbers', '[1,2,3]', 'error[not-json] `people.jsonl` holds no JSON objects: it begins with `1`.'],
    ['is binary', Buffer.from([1, 0, 2, 0, 0, 0, 7, 9, 0, 4, 4, 4]), 'error[not-text] `people.jsonl` is not a text file.'],
    ['is UTF-16', Buffer.from(first, 'utf16le'), 'error[encoding] `people.jsonl` is written in utf-16, and JSON is read as utf-8.'],
    ['is a list with a mistake', `[${first},{"id":}]`, 'error[unreadable-file] `people.jsonl` cannot be read: value 2 is not written as JSON.'],
    ['is a list that breaks off', `[${first},{"id":"b"`, 'error[unreadable-file] `people.jsonl` cannot be read: its end is missing'],
    ['lacks a column', `${first.replace('"age"', '"years"')}`, 'error[missing-column] `people.jsonl` has no column `age`.'],
    ['is an answer around a list', `{"data": [${first}]}`, 'error[missing-column] `people.jsonl` has no column `id`.'],
    ['has objects where values are declared', '{"id":"a","age":{"n":1},"fare":1,"at":null,"saved":true}', 'error[column-type] `age` is an object'],
  ])('%s', async (_, content, message) => {
    const { said } = await read(content);
    expect(
      said.find(s => s.startsWith(message)),
      said.join('\n'),
    ).toBeDefined();
  });
});

describe('a large JSON file', () => {
  it('is read alike on one thread and on two, damaged lines and all', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) =>
      i % 10_000 === 77 ? '{"id":' : i % 9999 === 5 ? '' : `{"id":"n${i}","age":${i % 150},"fare":${i / 8},"at":"2024-01-01","saved":${i % 2 === 0}}`,
    );
    const content = lines.join('\n');
    const one = await read(content, {}, 'people.jsonl', 1);
    expect(await read(content, {}, 'people.jsonl', 2)).toEqual(one);
    const damaged = lines.flatMap((line, i) => (line === '{"id":' ? [i + 1] : []));
    expect(one.entries.filter(e => e[1] === null).map(e => Number(e[0]))).toEqual(damaged);
    const tooOld = one.entries.filter(e => e[1] === 'age').map(e => JSON.parse(lines[Number(e[0]) - 1] ?? '{}').age);
    expect(tooOld.length).toBeGreaterThan(5000);
    expect(Math.min(...tooOld)).toBe(121);
  });
});
