/** Gradient and curvature of the loss at each row's score, in fixed point. Two rows a step; a last odd row is done beside the one before it. */
import * as at from './control';

const numberLoss = 1;
const countLoss = 2;
const classLoss = 3;

/** Of two rows; returns the gradients, and leaves the curvatures in `curvature`. */
let curvature: v128 = f64x2.splat(0);
function gradientOf(loss: u32, score: v128, label: v128, weight: v128): v128 {
  if (loss === numberLoss) {
    curvature = weight;
    return f64x2.mul(weight, f64x2.sub(score, label));
  }
  if (loss === countLoss) {
    const mean = exp(score);
    curvature = f64x2.mul(weight, f64x2.mul(mean, f64x2.splat(2.0137527074704766)));
    return f64x2.mul(weight, f64x2.sub(mean, label));
  }
  const one = f64x2.splat(1);
  let p = score;
  let truth = label;
  let factor = one;
  if (loss === classLoss) {
    const classes = f64(load<u32>(at.outputs));
    factor = f64x2.splat(classes / (classes - 1));
    truth = v128.and(f64x2.eq(label, f64x2.splat(f64(load<u32>(at.output)))), one);
  } else {
    p = f64x2.div(one, f64x2.add(one, exp(f64x2.neg(score))));
  }
  curvature = f64x2.mul(weight, f64x2.mul(factor, f64x2.mul(p, f64x2.sub(one, p))));
  return f64x2.mul(weight, f64x2.sub(p, truth));
}

export function peakChunk(chunk: u32): void {
  const loss = load<u32>(at.loss);
  const score: usize = load<u32>(at.score);
  const label: usize = load<u32>(at.label);
  const weight: usize = load<u32>(at.weight);
  const end = min(load<u32>(at.to), (chunk + 1) * at.chunkRows);
  let gradients = f64x2.splat(0);
  let curvatures = f64x2.splat(0);
  for (let i: u32 = chunk * at.chunkRows; i < end; i += 2) {
    if (i + 1 === end) i--;
    const k = i << 3;
    const w = weight === 0 ? f64x2.splat(1) : v128.load(weight + k);
    gradients = f64x2.max(gradients, f64x2.abs(gradientOf(loss, v128.load(score + k), v128.load(label + k), w)));
    curvatures = f64x2.max(curvatures, curvature);
  }
  const entry: usize = load<u32>(at.found) + (chunk << 4);
  store<f64>(entry, max(f64x2.extract_lane(gradients, 0), f64x2.extract_lane(gradients, 1)));
  store<f64>(entry, max(f64x2.extract_lane(curvatures, 0), f64x2.extract_lane(curvatures, 1)), 8);
}

export function gradientChunk(chunk: u32): void {
  const loss = load<u32>(at.loss);
  const score: usize = load<u32>(at.score);
  const label: usize = load<u32>(at.label);
  const weight: usize = load<u32>(at.weight);
  const pairs: usize = load<u32>(at.pairs);
  const gradientScale = f64x2.splat(load<f64>(at.gradientScale));
  const curvatureScale = f64x2.splat(load<f64>(at.curvatureScale));
  const end = min(load<u32>(at.to), (chunk + 1) * at.chunkRows);
  for (let i: u32 = chunk * at.chunkRows; i < end; i += 2) {
    if (i + 1 === end) i--;
    const k = i << 3;
    const w = weight === 0 ? f64x2.splat(1) : v128.load(weight + k);
    const gradient = gradientOf(loss, v128.load(score + k), v128.load(label + k), w);
    const g = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(gradient, gradientScale)));
    const c = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(curvature, curvatureScale)));
    v128.store(pairs + k, v128.shuffle<i32>(g, c, 0, 4, 1, 5));
  }
}

export function softmaxChunk(chunk: u32): void {
  const from: usize = load<u32>(at.score);
  const to: usize = load<u32>(at.target);
  const stride = load<u32>(at.column);
  const length = load<u32>(at.outputs) * stride;
  const end = min(load<u32>(at.to), (chunk + 1) * at.chunkRows);
  for (let i: u32 = chunk * at.chunkRows; i < end; i += 2) {
    if (i + 1 === end) i--;
    const k = i << 3;
    let most = v128.load(from + k);
    for (let o = stride; o < length; o += stride) most = f64x2.max(most, v128.load(from + o + k));
    let total = f64x2.splat(0);
    for (let o: u32 = 0; o < length; o += stride) {
      const e = exp(f64x2.sub(v128.load(from + o + k), most));
      v128.store(to + o + k, e);
      total = f64x2.add(total, e);
    }
    for (let o: u32 = 0; o < length; o += stride) v128.store(to + o + k, f64x2.div(v128.load(to + o + k), total));
  }
}

/** Argument in ±ln 2 / 2 after taking out a power of two (Cody and Waite 1980), then Taylor's series to the 13th power: within 2 ulp. */
function exp(x: v128): v128 {
  const bounded = f64x2.min(f64x2.max(x, f64x2.splat(-708)), f64x2.splat(708));
  const power = f64x2.nearest(f64x2.mul(bounded, f64x2.splat(Math.LOG2E)));
  const r = f64x2.sub(f64x2.sub(bounded, f64x2.mul(power, f64x2.splat(0.6931471803691238))), f64x2.mul(power, f64x2.splat(1.9082149292705877e-10)));
  let sum = f64x2.splat(1 / 6227020800.0);
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 479001600.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 39916800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 3628800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 362880.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 40320.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 5040.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 720.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 120.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 24.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1 / 6.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  const exponent = i32x4.add(i32x4.trunc_sat_f64x2_s_zero(power), i32x4.splat(1023));
  return f64x2.mul(sum, i64x2.shl(i64x2.extend_low_i32x4_u(exponent), 52));
}
