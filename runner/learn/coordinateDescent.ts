/**
 * Quadratics with a penalty on absolute coefficients, by cyclic coordinate descent with covariance updates (Friedman, Hastie and Tibshirani,
 * "Regularization paths for generalized linear models via coordinate descent", J. Stat. Software 33, 2010, §2.2).
 */
import { factor, solve } from './cholesky.ts';

export interface Quadratic {
  readonly size: number;
  /** Symmetric, positive semidefinite, row-major; a coordinate whose diagonal is 0 stays as it is. */
  readonly a: Float64Array;
  readonly c: Float64Array;
  /** Of the absolute value of each coordinate. */
  readonly l1: Float64Array;
}

/** Largest violation of the optimum's conditions that counts as none, a unit of √aⱼⱼ and of `unit`. */
const tolerance = 1e-11;
/** Once the signs hold still for so many sweeps, the coordinates are solved for. */
const still = 3;
/** Larger systems of the remaining coordinates are left to the sweeps. */
const mostSolved = 800;
const mostRounds = 50;

/**
 * Minimises ½·bᵀAb − cᵀb + Σ l1ⱼ|bⱼ| in place, from `b` on. Once the signs hold still, the coordinates that are not 0 are solved for
 * exactly. `unit`: the size of the response (√Σwy²), which makes the tolerance relative. False when `sweeps` were not enough. O(p²) a sweep.
 */
export async function descend(of: Quadratic, b: Float64Array, unit: number, sweeps: number, pause: () => Promise<void> | null): Promise<boolean> {
  const { size, a, l1 } = of;
  let gradient = downhill(of, b);
  let unchanged = 0;
  let next = still;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let signsHeld = true;
    for (let j = 0; j < size; j++) {
      const curvature = a[j * size + j] ?? 0;
      if (!(curvature > 0)) continue;
      const before = b[j] ?? 0;
      const after = shrunk((gradient[j] ?? 0) + curvature * before, l1[j] ?? 0) / curvature;
      if (after === before) continue;
      if (Math.sign(after) !== Math.sign(before)) signsHeld = false;
      b[j] = after;
      const step = after - before;
      for (let k = 0; k < size; k++) gradient[k] = (gradient[k] ?? 0) - step * (a[j * size + k] ?? 0);
    }
    await pause();
    if (isOptimal(of, b, gradient, unit)) return true;
    unchanged = signsHeld ? unchanged + 1 : 0;
    if (unchanged < next) continue;
    await solveFor(of, b, pause);
    gradient = downhill(of, b);
    if (isOptimal(of, b, gradient, unit)) return true;
    next = 2 * unchanged;
  }
  return false;
}

export function shrunk(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0;
}

/** c − Ab. */
function downhill({ size, a, c }: Quadratic, b: Float64Array): Float64Array {
  return c.map((value, j) => {
    let total = value;
    for (let k = 0; k < size; k++) total -= (a[j * size + k] ?? 0) * (b[k] ?? 0);
    return total;
  });
}

function isOptimal({ size, a, l1 }: Quadratic, b: Float64Array, gradient: Float64Array, unit: number): boolean {
  for (let j = 0; j < size; j++) {
    const curvature = a[j * size + j] ?? 0;
    if (!(curvature > 0)) continue;
    const [value, slope, bound] = [b[j] ?? 0, gradient[j] ?? 0, l1[j] ?? 0];
    const off = value === 0 ? Math.abs(slope) - bound : Math.abs(slope - Math.sign(value) * bound);
    if (off > tolerance * Math.sqrt(curvature) * unit) return false;
  }
  return true;
}

/**
 * Moves to the minimum with these signs or, where a coordinate would change its sign on the way, to the point where it becomes 0, and on from
 * there without it (the feature-sign step of Lee, Battle, Raina and Ng, NIPS 2006). Never raises the objective.
 */
async function solveFor({ size, a, c, l1 }: Quadratic, b: Float64Array, pause: () => Promise<void> | null): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const active = Int32Array.from(b.keys()).filter(j => (a[j * size + j] ?? 0) > 0 && (b[j] !== 0 || l1[j] === 0));
    const n = active.length;
    if (n > mostSolved) return;
    const system = new Float64Array(n * n);
    const right = new Float64Array(n);
    active.forEach((j, row) => {
      right[row] = (c[j] ?? 0) - Math.sign(b[j] ?? 0) * (l1[j] ?? 0);
      active.forEach((k, column) => {
        system[row * n + column] = a[j * size + k] ?? 0;
      });
    });
    const target = solve(await factor(system, n, pause), right);
    let share = 1;
    let crossing = -1;
    active.forEach((j, i) => {
      const from = b[j] ?? 0;
      const to = target[i] ?? 0;
      if (l1[j] === 0 || from * to > 0) return;
      const at = from / (from - to);
      if (at < share || (at === share && crossing < 0)) {
        share = at;
        crossing = j;
      }
    });
    active.forEach((j, i) => {
      const from = b[j] ?? 0;
      b[j] = crossing < 0 ? (target[i] ?? 0) : from + share * ((target[i] ?? 0) - from);
    });
    if (crossing < 0) return;
    b[crossing] = 0;
  }
}
