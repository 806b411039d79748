/** The rule of every table step in docs/transfer.md, and the holes and needless alarms that fuzzing the rules found. */
import { describe, expect, it } from 'vitest';
import { columnText, factsText, lineageText, reasonText, rowsText, typedProgram } from './testProgram.ts';

/** `ev`: rows known 3 days after the event; `vis`: known by a column; `ent`: one row each; `dim`: without time. */
const sources = `
source ent = csv("ent.csv") {
  id    : key
  born  : timestamp  @time @known(+0d)
  state : text       immutable
}
source ev = csv("ev.csv") {
  eid  : key
  cust : ref ent
  t    : timestamp  @time @known(+3d)
  x    : int        immutable
  late : int        @known(+20d)
  lref : ref ent    @known(+12d)
  boat : text       @after(outcome)
  cur  : int        @current
  due  : timestamp
}
source vis = csv("vis.csv") {
  vid  : key
  cust : ref ent
  t    : timestamp  @time
  k    : timestamp  @known
  x    : int        immutable
}
source dim = csv("dim.csv") {
  code : key
  name : text       immutable
}
`;
const program = (steps: string): ReturnType<typeof typedProgram> => typedProgram(`${sources}\ntable r = ${steps}\n`);
const rows = (steps: string): string => rowsText(program(steps).relation('r'));
const exists = (steps: string): string => factsText(program(steps).relation('r').exists);
const column = (steps: string, name: string): string => columnText(program(steps).column('r', name));
const names = (steps: string): string =>
  program(steps)
    .relation('r')
    .columns.map(c => c.name)
    .join(' ');

const event = 'event: t = ev.t, itself ev.t + 3d\nknown: ev.t + 3d\nlag: 3d';

describe('where', () => {
  it('makes what it reads part of a row’s being there', () => {
    expect(rows('ev | where late < 5')).toBe(`exists: ev.t + 20d\n${event}\nkey: eid`);
    expect(exists('ev | where boat == "5"')).toBe('ev.t + 3d, leaks after-outcome(ev.boat)');
    expect(exists('ev | where x > 1')).toBe('ev.t + 3d');
  });

  it('says why, from the condition to the column', () => {
    expect(reasonText(program('ev | where late < 5').relation('r').exists.known[0]?.reason ?? null)).toEqual([
      'rows of `r` are kept by this condition',
      '`late` of `ev` is known 20d after `t`',
    ]);
  });

  it('knows which columns it read', () => expect(lineageText(program('ev | where late < x').relation('r').exists)).toBe('ev.late, ev.x'));

  it('proves that a column has values', () => {
    const text = 'source s = csv("s.csv") { a : int? immutable\n b : int? immutable }\ntable r = s | where a != null and b > 1';
    expect(columnText(typedProgram(text).column('r', 'a'))).toBe('int: -');
    expect(columnText(typedProgram(text).column('r', 'b'))).toBe('int?: -');
  });

  it('takes a condition', () => expect(program('ev | where x').problems).toEqual(['type-mismatch «x»']));
});

describe('derive', () => {
  it.each([
    ['joins its inputs and the row', 'd = x + late', 'd', 'int: ev.t + 20d'],
    ['is known with the row when it reads nothing', 'd = 1', 'd', 'int: ev.t + 3d'],
    ['keeps the shape of a time', 'd = t', 'd', 'timestamp = ev.t: ev.t + 3d'],
    ['shifts it by a constant', 'd = t + 30d', 'd', 'timestamp = ev.t + 30d: ev.t + 3d'],
    ['back and forth', 'd = t + 30d - 2d', 'd', 'timestamp = ev.t + 28d: ev.t + 3d'],
    ['by a calendar month', 'd = t + 1mo', 'd', 'timestamp = ev.t + 1mo: ev.t + 3d'],
    ['but never claims that months cancel out', 'd = t + 1mo - 1mo', 'd', 'timestamp = r#0.d: ev.t + 3d'],
    ['nor that days and then a month are a month and days', 'd = t + 3d + 1mo', 'd', 'timestamp = r#0.d: ev.t + 3d'],
    ['gives any other time a root of its own', 'd = if x > 1 then t else due', 'd', 'timestamp = r#0.d: ev.t + 3d'],
    ['keeps the identity of a copy', 'd = eid', 'd', 'key: ev.t + 3d, entity'],
  ])('%s', (_, derived, name, text) => expect(column(`ev | derive ${derived}`, name)).toBe(text));

  it('drops the role of an event time that it overwrites', () => {
    expect(rows('ev | derive t = t - 60d')).toBe('exists: -\nknown: ev.t + 3d\nkey: eid');
    expect(column('ev | derive t = t - 60d', 't')).toBe('timestamp = ev.t + -60d: ev.t + 3d');
  });

  it('keeps the row’s known time when its column is overwritten', () => {
    expect(rows('vis | derive k = t')).toBe('exists: -\nevent: t = vis.t, itself vis.k\nknown: vis.k\nkey: vid');
  });

  it('reads columns of the same step', () => {
    const { table, column: of } = program('ev | derive a = x + 1, b = a + late, c = x');
    expect(of('r', 'b').facts.known.map(k => k.plus.micros / 86_400_000_000)).toEqual([20]);
    expect(table('r').steps.map(({ step }) => (step.kind === 'project' ? step.columns.map(c => c.name).at(-1) : step.kind))).toEqual(['a', 'c']);
  });

  it('has no place for what learns', () => expect(program('ev | derive d = x |> standardize').problems).toEqual(['fitted-in-table «standardize»']));
});

describe('select, drop, rename', () => {
  it.each([
    ['select keeps roles and key', 'ev | select eid, x', `exists: -\n${event}\nkey: eid`, 'eid x'],
    ['select without the key loses it', 'ev | select x, t', `exists: -\n${event}`, 'x t'],
    ['drop', 'ev | drop late, lref, boat, cur, due', `exists: -\n${event}\nkey: eid`, 'eid cust t x'],
    [
      'rename takes roles along',
      'ev | select eid, t, x | rename t as at, eid as id',
      'exists: -\nevent: at = ev.t, itself ev.t + 3d\nknown: ev.t + 3d\nlag: 3d\nkey: id',
      'id at x',
    ],
    ['rename swaps', 'ev | select eid, x, late | rename x as late, late as x', `exists: -\n${event}\nkey: eid`, 'eid late x'],
  ])('%s', (_, steps, text, columns) => {
    expect(rows(steps)).toBe(text);
    expect(names(steps)).toBe(columns);
  });

  it('an event time that was dropped is not the column that takes its name', () => {
    expect(rows('ev | select eid, due | derive t = due')).toBe('exists: -\nknown: ev.t + 3d\nkey: eid');
  });
});

describe('time t known k', () => {
  it('is proved when everything needed is known by then', () => {
    expect(rows('ev | where late < 5 | derive k = t + 20d | time t known k')).toBe(
      'exists: -\nevent: t = ev.t, itself -\nknown: ev.t + 20d by k\nlag: 20d\nkey: eid',
    );
  });

  it('leaks when it is provably earlier', () => {
    const steps = 'ev | where late < 5 | derive k = t + 19d | time t known k';
    expect(rows(steps)).toBe(
      'exists: ev.t + 20d, leaks time-shifted(r)\nevent: t = ev.t, itself ev.t + 3d\nknown: ev.t + 19d by k\nlag: 19d\nkey: eid',
    );
    expect(reasonText(program(steps).relation('r').exists.blocks[0]?.reason ?? null)[0]).toBe(
      '`k` is stated, which is earlier than what it rests on',
    );
  });

  it('is assumed when neither can be proved', () => {
    expect(rows('ev | time t known due')).toBe('exists: assumed time-shifted(r)\nevent: t = ev.t, itself -\nknown: ev.due by due\nkey: eid');
    expect(exists('ev | derive k = t + 1mo | where late < 5 | time t known k')).toBe('-');
    expect(exists('ev | derive k = t + 1mo | where late < 5 | derive h = t + 30d | known late at h | time t known k')).toBe('-');
    expect(exists('ev | derive l = t + 29d | known x at l | where x > 1 | derive k = t + 1mo | time t known k')).toBe('assumed time-shifted(r)');
  });

  it('moves cells known with the row, and leaves later ones', () => {
    const steps = 'ev | derive k = t + 5d | time t known k';
    expect(column(steps, 'x')).toBe('int: ev.t + 5d');
    expect(column(steps, 'late')).toBe('int: ev.t + 20d');
  });

  it('keeps what masking cannot repair', () => {
    expect(exists('ev | derive k = if cur > 1 then t else due | time t known k')).toBe('leaks current-state(ev.cur), assumed time-shifted(r)');
  });

  it('without known keeps the known time of the row', () => {
    expect(rows('ev | time due')).toBe('exists: -\nevent: due = ev.due, itself -\nknown: ev.t + 3d\nkey: eid');
    expect(rows('ev | where late < 5 | time due')).toContain('exists: ev.t + 20d, leaks time-shifted(r)');
  });

  it('of a date is its last instant', () => {
    const text = 'source s = csv("s.csv") { d : date immutable\n x : int immutable }\ntable r = s | time d known d';
    expect(rowsText(typedProgram(text).relation('r'))).toBe('exists: -\nevent: d = s.d, itself -\nknown: s.d + end by d\nlag: end');
  });

  it('takes times', () => expect(program('ev | time x known k').problems).toEqual(['role-does-not-fit «x»', 'unknown-column «k»']));
});

describe('known a at k', () => {
  it.each([
    ['proved', 'ev | derive k = t + 20d | known late at k', 'late', 'int: ev.t + 20d'],
    ['later than needed', 'ev | derive k = t + 25d | known late at k', 'late', 'int: ev.t + 25d'],
    ['provably earlier', 'ev | derive k = t + 4d | known late at k', 'late', 'int: ev.t + 4d, leaks time-shifted(r.late)'],
    ['not provable', 'ev | known late at due', 'late', 'int: ev.due, assumed time-shifted(r.late)'],
  ])('%s', (_, steps, name, text) => expect(column(steps, name)).toBe(text));
});

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

describe('join as of', () => {
  const changes = 'ent | join vis on id == cust as of born';

  it('never multiplies and leaves the row alone', () => {
    expect(rows(changes)).toBe('exists: -\nevent: born = ent.born, itself ent.born\nknown: ent.born\nlag: 0d\nkey: id');
  });

  it('is known at the moment at the earliest', () => {
    const steps = 'ev | select eid, cust, t, due | join vis on cust == cust as of due';
    expect(factsText(program(`${steps} | drop t`).relation('r').exists)).toBe('-');
    const text = `${sources}\ntable q = vis | select cust, x\ntable r = ev | select eid, cust, due | join q on cust as of due`;
    expect(columnText(typedProgram(text).column('r', 'x'))).toBe('int?: r#1/vis.k, ev.t + 3d, ev.due');
  });

  it('of rows chosen later than they are known leaks', () => {
    const text = `${sources}\ntable q = ev | where late < 5 | select cust, x\ntable r = vis | drop x | join q on cust as of t`;
    expect(columnText(typedProgram(text).column('r', 'x'))).toBe('int?: r#1/ev.t + 20d, vis.k, vis.t, leaks rows-known-late(r)');
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

describe('group by', () => {
  const grouped = 'ev | group by cust { n = count(), first = min(t), top = max(t), total = sum(x) }';

  it('with a constant lag: a group is there with its first row', () => {
    expect(rows(grouped)).toBe('exists: r#0.min + 3d\nkey: cust');
    expect(column(grouped, 'first')).toBe('timestamp = r#0.min: r#0.min + 3d');
    expect(column(grouped, 'cust')).toBe('ref ent: r#0.min + 3d, entity');
  });

  it('any other aggregate rests on all rows', () => {
    expect(column(grouped, 'n')).toBe('int in 0..: r#0.min + 3d, leaks all-rows-aggregate(r.n), all-rows');
    expect(column(grouped, 'top')).toContain('leaks all-rows-aggregate(r.top)');
  });

  it('restated at its lag the first row proves', () => {
    const steps = 'ev | group by cust { first = min(t) } | derive k = first + 3d | time first known k';
    expect(rows(steps)).toBe('exists: -\nevent: first = r#0.min, itself -\nknown: r#0.min + 3d by k\nlag: 3d\nkey: cust');
    expect(exists('ev | group by cust { first = min(t) } | time first known first')).toBe('r#0.min + 3d, leaks time-shifted(r)');
  });

  it('over rows filtered late is there later', () => {
    const steps = 'ev | where late < 5 | group by cust { first = min(t) } | derive k = first + 3d | time first known k';
    expect(exists(steps)).toBe('r#1.min + 20d, leaks time-shifted(r)');
    expect(exists(steps.replace('3d', '20d'))).toBe('-');
  });

  it('by a key known late is there later', () => expect(exists('ev | group by lref { first = min(t) }')).toBe('r#0.min + 12d'));

  it('without a constant lag rests on all rows', () => {
    expect(exists('vis | group by cust { first = min(t) }')).toBe('leaks all-rows-aggregate(r), all-rows');
    expect(column('vis | group by cust { first = min(t) }', 'first')).toContain('leaks all-rows-aggregate(r.first)');
  });

  it('without time only the aggregates do', () => {
    expect(exists('dim | group by name { n = count() }')).toBe('-');
    expect(column('dim | group by name { n = count() }', 'n')).toContain('leaks all-rows-aggregate(r.n)');
  });

  it('keeps what masking cannot repair', () => {
    expect(exists('ev | group by boat { first = min(t) }')).toBe('r#0.min + 3d, leaks after-outcome(ev.boat)');
    expect(column('ev | group by cust { b = max(cur) }', 'b')).toContain('leaks current-state(ev.cur)');
  });

  it('by several columns is unique only in them together', () => {
    const { relation } = program('ev | group by cust, x { n = count() }');
    expect(rowsText(relation('r'))).toBe('exists: r#0.min + 3d\nunique: cust and x');
    const text = `${sources}\ntable g = ev | group by cust, x { first = min(t) }\ntable r = ev | join g on cust, x`;
    expect(typedProgram(text).relation('r').multiplied).toBeNull();
  });

  it('names its columns once', () => expect(program('ev | group by cust { cust = count() }').problems).toEqual(['duplicate-column «cust»']));
});

describe('dedupe', () => {
  it.each([
    ['earliest with a constant lag', 'ev | dedupe by cust keep earliest', 'ev.t + 3d'],
    ['earliest over rows filtered late', 'ev | where late < 5 | dedupe by cust keep earliest', 'ev.t + 20d'],
    ['earliest by a key known late', 'ev | dedupe by lref keep earliest', 'ev.t + 12d'],
    ['earliest, known by a column', 'vis | dedupe by cust keep earliest', 'leaks latest-version-kept(r), all-rows'],
    ['earliest by another time', 'ev | dedupe by cust keep earliest due', 'leaks latest-version-kept(r), all-rows'],
    ['earliest by the event time, said', 'ev | dedupe by cust keep earliest t', 'ev.t + 3d'],
    ['latest', 'ev | dedupe by cust keep latest', 'leaks latest-version-kept(r), all-rows'],
    ['on the key: nothing', 'ev | dedupe by eid keep latest', '-'],
    ['on the key and more: nothing', 'vis | dedupe by cust, vid keep latest', '-'],
    ['by a column that masking cannot repair', 'ev | dedupe by boat keep earliest', 'leaks after-outcome(ev.boat), ev.t + 3d'],
  ])('%s', (_, steps, text) => {
    const parts = (s: string): string[] => s.split(', ').sort();
    expect(parts(exists(steps))).toEqual(parts(text));
  });

  it('makes its column the key', () => expect(program('ev | dedupe by cust keep earliest').relation('r').key).toBe('cust'));
  it('needs an order', () => expect(program('dim | dedupe by name keep latest').problems).toEqual(['role-does-not-fit «dedupe»']));
});

describe('sort, lag, lead, sample: typed, not run yet', () => {
  const lagged = (steps: string): string => column(steps, 'p');

  it('lag over the event time, with a constant lag and a key known with the row', () => {
    expect(lagged('ev | sort by cust, t | derive p = lag(x, 1)')).toBe('int?: ev.t + 3d');
    expect(lagged('ev | sort by cust, t | derive p = lag(late, 1)')).toBe('int?: ev.t + 20d');
    expect(lagged('ev | sort by cust, t | derive p = lag(due, 1)')).toBe('timestamp? = r#1.p: ev.t + 3d');
  });

  it('lag of a cell with another root gets a fresh one', () => {
    const text = `${sources}\ntable j = ev | join ent on cust == id\ntable r = j | sort by eid, t | derive p = lag(state, 1)`;
    expect(columnText(typedProgram(text).column('r', 'p'))).toBe('text?: ev.t + 3d, r#1.p of j#0/ent.born');
  });

  it.each([
    ['a key known late', 'ev | sort by lref, t | derive p = lag(x, 1)'],
    ['known by a column', 'vis | sort by cust, t | derive p = lag(x, 1)'],
    ['another order', 'ev | sort by cust, due | derive p = lag(x, 1)'],
    ['downwards', 'ev | sort by cust, t desc | derive p = lag(x, 1)'],
    ['no order at all', 'ev | derive p = lag(x, 1)'],
    ['lead', 'ev | sort by cust, t | derive p = lead(x, 1)'],
    ['rank', 'ev | sort by cust, t | derive p = rank()'],
  ])('all rows: %s', (_, steps) => expect(lagged(steps)).toContain('leaks latest-version-kept(r.p), all-rows'));

  it('a share of the rows is drawn by hash, a number of them from all', () => {
    expect(exists('ev | sample 10% seed 1')).toBe('-');
    expect(exists('ev | sample 10 seed 1')).toBe('leaks latest-version-kept(r), all-rows');
  });

  it.each([
    ['ev | sort by t', ['later-form «sort»']],
    ['ev | sample 10%', ['later-form «sample»']],
    ['ev | sort by cust, t | derive p = lag(x, 1)', ['later-form «sort»', 'later-form «lag»']],
    ['ev | history by eid at t', ['later-form «history»']],
    ['ev | pivot x | where anything > 1', ['later-form «pivot»']],
    ['ev | standardize', ['fitted-in-table «standardize»']],
    ['ev | lower(x)', ['unknown-step «lower»']],
    ['ev | where cust.state == "x"', ['later-form «cust.state»']],
  ])('%s', (steps, problems) => expect(program(steps).problems).toEqual(problems));

  it('a transform as a step has learned from all rows', () => {
    expect(column('ev | standardize', 'x')).toBe('int: ev.t + 3d, leaks fitted-in-table(r), all-rows');
  });
});

describe('one mistake is reported once', () => {
  it.each([
    ['nothing | where x > 1 | select y', ['unknown-table «nothing»']],
    ['ev | join nothing on cust | where y > 1', ['unknown-table «nothing»']],
    ['ev | select x, x', ['duplicate-column «x»']],
    ['ev | select nope', ['unknown-column «nope»']],
    ['ev | drop nope', ['unknown-column «nope»']],
    ['ev | rename nope as y', ['unknown-column «nope»']],
    ['ev | rename x as late', ['duplicate-column «late»']],
    ['ev | derive a = 1, a = 2', ['duplicate-column «a»']],
    ['ev | group by nope { n = count() }', ['unknown-column «nope»']],
    ['ev | dedupe by nope keep earliest', ['unknown-column «nope»']],
    ['ev | known nope at t', ['unknown-column «nope»']],
    ['ev | union nothing', ['unknown-table «nothing»']],
    ['ev | derive y = nope', ['unknown-name «nope»']],
    ['ev | derive y = nope | where y > 1', ['unknown-name «nope»']],
  ])('%s', (steps, problems) => expect(program(steps).problems).toEqual(problems));

  it('suggests what was meant', () =>
    expect(program('ev | select lat').messages).toEqual(['`r` has no column `lat` at this step. Did you mean `late`?']));
});

describe('holes that fuzzing found', () => {
  it('as of a later moment: the cell is known at it', () => {
    const text = `${sources}\ntable q = vis | select cust, x\ntable r = ev | select eid, cust, t, due | join q on cust as of due`;
    expect(factsText(typedProgram(text).column('r', 'x').facts)).toContain('ev.due');
  });

  it('keys of lag, group and dedupe are checked terms', () => {
    expect(column('ev | sort by lref, t | derive p = lag(x, 1)', 'p')).toContain('leaks');
    expect(exists('ev | group by lref { first = min(t) }')).toBe('r#0.min + 12d');
    expect(exists('ev | dedupe by lref keep earliest')).toBe('ev.t + 12d');
  });

  it('a union of two lags, then the earliest', () => {
    const text = `${sources}\ntable u = ev | select cust, t, x | derive k = t + 25d | time t known k | drop k\ntable r = ev | select cust, t, x | union u | dedupe by cust keep earliest`;
    expect(factsText(typedProgram(text).relation('r').exists)).toContain('leaks latest-version-kept(r)');
  });
});

describe('roots', () => {
  it('of a table joined with itself stay apart', () => {
    const text = `${sources}\ntable later = ev | derive u = t + 30d | select eid, u\ntable r = ev | join later on eid | derive k = u | time t known k`;
    expect(factsText(typedProgram(text).relation('r').exists)).toBe('assumed time-shifted(r)');
  });
});
