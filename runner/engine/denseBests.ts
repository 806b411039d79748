/** The least and the greatest of rows by link and slice of time, kept row by row, and from them those of windows. Without rows it is NaN. */

/** By cutoff: the slices from the first up to the one before the end. */
export interface Slices {
  readonly firsts: Int32Array;
  readonly ends: Int32Array;
}

export function keepLeast(best: Float64Array, places: Int32Array, rows: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = places[i] as number;
    if ((values[i] as number) < (best[at] as number)) best[at] = values[i] as number;
  }
}

export function keepGreatest(best: Float64Array, places: Int32Array, rows: number, values: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const at = places[i] as number;
    if ((values[i] as number) > (best[at] as number)) best[at] = values[i] as number;
  }
}

export function least(
  best: Float64Array,
  step: number,
  { firsts, ends }: Slices,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const [cutoff, link] = [cutoffs[i] as number, links[i] as number];
    let found = Number.POSITIVE_INFINITY;
    for (let slice = firsts[cutoff] as number; slice < (ends[cutoff] as number); slice++) {
      const value = best[slice * step + link] as number;
      if (value < found) found = value;
    }
    into[i] = found === Number.POSITIVE_INFINITY ? Number.NaN : found;
  }
}

export function greatest(
  best: Float64Array,
  step: number,
  { firsts, ends }: Slices,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const [cutoff, link] = [cutoffs[i] as number, links[i] as number];
    let found = Number.NEGATIVE_INFINITY;
    for (let slice = firsts[cutoff] as number; slice < (ends[cutoff] as number); slice++) {
      const value = best[slice * step + link] as number;
      if (value > found) found = value;
    }
    into[i] = found === Number.NEGATIVE_INFINITY ? Number.NaN : found;
  }
}

/** Each slice gets the first event of all from its begin on. */
export function carryFirst(best: Float64Array, step: number): void {
  for (let i = best.length - step - 1; i >= 0; i--) if ((best[i + step] as number) < (best[i] as number)) best[i] = best[i + step] as number;
}

/** Each slice gets the last event of all up to its end. */
export function carryLast(best: Float64Array, step: number): void {
  for (let i = step; i < best.length; i++) if ((best[i - step] as number) > (best[i] as number)) best[i] = best[i - step] as number;
}

export function first(
  best: Float64Array,
  step: number,
  { firsts, ends }: Slices,
  edges: Float64Array,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const [from, end] = [firsts[cutoffs[i] as number] as number, ends[cutoffs[i] as number] as number];
    const event = end <= from ? Number.POSITIVE_INFINITY : (best[from * step + (links[i] as number)] as number);
    into[i] = event < (edges[end] as number) ? event : Number.NaN;
  }
}

export function last(
  best: Float64Array,
  step: number,
  { firsts, ends }: Slices,
  edges: Float64Array,
  pairs: number,
  links: Int32Array,
  cutoffs: Int32Array,
  into: Float64Array,
): void {
  for (let i = 0; i < pairs; i++) {
    const [from, end] = [firsts[cutoffs[i] as number] as number, ends[cutoffs[i] as number] as number];
    const event = end <= from ? Number.NEGATIVE_INFINITY : (best[(end - 1) * step + (links[i] as number)] as number);
    into[i] = event >= (edges[from] as number) && event > Number.NEGATIVE_INFINITY ? event : Number.NaN;
  }
}
