import { describe, expect, it } from 'vitest';
import type { DurationValue } from '../syntax/ast.ts';
import { microsPerDay } from '../text/duration.ts';
import {
  afterText,
  block,
  blockedFacts,
  carried,
  durationLe,
  joinFacts,
  knownFacts,
  lastInstant,
  noFacts,
  reason,
  regionsMeet,
  term,
  termGreater,
  termLe,
} from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';

const place = { file: 'a.cupel', decl: 'source s', span: { start: 0, end: 1 } };
const why = reason(place, 'because');
const days = (d: number, months = 0): DurationValue => ({ months, micros: d * microsPerDay });

/** A date moved by calendar months, clamped to the month's end, and then by exact time. */
function moved(date: number, { months, micros }: DurationValue): number {
  const d = new Date(date);
  const last = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + months + 1, 0)).getUTCDate();
  return Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + months, Math.min(d.getUTCDate(), last)) + micros / 1000;
}

it('what is carried on says so before each of its reasons', () => {
  const lineage: Lineage = { source: 's', home: 'main.cupel', column: 'c', region: 'own', reason: why };
  const facts = {
    ...joinFacts(knownFacts(term('s.t', days(1), why)), blockedFacts(block('after-outcome', 'leaks', 's.c', why))),
    lineage: [lineage],
  };
  const { known, blocks, lineage: read } = carried(facts, place, 'computed here');
  const reasons = [...known, ...blocks, ...read].map(fact => fact.reason);
  expect(reasons).toEqual([1, 2, 3].map(() => ({ place, message: 'computed here', because: why })));
});

describe('durations', () => {
  it.each([
    [days(3), days(3), true],
    [days(4), days(3), false],
    [days(28), days(0, 1), true],
    [days(29), days(0, 1), false],
    [days(0, 1), days(31), true],
    [days(0, 1), days(30), false],
    [days(0, 12), days(366), true],
    [days(0, 12), days(365), false],
    [days(0, 1), days(0, 2), true],
    [days(40, 1), days(0, 2), false],
  ])('%j is at most %j: %s', (a, b, expected) => expect(durationLe(a, b)).toBe(expected));

  it('are only compared where every date agrees', () => {
    const wrong: string[] = [];
    for (let months = 0; months <= 14; months++) {
      for (const other of [0, 1, 2, 11, 12]) {
        for (let d = -3; d <= 62; d += 5) {
          const [a, b] = [days(d, other), days(0, months)];
          for (let date = Date.UTC(2023, 0, 1); date < Date.UTC(2025, 0, 1); date += 86_400_000) {
            if (durationLe(a, b) && moved(date, a) > moved(date, b)) wrong.push(`${new Date(date).toISOString()} ${JSON.stringify([a, b])}`);
            if (durationLe(b, a) && moved(date, b) > moved(date, a)) wrong.push(`${new Date(date).toISOString()} ${JSON.stringify([b, a])}`);
          }
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it.each([
    [days(0), 'at x'],
    [days(30), '30 days after x'],
    [lastInstant, 'at the end of the day of x'],
    [{ months: 0, micros: 3 * microsPerDay - 1 }, '2 days after the end of the day of x'],
  ])('%j reads %s', (lag, text) => expect(afterText(lag, 'x')).toBe(text));
});

describe('terms', () => {
  it('compare on one root only', () => {
    expect(termLe(term('r', days(1), why), term('r', days(2), why))).toBe(true);
    expect(termLe(term('r', days(1), why), term('s', days(2), why))).toBe(false);
    expect(termGreater(term('r', days(2), why), term('r', days(1), why))).toBe(true);
    expect(termGreater(term('r', days(30), why), term('r', days(0, 1), why))).toBe(false);
    expect(termGreater(term('r', days(2), why), term('r', days(2), why))).toBe(false);
  });
});

describe('joining', () => {
  const plus = (facts: Facts): string => facts.known.map(t => `${t.root}+${t.plus.micros / microsPerDay}`).join(' ');

  it('keeps the latest of what can be compared', () => {
    const joined = joinFacts(knownFacts(term('r', days(2), why)), knownFacts(term('s', days(1), why)), knownFacts(term('r', days(5), why)));
    expect(plus(joined)).toBe('s+1 r+5');
  });

  it('is the same in any order, but for reasons', () => {
    const a = { ...knownFacts(term('r', days(2), why)), identity: 'group' as const, tags: ['protected'] };
    const b = { ...blockedFacts(block('current-state', 'leaks', 's.x', why)), fit: 'all-rows' as const, label: 'proxy' as const };
    const sorted = (f: Facts): unknown => ({ ...f, tags: [...f.tags].sort(), identityReason: null });
    expect(sorted(joinFacts(a, b))).toEqual(sorted(joinFacts(b, a)));
    expect(joinFacts(a, b)).toMatchObject({ identity: 'group', fit: 'all-rows', label: 'proxy', tags: ['protected'] });
  });

  it('says the same thing once', () => {
    const one = blockedFacts(block('unknown-availability', 'assumed', 's', why));
    expect(joinFacts(one, { ...one }).blocks).toHaveLength(1);
    expect(joinFacts(noFacts, one)).toBe(one);
    expect(joinFacts()).toBe(noFacts);
  });
});

describe('regions', () => {
  const past: Lineage['region'] = { from: days(-30), to: days(0) };
  const future: Lineage['region'] = { from: days(0), to: days(60) };
  it.each([
    ['own', 'own', true],
    [past, future, false],
    [past, { from: days(-60), to: days(-30) }, false],
    [past, { from: days(-60), to: days(-29) }, true],
    [{ from: null, to: days(0) }, past, true],
    ['own', past, false],
    ['own', future, true],
    ['own', { from: null, to: null }, true],
  ] as const)('%j and %j: %s', (a, b, expected) => {
    expect(regionsMeet(a, b)).toBe(expected);
    expect(regionsMeet(b, a)).toBe(expected);
  });
});
