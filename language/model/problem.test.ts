import { describe, expect, it } from 'vitest';
import { respell } from './problem.ts';

describe('the fix of a misspelt word', () => {
  const place = { file: 'a.cupel', decl: 'x', span: { start: 0, end: 4 } };

  it.each([
    ['site', 'site'],
    ['größe_2', 'größe_2'],
    ['Mean Radius', '`Mean Radius`'],
    ['in', '`in`'],
    ['2nd', '`2nd`'],
    ['"paid"', '"paid"'],
  ])('%s is written %s', (word, text) => expect(respell(place, word).edits).toEqual([{ place, text }]));
});
