/** Trees as flat arrays: how they are stored and how rows fall through them. A tree's root is its first node; the two children of a node lie side by side. */
import { decodeFloats, decodeInts, encodeFloats, encodeInts } from '../bytes.ts';
import type { JsonValue } from '../learner.ts';

export interface Forest {
  /** Scores of a row. */
  readonly outputs: number;
  /** Values of a leaf: one for each output, or one, and the trees take the outputs in turns. */
  readonly width: number;
  /** By tree, its first node. */
  readonly roots: Int32Array;
  /** By node, the column it asks; -1 at a leaf. */
  readonly feature: Int32Array;
  /** Of a cut: the highest bin on the left, plus 256 where missing rows go left. Of a set: minus one minus its place in `sets`. */
  readonly rule: Int32Array;
  /** The left child, before the right one; at a leaf, its place in `value`. */
  readonly child: Int32Array;
  readonly value: Float64Array;
  /** 256 bits each, 8 numbers: the bins that go left. */
  readonly sets: Int32Array;
}

/** While boosting: a value for each node. */
export interface GrowingForest {
  readonly roots: number[];
  readonly feature: number[];
  readonly rule: number[];
  readonly child: number[];
  readonly value: number[];
  readonly sets: number[];
}

export function emptyForest(): GrowingForest {
  return { roots: [], feature: [], rule: [], child: [], value: [], sets: [] };
}

export function addNode(forest: GrowingForest): number {
  forest.feature.push(-1);
  forest.rule.push(0);
  forest.child.push(0);
  forest.value.push(0);
  return forest.feature.length - 1;
}

/** Gives a leaf two children; returns the left one. `left` says by bin who goes left, and a cut says it shorter. */
export function addRule(forest: GrowingForest, node: number, feature: number, left: Uint8Array, cut: number | null): number {
  forest.feature[node] = feature;
  if (cut === null) {
    forest.rule[node] = -1 - forest.sets.length / 8;
    for (let word = 0; word < 8; word++) {
      let bits = 0;
      for (let bit = 0; bit < 32; bit++) if (left[word * 32 + bit] === 1) bits |= 1 << bit;
      forest.sets.push(bits);
    }
  } else {
    forest.rule[node] = cut + (left[0] === 1 ? 256 : 0);
  }
  const child = addNode(forest);
  addNode(forest);
  forest.child[node] = child;
  return child;
}

/** The trees `first` to `end` − 1 as they are stored; leaves and sets are numbered anew. */
export function finished(forest: GrowingForest, first: number, end: number, outputs: number): Forest {
  const from = forest.roots[first] ?? forest.feature.length;
  const to = forest.roots[end] ?? forest.feature.length;
  const feature = Int32Array.from(forest.feature.slice(from, to));
  const value: number[] = [];
  const sets: number[] = [];
  const child = Int32Array.from(feature, (column, i) => {
    if (column >= 0) return (forest.child[from + i] ?? 0) - from;
    return value.push(forest.value[from + i] ?? 0) - 1;
  });
  return {
    outputs,
    width: 1,
    roots: Int32Array.from(forest.roots.slice(first, end), root => root - from),
    feature,
    rule: Int32Array.from(forest.rule.slice(from, to), rule => {
      if (rule >= 0) return rule;
      sets.push(...forest.sets.slice((-1 - rule) * 8, -rule * 8));
      return -sets.length / 8;
    }),
    child,
    value: Float64Array.from(value),
    sets: Int32Array.from(sets),
  };
}

const block = 1_024;

/**
 * Adds the values of all trees to the scores, rows × outputs. Rows go in blocks whose bins, a row beside a row, stay in the cache for every
 * tree.
 */
export function addScores(scores: Float64Array, forest: Forest, columns: readonly Uint8Array[]): void {
  const rows = scores.length / forest.outputs;
  const width = columns.length;
  const bins = new Uint8Array(Math.min(rows, block) * width);
  for (let from = 0; from < rows; from += block) {
    const n = Math.min(block, rows - from);
    columns.forEach((column, f) => {
      for (let i = 0; i < n; i++) bins[i * width + f] = column[from + i] ?? 0;
    });
    addBlock(scores.subarray(from * forest.outputs, (from + n) * forest.outputs), n, forest, bins, width);
  }
}

function addBlock(scores: Float64Array, rows: number, forest: Forest, bins: Uint8Array, columns: number): void {
  const { roots, feature, rule, child, value, sets, outputs, width } = forest;
  for (let t = 0; t < roots.length; t++) {
    const root = roots[t] ?? 0;
    const output = width === 1 ? t % outputs : 0;
    for (let i = 0; i < rows; i++) {
      let node = root;
      let f = feature[node] ?? -1;
      while (f >= 0) {
        const bin = bins[i * columns + f] ?? 0;
        const at = rule[node] ?? 0;
        let goesLeft: boolean;
        if (at < 0) goesLeft = (((sets[(-1 - at) * 8 + (bin >> 5)] ?? 0) >>> (bin & 31)) & 1) === 1;
        else goesLeft = bin === 0 ? at >= 256 : bin <= (at & 255);
        node = (child[node] ?? 0) + (goesLeft ? 0 : 1);
        f = feature[node] ?? -1;
      }
      const leaf = (child[node] ?? 0) * width;
      const score = i * outputs + output;
      for (let k = 0; k < width; k++) scores[score + k] = (scores[score + k] ?? 0) + (value[leaf + k] ?? 0);
    }
  }
}

export function forestState({ outputs, width, roots, feature, rule, child, value, sets }: Forest): JsonValue {
  return {
    outputs,
    width,
    roots: encodeInts(roots),
    feature: encodeInts(feature),
    rule: encodeInts(rule),
    child: encodeInts(child),
    value: encodeFloats(value),
    sets: encodeInts(sets),
  };
}

/** Null where the arrays do not fit each other, or ask for more columns than there are. */
export function forestFromState(state: unknown, columns: number): Forest | null {
  if (typeof state !== 'object' || state === null) return null;
  const stored = state as Readonly<Record<string, unknown>>;
  const ints = (name: string) => decodeInts(String(stored[name] ?? ''));
  const forest: Forest = {
    outputs: Number(stored['outputs']),
    width: Number(stored['width']),
    roots: ints('roots'),
    feature: ints('feature'),
    rule: ints('rule'),
    child: ints('child'),
    value: decodeFloats(String(stored['value'] ?? '')),
    sets: ints('sets'),
  };
  return isSound(forest) && forest.feature.every(column => column < columns) ? forest : null;
}

/** Whether every step from a root leads further down, to a leaf that has its values. */
function isSound({ outputs, width, roots, feature, rule, child, value, sets }: Forest): boolean {
  if (!(outputs >= 1) || !(width === 1 || width === outputs) || rule.length !== feature.length || child.length !== feature.length) return false;
  if (roots.some(root => root < 0 || root >= feature.length)) return false;
  return feature.every((column, node) => {
    const to = child[node] ?? -1;
    if (column < 0) return to >= 0 && (to + 1) * width <= value.length;
    const at = rule[node] ?? 0;
    return to > node && to + 1 < feature.length && (at >= 0 ? at < 512 : (-1 - at) * 8 + 8 <= sets.length);
  });
}
