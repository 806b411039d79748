/**
 * Every entry of the catalogue is held against values that another tool gave, or against the reference interpreter, and has a line in the
 * manual with its source. An entry that is added without either fails here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EntryOf, entriesOf, type Family } from '../language/catalogue/catalogue.ts';
import { formsOf } from '../language/catalogue/forms.ts';
import { planned } from '../language/plan/testPlan.ts';
import { fixture } from '../runner/learn/fixtures/read.ts';
import { functionKeys } from './reference/functions.ts';
import { expectEqual } from './shop.ts';

const page = readFileSync(new URL('../docs/reference/catalogue.md', import.meta.url), 'utf8');
const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

function testsBelow(folder: string): string[] {
  return readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.test.ts'))
    .map(path => `${folder}/${path}`);
}

const tests = [...testsBelow('runner'), ...testsBelow('test')]
  .filter(path => !path.endsWith('catalogueReferences.test.ts'))
  .map(path => ({ path, text: textOf(path) }));

// ---------------------------------------------------------------- values of other tools

/** Where the stored values of an entry stand: a fixture, the keys that lead to them, and what they have to hold. */
interface Stored {
  readonly fixture: string;
  readonly at: readonly string[];
  readonly of?: Readonly<Record<string, unknown>>;
}

const stored = (name: string, ...at: readonly string[]): Stored => ({ fixture: name, at });

const algorithms: Readonly<Record<string, Stored>> = {
  baseline: stored('baseline', 'cases'),
  logistic_regression: stored('linear', 'logistic'),
  linear_regression: { ...stored('linear', 'linear'), of: { l2: 0 } },
  ridge: stored('linear', 'linear'),
  lasso: { ...stored('penalised', 'net'), of: { l1_ratio: 1 } },
  elastic_net: { ...stored('penalised', 'net'), of: { l1_ratio: 0.5 } },
  poisson_regression: stored('penalised', 'poisson'),
  naive_bayes: stored('classifiers', 'naive'),
  k_nearest: stored('classifiers', 'nearest'),
  linear_svm: stored('classifiers', 'svm'),
  decision_tree: stored('trees', 'trees'),
  random_forest: stored('trees', 'forests', 'cases'),
  gradient_boosting: stored('boosting', 'cases'),
  neural_net: stored('network', 'cases'),
};

/** Of transforms over several columns and over rows; all others stand by their names among the cases of `transforms`. */
const transforms: Readonly<Record<string, Stored>> = {
  tfidf: stored('together', 'tfidf', 'cases'),
  kmeans_distance: stored('together', 'kmeans', 'centres'),
  pca: stored('together', 'pca'),
  select: stored('together', 'select'),
  rfe: stored('elimination', 'ranking'),
  smote: stored('smote', 'mean'),
};

const drift: Readonly<Record<string, string>> = { psi: 'psi', ks: 'ks', chi_square: 'chi_square', js: 'js', wasserstein: 'wasserstein' };

function valueAt({ fixture: name, at, of }: Stored): unknown {
  const value = at.reduce<unknown>((found, key) => (found as Readonly<Record<string, unknown>>)[key], fixture(name));
  if (!of || !Array.isArray(value)) return value;
  return value.filter(item => Object.entries(of).every(([key, wanted]) => (item as Readonly<Record<string, unknown>>)[key] === wanted));
}

const holdsNumbers = (value: unknown): boolean =>
  typeof value === 'number' ? Number.isFinite(value) : value !== null && typeof value === 'object' && Object.values(value).some(holdsNumbers);

/** What is wrong with the values that are stored; null for nothing. */
function fault(at: Stored | null): string | null {
  if (!at) return 'has no stored values of another tool';
  if (!holdsNumbers(valueAt(at))) return `has no numbers in ${at.fixture} at ${at.at.join('.')}`;
  const { script, python, ...tools } = fixture<{ readonly provenance: Readonly<Record<string, string>> }>(at.fixture).provenance;
  if (!script || !existsSync(new URL(`../${script}`, import.meta.url))) return `${at.fixture} does not say which script made it`;
  if (!python || Object.keys(tools).length === 0) return `${at.fixture} does not say which tool its values are from`;
  const reads = new RegExp(`fixture(<[^]*?>)?\\(\\s*'${at.fixture}',?\\s*\\)`);
  return tests.some(({ text }) => reads.test(text)) ? null : `${at.fixture} is read by no test`;
}

const amongCases = (transform: string): Stored | null => {
  const { cases } = fixture<{ readonly cases: readonly { readonly transform: string }[] }>('transforms');
  return cases.some(item => item.transform === transform) ? { ...stored('transforms', 'cases'), of: { transform } } : null;
};

/** A figure is called by the metric, with its parameters behind it. */
function metricValues(name: string): Stored | null {
  const { binary, number } = fixture<Record<'binary' | 'number', { readonly values: { readonly plain: Readonly<Record<string, number>> } }>>('judge');
  for (const [kind, { values }] of [['binary', binary] as const, ['number', number] as const]) {
    const key = Object.keys(values.plain).find(figure => figure === name || figure.startsWith(`${name}(`));
    if (key !== undefined) return stored('judge', kind, 'values', 'plain', key);
  }
  return null;
}

function driftValues(name: string): Stored | null {
  const key = drift[name];
  if (key === undefined) return null;
  const { numbers } = fixture<{ readonly numbers: readonly Readonly<Record<string, unknown>>[] }>('watch');
  return stored('watch', numbers[0] && key in numbers[0] ? 'numbers' : 'categories', '0', key);
}

describe('values of another tool', () => {
  it.each(entriesOf('algorithm'))('algorithm $name', ({ name }) => expect(fault(algorithms[name] ?? null)).toBeNull());
  it.each(entriesOf('transform'))('transform $name', ({ name }) => expect(fault(transforms[name] ?? amongCases(name))).toBeNull());
  it.each(entriesOf('metric'))('metric $name', ({ name }) => expect(fault(metricValues(name))).toBeNull());
  it.each(entriesOf('drift'))('drift $name', ({ name }) => expect(fault(driftValues(name))).toBeNull());

  it('are missed where they are missing', () => {
    expect(fault(null)).toContain('no stored values');
    expect(fault(amongCases('autoencoder'))).toContain('no stored values');
    expect(fault(metricValues('au'))).toContain('no stored values');
    expect(fault(stored('smote', 'nothing'))).toContain('no numbers');
  });
});

// ---------------------------------------------------------------- the reference interpreter

/** The test that holds all entries of a family against the interpreter, and what it says to do so. */
const walked: readonly (readonly [family: Family, test: string, says: string])[] = [
  ['function', 'test/functionsEqualReference.test.ts', '[...Object.keys(emissions), ...functionKeys]'],
  ['operator', 'test/functionsEqualReference.test.ts', '[...Object.keys(emissions), ...functionKeys]'],
  ['aggregate', 'test/reference/random.test.ts', 'expect.arrayContaining(aggregates.map(a => a.name))'],
];

/** How each connector's rows are held against the interpreter's scan of the same table. */
const connectors: Readonly<Record<string, readonly [test: string, says: string]>> = {
  csv: ['test/sameTable.test.ts', 'csv'],
  json: ['test/jsonEqualsReference.test.ts', 'json'],
  parquet: ['test/sameTable.test.ts', 'parquet'],
  arrow: ['test/sameTable.test.ts', 'arrow'],
};

describe('the reference interpreter', () => {
  it.each(walked)('is asked for every %s', (_, test, says) => expect(textOf(test)).toContain(says));

  it('knows every function and operator', () => {
    const keys = [...entriesOf('function'), ...entriesOf('operator')].map(entry => entry.key);
    expect(keys.filter(key => !functionKeys.includes(key))).toEqual([]);
  });

  it.each(entriesOf('connector'))('is asked for the rows of $name', ({ name }) => {
    const [test, says] = connectors[name] ?? ['', ''];
    expect(test, 'no test is named').not.toBe('');
    expect(textOf(test)).toContain(says);
    expect(textOf(test)).toMatch(/reference\/(scan|interpret)\.ts|shop\.ts/);
  });
});

// ---------------------------------------------------------------- windows

/** Each form of a window in a program that the engine and the interpreter run. */
const windows: Readonly<Record<string, string>> = {
  last: 'count(visits last 30d)',
  lag: 'count(visits last 30d lag 7d)',
  next: 'count(visits next 10d) > 1',
  of: 'sum(paid of visits last 30d)',
  via: 'count(visits via town)',
  where: 'count(visits where paid > 5)',
};

const shown = Object.entries(windows).filter(([form]) => form !== 'next');
const program = `
source people = csv("people.csv") { id : key  town : text immutable  since : timestamp @time @known(+0d) }
source visits = csv("visits.csv") until 2024-06-01 { who : ref people  town : text immutable  on : timestamp @time @known(+1d)  paid : float immutable }
task often {
  each  p in people
  at    every month from 2024-02-01 to 2024-04-01
  label again = ${windows['next']}
}
split often by time { train: ..2024-02-15, test: 2024-03-01.., gap: 11d }
features all for often {
${shown.map(([form, value]) => `  f_${form} = ${value}`).join('\n')}
}
model m = baseline(all)
evaluate m on test { log_loss }`.replaceAll(/ {2}(?=\w+ : )/g, '\n  ');

const visits = Array.from(
  { length: 60 },
  (_, i) => `p${i % 4},${'ab'[i % 2]},${new Date(Date.UTC(2024, 0, 1 + 2 * i)).toISOString()},${(i * 7) % 11}`,
);
const files = {
  'people.csv': `id,town,since\n${[0, 1, 2, 3].map(i => `p${i},${'ab'[i % 2]},2023-01-01T00:00:00Z`).join('\n')}\n`,
  'visits.csv': `who,town,on,paid\n${visits.join('\n')}\n`,
};

describe('window forms', () => {
  it.each(formsOf('window'))('$name stands in the program', ({ name }) => expect(windows[name] ?? '').toMatch(new RegExp(`\\b${name}\\b`)));
  it('give on the engine what the interpreter gives', async () => expectEqual(planned({ main: program }), files));
});

// ---------------------------------------------------------------- the manual

const sourced: readonly Family[] = ['function', 'aggregate', 'transform', 'algorithm', 'metric', 'drift', 'connector'];
const entries = sourced.flatMap(family => entriesOf(family).map(entry => [family, entry.name, entry] as const));
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

describe('the manual', () => {
  it.each(entries)('has %s %s with its source', (_, _name, entry: EntryOf<Family>) => {
    const source = 'source' in entry ? entry.source : '';
    expect(source.trim()).not.toBe('');
    const lines = page.split('\n').filter(line => line === entry.doc || line.includes(cell(entry.doc)));
    expect(lines, 'its doc').not.toEqual([]);
    expect(page.includes(`Source: ${source}`) || lines.some(line => line.includes(cell(source)))).toBe(true);
  });
});
