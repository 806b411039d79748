/** Training rows in which both classes weigh the same: by weights, by leaving rows out, or by repeating rows. */
import type { Matrix } from './matrix.ts';
import { derivedSeed, random } from './random.ts';

export type Balance = 'class_weight' | 'undersample' | 'oversample';

export interface Balanced {
  readonly matrix: Matrix;
  readonly rows: Int32Array;
}

/** So many of `from`, each at most once, in the order of `from`. */
function drawn(from: Int32Array, wanted: number, seed: number): Int32Array {
  const source = random(seed);
  const kept: number[] = [];
  // Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S): one pass, every subset alike.
  for (let i = 0; i < from.length && kept.length < wanted; i++) {
    if ((from.length - i) * source.uniform() < wanted - kept.length) kept.push(from[i] ?? 0);
  }
  return Int32Array.from(kept);
}

/**
 * Of rows with a binary label. `class_weight` gives each row n / (2 · n of its class), as scikit-learn's `balanced`; the other two draw rows
 * by the seed, in the order of the matrix, which does not depend on the file's. With one class only nothing changes.
 */
export function balanced(balance: Balance | null, matrix: Matrix, rows: Int32Array, seed: number): Balanced {
  if (balance === null) return { matrix, rows };
  const positives = rows.filter(row => matrix.label[row] === 1);
  const negatives = rows.filter(row => matrix.label[row] === 0);
  if (positives.length === 0 || negatives.length === 0) return { matrix, rows };
  const [rare, frequent] = positives.length <= negatives.length ? [positives, negatives] : [negatives, positives];
  const from = derivedSeed(seed, `balance ${balance}`);
  switch (balance) {
    case 'class_weight': {
      const n = positives.length + negatives.length;
      const weight = matrix.weight === null ? new Float64Array(matrix.rows).fill(1) : matrix.weight.slice();
      for (const row of positives) weight[row] = ((weight[row] ?? 0) * n) / (2 * positives.length);
      for (const row of negatives) weight[row] = ((weight[row] ?? 0) * n) / (2 * negatives.length);
      return { matrix: { ...matrix, weight }, rows };
    }
    case 'undersample':
      return { matrix, rows: Int32Array.from([...rare, ...drawn(frequent, rare.length, from)]).sort() };
    case 'oversample': {
      const whole = Math.floor(frequent.length / rare.length);
      const repeated = Array.from({ length: whole }, () => [...rare]).flat();
      const rest = drawn(rare, frequent.length - whole * rare.length, from);
      return { matrix, rows: Int32Array.from([...repeated, ...rest, ...frequent]).sort() };
    }
  }
}
