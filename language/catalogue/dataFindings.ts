/** What a run can find in the data besides the rules on leakage, each with what it means and what to do: the pages that `cupel explain` shows for them. */

export interface DataFinding {
  readonly name: string;
  /** As a rule severe as this; some depend on what was found. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly about: 'files' | 'cells' | 'rows' | 'observations' | 'features' | 'models';
  /** What is the case. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

type Words = readonly [name: string, severity: DataFinding['severity'], what: string, why: string, fix: string];

const about = (of: DataFinding['about'], all: readonly Words[]): readonly DataFinding[] =>
  all.map(([name, severity, what, why, fix]) => ({ name, severity, about: of, what, why, fix }));

const files = about('files', [
  [
    'missing-file',
    'error',
    'No file is at the path of a source, or the path leads to a folder.',
    'Without its rows nothing that reads the source can be computed.',
    'A path is absolute, or relative to the file that declares the source. `*` stands for any name and `**` for folders of any depth, so `csv("data/*.csv")` takes all of a folder.',
  ],
  [
    'empty-file',
    'error',
    'A file has no content at all, not even a line of names.',
    'It tells neither columns nor rows.',
    'Put the data there, or name another file.',
  ],
  [
    'not-text',
    'error',
    'A file that is read as CSV or JSON holds bytes that are no text.',
    'It is most likely another format.',
    'Read Parquet with `parquet("…")` and Arrow with `arrow("…")`.',
  ],
  [
    'not-json',
    'error',
    'A file that is read as JSON does not begin with an object or a list.',
    'It is most likely another format.',
    'Write one object a line, or one list of objects; read CSV with `csv("…")`.',
  ],
  [
    'unreadable-file',
    'error',
    'A file cannot be read to its end: it is damaged, cut off or compressed otherwise.',
    'A part of a table is another table.',
    'Copy or export the file again. Where its name says `.gz` and it is not compressed, write `compression: "none"`.',
  ],
  [
    'encoding',
    'error',
    'The letters of a file are not in the declared encoding.',
    'Names and levels with letters beyond ASCII would be others.',
    'Write `encoding: "latin-1"` or `encoding: "utf-16"` behind the path, or save the file as UTF-8.',
  ],
  [
    'delimiter',
    'error',
    'The values of a CSV file are separated by another sign than the source says.',
    'Each line would be one value.',
    'Write that sign, `delimiter: ";"`, or leave the option out: it is then found in the file.',
  ],
  [
    'open-quote',
    'error',
    'A quote opens in a CSV file and is never closed.',
    'The rest of the file would be one value, and its rows would be lost.',
    'Close it. A quote inside a value is written twice, `""`.',
  ],
  [
    'long-line',
    'error',
    'A record is longer than 16 MB.',
    'Such a record is most often a quote or a line end that is missing.',
    'Look at the record that is named; write JSON with one object a line.',
  ],
  [
    'lost-rows',
    'error',
    'A file has more records than could be read.',
    'Rows that are lost without a word change every figure.',
    'Look for quotes inside of values that are not doubled.',
  ],
  [
    'missing-column',
    'error',
    'A declared column is not in the file.',
    'What reads it has nothing to read.',
    'Names count to the letter, capitals and blanks included. `cupel infer` writes the columns that the file has; `header: false` says that its first line is data.',
  ],
  [
    'duplicate-column',
    'error',
    'Several columns of a file have the name of a declared one.',
    'It is not clear which of them is meant.',
    'Give each its own name in the first line of the file.',
  ],
  ['undeclared-column', 'info', 'A file has columns that its source does not declare.', 'They are not read.', 'Declare those that are needed.'],
  [
    'no-columns',
    'error',
    'A file has no column that a program could read.',
    'There is nothing to declare.',
    'Write single values under names of their own to the file.',
  ],
  [
    'column-type',
    'error',
    'A file stores a column as a type that the declared one cannot be read from.',
    'No cell of the column could ever fit.',
    'Declare the type that the file has, or write single values in place of lists and objects.',
  ],
]);

const cells = about('cells', [
  [
    'bad-cell',
    'warning',
    'Cells do not spell a value of the declared type.',
    'In a nullable column they read as null, else their rows are set aside: both change figures.',
    'The finding names the first rows, and `.cupel/quarantine/` lists all. Correct the data, declare the type that they have, or say how the file writes numbers and dates: `decimal`, `thousands`, `date_format`, `nulls`.',
  ],
  [
    'missing-value',
    'warning',
    'Cells are empty in a column that admits no null.',
    'Their rows are set aside.',
    'Add `?` to the type to read them with null, or complete the data.',
  ],
  ['out-of-range', 'warning', 'Values lie outside of the declared range.', 'They count as bad cells.', 'Correct the data, or widen the range.'],
  ['pattern', 'warning', 'Texts do not match the declared pattern.', 'They count as bad cells.', 'Correct the data, or change the pattern.'],
  [
    'nested-value',
    'warning',
    'Cells of a JSON file are objects or lists.',
    'A column holds single values.',
    'Write single values to the file, or leave the column out.',
  ],
  [
    'ragged-row',
    'warning',
    'Lines have more or fewer values than the first line has names.',
    'It is not clear which value belongs to which column, so these rows are set aside.',
    'Correct these lines. A value with the delimiter in it stands in quotes.',
  ],
  [
    'no-value',
    'warning',
    'A calculation has no value on some rows: it divides by 0, takes the logarithm of 0, or reads a text that spells no number.',
    'It is null there.',
    'Say what the value is there, `x / y ?? 0`, or leave these rows out with `where`.',
  ],
  [
    'overflow',
    'error',
    'A calculation goes beyond what its type holds: 64 bits of an int, the digits of a decimal, the sum of floats.',
    'A number that wraps around or is cut would be wrong without a sign of it.',
    'Use `float(x)` for large ints, a larger unit for large floats, or declare a range.',
  ],
]);

const rows = about('rows', [
  [
    'no-rows',
    'error',
    'A source, or what a model learns from, has no rows.',
    'There is nothing to compute from.',
    'See the findings above it: most often a type or a format is declared otherwise than the file has it, or a condition keeps nothing.',
  ],
  [
    'repeated-key',
    'error',
    'A column that is a `key`, or `unique`, has a value twice.',
    'A ref to it would lead to two rows, and joins would multiply rows.',
    'Remove the repeated rows. To keep one of each, declare the column as `text` and derive a table with `| dedupe by id keep earliest placed_at`; of rows without a time only copies can be dropped, `| dedupe by id, name, age keep earliest id`.',
  ],
  [
    'no-partner',
    'info',
    'Rows find no partner in a join, or refs lead to no row.',
    'Columns from there are null on them, and no window holds a row whose ref leads nowhere.',
    'Where that should not happen, claim `refers(customer, customers)` in a `check`.',
  ],
  [
    'check-failed',
    'error',
    'A claim of a `check` does not hold.',
    'A claim without a severity must hold, so the run stops.',
    'The finding names the first rows that fail, and the file in `.cupel/quarantine/` with all of them. Mend the data, widen the claim, write `warn` behind it to go on, or `quarantine` to take the rows out.',
  ],
]);

const observations = about('observations', [
  [
    'no-observations',
    'error',
    'A task has no observations.',
    'There is nobody to predict.',
    'Look at the condition of `each`, at the cutoffs, and at the tables that they read: an entity is observed from when its row is known.',
  ],
  [
    'no-labels',
    'error',
    'No observation has a label.',
    'There is nothing to learn from.',
    'Choose earlier cutoffs or a shorter horizon, or look at the expression of the label.',
  ],
  [
    'not-observed',
    'info',
    'Rows with a cutoff of their own are no observations: it is null, or they become known only after it.',
    'At that moment nobody could ask for a prediction. It is said of tasks without a condition: `where` says itself which rows are meant.',
    'Nothing, if these rows are not meant. Else mend the column that the cutoff is made of, or set the cutoff later.',
  ],
  [
    'unripe-label',
    'info',
    'Observations are left out: their label is not decided when the data end.',
    'A label that is still open is no label.',
    'Nothing, if the last cutoffs may go. Newer data, earlier cutoffs or a shorter horizon decide more.',
  ],
  [
    'null-label',
    'info',
    'Observations are left out: their label is null.',
    'Nothing can be learned from them or judged on them.',
    'Nothing, if these rows have no outcome; else complete the data, or say what null means, `x ?? 0`.',
  ],
  [
    'equal-rows',
    'info',
    'Observations equal each other in every column that is known with the row.',
    'Nothing tells them apart, so they stay in one partition.',
    'Declare a `key`.',
  ],
  [
    'no-partition',
    'info',
    'Observations belong to no partition.',
    'They lie in a gap, outside the bounds, or their group was seen in an earlier partition.',
    'Nothing, if they may go; else move the bounds, or narrow the gap.',
  ],
  [
    'empty-partition',
    'error',
    'A partition or a fold has no rows.',
    'Nothing can be learned from it or judged on it.',
    'Move the bounds, give it a larger share, or ask for fewer folds.',
  ],
  [
    'one-class',
    'warning',
    'The labels of a partition are all alike.',
    'A classifier cannot learn from them, and figures such as auc are undefined.',
    'Move the bounds of the split, give the partition a larger share, or look at the label.',
  ],
]);

const features = about('features', [
  [
    'all-null',
    'warning',
    'A feature has no value on the training rows.',
    'There is nothing to fill it from.',
    'Leave it out, or write `impute(constant, value: 0)`.',
  ],
  [
    'null-feature',
    'warning',
    'A feature is null on every training row.',
    'It tells nothing.',
    'Look at its window, its condition and its link, or leave it out.',
  ],
  ['constant-feature', 'info', 'A feature has one value on all training rows.', 'It tells nothing.', 'Leave it out.'],
  [
    'new-levels',
    'info',
    'Rows hold levels that train does not have.',
    'They are treated as unseen: zeros in `one_hot`, the prior in `target_encode`.',
    'Nothing; where they are many, look at what changed.',
  ],
  [
    'first-block',
    'info',
    'Training rows are left out of the fit: no label was decided before their block of cutoffs, so there is nothing to encode from.',
    'Out of fold, a row is encoded by labels that were known before it.',
    'Give `target_encode` a `prior:` to keep them.',
  ],
  [
    'fold-left-out',
    'info',
    'A fold is left out: none of its rows can be encoded.',
    'Its figures would be of nothing.',
    'Give `target_encode` a `prior:`, or cut fewer folds.',
  ],
  [
    'not-predicted',
    'info',
    'Training rows are left out of the fit: the model that a feature asks holds them out in no fold.',
    'What a model says of rows that it has learned from is no prediction.',
    'Nothing; of a split by time these are the first rows.',
  ],
  ['no-terms', 'warning', 'No term occurs in enough training rows.', '`tfidf` makes no column.', 'Lower `min_rows`.'],
  [
    'too-many-columns',
    'error',
    'A transform would make more columns than fit.',
    'Each level would be a column of its own.',
    'Encode the levels as one number with `target_encode`, or among fewer columns with `hash_encode(64)`.',
  ],
  [
    'not-converged',
    'warning',
    'A calculation in rounds was not at its end after the last of them.',
    'Its result is approximate.',
    'Give it more rounds, `max_iterations`, or put features on one scale with `standardize`.',
  ],
]);

const models = about('models', [
  [
    'perfect-separation',
    'warning',
    'The columns tell the classes apart perfectly on train.',
    'Coefficients would grow without end; most often a feature is made of the label.',
    'Look for a leak among the features, or set a penalty.',
  ],
  ['all-coefficients-zero', 'warning', 'The penalty leaves no feature in the model.', 'It predicts the mean.', 'Lower the penalty.'],
  [
    'null-input',
    'error',
    'A feature is null on rows of an algorithm that needs a value in each.',
    'It has no place for a row without a value.',
    'Fill it first, `age |> impute(median)`, or take an algorithm on trees.',
  ],
  [
    'setting',
    'error',
    'A setting has a value that the algorithm cannot take with these data.',
    'It would do something else than was asked.',
    'Write what the finding says.',
  ],
  [
    'label',
    'error',
    'An algorithm cannot predict a label of this kind.',
    'Some predict numbers, some classes.',
    'Choose an algorithm for the kind of label; the catalogue says which.',
  ],
  ['size', 'error', 'A model would be larger than it may be.', 'It would not fit into memory.', 'Grow fewer or smaller trees, or take fewer rows.'],
  [
    'run-failed',
    'error',
    'A run did not come to its end for a reason of the machine: memory, disk or a file that went away.',
    'Nothing of it is in `.cupel/runs`; what was finished is kept in the cache.',
    'Do what the finding says, and run again: it goes on from there.',
  ],
]);

export const dataFindings: readonly DataFinding[] = [...files, ...cells, ...rows, ...observations, ...features, ...models];

/** The page of a finding, as the pages of rules are laid out. */
export const dataFindingPage = ({ name, what, why, fix }: DataFinding): string => `# ${name}\n\n${what}\n\n## Why\n\n${why}\n\n## Fix\n\n${fix}\n`;
