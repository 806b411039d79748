/** The label decides which rows meet: what is taken from them, or counted, tells it as the cell itself does. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

/** Rules of the leakage group that say something of a program over guests, their notes, and codes. */
function rules(tables: string, guests: string, feature: string): readonly string[] {
  const analysis = createAnalysis();
  const text = `source hotels = csv("h.csv") { h : key, stars : int immutable }
source guests = csv("g.csv") { id : key, hotel : ref hotels, age : int immutable, left : text immutable, kind : text immutable, card : text unique immutable }
source codes = csv("c.csv") { code : key, weight : float immutable, left : text immutable }
source notes = csv("n.csv") { n : key, of : ref guests, on : timestamp @time @known(+0d), left : text immutable, kind : text immutable, long : float immutable }
${tables}
task t { each g in ${guests}
  label stays = left == "no" }
split t by group { group: hotel, test: 20%, seed: 1 }
features f for t { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  const said = analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error');
  return [...new Set(said.map(({ rule }) => rule))].sort();
}

const inSample = ['target-encode-in-sample'];
const derived = ['label-derived-feature'];

describe.each([
  ['a window is linked by it', (by: string) => ['', 'guests', `count(notes via ${by})`], inSample],
  ['what a window sums is linked by it', (by: string) => ['', 'guests', `sum(long of notes via ${by})`], inSample],
  ['rows are linked by it', (by: string) => [`table T = notes | drop kind | derive kind = of.${by}`, 'guests', 'count(T via kind)'], inSample],
  ['a join goes by it', (by: string) => [`table C = codes | drop left\ntable G = guests | join C on ${by} == code`, 'G', 'weight'], derived],
  [
    'a join that keeps rows goes by it',
    (by: string) => [`table C = codes | drop left\ntable G = guests | inner join C on ${by} == code`, 'G', 'age'],
    ['outcome-conditioned-rows'],
  ],
  [
    'rows are numbered within it',
    (by: string) => [`table T = notes | derive w = of.${by} | sort by w, on | derive r = rank()`, 'guests', 'max(r of T)'],
    inSample,
  ],
  [
    'the first row of each stays',
    (by: string) => [`table T = notes | derive w = of.${by} | dedupe by w keep earliest`, 'guests', 'count(T)'],
    inSample,
  ],
] as const)('%s', (_, program, found) => {
  const told = (by: string): readonly string[] => {
    const [tables = '', guests = '', feature = ''] = program(by);
    return rules(tables, guests, feature);
  };
  it('and is the label', () => expect(told('left')).toEqual(found));
  it('and is something else', () => expect(told('kind')).toEqual([]));
});

it('rows of the same unit tell no label that is read along the same ref', () => {
  const tables = 'table H = hotels | rename stars as s\ntable G = guests | join H on hotel == h';
  expect(rules(tables, 'G', 's')).toEqual([]);
});

it('what a card is worth does not say whose it is', () => {
  expect(rules('table C = codes | drop left\ntable G = guests | join C on card == code', 'G', 'weight')).toEqual([]);
  expect(rules('', 'guests', 'card')).toEqual(['key-as-feature']);
});

const told = (text: string): readonly string[] => {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').flatMap(({ rule, severity }) => (severity === 'info' ? [] : [rule]));
};
const judged = `split t by time { train: ..2024-06-30, test: 2024-09-01.., gap: 30d }
model m = baseline(f)
evaluate m on test { rmse }`;

it('past rows that meet by what they are linked with tell the outcomes of the past', () => {
  const program = (window: string): string => `source hotels = csv("h.csv") { h : key, stars : int immutable }
source notes = csv("n.csv") until 2024-12-31 { n : key, hotel : ref hotels, day : timestamp @time @known(+0d), score : float @known(+5d), cat : text immutable }
table own = notes | rename score as result | derive band = cat
table past = notes | derive band = text(score) | drop score
task t { each g in own, at day, label stays = result, delay: 5d }
features f for t { v = count(past via band${window}) }
${judged}`;
  expect(told(program(' last 30d'))).toEqual([]);
});

it('a label whose rows are linked by what is true today is told so', () => {
  const program = (role: string): string => `source shops = csv("h.csv") { h : key, stars : int immutable }
source customers = csv("c.csv") { id : key, home : ref shops ${role}, age : int immutable, since : timestamp @time @known(+0d) }
source sales = csv("s.csv") until 2024-12-31 { n : key, home : ref shops, day : timestamp @time @known(+0d), worth : float immutable }
task t { each c in customers, at every month from 2024-01-01 to 2024-12-01, label later = sum(worth of sales via home next 7d) ?? 0 }
features f for t { age }
${judged}`;
  expect(told(program('@current'))).toEqual(['current-state']);
  expect(told(program(''))).toEqual([]);
});

it('what rows were grouped by says who is meant, whatever is asked of it', () => {
  const program = `source lines = csv("l.csv") until 2024-12-31 { n : key, who : int? immutable, day : timestamp @time @known(+0d), worth : float immutable }
table bought = lines | where who != null
table customers = bought | group by who { first = min(day) } | time first known first
task t { each c in customers, at every month from 2024-01-01 to 2024-12-01, label later = count(bought via who next 7d) }
features f for t { spent = sum(worth of bought via who last 30d), age = days(first, cutoff) }
${judged}`;
  expect(told(program)).toEqual([]);
});
