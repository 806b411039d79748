/** What docs/transfer.md says of groups, of one row a key, and of order, with the holes that fuzzing the rules found. */
import { describe, expect, it } from 'vitest';
import { columnText, factsText, lineageText, rowsText, typedProgram } from './testProgram.ts';
import { column, exists, program, rows, sources } from './testRelations.ts';

describe('group by', () => {
  const grouped = 'ev | group by cust { n = count(), first = min(t), top = max(t), total = sum(x) }';

  it('with a constant lag: a group is there with its first row', () => {
    expect(rows(grouped)).toBe('exists: r#0.min + 3d\nkey: cust');
    expect(program(grouped).relation('r')).toMatchObject({ event: null, known: null });
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

  it('takes over what is said against the event time of its rows', () => {
    const text =
      'source s = csv("s.csv") {\n k : key\n g : text immutable\n t : timestamp @time @known(+0d) @after(outcome)\n}\ntable r = s | group by g { n = count() }';
    expect(factsText(typedProgram(text).relation('r').exists)).toContain('leaks after-outcome(s.t)');
    expect(factsText(typedProgram(text.replace(' @after(outcome)', '')).relation('r').exists)).not.toContain('after-outcome');
  });

  it('without time, by what is known only later, rests on all rows too', () => {
    const text = (steps: string): string =>
      `source s = csv("s.csv") {\n k : key\n g : text immutable\n x : int @known(told)\n told : timestamp\n}\ntable r = s | ${steps} group by g { n = count() }`;
    expect(factsText(typedProgram(text('where x > 0 |')).relation('r').exists)).toBe('leaks all-rows-aggregate(r), all-rows');
    expect(factsText(typedProgram(text('where x > 0 |').replace('by g', 'by x')).column('r', 'x').facts)).toContain('leaks all-rows-aggregate(r)');
    expect(factsText(typedProgram(text('')).relation('r').exists)).toBe('-');
  });

  it('takes a time that is known later than its row for no first row', () => {
    const steps = 'ev | derive k = t + 9d | known t at k | group by cust { first = min(t) }';
    expect(column(steps, 'first')).toBe('timestamp = r#2.min: r#2.min + 9d');
    expect(column('ev | derive u = t, k = t + 9d | known u at k | group by cust { first = min(u) }', 'first')).toContain(
      'leaks all-rows-aggregate(r.first)',
    );
  });

  it('keeps what masking cannot repair', () => {
    expect(exists('ev | group by boat { first = min(t) }')).toBe('r#0.min + 3d, leaks after-outcome(ev.boat)');
    expect(column('ev | group by cust { b = max(cur) }', 'b')).toContain('leaks current-state(ev.cur)');
  });

  it('of rows that are chosen by what masking cannot repair keeps that', () => {
    const steps = 'ev | where boat == "x" | group by cust { first = min(t) }';
    expect(exists(steps)).toContain('leaks after-outcome(ev.boat)');
    expect(column(steps, 'cust')).toContain('leaks after-outcome(ev.boat)');
    expect(column('ev | group by boat { first = min(t) }', 'boat')).toContain('leaks after-outcome(ev.boat)');
    const { facts } = program('ev | group by x { first = min(t) }').column('r', 'x');
    expect(lineageText(facts)).toBe('ev.x');
    expect(facts.known.map(t => t.root.split('.').at(-1))).toEqual(['min']);
    expect(lineageText(program(steps).relation('r').exists)).toContain('ev.boat');
    expect(column('ev | where late < 5 | group by cust { first = min(t) }', 'cust')).toBe('ref ent: r#1.min + 20d, entity');
    const { exists: kept } = program('ev | where late < 5 | group by cust { n = count() }').relation('r');
    expect(lineageText(kept)).toContain('ev.late');
  });

  it('by several columns is unique only in them together', () => {
    const { relation } = program('ev | group by cust, x { n = count() }');
    expect(rowsText(relation('r'))).toBe('exists: r#0.min + 3d\nunique: cust and x');
    const text = `${sources}\ntable g = ev | group by cust, x { first = min(t) }\ntable r = ev | join g on cust, x`;
    expect(typedProgram(text).relation('r').multiplied).toBeNull();
  });

  it('names its columns once', () => expect(program('ev | group by cust { cust = count() }').problems).toEqual(['duplicate-column «cust»']));
});

describe('a figure over all rows', () => {
  const limits = `${sources}\ntable a = ev | derive one = 1\ntable l = a | group by one { top = quantile(x, 0.9), n = count() }`;
  const said = (steps: string): string => factsText(typedProgram(`${limits}\ntable r = a | join l on one | ${steps}`).relation('r').exists);

  it('that drops rows is an outlier rule', () => expect(said('where x < top')).toContain('leaks outlier-rule-from-all-rows(l.top)'));
  it('that counts rows is none', () => expect(said('where n > 3')).toContain('leaks all-rows-aggregate(l.n)'));
  it.each([
    ['min(x, top)', 'outlier-rule-from-all-rows'],
    ['if x > top then top else x', 'outlier-rule-from-all-rows'],
    ['top + 1', 'all-rows-aggregate'],
  ])('%s: %s', (value, rule) => {
    const { facts } = typedProgram(`${limits}\ntable r = a | join l on one | derive y = ${value}`).column('r', 'y');
    expect(facts.blocks.filter(block => block.subject === 'l.top').map(block => block.rule)).toEqual([rule]);
  });
});

describe('union of parts of one source', () => {
  const copied = (left: string, right: string): boolean =>
    (typedProgram(`${sources}\ntable q = ${right}\ntable r = ${left} | union q`).relation('r').copied ?? null) !== null;
  it.each([
    ['ev', 'ev | where x > 1', true],
    ['ev | where x > 1', 'ev | where x <= 1', false],
    ['ev | where boat == "a"', 'ev | where boat == "b" and x > 1', false],
    ['ev | where not (x > 1)', 'ev | where x > 1 | sample 10%', false],
    ['ev | where x > 1', 'ev | where x > 2', true],
    ['ev | select eid, x', 'vis | select vid, x | rename vid as eid', false],
  ])('%s | union (%s): copies %s', (left, right, expected) => expect(copied(left, right)).toBe(expected));
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
    ['earliest of rows without times', 'dim | dedupe by name keep earliest code', 'leaks latest-version-kept(r), all-rows'],
    ['copies without times', 'dim | derive n = length(name) | select name, n | dedupe by n, name keep earliest n', '-'],
    [
      'all but one column',
      'dim | derive n = length(name) | select name, n | dedupe by name keep earliest n',
      'leaks latest-version-kept(r), all-rows',
    ],
    ['latest of rows without times', 'dim | dedupe by name keep latest code', 'leaks latest-version-kept(r), all-rows'],
    ['on the key: nothing', 'ev | dedupe by eid keep latest', '-'],
    ['on the key and more: nothing', 'vis | dedupe by cust, vid keep latest', '-'],
    ['by a column that masking cannot repair', 'ev | dedupe by boat keep earliest', 'leaks after-outcome(ev.boat), ev.t + 3d'],
  ])('%s', (_, steps, text) => {
    const parts = (s: string): string[] => s.split(', ').sort();
    expect(parts(exists(steps))).toEqual(parts(text));
  });

  it('by an order that masking cannot repair keeps that', () => {
    const text = `source s = csv("s.csv") { c : text immutable\n t : timestamp @time @known(+0d)\n w : timestamp @current }\ntable r = s | dedupe by c keep earliest w`;
    expect(factsText(typedProgram(text).relation('r').exists)).toContain('leaks current-state(s.w)');
  });

  it('makes its column the key', () => expect(program('ev | dedupe by cust keep earliest').relation('r').key).toBe('cust'));
  it('needs an order', () => expect(program('dim | dedupe by name keep latest').problems).toEqual(['role-does-not-fit «dedupe»']));
  it.each(['dedupe by name', 'dedupe by name keep', 'dedupe by name keep oldest'])('that is not written yet is told once: %s', steps => {
    expect(program(`dim | ${steps}`).problems.filter(told => !told.startsWith('syntax-error'))).toEqual([]);
    expect(exists(`dim | ${steps}`)).not.toContain('latest-version-kept');
  });
  it('is said how to write one, in the names of the table, and nothing else', () => {
    const text = 'source s = csv("s.csv") { `Nr.` : text, x : int, `am` : date }\ntable r = s | dedupe by `Nr.` keep latest';
    const model = typedProgram(text);
    expect(factsText(model.relation('r').exists)).not.toContain('latest-version-kept');
    expect(model.messages).toEqual([
      '`r` has no event time by which one row is the latest. Name the column to go by: dedupe by `Nr.` keep earliest am.',
    ]);
  });
});

describe('sort, lag, lead, rank, sample', () => {
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

  it('lag in an order of all entities is not the own history', () => {
    expect(lagged('ev | sort by t | derive p = lag(x, 1)')).toBe('int?: ev.t + 3d, leaks lag-across-entities(r.p)');
    expect(lagged('dim | derive t = 2024-01-01 | time t | sort by t | derive p = lag(name, 1)')).not.toContain('lag-across');
  });

  it('rank counts rows that are known already', () => {
    expect(lagged('ev | sort by cust, t | derive p = rank()')).toBe('int in 1..: ev.t + 3d');
    expect(lagged('ev | sort by t | derive p = rank()')).toBe('int in 1..: ev.t + 3d');
  });

  it.each([
    ['a key known late', 'ev | sort by lref, t | derive p = lag(x, 1)'],
    ['known by a column', 'vis | sort by cust, t | derive p = lag(x, 1)'],
    ['another order', 'ev | sort by cust, due | derive p = lag(x, 1)'],
    ['downwards', 'ev | sort by cust, t desc | derive p = lag(x, 1)'],
    ['another order first', 'ev | sort by cust, due, t | derive p = lag(x, 1)'],
    ['no order at all', 'ev | derive p = lag(x, 1)'],
    ['lead', 'ev | sort by cust, t | derive p = lead(x, 1)'],
    ['rank in another order', 'ev | sort by cust, due | derive p = rank()'],
    ['rank downwards', 'ev | sort by cust, t desc | derive p = rank()'],
    ['rank by a key known late', 'ev | sort by lref, t | derive p = rank()'],
  ])('all rows: %s', (_, steps) => expect(lagged(steps)).toContain('leaks latest-version-kept(r.p), all-rows'));

  it('a share of the rows is drawn by hash, a number of them from all', () => {
    expect(exists('ev | sample 10% seed 1')).toBe('-');
    expect(exists('ev | sample 10 seed 1')).toBe('leaks latest-version-kept(r), all-rows');
  });

  it.each([
    ['ev | sort by t', []],
    ['ev | sample 10%', []],
    ['ev | sample 200%', ['setting-out-of-range «200%»']],
    ['ev | sample 1.5 seed 1', ['setting-out-of-range «1.5»']],
    ['ev | sample 10% seed 0.5', ['setting-out-of-range «0.5»']],
    ['ev | sort by cust, t | derive p = lag(x, 1), q = p + 1', []],
    ['ev | sort by cust, t | derive p = lag(x, 0)', ['window-includes-cutoff «0»']],
    ['ev | sort by cust, t | derive p = lead(x, 0)', ['wrong-arguments «0»']],
    ['ev | sort by cust, t | derive p = lag()', ['wrong-arguments «lag()»']],
    ['ev | sort by cust, t | derive p = rank(x)', ['wrong-arguments «x»']],
    ['ev | sort by cust, t | derive p = 1 + lag(x, 1)', ['unknown-function «lag»']],
    ['ev | derive p = lag(x, 1)', ['wrong-arguments «lag»']],
    ['ev | sort by cust, t | derive t = t + 1d | derive p = lag(x, 1)', ['wrong-arguments «lag»']],
    ['ev | sort by cust, t | lag(x, 1)', ['unknown-step «lag(x, 1)»']],
    ['ev | history by cust at t | where valid_to == null', []],
    ['ev | history by cust at x', ['role-does-not-fit «x»']],
    ['ev | derive valid_to = t | history by cust at t', ['duplicate-column «history»']],
    ['ev | pivot x | where anything > 1', ['later-form «pivot»']],
    ['ev | standardize', ['fitted-in-table «standardize»']],
    ['ev | lower(x)', ['unknown-step «lower»']],
  ])('%s', (steps, problems) => expect(program(steps).problems).toEqual(problems));

  it('a transform as a step has learned from all rows', () => {
    expect(column('ev | standardize', 'x')).toBe('int: ev.t + 3d, leaks fitted-in-table(r), all-rows');
  });
});

describe('history', () => {
  it('with a constant lag: versions are there with their row, their end with the next one', () => {
    expect(rows('ev | history by cust at t')).toBe(
      'exists: ev.t + 3d\nevent: t = ev.t, itself -\nknown: ev.t + 3d\nlag: 3d\nkey: eid\nunique: cust and t',
    );
    expect(column('ev | history by cust at t', 'valid_to')).toBe('timestamp? = r#0.valid_to: ev.t + 3d, r#0.valid_to known + 3d');
  });

  it('known by a column: which version is the next rests on rows that come later', () => {
    expect(column('vis | history by cust at t', 'valid_to')).toContain('leaks latest-version-kept(r.valid_to), all-rows');
    expect(exists('vis | history by cust at t')).toContain('leaks latest-version-kept(r)');
  });
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

it('a column by which alone rows are grouped says who is meant, and of several none does', () => {
  const who = (steps: string) =>
    program(steps)
      .column('r', 'boat')
      .facts.lineage.map(({ isWho }) => isWho);
  expect(who('ev | group by boat { n = count() }')).toEqual([true]);
  expect(who('ev | group by boat, x { n = count() }')).toEqual([undefined]);
});
