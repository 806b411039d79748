/** Two files may each declare a source of one name: where a value comes from is told by the declaration, not by the name. */
import { describe, expect, it } from 'vitest';
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

describe('refs hold keys of the table that their file means', () => {
  const shop = 'source ps = csv("p.csv") { id : key }\nsource vs = csv("v.csv") { p : ref ps, t : timestamp @time @known(+0d), x : int immutable }\n';
  const own = 'source ps = csv("mine.csv") { id : key, since : date @time @known(+0d) }\n';
  const messages = (text: string, more = shop): string[] => {
    const analysis = createAnalysis();
    analysis.setFile('main.cupel', { kind: 'text', text });
    analysis.setFile('shop.cupel', { kind: 'text', text: more });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
  };
  const window = 'task t { each p in ps, at every month from 2024-01-01 to 2024-12-01, label gone = count(vs next 30d) == 0 }\n';
  it.each([
    ['rows of a window belong to it', `import { vs, ps } from "./shop.cupel"\n${window}`, []],
    ['and not to another of the name', `import { vs } from "./shop.cupel"\n${own}${window}`, ['no-link']],
    ['a join meets it', 'import { vs, ps } from "./shop.cupel"\ntable j = vs | join ps on p == id\n', []],
    ['and not another', `import { vs } from "./shop.cupel"\n${own}table j = vs | join ps on p == id\n`, ['join-mismatch']],
    [
      'refs to two tables are never equal',
      `import { vs } from "./shop.cupel"\n${own}source ws = csv("w.csv") { q : ref ps }\ntable j = ws | join vs on q == p\n`,
      ['join-mismatch'],
    ],
    ['a path goes to it', `import { vs } from "./shop.cupel"\n${own}table j = vs | rename p as q | derive z = q.since\n`, ['unknown-column']],
  ])('%s', (_, text, rules) => expect(messages(text)).toEqual(rules));
});

it('what is filled in after the outcome is told of each source', () => {
  const shop = 'source ps = csv("p.csv") { id : key, boat : text? @after(outcome) }\ntable more = ps | rename boat as other\n';
  const text = `import { more } from "./shop.cupel"
source ps = csv("mine.csv") { id : key, home : text @group, died : bool immutable, boat : text? @after(outcome) }
table both = ps | join more on id == id
task t { each p in both, label died }
features f for t { x = boat ?? other }
`;
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  analysis.setFile('shop.cupel', { kind: 'text', text: shop });
  const [set] = analysis
    .program()
    .declarations('main.cupel')
    .flatMap(({ model }) => (model.kind === 'features' ? [model] : []));
  expect(set?.features[0]?.value.facts.blocks.map(({ home, subject }) => `${home} ${subject}`)).toEqual(['main.cupel ps.boat', 'shop.cupel ps.boat']);
});

it('the known time of one is not that of the other', () => {
  const shop = 'source ps = csv("p.csv") { id : key, t : timestamp @time @known(k), k : timestamp, x : int @known(+0d) }\n';
  const roots = (file: string, analysis: ReturnType<typeof createAnalysis>) =>
    analysis
      .program()
      .declarations(file)
      .flatMap(({ model }) => (model.kind === 'source' ? [model.relation.known?.term.root] : []));
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text: `import { more } from "./shop.cupel"\n${shop}` });
  analysis.setFile('shop.cupel', { kind: 'text', text: `${shop}table more = ps\n` });
  expect(roots('main.cupel', analysis)).not.toEqual(roots('shop.cupel', analysis));
});
