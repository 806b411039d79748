/** Sources of several files: patterns, folders that give columns, files that differ. */
import { describe, expect, it } from 'vitest';
import type { ScanNode } from '../../../language/plan/plan.ts';
import { type Files, onEngine } from '../../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../../test/reference/build.ts';

const columns = [scanColumn('id', 'text'), scanColumn('year', 'int'), scanColumn('land', 'text')];

type Extra = Partial<Pick<ScanNode, 'connector' | 'columns'>> & { readonly header?: boolean };

async function read(path: string, files: Files, { header = true, ...extra }: Extra = {}) {
  const base = scanNode({ name: 'all', columns, path, ...extra });
  const plan = planOf({ ...base, options: { ...base.options, header } });
  return onEngine(plan, files, async ({ engine, results, session }) => {
    const found = results.get('scan all')?.findings ?? [];
    const said = found.map(f => `${f.severity}[${f.rule}] ${f.message}${f.help ? ` | ${f.help}` : ''}`);
    const rows = found.some(f => f.severity === 'error') ? [] : (await engine.preview('scan all', 100)).rows;
    const entries = await session.db.rows(`SELECT "file", "row", "column" FROM "scan all #quarantine" ORDER BY ALL`);
    return { rows, said, entries: entries.map(e => e.map(String)) };
  });
}

const files: Files = {
  'data/year=2023/land=de/b.csv': 'id\n3\n',
  'data/year=2023/land=de/a.csv': 'id\n1\n2\n',
  'data/year=2024/land=c%C3%B4te%20d%2Fivoire/a.csv': 'id\n4\n',
  'data/year=2024/land=__HIVE_DEFAULT_PARTITION__/a.csv': 'id\n5\n',
  'data/.hidden/year=1/land=x/a.csv': 'id\n6\n',
  'data/notes.txt': 'x',
};
const rows = [
  ['1', '2023', 'de'],
  ['2', '2023', 'de'],
  ['3', '2023', 'de'],
  ['5', '2024', null],
  ['4', '2024', 'côte d/ivoire'],
];

describe('folders named as columns', () => {
  it.each(['data/*/*/*.csv', 'data/**/*.csv', '**/a.csv', 'data/year=*/land=*/?.csv'])(
    'are read through %s, in the order of the paths',
    async path => {
      const outcome = await read(path, files);
      expect(outcome.said).toEqual([]);
      expect(outcome.rows).toEqual(path === '**/a.csv' ? rows.filter(r => r[0] !== '3') : rows);
    },
  );

  it('are told once of a column that none of them has', async () => {
    const extra = { columns: [...columns, scanColumn('age', 'int'), scanColumn('size', 'int')] };
    const { said } = await read(
      'd/*.csv',
      { 'd/a.csv': 'id,year,land\n1,1,x\n', 'd/b.csv': 'id,year,land,age\n2,1,x,3\n', 'd/c.csv': 'id,year,land\n' },
      extra,
    );
    expect(said.map(text => text.split(' | ')[0])).toEqual([
      'error[missing-column] `d/a.csv` and 1 more file have no column `age`.',
      'error[missing-column] `d/a.csv` and 2 more files have no column `size`.',
    ]);
  });

  it('are each told of where their first line names no column at all', async () => {
    const { said } = await read('d/*.csv', {
      'd/a.csv': 'foo;bar\n1;2\n',
      'd/b.csv': 'quux;bar\n1;2\n',
      'd/c.csv': 'id,year\n1,2\n',
      'd/d.csv': 'id,year\n',
    });
    expect(said.map(text => text.split(' | ')[0])).toEqual([
      'error[missing-column] The first line of `d/a.csv` names none of the columns of `all`: it is `foo;bar`.',
      'error[missing-column] The first line of `d/b.csv` names none of the columns of `all`: it is `quux;bar`.',
      'error[missing-column] `d/c.csv` and 1 more file have no column `land`.',
    ]);
  });

  it('are told apart by the column and not by how its name reads in a sentence', async () => {
    const odd = 'x` has no column `age';
    const { said } = await read(
      'd/*.csv',
      { 'd/a.csv': 'id,age\n1,2\n', 'd/b.csv': `id,${odd}\n1,2\n` },
      { columns: [scanColumn('id', 'text'), scanColumn('age', 'int'), scanColumn(odd, 'int')] },
    );
    expect(said.map(text => text.split(' | ')[0])).toEqual([
      `error[missing-column] \`d/a.csv\` has no column \`${odd}\`.`,
      'error[missing-column] `d/b.csv` has no column `age`.',
    ]);
  });

  it('are read in every format', async () => {
    const json = { 'd/year=2024/land=de/a.jsonl': '{"id":"1"}' };
    expect(await read('d/**/*.jsonl', json, { connector: 'json' })).toMatchObject({ rows: [['1', '2024', 'de']], said: [] });
    expect(await read('d/**/*.csv', { 'd/year=2024/land=de/a.csv': '1\n' }, { header: false })).toMatchObject({
      rows: [['1', '2024', 'de']],
      said: [],
    });
  });

  it('give way to a column of the file itself', async () => {
    expect((await read('d/**/*.csv', { 'd/year=2024/land=de/a.csv': 'id,year\n1,1999\n' })).rows).toEqual([['1', '1999', 'de']]);
  });

  it('must hold values of the declared type', async () => {
    expect((await read('d/**/*.csv', { 'd/year=new/land=de/a.csv': 'id\n1\n' })).said).toEqual([
      'warning[bad-cell] `year` is not a whole number of 64 bits in 1 row of `d/year=new/land=de/a.csv`, such as "new" (row 2). | These cells read as null and are kept in the quarantine. Correct the data, or declare the type (or date format) that the file has.',
    ]);
  });

  it('are told when nobody declares them', async () => {
    expect((await read('d/**/*.csv', { 'd/year=2024/land=de/a.csv': 'id\n1\n' }, { columns: columns.slice(0, 2) })).said).toEqual([
      'info[undeclared-column] `d/year=2024/land=de/a.csv` also has `land`, which `all` does not declare. | They are not read. Declare those that are needed.',
    ]);
  });
});

describe('several files', () => {
  it('are none where nothing matches', async () => {
    expect((await read('data/*.csv', files)).said).toEqual([
      'error[missing-file] No file matches `data/*.csv`. | The path is relative to the file that declares the source; `*` stands for any name, `**` for folders of any depth.',
    ]);
  });

  it('that differ in their columns are told by their name', async () => {
    const two = { 'a.csv': 'id,year,land\n1,2024,de\n', 'b.csv': 'id,jahr,land\n2,2024,fr\n' };
    expect((await read('*.csv', two)).said).toEqual(['error[missing-column] `b.csv` has no column `year`. | The file has `id`, `jahr`, `land`.']);
  });

  it('keep what does not fit by file and row', async () => {
    const two = { 'a.csv': 'id,year,land\n1,x,de\n', 'b.csv': 'id,year,land\n1,1,de\n2,y,fr\n' };
    expect((await read('*.csv', two)).entries).toEqual([
      ['a.csv', '2', 'year'],
      ['b.csv', '3', 'year'],
    ]);
  });
});
