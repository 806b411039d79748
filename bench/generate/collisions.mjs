/**
 * Rows of 28 numbers and a label of two classes, after the table of particle collisions that boosted trees are often timed on: 21 measured
 * numbers (six skewed, four of three values) and seven derived from them with noise. Definitions are those that the peers were timed on.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { random } from './random.mjs';

export const columns = 28;
const skewed = [0, 3, 5, 9, 13, 17];
const coarse = [8, 12, 16, 20];
const sigmoid = z => 1 / (1 + Math.exp(-z));

/** Writes numbers of 32 bits, row after row, to `path`, and the labels to `path` with `.label` behind it. */
export function writeCollisions(path, rows, seed) {
  const r = random(seed);
  const x = new Float32Array(rows * columns);
  const scores = new Float64Array(rows);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const a = x.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < 21; j++) a[j] = r.normal();
    for (const j of skewed) a[j] = Math.exp(0.5 * a[j]);
    const levels = coarse.map(() => r.below(3));
    coarse.forEach((j, k) => {
      a[j] = 1.1 * levels[k];
    });
    const derived = [
      Math.sqrt((a[0] * Math.cos(a[2]) + a[5] * Math.cos(a[7])) ** 2 + 0.1),
      a[3] * a[9],
      Math.abs(a[1] - a[6]),
      a[13] * Math.abs(a[14]),
      a[10] * a[11],
      Math.hypot(a[4], a[15]),
      a[17] / (1 + a[5]),
    ];
    derived.forEach((value, k) => {
      a[21 + k] = value + 0.25 * r.normal();
    });
    const h = a.subarray(21);
    const z =
      0.9 * Math.tanh(h[0] - 1.4) -
      (h[1] > 1.3 && a[8] > 0.5 ? 0.7 : 0) +
      (h[5] < 1.2 ? 0.6 * h[2] : 0) -
      0.5 * h[3] +
      0.7 * Math.sign(h[4]) * Math.sqrt(Math.abs(h[4])) +
      (levels[1] === 2 ? 0.5 * a[18] : 0) -
      0.6 * Math.log1p(Math.abs(h[6]));
    scores[i] = z;
    sum += z;
    squares += z * z;
  }
  const mean = sum / rows;
  const deviation = Math.sqrt(squares / rows - mean * mean);
  write(path, x);
  write(
    `${path}.label`,
    Float32Array.from(scores, z => (r.uniform() < sigmoid(((z - mean) / deviation) * 1.45 + 0.12) ? 1 : 0)),
  );
}

function write(path, values) {
  const file = openSync(path, 'w');
  writeSync(file, new Uint8Array(values.buffer));
  closeSync(file);
}
