import { describe, expect, it } from 'vitest';
import { lineIndex, offsetAt, positionAt } from './lines.ts';

const text = 'ab\ncü😀d\r\n\re';
const lines = lineIndex(text);

describe('lines', () => {
  it('begin behind each kind of line end', () => {
    expect(lines).toEqual([0, 3, 10, 11]);
    expect(lineIndex('')).toEqual([0]);
  });

  it.each([
    [0, 0, 0],
    [2, 0, 2],
    [3, 1, 0],
    [7, 1, 4],
    [10, 2, 0],
    [11, 3, 0],
    [12, 3, 1],
  ])('offset %i is line %i, character %i, and back', (offset, line, character) => {
    expect(positionAt(lines, offset)).toEqual({ line, character });
    expect(offsetAt(lines, text, { line, character })).toBe(offset);
  });

  it('keeps positions inside the text', () => {
    expect(offsetAt(lines, text, { line: 0, character: 99 })).toBe(2);
    expect(offsetAt(lines, text, { line: 1, character: 99 })).toBe(8);
    expect(offsetAt(lines, text, { line: 99, character: 0 })).toBe(text.length);
    expect(offsetAt(lines, text, { line: -1, character: 0 })).toBe(0);
  });
});
