import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { RunEvent, RunRecord } from '../runner/index.ts';
import { cupel } from './fakeHost.ts';
import { starterFiles } from './starter.ts';

const folders: string[] = [];
function project(change: (text: string) => string = text => text): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-run-'));
  folders.push(root);
  for (const { path, text } of starterFiles('shop')) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith('.cupel') ? change(text) : text);
  }
  return root;
}
const clear = () => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
};
afterEach(clear);
afterAll(clear);

const schema = (name: string) => JSON.parse(readFileSync(new URL(`../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT/ } });
for (const name of ['run', 'events']) ajv.addSchema(schema(name));

function expectValid(name: 'run' | 'events', value: unknown): void {
  const validate = ajv.getSchema(`https://cupel.dev/schemas/${name}.schema.json`);
  expect(validate?.(value) ? [] : [value, validate?.errors]).toEqual([]);
}

function lasting({ id, timing, engine, ledger, ...rest }: RunRecord): object {
  const ofLedger = ['test-reread', 'best-of-many', 'ledger-changed'];
  return { ...rest, nodes: rest.nodes.map(({ status, ...node }) => node), findings: rest.findings.filter(({ rule }) => !ofLedger.includes(rule)) };
}

const events = (out: string): RunEvent[] =>
  out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

describe('cupel run', () => {
  it('shows steps, figures and claims, exit 0, and comes from the cache the second time', async () => {
    const root = project();
    const first = await cupel(root, 'run shop.cupel');
    expect(first).toMatchObject({ exit: 0, err: '' });
    expect(first.out).toMatch(/✓ visits {13}900 rows/);
    expect(first.out).toMatch(/auc {2,}0\.\d{3} {3}0\.\d{3} – 0\.\d{3} {3}\+0\.\d{3} \(p < 0\.001\)/);
    expect(first.out).toContain('✓ auc - usual.auc >= 0.10');
    expect(first.out).toContain('0 of 8 steps from cache');
    const second = await cupel(root, 'run shop.cupel');
    expect(second.out).toContain('8 of 8 steps from cache');
    for (const line of first.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is the same twice, on one thread, and with the rows in another order', async () => {
    const root = project();
    const record = async (...more: string[]): Promise<RunRecord> => {
      const said = await cupel(root, ['run', 'shop.cupel', '--format', 'json', '--force', ...more]);
      expect(said.exit).toBe(0);
      const parsed = JSON.parse(said.out);
      expectValid('run', parsed);
      return parsed;
    };
    const first = await record('--threads', '2');
    expect(lasting(await record('--threads', '1'))).toEqual(lasting(first));
    const path = join(root, 'data', 'visits.csv');
    const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
    writeFileSync(path, `${[head, ...lines.reverse()].join('\n')}\n`);
    const shuffled = await record();
    const withoutData = (r: RunRecord) => ({
      ...lasting(r),
      sources: r.sources.map(({ sha256, bytes, ...s }) => s),
      nodes: r.nodes.map(({ fingerprint, status, ...n }) => n),
    });
    expect(withoutData(shuffled)).toEqual(withoutData(first));
  });

  it('tells everything as events that agree with the record', async () => {
    const root = project();
    const said = await cupel(root, 'run shop.cupel --format jsonl');
    const all = events(said.out);
    for (const event of all) expectValid('events', event);
    const last = all.at(-1);
    if (last?.event !== 'run-finished') throw new Error('not finished');
    const of = (name: 'metric' | 'claim' | 'drift' | 'check' | 'finding') =>
      all.flatMap(e => (e.event === name ? [name in e ? e[name as keyof typeof e] : null] : []));
    expect(of('metric')).toEqual(last.record.metrics);
    expect(of('claim')).toEqual(last.record.claims);
    expect(of('drift')).toEqual(last.record.drift);
    expect(of('check')).toEqual(last.record.checks);
    expect(of('finding')).toEqual(last.record.findings);
    const artifacts = all.flatMap(e => (e.event === 'artifact' ? [e.path] : []));
    expect(artifacts.every(a => a.startsWith('.cupel/'))).toBe(true);
    expect(artifacts.map(a => existsSync(join(root, a)))).toEqual(artifacts.map(() => true));
    expect(JSON.parse(readFileSync(join(root, '.cupel', 'runs', last.id, 'run.json'), 'utf8'))).toEqual(last.record);
  });

  it('a failed gate is the last thing said, exit 1', async () => {
    const root = project(text => text.replace('auc >= 0.65', 'auc >= 0.99'));
    const said = await cupel(root, 'run shop.cupel');
    expect(said.exit).toBe(1);
    expect(said.out.trim().split('\n').at(-1)).toMatch(/^✗ auc >= 0\.99 {3}0\.\d{3} \(0\.\d{3} – 0\.\d{3}\) {3}shop\.cupel:\d+:3$/);
    expect((await cupel(root, 'run shop.cupel -q')).out.trim()).toBe(said.out.trim().split('\n').at(-1));
  });

  it('what only warns ends a run that must have no warnings, and no other', async () => {
    const root = project(text => text.replace('auc >= 0.65', 'auc >= 0.99  warn'));
    expect((await cupel(root, 'run shop.cupel')).exit).toBe(0);
    expect((await cupel(root, 'run shop.cupel --fail-on warning')).exit).toBe(1);
    expect((await cupel(project(), 'run shop.cupel --fail-on warning')).exit).toBe(0);
  });

  it('runs up to a name, and says which it has', async () => {
    const root = project();
    const said = await cupel(root, 'run shop.cupel first_day --format json');
    expect(said.exit).toBe(0);
    expect(JSON.parse(said.out).nodes.map((n: { kind: string }) => n.kind)).not.toContain('train');
    const wrong = await cupel(root, 'run shop.cupel first_dya');
    expect(wrong).toMatchObject({ exit: 2, out: '' });
    expect(wrong.err).toContain('Did you mean `first_day`?');
  });

  it('refuses a program with errors, in every format', async () => {
    const root = project(text => text.replace('minutes |> impute(median) |> standardize', 'again = returned'));
    const pretty = await cupel(root, 'run shop.cupel');
    expect(pretty).toMatchObject({ exit: 1, out: '' });
    expect(pretty.err).toContain('error[label-as-feature]');
    expect(pretty.err).toContain('nothing was run');
    expect(JSON.parse((await cupel(root, 'run shop.cupel --format json')).out).summary.error).toBe(1);
    const [failed] = events((await cupel(root, 'run shop.cupel --format jsonl')).out);
    expectValid('events', failed);
    expect(failed).toMatchObject({ event: 'run-failed', code: 'findings' });
    expect(existsSync(join(root, '.cupel'))).toBe(false);
  });

  it('a missing data file is a finding with its place, exit 1', async () => {
    const root = project();
    rmSync(join(root, 'data', 'visits.csv'));
    const said = await cupel(root, 'run shop.cupel');
    expect(said.exit).toBe(1);
    expect(said.err).toContain('There is no file `data/visits.csv`');
    expect(said.err).toContain('error[missing-file]');
    expect(said.err).toContain('╭─ shop.cupel:2:');
    expect(JSON.parse((await cupel(root, 'run shop.cupel --format json')).out)).toMatchObject({ event: 'run-failed', code: 'findings' });
    expect(readdirSync(join(root, '.cupel', 'runs'))).toEqual([]);
  });

  it('what was found on the way stands above the failure that it explains', async () => {
    const root = project();
    const path = join(root, 'data', 'visits.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(',true\n', ',perhaps\n'));
    const said = await cupel(root, 'run shop.cupel');
    expect(said.exit).toBe(1);
    expect(said.err).toMatch(/"perhaps"[\s\S]*error\[one-class\]: All 381[\s\S]*shop\.cupel:\d+:\d+/);
    for (const line of said.err.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('numbers that are too large to add up are a finding, exit 1', async () => {
    const root = project(text => text.replace('float? in 0..240', 'float?'));
    const path = join(root, 'data', 'visits.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^(v\d+7,\w+,\d+),[\d.]+/gm, '$1,1e300'));
    const said = await cupel(root, 'run shop.cupel');
    expect(said.exit).toBe(1);
    expect(said.err).toContain('error[overflow]');
    expect(said.err).toMatch(/╭─ shop\.cupel:\d+:3\n.*minutes \|> impute\(median\) \|> standardize/);
  });

  it('rows that were taken out are named, from the cache too', async () => {
    const root = project();
    const path = join(root, 'data', 'visits.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^(v0007,\w+),\d+/m, '$1,many'));
    for (let i = 0; i < 2; i++) {
      const said = await cupel(root, 'run shop.cupel');
      expect(said.exit).toBe(0);
      const [, file = ''] = /taken out: (\S+)/.exec(said.out) ?? [];
      expect(readFileSync(join(root, file), 'utf8')).toContain('many');
    }
  });

  it('a check that must hold stops the run', async () => {
    const root = project(text => text.replace('count() >= 500', 'count() >= 5000'));
    const said = await cupel(root, 'run shop.cupel');
    expect(said.exit).toBe(1);
    expect(said.err).toContain('`count() >= 5000` does not hold of `visits`: it is 900');
  });

  it('is cancelled with 130 and keeps what was finished', async () => {
    const root = project();
    const controller = new AbortController();
    const cancelled = await cupel(root, 'run shop.cupel --format jsonl', {
      signal: controller.signal,
      onOut: text => {
        if (text.includes('"node-started"') && text.includes('"features"')) controller.abort();
      },
    });
    expect(cancelled.exit).toBe(130);
    expect(events(cancelled.out).at(-1)).toMatchObject({ event: 'run-failed', code: 'cancelled' });
    expect(readdirSync(join(root, '.cupel', 'runs'))).toEqual([]);
    const again = await cupel(root, 'run shop.cupel --format json');
    expect(JSON.parse(again.out).nodes.filter((n: { status: string }) => n.status === 'cached').length).toBeGreaterThan(1);
  });

  it('a store that cannot be used ends with 4', async () => {
    const root = project();
    writeFileSync(join(root, 'blocked'), '');
    const said = await cupel(root, 'run shop.cupel --store blocked');
    expect(said).toMatchObject({ exit: 4, out: '' });
    expect(said.err).toContain('Could not open the store');
  });

  it('a parameter that no program declares is a wrong call, also for plan and check', async () => {
    const root = project(text => `param share: float = 20%\n\n${text}`.replace('test: 25%', 'test: share'));
    for (const command of ['run shop.cupel', 'plan shop.cupel', 'check']) {
      const said = await cupel(root, `${command} --param shares=30%`);
      expect(said).toMatchObject({ exit: 2, out: '' });
      expect(said.err).toContain('There is no parameter `shares`');
      expect(said.err).toContain('--param share=…');
    }
    expect((await cupel(root, 'plan shop.cupel --param share=30%')).exit).toBe(0);
  });

  it('a program that is not there is a wrong call', async () => {
    const said = await cupel(project(), 'run nothing.cupel');
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toContain('There is no program nothing.cupel');
  });
});

describe('cupel plan', () => {
  it('says what would run and why, without running', async () => {
    const root = project();
    expect((await cupel(root, 'plan shop.cupel')).out).toContain('8 steps of 8 would run');
    await cupel(root, 'run shop.cupel');
    expect((await cupel(root, 'plan shop.cupel')).out).toContain('0 steps of 8 would run');
    writeFileSync(join(root, 'shop.cupel'), readFileSync(join(root, 'shop.cupel'), 'utf8').replace('auc >= 0.65', 'auc >= 0.60'));
    const said = await cupel(root, 'plan shop.cupel');
    expect(said.out).toContain('1 step of 8 would run');
    expect(said.out).toMatch(/▷ logistic on test +runs +its definition changed/);
    const json = JSON.parse((await cupel(root, 'plan shop.cupel --format json')).out);
    expect(json.steps).toHaveLength(8);
    expect(json.plan.version).toBe(1);
  });

  it('folds what is made for folds into one line', async () => {
    const root = project(text => text.replace(/(model logistic = .*)/, '$1 { tune { l2: log(0.01..1), trials: 2, by: auc } }'));
    const said = await cupel(root, 'plan shop.cupel');
    expect(said.out.match(/on folds/g)).toHaveLength(1);
    expect(said.out).toMatch(/▷ \d+ steps on folds +runs/);
    const { steps } = JSON.parse((await cupel(root, 'plan shop.cupel --format json')).out);
    expect(said.out).toContain(`${steps.length} steps of ${steps.length} would run`);
    expect(steps.filter((step: { part?: true }) => step.part).length).toBeGreaterThan(1);
  });
});
