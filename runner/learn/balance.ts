/** Training rows in which all classes weigh the same: by weights, by leaving rows out, or by repeating rows. */
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

/** The codes of classes that rows have, from the rarest on; of equally frequent ones the smaller code first. */
function classesOf(label: Float64Array, rows: Int32Array): readonly Int32Array[] {
  const codes = [...new Set(Array.from(rows, row => label[row] ?? Number.NaN))].filter(code => !Number.isNaN(code));
  const of = codes.map(code => ({ code, rows: rows.filter(row => label[row] === code) }));
  // Of two classes the positive one counts as the rare one where they are equally frequent.
  const order = codes.length === 2 ? -1 : 1;
  return of.sort((a, b) => a.rows.length - b.rows.length || order * (a.code - b.code)).map(found => found.rows);
}

/**
 * Of rows with a label of two or more classes. `class_weight` gives each row n / (classes · n of its class), as scikit-learn's `balanced`; the
 * other two draw rows by the seed, in the order of the matrix, which does not depend on the file's. With one class only nothing changes.
 */
export function balanced(balance: Balance | null, matrix: Matrix, rows: Int32Array, seed: number): Balanced {
  if (balance === null) return { matrix, rows };
  const classes = classesOf(matrix.label, rows);
  const [rarest, ...others] = classes;
  const most = classes.at(-1);
  if (!rarest || !most || others.length === 0) return { matrix, rows };
  const from = derivedSeed(seed, `balance ${balance}`);
  const seedOf = (place: number): number => (classes.length === 2 ? from : derivedSeed(from, `class ${place}`));
  switch (balance) {
    case 'class_weight': {
      const n = classes.reduce((sum, own) => sum + own.length, 0);
      const weight = matrix.weight === null ? new Float64Array(matrix.rows).fill(1) : matrix.weight.slice();
      for (const own of classes) for (const row of own) weight[row] = ((weight[row] ?? 0) * n) / (classes.length * own.length);
      return { matrix: { ...matrix, weight }, rows };
    }
    case 'undersample': {
      const kept = classes.map((own, place) => (own.length === rarest.length ? own : drawn(own, rarest.length, seedOf(place))));
      return { matrix, rows: Int32Array.from(kept.flatMap(own => [...own])).sort() };
    }
    case 'oversample': {
      const repeated = classes.flatMap((own, place) => {
        const whole = Math.floor(most.length / own.length);
        const rest = most.length - whole * own.length;
        return [...Array.from({ length: whole }, () => [...own]).flat(), ...(rest === 0 ? [] : drawn(own, rest, seedOf(place)))];
      });
      return { matrix, rows: Int32Array.from(repeated).sort() };
    }
  }
}
