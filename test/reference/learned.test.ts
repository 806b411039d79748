/** What docs/semantics.md decides of what is learned from training rows, and of tables, worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { PlanExpr, PlanType } from '../../language/plan/plan.ts';
import {
  call,
  column,
  columns,
  days,
  featuresNode,
  fittedStep,
  frameNode,
  instant,
  int,
  known,
  label,
  literal,
  overAll,
  relationNode,
  rowStep,
  splitNode,
} from './build.ts';
import { deeds, people, rowsOf, run } from './people.ts';

const nothing = (type: PlanType): PlanExpr => literal(null, type);

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
