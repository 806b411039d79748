/** Texts as bytes are the texts they were made of, and runs of equal ones are told apart from others. */
import { describe, expect, it } from 'vitest';
import { lengthsOf, runsOf, stringsOf, textReader, textsFrom, textsOf } from './texts.ts';

const some = ['a', 'a', 'ab', '', '', 'ä', 'ä', '🂡 x', 'b', 'a'];

describe('texts as bytes', () => {
  it('are read as they were', () => {
    const texts = textsFrom(some);
    expect(stringsOf(texts)).toEqual(some);
    expect(textReader(texts)(7)).toBe('🂡 x');
    expect(stringsOf(textsOf(texts.bytes, lengthsOf(texts)))).toEqual(some);
    expect(stringsOf(textsFrom([]))).toEqual([]);
  });

  it('number their runs from 0', () => {
    expect([...runsOf(textsFrom(some))]).toEqual([0, 0, 1, 2, 2, 3, 3, 4, 5, 6]);
    expect([...runsOf(textsFrom([]))]).toEqual([]);
  });
});
