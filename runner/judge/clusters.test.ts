import { expect, it } from 'vitest';
import { clustersOf } from './clusters.ts';

it('clusters are numbered as they appear, whatever their ids', () => {
  for (const ids of [
    [2, 0, 2, 1],
    [-5, 2_000_000_000, -5, 7],
  ]) {
    expect(clustersOf(Int32Array.from(ids))).toEqual({ count: 3, of: Int32Array.of(0, 1, 0, 2), recurring: true });
  }
  expect(clustersOf(Int32Array.of(4, 3))).toEqual({ count: 2, of: Int32Array.of(0, 1), recurring: false });
});
