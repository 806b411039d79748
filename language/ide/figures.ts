/** Figures as short text: the same digits in lenses, hints and hovers. */
import { grouped } from '../text/grouped.ts';

const blocks = '▁▂▃▄▅▆▇█';

/** Shares as bars, the largest full height; empty for no shares. */
export function sparkline(shares: readonly number[]): string {
  const top = Math.max(...shares, 0);
  return shares.map(share => blocks[top > 0 ? Math.min(7, Math.floor((share / top) * 7.999)) : 0] ?? '').join('');
}

/** Three decimals for shares and scores, fewer for large numbers. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  if (size < 10) return value.toFixed(3);
  return size < 1000 ? value.toFixed(1) : grouped(Math.round(value));
}

export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;

export const count = grouped;
