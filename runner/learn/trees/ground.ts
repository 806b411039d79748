/**
 * What all trees of one boosted model share, in one memory for all threads: bins, scores, gradients, the order of rows and the histograms.
 * Gradients are whole numbers of a fixed unit, so that their sums are exact: the same for any order of rows and any number of threads.
 */
import type { Pause } from '../checkpoint.ts';
import type { Matrix } from '../matrix.ts';
import { gather } from '../rows.ts';
import { type Binning, binInto } from './bins.ts';
import { lanesFor } from './lanes.ts';
import { chunkRows, goesLeftAddress, type Kernel, kernelOver, layout, mostChunks } from './wasm.ts';

export interface Ground {
  readonly kernel: Kernel;
  readonly rows: number;
  readonly categorical: readonly boolean[];
  /** Where a column's bins begin in a histogram; two numbers a bin: gradient, curvature. The last is the length. */
  readonly offsets: Int32Array;
  /** By output, the score of each row. */
  readonly scores: readonly Float64Array[];
  readonly heaviest: number;
  /** Histograms that no leaf holds. */
  readonly free: Histogram[];
  /** Parts the rows from..to of the order, those whose bin of the column `left` marks to the front; how many they are. */
  readonly divide: (column: number, left: Uint8Array, from: number, to: number) => number;
  /** The sums of a leaf by column. Good until the next call. */
  readonly columnSums: (histogram: Histogram, gradient: number, curvature: number) => Float64Array;
  /** Of the whole of a histogram. */
  readonly totals: (histogram: Histogram) => readonly [gradient: number, curvature: number];
  /** What the kernel reads of a row for a histogram. */
  readonly cellsPerRow: number;
  readonly aim: (loss: number, output: number) => void;
  /** The largest gradient and the largest curvature, without sign, at the scores of now. */
  readonly peaks: () => readonly [gradient: number, curvature: number];
  readonly fillGradients: (gradientPeak: number, curvaturePeak: number) => void;
  readonly softmax: () => void;
  /** Rows of bin 0 in the last division. */
  readonly missing: () => number;
  /** Adds each value to the score of the rows at its places of the order. */
  readonly addValues: (output: number, parts: readonly { readonly from: number; readonly to: number; readonly value: number }[]) => void;
}

export interface Histogram {
  readonly address: number;
  readonly sums: Float64Array;
}

/** Histograms of open leaves stay below this; the others are summed again when their leaf is split. */
const histogramRoom = 512 * 1024 ** 2;
const pairBytes = 16;

export interface GroundPlan {
  readonly matrix: Matrix;
  readonly rows: Int32Array;
  readonly binnings: readonly Binning[];
  readonly weight: Float64Array | null;
  readonly initial: readonly number[];
  readonly classes: boolean;
  readonly leaves: number;
  readonly threads: number;
  readonly pause: Pause;
}

export async function groundFor({ matrix, rows, binnings, weight, initial, classes, leaves, threads, pause }: GroundPlan): Promise<Ground> {
  const n = rows.length;
  const columns = binnings.length;
  const outputs = initial.length;
  const offsets = offsetsOf(binnings);
  const histogramBytes = 8 * (offsets.at(-1) ?? 0);
  const histograms = Math.max(4, Math.min(leaves + 1, Math.floor(histogramRoom / Math.max(1, histogramBytes))));
  const parts = n + leaves * chunkRows;
  const room = layout();
  const even = n + (n % 2);
  // Columns a power of two apart would meet in the same lines of the cache.
  const stride = Math.ceil((n + 1) / 64) * 64 + (Math.ceil((n + 1) / 64) % 64 === 0 ? 64 : 0);
  const at = {
    bins: room.take(stride * columns),
    offsets: room.take(4 * (columns + 1)),
    scores: room.take(8 * even * outputs),
    probabilities: classes ? room.take(8 * even * outputs) : 0,
    label: room.take(8 * even),
    weight: weight ? room.take(8 * even) : 0,
    pairs: room.take(8 * even),
    order: room.take(4 * even),
    lefts: room.take(4 * even),
    rights: room.take(4 * even),
    own: room.take(histogramBytes * threads),
    packed: room.take(8 * chunkRows * threads),
    found: room.take(16 * mostChunks(n, threads)),
    parts: room.take(16 * Math.ceil(parts / chunkRows)),
    histograms: room.take(histogramBytes * histograms),
  };
  const kernel = kernelOver(room.bytes(), threads);
  const { buffer, calls } = kernel;
  const floats = (address: number, length: number) => new Float64Array(buffer, address, length);
  const lanes = lanesFor(n, offsets, lane => new Uint8Array(buffer, at.bins + lane * stride, n));
  // Scores and packed pairs are not in use yet: room for one column's values and bounds.
  const binned = { kernel, values: at.scores, bounds: at.packed };
  try {
    for (const binning of binnings) {
      binInto(at.bins + lanes.count() * stride, matrix, rows, binning, binned);
      lanes.add(binning);
      await pause();
    }
  } catch (error) {
    await kernel.close();
    throw error;
  }
  const laneOffsets = lanes.offsets();
  calls.settle(lanes.count(), stride, at.bins, at.offsets, at.pairs, at.own, at.packed, at.order, at.lefts, at.rights, at.found);
  new Int32Array(buffer, at.offsets, lanes.count() + 1).set(laneOffsets.map(k => k * 8));
  floats(at.label, n).set(gather(matrix.label, rows));
  if (weight) floats(at.weight, n).set(weight);
  const scores = initial.map((value, k) => floats(at.scores + 8 * even * k, n).fill(value));
  const entries = {
    ints: new Uint32Array(buffer, at.parts, 4 * Math.ceil(parts / chunkRows)),
    floats: floats(at.parts, 2 * Math.ceil(parts / chunkRows)),
  };
  const goesLeft = new Uint8Array(buffer, goesLeftAddress, 256);
  const found = { ints: new Uint32Array(buffer, at.found, 1), floats: floats(at.found, 2) };
  return {
    kernel,
    rows: n,
    categorical: binnings.map(binning => binning.kind === 'category'),
    offsets,
    scores,
    heaviest: weight?.reduce((a, b) => Math.max(a, b), 0) ?? 1,
    free: Array.from({ length: histograms }, (_, k) => {
      const address = at.histograms + k * histogramBytes;
      return { address, sums: floats(address, histogramBytes / 8) };
    }),
    cellsPerRow: Math.max(1, lanes.count()),
    divide: (column, left, from, to) => {
      lanes.sides(column, left, goesLeft);
      return calls.divide(at.bins + lanes.laneOf(column) * stride, from, to, to - from === n ? 1 : 0);
    },
    columnSums: ({ sums }, gradient, curvature) => lanes.columns(sums, gradient, curvature),
    totals: ({ sums }) => {
      // Every row is in one bin of the first lane.
      let gradient = 0;
      let curvature = 0;
      for (let k = 0; k < (laneOffsets[1] ?? 0); k += 2) {
        gradient += sums[k] ?? 0;
        curvature += sums[k + 1] ?? 0;
      }
      return [gradient, curvature];
    },
    aim: (loss, output) => calls.aimAt(loss, n, (classes ? at.probabilities : at.scores) + 8 * even * output, at.label, at.weight, outputs, output),
    peaks: () => {
      calls.findPeaks();
      return [found.floats[0] ?? 0, found.floats[1] ?? 0];
    },
    fillGradients: (gradientPeak, curvaturePeak) => calls.fillPairs(scaleFor(gradientPeak, n), scaleFor(curvaturePeak, n)),
    softmax: () => calls.softmax(at.scores, at.probabilities, n, outputs, 8 * even),
    missing: () => found.ints[0] ?? 0,
    addValues: (output, leaves) => {
      let entry = 0;
      for (const { from, to, value } of leaves) {
        for (let start = from; start < to; start += chunkRows) {
          entries.ints[4 * entry] = start;
          entries.ints[4 * entry + 1] = Math.min(to, start + chunkRows);
          entries.floats[2 * entry + 1] = value;
          entry += 1;
        }
      }
      calls.addValues(at.parts, entry, at.scores + 8 * even * output);
    },
  };
}

function offsetsOf(binnings: readonly Binning[]): Int32Array {
  const offsets = new Int32Array(binnings.length + 1);
  binnings.forEach(({ bins }, k) => {
    offsets[k + 1] = (offsets[k] ?? 0) + (pairBytes / 8) * bins;
  });
  return offsets;
}

const halves = new DataView(new ArrayBuffer(8));

/**
 * A power of two that takes `peak` to 30 bits at most, and the sum of `rows` of them to 51: then every sum is a whole number that a float
 * holds exactly.
 */
export function scaleFor(peak: number, rows: number): number {
  if (peak === 0) return 1;
  const bits = Math.min(30, 51 - Math.ceil(Math.log2(rows)));
  halves.setFloat64(0, peak);
  const exponent = ((halves.getUint32(0) >>> 20) & 0x7ff) - 1022;
  return 2 ** (bits - Math.max(exponent, -900));
}
