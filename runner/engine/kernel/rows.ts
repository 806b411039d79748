/**
 * Rows of a batch, added up by link and slice of time. Each part of a cell has a loop of its own: the first of them fetches the cells, which the
 * others find near. All sums are of whole numbers that floats hold, so the order of rows changes nothing.
 */
import { findTexts, numberLevels } from './texts';
import * as at from './words';

/** Where the links of a batch are; link 0 is that of rows which belong to none. */
export function linksOf(batch: usize): usize {
  const rows = load<i32>(batch);
  const room: usize = load<u32>(at.room);
  const cells = room + 4 * at.batchRows;
  let links: usize = batch + load<u32>(at.linksAt);
  const texts: usize = load<u32>(at.texts);
  if (texts !== 0) {
    findTexts(texts, load<u32>(at.lastText), rows, links, room, cells);
    links = room;
  }
  const kept: usize = load<u32>(at.links);
  if (texts !== 0 || kept !== 0) countMissing(links, rows);
  if (kept !== 0) keep(kept, batch + load<u32>(at.rowsAt), links, rows);
  return links;
}

export function addBatch(batch: usize, links: usize): void {
  const rows = load<i32>(batch);
  const cells = load<u32>(at.room) + 4 * at.batchRows;
  place(links, batch + load<u32>(at.eventsAt), rows, cells);
  addParts(batch, rows, cells);
}

/** `values`: a batch, or a chunk. */
export function addParts(values: usize, rows: i32, cells: usize): void {
  const parts = load<i32>(at.partCount);
  for (let i = 0; i < parts; i++) addPart(load<u32>(at.parts) + usize(i) * at.partBytes, values, rows, cells);
}

/** What names no link gets link 0. */
function countMissing(links: usize, rows: i32): void {
  let missing = 0;
  for (let i: usize = 0; i < usize(rows) << 2; i += 4) {
    const link = load<i32>(links + i);
    missing += i32(link <= 0);
    store<i32>(links + i, max(link, 0));
  }
  store<i32>(at.missing, load<i32>(at.missing) + missing);
}

function keep(kept: usize, places: usize, links: usize, rows: i32): void {
  for (let i: usize = 0; i < usize(rows) << 2; i += 4) store<i32>(kept + (usize(load<u32>(places + i)) << 2), load<i32>(links + i));
}

/** The cell of each row. Rows near each other in time are near each other in most files, so the slice of the row before is tried first. */
function place(links: usize, events: usize, rows: i32, into: usize): void {
  const edges: usize = load<u32>(at.edges);
  const slices = load<i32>(at.slices);
  const cells: u32 = load<u32>(at.cells);
  const width: u32 = load<u32>(at.width);
  const begin = load<f64>(edges);
  const end = load<f64>(at.end);
  let slice = load<i32>(at.slice);
  let low = load<f64>(edges + (usize(slice) << 3));
  let high = min(end, load<f64>(edges + (usize(slice + 1) << 3)));
  for (let i: usize = 0; i < usize(rows); i++) {
    const event = load<f64>(events + (i << 3));
    if (!(event >= low && event < high)) {
      if (!(event >= begin && event < end)) {
        store<u32>(into + (i << 2), cells);
        continue;
      }
      slice = sliceOf(event, edges, slices);
      low = load<f64>(edges + (usize(slice) << 3));
      high = min(end, load<f64>(edges + (usize(slice + 1) << 3)));
    }
    const link = load<i32>(links + (i << 2));
    const cell = ((link >> at.blockBits) * slices + slice) * at.linksPerBlock + (link & (at.linksPerBlock - 1));
    store<u32>(into + (i << 2), cells + u32(cell) * width);
  }
  store<i32>(at.slice, slice);
}

export function sliceOf(event: f64, edges: usize, slices: i32): i32 {
  let low = 0;
  let high = slices - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (event < load<f64>(edges + (usize(middle) << 3))) high = middle - 1;
    else low = middle;
  }
  return low;
}

function addPart(part: usize, batch: usize, rows: i32, cells: usize): void {
  const from: usize = load<u32>(part + 4);
  const values: usize = batch + load<u32>(part + 8);
  const size = part + 24;
  switch (load<i32>(part)) {
    case at.rowsKind:
      addRows(cells, rows, from);
      break;
    case at.flagKind:
      addFlags(cells, rows, from, values);
      break;
    case at.wholeKind:
      addWhole(cells, rows, from, values, size);
      break;
    case at.wideKind:
      addWide(cells, rows, from, values, size);
      break;
    case at.leastKind:
    case at.firstKind:
      keepLeast(cells, rows, from, values);
      break;
    case at.greatestKind:
      keepGreatest(cells, rows, from, values, 0);
      break;
    case at.lastKind:
      keepGreatest(cells, rows, from, values, load<f64>(at.origin));
      break;
    case at.levelsKind:
    case at.laterLevelsKind: {
      const first = load<i32>(part) === at.levelsKind ? 0 : at.levelsPerNumber;
      const texts: usize = load<u32>(part + 12);
      if (texts === 0) {
        keepLevels(cells, rows, from, values, first);
      } else {
        const numbers = cells + 4 * at.batchRows;
        numberLevels(texts, load<u32>(part + 16), rows, values, numbers);
        keepNumbered(cells, rows, from, numbers, first);
      }
      break;
    }
  }
}

function addRows(cells: usize, rows: i32, from: usize): void {
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    store<i32>(to, load<i32>(to) + 1);
  }
}

function addFlags(cells: usize, rows: i32, from: usize, values: usize): void {
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    store<i32>(to, load<i32>(to) + load<i8>(values + i));
  }
}

function addWhole(cells: usize, rows: i32, from: usize, values: usize, total: usize): void {
  let size = load<f64>(total);
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    const value = load<f64>(values + (i << 3));
    size += abs(value);
    store<f64>(to, load<f64>(to) + value);
  }
  store<f64>(total, size);
}

/** High digits, then low ones. A power of two divides as exactly as its inverse multiplies. */
function addWide(cells: usize, rows: i32, from: usize, values: usize, total: usize): void {
  const limb = load<f64>(at.limb);
  const share = 1 / limb;
  let size = load<f64>(total);
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    const value = load<f64>(values + (i << 3));
    const high = floor(value * share);
    size += abs(high);
    store<f64>(to, load<f64>(to) + high);
    store<f64>(to + 8, load<f64>(to + 8) + (value - high * limb));
  }
  store<f64>(total, size);
}

function keepLeast(cells: usize, rows: i32, from: usize, values: usize): void {
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    const value = load<f64>(values + (i << 3));
    const least = load<f64>(to);
    // Of both zeros the negative one, whichever comes first; a value that is no number is left out.
    if (value <= least) store<f64>(to, min(value, least));
  }
}

function keepGreatest(cells: usize, rows: i32, from: usize, values: usize, origin: f64): void {
  for (let i: usize = 0; i < usize(rows); i++) {
    const to = load<u32>(cells + (i << 2)) + from;
    const value = load<f64>(values + (i << 3)) - origin;
    const greatest = load<f64>(to);
    if (value >= greatest) store<f64>(to, max(value, greatest));
  }
}

function keepLevel(to: usize, level: i32): void {
  const bit = select(1 << level, 0, u32(level) < u32(at.levelsPerNumber));
  store<i32>(to, load<i32>(to) | bit);
}

function keepLevels(cells: usize, rows: i32, from: usize, values: usize, first: i32): void {
  for (let i: usize = 0; i < usize(rows); i++) keepLevel(load<u32>(cells + (i << 2)) + from, i32(load<i8>(values + i)) - first);
}

function keepNumbered(cells: usize, rows: i32, from: usize, numbers: usize, first: i32): void {
  for (let i: usize = 0; i < usize(rows); i++) keepLevel(load<u32>(cells + (i << 2)) + from, load<i32>(numbers + (i << 2)) - first);
}
