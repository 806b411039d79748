/**
 * The rules of other tools for a batch against a reference, as those tools apply them by default: fixed thresholds that know nothing of the
 * size of the window. Nulls are left out, as there.
 */
import { gammaTail, normalTwoSided } from '../judge/distributions.ts';
import { distance } from './distance.ts';
import { exactKolmogorov } from './exactKolmogorov.ts';
import { bucketsOver, ranked } from './ranked.ts';
import type { DriftSample } from './sample.ts';
import { jensenShannon, spread } from './statistics.ts';

export const presetNames = ['psi', 'evidently', 'nannyml', 'deepchecks', 'tfdv'] as const;
export type PresetName = (typeof presetNames)[number];

export interface PresetSubject {
  readonly kind: 'feature' | 'score' | 'label';
  readonly reference: DriftSample;
  readonly current: DriftSample;
}

export interface Judged {
  readonly test: 'psi' | 'ks' | 'chi_square' | 'z' | 'js' | 'wasserstein' | 'cramers_v' | 'l_infinity';
  readonly statistic: number;
  /** Of the statistic, or of p where there is one. */
  readonly threshold: number;
  readonly p: number | null;
  readonly drifted: boolean;
}

/** Rows of both sides by value: levels, or numbers of which there are few. */
interface Table {
  readonly keys: readonly (string | number)[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
  readonly rows: readonly [number, number];
}

const knownNumbers = (sample: DriftSample): Float64Array =>
  sample.kind === 'number' ? sample.values.filter(value => !Number.isNaN(value)) : new Float64Array();

/** A level that the list does not have counts as one of its own. */
function valuesOf(sample: DriftSample): readonly (string | number)[] {
  if (sample.kind === 'number') return [...knownNumbers(sample)];
  return Array.from(sample.codes).flatMap(code => (code === -1 ? [] : (sample.levels[code] ?? '\u0000')));
}

function tableOf(reference: DriftSample, current: DriftSample): Table {
  const [before, after] = [valuesOf(reference), valuesOf(current)];
  const keys = [...new Set([...before, ...after])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const place = new Map(keys.map((key, i) => [key, i]));
  const count = (values: readonly (string | number)[]): Float64Array => {
    const counts = new Float64Array(keys.length);
    for (const value of values) counts[place.get(value) ?? 0] = (counts[place.get(value) ?? 0] ?? 0) + 1;
    return counts;
  };
  return { keys, reference: count(before), current: count(after), rows: [before.length, after.length] };
}

/** More than `most` different values. */
function hasMany(samples: readonly DriftSample[], most: number): boolean {
  const seen = new Set<number>();
  for (const sample of samples) {
    if (sample.kind !== 'number') return false;
    for (const value of sample.values) {
      if (!Number.isNaN(value)) seen.add(value);
      if (seen.size > most) return true;
    }
  }
  return false;
}

const asDistance = (test: Judged['test'], statistic: number, threshold: number): Judged => ({
  test,
  statistic,
  threshold,
  p: null,
  drifted: statistic >= threshold,
});
const byChance = (test: Judged['test'], statistic: number, p: number, level = 0.05): Judged => ({
  test,
  statistic,
  threshold: level,
  p,
  drifted: p < level,
});

function distanceOf(reference: DriftSample, current: DriftSample) {
  const [before, after] = [knownNumbers(reference), knownNumbers(current)];
  const buckets = bucketsOver(before);
  const middle = (buckets.low + buckets.high) / 2;
  return {
    ...distance(ranked(before, buckets), ranked(after, buckets)),
    deviation: spread(before, middle),
    rows: [before.length, after.length] as const,
  };
}

/** The current counts against those of the reference at their size. */
function chiSquareFit({ reference, current, rows: [m, n], keys }: Table): { readonly statistic: number; readonly p: number } {
  let statistic = 0;
  for (let i = 0; i < keys.length; i++) {
    const expected = ((reference[i] ?? 0) * n) / m;
    statistic += ((current[i] ?? 0) - expected) ** 2 / expected;
  }
  return { statistic, p: Number.isFinite(statistic) ? gammaTail((keys.length - 1) / 2, statistic / 2) : 0 };
}

/** Whether two shares of the second of two values differ. */
function shares({ reference, current, rows: [m, n], keys }: Table): { readonly statistic: number; readonly p: number } {
  if (keys.length < 2) return { statistic: 0, p: 1 };
  const [one, two] = [1 - (reference[0] ?? 0) / m, 1 - (current[0] ?? 0) / n];
  const both = (one * m + two * n) / (m + n);
  const statistic = (one - two) / Math.sqrt(both * (1 - both) * (1 / m + 1 / n));
  return { statistic, p: normalTwoSided(statistic) };
}

/** Up to 1,000 rows of the reference by p values, beyond by distances. */
function evidently({ reference, current }: PresetSubject): Judged {
  const isNumber = reference.kind === 'number' && hasMany([reference, current], 5);
  const rows = valuesRows(reference);
  if (isNumber) {
    const { ks, wasserstein, deviation, rows: of } = distanceOf(reference, current);
    if (rows > 1000) return asDistance('wasserstein', wasserstein / Math.max(deviation, 0.001), 0.1);
    return byChance('ks', ks, exactKolmogorov(ks, of[0], of[1]));
  }
  const table = tableOf(reference, current);
  if (rows > 1000) return asDistance('js', jensenShannon(table.reference, table.current, ...table.rows), 0.1);
  const found = table.keys.length > 2 ? chiSquareFit(table) : shares(table);
  return byChance(table.keys.length > 2 ? 'chi_square' : 'z', found.statistic, found.p);
}

const valuesRows = (sample: DriftSample): number =>
  sample.kind === 'number' ? knownNumbers(sample).length : sample.codes.filter(code => code !== -1).length;

/** Cramér's V of the table of two rows, its bias corrected (Bergsma 2013). */
function cramersV({ reference, current, rows: [m, n], keys }: Table): number {
  const k = keys.length;
  if (k < 2) return 0;
  const all = m + n;
  // Tables of two by two are corrected for continuity.
  const off = k === 2 ? 0.5 : 0;
  let chi = 0;
  for (let i = 0; i < k; i++) {
    const both = (reference[i] ?? 0) + (current[i] ?? 0);
    for (const [count, rows] of [
      [reference[i] ?? 0, m],
      [current[i] ?? 0, n],
    ] as const) {
      const expected = (both * rows) / all;
      const apart = Math.abs(count - expected);
      chi += (apart - Math.min(off, apart)) ** 2 / expected;
    }
  }
  const squared = Math.max(0, chi / all - (k - 1) / (all - 1));
  const least = Math.min(k - (k - 1) ** 2 / (all - 1) - 1, 2 - 1 / (all - 1) - 1);
  return Math.sqrt(squared / least);
}

function deepchecks({ kind, reference, current }: PresetSubject): Judged {
  const threshold = kind === 'feature' ? 0.2 : 0.15;
  if (reference.kind === 'number') return asDistance('ks', distanceOf(reference, current).ks, threshold);
  return asDistance('cramers_v', cramersV(tableOf(reference, current)), threshold);
}

/** Levels by the greatest difference of a share, numbers by Jensen–Shannon divergence over ten equal widths. */
function tfdv({ reference, current }: PresetSubject, threshold: number): Judged {
  if (reference.kind === 'category') {
    const { reference: before, current: after, rows } = tableOf(reference, current);
    const greatest = before.reduce((most, count, i) => Math.max(most, Math.abs(count / rows[0] - (after[i] ?? 0) / rows[1])), 0);
    return asDistance('l_infinity', greatest, threshold);
  }
  const [before, after] = [knownNumbers(reference), knownNumbers(current)];
  const edges = widths(Math.min(least(before), least(after)), Math.max(most(before), most(after)), 10);
  const [one, two] = [histogram(before, edges), histogram(after, edges)];
  return asDistance('js', jensenShannon(one, two, before.length, after.length) ** 2 / Math.LN2, threshold);
}

const least = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const widths = (from: number, to: number, count: number): Float64Array =>
  Float64Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);

/** What lies outside goes into one more bin. */
function histogram(values: Float64Array, edges: Float64Array): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins + 1);
  for (const value of values) {
    let bin = 0;
    while (bin < bins && value >= (edges[bin + 1] ?? 0)) bin++;
    if (value === edges[bins]) bin = bins - 1;
    const at = value < (edges[0] ?? 0) || bin >= bins ? bins : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** Bins by the rule of Doane (1976), which widens them by the skewness. */
function doaneEdges(values: Float64Array): Float64Array {
  const n = values.length;
  const [from, to] = [least(values), most(values)];
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const deviation = spread(values, mean);
  if (!(deviation > 0) || n < 3) return Float64Array.of(from - 0.5, to + 0.5);
  const skewness = values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / n;
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return widths(from, to, Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / error)));
}

const chunks = 10;

/** Jensen–Shannon distance to base 2 against its mean and three deviations over ten chunks of the reference, in the order of its rows. */
function nannyml({ reference, current }: PresetSubject): Judged {
  const distanceTo = ((): ((sample: DriftSample) => number) => {
    if (reference.kind === 'number' && (hasMany([reference], 50) || hasMany([reference], Math.floor(valuesRows(reference) / 10)))) {
      const before = knownNumbers(reference);
      const edges = doaneEdges(before);
      const own = histogram(before, edges);
      return sample => jensenShannon(own, histogram(knownNumbers(sample), edges), before.length, valuesRows(sample));
    }
    return sample => {
      const { reference: before, current: after, rows } = tableOf(reference, sample);
      return jensenShannon(before, after, ...rows);
    };
  })();
  const scale = Math.sqrt(Math.LN2);
  const size = Math.floor(rowsOf(reference) / chunks);
  const of = Array.from(
    { length: chunks },
    (_, k) => distanceTo(part(reference, k * size, k === chunks - 1 ? rowsOf(reference) : (k + 1) * size)) / scale,
  );
  const mean = of.reduce((a, b) => a + b, 0) / chunks;
  const threshold = mean + 3 * spread(Float64Array.from(of), mean);
  const statistic = distanceTo(current) / scale;
  return { test: 'js', statistic, threshold, p: null, drifted: statistic > threshold };
}

const rowsOf = (sample: DriftSample): number => (sample.kind === 'number' ? sample.values.length : sample.codes.length);

function part(sample: DriftSample, from: number, to: number): DriftSample {
  const entity = sample.entity.subarray(from, to);
  if (sample.kind === 'number') return { ...sample, values: sample.values.subarray(from, to), entity };
  return { ...sample, codes: sample.codes.subarray(from, to), entity };
}

/** Above 0.1 is usually looked at, above 0.25 acted on. */
function psiRule({ statistic }: { readonly statistic: number }): Judged {
  return asDistance('psi', statistic, 0.25);
}

/** `threshold`: of `tfdv`, which has none of its own. `ownPsi`: over the deciles or levels of the reference. */
export function judgeBy(preset: PresetName, subject: PresetSubject, threshold: number | null, ownPsi: number): Judged {
  switch (preset) {
    case 'psi':
      return psiRule({ statistic: ownPsi });
    case 'evidently':
      return evidently(subject);
    case 'nannyml':
      return nannyml(subject);
    case 'deepchecks':
      return deepchecks(subject);
    case 'tfdv':
      return tfdv(subject, threshold ?? 0);
  }
}

/** Whether the window as a whole has drifted: for Evidently when half of the features have, else when any subject has. */
export function windowDrifted(preset: PresetName, judged: readonly { readonly kind: PresetSubject['kind']; readonly drifted: boolean }[]): boolean {
  if (preset !== 'evidently') return judged.some(one => one.drifted);
  const features = judged.filter(one => one.kind === 'feature');
  return features.length > 0 && features.filter(one => one.drifted).length >= features.length / 2;
}
