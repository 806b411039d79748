/**
 * A linear support vector machine: the minimum of Σ wᵢ·max(0, 1 − yᵢzᵢ)² + l2/2·‖β‖², the intercept free; scikit-learn's LinearSVC with
 * C = 1/l2. Newton's method on the active rows (Keerthi and DeCoste, JMLR 6, 2005), which ends at the optimum after finitely many steps.
 * Its score is the logistic function of the margin: it orders rows and decides at 0.5 as the machine does, and is no probability yet. Of several
 * classes, one machine a class against the rest; their scores are divided by their sum.
 */
import { checkpoints } from './checkpoint.ts';
import { classCount, requireClasses } from './classes.ts';
import { designOf, layoutOf, sum } from './design.ts';
import type { Learner } from './learner.ts';
import { classesState, linearModel, linearState, penalties } from './linearModel.ts';
import { minimise, type RowLoss } from './newton.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';
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
    requireClasses(matrix, used, context);
    const read = settingReader('linear_svm', settings);
    const maxSteps = read.number('max_iterations');
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const label = gather(matrix.label, used);
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const l2 = penalties(design.layout, read.number('l2'));
    const pause = checkpoints(context.cancelled);
    let converged = true;
    /** The machine of a class against the rest; null where train does not have it. */
    const machine = async (code: number): Promise<Float64Array | null> => {
      if (!label.includes(code)) return null;
      const beta = new Float64Array(design.layout.width);
      const y = label.map(own => (own === code ? 1 : -1));
      const onStep = (step: number) => context.progress(step, Math.max(expectedSteps, step + 1), null);
      const found = await minimise({ design, loss: squaredHinge, y, w, offset: null, l1: null, l2, unit: sum(w) }, beta, { maxSteps, pause, onStep });
      converged &&= found;
      return beta;
    };
    const classes = classCount(context);
    const betas: (Float64Array | null)[] = [];
    for (let code = context.label === 'binary' ? 1 : 0; code < classes; code++) betas.push(await machine(code));
    context.progress(1, 1, null);
    const message = `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`;
    const findings = converged ? [] : [{ rule: 'not-converged', message, help: 'Standardize the columns, or raise `l2`.' }];
    const [only] = betas;
    const state =
      context.label === 'binary' && only ? linearState('linear_svm', 'logit', design, only) : classesState('linear_svm', 'rest', design, betas);
    return linearModel(state, findings);
  },
  load: state => linearModel(state, []),
};
