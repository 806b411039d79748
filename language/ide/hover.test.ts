import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import { hover } from './hover.ts';

const program = `source people = csv("people.csv", delimiter: ";") {
  person   : key
  age      : int? in 0..120 immutable
  survived : bool
}
task survival { each p in people, label survived }
split survival at random { test: 20%, seed: 1 }
features who for survival {
  age |> impute(median)
  age |> winsorize(low: 2%) |> impute(mode)
}
model gbt = gradient_boosting(who) {
  trees: 50
  balance: class_weight
  tune { depth: 3..6, method: bayesian, by: auc }
}
evaluate gbt on test { auc }
`;

/** What is said of the first place at which that text stands, seen from its last letter. */
function said(text: string): string {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text: program });
  const tree = analysis.tree('main.cupel');
  const before = program.slice(0, program.indexOf(text) + text.length - 1).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return (tree && hover(tree, analysis.program(), null, position)?.markdown) ?? '';
}

describe('hover', () => {
  it.each([
    ['impute(median', '**median** · `method`: `mean`, `median`, `mode`, `constant`'],
    ['impute(mode', '**mode** · `method`'],
    ['winsorize(low', '**low** · setting\n\nValues below this quantile'],
    ['delimiter', '**delimiter** · setting\n\nWhat separates values'],
    ['  trees', '**trees** · setting\n\n'],
    ['class_weight', '**class_weight** · `balance`'],
    ['method', '**method** · setting: `random`, `bayesian`'],
    ['bayesian', '**bayesian** · `method`'],
    ['|> impute', '**impute** · transform'],
    ['  age', '**age** : int?'],
    ['by: auc', '**auc** · metric'],
  ])('on %s', (text, markdown) => expect(said(text)).toContain(markdown));
});
