import { describe, expect, it } from 'vitest';
import { confusionOf } from './confusion.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('a table of labels and predictions', () => {
  it('counts rows by label, then by prediction', () => {
    // scikit-learn 1.9.1: confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])
    expect(confusionOf(of(2, 0, 2, 2, 0, 1), of(0, 0, 2, 2, 0, 2), null, 3)).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
  });
  it('adds up weights where rows have one, and leaves out what has no label', () =>
    // scikit-learn 1.9.1: confusion_matrix([1, 0, 1], [1, 1, 0], sample_weight=[2, 0.5, 3])
    expect(confusionOf(of(1, 0, 1, Number.NaN), of(1, 1, 0, 1), of(2, 0.5, 3, 9), 2)).toEqual([
      [0, 0.5],
      [3, 2],
    ]));
});
