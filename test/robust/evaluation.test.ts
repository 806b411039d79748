/** Conditions and segments of evaluations are calculations too: without a value they are counted, beyond their type they end the run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { planned } from '../../language/plan/testPlan.ts';
import type { RunRecord } from '../../runner/record.ts';
import { run } from '../../runner/run.ts';
import { runOptions } from '../runOptions.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cupel-evaluation-'));
  const rows = Array.from(
    { length: 120 },
    (_, i) => `r${i},${(i * 37) % 100},${i % 4},${i === 9 ? '9223372036854775807' : i},${(i * 37) % 100 > 40}`,
  );
  writeFileSync(join(root, 'rows.csv'), ['id,x,z,n,y', ...rows, ''].join('\n'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const program = (evaluation: string): string => `source rows = csv("rows.csv") {
  id : key
  x  : float immutable
  z  : float immutable
  n  : int immutable
  y  : bool immutable
}
task t {
  each r in rows
  label y
}
split t at random { test: 40%, seed: 1 }
features f for t { x }
model m = logistic_regression(f)
${evaluation}
`;

async function judged(evaluation: string): Promise<RunRecord> {
  return run(planned({ main: program(evaluation) }), runOptions(root), () => undefined);
}

it('a division by 0 in a condition or a segment is counted', async () => {
  const { findings } = await judged('evaluate m on test where 1 / z < 9 { auc, by 2 / z > 1 { auc } }');
  expect(findings.filter(f => f.rule === 'no-value').map(f => [f.range.start.character, f.count, f.message])).toEqual([
    [25, 30, 'The condition of `m on test` divides by 0 in 30 observations, such as `r0`; it has no value there.'],
    [45, 30, '`2 / z > 1` of `m on test` divides by 0 in 30 observations, such as `r0`; it has no value there.'],
  ]);
});

it.each([
  ['where n * n > 4 { auc }', 25],
  ['{ auc, by n + n > 4 { auc } }', 29],
])('an overflow in %s ends the run at its place', async (rest, character) => {
  const place = { file: 'main.cupel', range: { start: { line: 14, character } } };
  await expect(judged(`evaluate m on test ${rest}`)).rejects.toMatchObject({
    name: 'RunFailed',
    code: 'findings',
    message: expect.stringContaining('A condition or segment of an evaluation goes beyond an int'),
    place,
  });
});
