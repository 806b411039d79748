/**
 * Finds the comments that allow a finding: `// cupel: allow RULE because "reason"`. Behind code such a comment is about its line; alone on
 * its line, about the next line with code. What is wrong with one is said by the rules about waivers.
 */
import { positionAt } from '../text/lines.ts';
import type { Span } from '../text/place.ts';

export interface WaiverName {
  readonly text: string;
  readonly span: Span;
}

/** Spans count from the start of the file. */
export interface Waiver {
  /** The comment, from its first slash to the end of its text. */
  readonly span: Span;
  readonly names: readonly WaiverName[];
  /** Null where none is written, or an empty one. */
  readonly reason: string | null;
  /** Whether the comment is written as it should be; without that it allows nothing. */
  readonly isWhole: boolean;
  /** The line whose findings it allows. */
  readonly line: number;
}

const address = /^\/\/+[ \t]*cupel[ \t]*:[ \t]*/;
const listed = /^allow[ \t]+([A-Za-z][\w-]*(?:[ \t]*,[ \t]*[A-Za-z][\w-]*)*)/;
const because = /^[ \t]+because[ \t]+"((?:[^"\\]|\\.)*)"$/;

/** `lines`: where the lines of the text begin. */
export function waiversIn(text: string, lines: readonly number[]): Waiver[] {
  const found: Waiver[] = [];
  for (let at = text.indexOf('cupel'); at >= 0; at = text.indexOf('cupel', at + 1)) {
    const number = positionAt(lines, at).line;
    const start = lines[number] ?? 0;
    const line = text.slice(start, lines[number + 1]).replace(/[\r\n]+$/, '');
    const comment = commentAt(line);
    if (comment < 0 || !address.test(line.slice(comment)) || found.at(-1)?.span.start === start + comment) continue;
    found.push(
      read(line.slice(comment).trimEnd(), start + comment, line.slice(0, comment).trim() === '' ? nextWithCode(text, lines, number) : number),
    );
  }
  return found;
}

function read(comment: string, start: number, line: number): Waiver {
  const said = address.exec(comment)?.[0] ?? '';
  const rest = comment.slice(said.length);
  const list = listed.exec(rest);
  const names: WaiverName[] = [];
  for (const match of (list?.[1] ?? '').matchAll(/[A-Za-z][\w-]*/g)) {
    const from = start + said.length + (list?.[0].length ?? 0) - (list?.[1]?.length ?? 0) + match.index;
    names.push({ text: match[0], span: { start: from, end: from + match[0].length } });
  }
  const written = list && because.exec(rest.slice(list[0].length));
  const reason = written?.[1]?.trim() ?? '';
  return {
    span: { start, end: start + comment.length },
    names,
    reason: reason === '' ? null : reason.replace(/\\(.)/g, '$1'),
    isWhole: names.length > 0,
    line,
  };
}

/** Where the comment of a line begins, outside of texts and names in backticks; -1 where there is none. */
function commentAt(line: string): number {
  for (let i = 0; i < line.length; i++) {
    const sign = line[i];
    if (sign === '/' && line[i + 1] === '/') return i;
    if (sign !== '"' && sign !== "'" && sign !== '`') continue;
    let end = i + 1;
    while (end < line.length && line[end] !== sign) end += line[end] === '\\' && sign !== '`' ? 2 : 1;
    // A quote that the line does not close hides nothing.
    if (end < line.length) i = end;
  }
  return -1;
}

function nextWithCode(text: string, lines: readonly number[], from: number): number {
  for (let number = from + 1; number < lines.length; number++) {
    const line = text.slice(lines[number], lines[number + 1]).trim();
    if (line !== '' && !line.startsWith('//')) return number;
  }
  return from;
}
