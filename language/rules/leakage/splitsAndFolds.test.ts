/** Rules about splits, folds, models and evaluations, by every way round that a program has, and the twins on which all is quiet. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import { format } from '../../syntax/format.ts';
import { lineIndex, offsetAt } from '../../text/lines.ts';

const ship = `source passengers = csv("p.csv") {
  pid      : key
  pclass   : int in 1..3
  age      : float? in 0..120
  ticket   : text
  family   : text
  boat     : text? @after(outcome)
  survived : bool
}
task t { each p in passengers, label survived }
`;
const ward = `source hospitals = csv("h.csv") { hid : key, beds : int }
source patients = csv("p.csv") { patient_id : key, hospital : ref hospitals, village : text }
source scans = csv("s.csv") { sid : key, patient : ref patients, machine : ref hospitals, density : float, ill : bool }
task t { each s in scans, label ill }
`;
const shop = `source customers = csv("c.csv") { customer_id : key, signed_up : timestamp @time @known(+0d) }
source orders = csv("o.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
  amount    : float immutable
  returned  : bool @known(+30d)
}
`;
const monthly = 'task t { each c in customers, at every month from 2023-01-01 to 2024-10-01, label gone = count(orders next 60d) == 0 }\n';
const each = 'task t { each o in orders, at placed_at, label back = returned, delay: 30d }\n';

/** Customers in towns, each observed once. */
const atOnce = (feature: string, label = 'count(orders next 60d) == 0'): string =>
  `${shop.replaceAll('  placed_at', '  town      : text immutable\n  placed_at').replace('@known(+0d) }', '@known(+0d), town : text immutable }')}task t { each c in customers, at signed_up, label gone = ${label} }
${hole}features f for t { ${feature} }
model m = baseline(f)
evaluate m on test { auc }
`;

const random = 'split t at random { test: 20%, validate: 20%, seed: 1 }\n';
const set = 'features f for t { pclass, age }\n';
const density = 'features f for t { density }\nmodel m = baseline(f)\nevaluate m on test { auc }\n';
const recent = 'features f for t { n = count(orders last 30d) }\n';
const boosting = (settings: string) => `model usual = baseline(f)\nmodel m = gradient_boosting(f) { ${settings} }\n`;
const hole = 'split t by time { train: ..2024-02-29, test: 2024-06-01.., folds: 5 }\n';

const found = (text: string): readonly Diagnostic[] => {
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  return analysis.diagnostics('main.cupel').filter(({ rule }) => rule !== 'unused-declaration' && rule !== 'unknown-availability');
};

/** `severity rule «text at fault»`, without what other rules say of sources and tables. */
const said = (text: string): string[] =>
  found(text).map(({ severity, rule, range: { start, end } }) => {
    const line = text.split('\n')[start.line] ?? '';
    return `${severity} ${rule} «${line.slice(start.character, end.line > start.line ? undefined : end.character)}»`;
  });

describe('choices and the rows they are judged on', () => {
  it.each([
    ['rounds', boosting('early_stop: 5 on validate'), 'evaluate m on validate { auc >= 0.8 }', 'error search-score-as-estimate «validate»'],
    [
      'settings',
      boosting('tune { depth: 3..8, trials: 5, by: auc on validate }'),
      'evaluate m on validate { auc >= 0.8 }',
      'error search-score-as-estimate «validate»',
    ],
    ['a threshold, by decisions', boosting('threshold: max f1'), 'evaluate m on validate { f1 >= 0.5 }', 'error threshold-on-test «validate»'],
    [
      'a threshold by cost',
      boosting('threshold: cost(fp: 1, fn: 5) on test'),
      'evaluate m on test { recall, auc }',
      'error threshold-on-test «test»',
    ],
    [
      'what a blend is made of',
      `${boosting('early_stop: 5')}model b = blend(usual, m)\n`,
      'evaluate b on validate { auc >= 0.8 }',
      'error search-score-as-estimate «validate»',
    ],
    ['shown, not claimed', boosting('early_stop: 5'), 'evaluate m on validate { auc }', 'warning no-test-partition «validate»'],
    [
      'shown twice, told once',
      boosting('early_stop: 5'),
      'evaluate m on validate { auc }\nevaluate m on validate as again { brier }',
      'warning no-test-partition «validate»',
    ],
    ['on rows learned from again', boosting('refit: train_and_validate'), 'evaluate m on validate { auc }', 'error evaluate-on-train «validate»'],
    ['on test, rounds', boosting('early_stop: 5 on test'), 'evaluate m on test { auc }', 'error choice-on-test «test»'],
  ])('%s', (_, model, evaluation, expected) => expect(said(`${ship}${random}${set}${model}${evaluation}\n`)).toEqual([expected]));

  it('a choice by rows that a candidate has learned from', () =>
    expect(
      said(`${ship}${random}${set}${boosting('refit: train_and_validate')}model b = best of usual, m by auc\nevaluate b on test { auc }\n`),
    ).toEqual(['error evaluate-on-train «auc»']));

  it('folds that settings were chosen on', () => {
    const split = 'split t at random { test: 20%, folds: 5, seed: 1 }\n';
    const tuned = boosting('tune { depth: 3..8, trials: 5, by: auc }');
    expect(said(`${ship}${split}${set}${tuned}evaluate m on folds { auc >= 0.7 }\n`)).toEqual(['error search-score-as-estimate «folds»']);
    expect(said(`${ship}${split}${set}${boosting('trees: 50')}evaluate m on folds { auc >= 0.7 }\n`)).toEqual([]);
  });

  it.each([
    ['nothing chosen', boosting('trees: 50'), 'evaluate m on validate { auc >= 0.8 }'],
    ['settings searched on inner folds', boosting('tune { depth: 3..8, trials: 5, by: auc }'), 'evaluate m on validate { auc >= 0.8 }'],
    ['a threshold, by the score', boosting('threshold: max f1'), 'evaluate m on validate { auc >= 0.8 }'],
    ['a threshold that is written', boosting('threshold: 0.3'), 'evaluate m on validate { f1 >= 0.5 }'],
    ['figures of validate beside those of test', boosting('early_stop: 5'), 'evaluate m on validate { auc }\nevaluate m on test { auc >= 0.8 }'],
    [
      'a candidate, where what is chosen is tested',
      `${boosting('early_stop: 5')}model b = best of usual, m by auc\n`,
      'evaluate m on validate { auc }\nevaluate b on test { auc >= 0.8 }',
    ],
    ['claims about drift alone', boosting('early_stop: 5'), 'evaluate m on validate { drift(features) < 0.2 psi }\nevaluate m on test { auc }'],
  ])('%s is fine', (_, model, evaluation) => expect(said(`${ship}${random}${set}${model}${evaluation}\n`)).toEqual([]));
});

describe('what rows share', () => {
  const by = (group: string) => `split t by group { group: ${group}, test: 20%, seed: 1 }\n`;
  it.each([
    ['a patient', ward, random, 'entity-on-both-sides «random»'],
    ['a patient under another group', ward.replace('density', 'room : text, density'), by('room'), 'entity-on-both-sides «room»'],
    ['a patient under the key', ward, by('sid'), 'entity-on-both-sides «sid»'],
    ['a patient who is a group, once', ward.replace('ref patients', 'ref patients @group'), random, 'group-on-both-sides «random»'],
    ['a group behind a ref', ward.replace('village : text', 'village : text @group'), by('patient'), 'group-on-both-sides «patient»'],
    [
      'a site behind a ref',
      ward.replace('hospital : ref hospitals', 'hospital : ref hospitals @site'),
      by('patient'),
      'group-on-both-sides «patient»',
    ],
    [
      'a group in a table that renames it',
      `${ward.replace('density', 'room : text @group, density').replace('in scans', 'in late')}table late = scans | rename room as chamber\n`,
      random,
      'group-on-both-sides «random»',
    ],
  ])('%s', (_, program, split, expected) => expect(said(`${program}${split}${density}`)).toEqual([`error ${expected}`]));

  it.each([
    ['the patient kept together', ward, by('patient')],
    ['the patient’s hospital kept together', ward, by('patient.hospital')],
    ['a function of the patient', ward, by('hash(patient)')],
    ['the machine kept together, as somebody chose', ward, by('machine')],
    ['the village kept together', ward.replace('village : text', 'village : text @group'), by('patient.village')],
    ['the site kept together, and with it its groups', ward.replace('density', 'room : text @site, name : text @group, density'), by('room')],
    [
      'a ref that is different in every row',
      ward.replace('patient : ref patients', 'patient : ref patients unique').replace('machine : ref hospitals', 'machine : text'),
      random,
    ],
  ])('%s is fine', (_, program, split) => expect(said(`${program}${split}${density}`)).toEqual([]));

  it('is not asked of splits by time', () =>
    expect(
      said(
        `${shop}${each}split t by time { train: ..2024-02-29, test: 2024-06-01.., gap: 30d }\nfeatures f for t { amount }\nmodel m = baseline(f)\nevaluate m on test { auc }\n`,
      ),
    ).toEqual([]));

  it('is told of as time where there is time', () =>
    expect(said(`${shop}${each}${random}features f for t { amount }\nmodel m = baseline(f)\nevaluate m on test { auc }\n`)).toEqual([
      'error random-split-over-time «random»',
    ]));
});

describe('folds', () => {
  const tuned = (inner: string) =>
    `features f for t { pclass }\n${boosting(`tune { depth: 3..8, trials: 5, inner: ${inner}, by: auc }`)}evaluate m on test { auc }\n`;
  const grouped = 'split t by group { group: ticket, test: 20%, seed: 1 }\n';
  it('keep the groups of the split', () => {
    expect(said(`${ship}${grouped}${tuned('group(family, 5)')}`)).toEqual(['error folds-not-grouped «family»']);
    expect(said(`${ship}${grouped}${tuned('group(ticket, 5)')}`)).toEqual([]);
    expect(said(`${ship}${grouped}${tuned('group(lower(ticket), 5)')}`)).toEqual([]);
    expect(said(`${ship}${grouped}${tuned('5')}`)).toEqual([]);
    expect(said(`${ship}${random}${tuned('group(family, 5)')}`)).toEqual([]);
  });

  it('of a further split keep them too', () => {
    const further = (split: string) =>
      `${ship}${grouped}split cv for t ${split}\nfeatures f for t { pclass }\nmodel m = baseline(f) { split: cv }\nevaluate m on cv.test { auc }\n`;
    expect(said(further('at random { test: 20%, folds: 5, seed: 2 }'))).toEqual(['error folds-not-grouped «random»']);
    expect(said(further('by group { group: ticket, test: 20%, folds: 5, seed: 2 }'))).toEqual([]);
  });

  const gapped = hole.replace(', folds', ', gap: 60d, folds');
  it.each([
    [
      'labels longer than the step',
      `${shop}${monthly}${hole}${recent}model m = baseline(f)\nevaluate m on folds { auc }\n`,
      'overlapping-samples «time»',
    ],
    [
      'a gap too short',
      `${shop}${monthly}${hole.replace(', folds', ', gap: 20d, folds')}${recent}model m = baseline(f)\nevaluate m on test { auc }\n`,
      'overlapping-samples «20d»',
    ],
    [
      'inner folds alone',
      `${shop}${monthly}${hole.replace(', folds: 5', '')}${recent}${boosting('calibrate: platt')}evaluate m on test { auc }\n`,
      'overlapping-samples «time»',
    ],
    [
      'stacking alone',
      `${shop}${monthly}${hole.replace(', folds: 5', '')}${recent}${boosting('trees: 50')}model s = stacking(usual, m)\nevaluate s on test { auc }\n`,
      'overlapping-samples «time»',
    ],
    [
      'what a model says alone',
      `${shop}${monthly}${hole.replace(', folds: 5', '')}${recent}model m = baseline(f)\nfeatures g for t { said = predict(m) }\nmodel n = baseline(g)\nevaluate n on test { auc }\n`,
      'overlapping-samples «time»',
    ],
    [
      'no room between the partitions either, once',
      `${shop}${monthly}${hole.replace('2024-02-29', '2024-05-31')}${recent}model m = baseline(f)\nevaluate m on test { auc }\n`,
      'gap-shorter-than-horizon «time»',
    ],
    [
      'rows at their own times',
      `${shop}${each}${hole}features f for t { amount }\nmodel m = baseline(f)\nevaluate m on test { auc }\n`,
      'overlapping-samples «time»',
    ],
    [
      'rows at their own times that read others',
      `${shop}${each}${hole}features f for t { r = rate(returned of orders via customer last 90d) }\nmodel m = baseline(f)\nevaluate m on test { auc }\n`,
      'peer-labels-across-split «time»',
    ],
    ['customers at a time of their own, who read what they did themselves', atOnce('n = count(orders last 90d)'), 'overlapping-samples «time»'],
    [
      'and who read what is theirs by another ref',
      atOnce('n = sum(amount of orders via payer last 90d)', 'sum(amount of orders via customer next 60d) > 5').replaceAll(
        '  placed_at',
        '  payer : ref customers\n  placed_at',
      ),
      'peer-labels-across-split «time»',
    ],
    ['and who read what others did too', atOnce('n = count(orders last 90d) + count(orders via town last 90d)'), 'peer-labels-across-split «time»'],
    [
      'or whose labels are what others do',
      atOnce('n = sum(amount of orders last 90d)', 'sum(amount of orders via town next 60d) > 5'),
      'peer-labels-across-split «time»',
    ],
  ])('%s', (_, program, expected) => expect(said(program)).toEqual([`error ${expected}`]));

  it.each([
    ['a gap', `${shop}${monthly}${gapped}${recent}model m = baseline(f)\nevaluate m on folds { auc }\n`],
    [
      'labels that are decided by the next cutoff',
      `${shop}${monthly.replace('60d', '28d')}${hole}${recent}model m = baseline(f)\nevaluate m on folds { auc }\n`,
    ],
    [
      'cutoffs that the gap before the test takes out',
      `${shop}${monthly.replace('60d', '55d')}split t by time { train: ..2023-02-15, test: 2023-03-01.., gap: 30d, folds: 2 }\n${recent}model m = baseline(f)\nevaluate m on folds { auc }\n`,
    ],
    ['no folds in use', `${shop}${monthly}${hole.replace(', folds: 5', '')}${recent}${boosting('trees: 50')}evaluate m on test { auc }\n`],
  ])('with %s are fine', (_, program) => expect(said(program)).toEqual([]));
});

describe('a test without a bound of its own, after the training', () => {
  const task = (where: string): string =>
    `task t { each c in customers${where}, at every month from 2022-11-01 to 2023-10-01, label gone = count(orders next 60d) == 0 }\n`;
  const open = `split t by time { train: ..2023-01-15, test: ..2023-07-15, gap: 40d }\n${recent}model m = baseline(f)\nevaluate m on test { auc }\n`;

  it('begins in February, where everybody is observed: January is left out', () => expect(said(`${shop}${task('')}${open}`)).toEqual([]));

  it('can begin in March, where a condition decides: labels of January reach into it', () =>
    expect(said(`${shop}${task(' where signed_up >= cutoff - 5d')}${open}`)).toEqual(['error gap-shorter-than-horizon «40d»']));
});

describe('partitions in the wrong order', () => {
  const order = (parts: string) =>
    said(`${shop}${monthly}split t by time { ${parts}, gap: 60d }\n${recent}model m = baseline(f)\nevaluate m on test { auc }\n`);

  it.each([
    ['train: 2023-03-01.., test: ..2024-06-30', ['error train-after-test «2023-03-01..»']],
    ['train: 2023-03-01..2024-06-30, test: ..2024-06-30', ['error train-after-test «2023-03-01..2024-06-30»']],
    ['train: 2024-03-01..2024-06-30, test: 2023-01-01..2023-06-30', ['error train-after-test «2024-03-01..2024-06-30»']],
    ['train: ..2023-06-30, validate: 2024-01-01.., test: ..2024-06-30', ['error train-after-test «2024-01-01..»']],
    ['train: ..2023-12-31, test: 2024-03-01..2024-06-30', []],
    ['train: 2023-03-01..2023-12-31, test: ..2024-06-30', []],
  ])('are told where one without a start lies before all of the other, %s: %j', (parts, expected) =>
    expect(order(parts).filter(line => !line.includes('immature'))).toEqual(expected),
  );
});

describe('what is left unsaid', () => {
  it('is told as information', () => {
    const judged = `${set}model m = baseline(f)\nevaluate m on test { auc }\n`;
    expect(said(`${ship}split t at random { test: 20% }\n${judged}`)).toEqual(['info unstable-split «random»']);
    expect(said(`${ship.replace(': key', ': int')}${random}${judged}`)).toEqual(['info unstable-split «random»']);
    expect(said(`${ship}split t at random { test: 20%, stratify: survived, seed: 1 }\n${judged}`)).toEqual(['info unstable-split «survived»']);
    expect(
      said(`${ship.replace('csv("p.csv")', 'csv("p.csv") until 2024-01-01')}split t at random { test: 20%, stratify: survived, seed: 1 }\n${judged}`),
    ).toEqual([]);
    expect(said(`${ship.replace(': key', ': int')}split t by group { group: ticket, test: 20%, seed: 1 }\n${judged}`)).toEqual([]);
  });

  it('of the end of the data, where labels wait', () => {
    const judged = `split t by time { train: ..2024-02-29, test: 2024-06-01.., gap: 60d }\n${recent}model m = baseline(f)\nevaluate m on test { auc }\n`;
    const open = shop.replace(' until 2024-12-31', '');
    expect(said(`${open}${monthly}${judged}`)).toEqual(['info undeclared-data-end «orders»']);
    expect(said(`${shop}${monthly}${judged}`)).toEqual([]);
  });

  it('of a baseline, once for a task and split', () => {
    const claims =
      'model a = gradient_boosting(f)\nmodel b = logistic_regression(f)\nevaluate a on test { auc >= 0.7 }\nevaluate b on test { auc >= 0.7 }\n';
    const numbers = 'features f for t { pclass }\n';
    expect(said(`${ship}${random}${numbers}${claims}`)).toEqual(['info missing-baseline «a»']);
    expect(said(`${ship}${random}${numbers}${claims.replace('auc >= 0.7', 'auc - b.auc >= 0.1')}`)).toEqual([]);
    const best = 'model a = gradient_boosting(f)\nmodel b = logistic_regression(f)\nmodel c = best of a, b by auc\nevaluate c on test { auc }\n';
    expect(said(`${ship}${random}${numbers}${best}`)).toEqual(['info missing-baseline «c»']);
    expect(said(`${ship}${random}${numbers}${best}model u = baseline(f)\n`)).toEqual([]);
  });
});

describe('evaluations', () => {
  const on = (evaluation: string) => `${ship}${random}${set}model m = gradient_boosting(f)\nmodel u = baseline(f)\n${evaluation}\n`;
  it('of a part beside the whole are fine, alone they are not', () => {
    expect(said(on('evaluate m on test where age > 18 { auc }'))).toEqual(['warning filtered-test «age > 18»']);
    expect(said(on('evaluate m on test where age > 18 as grown { auc }\nevaluate m on test { auc }'))).toEqual([]);
  });

  it('by accuracy alone say little', () => {
    expect(said(on('evaluate m on test { accuracy >= 0.9 }'))).toEqual(['info metric-mismatch «accuracy»']);
    expect(said(on('evaluate m on test { accuracy - u.accuracy >= 0.1 }'))).toEqual([]);
    expect(said(on('evaluate m on test { accuracy, recall }'))).toEqual([]);
  });
});

describe('groups that the outcome decides', () => {
  const by = (group: string) =>
    `${ship}split t by group { group: ${group}, test: 20%, seed: 1 }\n${set}model m = baseline(f)\nevaluate m on test { auc }\n`;
  it.each([
    ['survived', 'survived'],
    ['boat', 'boat'],
    ['concat(ticket, text(survived))', 'survived'],
  ])('%s', (group, at) => expect(said(by(group))).toEqual([`error split-from-outcome «${at}»`]));
  it('by a figure over all rows', () => {
    const sums = 'table sums = passengers | group by family { many = count() }\ntable all = passengers | join sums on family\n';
    const program = `${ship.replace('in passengers', 'in all')}${sums}split t by group { group: many, test: 20%, seed: 1 }\n${set}model m = baseline(f)\nevaluate m on test { auc }\n`;
    expect(said(program)).toEqual(['error split-from-outcome «many»']);
  });
  it('in folds inside of training', () => {
    const tuned = `${ship}${random}${set}${boosting('tune { depth: 3..8, trials: 5, inner: group(boat, 5), by: auc }')}evaluate m on test { auc }\n`;
    expect(said(tuned)).toEqual(['error split-from-outcome «boat»']);
  });
  it('and those it does not', () => expect(said(by('ticket'))).toEqual([]));
});

describe('repairs', () => {
  const judged = 'model m = baseline(f)\nevaluate m on test { auc }\n';

  /** The lines that the first repair of the first finding of the rule changes; nothing of the kind is found any more, and the layout is kept. */
  function repaired(program: string, rule: string): string {
    const text = format(program);
    const all = found(text);
    const [fix] = all.find(d => d.rule === rule)?.fixes ?? [];
    if (!fix) return 'no repair';
    const lines = lineIndex(text);
    const edits = [...fix.edits].sort((a, b) => offsetAt(lines, text, b.range.start) - offsetAt(lines, text, a.range.start));
    const after = edits.reduce(
      (now, { range, text: by }) => now.slice(0, offsetAt(lines, text, range.start)) + by + now.slice(offsetAt(lines, text, range.end)),
      text,
    );
    expect(format(after)).toBe(after);
    expect(found(after).map(d => d.rule)).toEqual(all.filter(d => d.rule !== rule).map(d => d.rule));
    const before = new Set(text.split('\n'));
    return after
      .split('\n')
      .filter(line => !before.has(line))
      .join('\n');
  }

  it.each([
    ['in one line', 'split t at random { test: 20%, seed: 1 }', 'split t by group { group: patient, test: 20%, seed: 1 }'],
    ['in lines', 'split t at random {\n  test: 20%\n  validate: 15%\n  seed: 1\n}', 'split t by group {\n  group:    patient'],
    ['of another group', 'split t by group { group: sid, test: 20%, seed: 1 }', 'split t by group { group: patient, test: 20%, seed: 1 }'],
    ['with comments, which stay with their author', 'split t at random {\n  test: 20%  // a fifth\n  seed: 1\n}', 'no repair'],
  ])('a split by the entity, %s', (_, split, expected) => expect(repaired(`${ward}${split}\n${density}`, 'entity-on-both-sides')).toBe(expected));

  it('the site before the groups in it', () => {
    const sites = ward.replace('density', 'room : text @site, name : text @group, density');
    expect(repaired(`${sites}${random}${density}`, 'group-on-both-sides')).toBe(
      'split t by group { group: room, test: 20%, validate: 20%, seed: 1 }',
    );
  });

  it('a further split like the first', () => {
    const further = 'split cv for t at random { test: 20%, folds: 5, seed: 2 }\n';
    const grouped = 'split t by group { group: concat(ticket, "a, b"), test: 20%, seed: 1 }\n';
    expect(
      repaired(`${ship}${grouped}${further}${set}model m = baseline(f) { split: cv }\nevaluate m on cv.test { auc }\n`, 'folds-not-grouped'),
    ).toBe('split cv for t by group { group: concat(ticket, "a, b"), test: 20%, folds: 5, seed: 2 }');
  });

  it('a split by time that keeps folds, on which models are judged', () => {
    const drawn = 'split t at random { test: 20%, folds: 4, seed: 1 }\n';
    const program = `${shop}${monthly}${drawn}features f for t { n = count(orders last 30d) }\nmodel m = baseline(f)\nevaluate m on test { auc }\nevaluate m on folds { auc }\n`;
    expect(repaired(program, 'random-split-over-time')).toBe(
      'split t by time { train: ..2023-12-01, validate: 2024-02-01..2024-04-01, test: 2024-06-01.., gap: 60d, folds: 4 }',
    );
  });

  it('the seed that is used anyway', () => {
    expect(repaired(`${ship}split t at random { test: 20% }\n${set}${judged}`, 'unstable-split')).toBe('split t at random { test: 20%, seed: 0 }');
    expect(repaired(`${ship}split t by group {\n  group: ticket\n  test: 20%\n}\n${set}${judged}`, 'unstable-split')).toBe('  seed:  0');
  });

  it('a gap that folds need', () => {
    const timed = (split: string) => `${shop}${monthly}${split}${recent}${judged}`;
    expect(repaired(timed(hole), 'overlapping-samples')).toBe('split t by time { train: ..2024-02-29, test: 2024-06-01.., gap: 60d, folds: 5 }');
    expect(repaired(timed(hole.replace(', folds', ', gap: 5d, folds')), 'overlapping-samples')).toBe(
      'split t by time { train: ..2024-02-29, test: 2024-06-01.., gap: 60d, folds: 5 }',
    );
  });

  it('of evaluations', () => {
    const on = (evaluation: string) => `${ship}${random}${set}model m = gradient_boosting(f)\nmodel u = baseline(f)\n${evaluation}\n`;
    expect(repaired(on('evaluate m on test { 0.9 <= accuracy }'), 'metric-mismatch')).toBe('evaluate m on test { auc, 0.9 <= accuracy }');
    expect(repaired(on('evaluate m on test {\n  accuracy >= 0.9 warn\n  by pclass { accuracy }\n}'), 'metric-mismatch')).toBe('  auc');
    expect(repaired(on('evaluate m on test where age > 18 as grown { auc }'), 'filtered-test')).toBe('evaluate m on test as grown { auc }');
    const alone = `${ship}${random}${set}model m = gradient_boosting(f)\n`;
    expect(repaired(`${alone}evaluate m on validate { auc >= 0.8 }\n`, 'missing-baseline')).toBe('model usual = baseline(f)');
    expect(repaired(`${alone}/// How good is it?\nevaluate m on test { auc >= 0.8 }\n`, 'missing-baseline')).toBe('model usual = baseline(f)');
  });
});

describe('in several files', () => {
  const check = (files: Readonly<Record<string, string>>): string[] => {
    const analysis = createAnalysis();
    for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
    return Object.keys(files).flatMap(file =>
      analysis
        .diagnostics(file)
        .flatMap(d =>
          d.severity === 'info'
            ? []
            : [`${d.file}:${d.range.start.line + 1} ${d.rule} ← ${d.related.map(r => `${r.file}:${r.range.start.line + 1}`).join(', ')}`],
        ),
    );
  };
  const judged = 'features f for t { density }\nmodel m = baseline(f)\nevaluate m on test { auc }\n';

  it('what rows share leads back to where it is declared', () =>
    expect(
      check({
        'data.cupel': ward.slice(0, ward.indexOf('task t')),
        'task.cupel': 'import { scans } from "./data.cupel"\ntask t { each s in scans, label ill }\n',
        'main.cupel': `import { t } from "./task.cupel"\n${random}${judged}`,
      }),
    ).toEqual(['main.cupel:2 entity-on-both-sides ← data.cupel:3, data.cupel:3']));
});
