import { expect, it } from 'vitest';
import type { SplitNode } from '../../language/plan/plan.ts';
import { type Matrix, partitionNames } from '../learn/matrix.ts';
import { wishesOf } from './wishes.ts';

const zero = { months: 0, micros: 0 };
const split = {
  id: 'split s',
  kind: 'split',
  name: 's',
  method: { kind: 'time', train: [null, null], validate: null, test: [null, null], gap: zero, horizon: zero, delay: zero, group: null },
} as unknown as SplitNode;

/** A cutoff a minute, from the latest on: first of test, then of train. */
function observed(rows: number): { readonly matrix: Matrix } {
  const codes = (['test', 'train'] as const).map(name => partitionNames.indexOf(name));
  const matrix = {
    rows,
    cutoff: BigInt64Array.from({ length: rows }, (_, row) => BigInt((rows - row) * 60_000_000)),
    partition: Uint8Array.from({ length: rows }, (_, row) => codes[Number(row >= rows / 2)] ?? 0),
  };
  return { matrix: matrix as unknown as Matrix };
}

it.each([8, 600_000])('%i observations: what is known after the first cutoff of an open test partition is changed', rows => {
  const since = wishesOf(split, observed(rows), 0).flatMap(({ property, change }) => (change.of === 'late' ? [[property, change.since]] : []));
  const [first, middle] = [(rows / 2 + 1) * 60_000_000, (rows / 4 + 1) * 60_000_000];
  expect(since).toEqual([...new Array(3).fill(['T2', first]), ...new Array(2).fill(['T3', middle])]);
});

it('changes nothing late where test has no observation', () => {
  const { matrix } = observed(8);
  const none = { ...matrix, partition: matrix.partition.map(() => partitionNames.indexOf('train')) };
  expect(wishesOf(split, { matrix: none as Matrix }, 0).map(({ property }) => property)).toEqual(['T3', 'T3', 'T1', 'T4']);
});
