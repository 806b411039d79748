/** What a project and a program say about findings, as `check` and `run` go by it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

describe('check --format sarif', () => {
  const sarifOf = async (text: string) => {
    const { exit, out } = await cupel(project(text), 'check --format sarif');
    const { version, runs } = JSON.parse(out);
    return { exit, version, run: runs[0] };
  };

  it('has every finding with its rule, place, fingerprint and fix, counted from 1', async () => {
    const { exit, version, run } = await sarifOf(`${spare}\nsource t = csv("t.csv") { a : imt }\n`);
    expect([exit, version, run.columnKind]).toEqual([1, '2.1.0', 'utf16CodeUnits']);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(result.suppressions).toEqual([]);
      expect(Object.values(result.partialFingerprints)).toEqual([expect.stringMatching(/^[0-9a-f]+$/)]);
    }
    const unused = run.results.find((r: { message: { text: string } }) => r.message.text.includes('`spare`'));
    expect(unused).toMatchObject({
      level: 'warning',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a.cupel' }, region: { startColumn: 7 } } }],
    });
    expect(unused.locations[0].physicalLocation.region.startLine).toBe(rest.split('\n').length);
  });

  it('has what a comment allows as a suppression in the source, with the reason', async () => {
    const { exit, run } = await sarifOf(allowed);
    expect(exit).toBe(0);
    expect(run.results.flatMap((r: { suppressions: unknown[] }) => r.suppressions)).toEqual([
      { kind: 'inSource', status: 'accepted', justification: 'the next release reads it' },
    ]);
  });
});

describe('a finding of a run', () => {
  it('goes by the same comments and severities', async () => {
    const root = project('');
    await cupel(root, 'new p');
    const path = join(root, 'p/p.cupel');
    const text = readFileSync(path, 'utf8');
    const runs = async (evaluate: string) => {
      for (const [i, l2] of [0.1, 10, 100, 1000].entries()) {
        writeFileSync(
          path,
          text
            .replace('(first_day)\n\nevaluate', `(first_day) { l2: ${l2} }\n\n${i < 3 ? 'evaluate' : `${evaluate}evaluate`}`)
            .replace('>= 0.65', '>= 0.1')
            .replace('>= 0.10', '>= 0'),
        );
        if (i < 3) await cupel(join(root, 'p'), 'run p.cupel --quiet');
      }
      return cupel(join(root, 'p'), 'run p.cupel --fail-on warning');
    };
    const waived = await runs('// cupel: allow test-reread, best-of-many because "a trial of the settings"\n');
    expect(waived.out).toContain('1 finding allowed with a reason');
    expect(waived.exit).toBe(0);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\/\/ cupel: .*\n/, ''));
    const open = await cupel(join(root, 'p'), 'run p.cupel --fail-on warning');
    expect([open.exit, open.out]).toEqual([1, expect.stringMatching(/read in 4 runs|best of 4 figures/)]);
    writeFileSync(join(root, 'p/cupel.json'), JSON.stringify({ rules: { 'test-reread': 'off', 'best-of-many': 'off' } }));
    expect((await cupel(join(root, 'p'), 'run p.cupel --fail-on warning')).exit).toBe(0);
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
