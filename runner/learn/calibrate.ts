/**
 * Scores that become probabilities: a curve from score to probability, learned on scores of rows that the model has not seen.
 *
 * `platt`: a logistic curve of the score's log-odds with Platt's smoothed targets, by Newton's method (Lin, Lin and Weng, "A note on
 * Platt's probabilistic outputs for support vector machines", Machine Learning 68, 2007). `isotonic`: the rising step function with the
 * least squared error, by pooling adjacent violators (Ayer et al., 1955), joined by straight lines between its steps as scikit-learn's
 * IsotonicRegression does, and flat beyond its ends.
 */
export type Calibration =
  | { readonly method: 'platt'; readonly slope: number; readonly intercept: number }
  /** Of several classes: a curve each, whose values are divided by their sum. */
  | { readonly method: 'each'; readonly classes: readonly Calibration[] }
  /** Knots, `scores` rising strictly. */
  | { readonly method: 'isotonic'; readonly scores: readonly number[]; readonly probabilities: readonly number[] };

const least = 2 ** -40;

function logOdds(p: number): number {
  const clipped = Math.min(1 - least, Math.max(least, p));
  return Math.log(clipped / (1 - clipped));
}

const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** Rows by score, then by label and weight: the order of equal rows does not matter to any sum. */
function sorted(score: Float64Array, label: Float64Array, weight: Float64Array | null): number[] {
  const at = (values: Float64Array | null, i: number): number => values?.[i] ?? 1;
  return [...score.keys()].sort((a, b) => at(score, a) - at(score, b) || at(label, a) - at(label, b) || at(weight, a) - at(weight, b) || a - b);
}

function platt(score: Float64Array, label: Float64Array, weight: Float64Array | null): Calibration {
  const order = sorted(score, label, weight);
  const x = order.map(i => logOdds(score[i] ?? 0));
  const w = order.map(i => weight?.[i] ?? 1);
  const isPositive = order.map(i => label[i] === 1);
  const positives = w.reduce((sum, v, i) => sum + (isPositive[i] ? v : 0), 0);
  const negatives = w.reduce((sum, v, i) => sum + (isPositive[i] ? 0 : v), 0);
  const target = isPositive.map(positive => (positive ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)));
  let slope = 0;
  let intercept = Math.log((positives + 1) / (negatives + 1));
  const loss = (a: number, b: number): number =>
    x.reduce((sum, v, i) => {
      const f = a * v + b;
      const t = target[i] ?? 0;
      return sum + (w[i] ?? 0) * (f >= 0 ? (1 - t) * f + Math.log1p(Math.exp(-f)) : -t * f + Math.log1p(Math.exp(f)));
    }, 0);
  let value = loss(slope, intercept);
  for (let step = 0; step < 100; step++) {
    let [h11, h22, h21, g1, g2] = [1e-12, 1e-12, 0, 0, 0];
    x.forEach((v, i) => {
      const p = logistic(slope * v + intercept);
      const curvature = (w[i] ?? 0) * p * (1 - p);
      const gradient = (w[i] ?? 0) * (p - (target[i] ?? 0));
      h11 += v * v * curvature;
      h22 += curvature;
      h21 += v * curvature;
      g1 += v * gradient;
      g2 += gradient;
    });
    if (Math.abs(g1) < 1e-9 && Math.abs(g2) < 1e-9) break;
    const determinant = h11 * h22 - h21 * h21;
    const [da, db] = [-(h22 * g1 - h21 * g2) / determinant, -(-h21 * g1 + h11 * g2) / determinant];
    const slopeOfLoss = g1 * da + g2 * db;
    let size = 1;
    for (; size >= 1e-10; size /= 2) {
      const next = loss(slope + size * da, intercept + size * db);
      if (next < value + 1e-4 * size * slopeOfLoss) {
        slope += size * da;
        intercept += size * db;
        value = next;
        break;
      }
    }
    if (size < 1e-10) break;
  }
  return { method: 'platt', slope, intercept };
}

interface Pool {
  /** Of the scores in it. */
  low: number;
  high: number;
  sum: number;
  weight: number;
}

function isotonic(score: Float64Array, label: Float64Array, weight: Float64Array | null): Calibration {
  const pools: Pool[] = [];
  const mean = (pool: Pool): number => pool.sum / pool.weight;
  const distinct: Pool[] = [];
  for (const i of sorted(score, label, weight)) {
    const [s, w] = [score[i] ?? 0, weight?.[i] ?? 1];
    if (w <= 0) continue;
    const last = distinct.at(-1);
    if (last?.low === s) {
      last.sum += w * (label[i] ?? 0);
      last.weight += w;
    } else {
      distinct.push({ low: s, high: s, sum: w * (label[i] ?? 0), weight: w });
    }
  }
  for (const pool of distinct) {
    pools.push({ ...pool });
    for (let top = pools.at(-1), below = pools.at(-2); top && below && mean(below) >= mean(top); top = pools.at(-1), below = pools.at(-2)) {
      below.high = top.high;
      below.sum += top.sum;
      below.weight += top.weight;
      pools.pop();
    }
  }
  const knots = pools.flatMap(pool =>
    pool.low === pool.high
      ? [[pool.low, mean(pool)]]
      : [
          [pool.low, mean(pool)],
          [pool.high, mean(pool)],
        ],
  );
  return { method: 'isotonic', scores: knots.map(([s = 0]) => s), probabilities: knots.map(([, p = 0]) => p) };
}

export type CalibrationMethod = 'platt' | 'isotonic';

/**
 * `label` is 0 or 1, `score` a probability; all of the same length, at least one row of each class. Of several classes `label` is the index
 * of one and `score` has as many probabilities a row: each class is held against the rest, as scikit-learn's CalibratedClassifierCV does.
 */
export function calibration(
  method: CalibrationMethod,
  score: Float64Array,
  label: Float64Array,
  weight: Float64Array | null,
  classes: number | null = null,
): Calibration {
  const curve = method === 'platt' ? platt : isotonic;
  if (classes === null) return curve(score, label, weight);
  const each = Array.from({ length: classes }, (_, k) =>
    curve(
      Float64Array.from(label, (_own, i) => score[i * classes + k] ?? 0),
      label.map(own => (own === k ? 1 : 0)),
      weight,
    ),
  );
  return { method: 'each', classes: each };
}

function between(scores: readonly number[], probabilities: readonly number[], s: number): number {
  let [low, high] = [0, scores.length - 1];
  if (s <= (scores[low] ?? 0)) return probabilities[low] ?? 0;
  if (s >= (scores[high] ?? 0)) return probabilities[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((scores[middle] ?? 0) <= s) low = middle;
    else high = middle;
  }
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [scores[low], scores[high], probabilities[low], probabilities[high]];
  return y0 + ((y1 - y0) * (s - x0)) / (x1 - x0);
}

/** Row-major where there are several classes; a row to which no curve gives anything has equal parts. */
function calibratedClasses(curves: readonly Calibration[], score: Float64Array): Float64Array {
  const classes = curves.length;
  const out = new Float64Array(score.length);
  for (const [k, curve] of curves.entries()) {
    const own = calibrated(
      curve,
      Float64Array.from({ length: score.length / classes }, (_, row) => score[row * classes + k] ?? 0),
    );
    for (const [row, value] of own.entries()) out[row * classes + k] = value;
  }
  for (let at = 0; at < out.length; at += classes) {
    const total = out.subarray(at, at + classes).reduce((sum, value) => sum + value, 0);
    for (let k = 0; k < classes; k++) out[at + k] = total > 0 ? (out[at + k] ?? 0) / total : 1 / classes;
  }
  return out;
}

export function calibrated(of: Calibration, score: Float64Array): Float64Array {
  if (of.method === 'each') return calibratedClasses(of.classes, score);
  return of.method === 'platt'
    ? score.map(s => logistic(of.slope * logOdds(s) + of.intercept))
    : score.map(s => between(of.scores, of.probabilities, s));
}
