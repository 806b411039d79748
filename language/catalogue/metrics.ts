/** Metrics with the labels that they judge, their attainable values and the method of their interval. */
import type { MetricEntry } from './entry.ts';

type Labels = MetricEntry['labels'];

const ofConditions: Labels = ['binary'];
const ofClasses: Labels = ['binary', 'classes'];
const ofNumbers: Labels = ['number', 'count'];

const define = (
  name: string,
  labels: Labels,
  better: MetricEntry['better'],
  range: readonly [number | null, number | null],
  interval: MetricEntry['interval'],
  doc: string,
  source: string,
): MetricEntry => ({ family: 'metric', name, labels, better, parameters: [], min: range[0], max: range[1], interval, doc, source });

export const metrics: readonly MetricEntry[] = [
  define(
    'auc',
    ofClasses,
    'higher',
    [0, 1],
    'delong',
    'The chance that a positive row scores above a negative one. 0.5 is guessing. Of several classes the mean over each class against the rest.',
    'scikit-learn roc_auc_score, of several classes with multi_class="ovr"; DeLong et al., Biometrics 44, 1988',
  ),
  define(
    'log_loss',
    ofClasses,
    'lower',
    [0, null],
    'bootstrap',
    'Mean negative logarithm of the probability given to what happened.',
    'scikit-learn log_loss',
  ),
  define(
    'brier',
    ofConditions,
    'lower',
    [0, 1],
    'bootstrap',
    'Mean squared difference between the probability and what happened.',
    'scikit-learn brier_score_loss',
  ),
  define(
    'calibration_error',
    ofConditions,
    'lower',
    [0, 1],
    'bootstrap',
    'Mean difference between predicted and observed share over ten bins of equal count.',
    'Naeini et al., AAAI 2015, with bins of equal count',
  ),
  define('accuracy', ofClasses, 'higher', [0, 1], 'wilson', 'Share of rows whose class is predicted right.', 'scikit-learn accuracy_score'),
  define(
    'precision',
    ofClasses,
    'higher',
    [0, 1],
    'wilson',
    'Share of rows predicted positive that are. Of several classes the mean over the classes.',
    'scikit-learn precision_score, of several classes with average="macro"',
  ),
  define(
    'recall',
    ofClasses,
    'higher',
    [0, 1],
    'wilson',
    'Share of positive rows that are predicted positive. Of several classes the mean over the classes.',
    'scikit-learn recall_score, of several classes with average="macro"',
  ),
  define(
    'f1',
    ofClasses,
    'higher',
    [0, 1],
    'bootstrap',
    'Harmonic mean of precision and recall. Of several classes the mean over the classes.',
    'scikit-learn f1_score, of several classes with average="macro"',
  ),
  define(
    'rmse',
    ofNumbers,
    'lower',
    [0, null],
    'bootstrap',
    'Root of the mean squared error, in the unit of the label.',
    'scikit-learn root_mean_squared_error',
  ),
  define('mae', ofNumbers, 'lower', [0, null], 'bootstrap', 'Mean absolute error, in the unit of the label.', 'scikit-learn mean_absolute_error'),
  define(
    'r2',
    ofNumbers,
    'higher',
    [null, 1],
    'bootstrap',
    'Share of the variance of the label that is explained; below 0 is worse than its mean.',
    'scikit-learn r2_score',
  ),
];
