/** Rows of other entities that a join or a window brings in, in tasks without cutoffs: those of the test partition are among them. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

interface Written {
  readonly feature?: string;
  readonly tables?: string;
  readonly each?: string;
  readonly label?: string;
  readonly split?: string;
}

/** What is told of such programs for other reasons. */
const beside: readonly string[] = ['entity-on-both-sides', 'join-fanout'];

const atRandom = 'at random { test: 30%, seed: 1 }';

function told({ feature = 'a', tables = '', each = 'ps', label = 'y', split = atRandom }: Written): readonly string[] {
  const analysis = createAnalysis();
  const text = `source ps = csv("ps.csv") { id : key, team : text immutable, site : text? immutable, prod : ref dim, boss : ref ps, a : int immutable, b : int immutable, y : int immutable }
source dim = csv("dim.csv") { p : key, tier : int immutable, kind : text immutable }
source nt = csv("nt.csv") { n : key, of : ref ps, giver : ref ps, t : timestamp @time @known(+0d), s : text immutable, x : int immutable }
source likes = csv("likes.csv") { note : ref nt, k : int immutable }
source stock = csv("stock.csv") { prod : ref dim, left : int immutable }
source labs = csv("labs.csv") { id : key, h : int immutable }
${tables}
task aim { each one in ${each}
  label ${label} }
split aim ${split}
features f for aim { v = ${feature} }
`;
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis
    .diagnostics('main.cupel')
    .filter(({ severity, rule }) => (severity === 'error' && !beside.includes(rule)) || rule === 'peer-rows-across-split')
    .map(({ rule, message }) => `${rule}: ${message}`);
}

const reads = (what: string, table: string): readonly string[] => [
  `peer-rows-across-split: ${what} reads rows of \`${table}\` that belong to others, those of test among them.`,
];

const kept = ['latest-version-kept: `v` rests on `T`, where rows of others decide what stays.'];
const observations = (table: string): readonly string[] => reads('The choice of observations of `aim`', table);

describe('a window', () => {
  it.each([
    ['over rows that refer to the own', 'sum(x of nt via of)', []],
    ['over others of the same team', 'avg(a of ps via team)', reads('`v`', 'ps')],
    ['that counts them', 'count(ps via team)', reads('`v`', 'ps')],
    ['over others that refer to the same', 'sum(a of ps via prod)', reads('`v`', 'ps')],
    ['over what is nobody’s', 'sum(left of stock via prod)', []],
    ['over the own row', 'sum(a of ps via id)', []],
    ['over a table that is keyed alike and refers to nobody', 'sum(h of labs via id)', []],
  ] as const)('%s', (_, feature, found) => expect(told({ feature })).toEqual(found));

  it('over groups of them, once', () => {
    const tables = 'table G = ps | group by team { n = count() }';
    expect(told({ feature: 'sum(n of G via team)', tables }).map(line => line.split(':')[0])).toEqual(['all-rows-aggregate']);
    expect(told({ feature: 'count(G via team)', tables })).toEqual(reads('`v`', 'G'));
  });

  it('over rows that splits keep on one side', () => {
    const feature = 'avg(a of ps via team)';
    const split = (group: string): string => `by group { group: ${group}, test: 30%, seed: 1 }`;
    expect(told({ feature, split: split('team') })).toEqual([]);
    expect(told({ feature, split: split('prod') })).toEqual(reads('`v`', 'ps'));
    expect(told({ feature, split: `${split('team')}\nsplit other for aim ${atRandom}` })).toEqual(reads('`v`', 'ps'));
    // Rows without a site stand on one side, and find nobody.
    expect(told({ feature: 'avg(a of ps via site)', split: split('site') })).toEqual([]);
    const tables = 'table U = ps | rename team as crew\ntable R = nt | join U on of == id | rename crew as team';
    expect(told({ feature: 'sum(x of R via team)', tables, split: split('team') }).filter(line => line.startsWith('peer'))).toEqual(
      reads('`v`', 'R'),
    );
  });

  it('of a label', () => expect(told({ label: 'm = avg(b of ps via team)' })).toEqual(reads('The label `m`', 'ps')));
});

describe('a join', () => {
  const side = 'table S = ps | select team, b | rename b as k';
  const notes = 'table N = nt | select s, x | rename x as k';
  it.each([
    ['by an equal value', `${side}\ntable U = ps | join S on team == team`, observations('S')],
    ['by an equal value of rows that refer to the observed', `${notes}\ntable U = ps | join N on team == s`, observations('N')],
    ['by an equal value of what is nobody’s', 'table D = dim | rename tier as k\ntable U = ps | join D on team == kind', []],
    ['by a ref', 'table D = dim | rename tier as k\ntable U = ps | join D on prod == p', []],
    ['by the key', 'table S = ps | select id, b | rename b as k\ntable U = ps | join S on id == id', []],
    [
      'by the refs of others to the own key',
      'table N = nt | dedupe by of keep earliest | select of, x | rename x as k\ntable U = ps | join N on id == of',
      [],
    ],
    ['as of nothing in particular', 'table D = labs | rename h as k\ntable U = ps | join D on id == id', []],
  ])('%s', (_, tables, found) => expect(told({ tables, each: 'U', feature: 'k ?? 0' })).toEqual(found));

  it.each([
    [
      'of a row of another entity by its value',
      'table O = ps | select team, b\ntable T = nt | join O on s == team',
      'sum(b of T via of)',
      reads('`v`', 'O'),
    ],
    ['of the giver', 'table O = ps | select id, b\ntable T = nt | join O on giver == id', 'sum(b of T via of)', []],
    [
      'of what was said of the giver',
      'table O = nt | select of, x | rename of as who, x as k\ntable T = nt | join O on giver == who',
      'sum(k of T via of)',
      reads('`v`', 'O'),
    ],
    [
      'of that by way of the giver',
      'table O = nt | dedupe by of keep earliest | select of, x | rename of as who, x as k\ntable P = ps | join O on id == who | select id, k\ntable T = nt | join P on giver == id',
      'sum(k of T via of)',
      [...kept, ...reads('`v`', 'O')],
    ],
    ['of other notes of the same', 'table O = nt | select of, x | rename x as k\ntable T = nt | join O on of == of', 'sum(k of T via of)', []],
    ['of the likes of a note', 'table T = nt | join likes on n == note', 'sum(k of T via of)', []],
    [
      'of the latest note as of a moment',
      'table O = nt | select t, s, x | rename t as u, x as k\ntable T = nt | join O on s == s as of t',
      'sum(k of T via of)',
      reads('`v`', 'O'),
    ],
    [
      'of the latest of the same as of a moment',
      'table O = nt | select t, of, x | rename t as u, x as k\ntable T = nt | join O on of == of as of t',
      'sum(k of T via of)',
      [],
    ],
    [
      'which is not read',
      'table O = ps | select team, b\ntable S = O | dedupe by team keep earliest b\ntable T = nt | join S on s == team',
      'sum(x of T via of)',
      [],
    ],
  ] as const)('%s', (_, tables, feature, found) => expect(told({ tables, feature })).toEqual(found));

  it('decides which rows there are', () => {
    const tables = 'table S = ps | group by team { n = count() } | select team\ntable U = ps | inner join S on team == team';
    expect(told({ tables, each: 'U' })).toEqual(observations('S'));
    expect(told({ tables: tables.replace('inner ', ''), each: 'U' })).toEqual([]);
  });
});

describe('a ref leads to one row', () => {
  it('of another, and what is chosen among rows of that one is not the own', () => {
    const tables = 'table E = nt | dedupe by of keep earliest | select of, x\ntable P = ps | join E on id == of | select id, x';
    expect(told({ tables, feature: 'sum(x of P via id)' })).toEqual([]);
    const ofBoss = { tables: `${tables} | rename id as boss`, feature: 'sum(x of P via boss)' };
    expect(told(ofBoss)).toEqual(['latest-version-kept: `v` rests on `P`, where rows of others decide what stays.', ...reads('`v`', 'E')]);
    expect(told({ feature: 'sum(a of Q via boss)', tables: 'table Q = ps | select id, a | rename id as boss' })).toEqual([]);
  });

  it('the same for rows that are alike in it, so that they are of one entity', () => {
    const lk = 'source lk = csv("lk.csv") { l : key, note : ref nt, u : timestamp @time @known(+0d), k : int immutable }';
    const by = (column: string): string => `${lk}\ntable L = lk | dedupe by ${column} keep earliest | derive who = note.of`;
    expect(told({ tables: by('note'), feature: 'sum(k of L via who)' })).toEqual([]);
    expect(told({ tables: `${by('note')} | derive other = note.giver`, feature: 'sum(k of L via other)' })).toEqual([]);
    expect(told({ tables: by('k'), feature: 'sum(k of L via who)' })).toHaveLength(1);
    expect(told({ tables: by('note, k'), feature: 'sum(k of L via who)' })).toEqual([]);
  });

  it('of a table', () => {
    const tables = 'table G = nt | where x > 0\nsource z = csv("z.csv") { g : ref G, of : ref ps }\ntable Z = z | where g.x > 3';
    expect(told({ tables, feature: 'count(Z via of)' })).toEqual([]);
    expect(told({ tables: tables.replace('where x > 0', 'dedupe by s keep earliest'), feature: 'count(Z via of)' })).toHaveLength(1);
  });

  it('which is none of the entity where it refers to something else', () => {
    const tables = 'source w = csv("w.csv") { id : ref dim, who : ref ps, k : int immutable }';
    expect(told({ tables, feature: 'sum(k of w via id)' })).toEqual(reads('`v`', 'w'));
    expect(told({ tables, feature: 'sum(k of w via who)' })).toEqual([]);
  });

  it('that is a group of rows of others', () => {
    const of = (group: string): string => `table G = ${group}\nsource z = csv("z.csv") { g : ref G, of : ref ps }`;
    const feature = 'count(z via of where g.k != null)';
    expect(told({ tables: of('nt | group by s { k = min(t) }'), feature })).toEqual(reads('`v`', 'G'));
    expect(told({ tables: of('ps | where a > 3 | group by team { n = count() } | select team | derive k = team'), feature })).toEqual(
      reads('`v`', 'G'),
    );
    expect(told({ tables: of('ps | where a > 3 | select team | dedupe by team keep earliest team | derive k = team'), feature })).toEqual(
      reads('`v`', 'G'),
    );
    expect(told({ tables: of('dim | group by kind { n = count() } | select kind | derive k = kind'), feature })).toEqual([]);
  });
});

describe('what others hold decides', () => {
  const others = `table O = labs | select h | rename h as k | derive k2 = k, u = 2024-03-01 | time u known u
table L = nt | sort by giver, t | derive l = lag(x, 1) | select n, l | rename n as i | derive i2 = 1
table M = nt | sort by giver, t | derive l = lag(x, 1) | select of, t, x, l | rename t as u, x as k
`;
  const lagged = (then: string): string => `${others}table T = nt | sort by giver, t | derive l = lag(x, 1) | ${then}`;
  it.each([
    ['by a condition', 'where l > 2', 'count(T via of)'],
    ['by a join', 'join labs on l == h', 'count(T via of where id != null)'],
    ['by which rows stay', 'dedupe by of, l keep earliest', 'count(T via of)'],
    ['by the row before', 'sort by of, t | derive m = lag(l, 1)', 'sum(m of T via of)'],
    ['by the order within', 'sort by of, l, t | derive m = rank()', 'sum(m of T via of)'],
    ['by the link', 'derive w = if l > 2 then of else null', 'count(T via w)'],
    ['by the time', 'derive u = if l > 2 then t else null | time u known u', 'count(T via of)'],
    ['by a quarantine', 'where x > 0\ncheck T { l < 3  quarantine }', 'count(T via of)'],
    ['by what tells rows of one moment apart', 'drop n', 'last(x of T via of)'],
    ['by which groups there are', 'group by of, l { first = min(t) } | time first known first', 'count(T via of)'],
    ['by the moment of a row that is joined', 'derive m = if l > 2 then t else null | join O on x == k2 as of m', 'sum(k of T via of)'],
    ['by who is joined', 'drop l | join L on n == i', 'sum(l of T via of)'],
    ['before rows are joined', 'where l > 2 | inner join labs on x == h | rename id as m', 'count(T via of)'],
    ['before several rows are joined', 'where l > 2 | join likes on n == note', 'count(T via of)'],
    ['by the key that rows are joined by', 'drop l | join L on x == l', 'sum(i2 of T via of)'],
    ['by which versions there are', 'history by of, l at t', 'count(T via of)'],
    ['by how long a version holds', 'dedupe by of, t keep earliest | history by of, l at t', 'count(T via of where valid_to != null)'],
    ['by who is there', 'derive w = lag(giver, 1)\ncheck T { refers(w, ps)  quarantine }', 'count(T via of)'],
    ['by the row before, among those of one moment', 'drop n | sort by of, t | derive m = lag(x, 1)', 'sum(m of T via of)'],
    ['by which of one moment stays', 'drop n | dedupe by of keep earliest', 'sum(x of T via of)'],
    ['by which version of one moment stays', 'drop n | history by of at t', 'sum(x of T via of)'],
    ['by which is the last before a moment', 'drop l | join M on of == of as of t', 'sum(k of T via of)'],
    ['by which rows are drawn', 'drop n | sample 50% seed 1', 'count(T via of)'],
  ])('%s', (_, then, feature) => expect(told({ tables: lagged(then), feature })).toContain(kept[0]));

  it.each([
    [
      'with rows of others',
      'table G = nt | group by s { k = min(t) }\ntable W = nt | where x > 0\ncheck W { refers(s, G)  quarantine }',
      'count(W via of)',
      'G',
    ],
    ['of what is looked up', 'table G = nt | group by s { k = min(t) }\ncheck dim { refers(kind, G)  quarantine }', 'prod.tier', 'G'],
    ['with its own', 'table G = nt | group by of { k = min(t) }\ncheck ps { refers(id, G)  quarantine }', 'a', null],
    [
      'of an entity, by a value',
      'source tags = csv("tags.csv") { tag : key, who : ref ps }\ncheck nt { refers(s, tags)  quarantine }',
      'count(nt via of)',
      'tags',
    ],
    ['by a ref', 'check nt { refers(giver, ps)  quarantine }', 'count(nt via of)', null],
    ['with what is looked up', 'check nt { refers(s, labs)  quarantine }', 'count(nt via of)', null],
  ])('by a quarantine that asks for a partner %s', (_, tables, feature, found) =>
    expect(told({ tables, feature })).toEqual(found === null ? [] : reads('`v`', found)),
  );

  it('by a quarantine that asks for a row which others keep', () => {
    const kept = 'table E = nt | dedupe by s keep earliest | dedupe by of keep earliest | select of, x\ntable P = ps | inner join E on id == of';
    const tables = `${kept}\nsource z = csv("z.csv") { of : ref ps, giver : ref ps }\ncheck z { refers(giver, P)  quarantine }`;
    expect(told({ tables, feature: 'count(z via of)' }).map(line => line.split(':')[0])).toContain('latest-version-kept');
  });

  it('by which copies stay', () => {
    const sources =
      'source tags = csv("tags.csv") { tag : key, who : ref ps, w : int immutable }\nsource z = csv("z.csv") { of : ref ps, s : text immutable }';
    const tables = `${sources}\ntable G = tags | select tag, w\ntable T = z | join G on s == tag | select of, w | dedupe by of, w keep earliest w`;
    expect(told({ tables, feature: 'count(T via of)' })).toEqual(reads('`v`', 'G'));
  });

  it('among the observed', () => {
    const tables =
      'table L = nt | sort by giver, t | derive l = lag(x, 1) | dedupe by of keep earliest | select of, l\ntable U = ps | join L on id == of';
    const of = (more: Written): readonly string[] => told({ tables, each: 'U', ...more }).map(line => line.split(':')[0] ?? '');
    expect(of({})).toEqual([]);
    expect(of({ each: 'U where l > 2' })).toEqual(['latest-version-kept']);
    expect(of({ feature: 'sum(x of nt via of where l > 1)' })).toEqual(['latest-version-kept']);
    expect(of({ feature: 'sum(x of nt via of where x > 1)' })).toEqual([]);
  });
});

it('finds whose rows these are behind imports', () => {
  const analysis = createAnalysis();
  const ps = 'source ps = csv("ps.csv") { id : key, team : text immutable, a : int immutable, y : int immutable }';
  const labs = 'source labs = csv("labs.csv") { id : key, team : text immutable, h : int immutable }';
  analysis.setFile('sources.cupel', { kind: 'text', text: `${ps}\n${labs}` });
  analysis.setFile('sides.cupel', {
    kind: 'text',
    text: 'import { ps, labs } from "./sources.cupel"\ntable Side = ps | select team, a\ntable Both = labs | select team, h | rename h as a | union Side\ntable Given = labs | select team, h',
  });
  const main = (feature: string): string => `import { ps } from "./sources.cupel"
import { Side, Both, Given } from "./sides.cupel"
task aim { each one in ps
  label y }
split aim ${atRandom}
features f for aim { v = ${feature} }
`;
  const found = (feature: string): readonly string[] => {
    analysis.setFile('main.cupel', { kind: 'text', text: main(feature) });
    return analysis.diagnostics('main.cupel').flatMap(({ rule, message }) => (rule.startsWith('peer-rows') ? [`${rule}: ${message}`] : []));
  };
  expect(found('sum(a of Side via team)')).toEqual(reads('`v`', 'Side'));
  expect(found('sum(a of Both via team)')).toEqual(reads('`v`', 'Both'));
  expect(found('sum(h of Given via team)')).toEqual([]);
});

it('a split of another file keeps other rows together', () => {
  const analysis = createAnalysis();
  const byGroup = (name: string, group: string): string => `split ${name} by group { group: ${group}, test: 30%, seed: 1 }`;
  const inOther = (more: string): readonly string[] => {
    const text = `import { aim, f, m, ps, dim } from "./aim.cupel"\n${byGroup('other for aim', 'boss')}\n${byGroup('again for aim', 'prod')}\n${more}\n`;
    analysis.setFile('other.cupel', { kind: 'text', text });
    const found = ['aim.cupel', 'other.cupel'].flatMap(file => analysis.diagnostics(file));
    return found.filter(({ rule }) => rule === 'peer-rows-across-split').map(({ file, message }) => `${file}: ${message}`);
  };
  const text = `source ps = csv("ps.csv") { id : key, prod : ref dim, boss : ref ps, a : int immutable, y : int immutable }
source dim = csv("dim.csv") { p : key }
task aim { each one in ps
  label y }
${byGroup('aim', 'prod')}
features f for aim { v = avg(a of ps via prod) }
model m = baseline(f)
`;
  analysis.setFile('aim.cupel', { kind: 'text', text });
  const told = ['other.cupel: `v` reads rows of `ps` that belong to others, those of test among them.'];
  expect(inOther('')).toEqual([]);
  expect(inOther('model n = baseline(f)')).toEqual([]);
  expect(inOther('model n = baseline(f) { split: again }')).toEqual([]);
  expect(inOther('model n = baseline(f) { split: other }')).toEqual(told);
  expect(inOther('features g for aim { p = predict(m) }\nmodel n = baseline(g) { split: other }')).toEqual(told);
});
