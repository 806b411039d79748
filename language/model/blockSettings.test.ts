import { expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';

const base = `
source people = csv("p.csv") { person : key, age : int immutable, saved : bool immutable }
task t { each p in people, label saved }
split t at random { test: 20%, seed: 1 }
features f for t { age }
model m = gradient_boosting(f)
`;

it.each([
  ['evaluate m on test { auc: 0.8 }', 'A claim compares the figure: `auc >= 0.8`.'],
  ['evaluate m on test { colour: 1 }', 'Its settings are `plausible`.'],
  ['model n = gradient_boosting(f) { n_estimators: 10 }', 'Did you mean `trees`?'],
  ['model n = gradient_boosting(f) { colour: 10 }', 'Its settings are `trees`,'],
])('%s: %s', (text, help) => {
  const [message = '', ...others] = typedProgram(base + text).messages.filter(found => found.includes('has no setting'));
  expect(others).toEqual([]);
  expect(message).toContain(help);
});
