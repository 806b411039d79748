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

function clustered(ids: Int32Array): Clusters {
  const seen = new Map<number, number>();
  const of = ids.map(id => {
    const place = seen.get(id);
    if (place !== undefined) return place;
    seen.set(id, seen.size);
    return seen.size - 1;
  });
  return { count: seen.size, of, recurring: seen.size < ids.length };
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
