/** The forms of the language as data: hover on a keyword, completion and the reference manual read them. */

export interface FormEntry {
  readonly family: 'form';
  readonly of: 'declaration' | 'step' | 'window' | 'claim' | 'constraint' | 'type' | 'task' | 'split' | 'partition' | 'model' | 'evaluation';
  readonly name: string;
  readonly syntax: string;
  readonly doc: string;
}

const table = (of: FormEntry['of'], rows: readonly (readonly [name: string, syntax: string, doc: string])[]): FormEntry[] =>
  rows.map(([name, syntax, doc]) => ({ family: 'form', of, name, syntax, doc }));

export const forms: readonly FormEntry[] = [
  ...table('declaration', [
    ['import', 'import { a, b } from "./file.cupel"', 'Names from another file of the project.'],
    ['param', 'param horizon: duration = 60d', 'A typed value that `--param horizon=90d` and profiles can set; a number may have a `unit`.'],
    ['def', 'def spend(d) = sum(amount of orders last d)', 'A named expression. It may take durations, expressions and tables, and may hold a pipe.'],
    [
      'source',
      'source orders = csv("orders.csv") until 2024-12-31 { column : type constraints @roles }',
      'A typed external table: where it is read, what its columns are, when they are known. `until` is the declared end of the data.',
    ],
    ['table', 'table paid = orders | where status == "paid"', 'A relation derived from others by steps. Nothing in a table may learn.'],
    [
      'check',
      'check orders { count() >= 1000 }',
      'Claims about the quality of a table, each with a severity: `warn`, `error` (the default) or `quarantine`.',
    ],
    [
      'task',
      'task churn { each c in customers, at every month from 2023-01-01 to 2024-10-01, label churned = … }',
      'What is predicted, for whom and when.',
    ],
    [
      'split',
      'split churn by time { train: ..2024-02-29, test: 2024-09-01.., gap: 60d }',
      "How the task's observations are divided into train, validate and test.",
    ],
    [
      'features',
      'features activity for churn { recent = count(orders last 30d) }',
      'A named feature set: row expressions, windowed aggregates, fitted transforms.',
    ],
    ['model', 'model gbt = gradient_boosting(activity) { trees: 300 }', 'A supervised model on a feature set, or the best of several.'],
    ['evaluate', 'evaluate gbt on test { auc >= 0.75 }', 'Metrics and claims about a model on a partition. A claim without severity is a gate.'],
    [
      'test',
      'test paid { given orders [ { order_id: "o1", amount: 5 } ] expect [ { order_id: "o1" } ] }',
      'What a table or a feature set makes of rows that stand beside it: `cupel test` runs it.',
    ],
  ]),
  ...table('type', [
    ['bool', 'bool', 'True or false; reads true, false, t, f, yes, no, 1, 0.'],
    ['int', 'int in 0..', 'A whole number of 64 bits.'],
    ['float', 'float in 0..1', 'A floating-point number. NaN and infinities are bad cells.'],
    ['decimal', 'decimal(10,2)', 'An exact decimal number with the given digits and digits after the point.'],
    ['text', 'text', 'Unicode text, compared by code point.'],
    ['category', 'category { "paid", "cancelled" }', 'One of a set of levels; without a set, the levels are learned on train.'],
    ['date', 'date', 'A day.'],
    ['timestamp', 'timestamp', 'An instant, in UTC unless the source names a zone.'],
    ['duration', 'duration', 'A length of time: `30d`, `12h`, `1mo`.'],
    ['key', 'key', 'Identifies a row of its table.'],
    ['ref', 'ref customers', 'The key of a row of another table.'],
  ]),
  ...table('constraint', [
    ['in', 'age : int in 0..120', 'Values lie in the range or list, ends included; others are bad cells.'],
    ['matches', 'code : text matches "^[A-Z]{3}$"', 'The pattern occurs in the value; `^` and `$` tie it to both ends.'],
    ['unique', 'email : text unique', 'No two rows share a value.'],
    ['immutable', 'amount : float immutable', 'Never changed after the row was written, so reading it at any cutoff is allowed.'],
    ['unit', 'amount : float unit "EUR"', 'The unit of the numbers; adding unequal units is an error.'],
  ]),
  ...table('step', [
    ['where', '| where amount > 0', 'Keeps the rows for which the condition is true.'],
    ['derive', '| derive net = amount - tax', 'Adds columns, or computes them anew.'],
    ['select', '| select a, b', 'Keeps these columns only.'],
    ['drop', '| drop a, b', 'Leaves columns out.'],
    ['rename', '| rename a as b', 'Gives a column another name.'],
    [
      'join',
      '| join weather on station == origin as of scheduled',
      'Adds the columns of the matching row: by key, or with `as of t` the latest row known before t. Rows without a match stay, with nulls; `inner join` drops them.',
    ],
    ['union', '| union archive', 'Adds the rows of a table with the same columns.'],
    ['group', '| group by customer { n = count() }', 'One row a group. The result remembers that it was computed over all rows.'],
    ['dedupe', '| dedupe by id keep latest placed_at', 'One row for each value: the latest or the earliest.'],
    ['time', '| time t known k', 'States the time roles again, after a step dropped them.'],
    ['known', '| known a, b at k', 'States when columns are known.'],
    [
      'sort',
      '| sort by customer, placed_at | derive previous = lag(amount, 1)',
      'Says how `lag(x, 1)`, `lead(x, 1)` and `rank()` of later steps look at the rows: the first of several keys makes groups, the others order the rows of each. Nulls come last.',
    ],
    [
      'sample',
      '| sample 10% seed 1',
      'Draws a share of the rows by the hash of their key, so that it stays the same when rows are added; or a number of rows.',
    ],
    [
      'history',
      '| history by customer at changed_at',
      'Folds a change log into versions: each row holds from that time until `valid_to`, the time of the next one. Of changes at one moment the last known stays.',
    ],
  ]),
  ...table('task', [
    ['each', 'each c in customers where signed_up < cutoff - 30d', 'The unit of observation, and which of them count.'],
    ['at', 'at every month from 2023-01-01 to 2024-10-01', 'The cutoffs: a grid, or a time column of the entity.'],
    ['label', 'label churned = count(orders next 60d) == 0', 'What is predicted; it may look past the cutoff.'],
    ['delay', 'delay: 2d', 'How long after its horizon the label is known.'],
    ['zone', 'zone: "America/New_York"', 'The time zone of cutoffs and bounds.'],
    ['positive', 'positive: "yes"', 'The level that counts as positive.'],
  ]),
  ...table('window', [
    ['last', 'count(orders last 30d)', 'Rows with event time in [cutoff − 30d, cutoff), known before the cutoff.'],
    ['lag', 'count(orders last 30d lag 7d)', 'The window shifted back.'],
    ['next', 'count(orders next 60d)', 'Rows with event time in [cutoff, cutoff + 60d): in labels only.'],
    ['of', 'sum(amount of orders last 90d)', 'The expression that is aggregated, over the rows of the table.'],
    ['via', 'count(orders via card last 1h)', 'The column that links the rows to the entity.'],
    ['where', 'count(orders last 30d where status == "paid")', 'Which rows of the window count.'],
  ]),
  ...table('split', [
    ['random', 'split t at random { test: 20%, validate: 15%, stratify: x, seed: 1 }', 'By a hash of the key: independent of the order of the file.'],
    [
      'time',
      'split t by time { train: ..d, validate: d..d, test: d.., gap: 30d }',
      'By the cutoff. `gap` drops observations whose label is not decided before the next partition begins.',
    ],
    ['group', 'split t by group { group: family, test: 20%, validate: 15%, seed: 1 }', 'Rows of one group stay together.'],
    [
      'for',
      'split late for t by time { train: ..d, test: d.. }',
      'Another split of the same task, under a name of its own: `split: late` in a model, `evaluate m on late.test`.',
    ],
  ]),
  ...table('partition', [
    ['train', 'train: ..2024-02-29', 'The cutoffs to learn from, by time; elsewhere what the other partitions leave.'],
    ['validate', 'validate: 15%', 'What choices are made on: a share of the rows, or the cutoffs of a span of time.'],
    ['test', 'test: 20%', 'What only `evaluate` reads: a share of the rows, or the cutoffs of a span of time.'],
    ['gap', 'gap: 30d', 'By time: how long before the next partition an observation must lie to stay in the one before.'],
    ['group', 'group: family', 'Rows that share the value stay in one partition.'],
    ['stratify', 'stratify: survived', 'Each partition has about the same share of every value.'],
    [
      'folds',
      'folds: 5',
      'All rows that are not test, held out in turn: for `evaluate m on folds`, and for choices instead of `validate`. By time over ever longer pasts.',
    ],
    ['repeats', 'repeats: 3', 'The folds so many times over, each time drawn anew.'],
    ['seed', 'seed: 42', 'Another number draws other rows.'],
  ]),
  ...table('model', [
    [
      'best',
      'best of logistic, forest by auc',
      'Chooses one of several models by a metric, on `validate` unless another partition is named; without `validate` on folds.',
    ],
    [
      'early_stop',
      'early_stop: 20 on validate',
      'Rounds without improvement on a partition, after which training stops; `on folds`, the mean number over inner folds.',
    ],
    [
      'tune',
      'tune { depth: 3..10, learning_rate: log(0.01..0.3), trials: 40, method: bayesian, by: auc }',
      'Searches settings in ranges or lists; each trial is learned and judged on inner folds of train, which `inner: 3` or `inner: group(patient, 5)` cuts otherwise.',
    ],
    [
      'calibrate',
      'calibrate: isotonic',
      'Makes scores probabilities, by a curve learned on out-of-fold scores of train: `isotonic` or `platt`; of several classes one curve each.',
    ],
    [
      'threshold',
      'threshold: max f1',
      'The probability from which on a row is predicted positive: a number, `max f1`, or `cost(fp: 1, fn: 5)`, chosen on `validate`, else on folds.',
    ],
    ['balance', 'balance: class_weight', 'Lets all classes weigh the same in training; `undersample` and `oversample` draw rows instead.'],
    ['refit', 'refit: train_and_validate', 'Learns the model again on train and validate, with all that was chosen, before it is judged.'],
    ['stacking', 'stacking(a, b) { final: logistic_regression, folds: 5 }', 'A model that learns from the out-of-fold scores of others on train.'],
    ['blend', 'blend(a, b)', 'The mean of the scores of several models.'],
    [
      'predict',
      'p = predict(gbt)',
      'A feature: what another model says, out of fold on train and from all of train elsewhere; of several classes a column each. The model learns anew wherever the set does.',
    ],
    ['split', 'split: late', 'Which split of the task, where it has several.'],
  ]),
  ...table('claim', [
    ['count', 'count() >= 1000', 'The number of rows.'],
    ['complete', 'complete(age) >= 75%', 'The share of rows where the column is not null.'],
    ['unique', 'unique(id)', 'No two rows share the values.'],
    ['fresh', 'fresh(placed_at) <= 1d', 'How old the newest value is at the end of the data.'],
    ['refers', 'refers(customer, customers)', 'Every value is the key of a row of the other table.'],
    ['rate', 'rate(fraud) <= 2%', 'The share of true among the values that are not null.'],
  ]),
  ...table('evaluation', [
    ['by', 'by pclass { auc, recall >= 0.5 }', 'Figures for each segment of the evaluated rows; a claim has to hold in each.'],
    [
      'confusion',
      'evaluate m on test { auc, confusion }',
      "Rows counted by label and prediction, at the model's threshold; of several classes by the most probable.",
    ],
    ['low', 'low(auc) >= 0.8', 'A claim about the lower bound of the 95% interval; `high` is the upper.'],
    ['drift', 'drift(features) < 0.2 psi', 'How far features, score or label moved between train and the evaluated rows.'],
    ['where', 'evaluate m on test where x > 0 { auc }', 'A part of the evaluated rows, reported as such.'],
    [
      'as',
      'evaluate m on test as late { auc }',
      "A name for the evaluation's figures: claims of evaluations below compare with `late.auc`, whatever rows theirs are.",
    ],
    [
      'plausible',
      'plausible: auc in 0.6..0.9',
      'In which range a figure can be believed. Beyond it the run names the features that tell most, for one of them may give the label away.',
    ],
    [
      'folds',
      'evaluate m on folds { auc }',
      'Figures over rows held out in turn, with mean and deviation over the folds; an estimate as long as nothing was chosen on them.',
    ],
  ]),
];

/** The forms of one place, in the order of the manual. */
export const formsOf = (of: FormEntry['of']): readonly FormEntry[] => forms.filter(form => form.of === of);
