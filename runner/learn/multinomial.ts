/**
 * Multinomial logistic regression: the minimum of −Σ wᵢ·log p(yᵢ) + l1·‖B‖₁ + l2/2·‖B‖² over one row of coefficients a class, intercepts
 * free, p the softmax of the scores; scikit-learn's objective as in `logistic_regression`. Classes take turns: with the scores of the others
 * fixed, a class is a logistic regression with an offset and makes one Newton step (Friedman, Hastie and Tibshirani, J. Stat. Software 33,
 * 2010, §4). The same move of all classes changes no probability, so after each turn the one with the least penalty is made.
 */
import type { checkpoints } from './checkpoint.ts';
import { type Design, multiply, sum } from './design.ts';
import { absolutePenalties, penalties } from './linearModel.ts';
import { logLoss, minimise } from './newton.ts';

export interface Multinomial {
  readonly design: Design;
  /** Class indices. */
  readonly label: Float64Array;
  readonly w: Float64Array;
  readonly classes: number;
  readonly l1: number;
  readonly l2: number;
  readonly maxSteps: number;
  readonly pause: ReturnType<typeof checkpoints>;
  readonly onStep: (step: number) => void;
}

export interface MultinomialFit {
  /** One row of coefficients a class; null for a class that has no rows. */
  readonly betas: readonly (Float64Array | null)[];
  readonly converged: boolean;
  /** The least of all rows' distances from the score of their class to the next. */
  readonly margin: number;
}

/** After so many turns second derivatives hardly change: they are renewed once in as many. */
const renewed = 5;

export async function fitMultinomial(problem: Multinomial): Promise<MultinomialFit> {
  const { design, label, w, classes, maxSteps, pause, onStep } = problem;
  const total = sum(w);
  const shares = Float64Array.from({ length: classes }, (_, k) => sum(w.map((weight, i) => (label[i] === k ? weight : 0))) / total);
  const present = Array.from(shares.keys()).filter(k => (shares[k] ?? 0) > 0);
  const betas = present.map(k => {
    const beta = new Float64Array(design.layout.width);
    beta[0] = Math.log(shares[k] ?? 1);
    return beta;
  });
  const targets = present.map(k => label.map(y => Number(y === k)));
  const scores = betas.map(beta => multiply(design, beta));
  const l1 = problem.l1 > 0 ? absolutePenalties(design.layout, problem.l1) : null;
  const l2 = penalties(design.layout, problem.l2);
  const kept = betas.map(() => ({ hessian: null as Float64Array | null }));
  let converged = false;
  for (let turn = 1; turn <= maxSteps && !converged; turn++) {
    converged = true;
    for (const [k, beta] of betas.entries()) {
      const offset = othersThan(k, scores);
      const block = { design, loss: logLoss, y: targets[k] ?? label, w, offset, l1, l2, unit: total };
      const own = kept[k];
      if (own && (turn <= renewed || turn % renewed === 0)) own.hessian = null;
      // True only where the class is at its optimum before the step.
      if (await minimise(block, beta, { maxSteps: 1, pause, onStep: () => undefined, ...(own && { kept: own }) })) continue;
      converged = false;
      scores[k] = multiply(design, beta);
    }
    centre(betas, l1, l2);
    betas.forEach((beta, k) => {
      scores[k] = multiply(design, beta);
    });
    onStep(turn);
  }
  const classOf = new Map(present.map((k, at) => [k, at]));
  const margin = label.reduce((least, y, i) => {
    const own = classOf.get(y) ?? 0;
    return scores.reduce((lowest, z, at) => (at === own ? lowest : Math.min(lowest, (scores[own]?.[i] ?? 0) - (z[i] ?? 0))), least);
  }, Number.POSITIVE_INFINITY);
  return { betas: Array.from(shares.keys(), k => betas[classOf.get(k) ?? -1] ?? null), converged, margin };
}

/** −log Σ exp of the other classes' scores. */
function othersThan(k: number, scores: readonly Float64Array[]): Float64Array {
  const others = scores.filter((_, l) => l !== k);
  return Float64Array.from(scores[k] ?? [], (_, i) => {
    let most = Number.NEGATIVE_INFINITY;
    for (const z of others) most = Math.max(most, z[i] ?? 0);
    let total = 0;
    for (const z of others) total += Math.exp((z[i] ?? 0) - most);
    return -(most + Math.log(total));
  });
}

/** Moves each coefficient of all classes alike, to where Σ l1|b − s| + l2/2·(b − s)² is least. */
function centre(betas: readonly Float64Array[], l1: Float64Array | null, l2: Float64Array): void {
  const width = betas[0]?.length ?? 0;
  for (let j = 0; j < width; j++) {
    const values = betas.map(beta => beta[j] ?? 0).sort((a, b) => a - b);
    const by = leastPenalty(values, l1?.[j] ?? 0, l2[j] ?? 0);
    for (const beta of betas) beta[j] = (beta[j] ?? 0) - by;
  }
}

/** Of sorted values. Without penalties the mean; the slope in s is Σ l1·sign(s − b) + l2·(s − b), which rises. */
function leastPenalty(values: readonly number[], l1: number, l2: number): number {
  const n = values.length;
  const mean = values.reduce((total, value) => total + value, 0) / n;
  if (l1 === 0) return mean;
  for (let below = 0; below <= n; below++) {
    // Between values `below − 1` and `below`, the slope is l1·(2·below − n) + l2·n·(s − mean).
    const low = values[below - 1] ?? Number.NEGATIVE_INFINITY;
    const high = values[below] ?? Number.POSITIVE_INFINITY;
    const tilt = l1 * (2 * below - n);
    if (l2 > 0) {
      const s = mean - tilt / (l2 * n);
      if (s <= low) return low;
      if (s < high) return s;
    } else if (tilt >= 0) return low > Number.NEGATIVE_INFINITY && tilt === 0 ? nearestZero(low, high) : low;
  }
  return mean;
}

/** Any point between is as good; 0, where it lies there, keeps zeros. */
const nearestZero = (low: number, high: number): number => Math.min(Math.max(0, low), high);
