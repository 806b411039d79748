/** What a project and a program say about findings, as `check` and `run` go by it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel } from './fakeHost.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

function project(text: string, config?: object): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-waivers-'));
  folders.push(root);
  writeFileSync(join(root, 'a.cupel'), text);
  if (config) writeFileSync(join(root, 'cupel.json'), JSON.stringify(config));
  return root;
}

const rest =
  'source s = csv("s.csv") {\n  k : key\n  a : int\n}\ntask t { each x in s, label a }\nsplit t at random { test: 20%, seed: 1 }\nfeatures f for t { b = 1 }\nmodel m = baseline(f)\nevaluate m on test { rmse }\n';
const spare = `${rest}param spare: int = 1`;
const allowed = `${spare}  // cupel: allow unused-declaration because "the next release reads it"\n`;

describe('a finding that a comment allows', () => {
  it('is counted and not shown, and does not decide the exit', async () => {
    const root = project(allowed);
    const { exit, out } = await cupel(root, 'check --fail-on warning');
    expect([exit, out]).toEqual([0, expect.stringMatching(/^Nothing found in 1 file, 1 allowed with a reason \(\d+ ms\)\n$/m)]);
    expect((await cupel(project(`${spare}\n`), 'check --fail-on warning')).exit).toBe(1);
  });

  it('stands under `waived` in JSON, with its reason', async () => {
    const root = project(allowed);
    const { diagnostics, waived, summary } = JSON.parse((await cupel(root, 'check --format json')).out);
    expect([diagnostics, summary.warning]).toEqual([[], 0]);
    expect(waived).toEqual([expect.objectContaining({ rule: 'unused-declaration', file: 'a.cupel', reason: 'the next release reads it' })]);
    const lines = (await cupel(root, 'check --format jsonl')).out.trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line).kind)).toEqual(expect.arrayContaining(['waived', 'summary']));
  });
});

describe('"rules" in cupel.json', () => {
  it('set severities', async () => {
    const exitOf = async (severity: string) => (await cupel(project(`${spare}\n`, { rules: { 'unused-declaration': severity } }), 'check')).exit;
    expect([await exitOf('error'), await exitOf('warning'), await exitOf('off')]).toEqual([1, 0, 0]);
    const { out } = await cupel(project(`${spare}\n`, { rules: { 'unused-declaration': 'hint' } }), 'check --format concise');
    expect(out).toContain('hint[unused-declaration]');
  });

  it.each([
    [{ 'unused-declarations': 'off' }, 'there is no rule `unused-declarations`', 'Did you mean `unused-declaration`?'],
    [{ 'unknown-name': 'off' }, '`unknown-name` is always an error', 'Leave `unknown-name` out'],
    [{ 'unused-declaration': 'low' }, '`rules` cannot be', '"rules": { "current-state": "error" }'],
  ])('%j is a wrong call', async (rules, message, help) => {
    const root = project(`${spare}\n`, { rules });
    for (const line of ['check', 'plan a.cupel', 'test']) {
      const { exit, err } = await cupel(root, line);
      expect(exit).toBe(2);
      expect(err).toContain(message);
      expect(err).toContain(help);
    }
  });
});
