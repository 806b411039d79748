/** A thread's own memory while it grows a tree: offsets of its words, and where its larger parts lie. */
import * as at from './control';

export const node: u32 = 0;
export const leaf: u32 = 4;
export const set: u32 = 8;
export const depthOfStack: u32 = 12;
/** Of the two outputs, the one that is written. */
export const buffer: u32 = 16;
export const random: u32 = 32;
/** 256 bits: the bins that occur. */
export const used: u32 = 64;
export const best: u32 = 96;
export const bestColumn: u32 = 104;
export const bestRule: u32 = 108;
/** 1: the best split is a set of levels. */
export const bestLevels: u32 = 112;
/** By bin, 1 goes left. */
export const bestSides: u32 = 256;
/** Of the bins that occur in a node: the bin, the order by mean, the weight. */
export const listBin: u32 = 512;
export const listOrder: u32 = 1536;
export const listCount: u32 = 2560;

export function own(slot: u32): usize {
  return load<u32>(at.slots) + slot * load<u32>(at.slotBytes);
}

/** Of a tree that is written: 1 when it is whole, its number, nodes, leaves, sets; then the arrays of `forest.ts`. */
export function outputOf(base: usize): usize {
  return base + load<u32>(at.slotOutput) + load<u32>(base + buffer) * load<u32>(at.outputBytes);
}
