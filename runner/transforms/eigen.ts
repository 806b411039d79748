/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL rounds with implicit shifts
 * (Bowdler, Martin, Reinsch and Wilkinson, Numerische Mathematik 11, 1968; the EISPACK routines tred2 and tql2). O(n³).
 */

export interface Eigen {
  /** From the greatest on. */
  readonly values: Float64Array;
  /** Row by row, the unit vector of each value. */
  readonly vectors: readonly Float64Array[];
}

const mostRounds = 60;

type Rows = Float64Array[];

const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? 0;

function add(rows: Rows, i: number, j: number, by: number): void {
  const row = rows[i];
  if (row) row[j] = at(row, j) + by;
}

function set(rows: Rows, i: number, j: number, to: number): void {
  const row = rows[i];
  if (row) row[j] = to;
}

/** `z` begins as the matrix and becomes the product of the reflections; `d` gets the diagonal, `e` what stands below it. */
function reduce(z: Rows, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(at(z[i], k));
    if (i === 1 || scale === 0) {
      e[i] = at(z[i], i - 1);
      d[i] = 0;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      set(z, i, k, at(z[i], k) / scale);
      h += at(z[i], k) ** 2;
    }
    const f = at(z[i], i - 1);
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[i] = scale * g;
    h -= f * g;
    set(z, i, i - 1, f - g);
    let sum = 0;
    for (let j = 0; j < i; j++) {
      set(z, j, i, at(z[i], j) / h);
      let product = 0;
      for (let k = 0; k <= j; k++) product += at(z[j], k) * at(z[i], k);
      for (let k = j + 1; k < i; k++) product += at(z[k], j) * at(z[i], k);
      e[j] = product / h;
      sum += at(e, j) * at(z[i], j);
    }
    const half = sum / (h + h);
    for (let j = 0; j < i; j++) {
      const own = at(z[i], j);
      const rest = at(e, j) - half * own;
      e[j] = rest;
      for (let k = 0; k <= j; k++) add(z, j, k, -(own * at(e, k) + rest * at(z[i], k)));
    }
    d[i] = h;
  }
  d[0] = 0;
  e[0] = 0;
  for (let i = 0; i < n; i++) {
    if (at(d, i) !== 0) {
      for (let j = 0; j < i; j++) {
        let product = 0;
        for (let k = 0; k < i; k++) product += at(z[i], k) * at(z[k], j);
        for (let k = 0; k < i; k++) add(z, k, j, -product * at(z[k], i));
      }
    }
    d[i] = at(z[i], i);
    set(z, i, i, 1);
    for (let j = 0; j < i; j++) {
      set(z, j, i, 0);
      set(z, i, j, 0);
    }
  }
}

/** Turns `d` into the eigenvalues and the columns of `z` into their vectors. */
function iterate(z: Rows, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (let round = 0; round < mostRounds; round++) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = Math.abs(at(d, m)) + Math.abs(at(d, m + 1));
        if (Math.abs(at(e, m)) <= Number.EPSILON * size) break;
      }
      if (m === l) break;
      let g = (at(d, l + 1) - at(d, l)) / (2 * at(e, l));
      let r = Math.hypot(g, 1);
      g = at(d, m) - at(d, l) + at(e, l) / (g + (g >= 0 ? r : -r));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        let f = s * at(e, i);
        const b = c * at(e, i);
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = at(d, i + 1) - p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = at(d, i + 1) - p;
        r = (at(d, i) - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        for (const row of z) {
          f = at(row, i + 1);
          row[i + 1] = s * at(row, i) + c * f;
          row[i] = c * at(row, i) - s * f;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l] = at(d, l) - p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

/** `matrix`: row-major, both triangles; it is not changed. */
export function eigen(matrix: Float64Array, size: number): Eigen {
  const z = Array.from({ length: size }, (_, i) => matrix.slice(i * size, (i + 1) * size));
  const d = new Float64Array(size);
  const e = new Float64Array(size);
  if (size > 0) {
    reduce(z, d, e, size);
    iterate(z, d, e, size);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => at(d, b) - at(d, a) || a - b);
  return { values: Float64Array.from(order, i => at(d, i)), vectors: order.map(i => Float64Array.from(z, row => at(row, i))) };
}
