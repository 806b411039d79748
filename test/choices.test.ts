/** What is chosen inside of training, through the whole run: searched settings, calibration, thresholds, ensembles, folds, learning again. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { type WholeRun, wholeRun } from './wholeRun.ts';

/** x decides y but for noise; `luck` is nothing but noise; one row in five is positive. */
const row = (i: number): string => {
  const x = ((i * 37) % 101) / 100;
  const noise = ((i * 53) % 97) / 97;
  const luck = ((i * 7919) % 613) / 613 < 0.5;
  return [`k${i}`, `g${i % 60}`, x.toFixed(2), ((i * 71) % 89) / 89, x + noise > 1.45, luck].join(',');
};
const data = { 'rows.csv': `id,team,x,z,y,luck\n${Array.from({ length: 600 }, (_, i) => row(i)).join('\n')}\n` };

const program = (
  body: string,
  { label = 'y', split = 'at random { test: 25%, validate: 15%, seed: 3 }' } = {},
): string => `source rows = csv("rows.csv") {
  id   : key
  team : text immutable
  x    : float immutable
  z    : float immutable
  y    : bool
  luck : bool
}
task t { each r in rows, label ${label} }
split t ${split}
features f for t { x, z |> standardize, mean = team |> target_encode }
model usual = baseline(f)
${body}
`;

async function written({ folder }: WholeRun, sql: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql.replace('predictions', `'${join(folder, 'predictions', '*.parquet')}'`));
    return reader.getRowsJS()[0] ?? [];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const figure = ({ record }: WholeRun, metric: string, model?: string) =>
  record.metrics.find(m => m.metric === metric && m.segment === null && (model === undefined || m.model === model));
const modelOf = ({ record }: WholeRun, name: string) => record.models.filter(m => m.name === name).at(-1);

const trees = 'gradient_boosting(f) { trees: 30, leaves: 6';

describe('tune', () => {
  it('tries settings on inner folds and learns with the best', async () =>
    wholeRun(
      program(
        `model m = gradient_boosting(f) { trees: 20, tune { leaves: 2..8, learning_rate: log(0.01..0.5), trials: 12, by: log_loss } }\nevaluate m on test { auc }`,
      ),
      data,
      ran => {
        const [tuning] = ran.record.tunings;
        const values = (tuning?.trials ?? []).map(trial => trial.value ?? Number.NaN);
        expect(values).toHaveLength(12);
        expect(tuning?.value).toBe(Math.min(...values));
        expect(modelOf(ran, 'm')?.parameters).toMatchObject({ ...tuning?.chosen, trees: 20 });
        expect(ran.record.nodes.filter(node => node.kind === 'split')).toHaveLength(6);
      },
    ));

  it('never looks at test rows', async () => {
    const tuned = program(
      `model m = ${trees}, tune { learning_rate: log(0.01..0.5), trials: 6, method: random, inner: 3, by: auc }, calibrate: platt, threshold: max f1 on folds }\nevaluate m on test { auc }`,
    );
    const chosen = (files: typeof data) => wholeRun(tuned, files, ran => [ran.record.tunings, modelOf(ran, 'm')?.threshold, ran.model('m')['state']]);
    const split = await wholeRun(tuned, data, async ran => (await written(ran, 'SELECT list(id) FROM predictions'))[0]);
    const test = new Set((split as { items?: string[] }).items ?? (split as string[]));
    expect(test.size).toBeGreaterThan(100);
    const turned = data['rows.csv'].split('\n').map(line => {
      const [id = '', team, x, , y, luck] = line.split(',');
      return test.has(id) ? [id, team, x, '0.5', y === 'true' ? 'false' : 'true', luck].join(',') : line;
    });
    expect(await chosen({ 'rows.csv': turned.join('\n') })).toEqual(await chosen(data));
  });
});

describe('scores out of fold', () => {
  it('say of noise that it is noise, however much a model remembers', async () =>
    wholeRun(
      program(`model m = gradient_boosting(f) { trees: 60, leaves: 31 }\nevaluate m on folds { auc, accuracy }`, {
        label: 'luck',
        split: 'at random { test: 25%, folds: 4, repeats: 2, seed: 3 }',
      }),
      data,
      ran => {
        const [onFolds] = ran.record.metrics.filter(m => m.metric === 'auc');
        expect(onFolds?.value).toBeLessThan(0.6);
        expect(onFolds).toMatchObject({ partition: 'folds', folds: { count: 4 } });
        const train = ran.record.partitions.find(p => p.name === 'train');
        expect(onFolds?.n).toBe(train?.rows);
        expect(Math.abs((onFolds?.folds?.mean ?? 0) - (onFolds?.value ?? 0))).toBeLessThan(0.1);
        expect(ran.record.drift.filter(d => d.evaluation === 'm on folds')).toEqual([]);
      },
    ));

  it('are written, one a row, and give the figures again', async () =>
    wholeRun(
      program(`model m = ${trees} }\nevaluate m on folds { brier }`, { split: 'by group { group: team, test: 20%, folds: 5, seed: 1 }' }),
      data,
      async ran => {
        const [n, ids, brier] = await written(ran, 'SELECT count(*), count(DISTINCT id), avg((score - label::INT) ** 2) FROM predictions');
        expect(ids).toBe(n);
        expect(Number(n)).toBe(figure(ran, 'brier')?.n);
        expect(brier).toBeCloseTo(figure(ran, 'brier')?.value ?? Number.NaN, 12);
      },
    ));
});

describe('a finished model', () => {
  it('is calibrated on scores that it did not learn from', async () =>
    wholeRun(
      program(`model raw = gradient_boosting(f) { trees: 80, leaves: 31, learning_rate: 0.3 }
model fair = gradient_boosting(f) { trees: 80, leaves: 31, learning_rate: 0.3, calibrate: isotonic }
evaluate raw on test as r { log_loss, auc }
evaluate fair on test as s { log_loss, auc }`),
      data,
      ran => {
        expect(figure(ran, 'log_loss', 'fair')?.value).toBeLessThan(figure(ran, 'log_loss', 'raw')?.value ?? 0);
        expect(modelOf(ran, 'fair')?.calibration).toBe('isotonic');
      },
    ));

  it('decides at its threshold, everywhere', async () =>
    wholeRun(program(`model m = ${trees}, threshold: cost(fp: 1, fn: 20) }\nevaluate m on test { recall, precision, f1 }`), data, async ran => {
      const threshold = modelOf(ran, 'm')?.threshold ?? Number.NaN;
      expect(threshold).toBeLessThan(0.5);
      const [wrong, recall] = await written(
        ran,
        `SELECT count(*) FILTER (WHERE predicted::INT <> (score >= ${threshold})::INT), avg(predicted::INT) FILTER (WHERE label::INT = 1) FROM predictions`,
      );
      expect(Number(wrong)).toBe(0);
      expect(recall).toBeCloseTo(figure(ran, 'recall')?.value ?? Number.NaN, 12);
    }));

  it('learns again on train and validate, with what was chosen before', async () =>
    wholeRun(
      program(`model m = ${trees}, early_stop: 5 on folds }
model again = ${trees}, early_stop: 5 on folds, refit: train_and_validate }
model best = best of usual, m by auc { refit: train_and_validate }
evaluate best on test as b { auc }
evaluate again on test as a { auc }`),
      data,
      ran => {
        const rows = (name: string) => ran.record.partitions.find(p => p.name === name)?.rows ?? 0;
        const trainedOn = { partition: 'train_and_validate', rows: rows('train') + rows('validate') };
        expect(modelOf(ran, 'again')?.trainedOn).toEqual(trainedOn);
        expect(modelOf(ran, 'best')).toMatchObject({ trainedOn, choice: { chosen: 'm' } });
        expect(Number(modelOf(ran, 'again')?.parameters['trees'])).toBeLessThan(30);
      },
    ));
});

describe('ensembles', () => {
  it('stack on scores out of fold, and blend by the mean', async () =>
    wholeRun(
      program(`model a = ${trees} }
model b = logistic_regression(f)
model s = stacking(a, b) { folds: 3 }
model m = blend(a, b)
evaluate s on test as e { auc >= 0.8, auc - usual.auc >= 0.2 }
evaluate m on test as w { auc }`),
      data,
      ran => {
        expect(ran.record.claims.map(claim => claim.passed)).toEqual([true, true]);
        expect(modelOf(ran, 's')).toMatchObject({ algorithm: 'stacking', members: ['a', 'b'], features: ['x', 'z', 'mean'] });
        expect(modelOf(ran, 'm')?.algorithm).toBe('blend');
      },
    ));

  it('of a member that remembers noise learn that it is worth nothing', async () =>
    wholeRun(
      program(
        `model a = gradient_boosting(f) { trees: 60, leaves: 31 }\nmodel b = baseline(f)\nmodel s = stacking(a, b)\nevaluate s on test { log_loss }`,
        { label: 'luck' },
      ),
      data,
      ran => {
        // Stacked on scores in sample, it would believe the first member and be far above ln 2.
        expect(figure(ran, 'log_loss')?.value).toBeLessThan(0.72);
      },
    ));
});

describe('balance', () => {
  it.each(['class_weight', 'undersample', 'oversample'])('%s finds more of the rare class', async how =>
    wholeRun(
      program(`model plain = logistic_regression(f)\nmodel m = logistic_regression(f) { balance: ${how} }
evaluate plain on test as p { recall }\nevaluate m on test as q { recall }`),
      data,
      ran => expect(figure(ran, 'recall', 'm')?.value).toBeGreaterThan(figure(ran, 'recall', 'plain')?.value ?? 1),
    ),
  );
});
