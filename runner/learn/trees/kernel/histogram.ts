/**
 * Sums of gradient and curvature by bin, the inner loop of boosting. Four columns a pass share the loads of a row. Sums are whole numbers
 * of 64 bits, so that neither the order of rows nor the number of threads can change them.
 */
import * as at from './control';

/** Bytes of a histogram that one chunk of `collect` turns into floats. */
export const collectBytes: u32 = 65536;
const most: u32 = 64;

export function histogramBytes(): u32 {
  return load<u32>(load<u32>(at.offsets) + (load<u32>(at.columnCount) << 2));
}

export function sumChunk(chunk: u32, slot: u32): void {
  const bytes = histogramBytes();
  const own: usize = load<u32>(at.own) + slot * bytes;
  const round = load<u32>(at.round);
  if (load<u32>(at.cleared + (slot << 2)) !== round) {
    memory.fill(own, 0, bytes);
    store<u32>(at.cleared + (slot << 2), round);
  }
  const span = load<u32>(at.span);
  const from = load<u32>(at.from) + chunk * span;
  const n = min(load<u32>(at.to) - from, span);
  const columns = load<u32>(at.columnCount);
  const stride = load<u32>(at.stride);
  const bins: usize = load<u32>(at.bins);
  const offsets: usize = load<u32>(at.offsets);
  const pairs: usize = load<u32>(at.pairs);
  const whole = load<u32>(at.whole) === 1;
  const rows: usize = load<u32>(at.order) + (from << 2);
  const packed: usize = load<u32>(at.packed) + slot * (at.chunkRows << 3);
  if (!whole) for (let i: u32 = 0; i < n; i++) store<i64>(packed + (i << 3), load<i64>(pairs + (load<u32>(rows + (i << 2)) << 3)));
  let c: u32 = 0;
  for (; c + 4 <= columns; c += 4) {
    const first = bins + c * stride;
    const o = offsets + (c << 2);
    const a = own + load<u32>(o);
    const b = own + load<u32>(o, 4);
    const d = own + load<u32>(o, 8);
    const e = own + load<u32>(o, 12);
    if (whole) fourWhole(first + from, stride, pairs + (from << 3), n, a, b, d, e);
    else fourSome(first, stride, rows, packed, n, a, b, d, e);
  }
  for (; c < columns; c++) {
    const first = bins + c * stride;
    const a = own + load<u32>(offsets + (c << 2));
    if (whole) oneWhole(first + from, pairs + (from << 3), n, a);
    else oneSome(first, rows, packed, n, a);
  }
}

function pairAt(address: usize): v128 {
  return i64x2.extend_low_i32x4_s(v128.load64_zero(address));
}

function add(sums: usize, bin: u32, pair: v128): void {
  const k = sums + (bin << 4);
  v128.store(k, i64x2.add(v128.load(k), pair));
}

function fourWhole(p: usize, stride: u32, pairs: usize, n: u32, a: usize, b: usize, d: usize, e: usize): void {
  const q = p + stride;
  const r = q + stride;
  const s = r + stride;
  for (let i: u32 = 0; i < n; i++) {
    const pair = pairAt(pairs + (i << 3));
    add(a, load<u8>(p + i), pair);
    add(b, load<u8>(q + i), pair);
    add(d, load<u8>(r + i), pair);
    add(e, load<u8>(s + i), pair);
  }
}

function fourSome(p: usize, stride: u32, rows: usize, packed: usize, n: u32, a: usize, b: usize, d: usize, e: usize): void {
  const q = p + stride;
  const r = q + stride;
  const s = r + stride;
  for (let i: u32 = 0; i < n; i++) {
    const row = load<u32>(rows + (i << 2));
    const pair = pairAt(packed + (i << 3));
    add(a, load<u8>(p + row), pair);
    add(b, load<u8>(q + row), pair);
    add(d, load<u8>(r + row), pair);
    add(e, load<u8>(s + row), pair);
  }
}

function oneWhole(p: usize, pairs: usize, n: u32, a: usize): void {
  for (let i: u32 = 0; i < n; i++) add(a, load<u8>(p + i), pairAt(pairs + (i << 3)));
}

function oneSome(p: usize, rows: usize, packed: usize, n: u32, a: usize): void {
  for (let i: u32 = 0; i < n; i++) add(a, load<u8>(p + load<u32>(rows + (i << 2))), pairAt(packed + (i << 3)));
}

/** Adding it to a whole number within ±2⁵¹, as bits, gives the float that is as much above it. */
const lift: f64 = 6755399441055744;
const liftBits: i64 = 0x4338000000000000;

/** Whole numbers within ±2⁵¹ times a power of two: the floats are exact, and so is their difference. */
export function collectChunk(chunk: u32): void {
  const bytes = histogramBytes();
  const round = load<u32>(at.round);
  const from = chunk * collectBytes;
  const end = min(bytes, from + collectBytes);
  let sums: usize = 0;
  for (let slot: u32 = 0; slot < most; slot++) {
    if (load<u32>(at.cleared + (slot << 2)) !== round) continue;
    const own: usize = load<u32>(at.own) + slot * bytes;
    if (sums === 0) sums = own;
    else for (let k = from; k < end; k += 16) v128.store(sums + k, i64x2.add(v128.load(sums + k), v128.load(own + k)));
  }
  const target: usize = load<u32>(at.target);
  const sibling: usize = load<u32>(at.sibling);
  const units = f64x2.replace_lane(f64x2.splat(1 / load<f64>(at.gradientScale)), 1, 1 / load<f64>(at.curvatureScale));
  for (let k = from; k < end; k += 16) {
    const value = f64x2.mul(f64x2.sub(i64x2.add(v128.load(sums + k), i64x2.splat(liftBits)), f64x2.splat(lift)), units);
    v128.store(target + k, value);
    if (sibling !== 0) v128.store(sibling + k, f64x2.sub(v128.load(sibling + k), value));
  }
}
