import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import { dataFindings } from '../language/catalogue/dataFindings.ts';
import { rules } from '../language/index.ts';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
function project(files: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-cli-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const schema = (name: string) => JSON.parse(readFileSync(new URL(`../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addSchema(schema('diagnostics'));

function expectValid(id: string, value: unknown): void {
  const validate = ajv.getSchema(id);
  if (!validate) throw new Error(`No schema ${id}`);
  expect(validate(value) ? [] : validate.errors).toEqual([]);
}

const good = `source visits = csv("visits.csv") {
  visitor  : key
  pages    : int in 1..60   immutable
  returned : bool           immutable
}

task comeback {
  each  visit in visits
  label returned
}

split comeback at random { test: 25%, seed: 7 }

features first for comeback {
  pages
}

model usual = baseline(first)

evaluate usual on test { brier }
`;
const leaking = good.replace('  pages\n', '  pages\n  again = returned\n');

describe('cupel check', () => {
  it('is quiet about a good program, exit 0', async () => {
    const said = await cupel(project({ 'a.cupel': good }), 'check');
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('in 1 file');
  });

  it('shows a leak with its place, exit 1, in every format', async () => {
    const root = project({ 'a.cupel': leaking });
    const pretty = await cupel(root, 'check a.cupel');
    expect(pretty.exit).toBe(1);
    expect(pretty.out).toContain('error[label-as-feature]');
    expect(pretty.out).toContain('╭─ a.cupel:16:');
    expect((await cupel(root, 'check --format concise')).out).toMatch(/^a\.cupel:16:\d+: error\[label-as-feature\] /m);
    const json = await cupel(root, 'check --format json');
    expect(json.exit).toBe(1);
    expectValid('https://cupel.dev/schemas/diagnostics.schema.json', JSON.parse(json.out));
    const lines = (await cupel(root, 'check --format jsonl')).out.trim().split('\n');
    for (const line of lines) expectValid('https://cupel.dev/schemas/diagnostics.schema.json#/$defs/line', JSON.parse(line));
  });

  it('names files from where the command works', async () => {
    const root = project({ 'cupel.json': '{}', 'deep/a.cupel': leaking, 'deep/er/b.cupel': leaking });
    const files = async (cwd: string) => {
      const { out } = await cupel(cwd, 'check --format json');
      return [...new Set(JSON.parse(out).diagnostics.map((d: { file: string }) => d.file))];
    };
    expect(await files(root)).toEqual(['deep/a.cupel', 'deep/er/b.cupel']);
    expect(await files(join(root, 'deep'))).toEqual(['a.cupel', 'er/b.cupel']);
  });

  it('--fail-on moves the bar', async () => {
    const root = project({ 'a.cupel': `${good}\nmodel spare = gradient_boosting(first)\n` });
    expect((await cupel(root, 'check')).exit).toBe(0);
    expect((await cupel(root, 'check --fail-on warning')).exit).toBe(1);
    writeFileSync(join(root, 'cupel.json'), '{ "failOn": "warning" }');
    expect((await cupel(root, 'check')).exit).toBe(1);
    expect((await cupel(root, 'check --fail-on error')).exit).toBe(0);
  });

  it.each([
    ['check nothing.cupel', 'There is no file or folder nothing.cupel'],
    ['check --cwd nowhere', 'There is no folder'],
    ['check --nonsense', '`cupel check` has no option `--nonsense`'],
    ['chek', 'Did you mean `cupel check`?'],
  ])('%s is a wrong call, exit 2', async (line, message) => {
    const said = await cupel(project({ 'a.cupel': good }), line);
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toContain(message);
  });

  it.each([
    ['binary junk', Buffer.from([0, 1, 2, 255, 254, 10, 0])],
    ['UTF-16', Buffer.from('\ufefftask t {}', 'utf16le')],
    ['Latin-1', Buffer.from('// caf\xe9\n', 'latin1')],
    ['ten megabytes', Buffer.alloc(10 * 1024 * 1024, 'task t { }\n')],
  ])('a program of %s is a finding with a place, never a bug', async (_, bytes) => {
    const root = project();
    writeFileSync(join(root, 'a.cupel'), bytes);
    const said = await cupel(root, 'check --format json');
    expect(said.exit).toBe(1);
    const [first] = JSON.parse(said.out).diagnostics;
    expect(first).toMatchObject({ file: 'a.cupel', severity: 'error' });
  });

  it('a broken cupel.json is a wrong call', async () => {
    expect(await cupel(project({ 'cupel.json': '{', 'a.cupel': good }), 'check')).toMatchObject({ exit: 2 });
  });
});

describe('a bug in Cupel', () => {
  it('says what to report, exit 3', async () => {
    const said = await cupel(project({ 'a.cupel': good }), 'check', {
      onOut: () => {
        throw new TypeError('of our own making');
      },
    });
    expect(said.exit).toBe(3);
    expect(said.err).toMatch(/^This is a bug in Cupel[\s\S]*cupel \d[\s\S]*of our own making/);
  });
});

describe('cupel fmt', () => {
  const untidy = 'task   t{\neach x in y\n}\n';
  it('writes, checks, shows and pipes', async () => {
    const root = project({ 'a.cupel': untidy });
    expect(await cupel(root, 'fmt --check')).toMatchObject({ exit: 1, out: 'a.cupel\n' });
    const diff = await cupel(root, 'fmt --diff');
    expect(diff.exit).toBe(1);
    expect(diff.out).toContain('-task   t{');
    expect(readFileSync(join(root, 'a.cupel'), 'utf8')).toBe(untidy);
    expect(await cupel(root, 'fmt')).toMatchObject({ exit: 0, out: '', err: '1 file of 1 changed\n' });
    const tidy = readFileSync(join(root, 'a.cupel'), 'utf8');
    expect(tidy).not.toBe(untidy);
    expect(await cupel(root, 'fmt --check')).toMatchObject({ exit: 0, out: '' });
    expect(await cupel(root, 'fmt -', { stdin: untidy })).toMatchObject({ exit: 0, out: tidy });
  });
  it('leaves what is not text as it is', async () => {
    const root = project();
    writeFileSync(join(root, 'a.cupel'), Buffer.from([127, 69, 76, 70, 0, 0, 255]));
    const said = await cupel(root, 'fmt');
    expect(said.exit).toBe(1);
    expect(said.err).toContain('left as it is: a.cupel: it holds binary data');
  });
  it('says what it cannot read, and lays the rest out', async () => {
    const damaged = 'source s = csv("s.csv") {\n x   :\n}\n\ntask   u{\neach x in y\n}\n';
    const root = project({ 'a.cupel': damaged, 'b.cupel': damaged.slice(0, 34) });
    const said = await cupel(root, 'fmt');
    expect(said).toMatchObject({ exit: 1, out: '' });
    expect(said.err).toContain('left as it is: a.cupel: line 2: Expected');
    expect(said.err).toContain('left as it is: b.cupel: line 2: Expected');
    expect(said.err).toContain('1 file of 2 changed');
    expect(readFileSync(join(root, 'a.cupel'), 'utf8')).toBe('source s = csv("s.csv") {\n x   :\n}\n\ntask u {\n  each x in y\n}\n');
    expect((await cupel(root, 'fmt --check')).exit).toBe(1);
    expect(await cupel(root, 'fmt -', { stdin: damaged.slice(0, 34) })).toMatchObject({ exit: 1, out: damaged.slice(0, 34) });
  });
});

describe('cupel explain', () => {
  it('shows every rule by name and code', async () => {
    for (const rule of rules) {
      const byName = await cupel(project(), `explain ${rule.name}`);
      expect(byName).toMatchObject({ exit: 0, err: '' });
      expect(byName.out).toContain(rule.code);
      for (const line of byName.out.split('\n').filter(l => !l.startsWith('    ') && !l.startsWith('|'))) expect(line.length).toBeLessThanOrEqual(80);
      expect((await cupel(project(), `explain ${rule.code.toLowerCase()}`)).out).toBe(byName.out);
    }
  });
  it('shows every finding in the data', async () => {
    for (const { name, what } of dataFindings) {
      const { out, exit } = await cupel(project(), `explain ${name}`);
      expect([exit, out.startsWith(`${name}\n`), out.replaceAll(/\s+/g, ' ').includes(what)], name).toEqual([0, true, true]);
    }
    expect((await cupel(project(), 'explain missing-fil')).err).toContain('Did you mean `cupel explain missing-file`?');
  });
  it('says what was meant', async () => {
    const said = await cupel(project(), 'explain futur-window');
    expect(said.exit).toBe(2);
    expect(said.err).toContain('Did you mean `cupel explain future-window`?');
  });
});

describe('cupel new', () => {
  it('writes a project that checks clean, and never over what is there', async () => {
    const root = project();
    const said = await cupel(root, 'new shop');
    expect(said.exit).toBe(0);
    expect(said.out).toContain('cupel run shop.cupel');
    expect(existsSync(join(root, 'shop', 'data', 'visits.csv'))).toBe(true);
    const checked = await cupel(join(root, 'shop'), 'check --fail-on info');
    expect([checked.exit, checked.out]).toEqual([0, expect.stringContaining('Nothing found')]);
    expect((await cupel(join(root, 'shop'), 'fmt --check')).exit).toBe(0);
    const again = await cupel(root, 'new shop');
    expect(again).toMatchObject({ exit: 2, out: '' });
    expect(again.err).toContain('is already there');
  });

  it('says so where no folder can be made', async () => {
    const said = await cupel(project(), 'new /proc/cupel/shop');
    expect(said).toMatchObject({ exit: 4, out: '' });
    expect(said.err).toMatch(/Could not write \/proc\/cupel\/shop: .*\n.*fix/);
  });
});

describe('cupel doctor', () => {
  it('shows engine, backends and store', async () => {
    const root = project();
    const said = await cupel(root, 'doctor --backend cpu');
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(/✓ engine {5}duckdb \d/);
    expect(said.out).toMatch(/✓ cpu {8}\S+ · used for neural networks/);
    expect(existsSync(join(root, '.cupel'))).toBe(false);
    expect(JSON.parse((await cupel(root, 'doctor --format json')).out)).toMatchObject({ version: 1, node: process.version });
  });
});

describe('cupel.json', () => {
  it('has a schema that agrees with what is read', async () => {
    const validate = ajv.compile(schema('cupel.json'));
    for (const config of [
      {},
      {
        failOn: 'warning',
        threads: 2,
        memory: '4GB',
        backend: 'wasm',
        store: '.cupel',
        params: { a: 1, b: true },
        profiles: { long: { horizon: '90d' } },
      },
      { failOn: 'never' },
      { threads: 0 },
      { memory: 'lots' },
      { params: { a: [] } },
      { profiles: { long: 1 } },
      { unknown: 1 },
    ]) {
      const root = project({ 'cupel.json': JSON.stringify(config), 'a.cupel': good });
      expect([config, (await cupel(root, 'check')).exit]).toEqual([config, validate(config) ? 0 : 2]);
    }
  });
});

it('limits of the machine end with 4, only bugs with 3', async () => {
  const failing = (error: Error) =>
    cupel(project(), 'explain future-window', {
      onOut: () => {
        throw error;
      },
    });
  const files = await failing(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
  expect(files).toMatchObject({ exit: 4 });
  expect(files.err).toContain('error: The machine does not allow it: too many open files');
  expect(await failing(new TypeError('x is undefined'))).toMatchObject({ exit: 3 });
});
