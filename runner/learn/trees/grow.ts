/**
 * Grows one tree leaf by leaf: always the split with the largest gain next (Shi 2007, as LightGBM). The smaller child's histogram is summed,
 * the larger one's is the difference to the parent. O(rows · columns) a level, whatever the number of bins.
 */
import type { Pause } from '../checkpoint.ts';
import { addNode, addRule, type GrowingForest } from './forest.ts';
import type { Ground, Histogram } from './ground.ts';
import { type Bounds, bestSplit, boundsOfSides, leafValue, type Split, type SplitLimits, unbounded } from './split.ts';

export interface GrowLimits extends SplitLimits {
  readonly leaves: number;
  /** Null: no limit. */
  readonly depth: number | null;
  readonly learningRate: number;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly curvature: number;
  readonly l2: number;
  readonly bounds: Bounds;
  histogram: Histogram | null;
  split: Split | null;
}

/** Cells of a histogram summed between two looks at the clock: some 10 ms. */
const cellsOfPause = 10_000_000;

/** Adds a tree to `forest` and its values to the scores of `output`; false, and nothing added, when no split gains. */
export async function growTree(forest: GrowingForest, ground: Ground, limits: GrowLimits, output: number, pause: Pause): Promise<boolean> {
  const root = await plant(ground, forest.feature.length, limits, pause);
  if (!root.split) {
    release(ground, root);
    return false;
  }
  forest.roots.push(addNode(forest));
  const leaves = [root];
  while (leaves.length < limits.leaves) {
    const best = leaves.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!best.split) break;
    const [left, right] = await divide(forest, ground, best, best.split, limits, leaves, pause);
    leaves[leaves.indexOf(best)] = left;
    leaves.push(right);
  }
  const parts = leaves.map(({ from, to, gradient, curvature, l2, bounds }) => ({
    from,
    to,
    value: leafValue(gradient, curvature, l2, bounds) * limits.learningRate,
  }));
  leaves.forEach((leaf, k) => {
    forest.value[leaf.node] = parts[k]?.value ?? 0;
    release(ground, leaf);
  });
  ground.addValues(output, parts);
  await pause();
  return true;
}

async function plant(ground: Ground, node: number, limits: GrowLimits, pause: Pause): Promise<Leaf> {
  const bare: Leaf = {
    node,
    from: 0,
    to: ground.rows,
    depth: 0,
    gradient: 0,
    curvature: 0,
    l2: limits.l2,
    bounds: unbounded,
    histogram: null,
    split: null,
  };
  if (!splittable(bare, limits) || ground.categorical.length === 0) return bare;
  const histogram = take(ground, []);
  await sum(ground, bare, histogram, null, pause);
  const [gradient, curvature] = ground.totals(histogram);
  const root = { ...bare, gradient, curvature, histogram };
  search(ground, root, limits);
  return root;
}

async function divide(
  forest: GrowingForest,
  ground: Ground,
  parent: Leaf,
  split: Split,
  limits: GrowLimits,
  leaves: readonly Leaf[],
  pause: Pause,
): Promise<readonly [Leaf, Leaf]> {
  const middle = partition(ground, parent, split);
  const child = addRule(forest, parent.node, split.feature, split.left, split.cut);
  const bounds = boundsOfSides(split, parent, parent.bounds, limits.monotone);
  const leaf = (node: number, from: number, to: number, gradient: number, curvature: number, bounds: Bounds): Leaf => ({
    node,
    from,
    to,
    depth: parent.depth + 1,
    gradient,
    curvature,
    l2: split.l2,
    bounds,
    histogram: null,
    split: null,
  });
  const left = leaf(child, parent.from, middle, split.leftGradient, split.leftCurvature, bounds[0]);
  const right = leaf(child + 1, middle, parent.to, parent.gradient - split.leftGradient, parent.curvature - split.leftCurvature, bounds[1]);
  if (leaves.length + 1 < limits.leaves && (splittable(left, limits) || splittable(right, limits))) {
    const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
    small.histogram = take(ground, leaves, parent);
    await sum(ground, small, small.histogram, parent.histogram, pause);
    large.histogram = parent.histogram ?? take(ground, leaves, small);
    if (!parent.histogram) await sum(ground, large, large.histogram, null, pause);
    parent.histogram = null;
    for (const side of [left, right]) search(ground, side, limits);
  }
  release(ground, parent);
  return [left, right];
}

/** Rows keep their order on both sides. Missing rows of a column that the leaf has none of go with the larger side. */
function partition(ground: Ground, { from, to }: Leaf, { left, feature }: Split): number {
  const rows = ground.divide(feature, left, from, to);
  if (ground.missing() === 0) left[0] = 2 * rows >= to - from ? 1 : 0;
  return from + rows;
}

function splittable(leaf: Leaf, limits: GrowLimits): boolean {
  return leaf.to - leaf.from >= 2 * limits.minLeaf && (limits.depth === null || leaf.depth < limits.depth);
}

/** Room for a histogram; where there is none, that of the leaf with the least to gain, which can be summed again. */
function take(ground: Ground, leaves: readonly Leaf[], kept: Leaf | null = null): Histogram {
  const free = ground.free.pop();
  if (free) return free;
  const held = leaves.filter(leaf => leaf.histogram && leaf !== kept);
  const least = held.reduce<Leaf | null>((a, b) => (a === null || (b.split?.gain ?? 0) < (a.split?.gain ?? 0) ? b : a), null);
  if (!least?.histogram) throw new Error('no histogram is free, and no leaf holds one');
  const { histogram } = least;
  least.histogram = null;
  return histogram;
}

async function sum(ground: Ground, { from, to }: Leaf, target: Histogram, parent: Histogram | null, pause: Pause): Promise<void> {
  const { calls } = ground.kernel;
  const step = Math.max(1, Math.floor(cellsOfPause / ground.cellsPerRow));
  const whole = to - from === ground.rows ? 1 : 0;
  calls.beginSums();
  for (let start = from; start < to; start += step) {
    calls.addRows(start, Math.min(to, start + step), whole);
    await pause();
  }
  calls.collect(target.address, parent?.address ?? 0);
}

function search(ground: Ground, leaf: Leaf, limits: GrowLimits): void {
  if (leaf.histogram && splittable(leaf, limits)) {
    const sums = { gradient: leaf.gradient, curvature: leaf.curvature, rows: leaf.to - leaf.from };
    const histogram = ground.columnSums(leaf.histogram, leaf.gradient, leaf.curvature);
    leaf.split = bestSplit(histogram, ground.offsets, ground.categorical, sums, limits, leaf.bounds);
  }
  if (!leaf.split) release(ground, leaf);
}

function release(ground: Ground, leaf: Leaf): void {
  if (leaf.histogram) ground.free.push(leaf.histogram);
  leaf.histogram = null;
}
