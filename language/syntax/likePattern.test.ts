import { describe, expect, it } from 'vitest';
import { patternProblem } from '../model/patterns.ts';
import { likePattern } from './likePattern.ts';

/** What SQL finds: `%` is any text, `_` any character. */
function isLike(text: string, asked: string): boolean {
  if (asked === '') return text === '';
  const [sign, rest] = [asked[0], asked.slice(1)];
  if (sign === '%') return isLike(text, rest) || (text !== '' && isLike(text.slice(1), asked));
  return text !== '' && (sign === '_' || sign === text[0]) && isLike(text.slice(1), rest);
}

describe('what `like` asks for', () => {
  it.each([
    ['%gp%', 'gp'],
    ['gp%', '^gp'],
    ['%gp', 'gp$'],
    ['paid', '^paid$'],
    ['', '^$'],
    ['%%a%%b%%', 'a.*b'],
    ['_%', '^.'],
    ['gp_1.%', '^gp.1\\.'],
    ['%50 (a+b)?', '50 \\(a\\+b\\)\\?$'],
    ['$[x]{2}|^*', '^\\$\\[x\\]\\{2\\}\\|\\^\\*$'],
  ])('%s: %s', (asked, pattern) => expect(likePattern(`"${asked}"`)).toBe(pattern));

  it.each(['%', '%%', '100\\\\%', 'a\\"b'])('%s has no pattern', asked => expect(likePattern(`"${asked}"`)).toBeNull());

  it('is found by the pattern and by nothing else', () => {
    const signs = ['a', '%', '_', '.', '+', '('];
    const texts = ['', 'a', '.', '+', '(', 'aa', 'a.', '.a', 'a+', '(a', 'a.a', 'aaa', '+.(', 'a(a.'];
    const asked = signs.flatMap(a => signs.flatMap(b => signs.flatMap(c => [a + b + c, `${a + b + c}%`])));
    for (const of of asked) {
      const pattern = likePattern(`"${of}"`);
      if (pattern === null) continue;
      expect([of, patternProblem(pattern)]).toEqual([of, null]);
      const found = texts.filter(text => new RegExp(pattern, 'u').test(text));
      expect([of, found]).toEqual([of, texts.filter(text => isLike(text, of))]);
    }
  });
});
