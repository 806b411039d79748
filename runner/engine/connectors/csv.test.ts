/** What spells a missing value in CSV, where the spelling is made of the file's own signs. */
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
