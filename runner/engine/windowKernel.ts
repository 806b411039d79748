/**
 * The compiled kernel of windows over a shared memory. Batches of rows are handed to a helper thread, so that rows are added up while the engine
 * reads the next; where there is none, or it is behind, the process adds up itself. All sums are exact, so nobody sees who did.
 */
import { kernel } from 'cupel:windows';
import { hire } from '../kernelThreads.ts';

interface Calls {
  readonly fillEvery: (from: number, to: number, step: number, value: number) => void;
  readonly addTexts: (table: number, last: number, count: number, texts: number, numbers: number) => void;
  readonly nextBatch: () => number;
  readonly ring: () => void;
  readonly finish: () => number;
  readonly readPlaces: (count: number) => void;
}

/** Places of words, as `kernel/words.ts` has them. */
const words = 1024;
const job = words + 192;
export const at = {
  texts: job,
  lastText: job + 4,
  links: job + 8,
  missing: job + 12,
  edges: job + 16,
  slices: job + 20,
  cells: job + 28,
  width: job + 32,
  parts: job + 36,
  partCount: job + 40,
  batches: job + 44,
  batchBytes: job + 48,
  batchCount: job + 52,
  rowsAt: job + 56,
  linksAt: job + 60,
  eventsAt: job + 64,
  room: job + 68,
  homes: job + 72,
  readers: job + 76,
  readerCount: job + 80,
  askedPlaces: job + 84,
  askedCells: job + 88,
  askedCutoffs: job + 92,
  byLink: job + 96,
  step: job + 100,
  chunkBytes: job + 104,
  heads: job + 108,
  pool: job + 112,
  columns: job + 116,
  columnCount: job + 120,
  blockBytes: job + 124,
  blockCount: job + 128,
  slots: job + 132,
  slotCount: job + 136,
  slotBlocks: job + 140,
  end: words + 448,
  limb: words + 456,
  origin: words + 464,
  none: words + 472,
} as const;
const dataStart = 4096;

const pageBytes = 65_536;
/** Rows of a batch. */
export const batchRows = 2048;
const line = 64;

/** Lays out a memory: each part begins at a whole line of the cache. */
export function layout() {
  let end = dataStart;
  return {
    take(bytes: number): number {
      const place = end;
      end += Math.ceil(bytes / line) * line;
      return place;
    },
    bytes: () => end,
  };
}

export interface WindowKernel {
  readonly calls: Calls;
  readonly words: Int32Array;
  readonly floats: Float64Array;
  readonly buffer: SharedArrayBuffer;
  /** A place for the next batch, when one is free: hand it over with `calls.ring`. */
  readonly nextBatch: () => number;
  /** Ends when all batches are done and the helper has gone; afterwards nothing can be handed over. */
  readonly finish: () => Promise<void>;
}

let compiled: WebAssembly.Module | null = null;

/** All of the memory is 0. `prepare` writes the words of the job before anybody reads them. `touched`: of the bytes, those that will be used. */
export function windowKernel(
  { bytes, touched }: { readonly bytes: number; readonly touched: number },
  helpers: number,
  prepare: (kernel: Pick<WindowKernel, 'calls' | 'words' | 'floats' | 'buffer'>) => void,
): WindowKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(kernel, 'base64'));
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const calls = new WebAssembly.Instance(compiled, { env: { memory, abort: () => {} } }).exports as Calls;
  const { buffer } = memory;
  const own = { calls, buffer, words: new Int32Array(buffer), floats: new Float64Array(buffer) };
  prepare(own);
  const home = hire(compiled, memory, helpers);
  // The collector of memory does not see how large a shared one is: what takes as much, and is never touched, tells it.
  const weight = new ArrayBuffer(touched);
  return {
    ...own,
    nextBatch() {
      const batch = calls.nextBatch();
      if (batch === 0) throw failed();
      return batch;
    },
    async finish() {
      if (!calls.finish() || weight.byteLength < touched) throw failed();
      await home;
    },
  };
}

const failed = (): Error => new Error('A thread that adds up rows has failed.');
