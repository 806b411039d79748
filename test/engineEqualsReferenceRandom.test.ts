/** The engine, the scorer and the reference interpreter agree, cell by cell, on random plans. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import type { FindingRecord } from '../runner/record.ts';
import { onEngine } from './engine.ts';
import { javascriptDifferences } from './javascriptEqualsReference.ts';
import { differences } from './reference/compare.ts';
import { type Gaps, interpret, placeKey } from './reference/interpret.ts';
import { randomPlan } from './reference/random.ts';
import { DataError } from './reference/table.ts';

/** The plan with a place of its own for each calculation, by which findings about it can be told apart. */
function placed(plan: Plan): Plan {
  let line = 0;
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, place(item)]);
    const at = { line: ++line, character: 0 };
    return {
      ...Object.fromEntries(entries),
      ...('op' in value && value.op === 'call' && { place: { file: 'plan.cupel', range: { start: at, end: at } } }),
    };
  };
  return place(plan) as Plan;
}

/** `place count` of the calculations that have no value on some rows, as the engine's findings say it. */
function told(findings: readonly FindingRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const f of findings.filter(f => f.rule === 'no-value')) counts.set(placeKey(f), (counts.get(placeKey(f)) ?? 0) + f.count);
  return [...counts].map(([place, times]) => `${place} ${times}`).sort();
}

/** The first node that differs, with how; null where all agree. */
async function disagreement(seed: number): Promise<string | null> {
  const { plan: made, files } = randomPlan(seed);
  const plan = placed(made);
  const gaps: Gaps = new Map();
  let wanted: ReturnType<typeof interpret> | null = null;
  let refused = false;
  try {
    wanted = interpret(plan, path => String(files[path]), gaps);
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
        const node = plan.nodes.find(n => n.id === id);
        const frame = plan.nodes.find(n => node?.kind === 'features' && n.id === node.frame);
        if (node?.kind === 'features' && frame?.kind === 'frame' && wanted) {
          const scored = javascriptDifferences(node, frame, result.detail, wanted);
          if (scored.length) return `${seed} ${id} in JavaScript: ${scored.join('; ')}`;
        }
        const missing = [...(gaps.get(id) ?? [])].map(([place, rows]) => `${place} ${rows.size}`).sort();
        if (JSON.stringify(told(result.findings)) !== JSON.stringify(missing))
          return `${seed} ${id}: ${JSON.stringify({ missing, told: result.findings })}`;
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
