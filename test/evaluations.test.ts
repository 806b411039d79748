/** What an evaluation says beside its figures, through the whole run: tables of labels and predictions, claims about segments and other rows. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { wholeRun } from './wholeRun.ts';

const row = (i: number): string => {
  const x = ((i * 37) % 101) / 100;
  const noise = ((i * 53) % 97) / 97;
  const kind = x + noise < 0.7 ? 'low' : x + noise < 1.2 ? 'mid' : 'high';
  return [`k${i}`, x.toFixed(2), 'ab'[i % 2], x + noise > 1.2, kind, (x * 2 + noise).toFixed(3), (i % 3) + 1].join(',');
};
const data = { 'rows.csv': `id,x,side,y,kind,worth,w\n${Array.from({ length: 300 }, (_, i) => row(i)).join('\n')}\n` };

const program = (body: string, weight = ''): string => `source rows = csv("rows.csv") {
  id    : key
  x     : float immutable
  side  : category { "a", "b" } immutable
  y     : bool
  kind  : category { "low", "mid", "high" }
  worth : float
  w     : int in 1.. ${weight}
}
task yes { each r in rows, label y }
task kinds { each r in rows, label kind }
task money { each r in rows, label worth }
split yes at random { test: 40%, validate: 20%, seed: 3 }
split kinds at random { test: 40%, seed: 3 }
split money at random { test: 40%, seed: 3 }
features f for yes { x }
features g for kinds { x }
features h for money { x }
model usual = baseline(f)
model m = logistic_regression(f) { threshold: 0.4 }
model k = naive_bayes(g)
model r = ridge(h)
${body}
`;

async function counted(folder: string, evaluation: string, sum = 'count(*)'): Promise<Map<string, number>> {
  const db = await openDatabase({ root: folder, scratch: join(folder, 'scratch'), threads: 1, memory: null });
  try {
    const rows = await db.rows(`SELECT label, predicted, ${sum} FROM '${join(folder, 'predictions', `${evaluation}.parquet`)}' GROUP BY ALL`);
    return new Map(rows.map(([label, predicted, n]) => [`${label} ${predicted}`, Number(n)]));
  } finally {
    db.close();
  }
}

describe('confusion', () => {
  it('is what the written predictions count, at the threshold of the model, by segment too', async () =>
    wholeRun(program('evaluate m on test { confusion, by side { confusion, recall } }\nevaluate k on test { confusion }'), data, async ran => {
      const [whole, a, b, kinds] = ran.record.confusions;
      const own = await counted(ran.folder, 'm on test');
      expect(whole).toMatchObject({ evaluation: 'm on test', segment: null, threshold: 0.4, classes: ['false', 'true'] });
      expect(whole?.counts).toEqual([0, 1].map(label => [0, 1].map(predicted => own.get(`${label} ${predicted}`) ?? 0)));
      expect([a?.segment, b?.segment]).toEqual(['side = a', 'side = b']);
      expect(a?.counts.map((cells, i) => cells.map((n, j) => n + (b?.counts[i]?.[j] ?? 0)))).toEqual(whole?.counts);
      const recall = ran.record.metrics.find(metric => metric.metric === 'recall' && metric.segment === 'side = a');
      expect(recall?.value).toBeCloseTo((a?.counts[1]?.[1] ?? 0) / ((a?.counts[1]?.[0] ?? 0) + (a?.counts[1]?.[1] ?? 0)), 12);
      const ofKinds = await counted(ran.folder, 'k on test');
      const names = ['low', 'mid', 'high'];
      expect(kinds).toMatchObject({ classes: names, threshold: null });
      expect(kinds?.counts).toEqual(names.map(label => names.map(predicted => ofKinds.get(`${label} ${predicted}`) ?? 0)));
    }));

  it('adds up weights', async () =>
    wholeRun(program('evaluate m on test { confusion }', '@weight'), data, ran => {
      const [whole] = ran.record.confusions;
      const total = whole?.counts.flat().reduce((sum, n) => sum + n, 0) ?? 0;
      expect(total).toBeGreaterThan((whole?.n ?? 0) * 1.5);
    }));
});

describe('claims', () => {
  it('about segments hold in each of them', async () =>
    wholeRun(program('evaluate m on test { auc, by side { auc >= 0.5, auc - usual.auc > 0.45 warn } }'), data, ran => {
      const claims = ran.record.claims.map(({ claim, segment, passed, value, low }) => ({ claim, segment, passed, value, isBound: low !== null }));
      expect(claims.map(({ claim, segment }) => `${claim} ${segment}`)).toEqual([
        'auc >= 0.5 side = a',
        'auc >= 0.5 side = b',
        'auc - usual.auc > 0.45 side = a',
        'auc - usual.auc > 0.45 side = b',
      ]);
      for (const side of ['a', 'b']) {
        const figure = ran.record.metrics.find(metric => metric.segment === `side = ${side}`)?.value ?? Number.NaN;
        expect(claims.find(c => c.segment === `side = ${side}`)).toMatchObject({ value: figure, passed: figure >= 0.5 });
        expect(claims.findLast(c => c.segment === `side = ${side}`)).toMatchObject({
          value: figure - 0.5,
          passed: figure - 0.5 > 0.45,
          isBound: true,
        });
      }
    }));

  it('compare figures of other rows, of other tasks too', async () => {
    const body = `evaluate m on validate as before { brier }
evaluate r on test as worths { rmse }
evaluate m on test where side == "a" as half { auc }
evaluate m on test { auc - before.auc > -1, half.recall >= 0, auc - worths.r2 > -9 warn }`;
    await wholeRun(program(body), data, ran => {
      const of = (evaluation: string, metric: string) =>
        ran.record.metrics.find(m => m.evaluation === evaluation && m.metric === metric)?.value ?? Number.NaN;
      expect(ran.record.claims.map(({ value }) => value)).toEqual([
        of('m on test', 'auc') - of('before', 'auc'),
        of('half', 'recall'),
        of('m on test', 'auc') - of('worths', 'r2'),
      ]);
      expect(ran.record.claims.every(({ passed }) => passed)).toBe(true);
    });
  });
});
