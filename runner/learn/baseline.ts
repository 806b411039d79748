/** What a model must beat: the share of the positive class, or the mean of the label, on train. */
import { type FittedModel, LearnError, type Learner, type ModelState } from './learner.ts';
import { trainingRows } from './rows.ts';

export const baseline: Learner = {
  async fit(matrix, rows, _validateRows, _settings, context) {
    const used = trainingRows(matrix, rows);
    let total = 0;
    let weights = 0;
    for (const row of used) {
      const weight = matrix.weight === null ? 1 : (matrix.weight[row] ?? 0);
      total += weight * (matrix.label[row] ?? 0);
      weights += weight;
    }
    context.progress(1, 1, null);
    return load({ kind: 'baseline', version: 1, value: total / weights });
  },
  load,
};

function load(state: ModelState): FittedModel {
  const value = state['value'];
  if (typeof value !== 'number') throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  return { kind: 'baseline', state, findings: [], predict: (_matrix, rows) => new Float64Array(rows.length).fill(value) };
}
