/**
 * The leakage rules that are decided on data, with their codes and thresholds: what `cupel.json` may set under `leakage`, what a run
 * measures against, and what the manual lists. The rules' pages lie in `language/rules/leakage`.
 */

export interface Threshold {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

export interface DataRuleEntry {
  readonly name: string;
  readonly code: string;
  /** After Kapoor and Narayanan; null: of validity, no leak. */
  readonly type: string | null;
  /** Whether what it finds among some of the observations is no effect of leaving out the others. */
  readonly ofSample: boolean;
  /** Which figures are a finding: from the threshold on, below it, or either by what is measured. Absent: from it on. */
  readonly finds?: 'below' | 'either';
  readonly settings: readonly Threshold[];
}

/** What a run measured of one declaration. Rules that hold of several subjects tell of the one nearest to its threshold. */
export interface RuleMeasure {
  readonly rule: string;
  /** The task, split, feature set, evaluation, table or source that the figure is of. */
  readonly declaration: string;
  /** The feature, column, model or metric; null: the declaration as a whole. */
  readonly subject: string | null;
  /** What the figure is, in a few words. */
  readonly measure: string;
  /** Null: these data cannot tell, and the rule stays undecided. */
  readonly figure: number | null;
  /** A 95% interval, where sampling matters. */
  readonly low: number | null;
  readonly high: number | null;
  /** The figure that chance alone gives, or what `against` names, where that is known. */
  readonly expected: number | null;
  /** What `expected` is the figure of, in a few words; absent: of chance. */
  readonly against?: string;
  readonly threshold: number | null;
  /** Rows that it was measured on. */
  readonly n: number;
}

const share = (name: string, value: number, doc: string): Threshold => ({ name, default: value, min: 0, max: 1, doc });
const count = (name: string, value: number, doc: string): Threshold => ({ name, default: value, min: 0, max: 1e9, doc });

const duplicates = (what: string): readonly Threshold[] => [
  share('warn', 0.01, `From this share of test rows on with ${what} row in train, beyond chance, a warning.`),
  share('error', 0.1, 'From this share on, an error.'),
];

const entries = [
  {
    name: 'literal-from-data',
    code: 'CUP3013',
    type: 'L1.2',
    ofSample: false,
    finds: 'below',
    settings: [share('chance', 0.001, 'A number counts when it would meet a figure of its column by chance less often than this.')],
  },
  { name: 'duplicates-across-split', code: 'CUP3019', type: 'L1.4', ofSample: true, settings: duplicates('an equal') },
  { name: 'near-duplicates-across-split', code: 'CUP3020', type: 'L1.4', ofSample: true, settings: duplicates('an almost equal') },
  {
    name: 'join-fanout',
    code: 'CUP3022',
    type: 'L1.4',
    ofSample: true,
    settings: [share('warn', 0, 'More than this share of rows beyond one for each row before the join is a warning.')],
  },
  {
    name: 'unstable-split',
    code: 'CUP3023',
    type: 'L1.4',
    ofSample: true,
    settings: [share('warn', 0, 'More than this share of keys that differ from another only in spaces, leading zeros or capitals is a warning.')],
  },
  {
    name: 'target-proxy',
    code: 'CUP3027',
    type: 'L2',
    ofSample: true,
    settings: [
      share('warn', 0.95, 'From this AUC of one feature alone on (for a number: correlation of the best step function), a warning.'),
      share('error', 0.99, 'From this one on, an error.'),
      share('gain', 0.03, 'Only where the feature alone is better by this than all others together.'),
    ],
  },
  {
    name: 'missingness-proxy',
    code: 'CUP3028',
    type: 'L2',
    ofSample: true,
    settings: [
      share('warn', 0.9, 'From this AUC of the nulls of one feature on, a warning.'),
      share('error', 0.97, 'From this one on, an error.'),
      share('gain', 0.03, 'Only where the nulls alone are better by this than all other features together.'),
    ],
  },
  {
    name: 'key-as-feature',
    code: 'CUP3031',
    type: 'L2',
    ofSample: false,
    settings: [share('warn', 0.99, 'From this share of entities with a value of their own on, a warning.')],
  },
  {
    name: 'train-after-test',
    code: 'CUP3036',
    type: 'L3.1',
    ofSample: true,
    settings: [share('warn', 0.6, 'From this chance that a training row is later than a test row on, a warning.')],
  },
  {
    name: 'group-on-both-sides',
    code: 'CUP3046',
    type: 'L3.2',
    ofSample: true,
    settings: [
      share('warn', 0.05, 'From this share of test rows on whose unit is in train too, a warning.'),
      share('constant', 0.98, 'A column names a unit when so many of the pairs it joins agree in two other columns.'),
    ],
  },
  {
    name: 'tiny-test',
    code: 'CUP3048',
    type: 'L3.3',
    ofSample: false,
    finds: 'either',
    settings: [
      share(
        'precision',
        0.1,
        'A 95% interval that reaches further than this to either side is a warning; of an error measure, relative to its value.',
      ),
      count('positives', 20, 'Fewer rows of the rarer class than this are a warning.'),
    ],
  },
  {
    name: 'metric-mismatch',
    code: 'CUP3049',
    type: null,
    ofSample: false,
    settings: [share('majority', 0.9, 'From this share of the commonest class on, accuracy alone is a warning.')],
  },
  {
    name: 'immature-label',
    code: 'CUP3054',
    type: 'L3.1',
    ofSample: true,
    settings: [share('warn', 0.5, 'From this share of observations on whose label is not decided when the data end, a warning.')],
  },
  { name: 'too-good', code: 'CUP3056', type: 'L2', ofSample: false, finds: 'either', settings: [] },
  {
    name: 'warm-up-uncovered',
    code: 'CUP3069',
    type: 'L3.1',
    ofSample: false,
    settings: [share('warn', 0.1, 'From this share on of the time that windows of training rows reach back to and the data do not, a warning.')],
  },
  {
    name: 'delay-shorter-than-known',
    code: 'CUP3070',
    type: 'L3.1',
    ofSample: true,
    settings: [share('warn', 0.01, 'From this share on of rows behind labels that become known after the delay, a warning.')],
  },
] as const satisfies readonly DataRuleEntry[];

export type DataRuleName = (typeof entries)[number]['name'];

export const dataRules: readonly (DataRuleEntry & { readonly name: DataRuleName })[] = entries;

/** By rule and threshold; what is absent has its default. */
export type DataRuleSettings = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const dataRule = (name: DataRuleName): DataRuleEntry => {
  const entry = dataRules.find(rule => rule.name === name);
  if (!entry) throw new Error(`There is no rule ${name}`);
  return entry;
};

export function thresholdOf(settings: DataRuleSettings, rule: DataRuleName, name: string): number {
  const entry = dataRule(rule).settings.find(setting => setting.name === name);
  if (!entry) throw new Error(`${rule} has no threshold ${name}`);
  return settings[rule]?.[name] ?? entry.default;
}
