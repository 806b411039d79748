/**
 * Grows one tree leaf by leaf: always the split with the largest gain next (Shi 2007, as LightGBM). The smaller child's histogram is summed,
 * the larger one's is the difference to the parent. O(rows · columns) a level, whatever the number of bins.
 */
import { addNode, addRule, type Forest } from './forest.ts';
import { type Bins, fillHistogram, subtractHistogram } from './histogram.ts';
import { bestSplit, type Split, type SplitLimits } from './split.ts';

export interface GrowLimits extends SplitLimits {
  readonly leaves: number;
  /** Null: no limit. */
  readonly depth: number | null;
  readonly learningRate: number;
}

/** Room and inputs that all trees of one model share. */
export interface Ground {
  readonly bins: Bins;
  readonly categorical: readonly boolean[];
  readonly rows: number;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  readonly order: Int32Array;
  readonly spill: Int32Array;
  readonly packedGradient: Float64Array;
  readonly packedCurvature: Float64Array;
  /** Histograms that no leaf holds. */
  readonly free: Float64Array[];
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly curvature: number;
  readonly l2: number;
  histogram: Float64Array | null;
  split: Split | null;
}

export function groundFor(bins: Bins, categorical: readonly boolean[], rows: number): Ground {
  return {
    bins,
    categorical,
    rows,
    gradient: new Float64Array(rows),
    curvature: new Float64Array(rows),
    order: new Int32Array(rows),
    spill: new Int32Array(rows),
    packedGradient: new Float64Array(rows),
    packedCurvature: new Float64Array(rows),
    free: [],
  };
}

/** Adds a tree to `forest` and its values to `score`; false, and nothing added, when no split gains. */
export async function growTree(
  forest: Forest,
  ground: Ground,
  limits: GrowLimits,
  score: Float64Array,
  pause: () => Promise<void> | null,
): Promise<boolean> {
  for (let i = 0; i < ground.rows; i++) ground.order[i] = i;
  const root = plant(ground, forest.feature.length, limits);
  if (!root.split) {
    release(ground, root);
    return false;
  }
  forest.roots.push(addNode(forest, 0));
  const leaves = [root];
  while (leaves.length < limits.leaves) {
    const best = leaves.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!best.split) break;
    const [left, right] = divide(forest, ground, best, best.split, limits, leaves.length + 1 < limits.leaves);
    leaves[leaves.indexOf(best)] = left;
    leaves.push(right);
    await pause();
  }
  for (const leaf of leaves) {
    const value = (-leaf.gradient / (leaf.curvature + leaf.l2)) * limits.learningRate;
    forest.value[leaf.node] = value;
    for (let i = leaf.from; i < leaf.to; i++) {
      const row = ground.order[i] ?? 0;
      score[row] = (score[row] ?? 0) + value;
    }
    release(ground, leaf);
  }
  return true;
}

function plant(ground: Ground, node: number, limits: GrowLimits): Leaf {
  let gradient = 0;
  let curvature = 0;
  for (let i = 0; i < ground.rows; i++) {
    gradient += ground.gradient[i] ?? 0;
    curvature += ground.curvature[i] ?? 0;
  }
  const leaf: Leaf = { node, from: 0, to: ground.rows, depth: 0, gradient, curvature, l2: limits.l2, histogram: null, split: null };
  if (splittable(leaf, limits)) {
    leaf.histogram = summed(ground, leaf);
    search(ground, leaf, limits);
  }
  return leaf;
}

function divide(forest: Forest, ground: Ground, parent: Leaf, split: Split, limits: GrowLimits, more: boolean): readonly [Leaf, Leaf] {
  const column = ground.bins.columns[split.feature] ?? new Uint8Array();
  const middle = partition(ground, column, parent, split);
  addRule(forest, parent.node, split.feature, split.left, split.cut);
  const child = (from: number, to: number, gradient: number, curvature: number): Leaf => ({
    node: addNode(forest, 0),
    from,
    to,
    depth: parent.depth + 1,
    gradient,
    curvature,
    l2: split.l2,
    histogram: null,
    split: null,
  });
  const left = child(parent.from, middle, split.leftGradient, split.leftCurvature);
  const right = child(middle, parent.to, parent.gradient - split.leftGradient, parent.curvature - split.leftCurvature);
  forest.left[parent.node] = left.node;
  forest.right[parent.node] = right.node;
  if (more && (splittable(left, limits) || splittable(right, limits)) && parent.histogram) {
    const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
    small.histogram = summed(ground, small);
    subtractHistogram(parent.histogram, small.histogram);
    large.histogram = parent.histogram;
    parent.histogram = null;
    for (const leaf of [left, right]) search(ground, leaf, limits);
  }
  release(ground, parent);
  return [left, right];
}

/** Stable: rows keep their order on both sides. Missing rows of a column that the leaf has none of go with the larger side. */
function partition({ order, spill }: Ground, column: Uint8Array, { from, to }: Leaf, { left }: Split): number {
  let end = from;
  let spilt = 0;
  let missing = 0;
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    const bin = column[row] ?? 0;
    const goesLeft = left[bin] ?? 0;
    // Both are written and one is kept: no branch to mispredict.
    order[end] = row;
    spill[spilt] = row;
    end += goesLeft;
    spilt += 1 - goesLeft;
    if (bin === 0) missing++;
  }
  order.set(spill.subarray(0, spilt), end);
  if (missing === 0) left[0] = end - from >= spilt ? 1 : 0;
  return end;
}

function splittable(leaf: Leaf, limits: GrowLimits): boolean {
  return leaf.to - leaf.from >= 2 * limits.minLeaf && (limits.depth === null || leaf.depth < limits.depth);
}

function summed(ground: Ground, leaf: Leaf): Float64Array {
  const histogram = ground.free.pop() ?? new Float64Array(ground.bins.offsets.at(-1) ?? 0);
  fillHistogram(
    histogram,
    ground.bins,
    ground.order,
    leaf.from,
    leaf.to,
    ground.gradient,
    ground.curvature,
    ground.packedGradient,
    ground.packedCurvature,
  );
  return histogram;
}

function search(ground: Ground, leaf: Leaf, limits: GrowLimits): void {
  if (leaf.histogram && splittable(leaf, limits)) {
    const sums = { gradient: leaf.gradient, curvature: leaf.curvature, rows: leaf.to - leaf.from };
    leaf.split = bestSplit(leaf.histogram, ground.bins.offsets, ground.categorical, sums, limits);
  }
  if (!leaf.split) release(ground, leaf);
}

function release(ground: Ground, leaf: Leaf): void {
  if (leaf.histogram) ground.free.push(leaf.histogram);
  leaf.histogram = null;
}
