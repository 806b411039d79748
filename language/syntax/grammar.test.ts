/** The colours of the editor follow the words of the language. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declarationWords } from './words.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../syntaxes/${name}`, import.meta.url), 'utf8'));

function strings(node: unknown, key: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => (name === key && typeof value === 'string' ? [value] : strings(value, key)));
}

describe('the TextMate grammar', () => {
  const grammar = read('cupel.tmLanguage.json') as { repository: Record<string, unknown> };

  it('has patterns that compile', () => {
    const patterns = ['match', 'begin', 'end'].flatMap(key => strings(grammar, key));
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow();
  });

  it('includes only what it defines', () => {
    for (const include of strings(grammar, 'include')) expect(Object.keys(grammar.repository)).toContain(include.slice(1));
  });

  it('knows every declaration', () => {
    const patterns = [...strings(grammar.repository['declaration'], 'match'), ...strings(grammar.repository['import'], 'begin')];
    for (const word of declarationWords) {
      const line = word === 'import' ? 'import { a } from "x"' : `${word} name`;
      expect(
        patterns.some(pattern => new RegExp(pattern).exec(line)?.[1] === word),
        word,
      ).toBe(true);
    }
  });
});

describe('the language configuration', () => {
  it('selects names as words and indents behind brackets', () => {
    const configuration = read('language-configuration.json') as { wordPattern: string; indentationRules: Record<string, string> };
    expect('a = `my name` + größe'.match(new RegExp(configuration.wordPattern, 'g'))).toEqual(['a', '`my name`', 'größe']);
    expect('task t {  // why').toMatch(new RegExp(configuration.indentationRules['increaseIndentPattern'] ?? ''));
    expect('  }').toMatch(new RegExp(configuration.indentationRules['decreaseIndentPattern'] ?? ''));
  });
});
