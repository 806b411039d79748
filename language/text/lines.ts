/** Where lines begin: turns offsets into positions and back, in UTF-16 units. Lines end with `\n`, `\r\n` or a lone `\r`. */
import type { Position } from './place.ts';

/** The offsets at which lines begin, ascending; the first is 0. */
export type LineIndex = readonly number[];

export function lineIndex(text: string): LineIndex {
  const starts = [0];
  if (text.includes('\r')) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
    }
  } else for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The position of an offset; an offset before or after the text gives its start or end line. */
export function positionAt(lines: LineIndex, offset: number): Position {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: Math.max(0, offset - (lines[low] ?? 0)) };
}

/** The offset of a position; a character behind the line's end gives the line's end, a line behind the text the text's end. */
export function offsetAt(lines: LineIndex, text: string, position: Position): number {
  const start = lines[position.line];
  if (start === undefined) return position.line < 0 ? 0 : text.length;
  let end = lines[position.line + 1] ?? text.length;
  while (end > start && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
  return Math.min(start + Math.max(0, position.character), end);
}
