/** What is chosen after a fit: which rows weigh how much, the curve from score to probability, the threshold. */
import { describe, expect, it } from 'vitest';
import { balanced } from './balance.ts';
import { calibrated, calibration } from './calibrate.ts';
import { bestThreshold, type Confusion, thresholdFigures } from './decide.ts';
import { fixture } from './fixtures/read.ts';
import type { Matrix } from './matrix.ts';

const reference = fixture<{
  score: number[];
  label: number[];
  asked: number[];
  cases: { weighted: boolean; isotonic: number[]; platt: { slope: number; intercept: number } }[];
  f1: { value: number; threshold: number };
}>('calibration');
const score = Float64Array.from(reference.score);
const label = Float64Array.from(reference.label);
const weightOf = (weighted: boolean) => (weighted ? Float64Array.from(label, (_, i) => 1 + (i % 3)) : null);

describe('calibration', () => {
  it.each(reference.cases)("is scikit-learn's isotonic regression (weighted: $weighted)", ({ weighted, isotonic }) => {
    const curve = calibration('isotonic', score, label, weightOf(weighted));
    expect([...calibrated(curve, Float64Array.from(reference.asked))]).toEqual(isotonic.map(value => expect.closeTo(value, 12)));
  });

  it.each(reference.cases)("is scikit-learn's sigmoid of the log-odds (weighted: $weighted)", ({ weighted, platt }) => {
    const curve = calibration('platt', score, label, weightOf(weighted));
    // Their solver stops at a gradient of 1e-6 or so.
    expect(curve).toMatchObject({ slope: expect.closeTo(platt.slope, 4), intercept: expect.closeTo(platt.intercept, 4) });
    const [half = 0] = calibrated(curve, Float64Array.of(0.5));
    expect(half).toBeCloseTo(1 / (1 + Math.exp(-platt.intercept)), 4);
  });

  it('does not depend on the order of rows', () => {
    const order = [...score.keys()].reverse();
    const turned = (values: Float64Array) => Float64Array.from(order, i => values[i] ?? 0);
    for (const method of ['platt', 'isotonic'] as const) {
      expect(calibration(method, turned(score), turned(label), null)).toEqual(calibration(method, score, label, null));
    }
  });

  it('rises, and says 0 and 1 of scores that are surely right', () => {
    const curve = calibration('isotonic', Float64Array.of(0.1, 0.2, 0.8, 0.9), Float64Array.of(0, 0, 1, 1), null);
    expect([...calibrated(curve, Float64Array.of(0, 0.2, 0.5, 0.8, 1))]).toEqual([0, 0, expect.closeTo(0.5, 12), 1, 1]);
  });
});

describe('calibration of several classes', () => {
  const classes = 3;
  const of = Float64Array.from(score, (_, i) => (i * 7) % classes);
  const scores = Float64Array.from({ length: score.length * classes }, (_, at) => {
    const s = score[Math.floor(at / classes)] ?? 0;
    return [s / 2, s / 2, 1 - s][at % classes] ?? 0;
  });

  it.each(['platt', 'isotonic'] as const)('holds each class against the rest by %s, and divides by the sum', method => {
    const found = calibrated(calibration(method, scores, of, null, classes), scores);
    const own = Array.from({ length: classes }, (_, k) => {
      const column = Float64Array.from(score, (_s, i) => scores[i * classes + k] ?? 0);
      return calibrated(
        calibration(
          method,
          column,
          of.map(y => Number(y === k)),
          null,
        ),
        column,
      );
    });
    for (const i of score.keys()) {
      const total = own.reduce((sum, values) => sum + (values[i] ?? 0), 0);
      for (const [k, values] of own.entries()) expect(found[i * classes + k]).toBeCloseTo((values[i] ?? 0) / total, 12);
    }
  });

  it('gives equal parts where no curve gives anything', () => {
    const none = { method: 'isotonic', scores: [0, 1], probabilities: [0, 0] } as const;
    expect([...calibrated({ method: 'each', classes: [none, none] }, Float64Array.of(0.3, 0.7))]).toEqual([0.5, 0.5]);
  });
});

describe('the threshold', () => {
  const f1 = (of: Confusion) => thresholdFigures['f1']?.(of) ?? null;

  it('has the greatest F1 that scikit-learn finds among all scores', () => {
    expect(bestThreshold(score, label, null, f1)).toEqual({ threshold: reference.f1.threshold, value: expect.closeTo(reference.f1.value, 14) });
  });

  it('costs least: what a missed positive costs moves it down', () => {
    const cost = (fp: number, fn: number) => (of: Confusion) => -(fp * of.falsePositive + fn * of.falseNegative);
    const at = (fp: number, fn: number) => bestThreshold(score, label, null, cost(fp, fn))?.threshold ?? Number.NaN;
    expect(at(1, 20)).toBeLessThan(at(1, 1));
    expect(at(20, 1)).toBeGreaterThan(at(1, 1));
    const free = at(1, 0);
    expect(score.every((s, i) => s < free || label[i] === 1)).toBe(true);
  });

  it('is undefined where the figure is, and near one half where all are alike', () => {
    expect(bestThreshold(Float64Array.of(0.2, 0.6), Float64Array.of(0, 0), null, of => thresholdFigures['recall']?.(of) ?? null)).toBeNull();
    expect(bestThreshold(Float64Array.of(0.1, 0.45, 0.9), Float64Array.of(1, 1, 1), null, () => 1)?.threshold).toBe(0.45);
  });

  it('counts weights as rows', () => {
    const twice = bestThreshold(Float64Array.of(0.3, 0.6, 0.6), Float64Array.of(1, 0, 0), null, f1);
    expect(bestThreshold(Float64Array.of(0.3, 0.6), Float64Array.of(1, 0), Float64Array.of(1, 2), f1)).toEqual(twice);
  });
});

describe('balance', () => {
  const labels = Float64Array.from({ length: 50 }, (_, i) => Number(i % 5 === 0));
  const matrix: Matrix = {
    rows: 50,
    columns: [],
    label: labels,
    partition: new Uint8Array(50),
    identity: [],
    entity: new Int32Array(50),
    cutoff: null,
    weight: null,
  };
  const all = Int32Array.from({ length: 50 }, (_, i) => i);
  const positives = (rows: Int32Array) => rows.filter(row => labels[row] === 1).length;

  it('gives both classes the same weight', () => {
    const { matrix: weighted, rows } = balanced('class_weight', matrix, all, 1);
    expect(rows).toBe(all);
    const sum = (y: number) => all.reduce((total, row) => total + (labels[row] === y ? (weighted.weight?.[row] ?? 0) : 0), 0);
    expect([sum(0), sum(1)]).toEqual([25, 25]);
    expect(matrix.weight).toBeNull();
  });

  it('leaves rows out, or repeats them, until there are as many of each', () => {
    const under = balanced('undersample', matrix, all, 1).rows;
    expect([under.length, positives(under), new Set(under).size]).toEqual([20, 10, 20]);
    const over = balanced('oversample', matrix, all, 1).rows;
    expect([over.length, positives(over), new Set(over).size]).toEqual([80, 40, 50]);
    expect(balanced('undersample', matrix, all, 1).rows).toEqual(under);
    expect(balanced('undersample', matrix, all, 2).rows).not.toEqual(under);
  });

  it('does so for several classes', () => {
    const many = { ...matrix, label: Float64Array.from(all, i => (i < 25 ? 0 : i < 40 ? 1 : 3)) };
    const counts = (rows: Int32Array): number[] => [0, 1, 3].map(code => rows.filter(row => many.label[row] === code).length);
    expect(counts(balanced('undersample', many, all, 1).rows)).toEqual([10, 10, 10]);
    expect(counts(balanced('oversample', many, all, 1).rows)).toEqual([25, 25, 25]);
    const { weight } = balanced('class_weight', many, all, 1).matrix;
    const sums = [0, 1, 3].map(code => all.reduce((sum, row) => sum + (many.label[row] === code ? (weight?.[row] ?? 0) : 0), 0));
    expect(sums).toEqual(sums.map(() => expect.closeTo(50 / 3, 12)));
  });

  it('changes nothing where there is one class, or nothing is asked', () => {
    const same = { ...matrix, label: new Float64Array(50) };
    expect(balanced('oversample', same, all, 1)).toEqual({ matrix: same, rows: all });
    expect(balanced(null, matrix, all, 1).rows).toBe(all);
  });
});
