/** What spells a missing value in CSV, in quotes and where the spelling is made of the file's own signs; and a first line that names the separator. */
import { describe, expect, it } from 'vitest';
import { onEngine } from '../../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../../test/reference/build.ts';

it.each([[['a,b']], [[',', 'NA']]])('nulls %j leave cells with the delimiter texts', async nulls => {
  const base = scanNode({ name: 'all', columns: [scanColumn('x', 'text'), scanColumn('y', 'text')], path: 'all.csv' });
  const plan = planOf({ ...base, options: { ...base.options, delimiter: ',', nulls } });
  await onEngine(plan, { 'all.csv': 'x,y\n"a,b",NA\n",",c\n' }, async ({ engine }) => {
    expect((await engine.preview('scan all', 5)).rows).toEqual([
      ['a,b', nulls.includes('NA') ? null : 'NA'],
      [',', 'c'],
    ]);
  });
});

it('a quoted spelling of a missing value is missing but in a column of texts', async () => {
  const base = scanNode({
    name: 'all',
    columns: [scanColumn('t', 'text'), scanColumn('n', 'int'), scanColumn('d', 'date'), scanColumn('b', 'bool', { nullable: false })],
    path: 'all.csv',
  });
  const plan = planOf({ ...base, options: { ...base.options, nulls: ['', 'NA'] } });
  const text = 't,n,d,b\n"","","","true"\n"NA","NA","2024-01-01","false"\nNA,1,,"true"\n"x","2","",""\n"y","?","","true"\n';
  await onEngine(plan, { 'all.csv': text }, async ({ engine, results }) => {
    expect((await engine.preview('scan all', 5)).rows).toEqual([
      ['', null, null, 'true'],
      ['NA', null, '2024-01-01', 'false'],
      [null, '1', null, 'true'],
      ['y', null, null, 'true'],
    ]);
    expect(results.get('scan all')?.findings.map(f => f.message)).toEqual([
      '`n` is not a whole number of 64 bits in 1 row of `all.csv`, such as "?" (row 6).',
      '`b` is missing in 1 row of `all.csv` (row 5).',
    ]);
  });
});

describe('a first line that names the separator', () => {
  const base = scanNode({ name: 'all', columns: [scanColumn('x', 'text'), scanColumn('y', 'int', { nullable: false })], path: 'all.csv' });
  const read = async (text: string | Buffer, options: Partial<typeof base.options> = {}) => {
    let all: { rows: unknown; findings: readonly string[] } | null = null;
    await onEngine(
      planOf({ ...base, options: { ...base.options, delimiter: null, ...options } }),
      { 'all.csv': text },
      async ({ engine, results }) => {
        const findings = results.get('scan all')?.findings.map(({ severity, message }) => `${severity}: ${message}`) ?? [];
        all = { rows: findings.some(f => f.startsWith('error')) ? null : (await engine.preview('scan all', 9)).rows, findings };
      },
    );
    return all;
  };
  const rows = [
    ['a, b', '1'],
    ['c', '2'],
  ];

  it.each([
    ['sep=;\nx;y\na, b;1\nc;2\n'],
    ['sep=;\r\nx;y\r\na, b;1\r\nc;2\r\n'],
    ['"sep=;"\r\nx;y\r\na, b;1\r\nc;2'],
    ['\uFEFFSEP=;\nx;y\na, b;1\nc;2\n'],
    ['sep=\t\nx\ty\na, b\t1\nc\t2\n'],
    ['sep=^\nx^y\na, b^1\nc^2\n'],
    ['sep=,\nx,y\n"a, b",1\nc,2\n'],
    ['sep=;\n\nx;y\na, b;1\n\nc;2\n'],
  ])('is none of the rows of %j', async text => expect(await read(text)).toEqual({ rows, findings: [] }));

  it('is found in every encoding and without a header', async () => {
    const utf16 = Buffer.from('\uFEFFsep=;\r\nx;y\r\na, b;1\r\nc;2\r\n', 'utf16le');
    expect(await read(utf16, { encoding: 'utf-16' })).toEqual({ rows, findings: [] });
    expect(await read('sep=;\na, b;1\nc;2\n', { header: false })).toEqual({ rows, findings: [] });
  });

  it('says less than the program', async () => expect(await read('sep=,\nx;y\na, b;1\nc;2\n', { delimiter: ';' })).toEqual({ rows, findings: [] }));

  it('counts where rows are named', async () =>
    expect(await read('sep=;\nx;y\na, b;1\nd;?\ne;3;4\nf\nc;2\n')).toEqual({
      rows,
      findings: [
        'warning: 1 row of `all.csv` has too few values (row 6).',
        'warning: 1 row of `all.csv` has too many values (row 5).',
        'warning: `y` is not a whole number of 64 bits in 1 row of `all.csv`, such as "?" (row 4).',
      ],
    }));

  it('alone is an empty file', async () => expect(await read('sep=;\n')).toEqual({ rows: null, findings: ['error: `all.csv` is empty.'] }));

  it('is no header that begins so', async () => expect(await read('sep=;x;y\na;b;2\n')).toMatchObject({ rows: [['b', '2']] }));
});
