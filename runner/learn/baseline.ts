/** What a model must beat: the share of the positive class, the shares of several classes, or the mean of the label, on train. */
import { classCount, classWeights } from './classes.ts';
import { type FittedModel, LearnError, type Learner, type ModelState } from './learner.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';

export const baseline: Learner = {
  async fit(matrix, rows, _validateRows, _settings, context) {
    const used = trainingRows(matrix, rows);
    const label = gather(matrix.label, used);
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const total = w.reduce((sum, weight) => sum + weight, 0);
    context.progress(1, 1, null);
    if (context.label === 'classes') {
      return load({ kind: 'baseline', version: 1, shares: [...classWeights(label, w, classCount(context))].map(weight => weight / total) });
    }
    return load({ kind: 'baseline', version: 1, value: label.reduce((sum, value, i) => sum + (w[i] ?? 0) * value, 0) / total });
  },
  load,
};

function load(state: ModelState): FittedModel {
  const each = Float64Array.from(Array.isArray(state['shares']) ? (state['shares'] as readonly number[]) : [Number(state['value'] ?? Number.NaN)]);
  if (each.some(Number.isNaN)) throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const predict: FittedModel['predict'] = (_matrix, rows) => new Float64Array(rows.length * each.length).map((_, at) => each[at % each.length] ?? 0);
  return { kind: 'baseline', state, findings: [], predict };
}
