import { Lexer } from 'chevrotain';
import { describe, expect, it } from 'vitest';
import { reservedWords } from '../text/writtenName.ts';
import { readTokens } from './layout.ts';
import { tokenize } from './lexer.ts';
import { tokenTypes } from './tokens.ts';

const read = (text: string): string[] => tokenize(text).tokens.map(({ tokenType, image }) => `${tokenType.name} ${image}`);

describe('the lexer', () => {
  it('has definitions that are valid and fast', () => {
    expect(new Lexer([...tokenTypes], { ensureOptimizations: true }).lexerDefinitionErrors).toEqual([]);
  });

  it.each([
    ['1..3', ['Number 1', 'DotDot ..', 'Number 3']],
    ['0.5..1', ['Number 0.5', 'DotDot ..', 'Number 1']],
    ['1_000 1e-3 5% 30d 3x', ['Number 1_000', 'Scientific 1e-3', 'Percent 5%', 'NumberWord 30d', 'NumberWord 3x']],
    ['a%b', ['Identifier a', 'Modulo %', 'Identifier b']],
    ['..2024-02-29', ['DotDot ..', 'Date 2024-02-29']],
    ['2024-01-31T10:00:00Z', ['Timestamp 2024-01-31T10:00:00Z']],
    ['a|>b | c', ['Identifier a', 'PipeRight |>', 'Identifier b', 'Pipe |', 'Identifier c']],
    ['modelled model größe `a b`', ['Identifier modelled', 'Word_model model', 'Identifier größe', 'Backticked `a b`']],
    ['"a \\" b" // "c', ['Text "a \\" b"']],
    ['csv("a.csv) {', ['Identifier csv', 'LeftParen (', 'UnclosedText "a.csv', 'RightParen )', 'LeftBrace {']],
  ])('%s', (text, tokens) => {
    expect(read(text)).toEqual(tokens);
  });

  it('knows the reserved words', () => {
    for (const word of reservedWords) expect(read(word)[0]).not.toContain('Identifier');
  });
});

describe('documentation', () => {
  it.each([
    ['/// a\n/// b\nx', ['a\nb']],
    ['/// a\n// b\nx', ['a']],
    ['x /// a\ny', []],
    ['{\n  /// a\n\n  x\n  /// b\n  y\n}', ['a', 'b']],
    ['/// a', []],
  ])('%j', (text, docs) => {
    expect([...readTokens(text).docs.values()]).toEqual(docs);
  });
});
