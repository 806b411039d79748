/** A stored model scores one row at a time in process, and gives what the run wrote into its predictions. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { type RunRecord, run } from '../runner/index.ts';
import { random } from '../runner/learn/random.ts';
import { type ScoringModel, scorer } from '../runner/serve/scorer.ts';
import { runOptions } from './runOptions.ts';
import { planOf } from './semantics/program.ts';

const program = (label: string, more = '') => `source wards = csv("wards.csv") { ward : key, size : float immutable }
source stays = csv("stays.csv") until 2026-12-31 {
  stay   : key
  came   : timestamp            @time @known(+0d)
  ward   : ref wards immutable
  age    : int? in 0..120       immutable
  weight : decimal(5,1)         immutable
  pulse  : float?               immutable
  kind   : category { "day", "night", "icu" }? immutable
  town   : text                 immutable
  note   : text?                immutable
  died   : bool                 @known(+10d)
  days   : float                @known(+10d)
  fate   : category { "home", "ward", "grave" } @known(+10d)
}
task t { each s in stays, at came, label ${label} }
split t by time { train: ..2025-02-28, validate: 2025-03-15..2025-04-15, test: 2025-05-01.., gap: 10d }
features f for t {
  old     = age |> impute(median) |> quantile_bin(4)
  age     |> impute(mean) |> standardize
  unknown = pulse |> indicator
  pulse   |> impute(median) |> robust_scale
  weight  |> winsorize(low: 5%, high: 95%) |> min_max(clip: true)
  kind    |> impute(mode) |> one_hot
  place   = town |> hash_encode(4)
  common  = town |> frequency_encode
  hour    = hour(came) |> cyclic(24)
  words   = note |> tfidf(max_terms: 5)
  size    = ward.size ?? 0
  groups  = [weight, size] |> standardize |> kmeans_distance(3)
  first   = [age |> impute(mean), weight, pulse |> impute(mean)] |> standardize |> pca(2)
  ${more}
}
`;

const binary = `${program('died', 'rows |> smote(k: 3)')}
features raw for t { age, kind, weight, town, odds = town |> target_encode(prior: 0.3) }
model linear = logistic_regression(f) { l2: 1, calibrate: isotonic, threshold: max f1 on validate }
model trees = gradient_boosting(raw) { trees: 20, leaves: 6, min_leaf: 5 }
model both = blend(linear, trees)
model stack = stacking(linear, trees) { final: logistic_regression, folds: 3 }
model champion = best of linear, trees by auc
evaluate linear on test { auc }
evaluate trees on test { auc }
evaluate both on test { auc }
evaluate stack on test { auc }
evaluate champion on test { auc }
`;

const several = `${program('fate')}
model bayes = naive_bayes(f)
evaluate bayes on test { accuracy }
`;

const number = `${program('days')}
model line = ridge(f)
evaluate line on test { rmse }
`;

type Stay = Readonly<Record<string, string | number | boolean | null>>;

/** 500 stays, one a day; what becomes of them follows from what is known of them, and from chance. */
function stays(): Stay[] {
  const { uniform, below } = random(3);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  return Array.from({ length: 500 }, (_, i) => {
    const age = uniform() < 0.1 ? null : below(100);
    const pulse = uniform() < 0.2 ? null : 50 + 80 * uniform();
    const risk = (age ?? 50) / 100 + ((pulse ?? 80) - 80) / 100 + uniform();
    return {
      stay: `s${i}`,
      came: new Date(Date.UTC(2024, 0, 1 + i, below(24), below(60))).toISOString(),
      ward: pick(['a', 'b', 'c']),
      age,
      weight: Math.round(400 + 600 * uniform()) / 10,
      pulse,
      kind: uniform() < 0.1 ? null : pick(['day', 'night', 'icu']),
      town: pick(['Ulm', 'Bern', 'Äü', 'x y', 'Graz', `rare ${i}`]),
      note: uniform() < 0.2 ? null : pick(['Fell at home', 'at WORK, fell', 'fever', 'Fever & cough', 'Été']),
      died: risk > 1.2,
      days: risk * 10,
      fate: pick(['home', 'ward', risk > 1 ? 'grave' : 'home']),
    };
  });
}

const rows = stays();
const sizes: Readonly<Record<string, number>> = { a: 10, b: 22.5, c: 7 };
const quoted = (value: Stay[string] | undefined): string =>
  value === null || value === undefined ? '' : /[,"]/.test(String(value)) ? `"${String(value)}"` : String(value);

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cupel-scoring-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Executed {
  readonly record: RunRecord;
  readonly model: (of: string) => ScoringModel;
  readonly predictions: (of: string) => Promise<Row[]>;
}

async function executed(name: string, text: string): Promise<Executed> {
  const folder = join(root, name);
  mkdirSync(folder);
  const [first = {}] = rows;
  const names = Object.keys(first);
  writeFileSync(join(folder, 'stays.csv'), [names.join(','), ...rows.map(row => names.map(column => quoted(row[column])).join(','))].join('\n'));
  writeFileSync(
    join(folder, 'wards.csv'),
    `ward,size\n${Object.entries(sizes)
      .map(([ward, size]) => `${ward},${size}`)
      .join('\n')}\n`,
  );
  const record = await run(planOf(text), runOptions(folder, { backend: 'auto' }), () => undefined);
  const runs = join(folder, '.cupel', 'runs', record.id);
  const db = await openDatabase({ root: folder, scratch: join(folder, 'scratch'), threads: 1, memory: null });
  return {
    record,
    model: of => (JSON.parse(readFileSync(join(runs, 'models', `${of}.json`), 'utf8')) as { scoring: ScoringModel }).scoring,
    async predictions(of) {
      const file = readdirSync(join(runs, 'predictions')).find(path => path.startsWith(`${of} on test`));
      const found = await db.rows(`SELECT stay, score, predicted FROM '${join(runs, 'predictions', file ?? '')}'`);
      return found.map(([stay, score, predicted]) => ({ stay: String(stay), score: Number(score), predicted: Number(predicted) }));
    },
  };
}

interface Row {
  readonly stay: string;
  readonly score: number;
  readonly predicted: number;
}

/** What is known of a stay when it begins. */
function observed(stay: string): Readonly<Record<string, unknown>> {
  const row = rows.find(r => r['stay'] === stay);
  if (!row) throw new Error(`There is no ${stay}.`);
  return { ...row, cutoff: row['came'], 'ward.size': sizes[String(row['ward'])] };
}

describe('scores in process', () => {
  it('are those of the run, of one model and of models made of others', { timeout: 120_000 }, async () => {
    const { record, model, predictions } = await executed('binary', binary);
    const drift = record.drift.filter(d => d.evaluation === 'linear on test' && d.subject.startsWith('first')).map(d => d.subject);
    expect(drift).toEqual(['first', 'first: weight', 'first: pulse']);
    expect(scorer(model('linear')).inputs.map(input => input.name)).toEqual(['age', 'pulse', 'weight', 'kind', 'town', 'came', 'note', 'ward.size']);
    for (const name of ['linear', 'trees', 'both', 'stack', 'champion']) {
      const { score } = scorer(model(name));
      const wanted = await predictions(name);
      expect(wanted.length, name).toBeGreaterThan(8);
      for (const row of wanted) {
        const found = score(observed(row.stay));
        expect(Math.abs(found.score - row.score), `${name} ${row.stay}`).toBeLessThan(1e-12);
        expect(found.predicted, `${name} ${row.stay}`).toBe(row.predicted === 1);
      }
    }
  });

  it('are those of the run for numbers and for several classes', { timeout: 120_000 }, async () => {
    const line = await executed('number', number);
    const { score } = scorer(line.model('line'));
    for (const row of await line.predictions('line')) expect(Math.abs(score(observed(row.stay)).score - row.score)).toBeLessThan(1e-9);

    const bayes = await executed('several', several);
    const classes = scorer(bayes.model('bayes'));
    const found = classes.score(observed('s499'));
    expect(Object.keys(found.probabilities ?? {})).toEqual(['home', 'ward', 'grave']);
    expect(Object.values(found.probabilities ?? {}).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(found.score).toBe(found.probabilities?.[String(found.predicted)]);
  });
});

describe('what is brought', () => {
  const model: ScoringModel = {
    label: { name: 'y', kind: 'number', positive: null },
    threshold: 0.5,
    encodings: {
      f: {
        steps: [
          { kind: 'row', output: 'n', type: 'int', value: { op: 'column', type: 'int', name: 'n', of: null } },
          { kind: 'row', output: 'd', type: { decimal: [5, 2] }, value: { op: 'column', type: { decimal: [5, 2] }, name: 'd', of: null } },
          { kind: 'row', output: 't', type: 'date', value: { op: 'column', type: 'date', name: 't', of: null } },
        ],
        fitted: {},
        columns: ['n', 'd', 't'].map(name => ({ name, feature: name, levels: null })),
        paths: [],
      },
    },
    model: { kind: 'trained', encoding: 'f', state: { kind: 'baseline', version: 1, value: 3 } },
  };

  it('is read as JSON and JavaScript write it', () => {
    const { score } = scorer(model);
    const brought: readonly Readonly<Record<string, unknown>>[] = [{ n: 1, d: '1.25', t: '2024-01-31' }, { n: 1n, d: 1.25, t: new Date(0) }, {}];
    expect(brought.map(row => score(row).score)).toEqual([3, 3, 3]);
  });

  it.each([
    [{ n: 1.5 }, '`n` takes a whole number.'],
    [{ n: '1' }, '`n` takes a whole number.'],
    [{ d: '1.255' }, '`d` takes a decimal number.'],
    [{ t: 'soon' }, '`t` takes a date such as "2024-01-31".'],
  ])('%j is refused', (row, message) => expect(() => scorer(model).score(row)).toThrow(message));
});
