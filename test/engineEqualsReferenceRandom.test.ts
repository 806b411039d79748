/** The engine and the reference interpreter agree, cell by cell, on random plans. */
import { describe, expect, it } from 'vitest';
import { onEngine } from './engine.ts';
import { differences } from './reference/compare.ts';
import { interpret } from './reference/interpret.ts';
import { randomPlan } from './reference/random.ts';
import { DataError } from './reference/table.ts';

/** The first node that differs, with how; null where all agree. */
async function disagreement(seed: number): Promise<string | null> {
  const { plan, files } = randomPlan(seed);
  let wanted: ReturnType<typeof interpret> | null = null;
  let refused = false;
  try {
    wanted = interpret(plan, path => String(files[path]));
  } catch (error) {
    // Data that have no result, such as an int beyond 64 bits: the engine must say so as well.
    if (!(error instanceof DataError)) throw error;
    refused = true;
  }
  return onEngine(
    plan,
    files,
    async ({ rows, results }) => {
      const errors = [...results.values()].flatMap(r => r.findings.filter(f => f.severity === 'error'));
      if (refused) return errors.some(f => f.rule === 'overflow') ? null : `${seed}: the reference refuses the data`;
      // A plan whose task has no rows to learn from is not run further.
      const emptied = errors.every(f => ['no-observations', 'no-labels', 'empty-partition'].includes(f.rule));
      if (!emptied) return `${seed}: ${errors.map(f => f.message).join(' ')}`;
      for (const [id, outcome] of wanted ?? []) {
        const result = results.get(id);
        if (!result || result.findings.some(f => f.severity === 'error')) continue;
        const found = differences(outcome.table, await rows(id));
        if (found.length) return `${seed} ${id}: ${found.slice(0, 2).join('; ')}`;
        if (result.detail.kind === 'check' && outcome.kind === 'check') {
          const claims = result.detail.checks.map(({ passed, failing, total }) => ({ passed, failing, total }));
          const expected = outcome.claims.map(({ passed, failing, total }) => ({ passed, failing, total }));
          if (JSON.stringify(claims) !== JSON.stringify(expected)) return `${seed} ${id}: ${JSON.stringify({ expected, claims })}`;
        }
      }
      return null;
    },
    (seed % 2) + 1,
    // All ways of windows: the quick ones, and every pair of observation and row.
    seed % 3 === 0,
  );
}

describe('random plans', () => {
  const [first, count] = (process.env['CUPEL_SEEDS'] ?? '1,60').split(',').map(Number);
  for (const seed of Array.from({ length: count ?? 60 }, (_, i) => (first ?? 1) + i)) {
    it(`seed ${seed}`, async () => expect(await disagreement(seed)).toBeNull());
  }
});
