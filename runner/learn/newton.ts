/**
 * Newton's method for linear predictors under a convex loss of each row, with penalties on squared and absolute coefficients: iteratively
 * reweighted least squares, proximal where there are absolute penalties (Lee, Sun and Saunders, SIAM J. Optim. 24, 2014), with backtracking.
 * The optimum does not depend on the path, so neither do results.
 */
import { factor, solve } from './cholesky.ts';
import { descend } from './coordinateDescent.ts';
import { cross, type Design, gram, multiply } from './design.ts';
import { logistic } from './linearModel.ts';

/** The loss of a row as a function of its score z, and its first two derivatives. */
export interface RowLoss {
  readonly value: (z: number, y: number) => number;
  readonly slope: (z: number, y: number) => number;
  readonly curvature: (z: number, y: number) => number;
}

/** Labels are 0 and 1. */
export const logLoss: RowLoss = {
  value: (z, y) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z,
  slope: (z, y) => logistic(z) - y,
  curvature: z => {
    const p = logistic(z);
    return p * (1 - p);
  },
};

export interface Problem {
  readonly design: Design;
  readonly loss: RowLoss;
  readonly y: Float64Array;
  readonly w: Float64Array;
  /** Added to each row's score. */
  readonly offset: Float64Array | null;
  /** Of ½βⱼ². */
  readonly l2: Float64Array;
  /** Of |βⱼ|; null: none. */
  readonly l1: Float64Array | null;
  /** What the largest component of the gradient is measured against: the total weight, in the unit of the loss's slope. */
  readonly unit: number;
}

export interface Descent {
  readonly maxSteps: number;
  readonly pause: () => Promise<void> | null;
  readonly onStep: (step: number) => void;
  /** Where the matrix of second derivatives is kept between calls; while it is there it is used as it is, which costs steps and no rightness. */
  readonly kept?: { hessian: Float64Array | null };
}

/** Of the gradient's largest component, a unit of `unit`. */
const tolerance = 1e-12;
const sweeps = 10_000;

/** Minimises Σ wᵢ·loss(offsetᵢ + xᵢβ, yᵢ) + Σ l2ⱼβⱼ²/2 + Σ l1ⱼ|βⱼ| in place, from `beta` on; true when the optimum is reached. */
export async function minimise(problem: Problem, beta: Float64Array, { maxSteps, pause, onStep, kept }: Descent): Promise<boolean> {
  for (let step = 0; step < maxSteps; step++) {
    const z = scores(problem, beta);
    const gradient = gradientAt(problem, z, beta);
    if (isOptimal(problem, beta, gradient)) return true;
    const hessian = kept?.hessian ?? (await curvatureAt(problem, z, pause));
    if (kept) kept.hessian = hessian;
    const move = problem.l1 ? await shrinking(problem, hessian, gradient, beta, pause) : await straight(problem, hessian, gradient, pause);
    if (!advance(problem, z, beta, move, gradient)) return false;
    onStep(step + 1);
    await pause();
  }
  return false;
}

export function scores({ design, offset }: Problem, beta: Float64Array): Float64Array {
  const z = multiply(design, beta);
  if (offset) for (let i = 0; i < z.length; i++) z[i] = (z[i] ?? 0) + (offset[i] ?? 0);
  return z;
}

/** Downhill without the absolute penalties: −∂/∂β. */
function gradientAt({ design, loss, y, w, l2 }: Problem, z: Float64Array, beta: Float64Array): Float64Array {
  const residual = z.map((value, i) => -(w[i] ?? 0) * loss.slope(value, y[i] ?? 0));
  return cross(design, residual).map((g, j) => g - (l2[j] ?? 0) * (beta[j] ?? 0));
}

function isOptimal({ l1, unit }: Problem, beta: Float64Array, gradient: Float64Array): boolean {
  return gradient.every((g, j) => {
    const bound = l1?.[j] ?? 0;
    const value = beta[j] ?? 0;
    const off = bound === 0 ? Math.abs(g) : value === 0 ? Math.abs(g) - bound : Math.abs(g - Math.sign(value) * bound);
    return off <= tolerance * unit;
  });
}

async function curvatureAt({ design, loss, y, w, l2 }: Problem, z: Float64Array, pause: Descent['pause']): Promise<Float64Array> {
  const p = design.layout.width;
  const h = await gram(
    design,
    z.map((value, i) => (w[i] ?? 0) * loss.curvature(value, y[i] ?? 0)),
    pause,
  );
  for (let j = 0; j < p; j++) h[j * p + j] = (h[j * p + j] ?? 0) + (l2[j] ?? 0);
  return h;
}

async function straight({ design }: Problem, hessian: Float64Array, gradient: Float64Array, pause: Descent['pause']): Promise<Float64Array> {
  return solve(await factor(hessian, design.layout.width, pause), gradient);
}

/** The move to the minimum of the quadratic model with the absolute penalties; the intercept, which has none, is solved for throughout. */
async function shrinking(
  { design, l1, unit }: Problem,
  hessian: Float64Array,
  gradient: Float64Array,
  beta: Float64Array,
  pause: Descent['pause'],
): Promise<Float64Array> {
  const p = design.layout.width;
  const c = gradient.map((g, j) => {
    let total = g;
    for (let k = 0; k < p; k++) total += (hessian[j * p + k] ?? 0) * (beta[k] ?? 0);
    return total;
  });
  const next = beta.slice();
  const total = hessian[0] ?? 0;
  const profiled = withoutIntercept(hessian, c, p);
  // The diagonal carries the weights; a unit of √weight makes the tolerance that of the outer steps.
  await descend({ size: p, ...profiled, l1: l1 ?? new Float64Array(p) }, next, Math.sqrt(unit), sweeps, pause);
  let rest = c[0] ?? 0;
  for (let k = 1; k < p; k++) rest -= (hessian[k] ?? 0) * (next[k] ?? 0);
  next[0] = total > 0 ? rest / total : (beta[0] ?? 0);
  return next.map((value, j) => value - (beta[j] ?? 0));
}

/** The quadratic after its first coordinate has been minimised away: that coordinate's row, column and diagonal become 0. */
export function withoutIntercept(a: Float64Array, c: Float64Array, p: number): { readonly a: Float64Array; readonly c: Float64Array } {
  const total = a[0] ?? 0;
  const out = a.slice();
  if (total > 0) {
    for (let j = 1; j < p; j++) {
      const share = (a[j * p] ?? 0) / total;
      for (let k = 1; k < p; k++) out[j * p + k] = (out[j * p + k] ?? 0) - share * (a[k] ?? 0);
    }
  }
  const right = c.map((value, j) => (j === 0 || total === 0 ? value : value - ((a[j * p] ?? 0) / total) * (c[0] ?? 0)));
  for (let k = 0; k < p; k++) {
    out[k] = 0;
    out[k * p] = 0;
  }
  right[0] = 0;
  return { a: out, c: right };
}

function objective({ loss, y, w, l1, l2 }: Problem, z: Float64Array, beta: Float64Array): number {
  let total = 0;
  for (let i = 0; i < z.length; i++) total += (w[i] ?? 0) * loss.value(z[i] ?? 0, y[i] ?? 0);
  for (let j = 0; j < beta.length; j++) {
    const value = beta[j] ?? 0;
    total += 0.5 * (l2[j] ?? 0) * value * value + (l1?.[j] ?? 0) * Math.abs(value);
  }
  return total;
}

/** Moves `beta` along the direction, halving until the objective falls enough (Armijo); false when no step lowers it. */
function advance(problem: Problem, z: Float64Array, beta: Float64Array, move: Float64Array, gradient: Float64Array): boolean {
  const before = objective(problem, z, beta);
  let slope = 0;
  for (let j = 0; j < beta.length; j++) {
    const value = beta[j] ?? 0;
    const step = move[j] ?? 0;
    slope += (gradient[j] ?? 0) * step - (problem.l1?.[j] ?? 0) * (Math.abs(value + step) - Math.abs(value));
  }
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
