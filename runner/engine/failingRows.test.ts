/** Rows that fail a claim are named: by their records in the file, past what the file has beside them, or by their keys. */
import { describe, expect, it } from 'vitest';
import type { CheckNode, ScanNode } from '../../language/plan/plan.ts';
import { type Files, onEngine } from '../../test/engine.ts';
import { call, checkNode, claim, column, columns, int, planOf, relationNode, scanColumn, scanNode } from '../../test/reference/build.ts';
import type { NodeResult } from './relational.ts';

const small = { kind: 'row' as const, condition: call('lt', 'bool', column('n', 'int'), int(10)) };

const people = (extra: Partial<ScanNode> = {}) =>
  scanNode({
    name: 'people',
    columns: [scanColumn('id', 'text', { nullable: false }), scanColumn('n', 'int', { nullable: false })],
    key: 'id',
    ...extra,
  });

const check = (table: string, claims: CheckNode['claims'] = [claim(small)]) => checkNode({ name: 'people', table, claims, key: 'id' });

const checksOf = (result: NodeResult | undefined) => (result?.detail.kind === 'check' ? result.detail.checks : []);

async function named(files: Files, scan = people(), claims?: CheckNode['claims']): Promise<readonly (string | undefined)[]> {
  return onEngine(planOf(scan, check('scan people', claims)), files, async ({ results }) => checksOf(results.get('check people')).map(c => c.first));
}

describe('rows that fail a claim', () => {
  it.each<[string, string, string]>([
    ['one', 'id,n\na,1\nb,20\nc,3\n', 'row 3 of `people.csv`'],
    ['the first of many', `id,n\n${Array.from({ length: 50 }, (_, i) => `k${i},${i}`).join('\n')}\n`, 'rows 12, 13, 14 of `people.csv`'],
    ['behind rows that are set aside', 'id,n\na,1\nb,many\nc,\nd,20\n', 'row 5 of `people.csv`'],
    ['behind lines that are empty or of another shape', 'id,n\na,1\n\nb,2,3,4\nc,20\n', 'row 5 of `people.csv`'],
    ['behind a value of two lines', 'id,n\n"a\na",1\nb,20\n', 'row 3 of `people.csv`'],
  ])('are named by their records: %s', async (_, text, where) => expect(await named({ 'people.csv': text })).toEqual([where]));

  it('are those of the first file that has one', async () => {
    const files = { 'a1.csv': 'id,n\na,1\n', 'a2.csv': 'id,n\nb,2\nc,30\nd,40\n' };
    expect(await named(files, people({ path: 'a*.csv' }))).toEqual(['rows 3, 4 of `a2.csv`']);
  });

  it('are named of every kind of claim about rows, and of none about the table', async () => {
    const claims = [
      claim({ kind: 'unique', columns: ['n'] }),
      claim({ kind: 'complete', column: 'n', atLeast: 0.9 }),
      claim({ kind: 'aggregate', condition: call('gt', 'bool', int(1), int(2)), value: int(1) }),
    ];
    const scan = people({ columns: [scanColumn('id', 'text', { nullable: false }), scanColumn('n', 'int')] });
    expect(await named({ 'people.csv': 'id,n\na,1\nb,\nc,1\nd,4\n' }, scan, claims)).toEqual([
      'rows 2, 4 of `people.csv`',
      'row 3 of `people.csv`',
      undefined,
    ]);
  });

  it('of a table are named by their keys, unless these are personal', async () => {
    const told = async (pii: boolean) => {
      const scan = people({ columns: [scanColumn('id', 'text', { nullable: false, pii }), scanColumn('n', 'int', { nullable: false })] });
      const table = relationNode({ name: 'grown', base: 'scan people', steps: [], columns: columns({ id: 'text', n: 'int' }), key: 'id' });
      const plan = planOf(scan, table, check('relation grown'));
      return onEngine(plan, { 'people.csv': 'id,n\nz,20\nb,30\nc,3\n' }, async ({ results }) => checksOf(results.get('check people'))[0]?.first);
    };
    expect(await told(false)).toBe('the rows with `id` "b", "z"');
    expect(await told(true)).toBeUndefined();
  });

  it('of a claim that does not end the run are named by what does not depend on their order', async () => {
    const warned = [{ ...claim(small), severity: 'warn' as const }];
    expect(await named({ 'people.csv': 'id,n\na,1\nb,20\n' }, people(), warned)).toEqual(['the row with `id` "b"']);
  });

  it('are not looked for where the claim holds', async () => {
    expect(await named({ 'people.csv': 'id,n\na,1\n' })).toEqual([undefined]);
  });
});
