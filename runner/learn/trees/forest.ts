/** Trees as flat arrays: how they are stored and how rows fall through them. Node 0 of a tree is its root; children come after parents. */
import { decodeFloats, decodeInts, encodeFloats, encodeInts } from '../bytes.ts';
import type { JsonValue } from '../learner.ts';

/** Growing arrays while training. Per node: feature (-1 at a leaf), rule, children, value. */
export interface Forest {
  readonly roots: number[];
  readonly feature: number[];
  /** Of a cut: the highest bin on the left, missing rows left when `missingLeft`. Of a set: minus one minus its place in `sets`. */
  readonly rule: number[];
  readonly missingLeft: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
  /** 256 bits each, 8 numbers: the bins that go left. */
  readonly sets: number[];
}

export function emptyForest(): Forest {
  return { roots: [], feature: [], rule: [], missingLeft: [], left: [], right: [], value: [], sets: [] };
}

export function addNode(forest: Forest, value: number): number {
  forest.feature.push(-1);
  forest.rule.push(0);
  forest.missingLeft.push(0);
  forest.left.push(0);
  forest.right.push(0);
  forest.value.push(value);
  return forest.feature.length - 1;
}

export function addRule(forest: Forest, node: number, feature: number, left: Uint8Array, cut: number | null): void {
  forest.feature[node] = feature;
  forest.missingLeft[node] = left[0] ?? 0;
  if (cut !== null) {
    forest.rule[node] = cut;
    return;
  }
  forest.rule[node] = -1 - forest.sets.length / 8;
  for (let word = 0; word < 8; word++) {
    let bits = 0;
    for (let bit = 0; bit < 32; bit++) if (left[word * 32 + bit] === 1) bits |= 1 << bit;
    forest.sets.push(bits);
  }
}

/** Keeps the first `trees` trees. */
export function truncate(forest: Forest, trees: number): Forest {
  const end = forest.roots[trees] ?? forest.feature.length;
  const cut = (values: readonly number[]) => values.slice(0, end);
  return {
    roots: forest.roots.slice(0, trees),
    feature: cut(forest.feature),
    rule: cut(forest.rule),
    missingLeft: cut(forest.missingLeft),
    left: cut(forest.left),
    right: cut(forest.right),
    value: cut(forest.value),
    sets: forest.sets,
  };
}

const block = 1_024;

/** Adds the values of all trees to the scores. Rows go in blocks whose bins, a row beside a row, stay in the cache for every tree. */
export function addScores(scores: Float64Array, forest: Forest, columns: readonly Uint8Array[]): void {
  const flat: FlatForest = {
    roots: Int32Array.from(forest.roots),
    feature: Int32Array.from(forest.feature),
    rule: Int32Array.from(forest.rule),
    missingLeft: Uint8Array.from(forest.missingLeft),
    left: Int32Array.from(forest.left),
    right: Int32Array.from(forest.right),
    value: Float64Array.from(forest.value),
    sets: Int32Array.from(forest.sets),
  };
  const width = columns.length;
  const bins = new Uint8Array(block * width);
  for (let from = 0; from < scores.length; from += block) {
    const part = scores.subarray(from, Math.min(scores.length, from + block));
    columns.forEach((column, f) => {
      for (let i = 0; i < part.length; i++) bins[i * width + f] = column[from + i] ?? 0;
    });
    addBlock(part, flat, bins, width);
  }
}

interface FlatForest {
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly rule: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
  readonly sets: Int32Array;
}

function addBlock(scores: Float64Array, forest: FlatForest, bins: Uint8Array, width: number): void {
  const { roots, feature, rule, missingLeft, left, right, value, sets } = forest;
  for (let t = 0; t < roots.length; t++) {
    const root = roots[t] ?? 0;
    for (let i = 0; i < scores.length; i++) {
      let node = root;
      let f = feature[node] ?? -1;
      while (f >= 0) {
        const bin = bins[i * width + f] ?? 0;
        const at = rule[node] ?? 0;
        let goesLeft: boolean;
        if (at < 0) goesLeft = (((sets[(-1 - at) * 8 + (bin >> 5)] ?? 0) >>> (bin & 31)) & 1) === 1;
        else goesLeft = bin === 0 ? missingLeft[node] === 1 : bin <= at;
        node = (goesLeft ? left[node] : right[node]) ?? 0;
        f = feature[node] ?? -1;
      }
      scores[i] = (scores[i] ?? 0) + (value[node] ?? 0);
    }
  }
}

export function forestState(forest: Forest): JsonValue {
  const ints = (values: readonly number[]) => encodeInts(Int32Array.from(values));
  return {
    roots: ints(forest.roots),
    feature: ints(forest.feature),
    rule: ints(forest.rule),
    missingLeft: ints(forest.missingLeft),
    left: ints(forest.left),
    right: ints(forest.right),
    value: encodeFloats(Float64Array.from(forest.value)),
    sets: ints(forest.sets),
  };
}

export function forestFromState(state: Readonly<Record<string, unknown>>): Forest {
  const ints = (name: string) => [...decodeInts(String(state[name] ?? ''))];
  return {
    roots: ints('roots'),
    feature: ints('feature'),
    rule: ints('rule'),
    missingLeft: ints('missingLeft'),
    left: ints('left'),
    right: ints('right'),
    value: [...decodeFloats(String(state['value'] ?? ''))],
    sets: ints('sets'),
  };
}
