import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

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
