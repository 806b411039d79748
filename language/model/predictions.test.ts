import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';

const base = `
source people = csv("p.csv") {
  person : key
  age    : float immutable
  fate   : category { "a", "b", "c" } immutable
  saved  : bool immutable
  worth  : float unit "EUR" immutable
  late   : float @after(outcome)
}
task saving { each p in people, label saved }
task earning { each p in people, label worth }
task ending { each p in people, label fate }
split saving at random { test: 20%, validate: 15%, seed: 1 }
split earning at random { test: 20%, seed: 1 }
split ending at random { test: 20%, seed: 1 }
features who for saving { age }
features wealth for earning { age }
features ends for ending { age }
model trees = gradient_boosting(who) { trees: 5, calibrate: platt }
model rich  = ridge(wealth)
model bayes = naive_bayes(ends)
model some  = best of trees by auc
def told(m) = predict(m)
`;

const typed = (text: string) => {
  const { program, problems } = typedProgram(base + text);
  return { problems, types: (program.features('main.cupel', 'more')?.features ?? []).map(({ value }) => value) };
};

describe('predict(M)', () => {
  it.each([
    ['features more for saving { age, p = predict(trees) }\nmodel m = logistic_regression(more)', []],
    ['features more for saving { p = told(trees) + 1 }\nmodel m = ridge(more)', ['type-mismatch «ridge»']],
    ['features more for saving { p = predict(rich) }', ['wrong-arguments «predict(rich)»']],
    ['features more for saving { p = predict(some) }', ['wrong-arguments «predict(some)»']],
    ['features more for saving { p = predict(tree) }', ['unknown-name «tree»']],
    ['features more for saving { p = predict(who) }', ['unknown-name «who»']],
    ['features more for saving { p = predict() }', ['wrong-arguments «predict()»']],
    ['features more for saving { p = predict(trees, 1) }', ['wrong-arguments «predict(trees, 1)»']],
    ['table t = people | derive p = predict(trees)', ['wrong-arguments «predict»']],
    ['features more for ending { p = predict(bayes) * 2 }', ['type-mismatch «predict(bayes) * 2»']],
    ['features more for saving { p = predict(own) }\nmodel own = gradient_boosting(more)', ['circular-definition «more»']],
    [
      'features more for saving { p = predict(own) }\nmodel own = gradient_boosting(next)\nfeatures next for saving { q = told(via) }\nmodel via = gradient_boosting(more)',
      ['circular-definition «more»'],
    ],
  ])('%j: %j', (text, expected) => expect(typed(text).problems).toEqual(expected));

  it('is a probability, a number in the unit of the label, or a column a class', () => {
    const of = (task: string, model: string) => typed(`features more for ${task} { p = predict(${model}) }`).types[0]?.type;
    expect(of('saving', 'trees')).toMatchObject({ kind: 'float', nullable: false, bounds: { min: 0, max: 1 } });
    expect(of('earning', 'rich')).toMatchObject({ kind: 'float', unit: { EUR: 1 } });
    expect(of('ending', 'bayes')).toMatchObject({ kind: 'vector', size: 3 });
  });

  it('owes what its model reads, and is learned on train', () => {
    const [asked] = typed(
      'features leaky for saving { late }\nmodel l = gradient_boosting(leaky)\nfeatures more for saving { p = predict(l) }',
    ).types;
    expect(asked?.facts.blocks.map(({ rule }) => rule)).toContain('after-outcome');
    expect(asked?.facts).toMatchObject({ fit: 'train', identity: 'none' });
  });

  it('tells no observations apart, whatever its model does', () => {
    const { types } = typed('features keyed for saving { person }\nmodel l = gradient_boosting(keyed)\nfeatures more for saving { p = predict(l) }');
    expect(types[0]?.facts.identity).toBe('none');
  });

  it('is no column of a test', () => {
    const test = (cell: string) =>
      typed(
        `features more for saving { age, p = predict(trees), q = p + 1 }\ntest more { given people [ { person: "a", age: 1 } ] expect features { person: "a", ${cell} } }`,
      ).problems;
    expect(test('age: 1')).toEqual([]);
    expect(test('q: 1')).toEqual(['incomplete-test «q»']);
  });
});
