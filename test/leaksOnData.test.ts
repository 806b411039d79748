/** Whole runs of small programs over made-up files: what the rules that are decided on data say, and where. */
import { describe, expect, it } from 'vitest';
import { random } from '../runner/learn/random.ts';
import type { RunRecord } from '../runner/record.ts';
import { findingsOnData, record } from './onData.ts';

const rulesOf = ({ leakage }: RunRecord, rule: string) => leakage.filter(one => one.rule === rule);
const found = (of: RunRecord) => findingsOnData(of).map(f => `${f.range.start.line + 1} ${f.severity}[${f.rule}] ${f.message}`);

/** 400 visits of 100 patients: sex and year of birth are the patient's, the label follows the mark. */
function visits(patientOf: (i: number) => string): string {
  const draw = random(4);
  const rows = Array.from({ length: 400 }, (_, i) => {
    const patient = i % 100;
    const mark = 5 + draw.normal();
    const ill = mark + draw.normal() > 5.6 ? 'yes' : 'no';
    const seen = new Date(Date.UTC(2024, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
    return `v${i},${patientOf(i)},${patient % 2 ? 'f' : 'm'},${1940 + ((patient * 7) % 60)},${mark.toFixed(4)},${seen},${ill}`;
  });
  return `visit,patient,sex,born,mark,seen,ill\n${rows.join('\n')}\n`;
}

const study = (split: string, features = 'mark\n  sex', evaluate = 'auc') => `source visits = csv("visits.csv") {
  visit   : key
  patient : text
  sex     : category { "f", "m" }
  born    : int
  mark    : float
  seen    : date
  ill     : bool
}
task illness { each visit in visits, label ill }
split illness ${split}
features signs for illness {
  ${features}
}
model m = logistic_regression(signs) { l2: 1 }
evaluate m on test { ${evaluate} }
`;

const atRandom = 'at random { test: 30%, seed: 1 }';

describe('units that recur', () => {
  it('are named by the column that tells them, until the split keeps them together', async () => {
    const csv = visits(i => `p${i % 100}`);
    expect(found(await record(study(atRandom), { 'visits.csv': csv }))).toEqual([
      expect.stringMatching(/^11 warning\[group-on-both-sides\] `patient` names a unit that recurs: its rows agree in `sex`, `born`/),
    ]);
    const grouped = await record(study('by group { group: patient, test: 30%, seed: 1 }'), { 'visits.csv': csv });
    expect(found(grouped)).toEqual([]);
  });

  it('are none where values meet by chance', async () => {
    const draw = random(6);
    const made = await record(study(atRandom), { 'visits.csv': visits(() => `p${draw.below(100)}`) });
    expect(found(made)).toEqual([]);
    expect(rulesOf(made, 'group-on-both-sides')).toMatchObject([{ declaration: 'illness', passed: true }]);
  });
});

describe('the literal of a program', () => {
  it('is a figure of all rows, or somebody chose it', async () => {
    const csv = visits(i => `p${i}`);
    const marks = csv
      .split('\n')
      .slice(1, 401)
      .map(line => Number(line.split(',')[4]));
    const mean = marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
    const leaking = await record(study(atRandom, `centred = mark - ${mean.toFixed(4)}`), { 'visits.csv': csv });
    expect(found(leaking)).toEqual([expect.stringMatching(/^13 warning\[literal-from-data\] [\d.]+ is the mean of `mark` over all rows/)]);
    expect(found(await record(study(atRandom, 'centred = mark - 5.5'), { 'visits.csv': csv }))).toEqual([]);
    expect(found(await record(study(atRandom, `centred = mark - ${(mean + 0.2).toFixed(4)}`), { 'visits.csv': csv }))).toEqual([]);
  });
});

describe('an evaluation', () => {
  it('names the most telling features where its figure is beyond belief', async () => {
    const csv = visits(i => `p${i}`);
    const made = await record(study(atRandom, 'mark\n  sex', 'auc\n  plausible: auc in 0.5..0.6'), { 'visits.csv': csv });
    expect(found(made)).toEqual([
      expect.stringMatching(/^18 warning\[too-good\] `auc` of `m on test` is 0\.\d+, above the 0\.6 .* `mark` \(0\.\d+\), `sex`/),
    ]);
    expect(found(await record(study(atRandom, 'mark', 'auc\n  plausible: auc in 0.5..0.99'), { 'visits.csv': csv }))).toEqual([]);
  });

  it('has rows enough, or says that it has not', async () => {
    const csv = visits(i => `p${i}`);
    const few = csv.split('\n').slice(0, 121).join('\n');
    const made = await record(study(atRandom), { 'visits.csv': few });
    expect(found(made).filter(text => text.includes('tiny-test')).length).toBeGreaterThan(0);
    expect(found(await record(study(atRandom), { 'visits.csv': few }, { 'tiny-test': { precision: 0.5, positives: 1 } }))).toEqual([]);
  });
});

describe('dates', () => {
  it('show that train is later than test', async () => {
    const csv = visits(i => `p${i}`);
    // Groups that fall into test by their name are given the oldest rows.
    const halves = csv
      .split('\n')
      .slice(1, 401)
      .map((line, i) => line.replace(/,p\d+,/, `,p${Math.floor(i / 4)},`));
    const byGroup = await record(study('by group { group: patient, test: 30%, seed: 1 }'), {
      'visits.csv': `${csv.split('\n')[0]}\n${halves.join('\n')}\n`,
    });
    expect(rulesOf(byGroup, 'train-after-test')).toMatchObject([{ subject: 'seen', passed: true }]);
  });
});
