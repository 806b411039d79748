import { describe, expect, it } from 'vitest';
import { importsIn, partsOf } from './checkParts.ts';

describe('imports', () => {
  it.each([
    ['import { a, b } from "./shop.cupel"\ntable t = a', ['x/shop.cupel']],
    ['import {\n  a,\n  b\n} from "../shop.cupel"', ['shop.cupel']],
    ['// import { a } from "./no.cupel"\nsource s = csv("import.csv") { k : key }', []],
    ['import { a } from "/outside.cupel"', []],
  ])('%j', (text, expected) => expect(importsIn('x/main.cupel', text)).toEqual(expected));
});

describe('parts', () => {
  const files = ['a', 'b', 'c', 'd', 'e', 'f'];
  const links: Readonly<Record<string, readonly string[]>> = { f: ['a'], d: ['f', 'elsewhere'] };
  const importsOf = (file: string): readonly string[] => links[file] ?? [];

  it('keep together what imports each other, whichever comes first', () => {
    expect(partsOf(files, 2, importsOf)).toEqual([
      ['a', 'd', 'f'],
      ['b', 'c', 'e'],
    ]);
  });

  it('are as many as there is something for, and hold every file once', () => {
    expect(partsOf(files, 4, () => ['a'])).toEqual([files]);
    expect(
      partsOf(files, 4, () => [])
        .flat()
        .sort(),
    ).toEqual(files);
  });
});
