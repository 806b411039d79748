/** A label that waits for one cell of its row and compares it with others: windows may read these as early as they are declared to be known. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const told = ['lag-shorter-than-horizon'];

it.each([
  ['sold > listed', 'delay: 40d', 'avg(listed of loans via customer)', []],
  ['sold > listed', '', 'avg(listed of loans via customer)', []],
  ['v.sold > v.listed', 'delay: 40d', 'avg(listed of loans via customer)', []],
  ['paid > listed', 'delay: 40d', 'avg(listed of loans via customer)', []],
  ['loss > listed', 'delay: 40d', 'avg(listed of loans via customer)', []],
  ['days(granted, paid_at) < 30', 'delay: 40d', 'days(max(granted of loans via customer), cutoff)', []],
  ['sold > listed', 'delay: 60d', 'avg(sold of loans via customer)', told],
  ['sold > listed', 'delay: 60d', 'avg(listed of loans via customer)', told],
  ['sold > rated', 'delay: 40d', 'avg(rated of loans via customer)', told],
  ['listed > 3', 'delay: 40d', 'avg(listed of loans via customer)', told],
  ['sold > rated', 'delay: 40d', 'avg(sold of loans where rated > 2 via customer)', told],
  ['sold > rated', 'delay: 40d', 'avg(rated of loans where sold > 2 via customer)', told],
  ['sold > listed', 'delay: 40d', 'avg(sold of loans where listed > 2 via customer)', []],
])('%s, %s: %s', (label, delay, feature, rules) => {
  const analysis = createAnalysis();
  const text = `source customers = csv("c.csv") { id : key, region : text immutable }
source loans = csv("l.csv") until 2024-12-31 {
  id : key
  customer : ref customers
  granted : timestamp  @time @known(+0d)
  listed : float immutable
  rated : float
  sold : float?  @known(+40d)
  paid_at : timestamp?
  paid : float?  @known(paid_at)
  loss : float?  @after(outcome)
}
task t {
  each v in loans
  at granted
  label quick = ${label}
  ${delay}
}
split t by time { train: ..2023-10-31, test: 2024-08-01.., gap: 60d }
features f for t { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  expect(analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []))).toEqual(rules);
});
