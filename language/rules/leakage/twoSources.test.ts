/** Two files may each declare a source of one name: where a value comes from is told by the declaration, not by the name. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const main = (more: string): string => `${more}
source ps = csv("ps.csv") { id : key, age : int immutable, home : text @group, died : bool }
table both = ps | join more on id == id
task t { each p in both, label died }
split t by group { group: home, test: 20%, validate: 20%, seed: 1 }
features f for t { age, x, y = if x then age else 0 }
model m = baseline(f)
evaluate m on test { auc }
`;

function told(files: Readonly<Record<string, string>>): string[] {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

it('a column of the other file is no label', () => {
  const other = 'source ps = csv("other.csv") { id : key, died : bool }\ntable more = ps | rename died as x\n';
  expect(told({ 'main.cupel': main('import { more } from "./other.cupel"'), 'other.cupel': other })).toEqual([]);
});

it('and one of the own file is, through whatever file', () => {
  expect(told({ 'main.cupel': main('table more = ps | select id, died | rename died as x') })).toEqual(['label-as-feature', 'label-derived-feature']);
});
