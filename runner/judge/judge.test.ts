import { describe, expect, it } from 'vitest';
import { fixture } from '../learn/fixtures/read.ts';
import { random } from '../learn/random.ts';
import { gammaTail, kolmogorovTail, logGamma, normalTwoSided } from './distributions.ts';
import { type Judged, judge, metricNames } from './judge.ts';

type Values = Readonly<Record<string, number>>;
type Bounds = Readonly<Record<string, readonly [number, number]>>;

const reference = fixture<{
  binary: {
    label: number[];
    score: number[];
    baseline: number[];
    clusters: number[];
    weight: number[];
    values: { plain: Values; weighted: Values };
    wilson: Bounds;
    delong: { plain: Values; clustered: Values };
    bootstrap: Bounds;
  };
  number: { label: number[]; score: number[]; weight: number[]; values: { plain: Values; weighted: Values }; bootstrap: Bounds };
  distributions: Readonly<Record<string, readonly (readonly number[])[]>>;
}>('judge');

function judged(
  label: readonly number[],
  score: readonly number[],
  more: { entity?: readonly number[]; weight?: readonly number[]; baseline?: readonly number[] } = {},
): Judged {
  return {
    label: Float64Array.from(label),
    score: Float64Array.from(score),
    entity: Int32Array.from(more.entity ?? label.map((_, i) => i)),
    weight: more.weight ? Float64Array.from(more.weight) : null,
    baseline: more.baseline ? Float64Array.from(more.baseline) : null,
  };
}

const figure = (metric: string, of: Judged) => judge([metric], of, 1)[0];

describe('values equal scikit-learn', () => {
  for (const kind of ['binary', 'number'] as const) {
    const { label, score, weight, values } = reference[kind];
    it.each(Object.entries(values.plain))(`${kind} %s`, (metric, value) => {
      expect(figure(metric, judged(label, score))?.value).toBeCloseTo(value, 10);
    });
    it.each(Object.entries(values.weighted))(`${kind} %s, weighted`, (metric, value) => {
      expect(figure(metric, judged(label, score, { weight }))?.value).toBeCloseTo(value, 10);
    });
  }
});

describe('intervals', () => {
  const { label, score, baseline, clusters } = reference.binary;

  it.each(Object.entries(reference.binary.wilson))('%s has the Wilson interval', (metric, [low, high]) => {
    const found = figure(metric, judged(label, score));
    expect(found).toMatchObject({ method: 'wilson', low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) });
  });

  it.each([
    ['plain', undefined, 'delong'],
    ['clustered', clusters, 'delong, clustered by entity'],
  ] as const)('auc has the interval and the paired difference of DeLong, %s', (name, entity, method) => {
    const { low, high, difference, p } = reference.binary.delong[name];
    const found = figure('auc', judged(label, score, { baseline, ...(entity ? { entity } : {}) }));
    expect(found).toMatchObject({ method, low: expect.closeTo(low ?? 0, 12), high: expect.closeTo(high ?? 0, 12) });
    expect(found?.baseline).toMatchObject({ difference: expect.closeTo(difference ?? 0, 12), p: expect.closeTo(p ?? 0, 12) });
  });

  // A 2.5 % quantile of 1,000 resamples has a standard error of about 0.08 standard deviations; four of them are a third of one.
  it.each([...Object.entries(reference.binary.bootstrap), ...Object.entries(reference.number.bootstrap)])(
    '%s has the bootstrap interval of SciPy',
    (metric, [low, high]) => {
      const { label: y, score: s } = metric in reference.binary.bootstrap ? reference.binary : reference.number;
      const found = figure(metric, judged(y, s));
      const deviation = (high - low) / 3.92;
      expect(found?.method).toBe('bootstrap');
      expect(Math.abs((found?.low ?? 0) - low)).toBeLessThan(0.33 * deviation);
      expect(Math.abs((found?.high ?? 0) - high)).toBeLessThan(0.33 * deviation);
    },
  );

  it('of many clusters by influence equals the bootstrap of few', () => {
    const { uniform } = random(4);
    const rows = 9_000;
    const score = Array.from({ length: rows }, uniform);
    const label = score.map(s => Number(uniform() < s));
    const few = judge(['log_loss', 'brier', 'f1'], judged(label, score), 1);
    const twice = judge(['log_loss', 'brier', 'f1'], judged([...label, ...label], [...score, ...score]), 1);
    few.forEach((one, k) => {
      const two = twice[k];
      expect(one.method).toBe('bootstrap');
      expect(two?.method).toBe('influence');
      const ratio = ((one.high ?? 0) - (one.low ?? 0)) / ((two?.high ?? 0) - (two?.low ?? 1));
      // Twice the rows: √2 narrower, within the error of bootstrap quantiles.
      expect(ratio).toBeGreaterThan(Math.SQRT2 * 0.9);
      expect(ratio).toBeLessThan(Math.SQRT2 * 1.1);
    });
  });

  it('do not shrink when every row is there three times as the same entity', () => {
    const entity = [...label.keys(), ...label.keys(), ...label.keys()];
    const three = judged([...label, ...label, ...label], [...score, ...score, ...score], {
      entity,
      baseline: [...baseline, ...baseline, ...baseline],
    });
    const once = judge(metricNames.slice(0, 8), judged(label, score, { baseline }), 1);
    judge(metricNames.slice(0, 8), three, 1).forEach((found, k) => {
      const one = once[k];
      expect(found.method).toMatch(/clustered by entity$/);
      expect(found.value).toBeCloseTo(one?.value ?? 0, 10);
      const ratio = ((found.high ?? 0) - (found.low ?? 0)) / ((one?.high ?? 0) - (one?.low ?? 0));
      expect(ratio, metricNames[k]).toBeGreaterThan(0.85);
      expect(ratio, metricNames[k]).toBeLessThan(1.15);
      if (metricNames[k] !== 'calibration_error') expect(found.baseline?.p).toBeCloseTo(one?.baseline?.p ?? 0, 2);
    });
  });
});

describe('coverage', () => {
  // 300 tables of 60 entities with an effect of their own and three rows each. At 95 % coverage, fewer than 272 hits or more than 297 come
  // once in a thousand seeds.
  it('of the clustered AUC interval is 95 %, and of the unclustered one is not', () => {
    const source = random(12);
    const sizes = { delta: 1.2, effect: 1.5 };
    const truth = 1 - normalTwoSided(sizes.delta / Math.sqrt(2 * (1 + sizes.effect ** 2))) / 2;
    const covered = { clustered: 0, alone: 0 };
    for (let table = 0; table < 300; table++) {
      const label: number[] = [];
      const score: number[] = [];
      const entity: number[] = [];
      for (let k = 0; k < 60; k++) {
        const effect = sizes.effect * source.normal();
        const y = Number(source.uniform() < 0.5);
        for (let row = 0; row < 3; row++) {
          label.push(y);
          score.push(effect + sizes.delta * y + source.normal());
          entity.push(k);
        }
      }
      const hit = (of: Judged) => {
        const found = figure('auc', of);
        return Number((found?.low ?? 2) <= truth && truth <= (found?.high ?? -1));
      };
      covered.clustered += hit(judged(label, score, { entity }));
      covered.alone += hit(judged(label, score));
    }
    expect(covered.clustered).toBeGreaterThanOrEqual(272);
    expect(covered.clustered).toBeLessThanOrEqual(297);
    expect(covered.alone).toBeLessThan(265);
  });

  it('of the calibration error holds for a calibrated score and for one that is off by 0.1', () => {
    const source = random(5);
    for (const shift of [0, 0.1]) {
      let covered = 0;
      for (let table = 0; table < 60; table++) {
        const score = Array.from({ length: 300 }, () => 0.15 + 0.7 * source.uniform());
        const label = score.map(p => Number(source.uniform() < p + shift));
        const found = figure('calibration_error', judged(label, score));
        if ((found?.low ?? 1) <= shift && shift <= (found?.high ?? 0)) covered++;
        expect(found?.value).toBeGreaterThanOrEqual(found?.low ?? 1);
        expect(found?.value).toBeLessThanOrEqual(found?.high ?? 0);
      }
      // Of 60 at 95 %, fewer than 51 come once in a thousand seeds.
      expect(covered).toBeGreaterThanOrEqual(51);
    }
  });
});

describe('where a metric is undefined', () => {
  it.each([
    ['auc', [1, 1], [0.2, 0.4], 'one class only'],
    ['precision', [1, 0], [0.2, 0.4], 'no predicted positives'],
    ['recall', [0, 0], [0.2, 0.9], 'no positives'],
    ['f1', [0, 0], [0.2, 0.4], 'no positives, predicted or true'],
    ['r2', [3, 3], [1, 2], 'the label is constant'],
    ['rmse', [], [], 'no rows'],
    ['brier', [Number.NaN], [0.5], 'no rows'],
  ])('%s is null with the reason', (metric, label, score, method) => {
    expect(figure(metric, judged(label, score, { baseline: score }))).toMatchObject({ value: null, low: null, high: null, method, baseline: null });
  });

  it('leaves rows without a label out', () => {
    expect(figure('accuracy', judged([1, Number.NaN, 0], [0.9, 0.1, 0.8]))).toMatchObject({ value: 0.5, n: 2 });
  });

  it('bounds a perfect AUC by its disjoint pairs instead of claiming certainty', () => {
    expect(figure('auc', judged([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6]))).toMatchObject({
      value: 1,
      low: expect.closeTo(0.025 ** (1 / 3), 12),
      high: 1,
      method: 'exact, disjoint pairs',
    });
  });

  it('has no difference to oneself', () => {
    const { label, score } = reference.binary;
    for (const found of judge(metricNames.slice(0, 8), judged(label, score, { baseline: score }), 1)) {
      expect(found.baseline).toMatchObject({ difference: 0, p: 1 });
    }
  });
});

it('is the same for the same seed', () => {
  const { label, score, baseline } = reference.binary;
  const once = judge(metricNames, judged(label, score, { baseline }), 7);
  expect(judge(metricNames, judged(label, score, { baseline }), 7)).toEqual(once);
});

describe('distribution functions equal SciPy', () => {
  const functions: Readonly<Record<string, (...of: number[]) => number>> = {
    logGamma,
    gammaTail,
    normalTwoSided,
    kolmogorovTail,
  };
  it.each(Object.entries(reference.distributions))('%s', (name, cases) => {
    for (const row of cases) {
      const expected = row.at(-1) ?? 0;
      const found = functions[name]?.(...row.slice(0, -1)) ?? Number.NaN;
      // Upper tails above one half are one minus a sum: absolute 1e-14; elsewhere relative.
      expect(Math.abs(found - expected), `${name}(${row.slice(0, -1)})`).toBeLessThanOrEqual(1e-11 * Math.abs(expected) + 1e-14);
    }
  });
});

describe('rankings', () => {
  const { label, score, baseline } = reference.binary;
  const ranked = ['average_precision', 'ks', 'precision_at(10%)', 'lift(10%)', 'recall_at(precision: 75%)', 'ndcg_at(20)'];

  it.each(ranked)('%s has an interval around it, and a difference to the baseline', metric => {
    const found = figure(metric, judged(label, score, { baseline }));
    const { value, low, high } = found ?? {};
    expect(low).toBeLessThan(value ?? 0);
    expect(high).toBeGreaterThan(value ?? 1);
    const other = figure(metric, judged(label, baseline));
    expect(found?.baseline?.difference).toBeCloseTo((value ?? 0) - (other?.value ?? 0), 12);
    expect(found?.baseline?.p).toBeGreaterThan(0);
  });

  it('take the expectation over equal scores, whatever their order', () => {
    const tied = judged([1, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0.9, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1]);
    // The first row, then a quarter of each of the four.
    expect(figure('precision_at(20%)', tied)?.value).toBeCloseTo((1 + 0.25) / 2, 12);
    expect(figure('lift(20%)', tied)?.value).toBeCloseTo((1 + 0.25) / 2 / 0.2, 12);
  });

  it('are 0.5 or no better than the share for a constant score', () => {
    const flat = judged(
      label,
      label.map(() => 0.3),
    );
    const share = label.filter(y => y === 1).length / label.length;
    expect(figure('average_precision', flat)?.value).toBeCloseTo(share, 12);
    expect(figure('lift(10%)', flat)?.value).toBeCloseTo(1, 12);
    expect(figure('ks', flat)?.value).toBe(0);
  });

  it('of one class are undefined, with the reason', () => {
    const one = judged([0, 0, 0], [0.1, 0.2, 0.3]);
    expect(figure('average_precision', one)).toMatchObject({ value: null, method: 'no positives' });
    expect(figure('ks', one)).toMatchObject({ value: null, method: 'one class only' });
    expect(figure('mape', judged([0, 1], [1, 1]))).toMatchObject({ value: null, method: 'a label is 0' });
  });

  it('cover their true value about as often as they say', () => {
    // Scores of positives lie one deviation higher: the area under precision over recall is that of very many rows.
    const draw = (rows: number, seed: number) => {
      const { uniform, normal } = random(seed);
      const y = Array.from({ length: rows }, () => Number(uniform() < 0.3));
      return judged(
        y,
        y.map(v => v + normal()),
      );
    };
    const truth = figure('average_precision', draw(200_000, 1))?.value ?? 0;
    const samples = Array.from({ length: 100 }, (_, i) => figure('average_precision', draw(250, i + 2)));
    const covered = samples.filter(f => (f?.low ?? 1) <= truth && truth <= (f?.high ?? 0)).length;
    // 95 of 100 with a deviation of 2.2.
    expect(covered).toBeGreaterThanOrEqual(88);
  }, 60_000);
});
