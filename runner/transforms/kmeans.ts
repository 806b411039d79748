/**
 * Centres of clusters: k-means++ for where to begin (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007),
 * then Lloyd's rounds (IEEE Transactions on Information Theory 28(2), 1982) until no point changes its centre. Points are in the order of
 * identity and cutoff, every sum goes from the first to the last of them, and centres come out in the order of their coordinates.
 */
import { random } from '../learn/random.ts';

/** Columns of equal length without NaN. */
export type Points = readonly Float64Array[];

export interface Centres {
  /** One list of coordinates a centre. */
  readonly centres: readonly (readonly number[])[];
  /** False when the rounds ran out before all points held still. */
  readonly settled: boolean;
}

const at = (values: ArrayLike<number>, i: number): number => values[i] ?? 0;

/** Of the point `i` from a centre, squared. */
function squared(points: Points, i: number, centre: readonly number[]): number {
  let total = 0;
  for (let d = 0; d < points.length; d++) {
    const difference = at(points[d] ?? [], i) - at(centre, d);
    total += difference * difference;
  }
  return total;
}

const pointAt = (points: Points, i: number): number[] => points.map(column => at(column, i));

/** The first point up to which the weights add up to more than `wanted`. */
function drawnAt(weights: Float64Array, wanted: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += at(weights, i);
    if (sum > wanted) return i;
  }
  return weights.length - 1;
}

function totalOf(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * Each further centre is the best of a few points, each drawn with the square of its distance from the nearest centre so far as its
 * weight: of those the one that leaves the least sum of such squares, as scikit-learn chooses.
 */
export function plusPlus(points: Points, rows: number, clusters: number, seed: number): number[][] {
  const { uniform, below } = random(seed);
  const trials = 2 + Math.floor(Math.log(clusters));
  const centres = [pointAt(points, below(rows))];
  let nearest = Float64Array.from({ length: rows }, (_, i) => squared(points, i, centres[0] ?? []));
  while (centres.length < clusters) {
    const total = totalOf(nearest);
    const candidates = Array.from({ length: trials }, () => {
      const centre = pointAt(points, drawnAt(nearest, uniform() * total));
      const left = nearest.map((distance, i) => Math.min(distance, squared(points, i, centre)));
      return { centre, left, total: totalOf(left) };
    });
    const chosen = candidates.reduce((best, candidate) => (candidate.total < best.total ? candidate : best));
    centres.push(chosen.centre);
    nearest = chosen.left;
  }
  return centres;
}

/** A centre without points moves to the point that is farthest from its own. */
function moved(points: Points, rows: number, nearest: Int32Array, distances: Float64Array, clusters: number): number[][] {
  const counts = new Float64Array(clusters);
  const sums = points.map(() => new Float64Array(clusters));
  for (let i = 0; i < rows; i++) {
    const own = at(nearest, i);
    counts[own] = at(counts, own) + 1;
    for (const [d, column] of points.entries()) {
      const sum = sums[d];
      if (sum) sum[own] = at(sum, own) + at(column, i);
    }
  }
  const taken = new Set<number>();
  return Array.from({ length: clusters }, (_, c) => {
    if (at(counts, c) > 0) return sums.map(sum => at(sum, c) / at(counts, c));
    let farthest = 0;
    for (let i = 0; i < rows; i++) if (!taken.has(i) && (taken.has(farthest) || at(distances, i) > at(distances, farthest))) farthest = i;
    taken.add(farthest);
    return pointAt(points, farthest);
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let d = 0; d < a.length; d++) if (at(a, d) !== at(b, d)) return at(a, d) - at(b, d);
  return 0;
}

/** `pause` gives way between blocks of points. O(points · clusters · columns) a round. */
export async function lloyd(
  points: Points,
  rows: number,
  start: readonly (readonly number[])[],
  rounds: number,
  pause: () => Promise<void> | null,
): Promise<Centres> {
  let centres: readonly (readonly number[])[] = start;
  const nearest = new Int32Array(rows).fill(-1);
  const distances = new Float64Array(rows);
  let settled = false;
  for (let round = 0; round < rounds && !settled; round++) {
    settled = true;
    for (let i = 0; i < rows; i++) {
      if (i % 1024 === 0) await pause();
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (const [c, centre] of centres.entries()) {
        const distance = squared(points, i, centre);
        if (distance < least) {
          least = distance;
          best = c;
        }
      }
      if (nearest[i] !== best) settled = false;
      nearest[i] = best;
      distances[i] = least;
    }
    if (!settled) centres = moved(points, rows, nearest, distances, centres.length);
  }
  return { centres: [...centres].sort(compare), settled };
}
