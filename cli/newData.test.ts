/** `cupel score` and `cupel drift` as people call them, on the starter project. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftTests } from '../runner/index.ts';
import { commands } from './commands.ts';
import { cupel } from './fakeHost.ts';
import { starterFiles } from './starter.ts';

const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

async function ran(change: (text: string) => string = text => text): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-new-'));
  folders.push(root);
  for (const { path, text } of starterFiles('shop')) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith('.cupel') ? change(text) : text);
  }
  const said = await cupel(root, 'run shop.cupel');
  expect(said.exit, said.err).toBe(0);
  const [head = '', ...rows] = readFileSync(join(root, 'data', 'visits.csv'), 'utf8')
    .trim()
    .split('\n');
  const cells = rows.map(row => row.split(','));
  const write = (name: string, header: string, lines: readonly (readonly string[])[]) =>
    writeFileSync(join(root, name), `${[header, ...lines.map(line => line.join(','))].join('\n')}\n`);
  write(
    'new.csv',
    head.replace(',returned', ''),
    cells.map(row => row.slice(0, 4)),
  );
  write(
    'moved.csv',
    head,
    cells.map(([v = '', channel = '', pages = '', ...rest]) => [v, channel, String(Math.min(60, Number(pages) + 20)), ...rest]),
  );
  return root;
}

let root = '';
beforeAll(async () => {
  root = await ran();
}, 60_000);

describe('cupel score', () => {
  it('says what it scored and what the file holds', async () => {
    const said = await cupel(root, 'score shop.cupel logistic --data new.csv --out scores.csv');
    expect(said.exit, said.err).toBe(0);
    expect(said.err).toBe('');
    expect(said.out).toMatch(/^ {2}900 rows scored by logistic of run \S+\n {2}scores\.csv {3}visitor, score, predicted\n$/);
    const lines = readFileSync(join(root, 'scores.csv'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(901);
    expect(lines[0]).toBe('visitor,score,predicted');
    expect(lines[1]).toMatch(/^v0001,0\.\d+,[01]$/);
  });

  it('says that rows without a key cannot be found again by it', async () => {
    const bare = await ran(text => text.replace(/^( *visitor *): key/m, '$1: text'));
    const said = await cupel(bare, 'score shop.cupel logistic --data new.csv --out scores.csv');
    expect(said.exit, said.err).toBe(0);
    expect(said.out).toMatch(/identity, score, predicted\n {2}The rows have no key, .* declare a `key` to find them again\n$/);
  });

  it('says when the program has changed since', async () => {
    const changed = await ran();
    writeFileSync(join(changed, 'shop.cupel'), readFileSync(join(changed, 'shop.cupel'), 'utf8').replace('auc >= 0.65', 'auc >= 0.60'));
    const said = await cupel(changed, 'score shop.cupel logistic --data new.csv --out scores.parquet --format json');
    expect(JSON.parse(said.out)).toMatchObject({ rows: 900, read: 900, programChanged: true, unscored: 0, cutoff: null });
    expect(said.err).toContain('The program has changed since');
  });

  it.each([
    ['score shop.cupel logistic --out s.csv', 2, '--data names the new data'],
    ['score shop.cupel logistic --data new.csv', 2, '--out names the file'],
    ['score shop.cupel logistic --data new.csv --out s.xlsx', 2, '--out ends in .parquet'],
    ['score shop.cupel logistic --data new.csv --out s.csv --at 2024-02-31', 2, '--at is a day or a moment'],
    ['score shop.cupel logistic --data new.csv --out s.csv --at 2024-02-01', 1, 'has no cutoffs'],
    ['score shop.cupel logistic --data gone.csv --out s.csv', 1, 'There is no file `gone.csv`'],
    ['score shop.cupel nobody --data new.csv --out s.csv', 1, 'has left a model `nobody`'],
    ['score nothing.cupel logistic --data new.csv --out s.csv', 2, 'There is no program nothing.cupel'],
  ])('%s ends with %i', async (words, exit, message) => {
    const said = await cupel(root, words);
    expect([said.exit, said.out]).toEqual([exit, '']);
    expect(said.err).toContain(message);
    expect(existsSync(join(root, 's.csv'))).toBe(false);
  });

  it('asks for a run first', async () => {
    const fresh = mkdtempSync(join(tmpdir(), 'cupel-fresh-'));
    folders.push(fresh);
    writeFileSync(join(fresh, 'shop.cupel'), starterFiles('shop')[0]?.text ?? '');
    const said = await cupel(fresh, 'score shop.cupel logistic --data new.csv --out s.csv');
    expect(said).toMatchObject({ exit: 1, out: '' });
    expect(said.err).toContain('cupel run shop.cupel');
  });
});

describe('cupel drift', () => {
  it('finds nothing in the rows that it learned from, exit 0', async () => {
    const said = await cupel(root, 'drift shop.cupel --current new.csv');
    expect(said.exit, said.err).toBe(0);
    expect(said.out).toMatch(/drift train → new\.csv {4}none of 3 features moved \((none|< 0\.01|0\.\d\d) expected by chance\)/);
    for (const line of said.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('names what has moved; the claim of the program only warns', async () => {
    const said = await cupel(root, 'drift shop.cupel --current moved.csv');
    expect(said.out).toMatch(/pages .*psi \d\.\d+ > 0\.1/);
    expect(said.out).toContain('! drift(features) < 0.2 psi');
    expect(said.exit).toBe(0);
    expect((await cupel(root, 'drift shop.cupel --current moved.csv --fail-on warning')).exit).toBe(1);
    const asked = await cupel(root, 'drift shop.cupel --current moved.csv --model logistic --test wasserstein --level 1% --format json');
    expect(asked.exit).toBe(1);
    const report = JSON.parse(asked.out);
    expect(report).toMatchObject({ model: 'logistic', decidedBy: 'thresholds', drifted: true });
    expect(report.drift.map((d: { subject: string; test: string; drifted: boolean }) => [d.subject, d.test, d.drifted])).toEqual([
      ['channel', 'psi', false],
      ['pages', 'wasserstein', true],
      ['minutes', 'wasserstein', false],
      ['score', 'wasserstein', true],
    ]);
    expect((await cupel(root, 'drift shop.cupel --current moved.csv --floor 100')).exit).toBe(0);
  });

  it('takes every test there is', () => {
    expect(commands.find(c => c.name === 'drift')?.options.find(o => o.name === 'test')?.choices).toEqual(driftTests);
  });

  it('by the rules of other tools', async () => {
    const { presetNames } = await import('../runner/index.ts');
    expect(commands.find(c => c.name === 'drift')?.options.find(o => o.name === 'preset')?.choices).toEqual(presetNames);
    for (const preset of presetNames) {
      const words = `--preset ${preset}${preset === 'tfdv' ? ' --floor 0.1' : ''}`;
      const said = await cupel(root, `drift shop.cupel --current moved.csv ${words}`);
      expect(said.out, preset).toMatch(/! pages/);
      for (const line of said.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      const report = JSON.parse((await cupel(root, `drift shop.cupel --current new.csv ${words} --format json`)).out);
      expect(report).toMatchObject({ decidedBy: 'preset', drifted: false, expectedFalseAlarms: null });
    }
    expect((await cupel(root, 'drift shop.cupel --current moved.csv --preset tfdv')).exit).toBe(2);
    expect((await cupel(root, 'drift shop.cupel --current moved.csv --preset psi --test ks')).exit).toBe(2);
  });

  it('a claim that is a gate decides', async () => {
    const strict = await ran(text => text.replace('drift(features) < 0.2 psi  warn', 'drift(features) < 0.1 js'));
    expect((await cupel(strict, 'drift shop.cupel --current new.csv')).exit).toBe(0);
    const said = await cupel(strict, 'drift shop.cupel --current moved.csv');
    expect(said.exit).toBe(1);
    expect(said.out).toMatch(/✗ drift\(features\) < 0\.1 js/);
  });

  it('does not compare with data that have changed', async () => {
    const changed = await ran();
    const path = join(changed, 'data', 'visits.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace('v0001', 'w0001'));
    const said = await cupel(changed, 'drift shop.cupel --current new.csv');
    expect(said).toMatchObject({ exit: 1, out: '' });
    expect(said.err).toContain('The data of `visits` have changed since');
  });
});
