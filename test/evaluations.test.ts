/** What an evaluation says beside its figures, through the whole run: tables of labels and predictions, claims about segments and other rows. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { run } from '../runner/index.ts';
import { runOptions } from './runOptions.ts';
import { planOf } from './semantics/program.ts';
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

describe('segments of observations at one cutoff after the other', () => {
  const monthly = (claims: string): string => `source people = csv("people.csv") {
  id    : key
  side  : category { "a", "b" } immutable
  since : timestamp @time @known(+0d)
}
source visits = csv("visits.csv") until 2024-12-31 {
  visit  : key
  person : ref people
  at     : timestamp @time @known(+0d)
}
task back {
  each  p in people
  at    every month from 2024-01-01 to 2024-10-01
  label again = count(visits next 30d) > 0
}
split back by time { train: ..2024-05-01, test: 2024-07-01.., gap: 30d }
features f for back { n = count(visits last 60d) }
model m = logistic_regression(f)
evaluate m on test { ${claims} }
`;
  const files = {
    'people.csv': `id,side,since\n${Array.from({ length: 20 }, (_, i) => `p${i},${'ab'[i % 2]},2023-01-01T00:00:00Z`).join('\n')}\n`,
    'visits.csv': `visit,person,at\n${Array.from({ length: 200 }, (_, i) => `v${i},p${(i * 7) % 20},${new Date(Date.UTC(2023, 10, 1 + ((i * 37) % 400))).toISOString()}`).join('\n')}\n`,
  };

  it('are judged from a cold store and from tables that an earlier run kept', async () => {
    const fresh = await wholeRun(monthly('brier, by side { brier, accuracy }'), files, ran => ran.record.metrics);
    expect(fresh.map(({ metric, segment }) => [metric, segment])).toEqual([
      ['brier', null],
      ['brier', 'side = a'],
      ['accuracy', 'side = a'],
      ['brier', 'side = b'],
      ['accuracy', 'side = b'],
    ]);
    await wholeRun(monthly('by side { brier }'), files, async ran => {
      const plan = planOf(monthly('brier, by side { brier, accuracy }'));
      const again = await run(plan, runOptions(join(ran.folder, '..', '..', '..'), { program: ran.record.program }), () => undefined);
      const split = again.nodes.find(node => node.id === 'split back');
      expect(split?.status).toBe('cached');
      const figures = (metrics: typeof fresh) => metrics.map(({ metric, segment, value, n }) => ({ metric, segment, value, n }));
      expect(figures(again.metrics)).toEqual(figures(fresh));
    });
  });
});
