/** The walk over the characters reads what a lexer of Chevrotain reads, which tries the patterns of all types in turn. */
import { readdirSync, readFileSync } from 'node:fs';
import { type IToken, Lexer } from 'chevrotain';
import { describe, expect, it } from 'vitest';
import { splitChunks } from './chunks.ts';
import { tokenize } from './lexer.ts';
import { tokenTypes } from './tokens.ts';

const plain = new Lexer([...tokenTypes], { positionTracking: 'onlyOffset' });

const shown = (tokens: readonly IToken[]): readonly string[] =>
  tokens.map(({ tokenType, tokenTypeIdx, startOffset, image }) => `${startOffset} ${tokenType.name} ${tokenTypeIdx} ${image}`);

function check(text: string): void {
  const { tokens, comments, unread } = tokenize(text);
  const { tokens: meant, groups, errors } = plain.tokenize(text);
  const own = [shown(tokens), shown(comments), unread];
  const others = [shown(meant), shown(groups['comments'] ?? []), errors.map(({ offset, length }) => ({ offset, length }))];
  if (JSON.stringify(own) !== JSON.stringify(others)) expect({ text, read: own }).toEqual({ text, read: others });
}

const folder = new URL('fixtures/', import.meta.url);
const programs = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'));
const words = tokenTypes.flatMap(({ PATTERN }) => (typeof PATTERN === 'string' ? [PATTERN] : []));

let seed = 11;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed >>> 8) % below;
};

const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const further = Array.from(
  '\u0085\u00a0\u00aa\u00ad\u00b5\u00c0\u00d7ßéŁ\u037e\u1680\u2000\u200b\u200d\u2019“”„‟…\u2028\u2029−∞≠≡≤≥⩾⿿　、あ漢\ud83d\ude00\ud800豈﷐ﹰ\ufeff\ufffc\ufffd\uffff',
);
const characters = [...ascii, ...further];
const pieces = [
  ...words,
  ...words,
  ...characters,
  ...characters,
  ...Array.from('{}()[]<>=!|&?*/%-+:;,.@#"`_ \t\n\r0123456789aeEtTzZ'),
  ...['===', '!==', '==', '=>', ':=', '!=', '<=', '>=', '<>', '??', '&&', '||', '|>', '**', '...', '....', '..', '//', '/*', '*/', '///'],
  ...[
    '2024-01-31',
    '2024-1-3',
    '2024-01-310',
    '2024-01-31T10:00:00.5Z',
    '2024-01-31t1+02:00',
    '2024-',
    '1_000',
    '1.5',
    '1.',
    '5%',
    '1e-3',
    '1e3x',
    '1E+',
  ],
  ...[
    '30d',
    '3x',
    '7é',
    '1_',
    '0.5..1',
    '1._2',
    '12.3_4%',
    '"a"',
    '"a',
    '"a \\" b"',
    '"\\',
    '\\"',
    "\\'",
    ' @\\" ',
    "'a'",
    "'a, ",
    '“a”',
    '„a"',
    '`a b`',
    '`a',
    '_a1',
    'größe',
    'inn',
    'in_',
    'iné',
  ],
];

describe('a text is read as the patterns say', () => {
  it('where it is a program, whole or in part', () => {
    for (const program of programs) {
      check(program);
      for (let end = 0; end < program.length; end += 7) {
        check(program.slice(end));
        check(program.slice(0, end));
      }
    }
  });

  it('where it is a word, with whatever stands behind or before it', () => {
    for (const word of words) {
      for (const character of characters) check(`${word}${character} ${character}${word}`);
      for (let end = 1; end <= word.length; end++) check(`${word.slice(0, end)} ${word.slice(end)} ${word.slice(0, end)}1 ${word}${word}`);
    }
  });

  it('where it is any two characters', () => {
    for (const first of characters) for (const second of characters) check(first + second);
  });

  it('where it is any pieces', () => {
    for (let round = 0; round < 20_000; round++) {
      let text = '';
      for (let left = 1 + random(8); left > 0; left--) text += pieces[random(pieces.length)] ?? '';
      check(text);
    }
  });

  it('where a program was changed at random', () => {
    for (let round = 0; round < 1500; round++) {
      let text = programs[round % programs.length] ?? '';
      for (let edits = 1 + random(4); edits > 0; edits--) {
        const at = random(text.length + 1);
        text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at + random(3));
      }
      check(text);
    }
  });

  it.each(['@\\" ', "@\\' ", '„ ', '` ', '"\\" '])(
    'where one line has very many of %j, in no time',
    piece => {
      const text = `param p = "x ${piece.repeat(250_000)}`;
      expect(tokenize(text).tokens.at(-1)?.startOffset).toBeGreaterThan(0);
      expect(splitChunks(text)).toHaveLength(1);
      // Each looked through to the end of the line would take minutes.
    },
    20_000,
  );
});
