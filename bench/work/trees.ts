/** For `bench/trees.mjs`: one fit in a process of its own; prints seconds from columns to model, and the area under the curve on unseen rows. */
import { readFileSync } from 'node:fs';
import type { Settings } from '../../runner/learn/learner.ts';
import type { Matrix } from '../../runner/learn/matrix.ts';
import { learnerNamed } from '../../runner/learn/registry.ts';

const [path = '', algorithm = '', train = '', threads = '', settings = '{}'] = process.argv.slice(2);
const width = 28;
const read = (file: string) => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};
const x = read(path);
const label = Float64Array.from(read(`${path}.label`));
const rows = label.length;
const columns = Array.from({ length: width }, (_, k) => ({
  kind: 'number' as const,
  name: `f${k}`,
  values: Float64Array.from({ length: rows }, (_, i) => x[i * width + k] ?? 0),
}));
const matrix: Matrix = {
  rows,
  columns,
  label,
  partition: new Uint8Array(rows),
  identity: [],
  entity: new Int32Array(0),
  cutoff: null,
  weight: null,
};
const upTo = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
const unseen = upTo(1_000_000, rows);

const [started, used] = [performance.now(), process.cpuUsage()];
const model = await learnerNamed(algorithm).fit(matrix, upTo(0, Number(train)), null, JSON.parse(settings) as Settings, {
  label: 'binary',
  classes: null,
  seed: 7,
  threads: Number(threads),
  earlyStop: null,
  tensor: () => Promise.reject(new Error('trees need no tensor backend')),
  progress: () => {},
  cancelled: () => false,
});
const [fitted, { user, system }] = [performance.now(), process.cpuUsage(used)];
const scores = model.predict(matrix, unseen);
const predicted = performance.now();
console.log(
  JSON.stringify({ fit: (fitted - started) / 1000, processor: (user + system) / 1e6, predict: (predicted - fitted) / 1000, auc: auc(scores) }),
);

function auc(scores: Float64Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const truth = (place: number) => label[unseen[order[place] ?? 0] ?? 0] ?? 0;
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to++;
    // Equal scores share the mean of their ranks.
    for (let k = from; k < to; k++) {
      ranks += truth(k) * ((from + 1 + to) / 2);
      positives += truth(k);
    }
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}
