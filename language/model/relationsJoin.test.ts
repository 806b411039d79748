/** What docs/transfer.md says of joins, unions and tables that meet themselves. */
import { describe, expect, it } from 'vitest';
import { columnText, factsText, lineageText, rootText, rowsText, typedProgram } from './testProgram.ts';
import { column, exists, program, rows, sources } from './testRelations.ts';

const event = 'event: t = ev.t, itself ev.t + 3d\nknown: ev.t + 3d\nlag: 3d';

describe('join', () => {
  it('on a unique column: the cell is known when both rows, the key and it are', () => {
    const steps = 'ev | join ent on cust == id';
    expect(rows(steps)).toBe(`exists: -\n${event}\nkey: eid`);
    expect(column(steps, 'state')).toBe('text?: r#0/ent.born, ev.t + 3d');
    expect(column(steps, 'born')).toBe('timestamp? = r#0/ent.born: r#0/ent.born, ev.t + 3d');
  });

  it('on a key known late: the cell is known no earlier', () =>
    expect(column('ev | join ent on lref == id', 'state')).toBe('text?: r#0/ent.born, ev.t + 12d'));

  it('on rows chosen late: the cell is known no earlier', () => {
    const text = `${sources}\ntable q = ev | where late < 5 | select eid, x | rename x as y\nsource s = csv("s.csv") { e : ref ev\n a : int immutable }\ntable r = s | join q on e == eid`;
    expect(columnText(typedProgram(text).column('r', 'y'))).toBe('int?: r#0/ev.t + 20d');
  });

  it('takes over what masking cannot repair: of the cell, its row and the keys', () => {
    expect(column('ev | select eid, cust, t | rename cust as c | join ev on eid', 'boat')).toBe(
      'text?: r#2/ev.t + 3d, ev.t + 3d, leaks after-outcome(ev.boat)',
    );
    const text = `${sources}\ntable q = ent | where state == "x"\ntable p = ev | dedupe by cust keep latest | select cust, x\ntable r = q | join p on id == cust`;
    expect(factsText(typedProgram(text).column('r', 'x').facts)).toContain('leaks latest-version-kept(p)');
  });

  it('without time on the right costs nothing', () => {
    const text = `${sources}\nsource s = csv("s.csv") { code : ref dim\n t : timestamp @time @known(+0d) }\ntable r = s | inner join dim on code == code`;
    expect(rowsText(typedProgram(text).relation('r'))).toBe('exists: s.t\nevent: t = s.t, itself s.t\nknown: s.t\nlag: 0d');
    expect(columnText(typedProgram(text).column('r', 'name'))).toBe('text: s.t');
  });

  it('on a column that repeats: rows multiply, the key is lost', () => {
    expect(rows('ent | join vis on id == cust')).toBe(
      'exists: r#0/vis.k, ent.born\nevent: born = ent.born, itself ent.born\nknown: ent.born\nlag: 0d\nmultiplied',
    );
  });

  it('inner: the other row decides', () => {
    expect(exists('ev | inner join ent on cust == id')).toBe('r#0/ent.born, ev.t + 3d');
    expect(column('ev | inner join ent on cust == id', 'state')).toBe('text: r#0/ent.born, ev.t + 3d');
  });

  it('keeps an identity only from one to one', () => {
    expect(column('ev | join ent on cust == id', 'state')).not.toContain('entity');
    const text = `${sources}\ntable q = ev | select eid, cust | rename eid as event\ntable one = ent | join q on id == cust as of born\ntable r = one | join ev on event == eid`;
    expect(factsText(typedProgram(text).column('one', 'event').facts)).toContain('entity');
    const many = `${sources}\ntable q = ent | derive same = id\ntable r = ev | join q on cust == id`;
    expect(factsText(typedProgram(many).column('r', 'same').facts)).toContain('group');
  });

  it('is known with its own row, though the key is known before', () => {
    const text = `${sources}\nsource s = csv("s.csv") { e : ref ent @known(+1d)\n u : timestamp @time @known(+3d) }\ntable r = s | join dim2 on e == e\ntable dim2 = s2\nsource s2 = csv("s2.csv") { e : key\n name : text immutable }`;
    expect(columnText(typedProgram(text).column('r', 'name'))).toBe('text?: s.u + 3d');
  });

  it('reads what decides that the other row is there', () => {
    const text = `${sources}\ntable q = ent | where state == "x" | select id, born\ntable r = ev | join q on cust == id`;
    expect(lineageText(typedProgram(text).column('r', 'born').facts)).toContain('ent.state');
  });

  it('leaves what decided before that a row is there', () => {
    expect(exists('ev | where late < 5 | inner join ent on cust == id')).toBe('ev.t + 20d, r#1/ent.born');
    expect(exists('ev | where late < 5 | select eid, cust | join vis on cust')).toBe('ev.t + 20d, r#2/vis.k');
  });

  it.each([
    ['ev | join entt on cust == id', ['unknown-table «entt»']],
    ['ev | join ent on cst == id', ['unknown-column «cst»']],
    ['ev | join ent on cust == idd', ['unknown-column «idd»']],
    ['ev | join ent on x == id', ['join-mismatch «x == id»']],
    ['ev | join dim on cust == code', ['join-mismatch «cust == code»']],
    ['ev | join vis on eid == vid', ['duplicate-column «vis»', 'duplicate-column «vis»', 'duplicate-column «vis»']],
    ['ev | join ent on cust == id as of x', ['role-does-not-fit «x»']],
    ['ev | join dim on lref == code as of t', ['role-does-not-fit «dim»', 'join-mismatch «lref == code»']],
  ])('%s', (steps, problems) => expect(program(steps).problems).toEqual(problems));
});

describe('a history joined by hand', () => {
  const q = 'ev | select cust, t, x | rename t as u, x as y';
  const settled = (condition: string, right = q): string =>
    typedProgram(`${sources}\ntable q = ${right}\ntable r = vis | join q on cust${condition}`)
      .relation('r')
      .exists.known.map(
        ({ root, plus, joined }) => `${rootText(root).split('/').at(-1)} + ${plus.micros / 86_400_000_000}d${joined ? ` ${joined}` : ''}`,
      )
      .join(', ');
  it.each([
    ['by key only', '', 'ev.t + 3d not-point-in-time, vis.k + 0d'],
    ['by another condition', ' | where y > 1', 'ev.t + 3d not-point-in-time, vis.k + 0d'],
    ['before the row is known, too late', ' | where u < k', 'ev.t + 3d event-time-not-known-time, vis.k + 0d'],
    ['so much before that all are known', ' | where u < k - 3d', 'vis.k + 0d'],
    ['the same turned round', ' | where k - 3d > u and y > 1', 'vis.k + 0d'],
    ['with the very moment', ' | where u <= k - 3d', 'ev.t + 3d window-includes-cutoff, vis.k + 0d'],
    ['by a time that bounds nothing', ' | where u < t', 'ev.t + 3d event-time-not-known-time, vis.k + 0d'],
    ['the wrong way round', ' | where u > k', 'ev.t + 3d not-point-in-time, vis.k + 0d'],
    ['by a month, of which nothing is claimed', ' | where u < k - 1mo', 'ev.t + 3d event-time-not-known-time, vis.k + 0d'],
  ])('%s', (_, condition, text) => expect(settled(condition)).toBe(text));

  it('adds nothing up over later rows unsaid', () => {
    const text = `${sources}\ntable q = ${q}\ntable r = vis | join q on cust | where u <= k - 3d | group by vid { n = count() }`;
    expect(factsText(typedProgram(text).column('r', 'n').facts)).toContain('leaks window-includes-cutoff(r.n)');
  });
});

describe('join as of', () => {
  const changes = 'ent | join vis on id == cust as of born';

  it('never multiplies and leaves the row alone', () => {
    expect(rows(changes)).toBe('exists: -\nevent: born = ent.born, itself ent.born\nknown: ent.born\nlag: 0d\nkey: id');
  });

  it('is known at the moment at the earliest', () => {
    const steps = 'ev | select eid, cust, t, due | join vis on cust == cust as of due';
    expect(factsText(program(`${steps} | drop t`).relation('r').exists)).toBe('-');
    const text = `${sources}\ntable q = vis | select cust, x\ntable r = ev | select eid, cust, due | join q on cust as of due`;
    expect(columnText(typedProgram(text).column('r', 'x'))).toBe('int?: ev.t + 3d, ev.due');
  });

  it('of rows chosen later than they are known leaks', () => {
    const text = `${sources}\ntable q = ev | where late < 5 | select cust, x\ntable r = vis | drop x | join q on cust as of t`;
    expect(columnText(typedProgram(text).column('r', 'x'))).toBe('int?: r#1/ev.t + 20d, vis.k, vis.t, leaks rows-known-late(r)');
  });

  it('is no value of the moment', () => expect(lineageText(program(changes).column('r', 'x').facts)).toBe('vis.x'));

  it('of a moment that masking cannot repair leaks with it', () => {
    const text = `${sources}\nsource s = csv("s.csv") { c : ref ent\n w : timestamp @current }\ntable q = vis | select cust, x\ntable r = s | join q on c == cust as of w`;
    expect(factsText(typedProgram(text).column('r', 'x').facts)).toContain('leaks current-state(s.w)');
  });

  it('of rows chosen late, where rows without a partner go, leaks in what is left', () => {
    const text = `${sources}\ntable q = ev | where late < 5 | select cust, x\ntable r = vis | drop x | inner join q on cust as of t`;
    expect(factsText(typedProgram(text).relation('r').exists)).toContain('leaks rows-known-late(r)');
  });

  it('of rows whose key is known late leaks', () => {
    const text = `${sources}\ntable q = ev | select lref, x\ntable r = ent | join q on id == lref as of born`;
    expect(factsText(typedProgram(text).column('r', 'x').facts)).toContain('leaks rows-known-late(r)');
  });
});

describe('union', () => {
  const both = (right: string, left = 'ev | select cust, t, x'): ReturnType<typeof typedProgram> =>
    typedProgram(`${sources}\ntable other = ${right}\ntable r = ${left} | union other`);

  it('unifies equal times; equal lags stay', () => {
    const typed = both('ev | select cust, t, x | where x > 1');
    expect(rowsText(typed.relation('r'))).toBe('exists: r#1.t + 3d\nevent: t = r#1.t, itself r#1.t + 3d\nknown: r#1.t + 3d\nlag: 3d');
    expect(columnText(typed.column('r', 't'))).toBe('timestamp = r#1.t: r#1.t + 3d');
  });

  it('of different lags has no constant lag', () => {
    const typed = both('ev | select cust, t, x | derive k = t + 25d | time t known k | drop k');
    expect(rowsText(typed.relation('r'))).toBe('exists: -\nevent: t = r#1.t, itself r#1.t + 3d\nknown: r#1.known');
    expect(columnText(typed.column('r', 'x'))).toBe('int: r#1.t + 25d');
  });

  it('of different event times has no window', () => {
    const typed = both('ev | select cust, t, x, due | time due | drop due');
    expect(rowsText(typed.relation('r'))).toContain('leaks time-shifted(r)');
    expect(typed.relation('r').event).toBeNull();
  });

  it('joins cells and types, and loses the key', () => {
    const text =
      'source a = csv("a.csv") { k : key\n v : int in 0..5 immutable\n c : category { "x" } immutable }\nsource b = csv("b.csv") { k : key\n v : float? in 3..9 @current\n c : category { "y" } immutable }\ntable r = a | union b';
    const typed = typedProgram(text);
    expect(typed.relation('r').key).toBeNull();
    expect(columnText(typed.column('r', 'v'))).toBe('float? in 0..9: leaks current-state(b.v)');
    expect(columnText(typed.column('r', 'c'))).toBe('category { "x", "y" }: -');
    expect(lineageText(typed.column('r', 'v').facts)).toBe('a.v, b.v');
  });

  it('keeps roots of different columns apart', () => {
    const typed = both('vis | select cust, t, x');
    expect(columnText(typed.column('r', 'x'))).toBe('int: r#1.t + 3d, r#1.right/vis.k');
  });

  it('needs the same columns', () => {
    expect(both('ev | select cust, t').problems).toEqual(['union-mismatch «other»']);
    expect(both('ev | select cust, t, x | derive x = "a"').problems).toEqual(['union-mismatch «other»']);
  });
});

describe('roots', () => {
  it('of a table joined with itself stay apart', () => {
    const text = `${sources}\ntable later = ev | derive u = t + 30d | select eid, u\ntable r = ev | join later on eid | derive k = u | time t known k`;
    expect(factsText(typedProgram(text).relation('r').exists)).toBe('assumed time-shifted(r)');
  });
});

it('what is joined by a name bears no tag of it', () => {
  const text = `source people = csv("p.csv") { id : key, name : text @pii(name) immutable }
source fees = csv("f.csv") { who : key, fee : int immutable }
table r = people | join fees on name == who`;
  expect(typedProgram(text).column('r', 'fee').facts.tags).toEqual([]);
  expect(typedProgram(text).column('r', 'name').facts.tags).toEqual(['pii:name']);
});
