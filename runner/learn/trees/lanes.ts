/**
 * Columns as they lie in the kernel's memory. Columns of two values that are never both at their rarer one, as one-hot columns are, share a
 * lane: its sums are those of the rarer values, and what is left of the leaf is the common value. Sums are exact, so trees are the same
 * whether columns share or not (exclusive feature bundling; Ke et al., LightGBM, 2017, without its tolerance for conflicts).
 */
import type { Binning } from './bins.ts';

/** Where a column is. */
type Place =
  | { readonly kind: 'own'; readonly lane: number }
  /** `byte` stands for the rarer of the column's two values, in bin `rare`. */
  | { readonly kind: 'shared'; readonly lane: number; readonly byte: number; readonly rare: 1 | 2 };

interface Shared {
  readonly lane: number;
  /** Of the lane's bytes, the highest that is taken. */
  last: number;
  /** Rows that are at a rarer value. */
  taken: number;
}

export interface Lanes {
  readonly count: () => number;
  /** Takes in the next column, whose bins lie in the lane after the last. */
  readonly add: (binning: Binning) => void;
  readonly laneOf: (column: number) => number;
  /** In a histogram of all lanes, where each begins, two numbers a bin; the last is the length. */
  readonly offsets: () => Int32Array;
  /** By byte of the column's lane, 1 where its bin goes left. */
  readonly sides: (column: number, left: Uint8Array, table: Uint8Array) => void;
  /** A histogram of lanes as one of columns, of a leaf with these sums. The same memory each time. */
  readonly columns: (sums: Float64Array, gradient: number, curvature: number) => Float64Array;
}

/** Lanes that later columns are tried in. */
const openLanes = 4;
const twoValues = 3;
const mostBytes = 256;
/** What a lane that is shared holds where no column is at its rarer value; 0 would count as missing. */
const common = 1;

/** `offsets`: in a histogram of columns. */
export function lanesFor(rows: number, offsets: Int32Array, binsOf: (lane: number) => Uint8Array): Lanes {
  const places: Place[] = [];
  const bins: number[] = [];
  const open: Shared[] = [];
  const spread = new Float64Array(offsets.at(-1) ?? 0);
  /** Whether some column has no lane of its own, or its two values the other way round in it. */
  let isMoved = false;

  function share(lane: Shared, own: Uint8Array, rare: 1 | 2): void {
    const shared = binsOf(lane.lane);
    isMoved = true;
    lane.last += 1;
    for (let i = 0; i < rows; i++) if (own[i] === rare) shared[i] = lane.last;
    bins[lane.lane] = lane.last + 1;
    places.push({ kind: 'shared', lane: lane.lane, byte: lane.last, rare });
  }

  function add(binning: Binning): void {
    const lane = bins.length;
    const own = binsOf(lane);
    const found = binning.kind === 'number' && binning.bins === twoValues ? rarer(own) : null;
    if (found === null) {
      places.push({ kind: 'own', lane });
      bins.push(binning.bins);
      return;
    }
    const { rare, count } = found;
    const fitting = open.find(of => of.last + 1 < mostBytes && of.taken + count <= rows && isApart(binsOf(of.lane), own, rare));
    if (fitting) {
      share(fitting, own, rare);
      fitting.taken += count;
      return;
    }
    bins.push(common + 2);
    isMoved ||= rare === 1;
    places.push({ kind: 'shared', lane, byte: common + 1, rare });
    for (let i = 0; i < rows; i++) own[i] = own[i] === rare ? common + 1 : common;
    open.unshift({ lane, last: common + 1, taken: count });
    if (open.length > openLanes) open.pop();
  }

  const laneOffsets = (): Int32Array => {
    const found = new Int32Array(bins.length + 1);
    for (const [lane, n] of bins.entries()) found[lane + 1] = (found[lane] ?? 0) + 2 * n;
    return found;
  };
  let starts: Int32Array | null = null;

  return {
    count: () => bins.length,
    add,
    laneOf: column => places[column]?.lane ?? 0,
    offsets: laneOffsets,
    sides(column, left, table) {
      const place = places[column];
      if (place?.kind !== 'shared') {
        table.set(left);
        return;
      }
      table.fill(left[place.rare === 1 ? 2 : 1] ?? 0);
      table[place.byte] = left[place.rare] ?? 0;
    },
    columns(sums, gradient, curvature) {
      if (!isMoved) return sums;
      starts ??= laneOffsets();
      for (const [column, place] of places.entries()) {
        const at = offsets[column] ?? 0;
        const from = starts[place.lane] ?? 0;
        if (place.kind === 'own') {
          spread.set(sums.subarray(from, starts[place.lane + 1]), at);
          continue;
        }
        const [g, c] = [sums[from + 2 * place.byte] ?? 0, sums[from + 2 * place.byte + 1] ?? 0];
        const [rare, other] = [at + 2 * place.rare, at + 2 * (3 - place.rare)];
        spread[rare] = g;
        spread[rare + 1] = c;
        spread[other] = gradient - g;
        spread[other + 1] = curvature - c;
      }
      return spread;
    },
  };
}

/** Of the bins 1 and 2 the one with fewer rows, and how many; null where some value is missing. */
function rarer(own: Uint8Array): { readonly rare: 1 | 2; readonly count: number } | null {
  let missing = 0;
  let second = 0;
  for (let i = 0; i < own.length; i++) {
    const bin = own[i] as number;
    missing += bin === 0 ? 1 : 0;
    second += bin === 2 ? 1 : 0;
  }
  if (missing > 0) return null;
  return 2 * second <= own.length ? { rare: 2, count: second } : { rare: 1, count: own.length - second };
}

function isApart(shared: Uint8Array, own: Uint8Array, rare: number): boolean {
  for (let i = 0; i < own.length; i++) if (own[i] === rare && shared[i] !== common) return false;
  return true;
}
