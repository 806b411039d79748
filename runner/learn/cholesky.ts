/** Solves symmetric positive semidefinite systems. Columns that depend on earlier ones are left out and get coefficient 0. */

export interface Factor {
  readonly size: number;
  /** Lower triangle, row-major. */
  readonly lower: Float64Array;
  readonly kept: Uint8Array;
}

/**
 * Cholesky's factor of `a` (row-major, both triangles), O(p³/3). A column whose share that earlier columns do not explain is below
 * `tolerance` is dropped: with centred and scaled columns that share is 1 − R².
 */
export async function factor(a: Float64Array, size: number, pause: () => Promise<void> | null, tolerance = 1e-10): Promise<Factor> {
  const lower = new Float64Array(size * size);
  const kept = new Uint8Array(size);
  for (let j = 0; j < size; j++) {
    await pause();
    const diagonal = a[j * size + j] ?? 0;
    const pivot = diagonal - dot(lower, j * size, j * size, j);
    if (!(pivot > tolerance * diagonal)) continue;
    kept[j] = 1;
    const root = Math.sqrt(pivot);
    lower[j * size + j] = root;
    for (let i = j + 1; i < size; i++) lower[i * size + j] = ((a[i * size + j] ?? 0) - dot(lower, i * size, j * size, j)) / root;
  }
  return { size, lower, kept };
}

export function solve(f: Factor, b: Float64Array): Float64Array {
  const { size, lower, kept } = f;
  const x = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    if (kept[i] === 0) continue;
    let rest = b[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (lower[i * size + k] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (lower[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    if (kept[i] === 0) continue;
    let rest = x[i] ?? 0;
    for (let k = i + 1; k < size; k++) if (kept[k] === 1) rest -= (lower[k * size + i] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (lower[i * size + i] ?? 1);
  }
  return x;
}

function dot(lower: Float64Array, a: number, b: number, length: number): number {
  let total = 0;
  for (let k = 0; k < length; k++) total += (lower[a + k] ?? 0) * (lower[b + k] ?? 0);
  return total;
}
