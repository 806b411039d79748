/**
 * Sixteen rows fall through a small tree at once, without a branch: each row has a bit for every leaf, and a node that sends it to the right
 * takes out the bits of the leaves on its left; the lowest bit that is left is the row's leaf (Lucchese et al., "QuickScorer", SIGIR 2015, and
 * with several rows at a time, SIGIR 2016). Bits lie in four planes of eight, so that a node's verdicts are used as they are compared.
 */
import * as at from './control';

/** Of a node: its column, the highest bin on the left, what is taken off bins first, whether it asks a set, leaves on the left, the set. */
const nodeBytes: u32 = 16;
/** Rows at a time. */
export const lanes: u32 = 16;

/** The leaves of sixteen rows, to `room` as numbers of 32 bits. `bins`: of the first row, column after column. */
export function leavesOf(nodes: usize, count: u32, bins: usize, stride: u32, room: usize): void {
  let a = i8x16.splat(-1);
  let b = a;
  let c = a;
  let d = a;
  const end = nodes + count * nodeBytes;
  for (let node = nodes; node < end; node += nodeBytes) {
    const own = v128.load(bins + load<u32>(node) * stride);
    const right = load<u8>(node, 6)
      ? outside(load<u32>(at.scoreSets) + load<u32>(node, 12), own)
      : i8x16.gt_u(i8x16.sub(own, v128.load8_splat(node, 5)), v128.load8_splat(node, 4));
    a = v128.andnot(a, v128.and(right, v128.load8_splat(node, 8)));
    b = v128.andnot(b, v128.and(right, v128.load8_splat(node, 9)));
    c = v128.andnot(c, v128.and(right, v128.load8_splat(node, 10)));
    d = v128.andnot(d, v128.and(right, v128.load8_splat(node, 11)));
  }
  // Byte beside byte, the planes of a row are its bits.
  const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const lower = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const high = i8x16.shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const higher = i8x16.shuffle(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  lowest(room, i16x8.shuffle(low, high, 0, 8, 1, 9, 2, 10, 3, 11));
  lowest(room + 16, i16x8.shuffle(low, high, 4, 12, 5, 13, 6, 14, 7, 15));
  lowest(room + 32, i16x8.shuffle(lower, higher, 0, 8, 1, 9, 2, 10, 3, 11));
  lowest(room + 48, i16x8.shuffle(lower, higher, 4, 12, 5, 13, 6, 14, 7, 15));
}

/** All bits where a bin is not in the set of 256 bits. */
function outside(set: usize, bins: v128): v128 {
  const byte = i8x16.shr_u(bins, 3);
  const held = v128.or(i8x16.swizzle(v128.load(set), byte), i8x16.swizzle(v128.load(set, 16), i8x16.sub(byte, i8x16.splat(16))));
  const bit = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), v128.and(bins, i8x16.splat(7)));
  return i8x16.eq(v128.and(held, bit), i8x16.splat(0));
}

function lowest(room: usize, bits: v128): void {
  store<u32>(room, ctz<u32>(i32x4.extract_lane(bits, 0)));
  store<u32>(room, ctz<u32>(i32x4.extract_lane(bits, 1)), 4);
  store<u32>(room, ctz<u32>(i32x4.extract_lane(bits, 2)), 8);
  store<u32>(room, ctz<u32>(i32x4.extract_lane(bits, 3)), 12);
}
