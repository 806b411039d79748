/** How a measured figure is put beside its threshold and what it is compared with. */
import { describe, expect, it } from 'vitest';
import type { DecidedClaim, MeasuredRule } from '../../rules/claims/decided.ts';
import { argumentOf, evidenceOf } from './argument.ts';

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } };

function claimOf(over: Partial<MeasuredRule>): DecidedClaim {
  const measure: MeasuredRule = {
    file: 'a.cupel',
    range,
    rule: 'target-proxy',
    declaration: 'f',
    subject: null,
    measure: 'figure',
    figure: 0.993,
    low: null,
    high: null,
    expected: null,
    threshold: 0.95,
    n: 1200,
    passed: false,
    ...over,
  };
  return {
    file: 'a.cupel',
    range,
    kind: 'features',
    declaration: 'f',
    subject: null,
    type: 'L2',
    says: 'no single feature decides the label',
    verdict: measure.passed ? 'on data' : 'leaks',
    grounds: [],
    by: { kind: 'data', rule: measure.rule },
    measures: [measure],
    notes: [],
  };
}

const said = (over: Partial<MeasuredRule>): string | undefined => evidenceOf(claimOf(over))[0]?.message;

describe('a measured figure', () => {
  it.each<[string, Partial<MeasuredRule>, string]>([
    ['says from where on it is a finding', {}, 'figure: 0.993, a finding from 0.95 on, 1,200 rows'],
    [
      'names what it is compared with',
      { expected: 0.187, against: 'all other features together' },
      'figure: 0.993, a finding from 0.95 on, all other features together 0.187, 1,200 rows',
    ],
    ['is compared with chance otherwise', { expected: 0.01 }, 'figure: 0.993, a finding from 0.95 on, by chance 0.01, 1,200 rows'],
    ['that holds above the threshold says so too', { rule: 'metric-mismatch', passed: true }, 'figure: 0.993, a finding from 0.95 on, 1,200 rows'],
    ['is a finding below', { rule: 'literal-from-data', threshold: 0.001, passed: true }, 'figure: 0.993, a finding below 0.001, 1,200 rows'],
    ['of few rows is a finding below', { rule: 'tiny-test', figure: 12, threshold: 20 }, 'figure: 12, a finding below 20, 1,200 rows'],
    ['of precision is a finding above', { rule: 'tiny-test', figure: 0.2, threshold: 0.1 }, 'figure: 0.2, a finding from 0.1 on, 1,200 rows'],
    ['of what must not be is a finding above none', { rule: 'unstable-split', figure: 0, threshold: 0 }, 'figure: 0, a finding above 0, 1,200 rows'],
  ])('%s', (_, over, text) => expect(said(over)).toBe(text));
});

it('an argument names what was measured, its figure and which figures would be a finding', () => {
  const claim = claimOf({ measure: 'auc of one feature alone, on train', figure: 0.71, passed: true });
  expect(argumentOf('L2', [claim])).toBe('No single feature decides the label (auc of one feature alone, on train: 0.71; a finding from 0.95 on).');
});

it('a leak is told by the figures that are findings', () => {
  const claim = claimOf({});
  const measures = [...claim.measures, ...claimOf({ figure: 0.6, passed: true }).measures];
  expect(evidenceOf({ ...claim, measures }).map(e => e.message)).toEqual(['figure: 0.993, a finding from 0.95 on, 1,200 rows']);
});

it('an argument counts what these data leave open apart from what no run has looked at', () => {
  const few: DecidedClaim = { ...claimOf({ rule: 'tiny-test', figure: 12, threshold: 20 }), type: 'L3.3', verdict: 'needs data' };
  const unseen: DecidedClaim = { ...few, measures: [] };
  expect(argumentOf('L3.3', [few])).toBe('One claim stays open on these data.');
  expect(argumentOf('L3.3', [few, few, unseen])).toBe('One claim is left to the data; 2 claims stay open on these data.');
  const wide = claimOf({ rule: 'tiny-test', figure: 0.01, threshold: 0.1, passed: true });
  expect(evidenceOf({ ...few, measures: [...wide.measures, ...few.measures] }).map(({ message }) => message)).toEqual([
    'figure: 12, a finding below 20, 1,200 rows',
  ]);
});
