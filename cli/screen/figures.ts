/** Numbers as people read them in a terminal: few digits, a real minus, units. */
import { groupDigits } from '../../language/report/report.ts';

const minus = '−';

/** About three digits after the leading ones; small values keep two significant digits. */
export function figure(value: number): string {
  const size = Math.abs(value);
  let text: string;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? `${minus}∞` : '—';
  if (size >= 1000) text = groupDigits(Math.round(size));
  else if (size >= 100) text = size.toFixed(1);
  else if (size >= 10) text = size.toFixed(2);
  else if (size !== 0 && size < 0.0005) text = size.toPrecision(2);
  else text = size.toFixed(3);
  return value < 0 && Number(text.replaceAll(',', '')) !== 0 ? `${minus}${text}` : text;
}

/** With its sign, as differences are written. */
export function signed(value: number): string {
  const text = figure(value);
  return value > 0 && Number(text.replaceAll(',', '')) !== 0 ? `+${text}` : text;
}

/** A share; nearly all is not shown as all, nor next to nothing as nothing. */
export function percentage(share: number): string {
  if (share <= 0 || share >= 1) return share <= 0 ? '0%' : '100%';
  const digits = [1, 2, 3, 4, 5, 6].find(n => {
    const shown = Number((share * 100).toFixed(n));
    return shown > 0 && shown < 100;
  });
  return `${(share * 100).toFixed(digits ?? 6)}%`;
}

export function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? '' : `${figure(low)} – ${figure(high)}`;
}

export function probability(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.01 ? 3 : 2)}`;
}

export function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One block a share, against the largest share of all that are compared. */
export function sparkline(shares: readonly number[], largest: number): string {
  return shares.map(s => blocks[largest <= 0 ? 0 : Math.min(7, Math.max(0, Math.round((s / largest) * 7)))] ?? '▁').join('');
}

export function bar(share: number, width: number): string {
  const filled = Math.max(0, Math.min(1, share)) * width;
  const whole = Math.floor(filled);
  const half = filled - whole >= 0.5 ? 1 : 0;
  return `${'━'.repeat(whole)}${half ? '╸' : ''}${'─'.repeat(width - whole - half)}`;
}
