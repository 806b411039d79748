/** Least squares with a penalty on squared coefficients: what `linear_regression` and `ridge` share. */
import { checkpoints } from './checkpoint.ts';
import { factor, solve } from './cholesky.ts';
import { cross, designOf, gram, layoutOf, multiply } from './design.ts';
import type { FitContext, FittedModel } from './learner.ts';
import { linearModel, linearState, penalties } from './linearModel.ts';
import type { Matrix } from './matrix.ts';
import { gather, trainingRows, weightsOf } from './rows.ts';

/**
 * The minimum of Σ wᵢ(yᵢ − xᵢβ)² + l2·‖β‖², the intercept free, as scikit-learn's `Ridge(alpha)`. Normal equations on centred and scaled
 * columns by Cholesky with one step of refinement: O(n·c² + p³), c columns before and p after encoding.
 */
export async function leastSquares(kind: string, matrix: Matrix, rows: Int32Array, l2: number, context: FitContext): Promise<FittedModel> {
  const used = trainingRows(matrix, rows);
  const design = designOf(matrix, used, layoutOf(matrix, used));
  const y = gather(matrix.label, used);
  const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
  const p = design.layout.width;
  const penalty = penalties(design.layout, l2);
  const pause = checkpoints(context.cancelled);
  const a = await gram(design, w, pause);
  for (let j = 0; j < p; j++) a[j * p + j] = (a[j * p + j] ?? 0) + (penalty[j] ?? 0);
  const factored = await factor(a, p, pause);
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
  return linearModel(linearState(kind, 'identity', design, beta), []);
}
