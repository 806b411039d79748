import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataRules } from '../language/index.ts';
import { parseArguments } from './arguments.ts';
import { commands, sharedOptions } from './commands.ts';
import type { Host } from './host.ts';
import { type Settings, settingsOf } from './settings.ts';
import { screenOf } from './terminal.ts';

const folders: string[] = [];
function folder(config?: string): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-settings-'));
  folders.push(root);
  if (config !== undefined) writeFileSync(join(root, 'cupel.json'), config);
  return root;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

function settings(cwd: string, line: string): Settings {
  const parsed = parseArguments(line.split(' '), commands, sharedOptions);
  if (parsed.kind !== 'call') throw new Error(JSON.stringify(parsed));
  const host: Host = {
    cwd,
    env: {},
    out: () => {},
    err: () => {},
    stdout: screenOf({}, {}),
    stderr: screenOf({}, {}),
    stdin: async () => '',
    signal: new AbortController().signal,
    willEndItself: () => {},
    now: () => 0,
    date: () => new Date(0),
  };
  return settingsOf(parsed.call, host, parsed.call.arguments.slice(0, 1));
}

describe('settings', () => {
  it('come from the command line, then the profile, then cupel.json', () => {
    const root = folder('{ "failOn": "warning", "threads": 3, "params": { "a": 1, "b": 1, "c": "x" }, "profiles": { "p": { "b": 2, "c": true } } }');
    const s = settings(root, 'run a.cupel --profile p --param c=3 --threads 1');
    expect(s).toMatchObject({ failOn: 'warning', threads: 1, root, store: join(root, '.cupel'), parameters: { a: '1', b: '2', c: '3' } });
    expect(settings(root, 'run a.cupel')).toMatchObject({ threads: 3, parameters: { a: '1', b: '1', c: 'x' } });
  });

  it('find the project from the program', () => {
    const root = folder('{}');
    mkdirSync(join(root, 'deep', 'er'), { recursive: true });
    expect(settings(join(root, 'deep', 'er'), 'run a.cupel').root).toBe(root);
    const bare = folder();
    expect(settings(bare, 'run x/a.cupel').root).toBe(bare);
    expect(settings(bare, `run ${root}/deep/a.cupel`).root).toBe(join(root, 'deep'));
    expect(settings(bare, 'check --cwd .').root).toBe(bare);
  });

  it('give leakage rules their thresholds, as the schema describes them', () => {
    expect(settings(folder('{ "leakage": { "tiny-test": { "positives": 5 } } }'), 'run a.cupel').leakage).toEqual({ 'tiny-test': { positives: 5 } });
    for (const [config, said] of [
      ['{ "leakage": { "tiny": {} } }', /no rule `tiny`/],
      ['{ "leakage": { "tiny-test": { "rows": 5 } } }', /no threshold `rows`/],
      ['{ "leakage": { "target-proxy": { "warn": 2 } } }', /`warn` of `target-proxy` cannot be 2/],
      ['{ "leakage": { "target-proxy": 1 } }', /`target-proxy` cannot be 1/],
    ] as const) {
      expect(() => settings(folder(config), 'run a.cupel')).toThrow(said);
    }
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/schemas/cupel.json.schema.json'), 'utf8'));
    const described = dataRules
      .filter(rule => rule.settings.length > 0)
      .map(({ name, settings: thresholds }) => [
        name,
        thresholds.map(t => [t.name, { type: 'number', minimum: t.min, maximum: t.max, default: t.default, description: t.doc }]),
      ]);
    const { properties } = schema.properties.leakage;
    expect(Object.entries(properties).map(([name, of]) => [name, Object.entries((of as { properties: object }).properties)])).toEqual(described);
  });

  it('give rules their severities', () => {
    expect(settings(folder('{ "rules": { "current-state": "error", "tiny": "off" } }'), 'check').severities).toEqual({
      'current-state': 'error',
      tiny: 'off',
    });
    expect(settings(folder('{}'), 'check').severities).toEqual({});
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'the file holds no object'],
    ['{ "failon": "error" }', 'there is no setting `failon`'],
    ['{ "constructor": 1 }', 'there is no setting `constructor`'],
    ['{ "threads": 0 }', '`threads` cannot be 0'],
    ['{ "profiles": { "p": 1 } }', '`profiles` cannot be {"p":1}'],
  ])('refuse a cupel.json of %s', (text, message) => {
    expect(() => settings(folder(text), 'check')).toThrow(message);
  });

  it.each([
    ['run a.cupel --threads two', '--threads is a whole number from 1, not `two`'],
    ['run a.cupel --memory lots', '--memory is a number with a unit, not `lots`'],
    ['run a.cupel --param horizon', '--param has no value: horizon'],
    ['run a.cupel --profile nightly', 'There is no profile `nightly`'],
    ['run a.cupel --profile constructor', 'There is no profile `constructor`'],
    ['check --cwd nowhere', 'There is no folder'],
  ])('refuse %s', (line, message) => {
    expect(() => settings(folder(), line)).toThrow(message);
  });
});

describe('the terminal', () => {
  it('has colours only where they are wanted', () => {
    const tty = { isTTY: true, columns: 120 };
    expect(screenOf(tty, { TERM: 'xterm' })).toEqual({ tty: true, columns: 120, colour: true });
    expect(screenOf(tty, { NO_COLOR: '1' })).toMatchObject({ tty: true, colour: false });
    expect(screenOf(tty, { CI: 'true' })).toMatchObject({ tty: false, colour: false });
    expect(screenOf(tty, { TERM: 'dumb' })).toMatchObject({ tty: false, colour: false });
    expect(screenOf({}, { FORCE_COLOR: '1' })).toMatchObject({ tty: false, colour: true });
    expect(screenOf({}, {})).toEqual({ tty: false, columns: 80, colour: false });
  });
});
