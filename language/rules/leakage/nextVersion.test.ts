/** A label of when a version ends: the group whose next change ends it is no part of the answer, and the next change is. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

/** The leakage rules that say something of a feature at the time of a change, or later. */
function rules(feature: string, at = 'changed_at', by = 'customer'): readonly string[] {
  const analysis = createAnalysis();
  const text = `source customers = csv("c.csv") { id : key, region : text immutable }
source changes = csv("h.csv") until 2024-12-31 {
  id : key
  customer : ref customers
  changed_at : timestamp  @time @known(+0d)
  plan : text immutable
}
table versions = changes | history by ${by} at changed_at
task t {
  each v in versions
  at ${at}
  label quick = days(changed_at, valid_to) < 30
  delay: 40d
}
split t by time { train: ..2023-10-31, test: 2024-08-01.., gap: 40d }
features f for t { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

it.each([
  ['customer.region'],
  ['count(changes via customer last 30d)'],
  ['count(versions via customer last 30d)'],
  ['last(plan of changes via customer)'],
])('%s is what is known of the group', feature => expect(rules(feature)).toEqual([]));

it.each([
  ['valid_to == null', 'changed_at + 5d', 'customer'],
  ['count(versions via customer last 30d where valid_to != null)', 'changed_at + 5d', 'customer'],
  ['plan', 'changed_at', 'plan'],
])('%s at %s of versions by %s is of the answer', (feature, at, by) => expect(rules(feature, at, by)).toEqual(['label-derived-feature']));
