/** Gradient and curvature of the loss at each row's score, in fixed point. Two rows a step; a last odd row is done beside the one before it. */
import * as at from './control';

const binaryLoss = 0;
const numberLoss = 1;
const countLoss = 2;
const classLoss = 3;

/** Adding it to a number below 2⁵¹ leaves the nearest whole number (the even one of two) in the low bits. */
const rounder: f64 = 6755399441055744;

/** What the loss expects of two rows: a probability, a mean. Of several classes the scores are probabilities already. */
function expected(loss: u32, score: v128): v128 {
  if (loss === countLoss) return exp(score);
  if (loss !== binaryLoss) return score;
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, exp(f64x2.neg(score))));
}

function truth(loss: u32, label: v128, output: v128): v128 {
  return loss === classLoss ? v128.and(f64x2.eq(label, output), f64x2.splat(1)) : label;
}

function curvatureOf(loss: u32, p: v128, factor: v128): v128 {
  if (loss === numberLoss) return f64x2.splat(1);
  return f64x2.mul(factor, loss === countLoss ? p : f64x2.mul(p, f64x2.sub(f64x2.splat(1), p)));
}

function factorOf(loss: u32): v128 {
  if (loss === countLoss) return f64x2.splat(2.0137527074704766);
  const classes = f64(load<u32>(at.outputs));
  return f64x2.splat(loss === classLoss ? classes / (classes - 1) : 1);
}

export function peakChunk(chunk: u32): void {
  const loss = load<u32>(at.loss);
  const score: usize = load<u32>(at.score);
  const label: usize = load<u32>(at.label);
  const weight: usize = load<u32>(at.weight);
  const output = f64x2.splat(f64(load<u32>(at.output)));
  const factor = factorOf(loss);
  const span = load<u32>(at.span);
  const end = min(load<u32>(at.to), (chunk + 1) * span);
  let gradients = f64x2.splat(0);
  let curvatures = f64x2.splat(0);
  for (let i: u32 = chunk * span; i < end; i += 2) {
    if (i + 1 === end && i > 0) i--;
    const k = i << 3;
    const w = weight === 0 ? f64x2.splat(1) : v128.load(weight + k);
    const p = expected(loss, v128.load(score + k));
    gradients = f64x2.pmax(gradients, f64x2.abs(f64x2.mul(w, f64x2.sub(p, truth(loss, v128.load(label + k), output)))));
    curvatures = f64x2.pmax(curvatures, f64x2.mul(w, curvatureOf(loss, p, factor)));
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
  const output = f64x2.splat(f64(load<u32>(at.output)));
  const factor = factorOf(loss);
  const gradientScale = f64x2.splat(load<f64>(at.gradientScale));
  const curvatureScale = f64x2.splat(load<f64>(at.curvatureScale));
  const span = load<u32>(at.span);
  const end = min(load<u32>(at.to), (chunk + 1) * span);
  for (let i: u32 = chunk * span; i < end; i += 2) {
    if (i + 1 === end && i > 0) i--;
    const k = i << 3;
    const w = weight === 0 ? f64x2.splat(1) : v128.load(weight + k);
    const p = expected(loss, v128.load(score + k));
    const gradient = f64x2.mul(w, f64x2.sub(p, truth(loss, v128.load(label + k), output)));
    const curvature = f64x2.mul(w, curvatureOf(loss, p, factor));
    const g = f64x2.add(f64x2.mul(gradient, gradientScale), f64x2.splat(rounder));
    const c = f64x2.add(f64x2.mul(curvature, curvatureScale), f64x2.splat(rounder));
    v128.store(pairs + k, v128.shuffle<i32>(g, c, 0, 4, 2, 6));
  }
}

export function softmaxChunk(chunk: u32): void {
  const from: usize = load<u32>(at.score);
  const to: usize = load<u32>(at.target);
  const stride = load<u32>(at.column);
  const length = load<u32>(at.outputs) * stride;
  const span = load<u32>(at.span);
  const end = min(load<u32>(at.to), (chunk + 1) * span);
  for (let i: u32 = chunk * span; i < end; i += 2) {
    if (i + 1 === end && i > 0) i--;
    const k = i << 3;
    let most = v128.load(from + k);
    for (let o = stride; o < length; o += stride) most = f64x2.pmax(most, v128.load(from + o + k));
    let total = f64x2.splat(0);
    for (let o: u32 = 0; o < length; o += stride) {
      const e = exp(f64x2.sub(v128.load(from + o + k), most));
      v128.store(to + o + k, e);
      total = f64x2.add(total, e);
    }
    for (let o: u32 = 0; o < length; o += stride) v128.store(to + o + k, f64x2.div(v128.load(to + o + k), total));
  }
}

/**
 * Argument in ±ln 2 / 2 after taking out a power of two (Cody and Waite 1980), then Taylor's series to the 10th power: right to 2⁻⁴¹, finer
 * than the unit that gradients are rounded to.
 */
function exp(x: v128): v128 {
  const bounded = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-708)), f64x2.splat(708));
  const rounded = f64x2.add(f64x2.mul(bounded, f64x2.splat(Math.LOG2E)), f64x2.splat(rounder));
  const power = f64x2.sub(rounded, f64x2.splat(rounder));
  const high = f64x2.mul(power, f64x2.splat(0.6931471803691238));
  const r = f64x2.sub(f64x2.sub(bounded, high), f64x2.mul(power, f64x2.splat(1.9082149292705877e-10)));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const a = f64x2.add(line(r, 1, 1), f64x2.mul(r2, line(r, 1 / 2.0, 1 / 6.0)));
  const b = f64x2.add(line(r, 1 / 24.0, 1 / 120.0), f64x2.mul(r2, line(r, 1 / 720.0, 1 / 5040.0)));
  const c = f64x2.add(line(r, 1 / 40320.0, 1 / 362880.0), f64x2.mul(r2, f64x2.splat(1 / 3628800.0)));
  const sum = f64x2.add(f64x2.add(a, f64x2.mul(r4, b)), f64x2.mul(f64x2.mul(r4, r4), c));
  return f64x2.mul(sum, i64x2.shl(i64x2.add(rounded, i64x2.splat(1023)), 52));
}

function line(r: v128, constant: f64, slope: f64): v128 {
  return f64x2.add(f64x2.splat(constant), f64x2.mul(r, f64x2.splat(slope)));
}
