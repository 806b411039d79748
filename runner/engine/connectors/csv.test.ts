/** What spells a missing value in CSV, in quotes and where the spelling is made of the file's own signs. */
import { expect, it } from 'vitest';
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
