/** The best split of a node of a random tree, over the columns that it draws. */
import * as at from './control';
import { below } from './random';
import { best, bestColumn, bestLevels, bestRule, bestSides, listBin, listCount, listOrder, random, used } from './slot';

/** Leaves the best split in the thread's words; `best` below 0: there is none. Returns how many cells it read. */
export function search(base: usize, from: u32, to: u32): i32 {
  const columns = load<u32>(at.columnCount);
  const most = load<u32>(at.features);
  const features = base + load<u32>(at.slotFeatures);
  store<f64>(base + best, -1);
  let varied = false;
  let asked: u32 = 0;
  for (; asked < columns && (asked < most || !varied); asked++) {
    const here = features + (asked << 2);
    if (most < columns) {
      const there = features + ((asked + below(base + random, columns - asked)) << 2);
      const kept = load<u32>(here);
      store<u32>(here, load<u32>(there));
      store<u32>(there, kept);
    }
    const column = load<u32>(here);
    const entries = load<u32>(at.channels) > 1 ? listClasses(base, column, from, to) : listSums(base, column, from, to);
    if (entries < 2) continue;
    varied = true;
    const levels = load<u8>(load<u32>(at.categorical) + column) === 1;
    if (levels) sortByMean(base, entries);
    const missing = !levels && load<u32>(base + listBin) === 0;
    if (!missing) tryAll(base, column, entries, 0, entries - 1, false, levels);
    else {
      // Missing rows to the right, where all values on the left are a cut too; then to the left.
      tryAll(base, column, entries, 1, entries, false, false);
      tryAll(base, column, entries, 1, entries - 1, true, false);
    }
  }
  return i32(asked * (to - from));
}

/** The bins that occur, ascending, each with its weight and its sum; leaves the histogram empty. */
function listSums(base: usize, column: u32, from: u32, to: u32): u32 {
  const order = base + load<u32>(at.slotOrder);
  const pairs = base + load<u32>(at.slotPairs);
  const sums = base + load<u32>(at.slotSums);
  const bins = load<u32>(at.bins) + column * load<u32>(at.stride);
  for (let i = from; i < to; i++) {
    const row = load<u32>(order + (i << 2));
    const bin: u32 = load<u8>(bins + row);
    const k = sums + (bin << 4);
    v128.store(k, i64x2.add(v128.load(k), i64x2.extend_low_i32x4_s(v128.load64_zero(pairs + (row << 3)))));
    mark(base, bin);
  }
  let entries: u32 = 0;
  for (let word: u32 = 0; word < 4; word++) {
    let marks = load<u64>(base + used + (word << 3));
    store<u64>(base + used + (word << 3), 0);
    for (; marks !== 0; marks &= marks - 1) {
      const bin = (word << 6) + u32(ctz(marks));
      const k = sums + (bin << 4);
      store<u32>(base + listBin + (entries << 2), bin);
      store<f64>(listSum(base) + (entries << 3), f64(load<i64>(k)));
      store<f64>(base + listCount + (entries << 3), f64(load<i64>(k, 8)));
      v128.store(k, i64x2.splat(0));
      entries++;
    }
  }
  return entries;
}

/** As `listSums`, with a sum for each class. */
function listClasses(base: usize, column: u32, from: u32, to: u32): u32 {
  const order = base + load<u32>(at.slotOrder);
  const pairs = base + load<u32>(at.slotPairs);
  const sums = base + load<u32>(at.slotSums);
  const bins = load<u32>(at.bins) + column * load<u32>(at.stride);
  const channels = load<u32>(at.channels);
  for (let i = from; i < to; i++) {
    const row = load<u32>(order + (i << 2));
    const bin: u32 = load<u8>(bins + row);
    const pair = pairs + (row << 3);
    const k = sums + ((bin * channels + load<u32>(pair)) << 3);
    store<i64>(k, load<i64>(k) + i64(load<i32>(pair, 4)));
    mark(base, bin);
  }
  let entries: u32 = 0;
  for (let word: u32 = 0; word < 4; word++) {
    let marks = load<u64>(base + used + (word << 3));
    store<u64>(base + used + (word << 3), 0);
    for (; marks !== 0; marks &= marks - 1) {
      const bin = (word << 6) + u32(ctz(marks));
      let total = 0.0;
      for (let c: u32 = 0; c < channels; c++) {
        const k = sums + ((bin * channels + c) << 3);
        const sum = f64(load<i64>(k));
        store<i64>(k, 0);
        store<f64>(listSum(base) + ((entries * channels + c) << 3), sum);
        total += sum;
      }
      store<u32>(base + listBin + (entries << 2), bin);
      store<f64>(base + listCount + (entries << 3), total);
      entries++;
    }
  }
  return entries;
}

function mark(base: usize, bin: u32): void {
  const word = base + used + ((bin >> 6) << 3);
  store<u64>(word, load<u64>(word) | (u64(1) << (bin & 63)));
}

/** By entry and class. */
function listSum(base: usize): usize {
  return base + load<u32>(at.slotList);
}

/** Orders levels by their mean, or by their share of the commonest class, ties by bin: the best cut of that order is the best subset for numbers and two classes (Fisher 1958). */
function sortByMean(base: usize, entries: u32): void {
  const channels = load<u32>(at.channels);
  let common: u32 = 0;
  let most = -1.0;
  for (let c: u32 = 0; c < channels && channels > 1; c++) {
    let total = 0.0;
    for (let e: u32 = 0; e < entries; e++) total += load<f64>(listSum(base) + ((e * channels + c) << 3));
    if (total > most) {
      most = total;
      common = c;
    }
  }
  for (let i: u32 = 0; i < entries; i++) {
    const mean = meanOf(base, i, channels, common);
    let j = i;
    for (; j > 0; j--) {
      const before = load<u32>(base + listOrder + ((j - 1) << 2));
      if (meanOf(base, before, channels, common) <= mean) break;
      store<u32>(base + listOrder + (j << 2), before);
    }
    store<u32>(base + listOrder + (j << 2), i);
  }
}

function meanOf(base: usize, entry: u32, channels: u32, common: u32): f64 {
  return load<f64>(listSum(base) + ((entry * channels + common) << 3)) / max(1, load<f64>(base + listCount + (entry << 3)));
}

function tryAll(base: usize, column: u32, entries: u32, first: u32, end: u32, missingLeft: bool, levels: bool): void {
  if (load<u32>(at.channels) > 1) tryClassCuts(base, column, entries, first, end, missingLeft, levels);
  else tryCuts(base, column, entries, first, end, missingLeft, levels);
}

/** Cuts after the entries `first` to `end` − 1, in their order; the entry before `first` is the missing one. */
function tryCuts(base: usize, column: u32, entries: u32, first: u32, end: u32, missingLeft: bool, levels: bool): void {
  const sums = listSum(base);
  const counts = base + listCount;
  const least = load<f64>(at.leastWeight);
  let weight = 0.0;
  let total = 0.0;
  for (let e: u32 = 0; e < entries; e++) {
    weight += load<f64>(counts + (e << 3));
    total += load<f64>(sums + (e << 3));
  }
  let left = missingLeft ? load<f64>(counts) : 0.0;
  let sum = missingLeft ? load<f64>(sums) : 0.0;
  let most = load<f64>(base + best);
  for (let i = first; i < end; i++) {
    const e = levels ? load<u32>(base + listOrder + (i << 2)) : i;
    left += load<f64>(counts + (e << 3));
    sum += load<f64>(sums + (e << 3));
    if (left < least || weight - left < least) continue;
    const value = (sum * sum) / left + ((total - sum) * (total - sum)) / (weight - left);
    if (value <= most) continue;
    most = value;
    store<f64>(base + best, value);
    keep(base, column, entries, i, missingLeft, levels);
  }
}

/** As `tryCuts`, with a sum for each class. */
function tryClassCuts(base: usize, column: u32, entries: u32, first: u32, end: u32, missingLeft: bool, levels: bool): void {
  const channels = load<u32>(at.channels);
  const sums = listSum(base);
  const counts = base + listCount;
  const lefts = base + load<u32>(at.slotLefts);
  const totals = lefts + (channels << 3);
  const least = load<f64>(at.leastWeight);
  let weight = 0.0;
  for (let e: u32 = 0; e < entries; e++) weight += load<f64>(counts + (e << 3));
  for (let c: u32 = 0; c < channels; c++) {
    let total = 0.0;
    for (let e: u32 = 0; e < entries; e++) total += load<f64>(sums + ((e * channels + c) << 3));
    store<f64>(totals + (c << 3), total);
    store<f64>(lefts + (c << 3), missingLeft ? load<f64>(sums + (c << 3)) : 0.0);
  }
  let left = missingLeft ? load<f64>(counts) : 0.0;
  for (let i = first; i < end; i++) {
    const e = levels ? load<u32>(base + listOrder + (i << 2)) : i;
    left += load<f64>(counts + (e << 3));
    let leftSquares = 0.0;
    let rightSquares = 0.0;
    for (let c: u32 = 0; c < channels; c++) {
      const sum = load<f64>(lefts + (c << 3)) + load<f64>(sums + ((e * channels + c) << 3));
      const rest = load<f64>(totals + (c << 3)) - sum;
      store<f64>(lefts + (c << 3), sum);
      leftSquares += sum * sum;
      rightSquares += rest * rest;
    }
    if (left < least || weight - left < least) continue;
    const value = leftSquares / left + rightSquares / (weight - left);
    if (value <= load<f64>(base + best)) continue;
    store<f64>(base + best, value);
    keep(base, column, entries, i, missingLeft, levels);
  }
}

function keep(base: usize, column: u32, entries: u32, last: u32, missingLeft: bool, levels: bool): void {
  store<u32>(base + bestColumn, column);
  store<u32>(base + bestLevels, u32(levels));
  memory.fill(base + bestSides, 0, 256);
  if (levels) {
    for (let i: u32 = 0; i <= last; i++) {
      const entry = load<u32>(base + listOrder + (i << 2));
      store<u8>(base + bestSides + load<u32>(base + listBin + (entry << 2)), 1);
    }
    return;
  }
  // Halfway between two bins that occur, as between two values.
  const bin = load<u32>(base + listBin + (last << 2));
  const cut = last + 1 < entries ? (bin + load<u32>(base + listBin + ((last + 1) << 2))) >> 1 : 255;
  store<u32>(base + bestRule, cut);
  memory.fill(base + bestSides + 1, 1, cut);
  store<u8>(base + bestSides, u8(missingLeft));
}
