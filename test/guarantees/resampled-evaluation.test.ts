/** The guarantee `resampled-evaluation`: however a fit is balanced, the judged rows are those that are there, each once. */
import { describe, expect, it } from 'vitest';
import { wholeRun } from '../wholeRun.ts';
import { scoresOf } from './scored.ts';

const row = (i: number): string => [`k${i}`, ((i * 37) % 101) / 100, ((i * 71) % 89) / 89, (i * 7919) % 613 < 90 || i % 13 === 0].join(',');
const data = { 'rows.csv': `id,x,z,y\n${Array.from({ length: 300 }, (_, i) => row(i)).join('\n')}\n` };

const program = (features: string, settings: string): string => `source rows = csv("rows.csv") {
  id : key
  x  : float
  z  : float
  y  : bool
}
task t { each r in rows, label y }
split t at random { test: 30%, validate: 20%, folds: 3, seed: 3 }
features f for t { x, z${features} }
model m = logistic_regression(f)${settings}
evaluate m on test { auc }
evaluate m on validate { auc }
evaluate m on folds { auc }
`;

const judgedBy = (text: string) =>
  wholeRun(text, data, async ran => ({
    rows: (await scoresOf(ran)).map(([file, id]) => `${file} ${id}`),
    scores: (await scoresOf(ran)).map(([, , score]) => score),
    n: ran.record.metrics.filter(m => m.segment === null).map(m => m.n),
  }));

describe('the judged rows', () => {
  it('are the same, each once, with every kind of balancing', async () => {
    const plain = await judgedBy(program('', ''));
    expect(new Set(plain.rows).size).toBe(plain.rows.length);
    for (const [features, settings] of [
      ['', ' { balance: oversample }'],
      ['', ' { balance: undersample }'],
      ['', ' { balance: class_weight }'],
      [', rows |> smote(k: 3)', ''],
    ] as const) {
      const balanced = await judgedBy(program(features, settings));
      expect(balanced.rows).toEqual(plain.rows);
      expect(balanced.n).toEqual(plain.n);
      // It did have an effect.
      expect(balanced.scores).not.toEqual(plain.scores);
    }
  });
});
