/**
 * Rows that are kept by block of links until the block is read, where that takes less memory than all cells: they are then added to the cells of
 * few blocks, which lie near. Whoever reads blocks in any other order gets room for all of them after a while.
 */
import { addParts, sliceOf } from './rows';
import { numberLevels } from './texts';
import * as at from './words';

/** Rows outside of all slices, and those of no link, are left out. */
export function keepRows(batch: usize, links: usize): void {
  const rows = load<i32>(batch);
  const room: usize = load<u32>(at.room);
  const indexes = room + 4 * at.batchRows;
  const places = room + 8 * at.batchRows;
  const kept = placeRows(links, batch + load<u32>(at.eventsAt), rows, indexes, places);
  const columns = load<i32>(at.columnCount);
  for (let i = 0; i < columns; i++) keepColumn(load<u32>(at.columns) + usize(i) * at.columnBytes, batch, rows, kept, indexes, places);
}

/** Gives how many rows have a place; `places`: chunks, which begin at whole lines, and the place in one in their low bits. */
function placeRows(links: usize, events: usize, rows: i32, indexes: usize, places: usize): usize {
  const edges: usize = load<u32>(at.edges);
  const slices = load<i32>(at.slices);
  const heads: usize = load<u32>(at.heads);
  const chunkBytes: usize = load<u32>(at.chunkBytes);
  const begin = load<f64>(edges);
  const end = load<f64>(at.end);
  let pool: usize = load<u32>(at.pool);
  let slice = load<i32>(at.slice);
  let low = load<f64>(edges + (usize(slice) << 3));
  let high = min(end, load<f64>(edges + (usize(slice + 1) << 3)));
  let kept: usize = 0;
  for (let i: usize = 0; i < usize(rows); i++) {
    const event = load<f64>(events + (i << 3));
    const link = load<i32>(links + (i << 2));
    if (!(event >= begin && event < end) || link === 0) continue;
    if (!(event >= low && event < high)) {
      slice = sliceOf(event, edges, slices);
      low = load<f64>(edges + (usize(slice) << 3));
      high = min(end, load<f64>(edges + (usize(slice + 1) << 3)));
    }
    const head = heads + (usize(link >> at.blockBits) << 2);
    let chunk: usize = load<u32>(head);
    let place: u32 = chunk === 0 ? at.chunkRows : load<u32>(chunk + 4);
    if (place === at.chunkRows) {
      store<u32>(pool, u32(chunk));
      store<u32>(head, u32(pool));
      chunk = pool;
      pool += chunkBytes;
      place = 0;
    }
    store<u32>(chunk + 4, place + 1);
    store<i32>(chunk + at.chunkCells + (usize(place) << 2), slice * at.linksPerBlock + (link & (at.linksPerBlock - 1)));
    store<u32>(indexes + (kept << 2), u32(i));
    store<u32>(places + (kept << 2), u32(chunk) | place);
    kept++;
  }
  store<i32>(at.slice, slice);
  store<u32>(at.pool, u32(pool));
  return kept;
}

function keepColumn(column: usize, batch: usize, rows: i32, kept: usize, indexes: usize, places: usize): void {
  const values: usize = batch + load<u32>(column + 4);
  const to: usize = load<u32>(column + 8);
  if (load<u32>(column) === 8) {
    keepFloats(values, to, kept, indexes, places);
    const part: usize = load<u32>(column + 20);
    if (part !== 0) store<f64>(part + 24, load<f64>(part + 24) + sizeOf(load<i32>(part), values, kept, indexes));
    return;
  }
  const texts: usize = load<u32>(column + 12);
  if (texts === 0) {
    for (let i: usize = 0; i < kept << 2; i += 4) keepByte(load<u32>(places + i), to, load<i8>(values + usize(load<u32>(indexes + i))));
    return;
  }
  const numbers = places + 4 * at.batchRows;
  numberLevels(texts, load<u32>(column + 16), rows, values, numbers);
  for (let i: usize = 0; i < kept << 2; i += 4) keepByte(load<u32>(places + i), to, load<i32>(numbers + (usize(load<u32>(indexes + i)) << 2)));
}

function keepByte(place: u32, to: usize, value: i32): void {
  const row = place & (at.chunkRows - 1);
  store<i8>(usize(place - row) + to + usize(row), value);
}

function keepFloats(values: usize, to: usize, kept: usize, indexes: usize, places: usize): void {
  for (let i: usize = 0; i < kept << 2; i += 4) {
    const place = load<u32>(places + i);
    const row = place & (at.chunkRows - 1);
    store<f64>(usize(place - row) + to + (usize(row) << 3), load<f64>(values + (usize(load<u32>(indexes + i)) << 3)));
  }
}

/** How large the values are together, as they are added. */
function sizeOf(kind: i32, values: usize, kept: usize, indexes: usize): f64 {
  const share = kind === at.wideKind ? 1 / load<f64>(at.limb) : 1;
  let size: f64 = 0;
  for (let i: usize = 0; i < kept << 2; i += 4) {
    const value = load<f64>(values + (usize(load<u32>(indexes + i)) << 3)) * share;
    size += abs(kind === at.wideKind ? floor(value) : value);
  }
  return size;
}

/** Whether a block can be made without another one being given up. */
export function hasRoom(): bool {
  if (load<u32>(at.made) >= 2 * load<u32>(at.blockCount)) return true;
  return load<i32>(slotBlock()) < 0;
}

function slotBlock(): usize {
  return load<u32>(at.slotBlocks) + (usize(load<u32>(at.nextSlot)) << 2);
}

/** Adds up the rows of a block, and gives where its cells are. */
export function makeBlock(block: i32): usize {
  const made = load<u32>(at.made);
  const blockBytes: usize = load<u32>(at.blockBytes);
  store<u32>(at.made, made + 1);
  if (made >= 2 * load<u32>(at.blockCount)) {
    const own = load<u32>(at.cells) + usize(block) * blockBytes;
    addRowsOf(block, own);
    return own;
  }
  const slot = load<u32>(at.nextSlot);
  const before = load<i32>(slotBlock());
  if (before >= 0) store<u32>(load<u32>(at.homes) + (usize(before) << 2), 0);
  store<i32>(slotBlock(), block);
  store<u32>(at.nextSlot, (slot + 1) % load<u32>(at.slotCount));
  const place = load<u32>(at.slots) + usize(slot) * blockBytes;
  addRowsOf(block, place);
  return place;
}

function addRowsOf(block: i32, into: usize): void {
  const width: usize = load<u32>(at.width);
  const blockBytes: usize = load<u32>(at.blockBytes);
  memory.fill(into, 0, blockBytes);
  const parts = load<i32>(at.partCount);
  for (let i = 0; i < parts; i++) {
    const part = load<u32>(at.parts) + usize(i) * at.partBytes;
    const nothing = load<f64>(part + 32);
    if (nothing === 0) continue;
    for (let cell = into + load<u32>(part + 4); cell < into + blockBytes; cell += width) store<f64>(cell, nothing);
  }
  const cells = load<u32>(at.room) + 4 * at.batchRows;
  let chunk: usize = load<u32>(load<u32>(at.heads) + (usize(block) << 2));
  while (chunk !== 0) {
    const rows = load<i32>(chunk + 4);
    for (let i: usize = 0; i < usize(rows) << 2; i += 4) {
      store<u32>(cells + i, u32(into) + load<u32>(chunk + at.chunkCells + i) * u32(width));
    }
    addParts(chunk, rows, cells);
    chunk = load<u32>(chunk);
  }
}
