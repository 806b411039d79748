/**
 * Two windows of 60 columns, raw: 50 of numbers (five distributions in turn) as floats of 64 bits and 10 of categories with 2 to 120
 * levels as whole numbers of 32 bits, one file a column and window. In the second window 7 columns have moved: numbers by a quarter of
 * their standard deviation, categories towards their rarer levels.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from './random.mjs';

export const numbers = Array.from({ length: 50 }, (_, i) => `n${i}`);
export const levels = [2, 3, 5, 8, 12, 20, 30, 50, 80, 120];
export const categories = levels.map((_, i) => `c${i}`);
export const shifted = ['n3', 'n10', 'n21', 'n32', 'n44', 'c2', 'c7'];

const deviation = values => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
};

/** The columns of one window, one after the other. */
export function* windowColumns(seed, rows, moved) {
  const { normal, gamma, uniform, poisson, chooser } = random(seed);
  const draws = [normal, () => gamma(2), () => Math.exp(0.7 * normal()), uniform, () => poisson(5)];
  for (const [i, name] of numbers.entries()) {
    const values = Float64Array.from({ length: rows }, draws[i % draws.length]);
    const by = moved && shifted.includes(name) ? 0.25 * deviation(values) : 0;
    yield { name, values: by === 0 ? values : values.map(x => x + by) };
  }
  for (const [i, name] of categories.entries()) {
    const count = levels[i];
    const tilt = moved && shifted.includes(name) ? k => 0.5 + k / (count - 1) : () => 1;
    const shares = Array.from({ length: count }, (_, k) => (k + 1) ** -0.8 * tilt(k));
    const sum = shares.reduce((a, b) => a + b, 0);
    const choose = chooser(shares.map(p => p / sum));
    yield { name, values: Int32Array.from({ length: rows }, choose) };
  }
}

export function writeWindows(folder, rows, seed = 44) {
  for (const [window, moved] of [
    ['reference', false],
    ['current', true],
  ]) {
    mkdirSync(join(folder, window), { recursive: true });
    for (const { name, values } of windowColumns(seed + Number(moved), rows, moved))
      writeFileSync(join(folder, window, name), new Uint8Array(values.buffer));
  }
}
