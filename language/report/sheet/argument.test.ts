/** How a measured figure is put beside its threshold and what it is compared with. */
import { describe, expect, it } from 'vitest';
import type { DecidedClaim, MeasuredRule } from '../../rules/claims/decided.ts';
import { evidenceOf } from './argument.ts';

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } };

function said(over: Partial<MeasuredRule>): string | undefined {
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
  const claim: DecidedClaim = {
    file: 'a.cupel',
    range,
    kind: 'features',
    declaration: 'f',
    subject: null,
    type: 'L2',
    says: 'no single feature decides the label',
    verdict: 'leaks',
    grounds: [],
    by: { kind: 'data', rule: measure.rule },
    measures: [measure],
    notes: [],
  };
  return evidenceOf(claim)[0]?.message;
}

describe('a measured figure', () => {
  it.each<[string, Partial<MeasuredRule>, string]>([
    ['has a limit where it is a finding from there on', {}, 'figure: 0.993, limit 0.95, 1,200 rows'],
    [
      'names what it is compared with',
      { expected: 0.187, against: 'all other features together' },
      'figure: 0.993, limit 0.95, all other features together 0.187, 1,200 rows',
    ],
    ['is compared with chance otherwise', { expected: 0.01 }, 'figure: 0.993, limit 0.95, by chance 0.01, 1,200 rows'],
    ['that holds above the limit keeps it', { rule: 'metric-mismatch', passed: true }, 'figure: 0.993, limit 0.95, 1,200 rows'],
    ['is a finding below', { rule: 'literal-from-data', threshold: 0.001, passed: true }, 'figure: 0.993, a finding below 0.001, 1,200 rows'],
    ['of few rows is a finding below', { rule: 'tiny-test', figure: 12, threshold: 20 }, 'figure: 12, a finding below 20, 1,200 rows'],
    ['of precision has a limit', { rule: 'tiny-test', figure: 0.2, threshold: 0.1 }, 'figure: 0.2, limit 0.1, 1,200 rows'],
  ])('%s', (_, over, text) => expect(said(over)).toBe(text));
});
