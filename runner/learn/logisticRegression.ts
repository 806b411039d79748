/**
 * Logistic regression at the optimum of scikit-learn's objective with C = 1/l2: Σ wᵢ·log(1 + exp(−yᵢzᵢ)) + l2/2·‖β‖², the intercept free.
 * Newton's method (iteratively reweighted least squares) with backtracking; the optimum does not depend on the path, so neither do results.
 */
import { checkpoints } from './checkpoint.ts';
import { factor, solve } from './cholesky.ts';
import { cross, type Design, designOf, gram, layoutOf, multiply, sum } from './design.ts';
import type { FitFinding, Learner } from './learner.ts';
import { linearModel, linearState, logistic, penalties } from './linearModel.ts';
import { gather, requireBothClasses, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

/** Of the gradient's largest component, a unit of weight. */
const tolerance = 1e-10;

/** What progress is measured against; Newton's method rarely takes more. */
const expectedSteps = 10;

interface Problem {
  readonly design: Design;
  readonly y: Float64Array;
  readonly w: Float64Array;
  readonly penalty: Float64Array;
}

export const logisticRegression: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    requireBothClasses(matrix, used);
    const read = settingReader('logistic_regression', settings);
    const l2 = read.number('l2');
    const maxSteps = read.number('max_iterations');
    const design = designOf(matrix, used, layoutOf(matrix, used));
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const problem = { design, y: gather(matrix.label, used), w, penalty: penalties(design.layout, l2) };
    const total = sum(w);
    const pause = checkpoints(context.cancelled);
    const beta = new Float64Array(design.layout.width);
    let converged = false;
    for (let step = 0; step < maxSteps && !converged; step++) {
      const z = multiply(design, beta);
      const gradient = gradientAt(problem, z, beta);
      converged = gradient.every(g => Math.abs(g) <= tolerance * total);
      if (converged) break;
      const move = solve(factor(curvatureAt(problem, z), design.layout.width), gradient);
      if (!advance(problem, z, beta, move, gradient)) break;
      context.progress(step + 1, Math.max(expectedSteps, step + 2), null);
      await pause();
    }
    context.progress(1, 1, null);
    return linearModel(linearState('logistic_regression', 'logit', design, beta), findings(problem, beta, converged, { l2, maxSteps }));
  },
  load: state => linearModel(state, []),
};

/** Downhill: −∂objective/∂β. */
function gradientAt({ design, y, w, penalty }: Problem, z: Float64Array, beta: Float64Array): Float64Array {
  const residual = z.map((value, i) => (w[i] ?? 0) * ((y[i] ?? 0) - logistic(value)));
  return cross(design, residual).map((g, j) => g - (penalty[j] ?? 0) * (beta[j] ?? 0));
}

function curvatureAt({ design, w, penalty }: Problem, z: Float64Array): Float64Array {
  const p = design.layout.width;
  const curvature = z.map((value, i) => {
    const probability = logistic(value);
    return (w[i] ?? 0) * probability * (1 - probability);
  });
  const h = gram(design, curvature);
  for (let j = 0; j < p; j++) h[j * p + j] = (h[j * p + j] ?? 0) + (penalty[j] ?? 0);
  return h;
}

function objective({ y, w, penalty }: Problem, z: Float64Array, beta: Float64Array): number {
  let total = 0;
  for (let i = 0; i < z.length; i++) {
    const value = z[i] ?? 0;
    total += (w[i] ?? 0) * (Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))) - (y[i] ?? 0) * value);
  }
  for (let j = 0; j < beta.length; j++) total += 0.5 * (penalty[j] ?? 0) * (beta[j] ?? 0) ** 2;
  return total;
}

/** Moves `beta` along Newton's direction, halving until the objective falls enough (Armijo); false when no step lowers it. */
function advance(problem: Problem, z: Float64Array, beta: Float64Array, move: Float64Array, gradient: Float64Array): boolean {
  const before = objective(problem, z, beta);
  const slope = gradient.reduce((total, g, j) => total + g * (move[j] ?? 0), 0);
  const zMove = multiply(problem.design, move);
  // Below this the change is lost in the objective's rounding, and Newton's full step is right.
  const lostInRounding = slope < 1e-9 * Math.abs(before);
  for (let length = 1; length > 1e-9; length /= 2) {
    const next = beta.map((b, j) => b + length * (move[j] ?? 0));
    const nextZ = z.map((value, i) => value + length * (zMove[i] ?? 0));
    if (lostInRounding || objective(problem, nextZ, next) <= before - 1e-4 * length * slope) {
      beta.set(next);
      return true;
    }
  }
  return false;
}

function findings({ design, y }: Problem, beta: Float64Array, converged: boolean, { l2, maxSteps }: { l2: number; maxSteps: number }): FitFinding[] {
  const help = l2 === 0 ? 'Add a penalty: `l2: 1`.' : 'Standardize the columns, or raise `l2`.';
  const z = multiply(design, beta);
  const separated = l2 === 0 && z.every((value, i) => Math.abs(value) > 10 && value > 0 === (y[i] === 1));
  if (separated)
    return [
      { rule: 'perfect-separation', message: 'The columns tell the classes apart perfectly on train, so coefficients grow without end.', help },
    ];
  if (converged) return [];
  return [{ rule: 'not-converged', message: `The optimum was not reached in ${maxSteps} steps; coefficients are approximate.`, help }];
}
