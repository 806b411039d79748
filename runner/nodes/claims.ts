/** Claims of an evaluation: figures, bounds, differences and drift, compared with what was claimed. */
import type { PlanClaim, PlanMetric } from '../../language/plan/plan.ts';
import type { Figure } from '../judge/judge.ts';
import { recordPlace } from '../places.ts';
import type { ClaimRecord } from '../record.ts';

export interface ClaimSources {
  readonly figure: (model: string, metric: string, against: string | null) => Promise<Figure>;
  /** Of an evaluation of other rows. */
  readonly elsewhere: (evaluation: string, metric: string) => Measured;
  /** The largest statistic of the subject's members; null where there is none. */
  readonly drift: (subject: Extract<PlanMetric, { op: 'drift' }>['subject'], test: string | null) => Promise<number | null>;
}

export interface Measured {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export async function claimRecord(declaration: string, claim: PlanClaim, sources: ClaimSources, segment: string | null = null): Promise<ClaimRecord> {
  const left = await measure(claim.left, sources);
  const right = await measure(claim.right, sources);
  return {
    ...recordPlace(claim.place),
    declaration,
    claim: claim.text,
    value: left.value,
    low: left.low,
    high: left.high,
    passed: left.value !== null && right.value !== null && holds(left.value, claim.comparison, right.value),
    severity: claim.severity,
    ...(segment !== null && { segment }),
  };
}

/** A figure that is not there makes everything made of it absent too. */
async function measure(metric: PlanMetric, sources: ClaimSources): Promise<Measured> {
  switch (metric.op) {
    case 'number':
      return alone(metric.value);
    case 'metric': {
      if (metric.evaluation !== undefined) return sources.elsewhere(metric.evaluation, metric.metric);
      const { value, low, high } = await sources.figure(metric.model, metric.metric, null);
      return { value, low, high };
    }
    case 'bound': {
      const of = await measure(metric.of, sources);
      return alone(metric.side === 'low' ? of.low : of.high);
    }
    case 'drift':
      return alone(await sources.drift(metric.subject, metric.test));
    case 'arithmetic':
      return arithmetic(metric, sources);
  }
}

/** The difference of one metric between two models is judged row by row on the same rows, and so has an interval. */
async function arithmetic(metric: Extract<PlanMetric, { op: 'arithmetic' }>, sources: ClaimSources): Promise<Measured> {
  const { left, right, operator } = metric;
  const isPaired = left.op === 'metric' && right.op === 'metric' && left.evaluation === undefined && right.evaluation === undefined;
  if (operator === '-' && isPaired && left.metric === right.metric) {
    const paired = (await sources.figure(left.model, left.metric, right.model)).baseline;
    if (paired) return { value: paired.difference, low: paired.low, high: paired.high };
  }
  const a = (await measure(left, sources)).value;
  const b = (await measure(right, sources)).value;
  if (a === null || b === null) return alone(null);
  switch (operator) {
    case '+':
      return alone(a + b);
    case '-':
      return alone(a - b);
    case '*':
      return alone(a * b);
    case '/':
      return alone(b === 0 ? null : a / b);
  }
}

/** Metrics of one model that claims read, in the order of the text. */
export function metricsIn(claims: readonly PlanClaim[], model: string): { readonly metric: string; readonly claim: PlanClaim }[] {
  const found: { metric: string; claim: PlanClaim }[] = [];
  const visit = (metric: PlanMetric, claim: PlanClaim): void => {
    switch (metric.op) {
      case 'metric':
        if (metric.model === model && metric.evaluation === undefined) found.push({ metric: metric.metric, claim });
        break;
      case 'bound':
        visit(metric.of, claim);
        break;
      case 'arithmetic':
        visit(metric.left, claim);
        visit(metric.right, claim);
        break;
      case 'drift':
      case 'number':
        break;
    }
  };
  for (const claim of claims) {
    visit(claim.left, claim);
    visit(claim.right, claim);
  }
  return found;
}

function alone(value: number | null): Measured {
  return { value, low: null, high: null };
}

function holds(left: number, comparison: PlanClaim['comparison'], right: number): boolean {
  switch (comparison) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
  }
}
