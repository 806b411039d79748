import { describe, expect, it } from 'vitest';
import type { PlanNode } from './plan.ts';
import { cells, executed, type Programs, planned } from './testPlan.ts';
import { readPlan } from './validate.ts';

const shop = `
source customers = csv("customers.csv") {
  id     : key
  joined : timestamp                     @time @known(+0d)
  city   : category { "Ulm", "Bonn" }?   immutable
  region : ref regions
}
source regions = csv("regions.csv") {
  code  : key
  name  : text   immutable
}
source orders = csv("orders.csv") until 2024-12-31 {
  number   : key
  customer : ref customers
  placed   : timestamp                   @time @known(+1d)
  amount   : decimal(10,2)               immutable
  returned : bool                        @known(+10d)
  status   : category { "paid", "open" } immutable
}
task churn {
  each  customer in customers where joined < cutoff
  at    every month from 2024-03-01 to 2024-05-01
  label churned = count(orders next 30d) == 0
}
split churn by time { train: ..2024-03-31, test: 2024-05-01.., gap: 31d }
features activity for churn {
  n      = count(orders last 30d)
  paid   = sum(amount of orders last 30d where status == "paid") ?? 0
  back   = rate(returned of orders last 90d)
  area   = region.name
  city   |> impute(mode) |> one_hot
  share  = n / (1 + count(orders last 90d))
}
model usual = baseline(activity)
model gbt   = gradient_boosting(activity) { trees: 20 }
evaluate gbt on test { auc >= 0.5, auc - usual.auc >= 0, brier }
`;

const customers = 'id,joined,city,region\na,2024-01-01T00:00Z,Ulm,s\nb,2024-03-10T00:00Z,,s\n';
const regions = 'code,name\ns,South\n';
const orders = [
  'number,customer,placed,amount,returned,status',
  'o1,a,2024-02-20T00:00Z,10.00,true,paid',
  'o2,a,2024-02-29T12:00Z,5.50,false,paid',
  'o3,a,2024-02-25T00:00Z,2.00,true,open',
  'o4,b,2024-04-10T00:00Z,7.00,true,paid',
].join('\n');
const files = { 'customers.csv': customers, 'regions.csv': regions, 'orders.csv': orders };

const byId = (program: Programs): ReadonlyMap<string, PlanNode> => new Map(planned(program).nodes.map(node => [node.id, node]));
const fingerprints = (program: Programs): Record<string, string> =>
  Object.fromEntries([...byId(program)].map(([id, node]) => [id, node.fingerprint]));
const changed = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter(id => before[id] !== after[id]);

describe('plans of programs', () => {
  it('hold every declaration after what it reads', () => {
    const plan = planned({ main: shop });
    expect(plan.nodes.map(node => node.id)).toEqual([
      'scan customers',
      'scan regions',
      'scan orders',
      'frame churn',
      'split churn',
      'features activity',
      'train usual',
      'train gbt',
      'evaluate gbt on test',
    ]);
    expect(plan.program).toEqual(['main.cupel']);
    expect(readPlan(JSON.parse(JSON.stringify(plan)))).toEqual({ plan, problem: null });
  });

  it('hold only what is asked for and what that needs', () => {
    expect([...byId({ main: shop, names: ['usual'] }).keys()]).toEqual([
      'scan customers',
      'scan orders',
      'frame churn',
      'split churn',
      'scan regions',
      'features activity',
      'train usual',
    ]);
    expect([...byId({ main: shop, names: ['orders'] }).keys()]).toEqual(['scan orders']);
  });

  it('see rows and cells only once they are known', () => {
    const outcomes = executed(planned({ main: shop }), files);
    const keys = cells(outcomes, 'split churn', '#identity', '#cutoff');
    const march = Date.UTC(2024, 2, 1) * 1000;
    const place = keys.findIndex(([id, cutoff]) => id === 'a' && cutoff === march);
    // o2 is known only at noon; o1 was returned at midnight, which is not before the cutoff.
    expect(cells(outcomes, 'features activity', 'n', 'paid', 'back', 'area')[place]).toEqual([2, 1000, null, 'South']);
    expect(cells(outcomes, 'frame churn', '#identity', '#cutoff', '#label', '#state')).toEqual([
      ['a', march, true, 'ready'],
      ['a', Date.UTC(2024, 3, 1) * 1000, true, 'ready'],
      ['a', Date.UTC(2024, 4, 1) * 1000, true, 'ready'],
      ['b', Date.UTC(2024, 3, 1) * 1000, false, 'ready'],
      ['b', Date.UTC(2024, 4, 1) * 1000, true, 'ready'],
    ]);
  });
});

describe('fingerprints', () => {
  const before = fingerprints({ main: shop });

  it('do not see layout, comments, docs and places', () => {
    const laidOut = `// a comment\n\n/// Documented.\n${shop.trim().replaceAll('  ', ' ').replace('source orders', '/// Sold.\nsource orders')}`;
    expect(fingerprints({ main: laidOut })).toEqual(before);
    expect(planned({ main: laidOut }).fingerprint).toBe(planned({ main: shop }).fingerprint);
  });

  it('do not see the names of declarations', () => {
    const renamed = shop
      .replaceAll(/\borders\b(?!\.csv)/g, 'sales')
      .replaceAll('activity', 'deeds')
      .replaceAll('churn ', 'leaving ')
      .replaceAll('gbt', 'trees_of_ours')
      .replaceAll('usual', 'mean_of_all');
    expect(Object.values(fingerprints({ main: renamed }))).toEqual(Object.values(before));
  });

  it('change with a setting, for its own step and those that read it', () => {
    expect(changed(before, fingerprints({ main: shop.replace('trees: 20', 'trees: 21') }))).toEqual(['train gbt', 'evaluate gbt on test']);
    expect(changed(before, fingerprints({ main: shop.replace('brier', 'log_loss') }))).toEqual(['evaluate gbt on test']);
    expect(changed(before, fingerprints({ main: shop.replace('gap: 31d', 'gap: 32d') }))).toEqual([
      'split churn',
      'features activity',
      'train usual',
      'train gbt',
      'evaluate gbt on test',
    ]);
    expect(changed(before, fingerprints({ main: shop.replace('regions.csv', 'areas.csv') }))).toEqual([
      'scan regions',
      'features activity',
      'train usual',
      'train gbt',
      'evaluate gbt on test',
    ]);
  });

  it('see what writing a default says: nothing', () => {
    expect(fingerprints({ main: shop.replace('trees: 20', 'trees: 20, learning_rate: 0.1') })).toEqual(before);
  });

  it('see through definitions and parameters', () => {
    const defined = shop
      .replace('features activity', 'def recent(d) = count(orders last d)\nparam month: duration = 30d\nfeatures activity')
      .replace('n      = count(orders last 30d)', 'n = recent(month)');
    expect(fingerprints({ main: defined })).toEqual(before);
  });
});
