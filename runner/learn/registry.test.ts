import { expect, it } from 'vitest';
import { algorithms } from '../../language/catalogue/algorithms.ts';
import { driftTests } from '../../language/catalogue/drift.ts';
import { metricText } from '../../language/catalogue/metricCalls.ts';
import { metrics } from '../../language/catalogue/metrics.ts';
import { judge, metricNames } from '../judge/judge.ts';
import { driftTests as implemented, testApplies } from '../watch/drift.ts';
import { learnerNamed, learners, loadModel } from './registry.ts';
import { settingReader } from './settings.ts';

const names = (entries: readonly { readonly name: string }[]) => entries.map(entry => entry.name).sort();

it('every algorithm of the catalogue learns, and no other', () => {
  expect([...learners.keys()].sort()).toEqual(names(algorithms));
});

it('every metric of the catalogue is judged, and no other', () => {
  expect([...metricNames].sort()).toEqual(names(metrics));
});

it('every metric stays within the range that the catalogue states', () => {
  const label = Float64Array.of(0, 1, 1, 0, 1);
  const judged = { label, score: Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.6), entity: Int32Array.of(0, 1, 2, 3, 4), weight: null, baseline: null };
  for (const entry of metrics) {
    const { name, min, max } = entry;
    // Percentages need labels that are not 0; where nothing is defined, nothing leaves the range.
    const of = name === 'mape' ? { ...judged, label: label.map(y => y + 1) } : judged;
    const value = judge([metricText(entry, { precision: 0.3 })], of, 1)[0]?.value ?? Number.NaN;
    expect(value, name).toBeGreaterThanOrEqual(min ?? Number.NEGATIVE_INFINITY);
    expect(value, name).toBeLessThanOrEqual(max ?? Number.POSITIVE_INFINITY);
  }
});

it('drift tests apply to what the catalogue says', () => {
  const applies = { any: [true, true], number: [true, false], category: [false, true] };
  expect(driftTests.map(entry => entry.name)).toEqual(implemented);
  for (const test of implemented) {
    const to = driftTests.find(entry => entry.name === test)?.applies ?? 'any';
    expect([testApplies(test, 'number'), testApplies(test, 'category')], test).toEqual(applies[to]);
  }
});

it('settings take the default of the catalogue, and refuse what is out of range', () => {
  const read = settingReader('gradient_boosting', { trees: 7, learning_rate: 0, leaves: 2.5 });
  expect(read.number('trees')).toBe(7);
  expect(read.number('bins')).toBe(255);
  expect(read.optional('depth')).toBeNull();
  expect(settingReader('neural_net', {}).list('hidden')).toEqual([64, 32]);
  expect(() => read.number('learning_rate')).toThrow('`learning_rate` is 0; it is a number above 0 to 1.');
  expect(() => read.number('leaves')).toThrow('`leaves` is 2.5; it is a whole number from 2 to 65536.');
});

it('an unknown algorithm is said to be none, with the ones there are', () => {
  expect(() => learnerNamed('svm')).toThrow('There is no algorithm `svm` here.');
  expect(() => loadModel({ kind: 'gradient_boosting', version: 1 })).toThrow('The stored model is damaged.');
});
