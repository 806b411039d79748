/** Trips that ships make between ports: observations with a cutoff of their own and no key, in any order of rows. */
import { createHash } from 'node:crypto';
import type { Plan, SplitNode } from '../language/plan/plan.ts';
import type { Files } from './engine.ts';
import {
  call,
  column,
  days,
  feature,
  featuresNode,
  fittedStep,
  float,
  frameNode,
  label,
  planOf,
  rowStep,
  scanColumn,
  scanNode,
  splitNode,
  text,
  window,
  windowOf,
} from './reference/build.ts';

export const ships = scanNode({
  name: 'ports',
  columns: [scanColumn('port', 'text', { nullable: false }), scanColumn('land', 'text'), scanColumn('built', 'timestamp', { nullable: false })],
  hidden: [{ name: '#known', value: column('built', 'timestamp') }],
  key: 'port',
});
export const lands = scanNode({
  name: 'lands',
  columns: [scanColumn('land', 'text', { nullable: false }), scanColumn('area', 'float')],
  key: 'land',
});
export const trips = scanNode({
  name: 'trips',
  columns: [
    scanColumn('leaves', 'timestamp', { nullable: false }),
    scanColumn('port', 'text'),
    scanColumn('Port', 'text'),
    scanColumn('crew', 'int'),
    scanColumn('late', 'bool'),
    scanColumn('load', 'float'),
  ],
  hidden: [
    { name: '#event', value: column('leaves', 'timestamp') },
    { name: '#known', value: column('leaves', 'timestamp') },
  ],
  identity: ['leaves', 'port', 'crew'],
});

export function data(order: 'as written' | 'reversed' | 'shuffled' = 'as written'): Files {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1) + ((i * 7919) % 200) * 43_200_000).toISOString();
    const port = i % 11 === 0 ? '' : 'abcd'[(i * 31) % 4];
    return `${at},${port},${'XYZ'[i % 3]},${i % 5 ? (i * 17) % 23 : ''},${i % 13 === 0 ? '' : (i * 29) % 7 < 2},${i % 6 ? ((i * 37) % 101) / 7 : ''}`;
  });
  if (order === 'reversed') rows.reverse();
  if (order === 'shuffled') rows.sort((a, b) => (createHash('md5').update(a).digest('hex') < createHash('md5').update(b).digest('hex') ? -1 : 1));
  return {
    'trips.csv': `leaves,port,Port,crew,late,load\n${rows.join('\n')}\n`,
    'ports.csv': 'port,land,built\na,n,2023-01-01\nb,s,2024-02-01\nc,,2023-01-01\n',
    'lands.csv': 'land,area\nn,1.5\n',
  };
}

const random: SplitNode['method'] = { kind: 'random', test: 0.25, validate: 0.15, seed: 9, stratify: null };

/** Observations with a cutoff of their own and no key, rows along two refs, a window by port. */
export function voyage(method: SplitNode['method'] = random): Plan {
  const paths = [
    { id: 'p1', relation: 'scan ports', from: null, ref: 'port', key: 'port', known: '#known' },
    { id: 'p2', relation: 'scan lands', from: 'p1', ref: 'land', key: 'land', known: null },
  ];
  return planOf(
    ships,
    lands,
    trips,
    frameNode({
      name: 'voyage',
      relation: 'scan trips',
      cutoffs: { kind: 'column', value: column('leaves', 'timestamp') },
      known: '#known',
      identity: ['leaves', 'port', 'crew'],
      paths: [paths[0] as (typeof paths)[number]],
      where: call('ne', 'bool', call('coalesce', 'text', column('land', 'text', 'p1'), text('?')), text('z')),
      label: label({ value: column('late', 'bool') }),
    }),
    splitNode({ name: 'voyage', frame: 'frame voyage', method }),
    featuresNode({
      name: 'known',
      split: 'split voyage',
      frame: 'frame voyage',
      paths,
      windows: [
        windowOf({
          relation: 'scan trips',
          link: { row: 'port', entity: column('port', 'text') },
          from: days(-20),
          aggregates: [{ id: 'w1', aggregate: 'avg', value: column('load', 'float'), where: null, parameters: {}, type: 'float', scale: 40 }],
        }),
      ],
      steps: [
        rowStep('crew', column('crew', 'int')),
        rowStep('Crew', call('mul', 'float', column('crew', 'int', 'set'), float(0.5))),
        rowStep('land', column('land', 'text', 'p1')),
        rowStep('area', column('area', 'float', 'p2')),
        rowStep('usual', window('w1', 'float')),
        rowStep('sail', column('Port', 'text')),
        fittedStep('crew:1', 'impute', 'crew', 'int', { method: 'mean' }),
        fittedStep('hot', 'one_hot', 'sail', 'text'),
        fittedStep('coded', 'target_encode', 'sail', 'text', { folds: 4 }),
      ],
      features: [
        { ...feature('crew', 'number'), column: 'crew:1' },
        feature('land', 'category'),
        feature('area', 'number'),
        feature('usual', 'number'),
        { ...feature('sail', 'number', { column: 'sail', kind: 'category' }), column: 'hot' },
        { ...feature('coded', 'number', { column: 'sail', kind: 'category' }) },
      ],
    }),
  );
}
