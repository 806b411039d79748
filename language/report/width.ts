/** How many terminal columns a text takes, and texts that are safe to print: no control character of a program or of data reaches a terminal. */

let segmenter: Intl.Segmenter | null = null;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const emoji = /\p{Emoji_Presentation}|\u{fe0f}/u;
/** One column each, and none joined to its neighbour: Latin, and the dashes, quotes, arrows, signs, ticks and lines of reports. */
const single = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2193\u2200-\u22ff\u2500-\u259f\u2713\u2717\u2800-\u28ff]*$/;

/** East Asian wide and fullwidth ranges of Unicode's width table, without the unassigned ones. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Graphemes with the columns they take. */
export function* graphemes(text: string): Generator<{ readonly text: string; readonly index: number; readonly width: number }> {
  if (single.test(text)) {
    for (let i = 0; i < text.length; i++) yield { text: text.charAt(i), index: i, width: 1 };
    return;
  }
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment, index } of segmenter.segment(text)) yield { text: segment, index, width: graphemeWidth(segment) };
}

export function displayWidth(text: string): number {
  if (single.test(text)) return text.length;
  let width = 0;
  for (const g of graphemes(text)) width += g.width;
  return width;
}

/** Control characters and marks that reorder text become pictures or their code point, so that what is shown is what is there. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, c => {
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts at the end, with an ellipsis, to at most `width` columns. */
export function truncate(text: string, width: number): string {
  // What is far behind the cut is not even looked at: a value may be a million characters wide.
  const near = text.length > 64 * (width + 1) ? text.slice(0, 64 * (width + 1)) : text;
  if (near === text && displayWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const g of graphemes(near)) {
    if (used + g.width > width - 1) break;
    out += g.text;
    used += g.width;
  }
  return `${out}…`;
}

/** Breaks between words, into lines of at most `width` columns; a longer word keeps its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    for (const word of paragraph.split(' ')) {
      const size = displayWidth(word);
      if (line !== '' && used + 1 + size > width) {
        lines.push(line);
        line = word;
        used = size;
      } else {
        used += line === '' ? size : size + 1;
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

function graphemeWidth(text: string): number {
  const code = text.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (zeroWidth.test(text)) return 0;
  if (emoji.test(text)) return 2;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
