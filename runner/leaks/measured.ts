/** What a rule that is decided on data says of one declaration: its figure beside its threshold, and what to tell where it does not hold. */
import { type DataRuleName, dataRule, type RuleMeasure } from '../../language/catalogue/dataRules.ts';
import type { PlanPlace } from '../../language/plan/plan.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, LeakageRecord } from '../record.ts';

export interface Measured extends RuleMeasure {
  readonly rule: DataRuleName;
  readonly place: PlanPlace;
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

export function leakageRecord(of: Measured): LeakageRecord {
  const { rule, declaration, subject, place, measure, figure, low, high, expected, against, threshold, n, fault } = of;
  const { code } = dataRule(rule);
  const beside = { expected, ...(against !== undefined && { against }) };
  return { rule, code, declaration, subject, ...recordPlace(place), measure, figure, low, high, ...beside, threshold, n, passed: fault === null };
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
