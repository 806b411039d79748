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
  const from = load<u32>(at.from) + chunk * at.chunkRows;
  const n = min(load<u32>(at.to) - from, at.chunkRows);
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

/** Whole numbers below 2⁵³ times a power of two: the floats are exact, and so is their difference. */
export function collectChunk(chunk: u32): void {
  const bytes = histogramBytes();
  const round = load<u32>(at.round);
  const own: usize = load<u32>(at.own);
  const target: usize = load<u32>(at.target);
  const sibling: usize = load<u32>(at.sibling);
  const units = f64x2.replace_lane(f64x2.splat(1 / load<f64>(at.gradientScale)), 1, 1 / load<f64>(at.curvatureScale));
  const end = min(bytes, (chunk + 1) * collectBytes);
  for (let k: u32 = chunk * collectBytes; k < end; k += 16) {
    let sum = i64x2.splat(0);
    for (let slot: u32 = 0; slot < most; slot++) {
      if (load<u32>(at.cleared + (slot << 2)) === round) sum = i64x2.add(sum, v128.load(own + slot * bytes + k));
    }
    const whole = f64x2.replace_lane(f64x2.splat(f64(i64x2.extract_lane(sum, 0))), 1, f64(i64x2.extract_lane(sum, 1)));
    const value = f64x2.mul(whole, units);
    v128.store(target + k, value);
    if (sibling !== 0) v128.store(sibling + k, f64x2.sub(v128.load(sibling + k), value));
  }
}
