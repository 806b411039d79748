/**
 * Whole trees, one to a thread: of a forest, or one alone. A node asks the columns it draws for their bins, takes the split that leaves the
 * least variance (numbers, two classes) or Gini impurity (several classes), and goes on until its rows agree. Sums are whole numbers below
 * 2⁵³, so that no order of adding can change them.
 */
import * as at from './control';
import { search } from './cuts';
import { below, seedRandom } from './random';
import { best, bestColumn, bestLevels, bestRule, bestSides, buffer, depthOfStack, leaf, node, outputOf, own, random, set } from './slot';

/** Bytes of an entry of the stack: node, from, to, depth. */
const stackEntry: u32 = 16;
/** Bytes before the arrays of an output. */
const header: u32 = 32;

/** Draws the rows of a tree and puts them into its root. Waits while the last but one tree is not taken. */
export function plant(tree: u32, slot: u32, patient: bool): bool {
  const base = own(slot);
  const output = outputOf(base);
  if (atomic.load<i32>(at.cancelled) !== 0) return false;
  if (atomic.load<i32>(output) !== 0) {
    if (!patient) return false;
    while (atomic.load<i32>(output) !== 0) {
      if (atomic.load<i32>(at.cancelled) !== 0) return false;
      atomic.wait<i32>(output, 1, 20_000_000);
    }
  }
  store<u32>(output, tree, 4);
  const rows = load<u32>(at.to);
  const order = base + load<u32>(at.slotOrder);
  const pairs = base + load<u32>(at.slotPairs);
  const basePairs: usize = load<u32>(at.pairs);
  seedRandom(base + random, load<u32>(load<u32>(at.seeds) + (tree << 2)));
  let n: u32 = 0;
  if (load<u32>(at.bootstrap) === 1) {
    const times = base + load<u32>(at.slotTimes);
    memory.fill(times, 0, rows);
    for (let i: u32 = 0; i < rows; i++) {
      const drawn = times + below(base + random, rows);
      store<u8>(drawn, load<u8>(drawn) + 1);
    }
    const classes = load<u32>(at.channels) > 1;
    for (let row: u32 = 0; row < rows; row++) {
      const count: u32 = load<u8>(times + row);
      if (count === 0) continue;
      const from = basePairs + (row << 3);
      const to = pairs + (row << 3);
      store<i32>(to, load<i32>(from) * (classes ? 1 : count));
      store<i32>(to, load<i32>(from, 4) * count, 4);
      store<u32>(order + (n << 2), row);
      n++;
    }
  } else {
    memory.copy(pairs, basePairs, rows << 3);
    for (; n < rows; n++) store<u32>(order + (n << 2), n);
  }
  const columns = load<u32>(at.columnCount);
  const features = base + load<u32>(at.slotFeatures);
  for (let f: u32 = 0; f < columns; f++) store<u32>(features + (f << 2), f);
  store<u32>(base + node, 1);
  store<u32>(base + leaf, 0);
  store<u32>(base + set, 0);
  store<u32>(base + depthOfStack, 0);
  push(base, 0, 0, n, 0);
  return true;
}

/** Grows nodes until about so many rows were read; true when the tree is whole. */
export function growSome(slot: u32, budget: i32): bool {
  const base = own(slot);
  let left = budget;
  while (load<u32>(base + depthOfStack) > 0) {
    if (left < 0 || atomic.load<i32>(at.cancelled) !== 0) return false;
    const top = load<u32>(base + depthOfStack) - 1;
    store<u32>(base + depthOfStack, top);
    const entry = base + load<u32>(at.slotStack) + top * stackEntry;
    left -= grow(base, load<u32>(entry), load<u32>(entry, 4), load<u32>(entry, 8), load<u32>(entry, 12));
  }
  const output = outputOf(base);
  store<u32>(output, load<u32>(base + node), 8);
  store<u32>(output, load<u32>(base + leaf), 12);
  store<u32>(output, load<u32>(base + set), 16);
  store<u32>(base + buffer, 1 - load<u32>(base + buffer));
  atomic.store<i32>(output, 1);
  return true;
}

/** A helper's chunk: one tree. */
export function growChunk(tree: u32, slot: u32): void {
  if (!plant(tree, slot, true)) return;
  while (!growSome(slot, i32.MAX_VALUE)) if (atomic.load<i32>(at.cancelled) !== 0) return;
}

function push(base: usize, place: u32, from: u32, to: u32, depth: u32): void {
  const top = load<u32>(base + depthOfStack);
  const entry = base + load<u32>(at.slotStack) + top * stackEntry;
  store<u32>(entry, place);
  store<u32>(entry, from, 4);
  store<u32>(entry, to, 8);
  store<u32>(entry, depth, 12);
  store<u32>(base + depthOfStack, top + 1);
}

/** Returns how many cells it read. */
function grow(base: usize, place: u32, from: u32, to: u32, depth: u32): i32 {
  const open = to - from > 1 && depth < load<u32>(at.depth) && !agree(base, from, to);
  const read = open ? search(base, from, to) : 0;
  const output = outputOf(base) + header;
  const nodes = load<u32>(at.outputNodes);
  const feature = output + (place << 2);
  if (!open || load<f64>(base + best) < 0) {
    const number = load<u32>(base + leaf);
    store<u32>(base + leaf, number + 1);
    store<i32>(feature, -1);
    store<i32>(feature + (nodes << 2), 0);
    store<u32>(feature + (nodes << 3), number);
    fillLeaf(base, output + nodes * 12 + ((number * load<u32>(at.channels)) << 3), from, to);
    return read;
  }
  const middle = divide(base, from, to);
  const child = load<u32>(base + node);
  store<u32>(base + node, child + 2);
  store<u32>(feature, load<u32>(base + bestColumn));
  store<u32>(feature + (nodes << 3), child);
  if (load<u32>(base + bestLevels) === 1) {
    const number = load<u32>(base + set);
    store<u32>(base + set, number + 1);
    store<i32>(feature + (nodes << 2), -1 - number);
    const words = output + nodes * 12 + ((load<u32>(at.outputLeaves) * load<u32>(at.channels)) << 3) + (number << 5);
    for (let word: u32 = 0; word < 8; word++) {
      let marks: u32 = 0;
      for (let bit: u32 = 0; bit < 32; bit++) marks |= u32(load<u8>(base + bestSides + (word << 5) + bit)) << bit;
      store<u32>(words + (word << 2), marks);
    }
  } else {
    store<u32>(feature + (nodes << 2), load<u32>(base + bestRule) + (u32(load<u8>(base + bestSides)) << 8));
  }
  // The smaller side next: the stack then never holds more than the logarithm of the rows.
  const leftFirst = middle - from <= to - middle;
  if (leftFirst) push(base, child + 1, middle, to, depth + 1);
  push(base, child, from, middle, depth + 1);
  if (!leftFirst) push(base, child + 1, middle, to, depth + 1);
  return read + (to - from);
}

function agree(base: usize, from: u32, to: u32): bool {
  const order = base + load<u32>(at.slotOrder);
  const label: usize = load<u32>(at.label);
  const first = load<f64>(label + (load<u32>(order + (from << 2)) << 3));
  for (let i = from + 1; i < to; i++) if (load<f64>(label + (load<u32>(order + (i << 2)) << 3)) !== first) return false;
  return true;
}

/** The mean of the labels, or the share of each class; rows are in ascending order, so the sum is always the same. */
function fillLeaf(base: usize, values: usize, from: u32, to: u32): void {
  const order = base + load<u32>(at.slotOrder);
  const times = base + load<u32>(at.slotTimes);
  const label: usize = load<u32>(at.label);
  const weight: usize = load<u32>(at.weight);
  const channels = load<u32>(at.channels);
  const drawn = load<u32>(at.bootstrap) === 1;
  for (let k: u32 = 0; k < channels; k++) store<f64>(values + (k << 3), 0);
  let total = 0.0;
  for (let i = from; i < to; i++) {
    const row = load<u32>(order + (i << 2));
    const y = load<f64>(label + (row << 3));
    const w = (weight === 0 ? 1.0 : load<f64>(weight + (row << 3))) * (drawn ? f64(load<u8>(times + row)) : 1.0);
    total += w;
    const value = values + (channels > 1 ? usize(y) << 3 : 0);
    store<f64>(value, load<f64>(value) + (channels > 1 ? w : w * y));
  }
  for (let k: u32 = 0; k < channels; k++) store<f64>(values + (k << 3), load<f64>(values + (k << 3)) / total);
}

/** Stable, by the sides of the best split. Missing rows of a column that the node has none of go with the larger side. */
function divide(base: usize, from: u32, to: u32): u32 {
  const order = base + load<u32>(at.slotOrder);
  const spill = base + load<u32>(at.slotSpill);
  const column = load<u32>(at.bins) + load<u32>(base + bestColumn) * load<u32>(at.stride);
  let left = order + (from << 2);
  let right = spill;
  let missing: u32 = 0;
  for (let i = from; i < to; i++) {
    const row = load<u32>(order + (i << 2));
    const bin: u32 = load<u8>(column + row);
    const goes: usize = load<u8>(base + bestSides + bin);
    store<u32>(left, row);
    store<u32>(right, row);
    left += goes << 2;
    right += (1 - goes) << 2;
    missing += u32(bin === 0);
  }
  memory.copy(left, spill, right - spill);
  const middle = u32((left - order) >> 2);
  if (missing === 0) store<u8>(base + bestSides, u8(2 * (middle - from) >= to - from));
  return middle;
}
