/** Changed data that must not matter move nothing in honest programs, and what a leak lets through is named with its way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Perturbation, perturb } from '../runner/index.ts';
import type { Files } from './engine.ts';
import { allowed, csvOf, dayOf, rowsOf, versionOf } from './famous/famousCase.ts';
import { outcomeCases } from './famous/outcomes.ts';
import { timeCases } from './famous/times.ts';
import { runOptions } from './runOptions.ts';
import { diagnostic, planOf } from './semantics/program.ts';

async function perturbed(text: string, files: Files): Promise<Perturbation> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-perturbed-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
    return await perturb(
      planOf(text),
      { seed: 3, progress: () => undefined },
      runOptions(root, { program: [{ path: 'main.cupel', sha256: '0'.repeat(64) }] }),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const prices = timeCases.find(one => one.rule === 'all-rows-aggregate');
const boats = outcomeCases.find(one => one.files['titanic.csv'] !== undefined);
if (!prices || !boats) throw new Error('The famous cases have other names.');

describe('changed data', () => {
  it('move nothing in an honest program over time', async () => {
    const { trials } = await perturbed(versionOf(prices, prices.honest), prices.files);
    expect(trials.flatMap(trial => trial.moved)).toEqual([]);
    expect(trials.filter(trial => trial.cells > 0).map(({ property, how }) => `${property} ${how}`)).toEqual([
      'T2 swapped',
      'T2 removed',
      'T3 swapped',
      'T3 removed',
      'T1 swapped',
      'T4 swapped',
    ]);
    for (const { cells, observations } of trials) if (cells > 0) expect(observations).toBeGreaterThan(100);
  });

  it('need not meet the checks that the data meet', async () => {
    const rows = String(prices.files['prices.csv']).trim().split('\n').length - 1;
    const check = `check prices { count() >= ${rows} }`;
    const { trials } = await perturbed(`${versionOf(prices, prices.honest)}\n${check}\n`, prices.files);
    expect(trials.flatMap(trial => trial.moved)).toEqual([]);
    expect(trials.some(({ how, cells }) => how === 'removed' && cells > 0)).toBe(true);
  });

  it('move what means over all rows let through, and say which way', async () => {
    const text = versionOf(prices, prices.leaky);
    const { trials } = await perturbed(allowed(text, diagnostic(text, prices.rule)), prices.files);
    const moved = trials.filter(trial => trial.property === 'T2').flatMap(trial => trial.moved);
    expect(moved.map(one => one.what)).toEqual(expect.arrayContaining(['`level` of `chart`', 'the model `m`']));
    expect(moved.find(one => one.what === '`level` of `chart`')?.path).toEqual(['prices', 'chart']);
  });

  it('move nothing of a table of many columns, whose first training rows an encoding leaves out', async () => {
    const extra = Array.from({ length: 12 }, (_, i) => `x${i}`);
    const visits = rowsOf(900, i => ({
      visit: `v${i}`,
      at: dayOf(Math.floor(i / 3)),
      done: dayOf(Math.floor(i / 3) + 1 + (i % 4)),
      ward: `w${(i * 7) % 5}`,
      stays: (i * 7) % 5 < 2,
      ...Object.fromEntries(extra.map((column, k) => [column, (i * (k + 3)) % 11])),
    }));
    const text = `source visits = csv("visits.csv") until 2025-01-01 {
  visit : key
  at    : timestamp @time @known(+0d)
  done  : timestamp
  ward  : text immutable
  stays : bool @known(done)
${extra.map(column => `  ${column} : int immutable\n`).join('')}}
task stay { each v in visits, at at, label stays, delay: 5d }
split stay by time { train: ..2024-06-30, test: 2024-08-01.., gap: 5d }
features f for stay { place = ward |> target_encode(folds: 4), x0, n = count(visits via ward last 30d where stays) }
model m = logistic_regression(f)
evaluate m on test { auc }
`;
    const { trials } = await perturbed(text, { 'visits.csv': csvOf(visits) });
    expect(trials.flatMap(({ property, how, moved }) => moved.map(({ what }) => `${property} ${how}: ${what}`))).toEqual([]);
    for (const property of ['T1', 'T3', 'T4']) expect(trials.some(trial => trial.property === property && trial.cells > 50)).toBe(true);
  });

  it('of test rows move nothing where rows are divided by group', async () => {
    const { trials } = await perturbed(versionOf(boats, boats.honest), boats.files);
    expect(trials.map(({ property, learned, moved }) => [property, learned, moved])).toEqual([
      ['T1', 3, []],
      ['T4', 3, []],
    ]);
    expect(trials.every(({ cells }) => cells > 50)).toBe(true);
  });
});
