/** `check --schema auto`: what the rules that are decided on data find without a run, of all rows or of a sample that says how large it is. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cupel } from '../cli/fakeHost.ts';
import { createAnalysis } from '../language/index.ts';
import { leaksOnSample } from '../runner/index.ts';
import { random } from '../runner/learn/random.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** 600 patients: `mark` has something to do with the label, `ward` is its other name. */
const rows = (() => {
  const draw = random(3);
  return Array.from({ length: 600 }, (_, i) => {
    const mark = draw.normal();
    const ill = mark + draw.normal() > 0.8;
    return `p${i},${20 + ((i * 7) % 60)},${(5 + mark).toFixed(3)},${ill ? 'north' : 'south'},${ill ? 'yes' : 'no'}`;
  });
})();
const csv = `patient,age,mark,ward,ill\n${rows.join('\n')}\n`;

const program = (features: string, remark = '') => `source patients = csv("patients.csv") {
  patient : key
  age     : int in 0..120
  mark    : float
  ward    : category { "north", "south" }
  ill     : bool
}
task illness { each patient in patients, label ill }
split illness at random { test: 30%, seed: 7 }
features signs for illness {
  age
  mark
  ${features}${remark}
}
model usual = baseline(signs)
model m = logistic_regression(signs) { l2: 1 }
evaluate m on test { auc }
`;

function project(text: string, data = csv): string {
  const root = mkdtempSync(join(tmpdir(), 'cupel-sample-'));
  folders.push(root);
  writeFileSync(join(root, 'p.cupel'), text);
  writeFileSync(join(root, 'patients.csv'), data);
  return root;
}

async function checked(root: string, ...words: string[]): Promise<readonly string[]> {
  const { out } = await cupel(root, ['check', ...words, '--format', 'concise']);
  return out.trimEnd().split('\n');
}

describe('check --schema auto', () => {
  it('asks the rows, and keeps nothing', async () => {
    const root = project(program('ward'));
    expect(await checked(root)).toEqual(['']);
    expect(await checked(root, '--schema', 'auto')).toEqual([expect.stringMatching(/^p\.cupel:13:3: error\[target-proxy\] `ward` alone /)]);
    expect(existsSync(join(root, '.cupel'))).toBe(false);
  });

  it('is quiet where no column gives the label away', async () => {
    expect(await checked(project(program('')), '--schema', 'auto')).toEqual(['']);
  });

  it('takes the severities of the project, and what the text allows', async () => {
    const root = project(program('ward', ' // cupel: allow target-proxy because "wards are assigned ahead"'));
    expect(await checked(root, '--schema', 'auto')).toEqual(['']);
    const { out } = await cupel(root, ['check', '--schema', 'auto', '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({ diagnostics: [], waived: [{ rule: 'target-proxy', reason: 'wards are assigned ahead' }] });
    const off = project(program('ward'));
    writeFileSync(join(off, 'cupel.json'), '{ "rules": { "target-proxy": "off" } }');
    expect(await checked(off, '--schema', 'auto')).toEqual(['']);
  });

  it('ends when it is cancelled', async () => {
    const root = project(program('ward'));
    expect(await cupel(root, ['check', '--schema', 'auto'], { signal: AbortSignal.abort() })).toMatchObject({ exit: 130, out: '' });
  });

  it('leaves rows that are not as declared to a run', async () => {
    expect(await checked(project(program('ward'), csv.replace('p7,', 'p6,')), '--schema', 'auto')).toEqual(['']);
  });
});

describe('a sample', () => {
  const look = async (text: string, most: number, data = csv) => {
    const root = project(text, data);
    const analysis = createAnalysis();
    analysis.setFile('p.cupel', { kind: 'text', text });
    const { plan } = analysis.plan('p.cupel', ['illness', 'signs']);
    if (!plan) throw new Error('there is no plan');
    const clock = { now: () => 0, date: () => new Date(0) };
    return (await leaksOnSample(plan, { projectDir: root, threads: 2, memory: null, leakage: {}, signal: new AbortController().signal, clock }, most))
      .findings;
  };

  it('says how large it is, and is the same again', async () => {
    const found = await look(program('ward'), 300);
    expect(found).toMatchObject([{ rule: 'target-proxy', severity: 'error' }]);
    expect(found[0]?.message).toMatch(/ Looked at in a sample: (2[5-9]\d|3[0-4]\d) of the 600 rows of `patients`\.$/);
    expect(await look(program('ward'), 300)).toEqual(found);
    expect((await look(program('ward'), 600))[0]?.message).not.toContain('sample');
  });

  it.each(['patient : key', 'patient : text'])('is the same in any order of the rows: %s', async declared => {
    const twice = [...rows, ...rows.slice(0, declared.endsWith('key') ? 0 : 100)];
    const found = (of: readonly string[]) =>
      look(program('ward').replace('patient : key', declared), 200, `patient,age,mark,ward,ill\n${of.join('\n')}\n`);
    const [forward, backward] = [await found(twice), await found([...twice].reverse())];
    expect(forward[0]?.message).toMatch(/ Looked at in a sample: \d+ of the [67]00 rows/);
    expect(backward).toEqual(forward);
  });

  it('leaves what only all rows tell to a run', async () => {
    const mean = rows.reduce((sum, row) => sum + Number(row.split(',')[2]), 0) / rows.length;
    const all = program(`centred = mark - ${mean.toFixed(4)}`);
    expect((await look(all, 600)).map(found => found.rule)).toEqual(['literal-from-data']);
    expect(await look(all, 590)).toEqual([]);
  });
});
