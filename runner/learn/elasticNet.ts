/**
 * Linear regression with a penalty on absolute coefficients, which makes some of them 0: the lasso (Tibshirani, J. R. Stat. Soc. B 58, 1996)
 * and the elastic net (Zou and Hastie, J. R. Stat. Soc. B 67, 2005), by coordinate descent.
 */
import { checkpoints } from './checkpoint.ts';
import { descend } from './coordinateDescent.ts';
import { cross, designOf, gram, layoutOf, sum } from './design.ts';
import type { FitContext, FittedModel, Learner } from './learner.ts';
import { absolutePenalties, linearModel, linearState, penalties } from './linearModel.ts';
import type { Matrix } from './matrix.ts';
import { withoutIntercept } from './newton.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

interface Penalty {
  readonly kind: string;
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly sweeps: number;
}

export const lasso: Learner = {
  fit: async (matrix, rows, _validateRows, settings, context) => {
    const read = settingReader('lasso', settings);
    return netFit(matrix, rows, { kind: 'lasso', alpha: read.number('alpha'), l1Ratio: 1, sweeps: read.number('max_iterations') }, context);
  },
  load: state => linearModel(state, []),
};

export const elasticNet: Learner = {
  fit: async (matrix, rows, _validateRows, settings, context) => {
    const read = settingReader('elastic_net', settings);
    const [alpha, l1Ratio, sweeps] = [read.number('alpha'), read.number('l1_ratio'), read.number('max_iterations')];
    return netFit(matrix, rows, { kind: 'elastic_net', alpha, l1Ratio, sweeps }, context);
  },
  load: state => linearModel(state, []),
};

/** The minimum of Σ wᵢ(yᵢ − xᵢβ)² / (2·Σ wᵢ) + alpha·(l1_ratio·‖β‖₁ + (1 − l1_ratio)/2·‖β‖²), the intercept free. */
async function netFit(matrix: Matrix, rows: Int32Array, { kind, alpha, l1Ratio, sweeps }: Penalty, context: FitContext): Promise<FittedModel> {
  const used = trainingRows(matrix, rows);
  const design = designOf(matrix, used, layoutOf(matrix, used));
  const p = design.layout.width;
  const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
  const total = sum(w);
  const label = gather(matrix.label, used);
  const mean = sum(label.map((value, i) => value * (w[i] ?? 0))) / total;
  const y = label.map(value => value - mean);
  const pause = checkpoints(context.cancelled);
  const quadratic = await gram(design, w, pause);
  const linear = cross(
    design,
    y.map((value, i) => value * (w[i] ?? 0)),
  );
  const { a, c } = withoutIntercept(quadratic, linear, p);
  const ridge = penalties(design.layout, total * alpha * (1 - l1Ratio));
  for (let j = 1; j < p; j++) a[j * p + j] = (a[j * p + j] ?? 0) + (ridge[j] ?? 0);
  const beta = new Float64Array(p);
  const size = Math.sqrt(sum(y.map((value, i) => value * value * (w[i] ?? 0))));
  const l1 = absolutePenalties(design.layout, total * alpha * l1Ratio);
  const converged = await descend({ size: p, a, c, l1 }, beta, size, sweeps, pause);
  let rest = linear[0] ?? 0;
  for (let j = 1; j < p; j++) rest -= (quadratic[j] ?? 0) * (beta[j] ?? 0);
  beta[0] = mean + rest / total;
  context.progress(1, 1, null);
  const findings = [
    ...(converged
      ? []
      : [
          {
            rule: 'not-converged',
            message: `The optimum was not reached in ${sweeps} passes over the coefficients; they are approximate.`,
            help: 'Raise `alpha`, or `max_iterations`.',
          },
        ]),
    ...(beta.subarray(1).every(value => value === 0)
      ? [
          {
            rule: 'all-coefficients-zero',
            message: 'The penalty leaves no feature in the model, which predicts the mean.',
            help: `Lower \`alpha\`, which is ${alpha}.`,
          },
        ]
      : []),
  ];
  return linearModel(linearState(kind, 'identity', design, beta), findings);
}
