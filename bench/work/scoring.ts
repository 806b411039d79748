/** Scores rows with a stored model: one after the other, and a matrix of many at once. Prints microseconds a row and seconds as JSON. */
import { readFileSync } from 'node:fs';
import type { Matrix, MatrixColumn } from '../../runner/learn/matrix.ts';
import { random } from '../../runner/learn/random.ts';
import { loadModel } from '../../runner/learn/registry.ts';
import type { Input } from '../../runner/serve/input.ts';
import { type ModelPart, type ScoringModel, scorer } from '../../runner/serve/scorer.ts';

const [path = ''] = process.argv.slice(2);
const { scoring } = JSON.parse(readFileSync(path, 'utf8')) as { readonly scoring: ScoringModel };
const { uniform, below } = random(1);

function drawn({ type }: Input): unknown {
  switch (type) {
    case 'bool':
      return uniform() < 0.5;
    case 'text':
      return ['free', 'plus', 'pro'][below(3)];
    case 'date':
    case 'timestamp':
      return new Date(Date.UTC(2024, 0, 1 + below(300))).toISOString();
    case 'int':
      return below(40);
    default:
      return Math.round(uniform() * 1e4) / 100;
  }
}

const { inputs, score } = scorer(scoring);
const rows = Array.from({ length: 5_000 }, () => Object.fromEntries(inputs.map(input => [input.name, drawn(input)])));
let least = Number.POSITIVE_INFINITY;
for (let round = 0; round < 10; round++) {
  const since = performance.now();
  for (const row of rows) score(row);
  least = Math.min(least, ((performance.now() - since) * 1000) / rows.length);
}

const trained = (part: ModelPart): Extract<ModelPart, { kind: 'trained' }> =>
  part.kind === 'trained' ? part : trained(part.kind === 'calibrated' ? part.of : (part.of[0] as ModelPart));

const part = trained(scoring.model);
const many = 1_000_000;
const columns = (scoring.encodings[part.encoding]?.columns ?? []).map(
  ({ name, levels }): MatrixColumn =>
    levels
      ? { kind: 'category', name, levels, codes: Int32Array.from({ length: many }, () => below(levels.length)) }
      : { kind: 'number', name, values: Float64Array.from({ length: many }, () => uniform() * 100) },
);
const matrix: Matrix = {
  rows: many,
  columns,
  label: new Float64Array(many),
  partition: new Uint8Array(many),
  identity: [],
  entity: new Int32Array(many),
  cutoff: null,
  weight: null,
};
const model = loadModel(part.state);
const since = performance.now();
model.predict(
  matrix,
  Int32Array.from({ length: many }, (_, i) => i),
);
console.log(JSON.stringify({ micros: least, seconds: (performance.now() - since) / 1000 }));
