/** The table of commands: what each is called, takes and does. Help, parsing and dispatch read it; a command's code is loaded when it is called. */
import type { Call, CommandShape, OptionSpec } from './arguments.ts';
import type { Host } from './host.ts';
import { rest } from './loadRest.ts';

export type Run = (call: Call, host: Host) => Promise<number>;

export interface Command extends CommandShape {
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly load: () => Promise<{ readonly command: Run }>;
}

const format = (...choices: string[]): OptionSpec => ({
  name: 'format',
  value: choices.join('|'),
  choices,
  doc: `How the result is written (${choices[0]} by default)`,
});

export const sharedOptions: readonly OptionSpec[] = [
  {
    name: 'fail-on',
    value: 'error|warning|info',
    choices: ['error', 'warning', 'info'],
    doc: 'The least severity that makes the exit code 1 (error by default)',
  },
  { name: 'cwd', value: 'DIR', doc: 'Work as if started in DIR' },
  { name: 'profile', value: 'NAME', doc: 'Parameter values of a profile in cupel.json' },
  { name: 'param', value: 'name=value', repeats: true, doc: 'The value of a `param`; may be given several times' },
  { name: 'quiet', short: 'q', doc: 'Say only what must be acted on' },
  { name: 'verbose', short: 'v', doc: 'Say more about how the result came about' },
];

const execution: readonly OptionSpec[] = [
  { name: 'threads', value: 'N', doc: 'Threads of the engine (all cores by default); results do not depend on it' },
  { name: 'memory', value: '4GB', doc: 'Memory of the engine; what does not fit goes to disk' },
  { name: 'force', doc: 'Compute every step again, whatever the cache holds' },
  { name: 'engine', value: 'duckdb', choices: ['duckdb'], doc: 'The relational engine' },
  { name: 'backend', value: 'auto|tfjs-node|wasm|cpu', choices: ['auto', 'tfjs-node', 'wasm', 'cpu'], doc: 'The tensor backend of neural networks' },
  { name: 'store', value: 'DIR', doc: 'The folder of cache and runs (.cupel in the project by default)' },
];

/** Of commands that apply what a run has learned. */
const newData = execution.filter(({ name }) => ['threads', 'memory', 'backend', 'store'].includes(name));
const at: OptionSpec = { name: 'at', value: 'WHEN', doc: 'When the features are as of, of a task with cutoffs (the end of the data by default)' };
const tests = ['psi', 'ks', 'chi_square', 'js', 'wasserstein'];
const presets = ['psi', 'evidently', 'nannyml', 'deepchecks', 'tfdv'];

export const commands: readonly Command[] = [
  {
    name: 'check',
    summary: 'Find every mistake, without touching data',
    arguments: { min: 0, max: Number.POSITIVE_INFINITY, names: '[PATH…]' },
    options: [
      format('pretty', 'concise', 'json', 'jsonl', 'sarif'),
      {
        name: 'schema',
        value: 'none|auto',
        choices: ['none', 'auto'],
        doc: 'Also look into the files: their columns, leakage in a sample of rows (none by default)',
      },
      { name: 'force', doc: 'Check every file again, whatever the store holds of an earlier check of many files' },
    ],
    examples: [
      ['cupel check', 'all programs in this folder'],
      ['cupel check churn.cupel --format json', 'one program, for another program to read'],
    ],
    load: () => import('./check.ts'),
  },
  {
    name: 'run',
    summary: 'Execute what changed: data checked, features built, models trained and judged',
    arguments: { min: 1, max: Number.POSITIVE_INFINITY, names: 'FILE [NAME…]' },
    options: [format('pretty', 'json', 'jsonl'), ...execution],
    examples: [
      ['cupel run churn.cupel', 'the whole program'],
      ['cupel run churn.cupel activity --threads 2', 'up to the features `activity`, on two threads'],
    ],
    load: () => rest('run'),
  },
  {
    name: 'plan',
    summary: 'Show what would run, and why',
    arguments: { min: 1, max: Number.POSITIVE_INFINITY, names: 'FILE [NAME…]' },
    options: [format('pretty', 'json'), ...execution],
    examples: [
      ['cupel plan churn.cupel', 'which steps come from the cache and which changed'],
      ['cupel plan churn.cupel --format json', 'the plan itself, as the engine gets it'],
    ],
    load: () => rest('plan'),
  },
  {
    name: 'prove',
    summary: 'Write the model info sheet: every validity claim with its verdict and evidence',
    arguments: { min: 1, max: 1, names: 'FILE' },
    options: [
      format('pretty', 'json', 'markdown', 'html'),
      { name: 'strict', doc: 'Exit 1 also when a claim is assumed or undecided, not only when something leaks' },
      { name: 'perturb', doc: 'Change data that must not matter, run again, and name what moves' },
      { name: 'seed', value: 'N', doc: 'Of the changes (0 by default)' },
      ...newData,
    ],
    examples: [
      ['cupel prove churn.cupel --strict', 'exit 1 unless all of it is proved or decided on data'],
      ['cupel prove churn.cupel --perturb --seed 7', 'try on the data that nothing from the future gets in'],
    ],
    load: () => rest('prove'),
  },
  {
    name: 'preview',
    summary: 'Show the first rows of a table, a feature set or a partition',
    arguments: { min: 2, max: 2, names: 'FILE NAME' },
    options: [
      format('pretty', 'csv', 'json', 'parquet'),
      { name: 'limit', value: 'N|all', doc: 'How many rows (10 in the terminal, all in other formats)' },
      { name: 'out', value: 'PATH', doc: 'Write the rows to a file' },
      ...execution,
    ],
    examples: [
      ['cupel preview churn.cupel activity --limit 20', 'features with key, cutoff, partition and label'],
      ['cupel preview churn.cupel churn.test --format csv', 'the observations of a partition, for another program'],
    ],
    load: () => rest('preview'),
  },
  {
    name: 'score',
    summary: 'Score new rows by a stored model, with the features it was trained on',
    arguments: { min: 2, max: 2, names: 'FILE MODEL' },
    options: [
      format('pretty', 'json'),
      { name: 'data', value: '[SOURCE=]PATH', repeats: true, doc: 'The new data: of the entities, or of the source that is named' },
      { name: 'out', value: 'PATH', doc: 'The file of the scores: .parquet, .csv or .jsonl' },
      at,
      ...newData,
    ],
    examples: [
      ['cupel score churn.cupel gbt --data new.csv --out scores.parquet', 'one score for every row'],
      ['cupel score churn.cupel gbt --data orders=orders.csv --at 2024-12-01 --out scores.csv', 'as they stand that day'],
    ],
    load: () => rest('score'),
  },
  {
    name: 'drift',
    summary: 'Compare new data with what a model was trained on',
    arguments: { min: 1, max: 1, names: 'FILE' },
    options: [
      format('pretty', 'json'),
      { name: 'current', value: '[SOURCE=]PATH', repeats: true, doc: 'The new data: of the entities, or of the source that is named' },
      { name: 'model', value: 'NAME', doc: 'The model, where the program has several' },
      at,
      { name: 'test', value: 'NAME', choices: tests, doc: `Compared by ${tests.join(', ')} (psi by default)` },
      { name: 'level', value: '5%', doc: 'False alarms among the alarms of features (5% by default)' },
      { name: 'floor', value: '0.1', doc: 'The least move that counts, if significant (0.1); with tfdv, its threshold' },
      { name: 'preset', value: 'NAME', choices: presets, doc: `The fixed thresholds of ${presets.join(', ')}` },
      ...newData,
    ],
    examples: [
      ['cupel drift churn.cupel --current customers=new.csv', 'features and score; exit 1 when they have moved'],
      ['cupel drift churn.cupel --current new.csv --test js --level 1%', 'by another distance, more strictly'],
    ],
    load: () => rest('drift'),
  },
  {
    name: 'test',
    summary: 'Run the tests of programs, on the rows that stand in them',
    arguments: { min: 0, max: Number.POSITIVE_INFINITY, names: '[PATH…]' },
    options: [format('pretty', 'json'), ...execution.filter(o => o.name === 'threads' || o.name === 'memory')],
    examples: [
      ['cupel test', 'the tests of all programs in this folder'],
      ['cupel test churn.cupel --format json', 'one program, for another program to read'],
    ],
    load: () => rest('test'),
  },
  {
    name: 'fmt',
    summary: 'Put programs into the one layout',
    arguments: { min: 0, max: Number.POSITIVE_INFINITY, names: '[PATH…]' },
    options: [
      format('pretty', 'json'),
      { name: 'check', doc: 'Change nothing; exit 1 when a file would change' },
      { name: 'diff', doc: 'Change nothing; show what would change' },
    ],
    examples: [
      ['cupel fmt', 'all programs in this folder'],
      ['cupel fmt - < churn.cupel', 'from standard input to standard output'],
    ],
    load: () => rest('fmt'),
  },
  {
    name: 'infer',
    summary: 'Write the source declarations of data: types, ranges, levels, keys and likely roles',
    arguments: { min: 1, max: Number.POSITIVE_INFINITY, names: 'DATA…' },
    options: [format('pretty', 'json'), ...execution.filter(o => o.name === 'threads' || o.name === 'memory')],
    examples: [
      ['cupel infer data/orders.csv >> shop.cupel', 'the source of a file, at the end of a program'],
      ["cupel infer 'data/orders/**/*.parquet'", 'the source of many files'],
    ],
    load: () => rest('infer'),
  },
  {
    name: 'profile',
    summary: 'Show what data hold: types, missing values, distributions, what moves together',
    arguments: { min: 1, max: Number.POSITIVE_INFINITY, names: 'DATA…' },
    options: [format('pretty', 'json'), ...execution.filter(o => o.name === 'threads' || o.name === 'memory')],
    examples: [
      ['cupel profile data/orders.csv', 'one line a column'],
      ["cupel profile 'data/orders/*.parquet' --format json", 'every figure, for another program to read'],
    ],
    load: () => rest('profile'),
  },
  {
    name: 'explain',
    summary: 'Show the page of a rule, or of a finding in the data',
    arguments: { min: 1, max: 1, names: 'NAME' },
    options: [format('pretty', 'json')],
    examples: [
      ['cupel explain future-window', 'a rule, by its name or code'],
      ['cupel explain missing-file', 'what a run finds in the data'],
    ],
    load: () => import('./explain.ts'),
  },
  {
    name: 'new',
    summary: 'Start a project: a program with data that runs',
    arguments: { min: 0, max: 1, names: '[DIR]' },
    options: [format('pretty', 'json')],
    examples: [
      ['cupel new', 'in this folder'],
      ['cupel new shop', 'in the new folder `shop`'],
    ],
    load: () => import('./new.ts'),
  },
  {
    name: 'doctor',
    summary: 'Show what is installed and which backend is used',
    arguments: { min: 0, max: 0, names: '' },
    options: [format('pretty', 'json'), ...execution.filter(o => o.name === 'backend' || o.name === 'store')],
    examples: [
      ['cupel doctor', 'everything Cupel stands on'],
      ['cupel doctor --backend tfjs-node', 'why a backend is or is not used'],
    ],
    load: () => rest('doctor'),
  },
  {
    name: 'lsp',
    summary: 'Serve an editor: the language server protocol',
    arguments: { min: 0, max: 0, names: '' },
    options: [
      { name: 'format', value: 'json', choices: ['json'], doc: 'The protocol is JSON and has no other form' },
      { name: 'stdio', doc: 'Over standard input and output, which is also the default' },
      { name: 'clientProcessId', value: 'PID', doc: 'The process of the editor, as some clients pass it' },
    ],
    examples: [
      ['cupel lsp --stdio', 'what an editor starts'],
      ['cupel lsp', 'the same'],
    ],
    load: () => rest('lsp'),
  },
];
