/** The model info sheet: what it says before and after a run, of leaks and assumptions, and when the data, the program or the ledger change. */
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Sheet } from '../language/index.ts';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

async function started(change: (text: string) => string = text => text): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-prove-'));
  folders.push(root);
  await cupel(root, 'new start');
  edit(join(root, 'start'), change);
  return join(root, 'start');
}

function edit(root: string, change: (text: string) => string): void {
  const path = join(root, 'start.cupel');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

async function proved(root: string, ...words: string[]): Promise<{ readonly exit: number; readonly sheet: Sheet }> {
  const { exit, out } = await cupel(root, ['prove', 'start.cupel', '--format', 'json', ...words]);
  return { exit, sheet: JSON.parse(out) };
}

const counts = ({ models: [model] }: Sheet) => model?.counts;
const verdicts = ({ models: [model] }: Sheet) => Object.fromEntries((model?.sections ?? []).map(({ type, verdict }) => [type, verdict]));
const claims = ({ models: [model] }: Sheet) => (model?.sections ?? []).flatMap(section => section.claims);

describe('cupel prove', () => {
  it('leaves to the data what the text cannot tell, without a run and without making a store', async () => {
    const root = await started();
    const { exit, sheet } = await proved(root);
    expect([exit, sheet.run, sheet.undecided]).toEqual([0, null, 'this program has not run yet']);
    expect(verdicts(sheet)).toMatchObject({ 'L1.2': 'proved', 'L1.3': 'proved', 'L1.4': 'needs data', L2: 'needs data' });
    expect(counts(sheet)).toMatchObject({ leaks: 0 });
    expect((await proved(root, '--strict')).exit).toBe(1);
    expect(existsSync(join(root, '.cupel'))).toBe(false);
  });

  it('takes figures from the last run on exactly this program and these data', async () => {
    const root = await started();
    const run = JSON.parse((await cupel(root, 'run start.cupel --format json')).out);
    const { sheet } = await proved(root);
    expect(sheet.run?.id).toBe(run.id);
    expect(verdicts(sheet)).toMatchObject({ 'L1.1': 'on data', L2: 'on data', 'L3.3': 'on data' });
    expect(sheet.models[0]?.evaluations).toMatchObject([{ name: 'logistic on test', metric: 'auc', read: { readings: 1, models: 1, runs: 1 } }]);
    const copies = claims(sheet).find(({ says }) => says === 'no test row has an equal row in train');
    expect(copies?.evidence).toMatchObject([
      { kind: 'data', rule: 'duplicates-across-split', message: expect.stringMatching(/a finding from 0\.01 on/) },
    ]);
    const reading = claims(sheet).find(({ evidence }) => evidence.some(({ kind }) => kind === 'ledger'));
    expect(reading?.evidence[0]?.message).toBe('test rows read once, by 1 model in 1 run');
  });

  it('counts what a copied program reads again from the cache', async () => {
    const root = await started();
    await cupel(root, 'run start.cupel');
    copyFileSync(join(root, 'start.cupel'), join(root, 'copy.cupel'));
    const { out } = await cupel(root, 'run copy.cupel');
    expect(out).toContain('test rows read once, by 1 model in 1 run');
    const sheet: Sheet = JSON.parse((await cupel(root, 'prove copy.cupel --format json')).out);
    expect(verdicts(sheet)).toMatchObject({ 'L1.1': 'on data' });
  });

  it('decides nothing by a run on other data, or of another program', async () => {
    const root = await started();
    await cupel(root, 'run start.cupel');
    edit(root, text => `${text}// a remark\n`);
    expect((await proved(root)).sheet.run).not.toBeNull();
    appendFileSync(join(root, 'data/visits.csv'), 'v9999,ad,3,4.5,true\n');
    const { sheet } = await proved(root);
    expect([sheet.run, sheet.undecided]).toEqual([null, expect.stringMatching(/^`visits` has changed since run \d{8}-/)]);
    edit(root, text => text.replace('standardize', 'min_max'));
    expect((await proved(root)).sheet.undecided).toMatch(/^the program, or a parameter, is not what it was in run/);
  });

  it('tries on the data that what must not matter moves nothing', async () => {
    const root = await started();
    const { exit, sheet } = await proved(root, '--perturb', '--seed', '4');
    expect([exit, sheet.perturbation?.seed]).toEqual([0, 4]);
    expect(sheet.perturbation?.trials.map(({ property, moved }) => [property, moved])).toEqual([
      ['T1', []],
      ['T4', []],
    ]);
    const { out } = await cupel(root, 'prove start.cupel --perturb');
    expect(out).toMatch(/T4: \d+ labels of the test rows of `\w+`, swapped {3}stays/);
    expect((await cupel(root, 'prove start.cupel --perturb --seed x')).exit).toBe(2);
  });

  it('says what leaks, where, and exits 1', async () => {
    const root = await started(text => text.replace('  pages   |>', '  back = returned\n  pages   |>'));
    const { exit, sheet } = await proved(root);
    expect([exit, sheet.undecided]).toEqual([1, 'the program leaks, so nothing runs']);
    expect(claims(sheet).filter(({ verdict }) => verdict === 'leaks')).toMatchObject([
      { subject: 'back', declaration: 'features first_day', evidence: [{ rule: expect.stringMatching(/^label-/), file: 'start.cupel' }] },
    ]);
    const { out } = await cupel(root, 'prove start.cupel');
    expect(out).toMatch(/L2 {4}legitimate features +leaks/);
    expect(out).toMatch(/1 leak$/m);
    expect(out).toMatch(/start\.cupel:\d+/);
  });

  it('counts what a comment allows as assumed, with its reason', async () => {
    const root = await started(text =>
      text.replace('  pages   |>', '  back = returned  // cupel: allow label-as-feature, label-derived-feature because "a trial"\n  pages   |>'),
    );
    const { exit, sheet } = await proved(root);
    expect([exit, counts(sheet)]).toEqual([0, expect.objectContaining({ leaks: 0, assumed: 1 })]);
    expect(sheet.waived).toMatchObject([{ rule: expect.stringMatching(/^label-/), reason: 'a trial' }]);
    expect((await proved(root, '--strict')).exit).toBe(1);
  });

  it('leaves the count open where the ledger was changed', async () => {
    const root = await started();
    await cupel(root, 'run start.cupel');
    const ledger = join(root, '.cupel/ledger');
    const [first = ''] = readdirSync(ledger).filter(name => readFileSync(join(ledger, name), 'utf8').includes('"reading"'));
    rmSync(join(ledger, first));
    const { sheet } = await proved(root);
    const open = claims(sheet).filter(({ verdict }) => verdict === 'needs data');
    expect(open.flatMap(({ evidence }) => evidence.map(({ message }) => message))).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`the ledger entry ${first} is gone`),
        expect.stringMatching(/counts 0 readings of `test`, and run .* counted 1/),
      ]),
    );
  });

  it('refuses a program without a meaning, like every command', async () => {
    const root = await started(text => text.replace('baseline(first_day)', 'baseline(first_days)'));
    const { exit, err } = await cupel(root, 'prove start.cupel');
    expect([exit, err]).toEqual([1, expect.stringContaining('first_days')]);
  });
});

describe('the forms of the sheet', () => {
  it('are within the screen', async () => {
    const root = await started();
    await cupel(root, 'run start.cupel');
    for (const words of ['prove start.cupel', 'prove start.cupel --verbose']) {
      const { out } = await cupel(root, words);
      expect(out.split('\n').filter(line => [...line].length > 80)).toEqual([]);
      for (const type of ['L1.1', 'L1.2', 'L1.3', 'L1.4', 'L2', 'L3.1', 'L3.2', 'L3.3'])
        expect(out).toMatch(new RegExp(`^${type.replace('.', '\\.')} `, 'm'));
    }
  });

  it('HTML needs nothing from elsewhere, and is text all through', async () => {
    const root = await started(text => text.replace('  pages   |>', '  `<b>` = returned\n  pages   |>'));
    const { out } = await cupel(root, 'prove start.cupel --format html');
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).not.toMatch(/<script|src=|href=|url\(|@import|<b>`/);
    expect(out).toContain('&lt;b&gt;');
  });

  it('Markdown has a row for each type', async () => {
    const root = await started();
    const { out } = await cupel(root, 'prove start.cupel --format markdown');
    expect(out.split('\n').filter(line => /^\| L\d/.test(line))).toHaveLength(8);
  });
});
