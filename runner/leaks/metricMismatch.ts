/** Accuracy where one class is nearly all: always guessing it scores as high, and nothing else is asked that would show it. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import { metricsIn } from '../nodes/claims.ts';
import type { Evaluated } from './evaluated.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'metric-mismatch';

/** Figures that guessing the commonest class does not make good. */
const tells = /^(auc|average_precision|recall|precision|f1|balanced_accuracy|mcc|lift|precision_at|recall_at|ndcg_at|ks)\b/;

export function metricMismatch({ node, output, classes, settings }: Evaluated): readonly Measured[] {
  if (classes === null) return [];
  const asked = output.metrics.filter(m => m.segment === null);
  const accuracy = asked.find(m => /^accuracy\b/.test(m.metric));
  if (!accuracy) return [];
  const n = classes.reduce((sum, rows) => sum + rows, 0);
  if (n === 0) return [];
  const threshold = thresholdOf(settings, rule, 'majority');
  const figure = Math.max(...classes) / n;
  const claimedAccuracy = metricsIn(node.claims, node.model).some(({ metric }) => /^accuracy\b/.test(metric));
  const others = claimedAccuracy ? metricsIn(node.claims, node.model).map(({ metric }) => metric) : asked.map(m => m.metric);
  const faulty = figure >= threshold && !others.some(metric => tells.test(metric));
  const percent = `${(figure * 100).toFixed(1)}%`;
  return [
    measured({
      rule,
      declaration: node.name,
      subject: accuracy.metric,
      place: accuracy,
      measure: 'share of the commonest class',
      figure,
      threshold,
      n,
      fault: faulty
        ? {
            severity: 'warning',
            message: `${percent} of the rows of \`${node.name}\` have the same label, so a model that always answers it has an accuracy of ${percent}.`,
            help: 'Claim something that the rarer class decides: `auc`, `average_precision`, `recall`, or a difference to the baseline.',
            count: n,
          }
        : null,
    }),
  ];
}
