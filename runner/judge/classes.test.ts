import { describe, expect, it } from 'vitest';
import { fixture } from '../learn/fixtures/read.ts';
import { random } from '../learn/random.ts';
import { predictedClasses } from './classes.ts';
import { type Judged, judge } from './judge.ts';

const reference = fixture<{
  classes: number;
  cases: { label: number[]; score: number[]; weight: number[] | null; figures: Record<string, number> }[];
}>('classMetrics');

const judged = (
  label: readonly number[],
  score: readonly number[],
  weight: readonly number[] | null = null,
  classes = reference.classes,
): Judged => ({
  label: Float64Array.from(label),
  score: Float64Array.from(score),
  classes,
  entity: Int32Array.from(label, (_, i) => i),
  weight: weight && Float64Array.from(weight),
  baseline: null,
});

describe('metrics of several classes', () => {
  it.each(reference.cases)('equal scikit-learn', ({ label, score, weight, figures }) => {
    const names = Object.keys(figures);
    const found = judge(names, judged(label, score, weight), 1);
    names.forEach((name, i) => {
      const { value, low, high } = found[i] ?? {};
      expect(value, name).toBeCloseTo(figures[name] ?? Number.NaN, 12);
      expect(low, name).toBeLessThan(value ?? Number.NaN);
      expect(high, name).toBeGreaterThan(value ?? Number.NaN);
    });
  });

  it('are those of a yes-or-no label where one class is against the other', () => {
    const { uniform } = random(5);
    const label = Array.from({ length: 400 }, () => Number(uniform() < 0.4));
    const p = label.map(y => Math.min(1, Math.max(0, 0.3 * y + 0.7 * uniform())));
    const two = judge(
      ['auc', 'log_loss', 'accuracy'],
      judged(
        label,
        p.flatMap(q => [1 - q, q]),
        null,
        2,
      ),
      1,
    );
    const { classes: _, ...binary } = judged(label, p);
    const one = judge(['auc', 'log_loss', 'accuracy'], binary, 1);
    one.forEach((figure, i) => {
      expect(two[i]?.value).toBeCloseTo(figure.value ?? Number.NaN, 12);
      // The variance of the pooled influence has one factor for the sample's size where DeLong has one a class.
      expect(two[i]?.low).toBeCloseTo(figure.low ?? Number.NaN, 3);
      expect(two[i]?.high).toBeCloseTo(figure.high ?? Number.NaN, 3);
    });
  });

  it('have a difference to a baseline on the same rows', () => {
    const [of] = reference.cases;
    if (!of) throw new Error('There is a case.');
    const flat = new Float64Array(of.score.length).fill(1 / reference.classes);
    const [auc, f1] = judge(['auc', 'f1'], { ...judged(of.label, of.score), baseline: flat }, 1);
    expect(auc?.baseline?.difference).toBeCloseTo((of.figures['auc'] ?? 0) - 0.5, 12);
    expect(auc?.baseline?.p).toBeLessThan(0.01);
    expect(f1?.baseline?.low).toBeGreaterThan(0);
  });

  it('are undefined without rows, and where one class is all there is', () => {
    expect(judge(['f1'], judged([], []), 1)[0]).toMatchObject({ value: null, method: 'no rows' });
    expect(judge(['auc', 'accuracy'], judged([1, 1], [0.2, 0.8, 0, 0, 0.3, 0.7, 0, 0]), 1)).toMatchObject([
      { value: null, method: 'one class only' },
      { value: 1 },
    ]);
  });

  it('predict the first of equals', () => expect([...predictedClasses(Float64Array.of(0.4, 0.4, 0.2, 0.1, 0.45, 0.45), 3)]).toEqual([0, 1]));
});
