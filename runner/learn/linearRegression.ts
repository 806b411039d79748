/**
 * Least squares, with an l2 penalty as scikit-learn's `Ridge(alpha)`: Σ wᵢ(yᵢ − xᵢβ)² + l2·‖β‖², the intercept free. Normal equations on
 * centred and scaled columns by Cholesky with one step of refinement: O(n·c² + p³), c columns before and p after encoding.
 */
import { factor, solve } from './cholesky.ts';
import { cross, designOf, gram, layoutOf, multiply } from './design.ts';
import type { Learner } from './learner.ts';
import { linearModel, linearState, penalties } from './linearModel.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

export const linearRegression: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    const l2 = settingReader('linear_regression', settings).number('l2');
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const y = gather(matrix.label, used);
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const p = design.layout.width;
    const penalty = penalties(design.layout, l2);
    const a = gram(design, w);
    for (let j = 0; j < p; j++) a[j * p + j] = (a[j * p + j] ?? 0) + (penalty[j] ?? 0);
    const factored = factor(a, p);
    const beta = new Float64Array(p);
    for (let step = 0; step < 2; step++) {
      const fitted = multiply(design, beta);
      const gradient = cross(
        design,
        y.map((value, i) => (w[i] ?? 0) * (value - (fitted[i] ?? 0))),
      );
      const move = solve(
        factored,
        gradient.map((g, j) => g - (penalty[j] ?? 0) * (beta[j] ?? 0)),
      );
      for (let j = 0; j < p; j++) beta[j] = (beta[j] ?? 0) + (move[j] ?? 0);
    }
    context.progress(1, 1, null);
    return linearModel(linearState('linear_regression', 'identity', design, beta), []);
  },
  load: state => linearModel(state, []),
};
