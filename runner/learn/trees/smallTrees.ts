/** Trees of few leaves as `kernel/leafBits.ts` reads them: their nodes in any order, each with the leaves that lie on its left. */
import type { Forest } from './forest.ts';

/** Leaves of a small tree, a bit each. */
const mostLeaves = 32;
const nodeWords = 4;
export const treeWords = 4;
const setBytes = 32;

export interface SmallTrees {
  /** Four words a tree: where its nodes begin, how many they are or -1 for a tree of more leaves, where its leaves begin. */
  readonly table: Int32Array;
  /** Four words a node: column; highest bin on the left, what is taken off bins first, whether it asks a set; leaves on its left; its set. */
  readonly nodes: Int32Array;
  /** By leaf from left to right, its place among the values of the forest. */
  readonly leaves: Int32Array;
}

/** Writes what there is of the forest into this room; whether all trees are small. */
export function laySmall(forest: Forest, { table, nodes, leaves }: SmallTrees): boolean {
  let [node, leaf] = [0, 0];
  let all = true;
  forest.roots.forEach((root, t) => {
    const found = numbered(forest, root);
    table[t * treeWords + 1] = -1;
    if (!found) {
      all = false;
      return;
    }
    table.set([node, found.nodes.length, leaf], t * treeWords);
    for (const words of found.nodes) nodes.set(words, nodeWords * node++);
    for (const place of found.leaves) leaves[leaf++] = place;
  });
  return all;
}

interface Numbered {
  readonly nodes: readonly (readonly number[])[];
  readonly leaves: readonly number[];
}

/** Null where there are too many leaves, or a node that sends nobody to the left. */
function numbered({ feature, rule, child }: Forest, root: number): Numbered | null {
  const nodes: number[][] = [];
  const leaves: number[] = [];
  /** Whether all below the node fits; so far down there are more leaves beside. */
  const visit = (node: number, above: number): boolean => {
    const column = feature[node] ?? -1;
    const below = child[node] ?? 0;
    if (column < 0) return leaves.push(below) <= mostLeaves;
    const first = leaves.length;
    if (above === mostLeaves || !visit(below, above + 1)) return false;
    const form = formOf(rule[node] ?? 0);
    if (!form) return false;
    nodes.push([column, form.compared, bitsFrom(first, leaves.length), form.set]);
    return visit(below + 1, above + 1);
  };
  return visit(root, 0) ? { nodes, leaves } : null;
}

/** Bits `from` to `to` − 1. */
const bitsFrom = (from: number, to: number): number => (to >= mostLeaves ? -1 : (1 << to) - 1) & ~((1 << from) - 1);

const asksSet = 1 << 16;

/** As in `Forest`. Where missing rows, which are in bin 0, go right, taking one off all bins makes theirs the highest. */
function formOf(rule: number): { readonly compared: number; readonly set: number } | null {
  if (rule < 0) return { compared: asksSet, set: (-1 - rule) * setBytes };
  const isMissingLeft = rule >= 256;
  const last = rule & 255;
  if (isMissingLeft) return { compared: last, set: 0 };
  return last === 0 ? null : { compared: (last - 1) | (1 << 8), set: 0 };
}
