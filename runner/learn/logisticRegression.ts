/**
 * Logistic regression: the minimum of Σ wᵢ·log(1 + exp(−yᵢzᵢ)) + l1·‖β‖₁ + l2/2·‖β‖², the intercept free. That is scikit-learn's objective
 * with C = 1/l2 where l1 is 0, and in general with C = 1/(l1 + l2) and l1_ratio = l1/(l1 + l2).
 */
import { checkpoints } from './checkpoint.ts';
import { designOf, layoutOf, sum } from './design.ts';
import type { FitFinding, Learner } from './learner.ts';
import { absolutePenalties, linearModel, linearState, logistic, penalties } from './linearModel.ts';
import { minimise, type Problem, type RowLoss, scores } from './newton.ts';
import { gather, requireBothClasses, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

/** What progress is measured against; Newton's method rarely takes more. */
const expectedSteps = 10;

const logLoss: RowLoss = {
  value: (z, y) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z,
  slope: (z, y) => logistic(z) - y,
  curvature: z => {
    const p = logistic(z);
    return p * (1 - p);
  },
};

export const logisticRegression: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    requireBothClasses(matrix, used);
    const read = settingReader('logistic_regression', settings);
    const [l1, l2, maxSteps] = [read.number('l1'), read.number('l2'), read.number('max_iterations')];
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const problem: Problem = {
      design,
      loss: logLoss,
      y: gather(matrix.label, used),
      w,
      offset: null,
      l1: l1 > 0 ? absolutePenalties(design.layout, l1) : null,
      l2: penalties(design.layout, l2),
      unit: sum(w),
    };
    const beta = new Float64Array(design.layout.width);
    const converged = await minimise(problem, beta, {
      maxSteps,
      pause: checkpoints(context.cancelled),
      onStep: step => context.progress(step, Math.max(expectedSteps, step + 1), null),
    });
    context.progress(1, 1, null);
    return linearModel(linearState('logistic_regression', 'logit', design, beta), findings(problem, beta, converged, { penalty: l1 + l2, maxSteps }));
  },
  load: state => linearModel(state, []),
};

function findings(
  problem: Problem,
  beta: Float64Array,
  converged: boolean,
  { penalty, maxSteps }: { penalty: number; maxSteps: number },
): FitFinding[] {
  const help = penalty === 0 ? 'Add a penalty: `l2: 1`.' : 'Standardize the columns, or raise `l2`.';
  const z = scores(problem, beta);
  const separated = penalty === 0 && z.every((value, i) => Math.abs(value) > 10 && value > 0 === (problem.y[i] === 1));
  if (separated)
    return [
      { rule: 'perfect-separation', message: 'The columns tell the classes apart perfectly on train, so coefficients grow without end.', help },
    ];
  if (converged) return [];
  return [{ rule: 'not-converged', message: `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`, help }];
}
