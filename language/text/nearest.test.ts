import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('edit distance', () => {
  it.each([
    ['', 'abc', 3],
    ['paid', 'paid', 0],
    ['piad', 'paid', 1],
    ['amont', 'amount', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (a, b, edits) => expect(editDistance(a, b)).toBe(edits));
});

describe('nearest', () => {
  it.each([
    ['amont', ['placed_at', 'amount', 'status'], 'amount'],
    ['learningRate', ['learning_rate', 'rate'], 'learning_rate'],
    ['Sex', ['age', 'sex'], 'sex'],
    ['colour', ['weight', 'age'], null],
    ['x', ['y', 'z'], null],
    ['amount', ['amount'], null],
  ])('%s among %j is %s', (word, candidates, meant) => expect(nearest(word, candidates)).toBe(meant));
});
