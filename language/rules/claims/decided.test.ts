/** What figures of a run and the ledger make of claims that the text leaves open. */
import { describe, expect, it } from 'vitest';
import type { Claim } from './claim.ts';
import { decidedClaims, type MeasuredRule, type RunEvidence, type RunFinding } from './decided.ts';

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } };
const base = { file: 'a.cupel', range, subject: null, grounds: [], verdict: 'needs data' } as const;
const ofData: Claim = {
  ...base,
  kind: 'features',
  declaration: 'f',
  type: 'L2',
  says: 'no single feature decides the label',
  by: { kind: 'data', rule: 'target-proxy' },
};
const ofLedger: Claim = { ...base, kind: 'evaluate', declaration: 'm on test', type: 'L1.1', says: 'not read too often', by: { kind: 'ledger' } };

const measured = (over: Partial<MeasuredRule>): MeasuredRule => ({
  file: 'a.cupel',
  range,
  rule: 'target-proxy',
  declaration: 'f',
  subject: 'x',
  measure: 'auc',
  figure: 0.7,
  low: null,
  high: null,
  expected: null,
  threshold: 0.95,
  n: 100,
  passed: true,
  ...over,
});
const finding = (over: Partial<RunFinding>): RunFinding => ({
  file: 'a.cupel',
  range,
  rule: 'target-proxy',
  severity: 'error',
  message: 'x decides',
  ...over,
});
const read = { evaluations: ['m on test'], readings: 2, models: 2, runs: 1 };
const evidence = (over: Partial<RunEvidence>): RunEvidence => ({ leakage: [], findings: [], tampered: [], ledger: [read], ...over });

const failed = measured({ figure: 0.99, passed: false });

describe('a claim that is left to the data', () => {
  it.each([
    ['stays open without a run', null, 'needs data'],
    ['stays open where its rule was not measured', evidence({}), 'needs data'],
    ['stays open where the data cannot tell', evidence({ leakage: [measured({ figure: null })] }), 'needs data'],
    ['holds by its figure', evidence({ leakage: [measured({})] }), 'on data'],
    ['leaks where one figure does not hold', evidence({ leakage: [measured({}), failed], findings: [finding({})] }), 'leaks'],
    ['is assumed where a comment allows it', evidence({ leakage: [failed], findings: [finding({ waived: 'known at once' })] }), 'assumed'],
    ['is assumed where the project turns the rule off', evidence({ leakage: [failed] }), 'assumed'],
  ])('%s', (_, found, verdict) => expect(decidedClaims([ofData], found)[0]?.verdict).toBe(verdict));

  it('stays open where there are too few rows: that is no leak', () => {
    const few = measured({ rule: 'tiny-test', figure: 0.2, threshold: 0.1, passed: false });
    const told = finding({ rule: 'tiny-test', severity: 'warning' });
    const claim: Claim = { ...ofData, by: { kind: 'data', rule: 'tiny-test' } };
    expect(decidedClaims([claim], evidence({ leakage: [few], findings: [told] }))).toMatchObject([{ verdict: 'needs data', measures: [few] }]);
    expect(decidedClaims([claim], evidence({ leakage: [few], findings: [{ ...told, waived: 'a pilot' }] }))).toMatchObject([{ verdict: 'assumed' }]);
  });

  it('is decided by its own declaration before others', () => {
    const other = measured({ declaration: 'g', figure: 0.99, passed: false });
    expect(decidedClaims([ofData], evidence({ leakage: [other, measured({})], findings: [finding({})] })).map(c => c.verdict)).toEqual(['on data']);
    expect(decidedClaims([ofData], evidence({ leakage: [other], findings: [finding({})] })).map(c => c.verdict)).toEqual(['leaks']);
  });

  it('is made of what was measured and nobody claimed', () => {
    const [claim] = decidedClaims([], evidence({ leakage: [measured({ rule: 'join-fanout', declaration: 'sums' })] }));
    expect(claim).toMatchObject({ kind: null, declaration: 'sums', type: 'L1.4', verdict: 'on data', says: 'no join multiplies observations' });
  });
});

describe('the claim about readings', () => {
  const reread = finding({ rule: 'test-reread', severity: 'warning', message: 'read in 4 runs' });
  it.each([
    ['holds by the count', evidence({}), 'on data'],
    ['holds while the count is only a remark', evidence({ findings: [{ ...reread, severity: 'info' }] }), 'on data'],
    ['leaks after too many', evidence({ findings: [reread] }), 'leaks'],
    ['is assumed where that is allowed', evidence({ findings: [{ ...reread, waived: 'a fault of the data' }] }), 'assumed'],
    ['is open where the ledger was changed', evidence({ tampered: ['an entry is gone'] }), 'needs data'],
    ['is open where the ledger does not know', evidence({ ledger: [] }), 'needs data'],
  ])('%s', (_, found, verdict) => expect(decidedClaims([ofLedger], found)[0]?.verdict).toBe(verdict));

  it('says the count', () => expect(decidedClaims([ofLedger], evidence({}))[0]?.notes).toEqual(['test rows read twice, by 2 models in 1 run']));
});
