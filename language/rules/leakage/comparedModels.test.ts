/** A claim may compare with a model of another file through its evaluation: that model is meant, whatever the file calls so. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const base = `source ps = csv("ps.csv") { id : key, age : int immutable, home : text @group, died : bool }
task t { each p in ps, label died }
split t by group { group: home, test: 20%, validate: 20%, seed: 1 }
features f for t { age }
`;
const other = (refit: string): string => `import { ps, t, f } from "./base.cupel"
model m = logistic_regression(f) { ${refit} }
evaluate m on validate as theirs { auc }
`;
const main = (claim: string): string => `import { ps, t, f } from "./base.cupel"
import { theirs } from "./other.cupel"
model m = gradient_boosting(f)
model usual = baseline(f)
evaluate m on validate { auc - usual.auc >= 0, ${claim} }
`;

function analysis(refit: string, claim: string): ReturnType<typeof createAnalysis> {
  const made = createAnalysis();
  for (const [file, text] of Object.entries({ 'base.cupel': base, 'other.cupel': other(refit), 'main.cupel': main(claim) }))
    made.setFile(file, { kind: 'text', text });
  return made;
}

const errors = (refit: string, claim: string): string[] =>
  analysis(refit, claim)
    .diagnostics('main.cupel')
    .flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));

describe('a model of another file, of the name of the judged one', () => {
  it('is checked like any other that a claim compares with', () => {
    expect(errors('refit: train_and_validate', 'theirs.auc - auc <= 1')).toEqual(['evaluate-on-train']);
    expect(errors('l2: 1', 'theirs.auc - auc <= 1')).toEqual([]);
    expect(errors('refit: train_and_validate', 'auc >= 0.5')).toEqual([]);
  });

  it('is the one that the plan compares with', () => {
    const { plan } = analysis('l2: 1', 'theirs.auc - auc <= 1').plan('main.cupel', []);
    const theirs = plan?.nodes.find(node => node.kind === 'train' && node.algorithm === 'logistic_regression');
    const evaluations = plan?.nodes.filter(node => node.kind === 'evaluate') ?? [];
    const compared = evaluations.flatMap(({ claims }) => claims.map(({ left }) => (left.op === 'arithmetic' ? left.left : left)));
    expect(compared).toContainEqual({ op: 'metric', model: theirs?.id, metric: 'auc' });
  });
});
