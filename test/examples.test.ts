/** Every example runs, passes its gates, and gives the figures that its `expected.json` holds. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../runner/index.ts';
import { copyOf, cupel, recordOf } from './command.ts';
import { recomputed } from './recomputed.ts';

const update = process.env['CUPEL_UPDATE_EXPECTED'] === '1';

const figures = ({ partitions, metrics, claims, drift, checks }: RunRecord) => ({
  partitions: partitions.map(({ name, rows, positives }) => ({ name, rows, positives })),
  checks: checks.map(({ claim, passed, failing, total }) => ({ claim, passed, failing, total })),
  metrics: metrics.map(({ evaluation, metric, segment, value, low, high, n }) => ({ evaluation, metric, segment, value, low, high, n })),
  claims: claims.map(({ claim, value, passed }) => ({ claim, value, passed })),
  drift: drift.map(({ subject, test, statistic, drifted }) => ({ subject, test, statistic, drifted })),
});

/** Numbers may differ in the last digits where another processor rounds otherwise. */
function expectClose(actual: unknown, expected: unknown, at: string): void {
  if (typeof expected === 'number' && typeof actual === 'number')
    expect(Math.abs(actual - expected), at).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  else if (expected !== null && typeof expected === 'object') {
    expect(Object.keys(actual ?? {}), at).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Record<string, unknown>)[key], value, `${at}.${key}`);
  } else expect(actual, at).toBe(expected);
}

describe.each([
  ['titanic', 'titanic.cupel', 'champion on test', 'auc', 0.84],
  ['churn', 'churn.cupel', 'gbt on test', 'auc', 0.75],
  ['flights', 'flights.cupel', 'gbt on test', 'auc', 0.7],
  ['bike', 'bike.cupel', 'gbt on test', 'r2', 0.89],
  ['retail', 'retail.cupel', 'both on test', 'auc', 0.72],
])('examples/%s', (name, program, evaluation, metric, honest) => {
  it('checks clean', async () => {
    const folder = copyOf(name);
    const { status, stdout } = await cupel(folder, 'check', '--format', 'concise');
    rmSync(folder, { recursive: true });
    expect(stdout.split('\n').filter(line => /(error|warning)\[/.test(line))).toEqual([]);
    expect(status).toBe(0);
  });

  it('is in the one layout', async () => {
    const folder = copyOf(name);
    const { status, stdout } = await cupel(folder, 'fmt', '--check');
    rmSync(folder, { recursive: true });
    expect(status, stdout).toBe(0);
  });

  it('says what it assumes', () => {
    const readme = readFileSync(join(import.meta.dirname, '../examples', name, 'README.md'), 'utf8');
    expect(readme).toMatch(/^\*\*Assumptions\*\*: \S/m);
  });

  it('runs and gives its figures', { timeout: 240_000 }, async () => {
    const folder = copyOf(name);
    const record = await recordOf(folder, program);
    expect(existsSync(join(folder, '.cupel/runs', record.id, 'run.json'))).toBe(true);
    const again = await recomputed(folder, record);
    rmSync(folder, { recursive: true });
    const path = join(import.meta.dirname, '../examples', name, 'expected.json');
    if (update) writeFileSync(path, `${JSON.stringify(figures(record), null, 1)}\n`);
    expect(again.length).toBeGreaterThan(0);
    for (const { evaluation, metric, recorded, recomputed } of again) expectClose(recorded, recomputed, `${metric} of ${evaluation}`);
    expectClose(figures(record), JSON.parse(readFileSync(path, 'utf8')), name);
    const figure = record.metrics.find(m => m.evaluation === evaluation && m.metric === metric && m.segment === null);
    expect(figure?.value).toBeGreaterThan(honest);
    expect(record.claims.filter(claim => claim.severity === 'gate' && !claim.passed)).toEqual([]);
    expect(record.leakage.filter(({ passed }) => !passed)).toEqual([]);
    expect(new Set(record.leakage.map(({ rule }) => rule)).size).toBeGreaterThan(5);
  });
});

describe('the obvious leak', () => {
  it.each([
    ['titanic', 'titanic.cupel', /^ {2}pclass$/m, '  pclass\n  saved = boat != null', 'after-outcome', 'boat'],
    ['flights', 'flights.cupel', /^ {2}distance$/m, '  distance\n  flown = count(legs via tailnum next 1d)', 'future-window', 'next 1d'],
    ['bike', 'bike.cupel', /^ {2}weekday$/m, '  weekday\n  bicycles = cnt', 'label-as-feature', 'cnt'],
    [
      'retail',
      'retail.cupel',
      /count\(purchases via CustomerID last 365d\)/,
      'count(purchases via CustomerID next 91d)',
      'future-window',
      'next 91d',
    ],
    ['churn', 'churn.cupel', /last 30d\)$/m, 'next 30d)', 'future-window', 'next 30d'],
  ])('in %s is an error at its place', async (name, program, from, to, rule, at) => {
    const folder = copyOf(name);
    const path = join(folder, program);
    const text = readFileSync(path, 'utf8').replace(from, to);
    writeFileSync(path, text);
    const { status, stdout } = await cupel(folder, 'check', '--format', 'json');
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    const found = (
      JSON.parse(stdout) as {
        diagnostics: { rule: string; severity: string; range: { start: { line: number; character: number }; end: { character: number } } }[];
      }
    ).diagnostics.filter(d => d.severity === 'error');
    expect(found.map(d => d.rule)).toEqual([rule]);
    const range = found[0]?.range;
    expect(text.split('\n')[range?.start.line ?? -1]?.slice(range?.start.character, range?.end.character)).toBe(at);
  });
});
