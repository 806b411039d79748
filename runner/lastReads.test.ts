/** Tables go when nothing reads them any more, and not before. */
import { describe, expect, it } from 'vitest';
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { lastReads } from './lastReads.ts';

/** Only what is looked at. */
interface Sketch {
  readonly id: string;
  readonly kind: PlanNode['kind'];
  readonly [key: string]: unknown;
}

const planOf = (nodes: readonly Sketch[]): Plan => ({ nodes }) as unknown as Plan;

const shop: readonly Sketch[] = [
  { id: 'scan people', kind: 'scan' },
  { id: 'scan orders', kind: 'scan' },
  { id: 'check people', kind: 'check', inputs: ['scan people'], table: 'scan people' },
  { id: 'frame churn', kind: 'frame', inputs: ['check people', 'scan orders'], relation: 'check people' },
  { id: 'split churn', kind: 'split', inputs: ['frame churn'], frame: 'frame churn' },
  { id: 'scan towns', kind: 'scan' },
  {
    id: 'features f',
    kind: 'features',
    inputs: ['split churn', 'frame churn', 'scan towns', 'scan orders'],
    split: 'split churn',
    frame: 'frame churn',
    paths: [{ relation: 'scan towns' }],
  },
  { id: 'train m', kind: 'train', inputs: ['features f', 'split churn'] },
  { id: 'choose best', kind: 'choose', inputs: ['train m'] },
  { id: 'evaluate best', kind: 'evaluate', inputs: ['choose best', 'split churn', 'features f'] },
];

const goneAfter = (...nodes: Parameters<typeof planOf>) =>
  Object.fromEntries([...lastReads(planOf(...nodes))].map(([id, ids]) => [id, [...ids].sort()]));

describe('what is read for the last time', () => {
  it('is read by tables, by features, and by models and what judges them', () => {
    expect(goneAfter(shop)).toEqual({
      'features f': ['check people', 'scan orders', 'scan people'],
      'evaluate best': ['features f', 'frame churn', 'scan towns', 'split churn'],
    });
  });

  it('ends with the features where no model follows', () => {
    expect(goneAfter(shop.slice(0, 7))).toEqual({
      'features f': ['check people', 'features f', 'frame churn', 'scan orders', 'scan people', 'scan towns', 'split churn'],
    });
  });

  it('counts what a claim refers to', () => {
    const claims = [{ claim: { kind: 'refers', table: 'scan b' } }];
    const nodes: Sketch[] = [
      { id: 'scan b', kind: 'scan' },
      { id: 'scan a', kind: 'scan' },
      { id: 'check a', kind: 'check', inputs: ['scan a'], table: 'scan a', claims },
    ];
    expect(goneAfter(nodes)).toEqual({ 'check a': ['check a', 'scan a', 'scan b'] });
  });

  it('is nothing where nobody reads', () => {
    expect(
      goneAfter([
        { id: 'scan a', kind: 'scan' },
        { id: 'scan b', kind: 'scan' },
      ]),
    ).toEqual({ 'scan a': ['scan a'], 'scan b': ['scan b'] });
  });
});
