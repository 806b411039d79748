/** The guarantee `stacked-in-fold`: whatever the split and the folds, a stack learns from scores of rows that its members did not learn from. */
import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../language/plan/plan.ts';
import { planOf } from '../semantics/program.ts';
import { wholeRun } from '../wholeRun.ts';

const splits = [
  'at random { test: 25%, seed: 3 }',
  'at random { test: 25%, validate: 15%, folds: 4, repeats: 2, seed: 3 }',
  'by group { group: team, test: 25%, seed: 3 }',
];

const program = (
  split: string,
  folds: number | null,
  member = 'gradient_boosting(f) { trees: 60, leaves: 31 }',
): string => `source rows = csv("rows.csv") {
  id   : key
  team : text
  x    : float
  z    : float
  luck : bool
}
task t { each r in rows, label luck }
split t ${split}
features f for t { x, z }
model a = ${member}
model b = baseline(f)
model s = stacking(a, b)${folds === null ? '' : ` { folds: ${folds} }`}
evaluate s on test { log_loss }
`;

const cases = splits.flatMap(split => [null, 2, 5, 9].map(folds => [split, folds] as const));

describe('a stack', () => {
  it.each(cases)('over a split %s with folds %s reads scores out of fold of the training rows', (split, folds) => {
    const nodes = new Map(planOf(program(split, folds)).nodes.map(node => [node.id, node]));
    const of = <K extends PlanNode['kind']>(id: string | null, kind: K): Extract<PlanNode, { kind: K }> => {
      const node = nodes.get(id ?? '');
      if (node?.kind !== kind) throw new Error(`${id} is no ${kind}`);
      return node as Extract<PlanNode, { kind: K }>;
    };
    const stack = [...nodes.values()].find(node => node.kind === 'ensemble' && node.name === 's');
    if (stack?.kind !== 'ensemble' || !stack.final) throw new Error('there is no stack');
    for (const member of stack.members) {
      const { folds: sets } = of(member.crossfit, 'crossfit');
      expect(sets).toHaveLength(folds ?? 5);
      const methods = sets.map(set => of(of(set, 'features').split, 'split').method);
      for (const [i, method] of methods.entries()) expect(method).toMatchObject({ kind: 'fold', pool: ['train'], fold: i, folds: sets.length });
    }
  });

  it('gives no weight to a member that remembers noise', async () => {
    const row = (i: number): string =>
      [`k${i}`, `g${i % 60}`, ((i * 37) % 101) / 100, ((i * 71) % 89) / 89, ((i * 7919) % 613) / 613 < 0.5].join(',');
    const data = { 'rows.csv': `id,team,x,z,luck\n${Array.from({ length: 500 }, (_, i) => row(i)).join('\n')}\n` };
    for (const member of ['gradient_boosting(f) { trees: 60, leaves: 31 }', 'decision_tree(f) { depth: 20, min_leaf: 1 }'])
      await wholeRun(program(splits[0] ?? '', null, member), data, ({ record }) => {
        const figure = record.metrics.find(m => m.metric === 'log_loss');
        // On scores in sample it would believe the member and be far above ln 2.
        expect(figure?.value).toBeLessThan(0.74);
      });
  });
});
