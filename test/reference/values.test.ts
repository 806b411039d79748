/** What docs/semantics.md decides of values and aggregates: each case is one line of it, with the answer worked out by hand. */
import { describe, expect, it } from 'vitest';
import { aggregates as aggregateEntries } from '../../language/catalogue/aggregates.ts';
import { functions } from '../../language/catalogue/functions.ts';
import { operators } from '../../language/catalogue/operators.ts';
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { type AggregateForm, aggregate } from './aggregates.ts';
import { call, column, cutoff, days, float, instant, int, known, lasting, literal, months, text } from './build.ts';
import { canonicalText } from './canonical.ts';
import { functionKeys } from './functions.ts';
import { roundAway } from './numbers.ts';
import type { Row, Value } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, rowScope } from './values.ts';

const value = (expr: PlanExpr, row: Row = {}): Value => evaluate(expr, rowScope(row));
const bool = (b: boolean | null): PlanExpr => literal(b, 'bool');
const nothing = (type: PlanType): PlanExpr => literal(null, type);

describe('values', () => {
  it('has every function and operator of the catalogue', () => {
    const keys = [...functions, ...operators].map(entry => entry.key);
    expect(keys.filter(key => !functionKeys.includes(key))).toEqual([]);
  });

  it('has three-valued and, or and not', () => {
    expect(value(call('and', 'bool', bool(null), bool(false)))).toBe(false);
    expect(value(call('and', 'bool', bool(null), bool(true)))).toBe(null);
    expect(value(call('or', 'bool', bool(null), bool(true)))).toBe(true);
    expect(value(call('not', 'bool', bool(null)))).toBe(null);
    expect(value(call('eq', 'bool', nothing('int'), nothing('int')))).toBe(null);
    expect(value(call('is_null', 'bool', nothing('int')))).toBe(true);
    expect(value(call('in', 'bool', int(1), int(2), nothing('int')))).toBe(null);
    expect(value(call('between', 'bool', int(9), int(1), nothing('int')))).toBe(true);
  });

  it('floors div and %, and gives null outside a domain', () => {
    expect(value(call('intdiv', 'int', int(-7), int(2)))).toBe(-4n);
    expect(value(call('mod', 'int', int(-7), int(2)))).toBe(1n);
    expect(value(call('mod', 'int', int(7), int(-2)))).toBe(-1n);
    expect(value(call('mod', 'float', float(-7.5), float(2)))).toBe(0.5);
    for (const expr of [
      call('div', 'float', int(1), int(0)),
      call('ln', 'float', int(0)),
      call('sqrt', 'float', int(-1)),
      call('exp', 'float', int(999)),
    ]) {
      expect(value(expr)).toBe(null);
    }
    expect(() => value(call('mul', 'int', literal(2 ** 53, 'int'), int(2048)))).toThrow('64 bits');
  });

  it('rounds halves away from zero, also those that cannot be written exactly', () => {
    expect([0.5, -0.5, 1.5, 2.5, 0.49999999999999994].map(roundAway)).toEqual([1, -1, 2, 3, 0]);
  });

  it('keeps decimals exact', () => {
    const money: PlanType = { decimal: [10, 2] };
    const sum = call('add', { decimal: [11, 2] }, literal(0.1, money), literal(0.2, money));
    expect(canonicalText(value(sum), { decimal: [11, 2] })).toBe('0.30');
    expect(value(call('eq', 'bool', sum, literal(0.3, money)))).toBe(true);
  });

  it('compares text by code point', () => {
    expect(value(call('lt', 'bool', text('Z'), text('a')))).toBe(true);
    expect(value(call('lt', 'bool', text('\uFFFD'), text('😀')))).toBe(true);
  });

  it('clamps calendar months to the end of the month', () => {
    expect(addDuration(instant('2024-01-31T10:00Z'), months(1))).toBe(instant('2024-02-29T10:00Z'));
    expect(addDuration(instant('2024-03-31T00:00Z'), months(-1))).toBe(instant('2024-02-29T00:00Z'));
    expect(value(call('day_end', 'timestamp', literal(instant('2024-03-10T00:00Z'), 'date'), text('America/New_York')))).toBe(
      instant('2024-03-11T04:00Z') - 1,
    );
  });
});

describe('aggregates', () => {
  const over = (name: string, type: PlanType, values: readonly Value[], parameters: Record<string, number> = {}): Value => {
    const form: AggregateForm = { aggregate: name, value: column('x', type), parameters, type: 'float', scale: 40 };
    const entries = values.map((v, i) => ({ value: v, event: i * days(1).micros, order: [{ value: i, type: 'timestamp' as const }] }));
    return aggregate(form, entries);
  };

  it('are over nothing what the catalogue says', () => {
    const empty = { zero: 0n, false: false, true: true, null: null } as const;
    for (const entry of aggregateEntries) expect([entry.name, over(entry.name, 'int', [null, null])]).toEqual([entry.name, empty[entry.empty]]);
  });

  it('skip nulls', () => {
    expect(over('count', 'int', [1n, null, 3n])).toBe(2n);
    expect(over('rate', 'bool', [true, null, false, true])).toBe(2 / 3);
    expect(over('avg', 'int', [1n, null, 2n])).toBe(1.5);
    expect(over('last', 'text', ['a', 'b', null])).toBe('b');
  });

  it('divide by n - 1, interpolate, take the smallest of equals, and count in nats and days', () => {
    expect(over('std', 'float', [1, 2, 3, 4])).toBeCloseTo(1.2909944487358056, 14);
    expect(over('std', 'float', [1])).toBe(null);
    expect(over('quantile', 'float', [1, 2, 3, 10], { q: 0.9 })).toBeCloseTo(7.9, 14);
    expect(over('median', 'float', [4, 1, 3, 2])).toBe(2.5);
    expect(over('mode', 'text', ['b', 'a', 'b', 'a', 'c'])).toBe('a');
    expect(over('entropy', 'text', ['a', 'b'])).toBeCloseTo(Math.LN2, 14);
    expect(over('slope', 'float', [1, 3, 5.5])).toBeCloseTo(2.25, 12);
    expect(over('slope', 'float', [1])).toBe(null);
  });

  it('sum in fixed point, so that no order changes the last digit', () => {
    const numbers = [0.1, 1e7, -1e7, 0.2, 0.3];
    expect(over('sum', 'float', numbers)).toBe(over('sum', 'float', numbers.toReversed()));
    expect(over('sum', 'float', numbers)).toBeCloseTo(0.6, 11);
  });
});

describe('cutoffs', () => {
  it('are part of expressions', () => {
    const scope = rowScope({ since: instant('2024-01-01T00:00Z') }, {}, instant('2024-01-31T12:00Z'));
    expect(evaluate(call('days', 'float', known('since'), cutoff), scope)).toBe(30.5);
    expect(evaluate(call('lt', 'bool', known('since'), call('sub', 'timestamp', cutoff, lasting(days(31)))), scope)).toBe(false);
  });
});
