/** Labels of several classes through the whole run: learned, judged, written, and judged again from what was written. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { told } from './semantics/program.ts';
import { type WholeRun, wholeRun } from './wholeRun.ts';

const kinds = ['low', 'middle', 'high'];
const row = (i: number) => {
  const x = ((i * 37) % 101) / 100;
  const z = x + ((i * 53) % 17) / 34;
  return [`k${i}`, x, 'abcd'[i % 4], i === 7 ? '' : kinds[z < 0.5 ? 0 : z < 1 ? 1 : 2]].join(',');
};
const data = { 'things.csv': `id,x,c,kind\n${Array.from({ length: 300 }, (_, i) => row(i)).join('\n')}\n` };

const program = (models: string, evaluation: string) => `source things = csv("things.csv") {
  id   : key
  x    : float immutable
  c    : category immutable
  kind : category? { "high", "low", "middle" }
}
task t { each r in things, label kind }
split t at random { test: 30%, validate: 20%, seed: 3 }
features f for t { x, c }
model usual = baseline(f)
${models}
evaluate m on test { ${evaluation} }
`;

async function written({ folder }: WholeRun, sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql.replace('predictions', `'${join(folder, 'predictions', '*.parquet')}'`));
    return reader.getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const figure = ({ record }: WholeRun, metric: string) => record.metrics.find(m => m.metric === metric && m.segment === null);

describe('several classes', () => {
  it.each(['naive_bayes', 'k_nearest', 'logistic_regression', 'linear_svm', 'neural_net'])('%s is learned, judged and written', async algorithm =>
    wholeRun(
      program(`model m = ${algorithm}(f)`, 'auc >= 0.7, accuracy, log_loss, precision, recall, f1 - usual.f1 >= 0.1, by c { accuracy }'),
      data,
      async ran => {
        expect(ran.record.metrics.flatMap(m => (m.segment === null ? m.metric : [])).sort()).toEqual([
          'accuracy',
          'log_loss',
          'macro auc',
          'macro f1',
          'macro precision',
          'macro recall',
        ]);
        expect(ran.record.claims.map(claim => claim.passed)).toEqual([true, true]);
        expect(figure(ran, 'accuracy')?.baseline?.difference).toBeGreaterThan(0.1);
        expect(ran.record.metrics.filter(m => m.segment !== null)).toHaveLength(4);
        const [[n, accuracy, loss, sums] = []] = await written(
          ran,
          `SELECT count(*), avg((label = predicted)::INT), avg(-ln(greatest(pow(2, -52), CASE label WHEN 'low' THEN score_low WHEN 'middle' THEN score_middle ELSE score_high END))),
             max(abs(score_high + score_low + score_middle - 1)) FROM predictions`,
        );
        expect(Number(n)).toBe(figure(ran, 'accuracy')?.n);
        expect(accuracy).toBeCloseTo(figure(ran, 'accuracy')?.value ?? Number.NaN, 12);
        expect(loss).toBeCloseTo(figure(ran, 'log_loss')?.value ?? Number.NaN, 12);
        expect(sums).toBeLessThan(1e-12);
        expect((await written(ran, 'DESCRIBE SELECT * FROM predictions')).map(column => column[0])).toEqual([
          'id',
          'label',
          'score_high',
          'score_low',
          'score_middle',
          'predicted',
        ]);
      },
    ),
  );

  it('calibrated, they have less log loss, and still add up to 1', async () => {
    const loss = (settings: string) =>
      wholeRun(program(`model m = linear_svm(f) ${settings}`, 'log_loss'), data, async ran => {
        const [[sums] = []] = await written(ran, 'SELECT max(abs(score_high + score_low + score_middle - 1)) FROM predictions');
        expect(sums).toBeLessThan(1e-12);
        return figure(ran, 'log_loss')?.value ?? Number.NaN;
      });
    const raw = await loss('');
    expect(await loss('{ calibrate: platt, balance: oversample }')).toBeLessThan(raw);
  });

  it('a null label drops the row, counted, and drift is of the classes', async () =>
    wholeRun(program('model m = naive_bayes(f)', 'accuracy, drift(score) < 5 psi, drift(label) < 5 psi'), data, ({ record }) => {
      expect(record.findings.find(f => f.rule === 'null-label')?.count).toBe(1);
      expect(record.drift.filter(d => d.kind !== 'feature').map(d => [d.subject, d.kind])).toEqual([
        ['score', 'score'],
        ['kind', 'label'],
      ]);
      expect(record.drift.find(d => d.kind === 'label')?.histogram.reference).toHaveLength(3);
      expect(record.claims.map(claim => claim.passed)).toEqual([true, true]);
    }));

  it.each([
    ['tuned', 'model m = k_nearest(f) { tune { neighbors: 1..20, trials: 4, by: f1 } }'],
    ['tuned by a sum', 'model m = logistic_regression(f) { tune { l2: log(0.01..10), trials: 3, by: log_loss } }'],
    ['stacked', 'model a = naive_bayes(f)\nmodel b = logistic_regression(f)\nmodel m = stacking(a, b) { final: logistic_regression, folds: 3 }'],
    ['blended', 'model a = naive_bayes(f)\nmodel b = logistic_regression(f)\nmodel m = blend(a, b)'],
  ])('%s', async (_, models) =>
    wholeRun(program(models, 'accuracy, f1, log_loss'), data, async ran => {
      expect(figure(ran, 'accuracy')?.value).toBeGreaterThan(0.6);
      const [[off] = []] = await written(ran, 'SELECT max(abs(score_high + score_low + score_middle - 1)) FROM predictions');
      expect(off).toBeLessThan(1e-9);
    }),
  );

  it('are judged on folds', async () =>
    wholeRun(
      program('model m = logistic_regression(f)\nevaluate m on folds { f1, auc }', 'f1').replace('seed: 3', 'folds: 3, seed: 3'),
      data,
      ({ record }) => {
        const found = record.metrics.filter(m => m.partition === 'folds' && m.model === 'm');
        expect(found.map(m => m.metric)).toEqual(['macro f1', 'macro auc']);
        for (const { value } of found) expect(value).toBeGreaterThan(0.6);
      },
    ));

  it('have no threshold', () =>
    expect(told(program('model m = logistic_regression(f) { threshold: max f1 }', 'f1'))).toEqual(['error type-mismatch «threshold»']));

  it('the best of several is chosen by a macro figure', async () =>
    wholeRun(
      program('model a = naive_bayes(f)\nmodel b = k_nearest(f) { neighbors: 9 }\nmodel m = best of usual, a, b by f1', 'f1'),
      data,
      ({ record }) => expect(record.models.find(m => m.name === 'm')?.choice?.candidates.every(c => c.value !== null)).toBe(true),
    ));
});
