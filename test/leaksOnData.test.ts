/** Whole runs of small programs over made-up files: what the rules that are decided on data say, and where. */
import { describe, expect, it } from 'vitest';
import { random } from '../runner/learn/random.ts';
import type { RunRecord } from '../runner/record.ts';
import { findingsOnData, record } from './onData.ts';
import { uniform } from './reference/canonical.ts';

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

  it('of few rows is given a bound to claim, in the way of its metric, and nothing is said of a partition without rows', async () => {
    const few = visits(i => `p${i}`)
      .split('\n')
      .slice(0, 121)
      .join('\n');
    const helps = ({ findings }: RunRecord): readonly (string | null)[] => findings.flatMap(({ rule, help }) => (rule === 'tiny-test' ? [help] : []));
    const told = await record(study(atRandom, 'mark', 'log_loss'), { 'visits.csv': few }, { 'tiny-test': { precision: 0.01, positives: 1 } });
    const high = told.metrics.find(({ metric }) => metric === 'log_loss')?.high ?? 0;
    const [, bound = ''] = /`high\(log_loss\) <= ([\d.]+)`/.exec(helps(told)[0] ?? '') ?? [];
    expect(Number(bound)).toBeGreaterThanOrEqual(high);
    expect(Number(bound)).toBeLessThan(high * 1.2);
    const empty = await record(
      study('by time { train: ..2024-12-31, test: 2030-01-01.. }').replace('each visit in visits', 'each visit in visits, at seen'),
      {
        'visits.csv': few,
      },
    );
    expect(helps(empty)).toEqual([]);
    expect(rulesOf(empty, 'tiny-test')).toMatchObject([{ measure: 'rows of the rarest class', figure: null }]);
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
  /** With the rows of one partition a year later. */
  const shifted = (isLater: (isTest: boolean) => boolean) =>
    visits(i => `p${i}`)
      .split('\n')
      .map((line, i) => (i > 0 && isLater(uniform(`1|v${i - 1}|`) < 0.3) ? line.replace(',2024-', ',2026-').replace(',2025-', ',2027-') : line))
      .join('\n');

  it('show that train is later than test', async () => {
    const later = await record(study(atRandom, 'mark'), { 'visits.csv': shifted(isTest => !isTest) });
    expect(found(later)).toEqual([
      expect.stringMatching(/^11 warning\[train-after-test\] A training row of `illness` is later than a test row in 100 of 100 pairs, by `seen`/),
    ]);
    expect(rulesOf(later, 'train-after-test')).toMatchObject([{ subject: 'seen', figure: 1, passed: false }]);
    const earlier = await record(study(atRandom, 'mark'), { 'visits.csv': shifted(isTest => isTest) });
    expect(found(earlier)).toEqual([]);
    expect(rulesOf(earlier, 'train-after-test')).toMatchObject([{ figure: 0, passed: true }]);
  });
});

describe('a join on what is no key', () => {
  const joined = (notes: string) =>
    record(
      `source notes = csv("notes.csv") {\n  patient : text\n  smokes  : bool\n}\ntable seen = visits | join notes on patient == patient\n${study('by group { group: patient, test: 30%, seed: 1 }').replace('each visit in visits', 'each visit in seen')}`,
      { 'visits.csv': visits(i => `p${i % 100}`), 'notes.csv': `patient,smokes\n${notes}` },
    );
  const one = Array.from({ length: 100 }, (_, i) => `p${i},${i % 3 ? 'no' : 'yes'}\n`).join('');

  it('is counted by the further partners of a row', async () => {
    expect(found(await joined(`${one}p3,no\np8,yes\n`))).toEqual([
      expect.stringMatching(/^5 warning\[join-fanout\] Of the 102 rows of `notes` that `seen` joins, 2 are further partners/),
    ]);
    expect(rulesOf(await joined(one), 'join-fanout')).toMatchObject([{ figure: 0, passed: true }]);
  });
});

describe('keys', () => {
  it('that equal another one but for how they are written are one unit twice', async () => {
    const csv = visits(i => `p${i}`);
    const twice = csv.replaceAll(/^v(\d+)/gm, (_, i: string) => (i === '17' ? '009' : i));
    const once = csv.replaceAll(/^v(\d+)/gm, (_, i: string) => i.padStart(3, '0'));
    expect(found(await record(study(atRandom), { 'visits.csv': twice }))).toEqual([
      expect.stringMatching(/^2 warning\[unstable-split\] 1 of 400 keys of `visits` equal another one but for blanks, leading zeros or capitals/),
    ]);
    const made = await record(study(atRandom), { 'visits.csv': once });
    expect(found(made)).toEqual([]);
    expect(rulesOf(made, 'unstable-split')).toMatchObject([{ figure: 0, passed: true }]);
  });
});

describe('accuracy of a rare class', () => {
  const rare = visits(i => `p${i}`)
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.replace(/(yes|no)$/, i % 25 ? 'no' : 'yes')))
    .join('\n');
  const judged = (metrics: string) =>
    record(study(atRandom, 'mark', metrics), { 'visits.csv': rare }, { 'tiny-test': { precision: 1, positives: 1 } });

  it('says nothing alone', async () => {
    expect(found(await judged('accuracy'))).toEqual([
      expect.stringMatching(/^16 warning\[metric-mismatch\] 9\d\.\d% of the rows of `m on test` have the same label/),
    ]);
    expect(found(await judged('accuracy\n  auc'))).toEqual([]);
  });
});

describe('a label', () => {
  const start = Date.UTC(2024, 0, 1);
  const day = (n: number) => new Date(start + n * 86_400_000).toISOString().slice(0, 10);
  const orders = (wait: number) =>
    `order,customer,placed,booked\n${Array.from({ length: 600 }, (_, i) => `o${i},c${(i * i) % 40},${day(i)},${day(i + (i % 2) * wait)}\n`).join('')}`;
  const customers = `customer,joined,age\n${Array.from({ length: 40 }, (_, i) => `c${i},${day(-9 - i)},${20 + ((i * 7) % 50)}\n`).join('')}`;
  const program = `source customers = csv("customers.csv") {
  customer : key
  joined   : date @time @known(+0d)
  age      : int immutable
}
source orders = csv("orders.csv") until 2025-08-31 {
  order    : key
  customer : ref customers
  placed   : date @time
  booked   : date @known
}
task buys {
  each c in customers
  at every month from 2024-02-01 to 2025-06-01
  label again = count(orders next 20d) > 0
  delay: 2d
}
split buys by time { train: ..2024-12-01, test: 2025-02-01.., gap: 22d }
features known for buys { age }
model m = logistic_regression(known) { l2: 1 }
evaluate m on test { auc }
`;
  const waited = (wait: number) =>
    record(program, { 'orders.csv': orders(wait), 'customers.csv': customers }, { 'tiny-test': { precision: 1, positives: 1 } });

  it('is taken as decided without rows that become known after its delay', async () => {
    const late = await waited(12);
    // Booked on a day is known when it is over.
    expect(late.findings.find(({ rule }) => rule === 'delay-shorter-than-known')?.help).toBe(
      'Write a longer delay into `buys`: `delay: 13d` is kept by 99.5% of these rows.',
    );
    expect(found(late)).toEqual([
      expect.stringMatching(
        /^15 warning\[delay-shorter-than-known\] 27\.5% of the 600 rows behind the label `again` become known only when its delay is over/,
      ),
    ]);
    const made = await waited(1);
    expect(found(made)).toEqual([]);
    expect(rulesOf(made, 'delay-shorter-than-known')).toMatchObject([{ figure: 0, passed: true }]);
  });
});
