/** The label decides which rows meet: what is taken from them, or counted, tells it as the cell itself does. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

/** Rules of the leakage group that say something of a program over guests, their notes, and codes. */
function rules(tables: string, guests: string, feature: string, label = 'label stays = left == "no"'): readonly string[] {
  const analysis = createAnalysis();
  const text = `source hotels = csv("h.csv") { h : key, stars : int immutable, rooms : int immutable }
source towns = csv("t.csv") { t : key, size : int immutable }
source guests = csv("g.csv") { id : key, hotel : ref hotels, town : ref towns, age : int immutable, left : text immutable, kind : text immutable, card : text unique immutable }
source codes = csv("c.csv") { code : key, weight : float immutable, left : text immutable }
source notes = csv("n.csv") { n : key, of : ref guests, on : timestamp @time @known(+0d), left : text immutable, kind : text immutable, long : float immutable }
${tables}
task t { each g in ${guests}
  ${label} }
split t by group { group: hotel, test: 20%, seed: 1 }
features f for t { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  const said = analysis.diagnostics('main.cupel').filter(({ severity }) => severity === 'error');
  return [...new Set(said.map(({ rule }) => rule))].sort();
}

/** Which rows meet is decided by rows of all partitions, whatever they meet by. */
const amongAll = ['latest-version-kept'];

type Case = [what: string, program: (by: string) => readonly string[], found: readonly string[], anyway?: readonly string[]];

/** A program over the guests that meet by a column: told where that is the label. */
function isToldByLabelAlone(program: (by: string) => readonly string[], found: readonly string[], anyway: readonly string[] = []): void {
  const told = (by: string): readonly string[] => {
    const [tables = '', guests = '', feature = ''] = program(by);
    return rules(tables, guests, feature);
  };
  it('and is the label', () => expect(told('left')).toEqual([...anyway, ...found]));
  it('and is something else', () => expect(told('kind')).toEqual(anyway));
}

const inSample = ['target-encode-in-sample'];
const derived = ['label-derived-feature'];

describe.each<Case>([
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
    amongAll,
  ],
  [
    'the first row of each stays',
    (by: string) => [`table T = notes | derive w = of.${by} | dedupe by w keep earliest`, 'guests', 'count(T)'],
    inSample,
    amongAll,
  ],
])('%s', (_, program, found, anyway) => {
  isToldByLabelAlone(program, found, anyway);
});

describe.each<Case>([
  [
    'a window is linked by a ref that it chooses',
    (by: string) => [`table T = notes | derive w = if of.${by} == "no" then of else null`, 'guests', 'count(T via w)'],
    inSample,
  ],
  [
    'a join goes by a ref that it chooses',
    (by: string) => [
      `table H = hotels | rename stars as s\ntable G = guests | derive w = if ${by} == "no" then hotel else null | join H on w == h`,
      'G',
      's',
    ],
    derived,
  ],
  [
    'rows are numbered within a ref that it chooses',
    (by: string) => [
      `table T = notes | derive w = if of.${by} == "no" then of else null | sort by w, on | derive r = rank()`,
      'guests',
      'max(r of T via of)',
    ],
    inSample,
    amongAll,
  ],
  [
    'rows are grouped by a ref that it chooses',
    (by: string) => [
      `table T = notes | derive w = if of.${by} == "no" then of else null | group by w { first = min(on) } | time first known first`,
      'guests',
      'count(T via w)',
    ],
    inSample,
  ],
  [
    'it is put beside a key',
    (by: string) => [
      `table T = notes | derive w = concat(text(of), of.${by})\ntable G = guests | derive w = concat(text(id), ${by})`,
      'G',
      'count(T via w)',
    ],
    inSample,
  ],
])('%s', (_, program, found, anyway) => {
  isToldByLabelAlone(program, found, anyway);
});

describe('a label that says where somebody is', () => {
  const joined = 'table H = towns | rename size as s\ntable G = guests | join H on town == t';
  it.each([
    ['is told along the ref', '', 'guests', 'town.size', derived],
    ['is told by a join', joined, 'G', 's', derived],
    ['… and what is computed of it', `${joined} | derive u = s * 2`, 'G', '(u ?? 0) + age', derived],
    ['is told by what it links', '', 'guests', 'count(visits via town)', inSample],
    ['is told by rows that lead to the guest', joined, 'guests', 'max(of.town.size of notes)', inSample],
    ['is not told by others', '', 'guests', 'age', []],
  ])('%s', (_, tables, guests, feature, expected) => {
    const visits = 'source visits = csv("v.csv") { n : key, town : ref towns, on : timestamp @time @known(+0d) }';
    expect(rules(`${visits}\n${tables}`, guests, feature, 'label stays = town == "t1"')).toEqual(expected);
  });
  it('and of others along the same ref nothing is told', () => {
    expect(rules('', 'guests', 'hotel.stars', 'label stays = hotel.rooms > 3')).toEqual([]);
  });
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

it('what a label that is a ref leads to is told as made of that ref', () => {
  const analysis = createAnalysis();
  const text = `source firms = csv("f.csv") { f : key, size : int immutable }
source deals = csv("d.csv") { n : key, firm : ref firms immutable, worth : float immutable }
task t { each d in deals, label theirs = firm == "f1" }
split t by random { test: 20%, seed: 1 }
features f for t { x = firm.size }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  const [told] = analysis.diagnostics('main.cupel').filter(({ rule }) => rule === 'label-derived-feature');
  expect(told?.message).toContain('`deals.firm`');
});

it('whose rows are counted is no part of the count, where the label asks of the same ref', () => {
  const program = (feature: string): string => `source hotels = csv("h.csv") { h : key, stars : int immutable }
source guests = csv("g.csv") { id : key, since : timestamp @time @known(+0d) }
source notes = csv("n.csv") until 2024-12-31 { n : key, hotel : ref hotels, day : timestamp @time @known(+0d) }
source stays = csv("s.csv") until 2024-12-31 { n : key, guest : ref guests, hotel : ref hotels immutable, day : timestamp @time @known(+0d) }
task t { each s in stays, at day, label again = count(stays via guest next 30d where hotel == "h1") }
features f for t { v = ${feature} }
${judged}`;
  expect(told(program('count(notes via hotel last 30d)'))).toEqual([]);
  expect(told(program('if hotel == "h1" then 1 else 0'))).toEqual(['label-derived-feature']);
});
