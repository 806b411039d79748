import { describe, expect, it } from 'vitest';
import { importsOf, parseFile } from './parse.ts';

const inTree = (text: string) =>
  parseFile('a.cupel', text).chunks.flatMap(({ parsed }) => (parsed.declaration?.kind === 'import' ? parsed.declaration : []));

describe('the imports of a text', () => {
  it.each([
    ['import { a, b } from "./shop.cupel"\ntable t = a\nimport { c } from "../x.cupel"\n', 2],
    ['/// What is shared.\n// second line\n\nimport { a } from "./shop.cupel"\ntable t = a', 1],
    ['\ufeffimport { a } from "./shop.cupel"', 1],
    ['imprt { a } from "./shop.cupel"\ndef d() = 1', 1],
    ['use { a } from "./shop.cupel"', 1],
    ['import { a from "./shop.cupel\n', 1],
    ['table t = a\n  | where x == "import { a }"\n', 0],
    ['// import { a } from "./shop.cupel"\ndef d() = 1', 0],
    ['\0\0\0import { a } from "./shop.cupel"', 0],
    ['', 0],
  ])('are those of its tree: %j', (text, count) => {
    expect(importsOf(text)).toEqual(inTree(text));
    expect(importsOf(text)).toHaveLength(count);
  });

  it('are found at once behind many comments on one line', () => {
    const text = `${'// '.repeat(5000)}\n  // ${'/ // '.repeat(5000)}`;
    expect(importsOf(text)).toEqual([]);
  });
});
