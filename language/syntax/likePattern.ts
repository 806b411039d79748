/** What `x like "…"` of SQL asks for, as a pattern of `matches`: that one is searched anywhere, and this one has to cover the text. */
import type { IToken } from 'chevrotain';
import { T } from './tokens.ts';

export const isLikeWord = ({ image, tokenType }: IToken): boolean =>
  image.length === 4 && tokenType === T.Identifier && image.toLowerCase() === 'like';

export const hasLikePattern = ({ image, tokenType }: IToken): boolean =>
  (tokenType === T.Text || tokenType === T.SingleQuoted) && likePattern(image) !== null;

/** The pattern that a quoted text means behind `like`; null where it holds an escape, which databases read differently, or asks for nothing. */
export function likePattern(quoted: string): string | null {
  const asked = quoted.slice(1, -1);
  if (asked.includes('\\') || /^%+$/.test(asked)) return null;
  const begin = asked.startsWith('%') ? '' : '^';
  const end = asked.endsWith('%') ? '' : '$';
  const inner = asked
    .replace(/^%+|%+$/g, '')
    .replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    .replace(/%+/g, '.*')
    .replaceAll('_', '.');
  return begin + inner + end;
}
