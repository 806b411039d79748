/** The compiled kernel over a shared memory, with as many threads as the fit may use. Chunks are worked by whoever is free. */

import { kernel } from 'cupel:kernel';
import { hire } from '../../kernelThreads.ts';
import { LearnError } from '../learner.ts';

/** Addresses are bytes from the start of the memory. What each call does is said in `kernel/index.ts`. */
export interface Calls {
  readonly assemble: (threads: number) => void;
  readonly dismiss: () => void;
  readonly settle: (
    columns: number,
    stride: number,
    bins: number,
    offsets: number,
    pairs: number,
    own: number,
    packed: number,
    order: number,
    lefts: number,
    rights: number,
    found: number,
  ) => void;
  readonly sortFloats: (values: number, scratch: number, count: number, counts: number) => void;
  readonly binValues: (values: number, rows: number, bounds: number, halving: number, target: number) => void;
  readonly aimAt: (loss: number, rows: number, score: number, label: number, weight: number, outputs: number, output: number) => void;
  readonly findPeaks: () => void;
  readonly fillPairs: (gradientScale: number, curvatureScale: number) => void;
  readonly softmax: (score: number, target: number, rows: number, outputs: number, stride: number) => void;
  readonly beginSums: () => void;
  readonly addRows: (from: number, to: number, whole: number) => void;
  readonly collect: (target: number, sibling: number) => void;
  readonly divide: (column: number, from: number, to: number, whole: number) => number;
  readonly addValues: (table: number, entries: number, score: number) => void;
  readonly blockRows: (columns: number) => number;
  readonly setTrees: (nodes: number, roots: number, trees: number, values: number, sets: number, width: number, outputs: number) => void;
  readonly setSmallTrees: (table: number, nodes: number, leaves: number, walks: number) => void;
  readonly scoreRows: (bins: number, stride: number, columns: number, rows: number, scores: number, room: number) => void;
  readonly openForest: (trees: number) => void;
  readonly claim: () => number;
  readonly plant: (tree: number, slot: number, patient: number) => number;
  readonly growSome: (slot: number, budget: number) => number;
  readonly shut: () => void;
  readonly failed: () => number;
}

export interface Kernel {
  readonly calls: Calls;
  readonly buffer: SharedArrayBuffer;
  readonly threads: number;
  /** Ends when all helpers have left the memory, and at once where there are none. The next fit takes it: nothing may read it any more. */
  readonly close: () => Promise<void>;
}

/** Threads that the kernel keeps sums for. */
const mostThreads = 64;
const pageBytes = 65_536;
const mostPages = 65_536;
export const mostBytes = mostPages * pageBytes;
/** The words that threads share lie below this. */
const dataStart = 2 * pageBytes;
/** The table of sides of a split, by bin. */
export const goesLeftAddress = pageBytes + 2048;
/** Words of a forest, in the order of `kernel/control.ts`. */
export const forestWords = pageBytes + 384;
/** As in `kernel/control.ts`. */
export const chunkRows = 16_384;
const chunksEach = 2;

/** Chunks that a job of so many rows or fewer is cut into. */
export const mostChunks = (rows: number, threads: number): number => Math.ceil(rows / chunkRows) + chunksEach * threads;

/** Lays out a memory: each part begins at a whole line of the cache. */
export interface Layout {
  readonly take: (bytes: number) => number;
  readonly bytes: () => number;
}

export function layout(start = dataStart): Layout {
  let end = start;
  return {
    take: bytes => {
      const place = end;
      end += Math.ceil(bytes / 64) * 64;
      return place;
    },
    bytes: () => end,
  };
}

let compiled: WebAssembly.Module | null = null;

/** Throws `LearnError` where the machine or the format has no such memory. What lies in the memory is not defined. */
export function kernelOver(bytes: number, threads: number): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(kernel, 'base64'));
  const memory = memoryOf(Math.ceil(bytes / pageBytes));
  new Uint8Array(memory.buffer, 0, dataStart).fill(0);
  const instance = new WebAssembly.Instance(compiled, { env: { memory, abort: () => {} } });
  const calls = instance.exports as Calls;
  const team = Math.max(1, Math.min(threads, mostThreads));
  calls.assemble(team);
  const home = hire(compiled, memory, team - 1);
  return {
    calls,
    buffer: memory.buffer,
    threads: team,
    close: () => {
      calls.dismiss();
      if (team > 1) return home.then(() => rest(memory));
      rest(memory);
      return Promise.resolve();
    },
  };
}

/** Memories that nobody uses. The garbage collector does not see how large they are, so they are taken again, and grow. */
const resting: WebAssembly.Memory[] = [];
const mostResting = 3;

function rest(memory: WebAssembly.Memory): void {
  resting.push(memory);
  resting.sort((a, b) => a.buffer.byteLength - b.buffer.byteLength);
  if (resting.length > mostResting) resting.shift();
}

function memoryOf(pages: number): WebAssembly.Memory {
  if (pages > mostPages) throw noRoom(pages, ', and 4 GiB is the most there can be');
  const fitting = resting.findIndex(memory => memory.buffer.byteLength >= pages * pageBytes);
  const [found] = resting.splice(fitting >= 0 ? fitting : resting.length - 1, 1);
  if (found && grown(found, pages)) return found;
  // Where so much address space is not to be had, the memory is as large as it must be, and stays so.
  for (const maximum of [mostPages, pages]) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum, shared: true });
    } catch {}
  }
  throw noRoom(pages, ', which this machine does not give');
}

function grown(memory: WebAssembly.Memory, pages: number): boolean {
  const missing = pages - memory.buffer.byteLength / pageBytes;
  if (missing <= 0) return true;
  try {
    memory.grow(missing);
    return true;
  } catch {
    return false;
  }
}

function noRoom(pages: number, why: string): LearnError {
  const size = ((pages * pageBytes) / 1024 ** 3).toFixed(1);
  return new LearnError(
    'size',
    `Growing trees on these rows needs ${size} GiB of memory in one piece${why}.`,
    'Train on fewer rows (`sample`) or fewer features.',
  );
}
