/**
 * Logistic regression: the minimum of Σ wᵢ·log(1 + exp(−yᵢzᵢ)) + l1·‖β‖₁ + l2/2·‖β‖², the intercept free. That is scikit-learn's objective
 * with C = 1/l2 where l1 is 0, and in general with C = 1/(l1 + l2) and l1_ratio = l1/(l1 + l2). Of several classes the multinomial model.
 */
import { checkpoints } from './checkpoint.ts';
import { classCount, requireClasses } from './classes.ts';
import { designOf, layoutOf, sum } from './design.ts';
import type { FitFinding, Learner } from './learner.ts';
import { absolutePenalties, classesState, linearModel, linearState, penalties } from './linearModel.ts';
import { fitMultinomial } from './multinomial.ts';
import { logLoss, minimise, type Problem, scores } from './newton.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

/** What progress is measured against; Newton's method rarely takes more. */
const expectedSteps = 10;

export const logisticRegression: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    requireClasses(matrix, used, context);
    const read = settingReader('logistic_regression', settings);
    const [l1, l2, maxSteps] = [read.number('l1'), read.number('l2'), read.number('max_iterations')];
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const label = gather(matrix.label, used);
    const pause = checkpoints(context.cancelled);
    const onStep = (step: number) => context.progress(step, Math.max(expectedSteps, step + 1), null);
    if (context.label === 'classes') {
      const fit = await fitMultinomial({ design, label, w, classes: classCount(context), l1, l2, maxSteps, pause, onStep });
      context.progress(1, 1, null);
      const separated = l1 + l2 === 0 && fit.margin > 10;
      return linearModel(
        classesState('logistic_regression', 'softmax', design, fit.betas),
        findings({ ...fit, separated, penalty: l1 + l2, maxSteps }),
      );
    }
    const problem: Problem = {
      design,
      loss: logLoss,
      y: label,
      w,
      offset: null,
      l1: l1 > 0 ? absolutePenalties(design.layout, l1) : null,
      l2: penalties(design.layout, l2),
      unit: sum(w),
    };
    const beta = new Float64Array(design.layout.width);
    const converged = await minimise(problem, beta, { maxSteps, pause, onStep });
    context.progress(1, 1, null);
    const separated = l1 + l2 === 0 && scores(problem, beta).every((value, i) => Math.abs(value) > 10 && value > 0 === (label[i] === 1));
    return linearModel(linearState('logistic_regression', 'logit', design, beta), findings({ converged, separated, penalty: l1 + l2, maxSteps }));
  },
  load: state => linearModel(state, []),
};

interface Outcome {
  readonly converged: boolean;
  readonly separated: boolean;
  readonly penalty: number;
  readonly maxSteps: number;
}

function findings({ converged, separated, penalty, maxSteps }: Outcome): FitFinding[] {
  const help = penalty === 0 ? 'Add a penalty: `l2: 1`.' : 'Standardize the columns, or raise `l2`.';
  if (separated)
    return [
      { rule: 'perfect-separation', message: 'The columns tell the classes apart perfectly on train, so coefficients grow without end.', help },
    ];
  if (converged) return [];
  return [{ rule: 'not-converged', message: `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`, help }];
}
