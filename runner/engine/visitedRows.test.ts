/** Rows that are visited by several at once. */
import { expect, it } from 'vitest';
import { onEngine } from '../../test/engine.ts';
import { planOf, scanColumn, scanNode } from '../../test/reference/build.ts';
import type { Called } from './calledColumns.ts';

const plan = planOf(scanNode({ name: 'all', columns: [scanColumn('id', 'int')], path: 'all.csv' }));

const adding = (into: number[]) => (rows: number, columns: readonly Called[]) => {
  for (let i = 0; i < rows; i++) into.push(columns[0]?.[i] as number);
};

it('are given to each that asks, one after the other, also where one before fails', async () => {
  const seen: number[][] = [[], [], []];
  const [first = [], second = [], third = []] = seen;
  const outcomes = await onEngine(plan, { 'all.csv': 'id\n1\n' }, ({ session: { db } }) =>
    Promise.allSettled([
      db.visit([{ sql: 'CAST(x AS INTEGER)', type: 'int32' }], 'range(3) t(x)', adding(first)),
      db.visit([{ sql: `CAST(error('no') AS INTEGER)`, type: 'int32' }], 'range(3) t(x)', adding(second)),
      db.visit([{ sql: 'CAST(x AS DOUBLE) / 2', type: 'float64' }], 'range(3) t(x)', adding(third)),
    ]),
  );
  expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual([[0, 1, 2], [], [0, 0.5, 1]]);
});

it('are not visited any more by one that waited while the run was cancelled', async () => {
  const seen: number[] = [];
  let isCancelled = false;
  const outcomes = await onEngine(plan, { 'all.csv': 'id\n1\n' }, ({ session: { db } }) => {
    db.watch(() => isCancelled);
    const column = [{ sql: 'CAST(x AS INTEGER)', type: 'int32' }] as const;
    const first = db.visit(column, 'range(3) t(x)', () => {
      isCancelled = true;
    });
    return Promise.allSettled([first, db.visit(column, 'range(3) t(x)', adding(seen))]);
  });
  expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { message: 'The run was cancelled.' } });
  expect(seen).toEqual([]);
});
