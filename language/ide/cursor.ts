/** Where the cursor stands inside a declaration: the brackets around it and the item it is in, read from the text alone, since what is being typed is seldom a tree. */

export interface Bracket {
  readonly sign: '(' | '[' | '{';
  /** What stands before it: `csv` of `csv(`, `tune` of `tune {`; empty where that is no name. */
  readonly owner: string;
  /** The item in which it was opened, up to it. */
  readonly item: string;
}

export interface Cursor {
  /** Outermost first. */
  readonly brackets: readonly Bracket[];
  /** The item up to the word that is being typed, without comments; blanks at its start are left out, at its end kept. */
  readonly item: string;
}

/** Reads the text of a declaration up to the cursor; the word that is being typed is not part of it. */
export function readCursor(text: string): Cursor {
  const before = withoutComments(text.replace(/[\p{L}\p{N}_]*$/u, ''));
  const open: { bracket: Bracket; start: number }[] = [];
  let start = 0;
  for (let i = 0; i < before.length; i++) {
    const sign = before[i] ?? '';
    if (sign === '"' || sign === '`') i = closing(before, i, sign);
    else if (sign === '(' || sign === '[' || sign === '{') {
      const item = before.slice(start, i).trim();
      open.push({ bracket: { sign, owner: /(?:^|[^\p{L}\p{N}_@])([\p{L}_][\p{L}\p{N}_]*)$/u.exec(item)?.[1] ?? '', item }, start });
      start = i + 1;
    } else if (sign === ')' || sign === ']' || sign === '}') {
      const closed = open.pop();
      start = closed ? closed.start : i + 1;
    } else if (sign === ',' && open.length > 0) start = i + 1;
    else if (sign === '\n' && open.at(-1)?.bracket.sign === '{' && !continues(before, i)) start = i + 1;
  }
  return { brackets: open.map(({ bracket }) => bracket), item: before.slice(start).trimStart() };
}

/** Whether the item goes on behind the line end at `at`. */
const continues = (text: string, at: number): boolean =>
  /^\s*(?:\|>|and\b|or\b|\?\?)/.test(text.slice(at + 1)) || /(?:\b(?:and|or|not)|[+\-*/%<>=|])\s*$/.test(text.slice(0, at));

function closing(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === quote) return i;
    if (text[i] === '\n') return i - 1;
    if (text[i] === '\\' && quote === '"') i++;
  }
  return text.length;
}

/** Comments become blanks; a `//` in a text is none. */
const withoutComments = (text: string): string =>
  text.replace(/"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|\/\/[^\n]*/g, part => (part.startsWith('//') ? ' ' : part));
