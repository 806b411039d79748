/** The exact distribution of the two-sample Kolmogorov–Smirnov statistic, for samples up to 10,000; beyond them its limit. */
import { kolmogorovTail } from '../judge/distributions.ts';

const largest = 10_000;

/**
 * P(D ≥ d) for samples of m and n without ties: one less the share of the paths over the grid on which |i/m − j/n| stays below d (Hodges 1958,
 * §2). O(m·n).
 */
export function exactKolmogorov(d: number, m: number, n: number): number {
  if (m === 0 || n === 0) return 1;
  if (Math.max(m, n) > largest) return kolmogorovTail(Math.sqrt((m * n) / (m + n)) * d);
  const reach = Math.round(d * m * n);
  if (reach <= 0) return 1;
  // Shares of the paths to (i, j) that have stayed inside, row by row.
  const row = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      if (Math.abs(i * n - j * m) >= reach) row[j] = 0;
      else if (i === 0 && j === 0) row[j] = 1;
      else row[j] = ((i > 0 ? (row[j] ?? 0) * i : 0) + (j > 0 ? (row[j - 1] ?? 0) * j : 0)) / (i + j);
    }
  }
  return Math.min(1, Math.max(0, 1 - (row[n] ?? 0)));
}
