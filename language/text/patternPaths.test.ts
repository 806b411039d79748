import { describe, expect, it } from 'vitest';
import { mayBeOneFile } from './patternPaths.ts';

const main = 'main.cupel';

describe('paths that may lead to one file', () => {
  it.each([
    ['c.csv', './c.csv'],
    ['c.csv', 'data/../c.csv'],
    ['data//c.csv', 'data/c.csv'],
    ['data\\c.csv', 'data/c.csv'],
    ['../c.csv', './../c.csv'],
    ['/data/c.csv', '/data/./c.csv'],
    ['data/*.csv', 'data/c.csv'],
    ['data/*.csv', 'data/2024*'],
    ['data/??.csv', 'data/a*'],
    ['data/**/c.csv', 'data/c.csv'],
    ['data/**/c.csv', 'data/2024/01/c.csv'],
    ['**/*.csv', 'data/*/c.csv'],
  ])('%s and %s', (a, b) => {
    expect(mayBeOneFile({ from: main, path: a }, { from: main, path: b })).toBe(true);
    expect(mayBeOneFile({ from: main, path: b }, { from: main, path: a })).toBe(true);
  });

  it('go from the folder of their file', () => {
    expect(mayBeOneFile({ from: main, path: 'data/c.csv' }, { from: 'lib/x.cupel', path: '../data/c.csv' })).toBe(true);
    expect(mayBeOneFile({ from: main, path: 'c.csv' }, { from: 'lib/x.cupel', path: 'c.csv' })).toBe(false);
  });
});

describe('paths that lead to different files', () => {
  it.each([
    ['c.csv', 'd.csv'],
    ['c.csv', 'C.csv'],
    ['c.csv', 'data/c.csv'],
    ['data/*.csv', 'data/*.parquet'],
    ['data/*.csv', 'data/2024/c.csv'],
    ['data/a*', 'data/b*'],
    ['data/?.csv', 'data/ab.csv'],
    ['data/**/c.csv', 'other/c.csv'],
    ['../c.csv', 'c.csv'],
  ])('%s and %s', (a, b) => {
    expect(mayBeOneFile({ from: main, path: a }, { from: main, path: b })).toBe(false);
    expect(mayBeOneFile({ from: main, path: b }, { from: main, path: a })).toBe(false);
  });
});
