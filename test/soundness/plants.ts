/**
 * One leak for each transfer function, each as a small program that is clean without it. Between the leak and the feature that reads it lie
 * up to five harmless steps: further tables, new names, computations, definitions.
 */
import type { Draw } from '../reference/draw.ts';
import { type Declaration, declaration, mainFile, type SoundProgram } from './program.ts';
import type { ColumnSpec, SourceSpec } from './schema.ts';

export interface Plant {
  readonly name: string;
  /** Rules of which at least one has to speak. */
  readonly rules: readonly string[];
  /** Not every leak is an influence of one cell: what is asked of the text alone, or of pairs of rows. */
  readonly isInfluence: boolean;
  readonly make: (draw: Draw, depth: number) => SoundProgram;
}

// ---------------------------------------------------------------- the shop

const row = { kind: 'row' } as const;
export const column = (
  name: string,
  type: ColumnSpec['type'],
  availability: ColumnSpec['availability'] = row,
  more: Partial<ColumnSpec> = {},
): ColumnSpec => ({
  name,
  type,
  nullable: false,
  availability,
  ...more,
});

const key = column('id', 'key');

const ent: SourceSpec = {
  name: 'ent',
  key: 'id',
  event: 't0',
  known: { days: 0 },
  untilDay: null,
  columns: [
    key,
    column('t0', 'timestamp'),
    column('a', 'int'),
    column('g', 'text'),
    column('cur', 'int', { kind: 'current' }),
    column('b', 'int', { kind: 'lag', days: 60 }),
  ],
};

const ev: SourceSpec = {
  name: 'ev',
  key: 'id',
  event: 't',
  known: { days: 1 },
  untilDay: 175,
  columns: [
    key,
    column('cust', 'ref', row, { table: 'ent' }),
    column('giver', 'ref', row, { table: 'ent' }),
    column('t', 'timestamp'),
    column('x', 'int'),
    column('s', 'category'),
    column('late', 'int', { kind: 'lag', days: 20 }),
    column('rt', 'timestamp', { kind: 'self' }),
    column('r', 'int', { kind: 'column', column: 'rt' }),
    column('lcust', 'ref', { kind: 'lag', days: 20 }, { table: 'ent' }),
    column('cur', 'int', { kind: 'current' }),
    column('aft', 'int', { kind: 'after' }),
  ],
};

const chg: SourceSpec = {
  name: 'chg',
  key: null,
  event: 'u',
  known: { days: 0 },
  untilDay: null,
  columns: [
    column('cust', 'ref', row, { table: 'ent' }),
    column('u', 'timestamp'),
    column('fee', 'int'),
    column('slow', 'int', { kind: 'lag', days: 20 }),
  ],
};

export const table = (name: string, base: string, ...steps: readonly string[]): Declaration =>
  declaration(name, `table ${name} = ${base}`, 'pipe', steps);

interface Parts {
  readonly more?: readonly SourceSpec[];
  readonly tables?: readonly Declaration[];
  readonly each?: string;
  readonly at?: string;
  readonly label?: string;
  readonly delay?: string;
  readonly split?: Declaration;
  readonly features: readonly string[];
  readonly extra?: readonly Declaration[];
}

const byTime = (gap: number): Declaration =>
  declaration('split', 'split aim by time', 'block', [
    'train: ..2024-03-01',
    'validate: 2024-03-02..2024-03-31',
    'test: 2024-04-01..',
    `gap: ${gap}d`,
  ]);

const models: readonly Declaration[] = [
  declaration('usual', 'model usual = baseline(known)', 'plain', []),
  declaration('trees', 'model trees = gradient_boosting(known)', 'block', ['trees: 5']),
  declaration('evaluation', 'evaluate trees on test', 'block', ['rmse']),
];

export function shop({
  more = [],
  tables = [],
  each = 'one in ent',
  at = 'every 10d from 2024-01-11 to 2024-05-10',
  label = 'goal = sum(x of ev via cust next 10d) ?? 0',
  delay,
  split,
  features,
  extra = models,
}: Parts): SoundProgram {
  return {
    sources: [ent, ev, chg, ...more],
    sourceFile: mainFile,
    declarations: [
      ...tables,
      declaration('task', 'task aim', 'block', [`each  ${each}`, `at    ${at}`, `label ${label}`, ...(delay ? [`delay: ${delay}`] : [])]),
      split ?? byTime(11 + Number(/\d+/.exec(delay ?? '')?.[0] ?? 0)),
      declaration('known', 'features known for aim', 'block', features),
      ...extra,
    ],
  };
}

// ---------------------------------------------------------------- harmless steps

/** Tables behind `base` that only carry `leak` on, by whatever name. */
function carriedOn(
  draw: Draw,
  base: string,
  leak: string | null,
  depth: number,
): { readonly tables: readonly Declaration[]; readonly table: string; readonly column: string | null } {
  const tables: Declaration[] = [];
  let current = base;
  let name = leak;
  for (let i = 0; i < depth; i++) {
    const next = `Step${i}`;
    const fresh = `v${i}`;
    const kind = draw.int(0, name === null ? 2 : 5);
    const steps =
      [
        ['where x >= 0'],
        [`derive w${i} = x + ${i}`],
        ['sample 100% seed 1', 'where x < 1000000'],
        [`derive ${fresh} = ${name} + ${i}`],
        [`rename ${name} as ${fresh}`],
        [`derive ${fresh} = if x >= 0 then ${name} else 0`],
      ][kind] ?? [];
    tables.push(table(next, current, ...steps));
    if (kind > 2) name = fresh;
    current = next;
  }
  return { tables, table: current, column: name };
}

/** Features that carry a value on: by another feature, or by a definition. */
function lifted(draw: Draw, value: string, depth: number): { readonly features: readonly string[]; readonly defs: readonly Declaration[] } {
  const defs: Declaration[] = [];
  const features = [`f0 = ${value}`];
  for (let i = 1; i < depth; i++) {
    const before = `f${i - 1}`;
    if (draw.chance(0.5)) features.push(`f${i} = (${before} ?? 0) * 2`);
    else {
      defs.push(declaration(`more${i}`, `def more${i}(z) = (z ?? 0) + ${i}`, 'plain', []));
      features.push(`f${i} = more${i}(${before})`);
    }
  }
  return { features, defs };
}

/** A leak in the rows, or in a column, of a table of events. */
const inEvents =
  (tables: readonly Declaration[], leak: string | null, options: Partial<Parts> = {}) =>
  (draw: Draw, depth: number): SoundProgram => {
    const carried = carriedOn(draw, tables.at(-1)?.name ?? 'ev', leak, depth);
    const rows = carried.column === null ? `count(${carried.table} via cust)` : `sum(${carried.column} of ${carried.table} via cust)`;
    return shop({ ...options, tables: [...tables, ...carried.tables], features: [`f = ${rows}`] });
  };

export const inFeature =
  (value: string, options: Partial<Parts> = {}) =>
  (draw: Draw, depth: number): SoundProgram => {
    const { features, defs } = lifted(draw, value, depth);
    return shop({ ...options, tables: [...(options.tables ?? []), ...defs], features });
  };

/** Tables behind that of the observations that change nothing that is read. */
const layersOver = (base: string, draw: Draw, depth: number): readonly Declaration[] =>
  Array.from({ length: depth }, (_, i) =>
    table(`Layer${i}`, i === 0 ? base : `Layer${i - 1}`, draw.pick(['where a >= 0', 'sample 100% seed 1', `derive l${i} = a + 1`])),
  );

/** A leak in the rows of the task's own table. */
const inUnits =
  (tables: readonly Declaration[], options: Partial<Parts> = {}) =>
  (draw: Draw, depth: number): SoundProgram => {
    const layers = layersOver(tables.at(-1)?.name ?? 'ent', draw, depth);
    return shop({ features: ['f = a'], ...options, tables: [...tables, ...layers], each: `one in Layer${depth - 1}` });
  };

/** A leak in what is asked of the observations, which are read from behind further tables. */
const inSettings =
  (parts: Parts) =>
  (draw: Draw, depth: number): SoundProgram => {
    const [, base = 'ent', condition = ''] = /^one in (\w+)(.*)$/.exec(parts.each ?? 'one in ent') ?? [];
    const tables = [...(parts.tables ?? []), ...layersOver(base, draw, depth)];
    return shop({ ...parts, tables, each: `one in Layer${depth - 1}${condition}` });
  };

export const influence = (name: string, rules: readonly string[], make: Plant['make']): Plant => ({ name, rules, isInfluence: true, make });
const asked = (name: string, rules: readonly string[], make: Plant['make']): Plant => ({ name, rules, isInfluence: false, make });

const plain = ['f = a'];

export const plants: readonly Plant[] = [
  // sources
  influence('@current in a window', ['current-state'], inEvents([table('T', 'ev')], 'cur')),
  influence('@current of the own row', ['current-state'], inFeature('cur')),
  influence('@after in a window', ['after-outcome'], inEvents([table('T', 'ev')], 'aft')),
  // steps
  influence('where on a late column', ['rows-known-late'], inEvents([table('T', 'ev', 'where late < 5')], null)),
  influence(
    'the row before among those that a late column keeps',
    ['rows-known-late'],
    inEvents([table('T', 'ev', 'where late < 5', 'sort by cust, t', 'derive leak = lag(x, 1)')], 'leak'),
  ),
  influence(
    'the place among rows that a late column keeps',
    ['rows-known-late'],
    inEvents([table('T', 'ev', 'where late < 5', 'sort by cust, t', 'derive leak = rank()')], 'leak'),
  ),
  influence('where on a column known by a column', ['rows-known-late'], inEvents([table('T', 'ev', 'where r < 5')], null)),
  influence('where on @current', ['current-state'], inEvents([table('T', 'ev', 'where cur < 5')], null)),
  influence('where on @after', ['after-outcome', 'outcome-conditioned-rows'], inEvents([table('T', 'ev', 'where aft < 5')], null)),
  influence('derive from @current', ['current-state'], inEvents([table('T', 'ev', 'derive leak = x + cur')], 'leak')),
  influence('time stated earlier', ['time-shifted'], inEvents([table('T', 'ev', 'derive early = t - 30d', 'time early known early')], null)),
  influence('known stated earlier', ['time-shifted'], inEvents([table('T', 'ev', 'derive soon = t + 1d', 'known late at soon')], 'late')),
  influence(
    'inner join on a late partner',
    ['rows-known-late'],
    inEvents([table('Side', 'ev', 'select id, late', 'where late < 5'), table('T', 'ev', 'drop late', 'inner join Side on id == id')], null),
  ),
  influence(
    'inner join on another entity',
    ['rows-known-late'],
    inEvents([table('Side', 'ent', 'select id, t0'), table('T', 'ev', 'inner join Side on giver == id', 'drop giver, lcust')], null),
  ),
  influence(
    'join as of over late rows',
    ['rows-known-late'],
    inEvents([table('Side', 'chg', 'where slow < 5'), table('T', 'ev', 'join Side on cust == cust as of t')], 'fee'),
  ),
  asked('join by key only', ['join-fanout', 'rows-known-late', 'not-point-in-time'], inEvents([table('T', 'ev', 'join chg on cust == cust')], 'fee')),
  influence('union with late rows', ['rows-known-late'], inEvents([table('Side', 'ev', 'where late < 5'), table('T', 'ev', 'union Side')], null)),
  influence(
    'group over all rows',
    ['all-rows-aggregate'],
    inEvents([table('Sums', 'ev', 'group by cust { m = sum(x) }'), table('T', 'ev', 'join Sums on cust == cust')], 'm'),
  ),
  influence('group by a late column', ['all-rows-aggregate', 'rows-known-late'], (draw, depth) => {
    const groups = table('T', 'ev', 'group by lcust { first = min(t) }', 'time first known first', 'derive x = 1');
    const carried = carriedOn(draw, 'T', null, depth);
    return shop({ tables: [groups, ...carried.tables], features: [`f = count(${carried.table} via lcust)`] });
  }),
  influence('dedupe keep latest', ['latest-version-kept'], inEvents([table('T', 'ev', 'dedupe by cust keep latest')], null)),
  influence(
    'dedupe by a late column',
    ['latest-version-kept', 'rows-known-late'],
    inEvents([table('T', 'ev', 'dedupe by lcust keep earliest')], null),
  ),
  asked('lead', ['latest-version-kept'], inEvents([table('T', 'ev', 'sort by cust, t', 'derive leak = lead(x, 1)')], 'leak')),
  influence('rank by a value', ['latest-version-kept'], inEvents([table('T', 'ev', 'sort by cust, x', 'derive leak = rank()')], 'leak')),
  influence(
    'lag by a late column',
    ['latest-version-kept', 'rows-known-late'],
    inEvents([table('T', 'ev', 'sort by lcust, t', 'derive leak = lag(x, 1)')], 'leak'),
  ),
  influence('sample of so many rows', ['latest-version-kept'], inEvents([table('T', 'ev', 'sample 12 seed 3')], null)),
  asked('history over a union of lags', ['latest-version-kept', 'rows-known-late', 'time-shifted'], (draw, depth) => {
    const slow = table('Slow', 'chg', 'derive k = u + 20d', 'time u known k', 'drop k');
    const both = table('T', 'chg', 'union Slow', 'history by cust at u', 'derive x = 1');
    const carried = carriedOn(draw, 'T', null, depth);
    return shop({ tables: [slow, both, ...carried.tables], features: [`f = distinct(valid_to of ${carried.table})`] });
  }),
  influence('quarantine by a late column', ['rows-known-late'], (draw, depth) => {
    const carried = carriedOn(draw, 'ev', null, depth);
    const check = declaration('check', 'check ev', 'block', ['late < 5  quarantine']);
    return shop({ tables: [check, ...carried.tables], features: [`f = count(${carried.table} via cust)`] });
  }),
  // observations
  influence('observations kept by a late column', ['rows-known-late'], inUnits([table('Units', 'ent', 'where b < 5')])),
  influence('observations kept by @current', ['current-state'], inUnits([table('Units', 'ent', 'where cur < 5')])),
  influence('the latest observation of a group', ['latest-version-kept'], inUnits([table('Units', 'ent', 'dedupe by g keep latest')])),
  influence('observations stated earlier', ['time-shifted'], inUnits([table('Units', 'ent', 'derive early = t0 - 30d', 'time early known early')])),
  influence('the task keeps by @current', ['current-state'], inSettings({ each: 'one in ent where cur < 5', features: plain })),
  // windows and labels
  asked('a window to the future', ['future-window'], inFeature('sum(x of ev via cust next 10d)')),
  influence('label over @current', ['current-state'], inSettings({ label: 'goal = sum(cur of ev via cust next 10d) ?? 0', features: plain })),
  influence(
    'label over all rows',
    ['all-rows-aggregate'],
    inSettings({
      tables: [table('Sums', 'ev', 'group by cust { m = sum(x) }'), table('T', 'ev', 'join Sums on cust == cust')],
      label: 'goal = sum(m of T via cust next 10d) ?? 0',
      delay: '1d',
      features: plain,
    }),
  ),
  influence(
    'label over the latest version',
    ['latest-version-kept'],
    inSettings({ tables: [table('T', 'ev', 'dedupe by cust keep latest')], label: 'goal = count(T via cust next 10d)', features: plain }),
  ),
  // splits
  influence('a gap shorter than the label', ['gap-shorter-than-horizon'], inSettings({ split: byTime(0), features: plain })),
  asked(
    'partitions by rows known late',
    ['rows-known-late'],
    inSettings({
      tables: [table('Side', 'chg', 'where slow < 5'), table('Units', 'ent', 'join Side on id == cust as of t0')],
      each: 'one in Units',
      features: plain,
      split: declaration('split', 'split aim by time', 'block', ['train: ..2024-03-01', 'test: 2024-04-01..', 'gap: 11d', 'group: fee']),
    }),
  ),
  influence(
    'partitions by what is not known',
    ['split-from-outcome', 'current-state'],
    inSettings({
      split: declaration('split', 'split aim by time', 'block', ['train: ..2024-03-01', 'test: 2024-04-01..', 'gap: 11d', 'group: cur']),
      features: plain,
    }),
  ),
  asked(
    'a split at random over time',
    ['random-split-over-time'],
    inSettings({ split: declaration('split', 'split aim at random', 'block', ['test: 30%', 'seed: 1']), features: plain }),
  ),
  // models
  influence(
    'best of, on test',
    ['choice-on-test'],
    inSettings({
      features: plain,
      extra: [
        ...models.slice(0, 2),
        declaration('champion', 'model champion = best of usual, trees by rmse on test', 'plain', []),
        declaration('evaluation', 'evaluate champion on test', 'block', ['rmse']),
      ],
    }),
  ),
  influence(
    'early stopping on test',
    ['choice-on-test'],
    inSettings({
      features: plain,
      extra: [declaration('trees', 'model trees = gradient_boosting(known)', 'block', ['trees: 5', 'early_stop: 2 on test']), ...models.slice(2)],
    }),
  ),
  asked(
    'evaluated on train',
    ['evaluate-on-train'],
    inSettings({ features: plain, extra: [...models.slice(0, 2), declaration('evaluation', 'evaluate trees on train', 'block', ['rmse'])] }),
  ),
  asked('one file under two names', ['same-data-twice'], (draw, depth) => {
    const carried = carriedOn(draw, 'again', 'late', depth);
    return shop({
      more: [{ ...ev, name: 'again', path: './ev.csv' }],
      tables: carried.tables,
      features: [`f = sum(${carried.column ?? 'late'} of ${carried.table} via cust last 20d)`],
    });
  }),
  asked('a hash of the key', ['key-as-feature'], inFeature('hash(id)')),
];

/** The same shop without a leak, through as many harmless steps. */
export const harmless = inEvents([table('T', 'ev', 'derive none = x + 1')], 'none');
