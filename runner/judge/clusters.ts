/** Rows that belong together (one entity at several cutoffs, one group) are one observation for an interval. */

export interface Clusters {
  readonly count: number;
  /** By row. */
  readonly of: Int32Array;
  /** Whether any cluster has more than one row. */
  readonly recurring: boolean;
}

/** Of ids that nobody changes: all subjects of one evaluation share their rows' ids, so the answer is kept as long as they are. */
const known = new WeakMap<Int32Array, Clusters>();

export function clustersOf(ids: Int32Array): Clusters {
  const before = known.get(ids);
  if (before) return before;
  const clusters = clustered(ids);
  known.set(ids, clusters);
  return clusters;
}

/** In the order of first appearance. */
function clustered(ids: Int32Array): Clusters {
  const placeOf = placesOf(ids);
  const of = new Int32Array(ids.length);
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    const place = placeOf.get(id);
    of[i] = place < 0 ? count : place;
    if (place < 0) placeOf.set(id, count++);
  }
  return { count, of, recurring: count < ids.length };
}

interface PlacesOf {
  /** Below 0: none yet. */
  readonly get: (id: number) => number;
  readonly set: (id: number, place: number) => void;
}

/** Ids are mostly numbered from 0 on, and then a list is much quicker than a map. */
function placesOf(ids: Int32Array): PlacesOf {
  let [low, high] = [0, 0];
  for (let i = 0; i < ids.length; i++) {
    low = Math.min(low, ids[i] as number);
    high = Math.max(high, ids[i] as number);
  }
  if (low < 0 || high > 16 * ids.length) {
    const known = new Map<number, number>();
    return { get: id => known.get(id) ?? -1, set: (id, place) => known.set(id, place) };
  }
  const known = new Int32Array(high + 1).fill(-1);
  return {
    get: id => known[id] as number,
    set: (id, place) => {
      known[id] = place;
    },
  };
}

/** Sums of the terms by cluster: `count` numbers a term. */
export function clusterSums(terms: readonly Float64Array[], clusters: Clusters): readonly Float64Array[] {
  return terms.map(term => {
    const sums = new Float64Array(clusters.count);
    for (let i = 0; i < term.length; i++) {
      const cluster = clusters.of[i] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + (term[i] ?? 0);
    }
    return sums;
  });
}

export function total(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}
