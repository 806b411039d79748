/** Systems of linear equations, by elimination of unknowns. */

/** Solves a·x = b by elimination with the greatest pivot. */
export function solved(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const best = rows.slice(k).reduce((most, row, i) => (Math.abs(row[k] ?? 0) > Math.abs(rows[most]?.[k] ?? 0) ? k + i : most), k);
    [rows[k], rows[best]] = [rows[best] ?? [], rows[k] ?? []];
    for (let i = k + 1; i < n; i++) {
      const factor = (rows[i]?.[k] ?? 0) / (rows[k]?.[k] ?? 1);
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (rows[k]?.[j] ?? 0));
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    const known = x.reduce((sum, value, j) => (j > k ? sum + value * (rows[k]?.[j] ?? 0) : sum), 0);
    x[k] = ((rows[k]?.[n] ?? 0) - known) / (rows[k]?.[k] ?? 1);
  }
  return x;
}
