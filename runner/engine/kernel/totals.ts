/**
 * Totals of windows from those of slices. Each slice first gets the totals of all up to its end, block by block as blocks are read; those of a
 * window are then a difference, or the best of its slices. What is read is written out in a loop for each kind: nothing is decided within one.
 */
import { hasRoom, makeBlock } from './chunks';
import * as at from './words';

/** Gives each slice of a block the totals of all up to its end, and of `first` that of all from its begin on. */
function settle(begin: usize): void {
  const width: usize = load<u32>(at.width);
  const step = usize(at.linksPerBlock) * width;
  const end = begin + load<u32>(at.blockBytes);
  const parts = load<i32>(at.partCount);
  for (let i = 0; i < parts; i++) {
    const part = load<u32>(at.parts) + usize(i) * at.partBytes;
    const from: usize = load<u32>(part + 4);
    const first = begin + step + from;
    switch (load<i32>(part)) {
      case at.rowsKind:
      case at.flagKind:
        for (let cell = first; cell < end; cell += width) store<i32>(cell, load<i32>(cell) + load<i32>(cell - step));
        break;
      case at.wideKind:
        for (let cell = first + 8; cell < end; cell += width) store<f64>(cell, load<f64>(cell) + load<f64>(cell - step));
        for (let cell = first; cell < end; cell += width) store<f64>(cell, load<f64>(cell) + load<f64>(cell - step));
        break;
      case at.wholeKind:
        for (let cell = first; cell < end; cell += width) store<f64>(cell, load<f64>(cell) + load<f64>(cell - step));
        break;
      case at.lastKind:
        for (let cell = first; cell < end; cell += width) store<f64>(cell, max(load<f64>(cell), load<f64>(cell - step)));
        break;
      case at.firstKind:
        for (let cell = end - step - width + from; cell >= begin; cell -= width) store<f64>(cell, min(load<f64>(cell), load<f64>(cell + step)));
        break;
    }
  }
}

/** Of the places asked for, which are pairs of a link and a cutoff: everything that readers read. A place has a link from 1 on. */
export function readPlaces(count: i32): void {
  const places: usize = load<u32>(at.askedPlaces);
  const cells: usize = load<u32>(at.askedCells);
  const cutoffs: usize = load<u32>(at.askedCutoffs);
  const homes: usize = load<u32>(at.homes);
  const width: u32 = load<u32>(at.width);
  const byLink = load<i32>(at.byLink) !== 0;
  const step = load<u32>(at.step);
  const areKept = load<u32>(at.chunkBytes) !== 0;
  let first = 0;
  for (let i = 0; i < count; i++) {
    const place = load<u32>(places + (usize(i) << 2));
    const many = place / step;
    const rest = place - many * step;
    const link = (byLink ? many : rest) + 1;
    const block = link >> at.blockBits;
    let home = load<u32>(homes + (usize(block) << 2));
    if (home === 0) {
      if (areKept && !hasRoom()) {
        // The block that is given up may be one of those that were asked for.
        readFrom(first, i);
        first = i;
      }
      home = u32(areKept ? makeBlock(block) : load<u32>(at.cells) + usize(block) * load<u32>(at.blockBytes));
      settle(home);
      store<u32>(homes + (usize(block) << 2), home);
    }
    store<u32>(cells + (usize(i) << 2), home + (link & (at.linksPerBlock - 1)) * width);
    store<u32>(cutoffs + (usize(i) << 2), (byLink ? rest : many) << 2);
  }
  readFrom(first, count);
}

/** From a place up to the one before `end`. */
function readFrom(first: i32, end: i32): void {
  const cells: usize = load<u32>(at.askedCells) + (usize(first) << 2);
  const cutoffs: usize = load<u32>(at.askedCutoffs) + (usize(first) << 2);
  const readers = load<i32>(at.readerCount);
  if (end === first) return;
  for (let i = 0; i < readers; i++) read(load<u32>(at.readers) + usize(i) * at.readerBytes, cells, cutoffs, usize(first), usize(end - first));
}

function isCounted(kind: i32): bool {
  return kind === at.rowsKind || kind === at.flagKind || kind === at.levelsKind || kind === at.laterLevelsKind;
}

function read(reader: usize, cells: usize, cutoffs: usize, before: usize, count: usize): void {
  const kind = load<i32>(reader);
  const from: usize = load<u32>(reader + 4);
  const firsts: usize = load<u32>(reader + 8);
  const ends: usize = load<u32>(reader + 12);
  const into: usize = load<u32>(reader + 16) + (before << (isCounted(kind) ? 2 : 3));
  switch (kind) {
    case at.rowsKind:
    case at.flagKind:
      differences<i32>(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.wholeKind:
      differences<f64>(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.wideKind:
      wideDifferences(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.leastKind:
      least(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.greatestKind:
      greatest(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.firstKind:
      first(from, firsts, ends, cells, cutoffs, count, into);
      break;
    case at.lastKind:
      last(from, firsts, ends, cells, cutoffs, count, into);
      break;
    default:
      levels(from, firsts, ends, cells, cutoffs, count, into);
      break;
  }
}

function stepOf(): usize {
  return usize(load<u32>(at.width)) << at.blockBits;
}

/** Of whole numbers in 32 bits, or of floats. */
function differences<T>(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const low = load<i32>(firsts + cutoff);
    const high = load<i32>(ends + cutoff);
    const cell = load<u32>(cells + (i << 2)) + from;
    let total: T = 0 as T;
    if (high > low) {
      total = load<T>(cell + usize(high - 1) * step);
      if (low > 0) total -= load<T>(cell + usize(low - 1) * step);
    }
    store<T>(into + (i << alignof<T>()), total);
  }
}

/** The float nearest to the total: both halves are exact, and so is the product with a power of two. */
function wideDifferences(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  const limb = load<f64>(at.limb);
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const low = load<i32>(firsts + cutoff);
    const high = load<i32>(ends + cutoff);
    const cell = load<u32>(cells + (i << 2)) + from;
    let upper: f64 = 0;
    let lower: f64 = 0;
    if (high > low) {
      const above = cell + usize(high - 1) * step;
      upper = load<f64>(above);
      lower = load<f64>(above + 8);
      if (low > 0) {
        const below = cell + usize(low - 1) * step;
        upper -= load<f64>(below);
        lower -= load<f64>(below + 8);
      }
    }
    store<f64>(into + (i << 3), upper * limb + lower);
  }
}

function least(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const cell = load<u32>(cells + (i << 2)) + from;
    let found: f64 = Infinity;
    for (let slice = load<i32>(firsts + cutoff); slice < load<i32>(ends + cutoff); slice++) found = min(found, load<f64>(cell + usize(slice) * step));
    store<f64>(into + (i << 3), found === Infinity ? NaN : found);
  }
}

function greatest(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const cell = load<u32>(cells + (i << 2)) + from;
    let found: f64 = -Infinity;
    for (let slice = load<i32>(firsts + cutoff); slice < load<i32>(ends + cutoff); slice++) found = max(found, load<f64>(cell + usize(slice) * step));
    store<f64>(into + (i << 3), found === -Infinity ? NaN : found);
  }
}

function first(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  const edges: usize = load<u32>(at.edges);
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const low = load<i32>(firsts + cutoff);
    const high = load<i32>(ends + cutoff);
    let event: f64 = Infinity;
    if (high > low) event = load<f64>(load<u32>(cells + (i << 2)) + from + usize(low) * step);
    store<f64>(into + (i << 3), event < load<f64>(edges + (usize(high) << 3)) ? event : NaN);
  }
}

function last(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  const edges: usize = load<u32>(at.edges);
  const origin = load<f64>(at.origin);
  const none = load<f64>(at.none);
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const low = load<i32>(firsts + cutoff);
    const high = load<i32>(ends + cutoff);
    let kept = none;
    if (high > low) kept = load<f64>(load<u32>(cells + (i << 2)) + from + usize(high - 1) * step);
    const event = kept + origin;
    store<f64>(into + (i << 3), kept > none && event >= load<f64>(edges + (usize(low) << 3)) ? event : NaN);
  }
}

/** How many bits are set in any of the slices. */
function levels(from: usize, firsts: usize, ends: usize, cells: usize, cutoffs: usize, count: usize, into: usize): void {
  const step = stepOf();
  for (let i: usize = 0; i < count; i++) {
    const cutoff: usize = load<u32>(cutoffs + (i << 2));
    const high = load<i32>(ends + cutoff);
    let slice = load<i32>(firsts + cutoff);
    let cell = load<u32>(cells + (i << 2)) + from + usize(slice) * step;
    let bits = 0;
    for (; slice < high; slice++, cell += step) bits |= load<i32>(cell);
    store<i32>(into + (i << 2), popcnt(bits));
  }
}
