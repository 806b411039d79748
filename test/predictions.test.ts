/** What one model says as a feature of another: held against the reference in every fold, and through the whole run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import { contentsOf } from '../runner/contents.ts';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { type RunOptions, score } from '../runner/index.ts';
import { machineryOf } from '../runner/machinery.ts';
import { type ScoringModel, scorer } from '../runner/serve/scorer.ts';
import { openBench, stepsOn } from '../runner/steps.ts';
import { openStore } from '../runner/store/store.ts';
import { canonicalText } from './reference/canonical.ts';
import { interpret } from './reference/interpret.ts';
import { runOptions } from './runOptions.ts';
import { file, planOf } from './semantics/program.ts';
import { type WholeRun, wholeRun } from './wholeRun.ts';

const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + (i % 40) * 7)).toISOString().slice(0, 10);
const row = (i: number): string => {
  const x = ((i * 37) % 101) / 100;
  const z = ((i * 71) % 89) / 89;
  const noise = ((i * 53) % 97) / 97;
  return [`k${i}`, `g${i % 30}`, `${day(i)}T00:00:00Z`, x.toFixed(2), z, x + noise > 1.2, (x * 3 - z + noise).toFixed(4), 'abc'[i % 3]].join(',');
};
const rows = Array.from({ length: 240 }, (_, i) => row(i));
const data = { 'rows.csv': `id,team,at,x,z,y,worth,kind\n${rows.join('\n')}\n` };

const program = (body: string, { label = 'y', split = 'at random { test: 25%, validate: 15%, folds: 2, seed: 3 }', isTimed = false } = {}): string =>
  `source rows = csv("rows.csv") until 2025-12-31 {
  id    : key
  team  : text immutable
  at    : timestamp ${isTimed ? '@time @known(+0d)' : 'immutable'}
  x     : float immutable
  z     : float immutable
  y     : bool ${isTimed ? '@known(+1d)' : ''}
  worth : float ${isTimed ? '@known(+1d)' : ''}
  kind  : category { "a", "b", "c" } ${isTimed ? '@known(+1d)' : ''}
}
task t { each r in rows${isTimed ? ', at at' : ''}, label ${label} }
split t ${split}
${body}
`;

const optionsIn = (root: string): RunOptions => runOptions(root, { program: [{ path: file, sha256: '0'.repeat(64) }] });

/** Every feature set of the plan, folds included, by the run's own steps: identity, cutoff, partition and features of each row. */
async function setsOf(
  plan: Plan,
  files: Readonly<Record<string, string>>,
  look: (id: string, rows: readonly (readonly (string | null)[])[], columns: readonly string[]) => void,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-asked-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
    const options = optionsIn(root);
    const machinery = machineryOf(options);
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, root, store.sources);
    const emit = () => undefined;
    const bench = await openBench(plan, contents, { options, store, id: 'test', machinery, emit, steps: plan.nodes });
    const take = stepsOn(bench, emit, { reads: false, keeps: false });
    try {
      for (const node of plan.nodes) {
        await take(node);
        if (node.kind !== 'features') continue;
        const found = await (await bench.tables(node.id)).preview(node.id, Number.MAX_SAFE_INTEGER);
        look(node.id, found.rows, found.columns);
      }
    } finally {
      await bench.close();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Compares each set with the reference; gives the number of sets and of predictions that were there. */
async function equalToReference(text: string): Promise<{ sets: number; said: number; silent: number }> {
  const plan = planOf(text);
  const expected = interpret(plan, () => data['rows.csv']);
  const found = { sets: 0, said: 0, silent: 0 };
  await setsOf(plan, data, (id, actual, columns) => {
    const node = plan.nodes.find(n => n.id === id);
    const outcome = expected.get(id);
    if (node?.kind !== 'features' || outcome?.kind !== 'features') throw new Error(id);
    const split = expected.get(node.split)?.table.rows ?? [];
    const key = (identity: unknown, cutoff: unknown): string => `${String(identity)} ${String(cutoff)}`;
    const timed = columns.includes('cutoff');
    const byKey = new Map(
      actual.map(cells => [key(cells[0], timed ? Date.parse(String(cells[columns.indexOf('cutoff')])) * 1000 : null), cells] as const),
    );
    found.sets++;
    split.forEach((own, i) => {
      const cells = byKey.get(key(own['#identity'], timed ? own['#cutoff'] : null));
      expect(cells?.[columns.indexOf('partition')], `${id} ${i}`).toBe(own['#partition']);
      for (const { name, type } of outcome.table.columns.filter(c => columns.includes(c.name))) {
        const [said, wanted] = [cells?.[columns.indexOf(name)], outcome.table.rows[i]?.[name] ?? null];
        const isAsked = node.steps.some(step => step.kind === 'predicted' && step.output === name);
        if (isAsked) found[wanted === null ? 'silent' : 'said']++;
        if (wanted === null || type !== 'float') expect(said ?? null, `${id} ${name}`).toBe(wanted === null ? null : canonicalText(wanted, type));
        else expect(Number(said), `${id} ${name} ${i}`).toBeCloseTo(Number(wanted), 9);
      }
    });
  });
  return found;
}

const sets = 'features plain for t { x, mean = team |> target_encode(prior: 0.3) }\nmodel first = linear_regression(plain)\n';

describe('what a model says, as a feature', () => {
  it('is out of fold on train and from all of train elsewhere, in folds of folds too', async () => {
    const asked = `${sets}features more for t { z, p = predict(first), q = (1 - predict(first)) |> standardize }
model m = ridge(more) { tune { alpha: 0.1..10, trials: 2, method: random, by: rmse } }
evaluate m on folds { rmse }`;
    const found = await equalToReference(program(asked, { label: 'worth' }));
    // The set itself, two folds of train and two of all but test; the set that is asked, in each of them and their folds.
    expect(found.sets).toBe(5 + 5 + 4 * 2);
    expect(found.silent).toBe(0);
    expect(found.said).toBe(1200);
  });

  it('looks back only where the split is by time', async () => {
    const asked = `features plain for t { x, w = z * x }\nmodel first = linear_regression(plain)
features more for t { z, p = predict(first) }\nmodel m = ridge(more) { tune { alpha: 0.1..10, trials: 2, method: random, by: rmse } }`;
    const split = 'by time { train: ..2024-06-30, test: 2024-08-01.., gap: 2d, folds: 3 }';
    const found = await equalToReference(program(asked, { label: 'worth', isTimed: true, split }));
    expect(found.silent).toBeGreaterThan(20);
    expect(found.said).toBeGreaterThan(100);
  });

  it('leaves rows that nothing holds out without it, out of the fit, and counts them', async () =>
    wholeRun(
      program(
        `features plain for t { x }
model first = linear_regression(plain)
features more for t { z, p = predict(first) }
model m = ridge(more)
evaluate m on test { rmse }`,
        { label: 'worth', isTimed: true, split: 'by time { train: ..2024-06-30, test: 2024-08-01.., gap: 2d, folds: 3 }' },
      ),
      data,
      ({ record }) => {
        const left = record.findings.find(({ rule }) => rule === 'not-predicted');
        const rows = record.partitions.find(({ name }) => name === 'train')?.rows ?? 0;
        expect(left?.count).toBeGreaterThan(20);
        expect(record.models.find(({ name }) => name === 'm')?.trainedOn.rows).toBe(rows - (left?.count ?? 0));
      },
    ));

  it('stays together with its group', async () => {
    const asked = `${sets}features more for t { z, p = predict(first) }\nmodel m = ridge(more)`;
    const found = await equalToReference(program(asked, { label: 'worth', split: 'by group { group: team, test: 20%, seed: 1, folds: 3 }' }));
    expect(found.silent).toBe(0);
  });

  it('does not know the label of its own row, whatever the model chooses', async () => {
    const plan = planOf(
      program(`features own for t { near = team |> target_encode, x }
model trees = gradient_boosting(own) { trees: 30, min_leaf: 1, early_stop: 3 on validate, tune { leaves: 2..20, trials: 3, method: random, by: auc on validate }, calibrate: platt }
features more for t { z, p = predict(trees) }
model m = logistic_regression(more)`),
    );
    const says = async (files: typeof data): Promise<ReadonlyMap<string, readonly (string | null)[]>> => {
      let found: ReadonlyMap<string, readonly (string | null)[]> = new Map();
      await setsOf(plan, files, (id, cells, columns) => {
        if (id === 'features more')
          found = new Map(cells.map(c => [String(c[0]), [c[columns.indexOf('partition')] ?? null, c[columns.indexOf('p')] ?? null]]));
      });
      return found;
    };
    const before = await says(data);
    const turned = [...before].find(([, [partition]]) => partition === 'train')?.[0] ?? '';
    const after = await says({
      'rows.csv': data['rows.csv'].replace(
        new RegExp(`^(${turned},.*),(true|false),`, 'm'),
        (_, head: string, y: string) => `${head},${y === 'true' ? 'false' : 'true'},`,
      ),
    });
    expect(after.get(turned)).toEqual(before.get(turned));
    expect([...after].some(([id, [, p]]) => p !== before.get(id)?.[1])).toBe(true);
  });
});

const classes = { label: 'kind', split: 'at random { test: 25%, seed: 3 }' };
const modelFileOf = ({ folder }: WholeRun, name: string): ScoringModel =>
  (JSON.parse(readFileSync(join(folder, 'models', `${name}.json`), 'utf8')) as { scoring: ScoringModel }).scoring;

async function predictionsIn(folder: string): Promise<readonly (readonly unknown[])[]> {
  const db = await openDatabase({ root: folder, scratch: join(folder, 'scratch'), threads: 1, memory: null });
  try {
    return await db.rows(`SELECT id, score FROM '${join(folder, 'predictions', '*.parquet')}'`);
  } finally {
    db.close();
  }
}

describe('through the whole run', () => {
  const body = `features plain for t { x, team }
model trees = gradient_boosting(plain) { trees: 10, leaves: 4, early_stop: 3 on validate, calibrate: platt }
features more for t { z, p = predict(trees), low = predict(trees) < 0.5 }
model m = logistic_regression(more) { threshold: max f1 }
evaluate m on test { auc, by low { brier } }`;

  it('scores one row in process and a file of rows as the run did, by a model that carries the one it asks', async () =>
    wholeRun(program(body), data, async ran => {
      const scorerOf = scorer(modelFileOf(ran, 'm'));
      expect(scorerOf.inputs.map(({ name }) => name).sort()).toEqual(['team', 'x', 'z']);
      expect([...new Set(ran.record.models.map(({ name }) => name))]).toEqual(['trees', 'm']);
      const root = join(ran.folder, '..', '..', '..');
      const out = join(root, 'scores.csv');
      await score({ program: file, model: 'm', out, paths: new Map(), at: null }, optionsIn(root));
      const scored = new Map(
        readFileSync(out, 'utf8')
          .trim()
          .split('\n')
          .slice(1)
          .map(line => [line.split(',')[0], Number(line.split(',')[1])]),
      );
      const judged = await predictionsIn(ran.folder);
      expect(judged.length).toBeGreaterThan(40);
      for (const [id, wanted] of judged) {
        const [, team, , x, z] = rows.find(line => line.startsWith(`${id},`))?.split(',') ?? [];
        expect(scorerOf.score({ team, x: Number(x), z: Number(z) }).score).toBeCloseTo(Number(wanted), 12);
        expect(scored.get(String(id))).toBeCloseTo(Number(wanted), 9);
      }
    }));

  it('gives a column a class where there are several', async () =>
    wholeRun(
      program(
        'features plain for t { x, team }\nmodel bayes = naive_bayes(plain)\nfeatures more for t { z, p = predict(bayes) }\nmodel m = gradient_boosting(more) { trees: 5 }\nevaluate m on test { accuracy }',
        classes,
      ),
      data,
      ran => {
        const scoring = modelFileOf(ran, 'm');
        const encoding = Object.values(scoring.encodings).find(e => e.predictions);
        expect(encoding?.columns.map(({ name }) => name)).toEqual(['z', 'p=a', 'p=b', 'p=c']);
        expect(scorer(scoring).score({ x: 0.5, team: 'g1', z: 0.5 }).probabilities).not.toBeNull();
      },
    ));
});
