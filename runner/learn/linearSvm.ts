/**
 * A linear support vector machine: the minimum of Σ wᵢ·max(0, 1 − yᵢzᵢ)² + l2/2·‖β‖², the intercept free; scikit-learn's LinearSVC with
 * C = 1/l2. Newton's method on the active rows (Keerthi and DeCoste, JMLR 6, 2005), which ends at the optimum after finitely many steps.
 * Its score is the logistic function of the margin: it orders rows and decides at 0.5 as the machine does, and is no probability yet.
 */
import { checkpoints } from './checkpoint.ts';
import { designOf, layoutOf, sum } from './design.ts';
import type { Learner } from './learner.ts';
import { linearModel, linearState, penalties } from './linearModel.ts';
import { minimise, type RowLoss } from './newton.ts';
import { gather, requireBothClasses, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

const expectedSteps = 10;

/** Labels are −1 and 1. */
const squaredHinge: RowLoss = {
  value: (z, y) => Math.max(0, 1 - y * z) ** 2,
  slope: (z, y) => -2 * y * Math.max(0, 1 - y * z),
  curvature: (z, y) => (1 - y * z > 0 ? 2 : 0),
};

export const linearSvm: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    requireBothClasses(matrix, used);
    const read = settingReader('linear_svm', settings);
    const maxSteps = read.number('max_iterations');
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const beta = new Float64Array(design.layout.width);
    const y = gather(matrix.label, used).map(label => (label === 1 ? 1 : -1));
    const l2 = penalties(design.layout, read.number('l2'));
    const converged = await minimise({ design, loss: squaredHinge, y, w, offset: null, l1: null, l2, unit: sum(w) }, beta, {
      maxSteps,
      pause: checkpoints(context.cancelled),
      onStep: step => context.progress(step, Math.max(expectedSteps, step + 1), null),
    });
    context.progress(1, 1, null);
    const message = `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`;
    const findings = converged ? [] : [{ rule: 'not-converged', message, help: 'Standardize the columns, or raise `l2`.' }];
    return linearModel(linearState('linear_svm', 'logit', design, beta), findings);
  },
  load: state => linearModel(state, []),
};
