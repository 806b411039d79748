/**
 * Poisson regression with a log link: the minimum of Σ wᵢ(exp(zᵢ) − yᵢzᵢ) / Σ wᵢ + alpha/2·‖β‖², the intercept free, by iteratively reweighted
 * least squares. scikit-learn's `PoissonRegressor(alpha)`; McCullagh and Nelder, Generalized Linear Models, 1989, ch. 2 and 6.
 */
import { checkpoints } from './checkpoint.ts';
import { designOf, layoutOf, sum } from './design.ts';
import type { Learner } from './learner.ts';
import { linearModel, linearState, penalties } from './linearModel.ts';
import { minimise, type RowLoss } from './newton.ts';
import { gather, requireCounts, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

const expectedSteps = 10;

const halfDeviance: RowLoss = { value: (z, y) => Math.exp(z) - y * z, slope: (z, y) => Math.exp(z) - y, curvature: z => Math.exp(z) };

export const poissonRegression: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    requireCounts(matrix, used);
    const read = settingReader('poisson_regression', settings);
    const maxSteps = read.number('max_iterations');
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const y = gather(matrix.label, used);
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const total = sum(w);
    const events = sum(y.map((value, i) => value * (w[i] ?? 0)));
    const beta = new Float64Array(design.layout.width);
    beta[0] = Math.log(events / total);
    const converged = await minimise(
      { design, loss: halfDeviance, y, w, offset: null, l1: null, l2: penalties(design.layout, total * read.number('alpha')), unit: events },
      beta,
      {
        maxSteps,
        pause: checkpoints(context.cancelled),
        onStep: step => context.progress(step, Math.max(expectedSteps, step + 1), null),
      },
    );
    context.progress(1, 1, null);
    const help = 'Standardize the columns, or raise `alpha`.';
    const message = `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`;
    return linearModel(linearState('poisson_regression', 'log', design, beta), converged ? [] : [{ rule: 'not-converged', message, help }]);
  },
  load: state => linearModel(state, []),
};
