/**
 * Rows fall through trees and take the values of their leaves. Blocks of rows stay in the nearest cache for every tree. Through a tree of few
 * leaves sixteen rows fall at once (`leafBits.ts`); through a larger one four, a row's bins side by side, for each waits for memory at every step.
 */
import * as at from './control';
import { lanes, leavesOf } from './leafBits';

/** Bytes of bins in a block. */
const blockBytes: u32 = 32768;
/** Of a node: the column it asks, the highest bin on the left or the place of its set, the left child, marks. A leaf leads to itself. */
const nodeShift: u32 = 4;
const missingLeft: u32 = 1;
const isSet: u32 = 2;

/** Rows of a block, a multiple of four. */
export function blockRows(columns: u32): u32 {
  return max(4, min(1024, blockBytes / max(1, columns)) & ~3);
}

export function scoreChunk(chunk: u32, slot: u32): void {
  const columns = load<u32>(at.scoreColumns);
  const block = blockRows(columns);
  const from = chunk * block;
  const n = min(load<u32>(at.to) - from, block);
  const rows = load<u32>(at.scoreRoom) + slot * (block * columns);
  const bins: usize = load<u32>(at.scoreBins) + from;
  const stride = load<u32>(at.scoreStride);
  if (load<u32>(at.scoreWalks)) {
    for (let c: u32 = 0; c < columns; c++) {
      const column = bins + c * stride;
      for (let i: u32 = 0; i < n; i++) store<u8>(rows + i * columns + c, load<u8>(column + i));
    }
  }
  const outputs = load<u32>(at.outputs);
  const width = load<u32>(at.scoreWidth);
  const roots: usize = load<u32>(at.scoreRoots);
  const trees = load<u32>(at.scoreTrees);
  const nodes: usize = load<u32>(at.scoreNodes);
  const scores = load<u32>(at.score) + ((from * outputs) << 3);
  let output: u32 = 0;
  for (let t: u32 = 0; t < trees; t++) {
    const small = load<u32>(at.scoreSmall) + (t << 4);
    if (load<i32>(small, 4) >= 0) {
      addSmall(small, bins, stride, n, scores + (output << 3), slot);
      if (width === 1 && ++output === outputs) output = 0;
      continue;
    }
    const root = load<u32>(roots + (t << 2));
    let i: u32 = 0;
    for (; i + 4 <= n; i += 4) {
      const row = rows + i * columns;
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      for (;;) {
        const nextA = step(nodes, a, row);
        const nextB = step(nodes, b, row + columns);
        const nextC = step(nodes, c, row + 2 * columns);
        const nextD = step(nodes, d, row + 3 * columns);
        if (nextA === a && nextB === b && nextC === c && nextD === d) break;
        a = nextA;
        b = nextB;
        c = nextC;
        d = nextD;
      }
      const score = scores + ((i * outputs + output) << 3);
      const next = outputs << 3;
      take(nodes, a, score, width);
      take(nodes, b, score + next, width);
      take(nodes, c, score + 2 * next, width);
      take(nodes, d, score + 3 * next, width);
    }
    for (; i < n; i++) {
      const row = rows + i * columns;
      let a = root;
      for (let next = step(nodes, a, row); next !== a; next = step(nodes, a, row)) a = next;
      take(nodes, a, scores + ((i * outputs + output) << 3), width);
    }
    if (width === 1 && ++output === outputs) output = 0;
  }
}

/** Bins of a few rows behind the last are read too, and come to nothing. */
function addSmall(tree: usize, bins: usize, stride: u32, n: u32, scores: usize, slot: u32): void {
  const nodes = load<u32>(at.scoreSmallNodes) + (load<u32>(tree) << 4);
  const count = load<u32>(tree, 4);
  const leaves = load<u32>(at.scoreLeaves) + (load<u32>(tree, 8) << 2);
  const found = at.scoreFound + (slot << 6);
  const outputs = load<u32>(at.outputs);
  const width = load<u32>(at.scoreWidth);
  for (let i: u32 = 0; i < n; i += lanes) {
    leavesOf(nodes, count, bins + i, stride, found);
    const rows = min(lanes, n - i);
    for (let k: u32 = 0; k < rows; k++) add(load<u32>(leaves + (load<u32>(found + (k << 2)) << 2)), scores + (((i + k) * outputs) << 3), width);
  }
}

function step(nodes: usize, node: u32, row: usize): u32 {
  const entry = nodes + (node << nodeShift);
  const bin: u32 = load<u8>(row + load<u32>(entry));
  const rule = load<u32>(entry, 4);
  const marks = load<u32>(entry, 12);
  let left: u32;
  if (marks & isSet) left = (load<u32>(load<u32>(at.scoreSets) + (rule << 5) + ((bin >> 5) << 2)) >> (bin & 31)) & 1;
  else left = u32(bin <= rule) & (u32(bin !== 0) | (marks & missingLeft));
  return load<u32>(entry, 8) + 1 - left;
}

function take(nodes: usize, leaf: u32, score: usize, width: u32): void {
  add(load<u32>(nodes + (leaf << nodeShift), 12) >> 2, score, width);
}

/** The values of the leaf at this place. */
function add(place: u32, score: usize, width: u32): void {
  const value = load<u32>(at.scoreValues) + ((place * width) << 3);
  for (let k: u32 = 0; k < width; k++) {
    const to = score + (k << 3);
    store<f64>(to, load<f64>(to) + load<f64>(value + (k << 3)));
  }
}
