/**
 * The best split of a leaf from its histogram. Numbers are cut at a bound, missing values tried on either side. Categories of few levels
 * are tried one against the rest; with more levels they are sorted by gradient over curvature and cut there, which holds the best subset
 * (Fisher 1958; Ke et al., LightGBM, 2017, with its constants against overfitting of rare levels).
 */

/** The totals of a leaf. `rows` over `curvature` estimates rows from curvature within bins, as LightGBM does. */
export interface LeafSums {
  readonly gradient: number;
  readonly curvature: number;
  readonly rows: number;
}

export interface SplitLimits {
  readonly minLeaf: number;
  readonly l2: number;
  /** By column, 1 where predictions may only rise with it, -1 where they may only fall; null: none of the columns is bound. */
  readonly monotone: Int8Array | null;
}

/** What the values of a leaf and of all below it are held to, where a column above it is monotone. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const unbounded: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

export interface Split {
  readonly gain: number;
  readonly feature: number;
  /** By bin: 1 goes left. Where the leaf has no missing rows, bin 0 is for the caller to decide. */
  readonly left: Uint8Array;
  /** The highest bin on the left of a cut; null for a set of levels. */
  readonly cut: number | null;
  readonly leftGradient: number;
  readonly leftCurvature: number;
  /** Penalty of the children's values: higher for sets of levels. */
  readonly l2: number;
}

const minCurvature = 1e-3;
const minGain = 1e-9;
const oneAgainstRest = 4;
const categoryL2 = 10;
const categorySmooth = 10;
const categorySetMost = 32;
const categoryGroupLeast = 100;

interface Search {
  readonly bounds: Bounds | null;
  /** Of the column, where predictions may only rise (1) or fall (-1). */
  readonly sign: number;
  readonly h: Float64Array;
  readonly at: number;
  readonly bins: number;
  readonly sums: LeafSums;
  readonly limits: SplitLimits;
  /** What a split must beat. */
  readonly floor: number;
}

interface Found {
  readonly gain: number;
  readonly left: (table: Uint8Array) => void;
  readonly cut: number | null;
  readonly g: number;
  readonly c: number;
  readonly l2: number;
}

/** Ties go to the earlier column and the lower cut. `held` is read where some column is monotone. */
export function bestSplit(
  histogram: Float64Array,
  offsets: Int32Array,
  categorical: readonly boolean[],
  sums: LeafSums,
  limits: SplitLimits,
  held: Bounds,
): Split | null {
  const bounds = limits.monotone && held;
  const whole = bounds ? worth(sums.gradient, sums.curvature, limits.l2, bounds) : part(sums.gradient, sums.curvature, limits.l2);
  const floor = whole + minGain;
  let best: Found | null = null;
  let feature = -1;
  for (let f = 0; f < categorical.length; f++) {
    const at = offsets[f] ?? 0;
    const sign = limits.monotone?.[f] ?? 0;
    const search: Search = { h: histogram, at, bins: ((offsets[f + 1] ?? 0) - at) / 2, sums, limits, bounds, sign, floor: best?.gain ?? floor };
    const found = categorical[f] ? bestSet(search) : bestCut(search);
    if (found) {
      best = found;
      feature = f;
    }
  }
  if (!best) return null;
  const left = new Uint8Array(256);
  best.left(left);
  return {
    gain: best.gain - floor,
    feature,
    left,
    cut: best.cut,
    leftGradient: best.g,
    leftCurvature: best.c,
    l2: best.l2,
  };
}

function bestCut({ h, at, bins, sums, limits, bounds, sign, floor }: Search): Found | null {
  const missingG = h[at] ?? 0;
  const missingC = h[at + 1] ?? 0;
  const perRow = sums.rows / sums.curvature;
  let best = floor;
  let cut = -1;
  let missingLeft = false;
  let bestG = 0;
  let bestC = 0;
  // Without missing rows both passes are alike, and the last cut, all values against the missing, is none.
  const passes = missingC > 0 ? 2 : 1;
  for (let pass = 0; pass < passes; pass++) {
    let g = pass === 0 ? 0 : missingG;
    let c = pass === 0 ? 0 : missingC;
    const last = pass === 0 && passes === 2 ? bins : bins - 1;
    for (let b = 1; b < last; b++) {
      g += h[at + 2 * b] ?? 0;
      c += h[at + 2 * b + 1] ?? 0;
      if (c < minCurvature || Math.round(c * perRow) < limits.minLeaf) continue;
      const right = sums.curvature - c;
      if (right < minCurvature || Math.round(right * perRow) < limits.minLeaf) break;
      const gain = bounds ? orderedWorth(g, c, sums, limits.l2, bounds, sign) : part(g, c, limits.l2) + part(sums.gradient - g, right, limits.l2);
      if (gain > best) {
        best = gain;
        cut = b;
        missingLeft = pass === 1;
        bestG = g;
        bestC = c;
      }
    }
  }
  if (cut < 0) return null;
  return { gain: best, cut, g: bestG, c: bestC, l2: limits.l2, left: table => table.fill(1, missingLeft ? 0 : 1, cut + 1) };
}

function bestSet(search: Search): Found | null {
  return search.bins - 1 <= oneAgainstRest ? bestLevel(search) : bestSortedSet(search);
}

/** One level, alone or with the missing, against the rest. */
function bestLevel({ h, at, bins, sums, limits, bounds, floor }: Search): Found | null {
  const missingG = h[at] ?? 0;
  const missingC = h[at + 1] ?? 0;
  let found: Found | null = null;
  for (let b = 0; b < bins; b++) {
    for (const withMissing of b > 0 && missingC > 0 ? [false, true] : [false]) {
      const g = (h[at + 2 * b] ?? 0) + (withMissing ? missingG : 0);
      const c = (h[at + 2 * b + 1] ?? 0) + (withMissing ? missingC : 0);
      if (!roomy(c, sums, limits)) continue;
      const gain = bounds
        ? orderedWorth(g, c, sums, limits.l2, bounds, 0)
        : part(g, c, limits.l2) + part(sums.gradient - g, sums.curvature - c, limits.l2);
      if (gain <= (found?.gain ?? floor)) continue;
      const left = (table: Uint8Array): void => {
        table[b] = 1;
        if (withMissing) table[0] = 1;
      };
      found = { gain, cut: null, g, c, l2: limits.l2, left };
    }
  }
  return found;
}

function bestSortedSet({ h, at, bins, sums, limits, bounds, floor }: Search): Found | null {
  const perRow = sums.rows / sums.curvature;
  const l2 = limits.l2 + categoryL2;
  const ratio = (b: number) => (h[at + 2 * b] ?? 0) / ((h[at + 2 * b + 1] ?? 0) + categorySmooth);
  const sorted = Array.from({ length: bins }, (_, b) => b)
    .filter(b => Math.round((h[at + 2 * b + 1] ?? 0) * perRow) >= categorySmooth)
    .sort((a, b) => ratio(a) - ratio(b) || a - b);
  const most = Math.min(categorySetMost, Math.floor((sorted.length + 1) / 2));
  let found: Found | null = null;
  for (const order of [sorted, sorted.toReversed()]) {
    let g = 0;
    let c = 0;
    let group = 0;
    for (let k = 0; k < most; k++) {
      const b = order[k] ?? 0;
      const curvature = h[at + 2 * b + 1] ?? 0;
      g += h[at + 2 * b] ?? 0;
      c += curvature;
      group += Math.round(curvature * perRow);
      if (c < minCurvature || Math.round(c * perRow) < limits.minLeaf) continue;
      const right = sums.curvature - c;
      if (right < minCurvature || Math.round(right * perRow) < Math.max(limits.minLeaf, categoryGroupLeast)) break;
      if (group < categoryGroupLeast) continue;
      group = 0;
      const gain = bounds ? orderedWorth(g, c, sums, l2, bounds, 0) : part(g, c, l2) + part(sums.gradient - g, right, l2);
      if (gain <= (found?.gain ?? floor)) continue;
      const members = order.slice(0, k + 1);
      const left = (table: Uint8Array): void => {
        for (const member of members) table[member] = 1;
      };
      found = { gain, cut: null, g, c, l2, left };
    }
  }
  return found;
}

function roomy(c: number, sums: LeafSums, { minLeaf }: SplitLimits): boolean {
  const perRow = sums.rows / sums.curvature;
  const right = sums.curvature - c;
  return c >= minCurvature && right >= minCurvature && Math.round(c * perRow) >= minLeaf && Math.round(right * perRow) >= minLeaf;
}

function part(gradient: number, curvature: number, l2: number): number {
  return (gradient * gradient) / (curvature + l2);
}

/** The value of a leaf: one Newton step, no further than its bounds. */
export function leafValue(gradient: number, curvature: number, l2: number, { low, high }: Bounds): number {
  return Math.min(high, Math.max(low, -gradient / (curvature + l2)));
}

/** Twice the loss that the leaf's value takes away; as `part` where its bounds do not hold it. */
function worth(gradient: number, curvature: number, l2: number, bounds: Bounds): number {
  const value = leafValue(gradient, curvature, l2, bounds);
  return -(2 * gradient * value + (curvature + l2) * value * value);
}

/** Of both sides; of none where their values are against the column's sign (as LightGBM's `basic` method). */
function orderedWorth(g: number, c: number, sums: LeafSums, l2: number, bounds: Bounds, sign: number): number {
  const rest = sums.gradient - g;
  const right = sums.curvature - c;
  if (sign !== 0 && sign * (leafValue(rest, right, l2, bounds) - leafValue(g, c, l2, bounds)) < 0) return Number.NEGATIVE_INFINITY;
  return worth(g, c, l2, bounds) + worth(rest, right, l2, bounds);
}

/** Bounds of both sides of a split: on a monotone column they meet halfway between the values of the sides. */
export function boundsOfSides(
  split: Split,
  sums: { readonly gradient: number; readonly curvature: number },
  held: Bounds,
  monotone: Int8Array | null,
): readonly [Bounds, Bounds] {
  const sign = monotone?.[split.feature] ?? 0;
  if (sign === 0) return [held, held];
  const left = leafValue(split.leftGradient, split.leftCurvature, split.l2, held);
  const right = leafValue(sums.gradient - split.leftGradient, sums.curvature - split.leftCurvature, split.l2, held);
  const middle = (left + right) / 2;
  const below = { low: held.low, high: middle };
  const above = { low: middle, high: held.high };
  return sign > 0 ? [below, above] : [above, below];
}
