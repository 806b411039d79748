/** What the main thread calls; each call ends when all its chunks are done. Addresses are bytes from the start of the shared memory. */
import * as at from './control';
import { open, run, team } from './crew';
import { collectBytes, histogramBytes } from './histogram';
import { addJob, binJob, collectJob, divideJob, gradientJob, peakJob, scoreJob, settleJob, softmaxJob, sumJob, treeJob } from './jobs';
import { blockRows } from './scores';

export { assemble, claim, dismiss, fail, failed, serve, shut } from './crew';
export { growSome, plant } from './randomTree';
export { blockRows } from './scores';
export { sortFloats } from './sort';

/** Where the data of a fit lie. */
export function settle(
  columnCount: u32,
  stride: u32,
  bins: usize,
  offsets: usize,
  pairs: usize,
  own: usize,
  packed: usize,
  order: usize,
  lefts: usize,
  rights: usize,
  found: usize,
): void {
  store<u32>(at.columnCount, columnCount);
  store<u32>(at.stride, stride);
  store<u32>(at.bins, bins);
  store<u32>(at.offsets, offsets);
  store<u32>(at.pairs, pairs);
  store<u32>(at.own, own);
  store<u32>(at.packed, packed);
  store<u32>(at.order, order);
  store<u32>(at.lefts, lefts);
  store<u32>(at.rights, rights);
  store<u32>(at.found, found);
}

/** Cuts the rows of the next job into chunks. */
function chunksOf(rows: u32): u32 {
  const fair = rows / (at.chunksEach * team()) + 1;
  const span = max(at.leastRows, min(at.chunkRows, (fair + 63) & ~63));
  store<u32>(at.span, span);
  return (rows + span - 1) / span;
}

/** `bounds` holds 2 × `halving` numbers, ascending, the last ones infinite. */
export function binValues(values: usize, rows: u32, bounds: usize, halving: u32, target: usize): void {
  store<u32>(at.values, values);
  store<u32>(at.to, rows);
  store<u32>(at.bounds, bounds);
  store<u32>(at.halving, halving);
  store<u32>(at.target, target);
  run(binJob, chunksOf(rows));
}

/** What gradients are taken of. Of several classes: the probabilities of the class `output`, of `outputs`; of the others, scores. */
export function aimAt(loss: u32, rows: u32, score: usize, label: usize, weight: usize, outputs: u32, output: u32): void {
  store<u32>(at.loss, loss);
  store<u32>(at.to, rows);
  store<u32>(at.score, score);
  store<u32>(at.label, label);
  store<u32>(at.weight, weight);
  store<u32>(at.outputs, outputs);
  store<u32>(at.output, output);
}

/** The largest gradient and the largest curvature, without sign, lie in `found` after it. */
export function findPeaks(): void {
  const chunks = chunksOf(load<u32>(at.to));
  run(peakJob, chunks);
  const found: usize = load<u32>(at.found);
  let peak = v128.load(found);
  for (let chunk: u32 = 1; chunk < chunks; chunk++) peak = f64x2.max(peak, v128.load(found + (chunk << 4)));
  v128.store(found, peak);
}

/** Rounds gradients and curvatures, times their scales, into `pairs`. */
export function fillPairs(gradientScale: f64, curvatureScale: f64): void {
  store<f64>(at.gradientScale, gradientScale);
  store<f64>(at.curvatureScale, curvatureScale);
  run(gradientJob, chunksOf(load<u32>(at.to)));
}

/** Probabilities of each class from the scores of each class; both lie class after class, `stride` bytes apart. */
export function softmax(score: usize, target: usize, rows: u32, outputs: u32, stride: u32): void {
  store<u32>(at.score, score);
  store<u32>(at.target, target);
  store<u32>(at.to, rows);
  store<u32>(at.outputs, outputs);
  store<u32>(at.column, stride);
  run(softmaxJob, chunksOf(rows));
}

export function beginSums(): void {
  store<u32>(at.round, load<u32>(at.round) + 1);
}

/** Adds the rows `order[from..to)`, or, when `whole`, the rows from..to themselves. */
export function addRows(from: u32, to: u32, whole: u32): void {
  store<u32>(at.from, from);
  store<u32>(at.to, to);
  store<u32>(at.whole, whole);
  run(sumJob, chunksOf(to - from));
}

/** Writes the sums as floats in their own unit to `target`, and takes them from `sibling`, where there is one. */
export function collect(target: usize, sibling: usize): void {
  store<u32>(at.target, target);
  store<u32>(at.sibling, sibling);
  run(collectJob, (histogramBytes() + collectBytes - 1) / collectBytes);
}

/**
 * Parts `order[from..to)` by the bins of one column: those whose bin the table of `goesLeft` marks come first. Returns how many; the first
 * word of `found` is then the number of rows in bin 0.
 */
export function divide(column: usize, from: u32, to: u32, whole: u32): u32 {
  store<u32>(at.column, column);
  store<u32>(at.from, from);
  store<u32>(at.to, to);
  store<u32>(at.whole, whole);
  const chunks = chunksOf(to - from);
  run(divideJob, chunks);
  const span = load<u32>(at.span);
  const found: usize = load<u32>(at.found);
  let left: u32 = 0;
  let missing: u32 = 0;
  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const entry = found + (chunk << 4);
    const n = load<u32>(entry);
    missing += load<u32>(entry, 4);
    store<u32>(entry, left, 8);
    left += n;
  }
  let right = left;
  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const entry = found + (chunk << 4);
    const rows = min(to - from - chunk * span, span);
    store<u32>(entry, right, 12);
    right += rows - load<u32>(entry);
  }
  run(settleJob, chunks);
  store<u32>(found, missing);
  return left;
}

/** Adds values to the scores of rows: entries of first place, end and value, 16 bytes each, lie at `table`. */
export function addValues(table: usize, entries: u32, score: usize): void {
  store<u32>(at.table, table);
  store<u32>(at.score, score);
  run(addJob, entries);
}

/** Opens a forest of so many trees to the helpers; the words of a forest are written. */
export function openForest(trees: u32): void {
  open(treeJob, trees);
}

/** The trees of few leaves among those that `setTrees` names: a table of all trees, as in `control.ts`. */
export function setSmallTrees(table: usize, nodes: usize, leaves: usize, walks: u32): void {
  store<u32>(at.scoreSmall, table);
  store<u32>(at.scoreSmallNodes, nodes);
  store<u32>(at.scoreLeaves, leaves);
  store<u32>(at.scoreWalks, walks);
}

/** The trees that scores are taken of; nodes are as in `scores.ts`. */
export function setTrees(nodes: usize, roots: usize, trees: u32, values: usize, sets: usize, width: u32, outputs: u32): void {
  store<u32>(at.scoreNodes, nodes);
  store<u32>(at.scoreRoots, roots);
  store<u32>(at.scoreTrees, trees);
  store<u32>(at.scoreValues, values);
  store<u32>(at.scoreSets, sets);
  store<u32>(at.scoreWidth, width);
  store<u32>(at.outputs, outputs);
}

/** Adds the values of all trees to scores, rows × outputs. */
export function scoreRows(bins: usize, stride: u32, columns: u32, rows: u32, scores: usize, room: usize): void {
  store<u32>(at.scoreBins, bins);
  store<u32>(at.scoreStride, stride);
  store<u32>(at.scoreColumns, columns);
  store<u32>(at.to, rows);
  store<u32>(at.score, scores);
  store<u32>(at.scoreRoom, room);
  const block = blockRows(columns);
  run(scoreJob, (rows + block - 1) / block);
}
