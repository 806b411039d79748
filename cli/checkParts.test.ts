import { describe, expect, it } from 'vitest';
import type { FileInput } from '../language/analysis.ts';
import { survey } from './checkParts.ts';

describe('imports', () => {
  it.each([
    ['import { a, b } from "./shop.cupel"\ntable t = a', ['x/shop.cupel']],
    ['import {\n  a,\n  b\n} from "../shop.cupel"', ['shop.cupel']],
    ['// import { a } from "./no.cupel"\nsource s = csv("import.csv") { k : key }', []],
    ['import { a } from "/outside.cupel"', []],
  ])('%j', (text, expected) => {
    const { inputs } = survey(['x/main.cupel'], path => (path === 'x/main.cupel' ? { kind: 'text', text } : { kind: 'absent' }));
    expect([...inputs.keys()]).toEqual(['x/main.cupel', ...expected]);
  });
});

describe('a survey', () => {
  function surveyed(texts: Readonly<Record<string, string>>, files = Object.keys(texts)) {
    const reads: string[] = [];
    const found = survey(files, (path): FileInput => {
      reads.push(path);
      const text = texts[path];
      return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
    });
    return { groups: found.groups, inputs: [...found.inputs.keys()].sort(), reads: reads.sort() };
  }

  it('keeps together what imports each other, whichever comes first', () => {
    const texts = { a: '', b: '', c: '', d: 'import { x } from "./f"\nimport { y } from "./elsewhere"', e: '', f: 'import { x } from "./a"' };
    expect(surveyed(texts).groups).toEqual([['a', 'd', 'f'], ['b'], ['c'], ['e']]);
  });

  it('keeps together what imports the same file from outside, and reads each file once', () => {
    const texts = {
      'a/x': 'import { p } from "../shop"',
      'a/y': 'import { p } from "../shop"',
      'a/z': '',
      shop: 'import { q } from "./base"',
      base: '',
    };
    expect(surveyed(texts, ['a/x', 'a/y', 'a/z'])).toEqual({
      groups: [['a/x', 'a/y'], ['a/z']],
      inputs: ['a/x', 'a/y', 'a/z', 'base', 'shop'],
      reads: ['a/x', 'a/y', 'a/z', 'base', 'shop'],
    });
  });

  it.each(["imprt { x } from './a.cupel'", 'import { x } form “./a.cupel”', 'import { x } from "./a.cupel', 'import { /* } */ x } from "./a.cupel"'])(
    'sees what a damaged import means: %s',
    text => expect(surveyed({ 'a.cupel': '', 'b.cupel': text }).groups).toEqual([['a.cupel', 'b.cupel']]),
  );

  it('holds every file once, also in a circle', () => {
    const circle = { a: 'import { x } from "./b"', b: 'import { x } from "./c"', c: 'import { x } from "./a"', d: 'import { x } from "./d"' };
    expect(surveyed(circle).groups).toEqual([['a', 'b', 'c'], ['d']]);
  });
});
