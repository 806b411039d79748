/** What docs/transfer.md says of the steps that keep the rows or restate their times, and what is said of a mistake in any step. */
import { describe, expect, it } from 'vitest';
import { noFacts } from './factOps.ts';
import { columnText, factsText, lineageText, reasonText, rowsText, typedProgram } from './testProgram.ts';
import { column, exists, names, program, rows, sources } from './testRelations.ts';

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
      '`late` of `ev` is known 20 days after `t`',
    ]);
  });

  it('knows which columns it read', () => expect(lineageText(program('ev | where late < x').relation('r').exists)).toBe('ev.late, ev.x'));

  it('proves that a column has values', () => {
    const text = 'source s = csv("s.csv") { a : int? immutable\n b : int? immutable }\ntable r = s | where a != null and b > 1';
    expect(columnText(typedProgram(text).column('r', 'a'))).toBe('int: -');
    expect(columnText(typedProgram(text).column('r', 'b'))).toBe('int?: -');
    const denied = typedProgram(text.replace('a != null and b > 1', 'not (a == null or b == null)'));
    expect(['a', 'b'].map(name => columnText(denied.column('r', name)))).toEqual(['int: -', 'int: -']);
    const either = typedProgram(text.replace('a != null and b > 1', 'not (a == null and b == null)'));
    expect(['a', 'b'].map(name => columnText(either.column('r', name)))).toEqual(['int?: -', 'int?: -']);
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

  it.each([
    ['the row is known by a column', 'vis', 'vis.k by k'],
    ['under its new name', 'vis | rename k as seen', 'vis.k by seen'],
    ['and by none when it was dropped', 'vis | drop k', 'vis.k'],
    ['whatever takes its name', 'vis | select vid, t | derive k = t', 'vis.k'],
  ])('%s', (_, steps, known) => expect(rows(steps)).toContain(`known: ${known}\n`));

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
      '`k` is stated, which is earlier than what it is made of',
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
  it('of the event time is said of the rows that go by it', () => {
    const steps = 'ev | derive k = t + 1d | known t at k';
    expect(rows(steps)).toContain('event: t = ev.t, itself ev.t + 3d, leaks time-shifted(r.t)');
    expect(rows(steps.replace('1d', '9d'))).toContain('event: t = ev.t, itself ev.t + 9d\n');
  });

  it.each([
    ['proved', 'ev | derive k = t + 20d | known late at k', 'late', 'int: ev.t + 20d'],
    ['later than needed', 'ev | derive k = t + 25d | known late at k', 'late', 'int: ev.t + 25d'],
    ['provably earlier', 'ev | derive k = t + 4d | known late at k', 'late', 'int: ev.t + 4d, leaks time-shifted(r.late)'],
    ['not provable', 'ev | known late at due', 'late', 'int: ev.due, assumed time-shifted(r.late)'],
  ])('%s', (_, steps, name, text) => expect(column(steps, name)).toBe(text));
});

it('marks of an event time that is stated anew are not those of its rows or groups', () => {
  const marked = sources
    .replace('due  : timestamp', 'due  : timestamp @pii(birth)')
    .replace('t    : timestamp  @time @known(+3d)', 't    : timestamp  @time @known(+3d) @pii(birth)');
  const r = (steps: string) => typedProgram(`${marked}\ntable r = ${steps}`).relation('r');
  expect(factsText(r('ev | time t | group by cust { n = count() }').exists)).not.toContain('pii');
  expect(factsText(r('ev | known t at due').event?.facts ?? noFacts)).toBe('ev.t + 3d, ev.due, assumed time-shifted(r.t)');
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
