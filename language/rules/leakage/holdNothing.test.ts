/** Bounds that overlap where no cutoff lies, and windows that end before anything in them is known: nothing is shared, nothing read. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

function rules(task: string, split: string, feature = 'n = count(loans last 30d)', known = '9d'): string[] {
  const analysis = createAnalysis();
  const text = `source people = csv("p.csv") {
  id     : key
  joined : timestamp @time @known(+0d)
}
source loans = csv("l.csv") until 2024-12-31 {
  loan   : key
  person : ref people
  taken  : timestamp @time @known(+0d)
  sum    : float immutable
  repaid : bool @known(+${known})
}
task t { ${task} }
split t by time { ${split} }
features f for t { ${feature} }
model m = baseline(f)
evaluate m on test { auc }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

const monthly = 'each p in people, at every month from 2024-01-01 to 2024-10-01, label more = count(loans next 10d) > 0';
const own = 'each p in people, at joined, label more = count(loans next 10d) > 0';

it.each([
  ['a grid without a cutoff in both', monthly, '2024-02-15', []],
  ['a grid with one', monthly, '2024-02-01', ['overlapping-partitions']],
  ['cutoffs in rows', own, '2024-02-15', ['overlapping-partitions']],
])('partitions of %s', (_, task, from, expected) => expect(rules(task, `train: ..2024-02-20, test: ${from}.., gap: 10d`)).toEqual(expected));

const each = 'each l in loans, at taken, label repaid = repaid, delay: 12d';
const apart = 'train: ..2024-02-20, test: 2024-04-01.., gap: 12d';

it.each([
  ['last 40d', ['lag-shorter-than-horizon']],
  ['last 10d', ['lag-shorter-than-horizon']],
  ['last 9d', []],
  ['last 36h', []],
  ['last 40d lag 12d', []],
])('outcomes of the %s: %j', (window, expected) =>
  expect(rules(each, apart, `n = sum(sum of loans via person ${window} where repaid)`).filter(rule => rule !== 'always-null')).toEqual(expected),
);

// Of a loan on the 28th of February the outcome is known on the 28th of March, and a month before the 31st of March ends on that February day.
it.each([
  ['last 1mo', '1mo', ['lag-shorter-than-horizon']],
  ['last 12mo', '12mo', ['lag-shorter-than-horizon']],
  ['last 1mo', '30d', ['lag-shorter-than-horizon']],
  ['last 1mo', '31d', []],
  ['last 1mo', '2mo', []],
  ['last 28d', '1mo', []],
  ['last 29d', '1mo', ['lag-shorter-than-horizon']],
])('outcomes of the %s that are known after %s: %j', (window, known, expected) =>
  expect(
    rules(
      each.replace('12d', '800d'),
      'train: ..2020-02-20, test: 2024-04-01.., gap: 800d',
      `n = sum(sum of loans via person ${window} where repaid)`,
      known,
    ).filter(rule => rule !== 'always-null'),
  ).toEqual(expected),
);
