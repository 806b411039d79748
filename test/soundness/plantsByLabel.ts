/** Leaks where nothing has a cutoff: of a label by which rows meet, which goes into a feature without being read as a cell, and of rows of test. */
import type { Draw } from '../reference/draw.ts';
import { column, type Plant } from './plants.ts';
import { type Declaration, declaration, mainFile, type SoundProgram } from './program.ts';
import type { SourceSpec } from './schema.ts';

const row = { kind: 'row' } as const;

const dim: SourceSpec = { name: 'dim', key: 'id', event: null, known: null, untilDay: null, columns: [column('id', 'key'), column('tier', 'int')] };

const ps: SourceSpec = {
  name: 'ps',
  key: 'id',
  event: null,
  known: null,
  untilDay: null,
  columns: [column('id', 'key'), column('prod', 'ref', row, { table: 'dim' }), column('a', 'int'), column('y', 'int')],
};

const notes: SourceSpec = {
  name: 'notes',
  key: 'id',
  event: 't',
  known: { days: 0 },
  untilDay: 175,
  columns: [
    column('id', 'key'),
    column('of', 'ref', row, { table: 'ps' }),
    column('t', 'timestamp'),
    column('x', 'int'),
    column('y', 'int'),
    column('q', 'int'),
  ],
};

const program = (
  steps: readonly string[],
  feature: (table: string) => string,
  draw: Draw,
  depth: number,
  more: readonly Declaration[] = [],
): SoundProgram => {
  const layers = Array.from({ length: depth }, (_, i) => {
    const step = draw.pick(['where x >= 0', 'sample 100% seed 1', `derive l${i} = x + ${i}`]);
    return declaration(`Layer${i}`, `table Layer${i} = ${i === 0 ? 'Start' : `Layer${i - 1}`}`, 'pipe', [step]);
  });
  return {
    sources: [dim, ps, notes],
    sourceFile: mainFile,
    declarations: [
      declaration('Start', 'table Start = notes', 'pipe', steps),
      ...more,
      ...layers,
      declaration('task', 'task aim', 'block', ['each  one in ps', 'label y']),
      declaration('split', 'split aim by group', 'block', ['group: prod', 'test: 30%', 'validate: 20%', 'seed: 3']),
      declaration('known', 'features known for aim', 'block', [`f = ${feature(`Layer${depth - 1}`)}`]),
      declaration('usual', 'model usual = baseline(known)', 'plain', []),
      declaration('evaluation', 'evaluate usual on test', 'block', ['rmse']),
    ],
  };
};

const plant = (
  name: string,
  steps: readonly string[],
  feature: (table: string) => string,
  rule = 'target-encode-in-sample',
  more: readonly Declaration[] = [],
): Plant => ({
  name,
  rules: [rule],
  isInfluence: true,
  make: (draw, depth) => program(steps, feature, draw, depth, more),
});

const chosen = 'derive w = if of.y > 4 then of else null';
const told = ['derive w = of.y'];
/** The label brings rows without a key into an order, each of its values another. */
const alike = ['derive w = if q > 4 then of.y else 9 - of.y', 'derive d = 2024-03-01', 'select w, of, x, d', 'time d known d'];

/** Rows of other folds hold the label in their encodings. */
const twice = (table: string): string => `(max(x of ${table} via of) ?? 0) |> quantile_bin(5) |> target_encode |> quantile_bin(3) |> target_encode`;

export const plantsByLabel: readonly Plant[] = [
  plant('rows linked by the label', ['derive z = x'], table => `count(${table} via y)`),
  plant('rows linked by the label of theirs', ['derive a = of.y'], table => `count(${table} via a)`),
  plant('rows linked by a ref that the label chooses', [chosen], table => `count(${table} via w)`),
  plant('rows numbered within a ref that the label chooses', [chosen, 'sort by w, t', 'derive r = rank()'], table => `max(r of ${table} via of)`),
  plant('rows numbered within the label', [...told, 'sort by w, t', 'derive r = rank()'], table => `max(r of ${table} via of)`),
  plant('the first row of each label', [...told, 'dedupe by w keep earliest'], table => `count(${table} via of)`),
  plant('rows of test choose', ['dedupe by q keep earliest'], table => `count(${table} via of)`, 'latest-version-kept'),
  plant('a join with rows of test', ['rename id as n, y as z', 'join ps on x == a'], table => `count(${table} via of)`, 'peer-rows-across-split'),
  plant('a window over rows of test', ['derive a = x'], table => `sum(q of ${table} via a)`, 'peer-rows-across-split'),
  plant(
    'rows kept by what others hold',
    ['sort by q, t', 'derive l = lag(x, 1)', 'where l > 4'],
    table => `count(${table} via of)`,
    'latest-version-kept',
  ),
  plant('rows kept by partners among those of test', ['where x >= 0'], table => `count(${table} via of)`, 'peer-rows-across-split', [
    declaration('Firsts', 'table Firsts = notes', 'pipe', ['group by q { first = min(t) }', 'where first > 2024-01-20']),
    declaration('partners', 'check Start', 'block', ['refers(q, Firsts)  quarantine']),
  ]),
  plant('rows drawn by the label', [...told, 'drop id', 'sample 50% seed 1'], table => `count(${table} via of)`),
  plant('labels encoded again', ['derive z = x'], twice),
  plant('rows of one moment told apart by the label', alike, table => `last(x of ${table} via of)`),
];
