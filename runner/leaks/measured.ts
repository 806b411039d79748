/** What a rule that is decided on data says of one declaration: its figure beside its threshold, and what to tell where it does not hold. */
import { type DataRuleName, dataRule } from '../../language/catalogue/dataRules.ts';
import type { PlanPlace } from '../../language/plan/plan.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, LeakageRecord } from '../record.ts';

export interface Measured {
  readonly rule: DataRuleName;
  /** The task, split, feature set, evaluation, table or source that the figure is of. */
  readonly declaration: string;
  /** The feature, column, model or metric; null: the declaration as a whole. */
  readonly subject: string | null;
  readonly place: PlanPlace;
  /** What the figure is, in a few words. */
  readonly measure: string;
  /** Null: these data cannot tell. */
  readonly figure: number | null;
  /** A 95% interval, where sampling matters. */
  readonly low: number | null;
  readonly high: number | null;
  /** The figure that chance alone gives. */
  readonly expected: number | null;
  readonly threshold: number | null;
  /** Rows that it was measured on. */
  readonly n: number;
  /** Null: it holds. */
  readonly fault: { readonly severity: 'error' | 'warning'; readonly message: string; readonly help: string; readonly count: number } | null;
}

/** With what most rules leave out. */
export const measured = (of: Pick<Measured, 'rule' | 'declaration' | 'place' | 'measure' | 'figure' | 'n'> & Partial<Measured>): Measured => ({
  subject: null,
  low: null,
  high: null,
  expected: null,
  threshold: null,
  fault: null,
  ...of,
});

export function leakageRecord({
  rule,
  declaration,
  subject,
  place,
  measure,
  figure,
  low,
  high,
  expected,
  threshold,
  n,
  fault,
}: Measured): LeakageRecord {
  const { code } = dataRule(rule);
  return { rule, code, declaration, subject, ...recordPlace(place), measure, figure, low, high, expected, threshold, n, passed: fault === null };
}

export function findingOf({ rule, declaration, place, figure, threshold, fault }: Measured): readonly FindingRecord[] {
  if (fault === null) return [];
  const { severity, message, help, count } = fault;
  return [{ severity, rule, ...recordPlace(place), message, help, count, code: dataRule(rule).code, declaration, figure, threshold }];
}

/** Of each rule, declaration and measure those that do not hold, or else the one that comes nearest to its threshold. */
export function told(all: readonly Measured[]): readonly Measured[] {
  const groups = new Map<string, Measured[]>();
  for (const one of all) {
    const key = JSON.stringify([one.rule, one.declaration, one.measure]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(group => {
    const faulty = group.filter(one => one.fault !== null);
    if (faulty.length) return faulty;
    const worst = group.reduce((most, one) => ((one.figure ?? Number.NEGATIVE_INFINITY) > (most.figure ?? Number.NEGATIVE_INFINITY) ? one : most));
    return [worst];
  });
}
