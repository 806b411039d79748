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
    ['double', ['bool', 'int', 'float'], 'float'],
    ['mean', ['min', 'median', 'avg'], 'avg'],
    ['n_estimators', ['trees', 'leaves'], 'trees'],
    ['max_iter', ['l2', 'max_iterations'], 'max_iterations'],
    ['double', ['amount', 'age'], null],
  ])('%s among %j is %s', (word, candidates, meant) => expect(nearest(word, candidates)).toBe(meant));
});
