/** The reference holds what docs/semantics.md decides: each case is one line of it, with the answer worked out by hand. */
import { describe, expect, it } from 'vitest';
import { aggregates as aggregateEntries } from '../../language/catalogue/aggregates.ts';
import { functions } from '../../language/catalogue/functions.ts';
import { operators } from '../../language/catalogue/operators.ts';
import type { PlanDraft } from '../../language/plan/fingerprint.ts';
import type { FrameNode, PlanExpr, PlanType, SplitNode } from '../../language/plan/plan.ts';
import { type AggregateForm, aggregate } from './aggregates.ts';
import {
  call,
  column,
  columns,
  cutoff,
  days,
  featuresNode,
  fittedStep,
  float,
  frameNode,
  instant,
  int,
  known,
  label,
  lasting,
  literal,
  masked,
  months,
  overAll,
  planOf,
  relationNode,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
  text,
  window,
  windowOf,
} from './build.ts';
import { canonicalText, uniform } from './canonical.ts';
import { functionKeys } from './functions.ts';
import { interpret } from './interpret.ts';
import { roundAway } from './numbers.ts';
import type { Row, Value } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, rowScope } from './values.ts';

const value = (expr: PlanExpr, row: Row = {}): Value => evaluate(expr, rowScope(row));
const bool = (b: boolean | null): PlanExpr => literal(b, 'bool');
const nothing = (type: PlanType): PlanExpr => literal(null, type);

describe('values', () => {
  it('has every function and operator of the catalogue', () => {
    const keys = [...functions, ...operators].map(entry => entry.key);
    expect(keys.filter(key => !functionKeys.includes(key))).toEqual([]);
  });

  it('has three-valued and, or and not', () => {
    expect(value(call('and', 'bool', bool(null), bool(false)))).toBe(false);
    expect(value(call('and', 'bool', bool(null), bool(true)))).toBe(null);
    expect(value(call('or', 'bool', bool(null), bool(true)))).toBe(true);
    expect(value(call('not', 'bool', bool(null)))).toBe(null);
    expect(value(call('eq', 'bool', nothing('int'), nothing('int')))).toBe(null);
    expect(value(call('is_null', 'bool', nothing('int')))).toBe(true);
    expect(value(call('in', 'bool', int(1), int(2), nothing('int')))).toBe(null);
    expect(value(call('between', 'bool', int(9), int(1), nothing('int')))).toBe(true);
  });

  it('floors div and %, and gives null outside a domain', () => {
    expect(value(call('intdiv', 'int', int(-7), int(2)))).toBe(-4n);
    expect(value(call('mod', 'int', int(-7), int(2)))).toBe(1n);
    expect(value(call('mod', 'int', int(7), int(-2)))).toBe(-1n);
    expect(value(call('mod', 'float', float(-7.5), float(2)))).toBe(0.5);
    for (const expr of [
      call('div', 'float', int(1), int(0)),
      call('ln', 'float', int(0)),
      call('sqrt', 'float', int(-1)),
      call('exp', 'float', int(999)),
    ]) {
      expect(value(expr)).toBe(null);
    }
    expect(() => value(call('mul', 'int', literal(2 ** 53, 'int'), int(2048)))).toThrow('64 bits');
  });

  it('rounds halves away from zero, also those that cannot be written exactly', () => {
    expect([0.5, -0.5, 1.5, 2.5, 0.49999999999999994].map(roundAway)).toEqual([1, -1, 2, 3, 0]);
  });

  it('keeps decimals exact', () => {
    const money: PlanType = { decimal: [10, 2] };
    const sum = call('add', { decimal: [11, 2] }, literal(0.1, money), literal(0.2, money));
    expect(canonicalText(value(sum), { decimal: [11, 2] })).toBe('0.30');
    expect(value(call('eq', 'bool', sum, literal(0.3, money)))).toBe(true);
  });

  it('compares text by code point', () => {
    expect(value(call('lt', 'bool', text('Z'), text('a')))).toBe(true);
    expect(value(call('lt', 'bool', text('\uFFFD'), text('😀')))).toBe(true);
  });

  it('clamps calendar months to the end of the month', () => {
    expect(addDuration(instant('2024-01-31T10:00Z'), months(1))).toBe(instant('2024-02-29T10:00Z'));
    expect(addDuration(instant('2024-03-31T00:00Z'), months(-1))).toBe(instant('2024-02-29T00:00Z'));
    expect(value(call('day_end', 'timestamp', literal(instant('2024-03-10T00:00Z'), 'date'), text('America/New_York')))).toBe(
      instant('2024-03-11T04:00Z') - 1,
    );
  });
});

describe('aggregates', () => {
  const over = (name: string, type: PlanType, values: readonly Value[], parameters: Record<string, number> = {}): Value => {
    const form: AggregateForm = { aggregate: name, value: column('x', type), parameters, type: 'float', scale: 40 };
    const entries = values.map((v, i) => ({ value: v, event: i * days(1).micros, order: [{ value: i, type: 'timestamp' as const }] }));
    return aggregate(form, entries);
  };

  it('are over nothing what the catalogue says', () => {
    const empty = { zero: 0n, false: false, true: true, null: null } as const;
    for (const entry of aggregateEntries) expect([entry.name, over(entry.name, 'int', [null, null])]).toEqual([entry.name, empty[entry.empty]]);
  });

  it('skip nulls', () => {
    expect(over('count', 'int', [1n, null, 3n])).toBe(2n);
    expect(over('rate', 'bool', [true, null, false, true])).toBe(2 / 3);
    expect(over('avg', 'int', [1n, null, 2n])).toBe(1.5);
    expect(over('last', 'text', ['a', 'b', null])).toBe('b');
  });

  it('divide by n - 1, interpolate, take the smallest of equals, and count in nats and days', () => {
    expect(over('std', 'float', [1, 2, 3, 4])).toBeCloseTo(1.2909944487358056, 14);
    expect(over('std', 'float', [1])).toBe(null);
    expect(over('quantile', 'float', [1, 2, 3, 10], { q: 0.9 })).toBeCloseTo(7.9, 14);
    expect(over('median', 'float', [4, 1, 3, 2])).toBe(2.5);
    expect(over('mode', 'text', ['b', 'a', 'b', 'a', 'c'])).toBe('a');
    expect(over('entropy', 'text', ['a', 'b'])).toBeCloseTo(Math.LN2, 14);
    expect(over('slope', 'float', [1, 3, 5.5])).toBeCloseTo(2.25, 12);
    expect(over('slope', 'float', [1])).toBe(null);
  });

  it('sum in fixed point, so that no order changes the last digit', () => {
    const numbers = [0.1, 1e7, -1e7, 0.2, 0.3];
    expect(over('sum', 'float', numbers)).toBe(over('sum', 'float', numbers.toReversed()));
    expect(over('sum', 'float', numbers)).toBeCloseTo(0.6, 11);
  });
});

const people = scanNode({
  name: 'people',
  columns: [
    scanColumn('id', 'text'),
    scanColumn('since', 'timestamp'),
    scanColumn('team', 'text'),
    scanColumn('won', 'bool'),
    scanColumn('kind', 'text'),
  ],
  hidden: [
    { name: '#event', value: known('since') },
    { name: '#known', value: known('since') },
  ],
  key: 'id',
});
const deeds = scanNode({
  name: 'deeds',
  columns: [scanColumn('who', 'text'), scanColumn('at', 'timestamp'), scanColumn('seen', 'timestamp'), scanColumn('x', 'int')],
  hidden: [
    { name: '#event', value: known('at') },
    { name: '#known', value: known('at') },
    { name: 'x#known', value: known('seen') },
  ],
});

const run = (files: Readonly<Record<string, string>>, ...drafts: readonly PlanDraft[]) => interpret(planOf(...drafts), path => files[path] ?? '');
const rowsOf = (outcomes: ReturnType<typeof interpret>, id: string): readonly Row[] => outcomes.get(id)?.table.rows ?? [];

describe('observations', () => {
  const files = {
    'people.csv': 'id,since,team,won,kind\na,2024-01-10T00:00Z,red,true,k\n',
    'deeds.csv': [
      'who,at,seen,x',
      'a,2024-01-05T00:00Z,2024-01-05T00:00Z,1',
      'a,2024-01-10T00:00Z,2024-01-10T00:00Z,2',
      'a,2024-01-07T00:00Z,2024-01-10T00:00Z,4',
      ',2024-01-07T00:00Z,2024-01-07T00:00Z,8',
    ].join('\n'),
  };
  const link = { row: 'who', entity: column('id', 'text') };
  const sums = (from: ReturnType<typeof days> | null, to = days(0)) =>
    windowOf({
      relation: 'scan deeds',
      link,
      from,
      to,
      aggregates: [
        { id: 'n', aggregate: 'count', value: null, where: null, parameters: {}, type: 'int', scale: 0 },
        { id: 's', aggregate: 'sum', value: masked(column('x', 'int'), known('x#known')), where: null, parameters: {}, type: 'int', scale: 0 },
      ],
    });
  const at = (cutoffs: FrameNode['cutoffs'], windowed = sums(null)) =>
    run(
      files,
      people,
      deeds,
      frameNode({
        name: 't',
        relation: 'scan people',
        cutoffs,
        known: '#known',
        key: 'id',
        label: label({ value: column('won', 'bool'), horizon: days(3) }),
        until: instant('2024-01-20T00:00Z'),
      }),
      splitNode({ name: 't', frame: 'frame t', method: { kind: 'random', test: 0.2, validate: 0, seed: 1, stratify: null } }),
      featuresNode({
        name: 'f',
        split: 'split t',
        frame: 'frame t',
        windows: [windowed],
        steps: [rowStep('n', window('n', 'int')), rowStep('s', window('s', 'int'))],
        features: [],
      }),
    );
  const grid = (...instants: string[]): FrameNode['cutoffs'] => ({ kind: 'grid', instants: instants.map(instant) });

  it('exist from the moment at which their row is known, and see what was known strictly before', () => {
    const outcomes = at(grid('2024-01-09T00:00Z', '2024-01-10T00:00Z', '2024-01-11T00:00Z'));
    expect(rowsOf(outcomes, 'features f').map(row => [row['n'], row['s']])).toEqual([
      [2n, 1n],
      [3n, 7n],
    ]);
  });

  it('see windows that include their first and leave out their last instant', () => {
    expect(rowsOf(at(grid('2024-01-12T00:00Z'), sums(days(-7), days(-2))), 'features f')[0]?.['n']).toBe(2n);
    expect(rowsOf(at(grid('2024-01-12T00:00Z'), sums(days(-5), days(-2))), 'features f')[0]?.['n']).toBe(1n);
  });

  it('are left out of every partition where the label is not ripe by the end', () => {
    const outcomes = at(grid('2024-01-17T00:00Z', '2024-01-17T00:00:01Z'));
    expect(rowsOf(outcomes, 'frame t').map(row => row['#state'])).toEqual(['ready', 'unripe']);
    expect(rowsOf(outcomes, 'split t').length).toBe(1);
  });
});

describe('partitions', () => {
  const cities = ['red', 'blue', ''];
  const files = {
    'people.csv': [
      'id,since,team,won,kind',
      ...Array.from(
        { length: 40 },
        (_, i) => `p${i},2024-01-${String(1 + (i % 20)).padStart(2, '0')}T00:00Z,${cities[i % 3]},${i % 4 ? 'true' : i % 8 ? 'false' : ''},k`,
      ),
    ].join('\n'),
  };
  const split = (method: SplitNode['method']) =>
    rowsOf(
      run(
        files,
        people,
        frameNode({
          name: 't',
          relation: 'scan people',
          cutoffs: { kind: 'column', value: known('since') },
          known: '#known',
          key: 'id',
          label: label({ value: column('won', 'bool') }),
        }),
        splitNode({ name: 't', frame: 'frame t', method }),
      ),
      'split t',
    );

  it('draw the first 52 bits of the MD5 of seed, key and cutoff', () => {
    expect(uniform('42|p1|')).toBe(0.3742784309155336);
    expect(uniform('42|p1|1704067200000000')).toBe(0.3509581720111017);
    for (const row of split({ kind: 'random', test: 0.3, validate: 0.2, seed: 42, stratify: null })) {
      const u = uniform(`42|${row['id']}|${row['#cutoff']}`);
      expect(row['#partition']).toBe(u < 0.3 ? 'test' : u < 0.5 ? 'validate' : 'train');
    }
  });

  it('keep groups whole, rows without a group among them', () => {
    const rows = split({ kind: 'group', group: column('team', 'text'), test: 0.3, validate: 0.3, seed: 2 });
    for (const team of ['red', 'blue', null]) expect(new Set(rows.filter(r => r['team'] === team).map(r => r['#partition'])).size).toBe(1);
  });

  it('take quotas within strata of the candidates', () => {
    const rows = split({ kind: 'random', test: 0.25, validate: 0, seed: 3, stratify: column('won', 'bool') });
    expect(rows.filter(row => row['won'] === true && row['#partition'] === 'test').length).toBe(30 / 4 - 0.5);
  });

  it('are half-open in time, leave a gap, and keep groups seen earlier out of later ones', () => {
    const middle = instant('2024-01-10T00:00Z');
    const rows = split({ kind: 'time', train: [null, middle], validate: null, test: [middle, null], gap: days(2), group: null });
    const of = (day: number) => rows.find(row => row['#cutoff'] === instant(`2024-01-${String(day).padStart(2, '0')}T00:00Z`))?.['#partition'];
    expect([of(7), of(8), of(9), of(10)]).toEqual(['train', 'train', 'none', 'test']);
    const apart = split({ kind: 'time', train: [null, middle], validate: null, test: [middle, null], gap: days(0), group: column('team', 'text') });
    expect(new Set(apart.filter(row => Number(row['#cutoff']) >= middle).map(row => row['#partition']))).toEqual(new Set(['none']));
  });
});

describe('fits', () => {
  /** All rows train: the test share is 0. */
  const fitted = (rows: readonly string[], ...steps: Parameters<typeof featuresNode>[0]['steps']) =>
    rowsOf(
      run(
        { 'people.csv': ['id,since,team,won,kind', ...rows].join('\n') },
        people,
        frameNode({ name: 't', relation: 'scan people', key: 'id', label: label({ value: call('to_float', 'float', column('team', 'text')) }) }),
        splitNode({ name: 't', frame: 'frame t', method: { kind: 'random', test: 0, validate: 0, seed: 1, stratify: null } }),
        featuresNode({ name: 'f', split: 'split t', frame: 'frame t', steps: [rowStep('kind', column('kind', 'text')), ...steps], features: [] }),
      ),
      'features f',
    );

  it('encode by the mean label as scikit-learn does', () => {
    // scikit-learn 1.9.1: TargetEncoder(smooth="auto", target_type="continuous").fit(levels, labels).encodings_
    const levels = ['a', 'a', 'a', 'b', 'b', 'c', 'c', 'c', 'c', 'd'];
    const labels = [2.5, -1, 4, 0, 0.5, 7, 8, 1.25, 3, 9];
    const wanted: Record<string, number> = { a: 2.0190439882806226, b: 0.25893309324179836, c: 4.606360976063853, d: 9 };
    const train = levels.map((level, i) => `p${i},2024-01-01T00:00Z,${labels[i]},true,${level}`);
    // Rows outside train are encoded by all of train: here, those at later cutoffs.
    const rows = rowsOf(
      run(
        {
          'people.csv': [
            'id,since,team,won,kind',
            ...train,
            'q1,2024-02-01T00:00Z,5,true,c',
            'q2,2024-02-01T00:00Z,5,true,?',
            'q3,2024-02-01T00:00Z,5,true,a',
          ].join('\n'),
        },
        people,
        frameNode({
          name: 't',
          relation: 'scan people',
          cutoffs: { kind: 'column', value: known('since') },
          key: 'id',
          label: label({ value: call('to_float', 'float', column('team', 'text')) }),
        }),
        splitNode({
          name: 't',
          frame: 'frame t',
          method: {
            kind: 'time',
            train: [null, instant('2024-01-15T00:00Z')],
            validate: null,
            test: [instant('2024-01-15T00:00Z'), null],
            gap: days(0),
            group: null,
          },
        }),
        featuresNode({
          name: 'f',
          split: 'split t',
          frame: 'frame t',
          steps: [rowStep('kind', column('kind', 'text')), fittedStep('code', 'target_encode', 'kind', 'text', { folds: 3 })],
          features: [],
        }),
      ),
      'features f',
    );
    const later = rows.slice(10).map(row => row['code']);
    [wanted['c'], 3.425, wanted['a']].forEach((number, i) => {
      expect(later[i]).toBeCloseTo(number ?? Number.NaN, 12);
    });
    // The first block has nothing to learn from, and without a prior it is left out.
    expect(rows[0]).toMatchObject({ code: null, '#fit': false });
  });

  it('never show a training row its own label', () => {
    const rows = ['p1,2024-01-01T00:00Z,1,true,a', 'p2,2024-01-01T00:00Z,0,true,b', 'p3,2024-01-01T00:00Z,0,true,c', 'p4,2024-01-01T00:00Z,1,true,d'];
    const encode = fittedStep('code', 'target_encode', 'kind', 'text', { folds: 2 });
    const before = fitted(rows, encode);
    const after = fitted(
      rows.map(row => row.replace('p1,2024-01-01T00:00Z,1', 'p1,2024-01-01T00:00Z,0')),
      encode,
    );
    expect(after[0]?.['code']).toBe(before[0]?.['code']);
    expect(after.map(row => row['code'])).not.toEqual(before.map(row => row['code']));
  });

  it('make levels and fill gaps from train', () => {
    const rows = ['p1,2024-01-01T00:00Z,1,true,b', 'p2,2024-01-01T00:00Z,2,true,a', 'p3,2024-01-01T00:00Z,6,true,', 'p4,2024-01-01T00:00Z,7,true,b'];
    const number = rowStep(
      'x',
      call('if', 'float', call('is_null', 'bool', column('kind', 'text')), nothing('float'), call('to_float', 'float', column('team', 'text'))),
    );
    const found = fitted(
      rows,
      number,
      fittedStep('hot', 'one_hot', 'kind', 'text'),
      fittedStep('place', 'ordinal', 'kind', 'text'),
      fittedStep('usual', 'impute', 'kind', 'text', { method: 'mode' }),
      fittedStep('mean', 'impute', 'x', 'float', { method: 'mean' }),
      fittedStep('scaled', 'standardize', 'x', 'float'),
    );
    expect(found.map(row => [row['hot=a'], row['hot=b'], row['place'], row['usual']])).toEqual([
      [0, 1, 1, 'b'],
      [1, 0, 0, 'a'],
      [0, 0, null, 'b'],
      [0, 1, 1, 'b'],
    ]);
    expect(found[2]?.['mean']).toBeCloseTo(10 / 3, 14);
    const spread = Math.sqrt((49 + 4 + 1) / 3 - (10 / 3) ** 2);
    expect(found[0]?.['scaled']).toBeCloseTo((1 - 10 / 3) / spread, 12);
    expect(found[2]?.['scaled']).toBe(null);
  });
});

describe('relations', () => {
  it('join as of a time by event, then known, then key', () => {
    const at = { at: known('since'), event: '#event', known: '#known', tie: ['x'] };
    const take = [{ column: 'x', as: 'x', type: 'int' as const }];
    const step = { op: 'join', join: 'left', right: 'scan deeds', on: [{ left: 'id', right: 'who' }], take, asOf: at } as const;
    const files = {
      'people.csv': 'id,since,team,won,kind\na,2024-01-10T00:00Z,,,\nb,2024-01-01T00:00Z,,,\n',
      'deeds.csv': 'who,at,seen,x\na,2024-01-09T00:00Z,,3\na,2024-01-09T00:00Z,,5\na,2024-01-10T00:00Z,,9\nb,2024-01-01T00:00Z,,1\n',
    };
    const outcomes = run(
      files,
      people,
      deeds,
      relationNode({ name: 'r', base: 'scan people', steps: [step], columns: columns({ id: 'text', x: 'int' }) }),
    );
    expect(rowsOf(outcomes, 'relation r').map(row => row['x'])).toEqual([5n, null]);
  });

  it('group with a null as a group of its own', () => {
    const aggregates = [
      { name: 'n', value: overAll('count', 'int', null) },
      { name: 'big', value: overAll('sum', 'int', column('x', 'int'), call('gt', 'bool', column('x', 'int'), int(1))) },
    ];
    const group = relationNode({
      name: 'g',
      base: 'scan deeds',
      steps: [{ op: 'group', by: ['who'], aggregates, tie: [] }],
      columns: columns({ who: 'text', n: 'int', big: 'int' }),
    });
    const files = { 'deeds.csv': 'who,at,seen,x\na,2024-01-01T00:00Z,,1\n,2024-01-01T00:00Z,,4\na,2024-01-02T00:00Z,,2\n,2024-01-03T00:00Z,,3\n' };
    expect(rowsOf(run(files, deeds, group), 'relation g')).toEqual([
      { who: 'a', n: 2n, big: 2n },
      { who: null, n: 2n, big: 7n },
    ]);
  });
});

describe('cutoffs', () => {
  it('are part of expressions', () => {
    const scope = rowScope({ since: instant('2024-01-01T00:00Z') }, {}, instant('2024-01-31T12:00Z'));
    expect(evaluate(call('days', 'float', known('since'), cutoff), scope)).toBe(30.5);
    expect(evaluate(call('lt', 'bool', known('since'), call('sub', 'timestamp', cutoff, lasting(days(31)))), scope)).toBe(false);
  });
});
