/** Tables go when nothing reads them any more, and not before. */
import { describe, expect, it } from 'vitest';
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { lastReads, readLater } from './lastReads.ts';

/** Only what is looked at. */
interface Sketch {
  readonly id: string;
  readonly kind: PlanNode['kind'];
  readonly [key: string]: unknown;
}

const planOf = (nodes: readonly Sketch[]): Plan => ({ nodes }) as unknown as Plan;

const evaluation: Sketch = {
  id: 'evaluate best',
  kind: 'evaluate',
  inputs: ['choose best', 'split churn', 'features f'],
  features: 'features f',
  where: null,
  segments: [],
};

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
  evaluation,
];

const sorted = (ends: ReadonlyMap<string, readonly string[]>) => Object.fromEntries([...ends].map(([id, ids]) => [id, [...ids].sort()]));
const goneAfter = (nodes: readonly Sketch[]) => sorted(lastReads(planOf(nodes)).tables);
const judgedBy = (how: object): readonly Sketch[] => [...shop.slice(0, -1), { ...evaluation, ...how }];

describe('what is read for the last time', () => {
  it('is read by tables and by features, not by models', () => {
    const features = ['check people', 'features f', 'frame churn', 'scan orders', 'scan people', 'scan towns', 'split churn'];
    expect(goneAfter(shop)).toEqual({ 'features f': features });
    expect(goneAfter(shop.slice(0, 7))).toEqual({ 'features f': features });
  });

  it('is read by the conditions and the segments of an evaluation', () => {
    const read = ['check people', 'features f', 'frame churn', 'scan people', 'scan towns', 'split churn'];
    const gone = { 'features f': ['scan orders'], 'evaluate best': read };
    for (const how of [{ where: {} }, { segments: [{}] }]) {
      expect(goneAfter(judgedBy(how))).toEqual(gone);
      expect([...readLater(planOf(judgedBy(how)))].sort()).toEqual(gone['evaluate best']);
    }
    expect([...readLater(planOf(shop))]).toEqual([]);
  });

  it('of matrices are what learns and judges, through the models', () => {
    expect(sorted(lastReads(planOf(shop)).matrices)).toEqual({ 'evaluate best': ['features f'] });
    expect(sorted(lastReads(planOf(shop.slice(0, 7))).matrices)).toEqual({ 'features f': ['features f'] });
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
