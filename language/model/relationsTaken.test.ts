/** What rows and cells keep of what they rested on before a step, and take over from what the step itself reads. */
import { describe, expect, it } from 'vitest';
import { factsText, lineageText, rowsText, typedProgram } from './testProgram.ts';
import { column, exists, program, sources } from './testRelations.ts';

describe('rows', () => {
  it.each([
    ['ev | where boat == "x" | dedupe by cust keep earliest', 'ev.t + 3d, leaks after-outcome(ev.boat)', 'ev.boat'],
    ['ev | where boat == "x" | sample 10 seed 1', 'ev.t + 3d, leaks after-outcome(ev.boat), leaks latest-version-kept(r), all-rows', 'ev.boat'],
    ['ev | where boat == "x" | history by cust at t', 'ev.t + 3d, leaks after-outcome(ev.boat)', 'ev.boat, ev.t'],
    ['vis | history by cust at t', 'leaks latest-version-kept(r), all-rows', 'vis.t'],
    ['ev | history by boat at t', 'ev.t + 3d, leaks after-outcome(ev.boat)', 'ev.t, ev.boat'],
    ['ev | history by lref at t', 'ev.t + 12d', 'ev.t'],
    ['ev | where boat == "x" | derive k = t + 9d | time t known k', 'leaks after-outcome(ev.boat)', 'ev.boat, ev.t'],
    ['ev | derive k = if cur > 1 then t + 9d else t + 8d | time t known k', 'leaks current-state(ev.cur), assumed time-shifted(r)', 'ev.t, ev.cur'],
    ['ev | where boat == "x" | time t known t', 'ev.t + 3d, leaks after-outcome(ev.boat), leaks time-shifted(r)', 'ev.boat, ev.t'],
    ['ev | time due', '-', 'ev.due'],
  ])('%s', (steps, facts, lineage) => {
    expect(exists(steps)).toBe(facts);
    expect(lineageText(program(steps).relation('r').exists)).toBe(lineage);
  });

  it('of an event time that is restated too early keep when it is known', () => {
    expect(rowsText(program('ev | time t known t').relation('r'))).toContain('event: t = ev.t, itself ev.t + 3d');
    expect(rowsText(program('ev | derive k = t + 9d | time t known k').relation('r'))).toContain('event: t = ev.t, itself -');
  });

  it.each([
    [
      'ev | where boat == "x" | select cust, t, x',
      'ev | where cur > 1 | select cust, t, x',
      'leaks after-outcome(ev.boat), leaks current-state(ev.cur)',
    ],
    ['ev | where boat == "x" | select cust, t, x', 'dim | rename code as cust', 'leaks after-outcome(ev.boat), leaks time-shifted(r)'],
  ])('%s | union (%s)', (left, right, facts) => {
    const text = `${sources}\ntable q = ${right}\ntable r = ${left} | union q`;
    expect(factsText(typedProgram(text).relation('r').exists)).toContain(facts);
  });

  it('of a union keep the shape of a time that both sides share', () => {
    const text = `${sources}\ntable q = ev | select cust, t, due\ntable r = ev | select cust, t, due | union q`;
    expect(typedProgram(text).column('r', 'due').shape?.root).toMatch(/r#1\.due$/);
  });
});

describe('cells', () => {
  it.each([
    ['vis | history by cust at t', 'valid_to', 'vis.k, leaks latest-version-kept(r.valid_to), all-rows', 'vis.t'],
    ['ev | history by boat at t', 'valid_to', 'ev.t + 3d, r#0.valid_to known + 3d, leaks after-outcome(ev.boat)', 'ev.boat, ev.t'],
    ['ev | history by lref at t', 'valid_to', 'ev.t + 3d, r#0.valid_to known + 12d', 'ev.t'],
    [
      'ev | derive k = t + 9d | known due at k | history by cust at due',
      'valid_to',
      'ev.t + 3d, leaks latest-version-kept(r.valid_to), all-rows',
      'ev.due',
    ],
    ['ev | sort by boat, t | derive p = lag(x, 1)', 'p', 'ev.t + 3d, leaks after-outcome(ev.boat), leaks lag-across-entities(r.p)', 'ev.boat, ev.x'],
    ['ev | sort by cust, t | derive p = lag(boat, 1)', 'p', 'ev.t + 3d, leaks after-outcome(ev.boat)', 'ev.boat'],
    ['ev | sort by cust, t | derive p = lead(x, 1)', 'p', 'ev.t + 3d, leaks latest-version-kept(r.p), all-rows', 'ev.x'],
    ['ev | where late < 5 | sort by cust, t | derive p = lag(x, 1)', 'p', 'ev.t + 20d', 'ev.x'],
    ['ev | derive k = t + 9d | known boat at k', 'boat', 'ev.t + 9d, leaks after-outcome(ev.boat)', 'ev.boat'],
    ['ev | known x at t', 'x', 'ev.t, leaks time-shifted(r.x)', 'ev.x'],
    [
      'ev | derive k = if cur > 1 then t + 9d else t + 8d | known x at k',
      'x',
      'r#0.k, leaks current-state(ev.cur), assumed time-shifted(r.x)',
      'ev.x',
    ],
    ['ev | derive p = 1', 'p', 'ev.t + 3d', ''],
    ['ev | standardize', 'boat', 'ev.t + 3d, leaks after-outcome(ev.boat), leaks fitted-in-table(r), all-rows', 'ev.boat'],
    ['ev | group by x { n = distinct(eid) }', 'n', 'r#0.min + 3d, leaks all-rows-aggregate(r.n), all-rows', 'ev.eid, ev.x'],
  ])('%s: %s', (steps, name, facts, lineage) => {
    expect(column(steps, name).replace(/^.*?: /, '')).toBe(facts);
    expect(lineageText(program(steps).column('r', name).facts)).toBe(lineage);
  });
});
