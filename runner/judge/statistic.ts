/**
 * Metrics that are functions of sums over rows. Their intervals follow from the sums by cluster alone, whatever the metric: resampling
 * clusters, or the linear influence of each.
 */

export interface Predictions {
  /** From which probability on a row is predicted positive; 0.5 where it is left out. */
  readonly threshold?: number;
  readonly label: Float64Array;
  readonly score: Float64Array;
  readonly weight: Float64Array;
  /** Of a label of several classes, how many; then there is a score for each. */
  readonly classes?: number;
}

export interface Statistic {
  /** Terms of one row, already weighted. */
  readonly terms: readonly Float64Array[];
  /** Null where the metric is undefined for such sums. */
  readonly value: (sums: ArrayLike<number>) => number | null;
  /** ∂value/∂sums, where the value is defined. */
  readonly gradient: (sums: ArrayLike<number>) => readonly number[];
  /** Why the value is null. */
  readonly undefinedAs: string;
  /** Successes and trials of a plain share; for Wilson's interval. */
  readonly share?: boolean;
  /** A mean of absolute sums: all terms but the last are gaps around 0, where the normal approximation is no guide. */
  readonly kinked?: boolean;
}

/** The probability from which on a row is predicted positive, where nothing else was chosen. */
export const usualThreshold = 0.5;

const isPositive = ({ threshold = usualThreshold }: Predictions, p: number): boolean => p >= threshold;
const bins = 10;
const leastProbability = 2 ** -52;

const statistics: Readonly<Record<string, (of: Predictions) => Statistic>> = {
  log_loss: of =>
    mean(of, (y, p) => {
      const clipped = Math.min(1 - leastProbability, Math.max(leastProbability, p));
      return -(y === 1 ? Math.log(clipped) : Math.log1p(-clipped));
    }),
  brier: of => mean(of, (y, p) => (p - y) ** 2),
  mae: of => mean(of, (y, p) => Math.abs(p - y)),
  accuracy: of => ({ ...mean(of, (y, p) => Number(isPositive(of, p) === (y === 1))), share: true }),
  precision: of => ({
    ...ratio(
      of,
      (y, p) => (isPositive(of, p) ? y : 0),
      (_y, p) => Number(isPositive(of, p)),
      'no predicted positives',
    ),
    share: true,
  }),
  recall: of => ({
    ...ratio(
      of,
      (y, p) => (isPositive(of, p) ? y : 0),
      y => y,
      'no positives',
    ),
    share: true,
  }),
  f1: of =>
    ratio(
      of,
      (y, p) => (isPositive(of, p) ? 2 * y : 0),
      (y, p) => y + Number(isPositive(of, p)),
      'no positives, predicted or true',
    ),
  rmse: of => {
    const squared = mean(of, (y, p) => (p - y) ** 2);
    return {
      ...squared,
      value: sums => {
        const value = squared.value(sums);
        return value === null ? null : Math.sqrt(value);
      },
      gradient: sums => {
        const root = Math.sqrt(squared.value(sums) ?? 0);
        return squared.gradient(sums).map(slope => (root === 0 ? 0 : slope / (2 * root)));
      },
    };
  },
  mcc: matthews,
  mape: of => ({
    ...mean(of, (y, p) => (y === 0 ? 0 : Math.abs((p - y) / y))),
    ...(of.label.some(y => y === 0) && { value: () => null, undefinedAs: 'a label is 0' }),
  }),
  poisson_deviance: of => ({
    ...mean(of, (y, p) => 2 * ((y === 0 ? 0 : y * Math.log(y / p)) - y + p)),
    ...(of.score.some(p => !(p > 0)) && { value: () => null, undefinedAs: 'a predicted count is not above 0' }),
    ...(of.label.some(y => y < 0) && { value: () => null, undefinedAs: 'a label is below 0' }),
  }),
  r2: explained,
  calibration_error: calibrationError,
};

export function statisticOf(metric: string, of: Predictions): Statistic | null {
  return statistics[metric]?.(of) ?? null;
}

export const statisticNames: readonly string[] = Object.keys(statistics);

function term({ label, score, weight }: Predictions, of: (y: number, p: number) => number): Float64Array {
  return label.map((y, i) => (weight[i] ?? 0) * of(y, score[i] ?? 0));
}

function mean(of: Predictions, value: (y: number, p: number) => number): Statistic {
  return ratio(of, value, () => 1, 'no rows');
}

function ratio(of: Predictions, above: (y: number, p: number) => number, below: (y: number, p: number) => number, undefinedAs: string): Statistic {
  return {
    terms: [term(of, above), term(of, below)],
    value: sums => ((sums[1] ?? 0) > 0 ? (sums[0] ?? 0) / (sums[1] ?? 1) : null),
    gradient: sums => [1 / (sums[1] ?? 1), -(sums[0] ?? 0) / (sums[1] ?? 1) ** 2],
    undefinedAs,
  };
}

/** The correlation of predicted and true class; 0 where one of the two has a single class. */
function matthews(of: Predictions): Statistic {
  const side = (isTrue: boolean, isPredicted: boolean) => term(of, (y, p) => Number((y === 1) === isTrue && isPositive(of, p) === isPredicted));
  const parts = (sums: ArrayLike<number>) => {
    const [tp, fp, fn, tn] = [sums[0] ?? 0, sums[1] ?? 0, sums[2] ?? 0, sums[3] ?? 0];
    return { tp, fp, fn, tn, top: tp * tn - fp * fn, scale: Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) };
  };
  return {
    terms: [side(true, true), side(false, true), side(true, false), side(false, false)],
    value: sums => {
      const { tp, fp, fn, tn, top, scale } = parts(sums);
      return tp + fp + fn + tn > 0 ? (scale > 0 ? top / scale : 0) : null;
    },
    gradient: sums => {
      const { tp, fp, fn, tn, top, scale } = parts(sums);
      if (scale === 0) return [0, 0, 0, 0];
      const value = top / scale;
      const along = (slope: number, ...margins: readonly number[]): number => slope / scale - value * margins.reduce((sum, m) => sum + 0.5 / m, 0);
      return [along(tn, tp + fp, tp + fn), along(-fn, tp + fp, tn + fp), along(-fp, tp + fn, tn + fn), along(tp, tn + fp, tn + fn)];
    },
    undefinedAs: 'no rows',
  };
}

/** 1 − Σ(y − p)²/Σ(y − ȳ)²; labels are centred first, so that a large mean costs no digits. */
function explained(of: Predictions): Statistic {
  const centre = of.label.reduce((total, y) => total + y, 0) / Math.max(1, of.label.length);
  const parts = (sums: ArrayLike<number>) => {
    const [n, first, second, error] = [sums[0] ?? 0, sums[1] ?? 0, sums[2] ?? 0, sums[3] ?? 0];
    return { n, first, error, total: second - (first * first) / n };
  };
  return {
    terms: [term(of, () => 1), term(of, y => y - centre), term(of, y => (y - centre) ** 2), term(of, (y, p) => (y - p) ** 2)],
    value: sums => {
      const { n, error, total } = parts(sums);
      return n > 0 && total > 1e-12 * (sums[2] ?? 0) ? 1 - error / total : null;
    },
    gradient: sums => {
      const { n, first, error, total } = parts(sums);
      const slope = error / (total * total);
      return [(slope * (first * first)) / (n * n), (-2 * slope * first) / n, slope, -1 / total];
    },
    undefinedAs: 'the label is constant',
  };
}

/**
 * Mean over ten bins of equal count of |predicted share − observed share|. Bounds are quantiles of the scores, equal scores share a bin, as
 * scikit-learn's `calibration_curve(strategy="quantile")`. The bins stay fixed under resampling.
 */
function calibrationError(of: Predictions): Statistic {
  const bounds = interiorQuantiles(of.score);
  const bin = of.score.map(p => bounds.filter(bound => bound < p).length);
  const gaps = Array.from({ length: bins }, (_, b) => of.label.map((y, i) => (bin[i] === b ? (of.weight[i] ?? 0) * ((of.score[i] ?? 0) - y) : 0)));
  return {
    terms: [...gaps, term(of, () => 1)],
    value: sums => {
      const n = sums[bins] ?? 0;
      let total = 0;
      for (let b = 0; b < bins; b++) total += Math.abs(sums[b] ?? 0);
      return n > 0 ? total / n : null;
    },
    gradient: sums => {
      const n = sums[bins] ?? 1;
      const slopes = Array.from({ length: bins }, (_, b) => Math.sign(sums[b] ?? 0) / n);
      return [...slopes, -slopes.reduce((total, slope, b) => total + slope * (sums[b] ?? 0), 0) / n];
    },
    undefinedAs: 'no rows',
    kinked: true,
  };
}

function interiorQuantiles(score: Float64Array): readonly number[] {
  const sorted = Float64Array.from(score).sort();
  return Array.from({ length: bins - 1 }, (_, k) => quantile(sorted, (k + 1) / bins));
}

/** Of sorted values, linear between neighbours (type 7). */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(sorted.length - 1, below + 1)] ?? Number.NaN;
  const part = at - below;
  // The nearer end is the anchor, so that equal neighbours give exactly their value, as in NumPy.
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}
