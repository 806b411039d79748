/** What docs/semantics.md decides of observations and partitions: each case is one line of it, with the answer worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { FrameNode, SplitNode } from '../../language/plan/plan.ts';
import { column, days, featuresNode, frameNode, instant, known, label, masked, rowStep, splitNode, window, windowOf } from './build.ts';
import { uniform } from './canonical.ts';
import { deeds, people, rowsOf, run } from './people.ts';

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

  it('exist on a grid when their row was known strictly before, and see what was', () => {
    const outcomes = at(grid('2024-01-09T00:00Z', '2024-01-10T00:00Z', '2024-01-11T00:00Z'));
    expect(rowsOf(outcomes, 'features f').map(row => [row['n'], row['s']])).toEqual([[3n, 7n]]);
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
