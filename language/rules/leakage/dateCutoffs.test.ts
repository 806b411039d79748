/** A date as a cutoff stands at its last instant: what happens on that day is before it, and what is known that day is known by it. */
import { expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

function rules(sales: string, task: string, features = 'sold', options = ''): string[] {
  const analysis = createAnalysis();
  const text = `source shops = csv("s.csv") { id : key }
source sales = csv("sales.csv"${options}) until 2024-12-31 {
  n    : key
  shop : ref shops
  ${sales}
}
${task}
split t by time { train: ..2024-06-30, validate: 2024-08-01..2024-09-30, test: 2024-11-01.., gap: 30d }
features f for t { ${features} }
model m = baseline(f)
evaluate m on test { rmse }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []));
}

const next = 'label more = sum(sold of sales via shop next 7d)\n  delay: 1d';

it.each([
  ['a day', 'day : date @time @known(+0d)', 'at day', []],
  ['an hour after the row', 'day : timestamp @time @known(+0d)', 'at day + 1h', []],
  ['the very moment of the row', 'day : timestamp @time @known(+0d)', 'at day', ['label-derived-feature']],
  ['the day before, which the row follows', 'day : date @time @known(+0d)', 'at day - 1d', ['cutoff-from-outcome']],
])('the own row is no part of what comes next: %s', (_, day, at, found) =>
  expect(rules(`${day}, sold : float immutable`, `task t { each s in sales\n  ${at}\n  ${next}\n}`).sort()).toEqual(found),
);

const late = 'day : date @time @known(+0d), came : date, sold : float immutable @known(came), kept : float immutable @known(came)';

it('rows that are settled on the day of the cutoff are there at it', () =>
  expect(
    rules(
      late,
      'table some = sales | where kept > 1\ntask t { each s in some\n  at came\n  label y = sum(sold of sales via shop next 7d)\n  delay: 8d }',
      'kept',
    ),
  ).toEqual([]));

it('a label that is known on the day of the cutoff is known at it', () =>
  expect(rules(late, 'task t { each s in sales\n  at came\n  label y = kept }', 'n = count(sales last 7d via shop)')).toEqual([
    'label-already-known',
  ]));

it('and one that is known days later waits for these days alone', () => {
  const dated = 'day : date @time @known(+0d), sold : float immutable @known(+5d)';
  const waits = (delay: string) =>
    rules(dated, `task t { each s in sales\n  at day\n  label y = sold\n  delay: ${delay} }`, 'n = count(sales last 7d via shop)');
  expect(waits('5d')).toEqual([]);
  expect(waits('4d')).toEqual(['delay-shorter-than-known']);
});

it.each([
  ['the zone of the file', 'Asia/Tokyo', ', zone: "Asia/Tokyo"', 'came', []],
  ['a zone where days end later', 'America/New_York', '', 'came', []],
  ['a zone where they end earlier', 'Asia/Tokyo', '', 'came', ['rows-known-late']],
  ['a zone where they do in summer', 'Europe/London', '', 'came', ['rows-known-late']],
  ['a day of the same zone that is counted on while clocks change', 'Europe/London', ', zone: "Europe/London"', 'came + 1d', []],
] as const)('rows that are settled on the day of a cutoff in %s', (_, zone, options, at, found) => {
  const task = `task t { each s in some\n  at ${at}\n  label y = sum(sold of sales via shop next 7d)\n  delay: 8d\n  zone: "${zone}" }`;
  const told = rules(late, `table some = sales | where kept > 1\n${task}`, 'n = count(sales last 7d via shop)', options);
  expect(told.filter(rule => rule === 'rows-known-late')).toEqual(found);
});

it('a day on which rows are said to be known is proved for files in one zone', () => {
  const assumed = (options: string): number => {
    const analysis = createAnalysis();
    const text = `source shops = csv("s.csv") { id : key }
source dues = csv("d.csv"${options}) until 2024-12-31 { k : key, came : date @time @known(+0d), pay : float immutable }
source plans = csv("p.csv") { n : key, shop : ref shops, due : ref dues }
table some = plans | inner join dues on due == k | where pay > 1 | time came known came
task t { each s in shops
  at every 7d from 2024-01-01 to 2024-11-30
  label y = sum(pay of some next 7d) }
features f for t { n = count(some last 30d) }
`;
    analysis.setFile('main.cupel', { kind: 'text', text });
    return analysis.verdicts('main.cupel').reduce((sum, verdict) => sum + verdict.assumed, 0);
  };
  expect(assumed(', zone: "Asia/Tokyo"')).toBeGreaterThan(assumed(''));
});
