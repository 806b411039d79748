/** Claims of an evaluation: the figures that they compare, how severe they are, and those that nothing can meet or miss. */
import { entryOf, laterWord, namesOf } from '../catalogue/catalogue.ts';
import { metricEntry } from '../catalogue/metricCalls.ts';
import type { Item, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { wrongSetting } from './blockSettings.ts';
import { decided, exactly } from './bounds.ts';
import type { Environment } from './environment.ts';
import { type Judged, typeMetric } from './metrics.ts';
import { problem, respell } from './problem.ts';
import type { ClaimModel, EvaluationModel, FeatureSetModel, MetricExpr, ModelModel, TaskModel } from './typed.ts';

export type Metrics = EvaluationModel['metrics'][number];

export interface Evaluating {
  readonly env: Environment;
  readonly text: string;
  readonly place: (span: Span) => Place;
  readonly model: ModelModel;
  readonly task: TaskModel;
  readonly features: FeatureSetModel | null;
}

export const written = (text: string, span: Span): string => text.slice(span.start, span.end).replace(/\s+/g, ' ').trim();

const comparisons = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '==': '==', '!=': '!=' } as const;

const isComparison = (operator: string): operator is ClaimModel['comparison'] => operator in comparisons;

const severities = ['warn', 'error'] as const;

/** Severity and drift test among the words behind a claim. */
export function wordsOf({ env, place }: Evaluating, words: readonly Name[]): { severity: ClaimModel['severity']; test: Name | null } {
  let severity: ClaimModel['severity'] = 'gate';
  let test: Name | null = null;
  for (const word of words) {
    const found = severities.find(s => s === word.text);
    if (found) severity = found;
    else if (entryOf('drift', word.text)) test = word;
    else if (laterWord('drift', word.text)) {
      env.report(
        problem('later-form', place(word.span), `\`${word.text}\` is part of the language but does not run yet.`, {
          help: `Drift tests that do: ${namesOf('drift')
            .map(n => `\`${n}\``)
            .join(', ')}.`,
        }),
      );
    } else if (word.text !== '') {
      const near = nearest(word.text, [...severities, ...namesOf('drift')]);
      env.report(
        problem('unknown-severity', place(word.span), `\`${word.text}\` is neither a severity nor a drift test.`, {
          help: near
            ? `Did you mean \`${near}\`?`
            : `Severities are \`warn\` and \`error\`; drift tests are ${namesOf('drift')
                .map(n => `\`${n}\``)
                .join(', ')}.`,
          fixes: near ? [respell(place(word.span), near)] : [],
        }),
      );
    }
  }
  return { severity, test };
}

export const hasDrift = (metric: MetricExpr): boolean =>
  metric.kind === 'drift' ||
  (metric.kind === 'bound' && hasDrift(metric.of)) ||
  (metric.kind === 'arithmetic' && (hasDrift(metric.left) || hasDrift(metric.right)));

/** Claims that no figure can meet, or that every figure meets. */
function reportDecided({ env, place }: Evaluating, claim: ClaimModel, span: Span): void {
  const [metric, number, comparison] =
    claim.right.kind === 'number'
      ? [claim.left, claim.right.value, claim.comparison]
      : claim.left.kind === 'number'
        ? [claim.right, claim.left.value, ({ '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const)[claim.comparison]]
        : [null, 0, claim.comparison];
  const figure = metric?.kind === 'bound' ? metric.of : metric;
  const entry = figure?.kind === 'metric' ? metricEntry(figure.metric) : null;
  if (!entry) return;
  const verdict = decided({ min: entry.min, max: entry.max }, comparison, exactly(number));
  if (!verdict) return;
  const range = `\`${entry.name}\` lies in \`${entry.min ?? ''}..${entry.max ?? ''}\``;
  env.report(
    verdict === 'never'
      ? problem('impossible-range', place(span), `No model can meet this claim: ${range}.`, { help: 'Claim a figure that can be reached.' })
      : problem('always-holds', place(span), `Every model meets this claim: ${range}.`, { help: 'Claim a figure that a bad model would miss.' }),
  );
}

export function claimOf(evaluating: Evaluating, item: Extract<Item, { kind: 'expression' }>, judged: Judged): ClaimModel | null {
  const { value } = item;
  if (value.kind !== 'binary' || !isComparison(value.operator)) return null;
  const { severity, test } = wordsOf(evaluating, item.words);
  const withTest: Judged = { ...judged, driftTest: test?.text ?? null };
  const left = typeMetric(withTest, value.left);
  const right = typeMetric(withTest, value.right);
  if (!left || !right) return null;
  if (test && !hasDrift(left) && !hasDrift(right))
    wrongSetting(
      evaluating.env,
      test.span,
      `\`${test.text}\` measures drift, and this claim is about none.`,
      'Write it as `drift(features) < 0.2 psi`.',
    );
  const span = { start: value.span.start, end: Math.max(value.span.end, test?.span.end ?? 0) };
  const claim: ClaimModel = {
    place: evaluating.place(span),
    text: written(evaluating.text, span),
    left,
    comparison: value.operator,
    right,
    severity,
  };
  reportDecided(evaluating, claim, value.span);
  return claim;
}

export const readsOthers = (metric: MetricExpr): boolean =>
  (metric.kind === 'metric' && metric.evaluation !== undefined) ||
  (metric.kind === 'bound' && readsOthers(metric.of)) ||
  (metric.kind === 'arithmetic' && (readsOthers(metric.left) || readsOthers(metric.right)));

/** Metrics of the judged model that a claim reads: they are figures of the evaluation too. */
export function metricsIn(metric: MetricExpr, model: ModelModel): Metrics[] {
  switch (metric.kind) {
    case 'metric':
      return metric.model === model.name && metric.home === model.place.file && !metric.evaluation
        ? [{ metric: metric.metric, place: metric.place }]
        : [];
    case 'bound':
      return metricsIn(metric.of, model);
    case 'arithmetic':
      return [...metricsIn(metric.left, model), ...metricsIn(metric.right, model)];
    case 'drift':
    case 'number':
      return [];
  }
}

export const isClaim = (item: Extract<Item, { kind: 'expression' }>): boolean => item.value.kind === 'binary' && isComparison(item.value.operator);
