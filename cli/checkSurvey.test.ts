import { describe, expect, it } from 'vitest';
import type { FileInput } from '../language/analysis.ts';
import { survey } from './checkSurvey.ts';

describe('imports', () => {
  it.each([
    ['import { a, b } from "./shop.cupel"\ntable t = a', ['x/shop.cupel']],
    ['import {\n  a,\n  b\n} from "../shop.cupel"', ['shop.cupel']],
    ['// import { a } from "./no.cupel"\nsource s = csv("import.csv") { k : key }', ['x/no.cupel']],
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
    return { ...found, files: found.parts.map(part => part.files), inputs: [...found.inputs.keys()].sort(), reads: reads.sort() };
  }
  const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const texts = (of: readonly string[], text: (index: number) => string): Record<string, string> =>
    Object.fromEntries(of.map((name, i) => [name, text(i)]));

  it('keeps together what imports each other, whichever comes first', () => {
    const of = { a: '', b: '', c: '', d: 'import { x } from "./f"\nimport { y } from "./elsewhere"', e: '', f: 'import { x } from "./a"' };
    expect(surveyed(of).files).toEqual([['a', 'd', 'f'], ['b'], ['c'], ['e']]);
  });

  it('keeps together what imports the same file from outside, and reads each file once', () => {
    const of = {
      'a/x': 'import { p } from "../shop"',
      'a/y': 'import { p } from "../shop"',
      'a/z': '',
      shop: 'import { q } from "./base"',
      base: '',
    };
    expect(surveyed(of, ['a/x', 'a/y', 'a/z'])).toMatchObject({
      files: [['a/x', 'a/y'], ['a/z']],
      inputs: ['a/x', 'a/y', 'a/z', 'base', 'shop'],
      reads: ['a/x', 'a/y', 'a/z', 'base', 'shop'],
    });
  });

  it.each(["imprt { x } from './a.cupel'", 'import { x } form “./a.cupel”', 'import { x } from "./a.cupel', 'import { /* } */ x } from "./a.cupel"'])(
    'sees what a damaged import means: %s',
    text => expect(surveyed({ 'a.cupel': '', 'b.cupel': text }).files).toEqual([['a.cupel', 'b.cupel']]),
  );

  it.each([
    'import {\n  half // the "first" half\n} from "../lib/a.cupel"',
    'import { // {a}\n  half\n} from "../lib/a.cupel"',
    'import { half } from\n  "../lib/a.cupel"',
    'import { half } from "../lib/\\u{61}.cupel"',
  ])('reads what an import leads to that nobody checks, however it is written: %j', text => {
    const { inputs, restsOn } = surveyed({ 'many/x.cupel': text, 'lib/a.cupel': '' }, ['many/x.cupel']);
    expect(inputs).toContain('lib/a.cupel');
    expect(restsOn.get('many/x.cupel')).toContain('lib/a.cupel');
  });

  it('holds every file once, also in a circle', () => {
    const circle = { a: 'import { x } from "./b"', b: 'import { x } from "./c"', c: 'import { x } from "./a"', d: 'import { x } from "./d"' };
    expect(surveyed(circle).files).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('divides many files that share one, which is apart with all that lead to it', () => {
    const leaves = names('leaf', 120);
    const { parts } = surveyed({ ...texts(leaves, () => 'import { x } from "./shop"'), shop: 'import { y } from "./base"' });
    expect(parts.map(({ files }) => files.length)).toEqual([50, 50, 20, 1]);
    expect(parts.at(-1)).toEqual({ files: ['shop'], importers: [...leaves].sort() });
    expect(parts[0]?.importers).toEqual([]);
  });

  it('names among those that lead to a file also the ones that nobody checks', () => {
    const of = { ...texts(names('leaf', 60), () => 'import { x } from "./base"'), base: 'import { y } from "./shop"', shop: '' };
    const { parts } = surveyed(
      of,
      Object.keys(of).filter(name => name !== 'base'),
    );
    expect(parts.at(-1)).toEqual({ files: ['shop'], importers: ['base', ...names('leaf', 60).sort()] });
  });

  it('leaves together what would be read again and again: a long chain', () => {
    const chain = texts(names('c', 200), i => (i === 199 ? '' : `import { x } from "./c${i + 1}"`));
    expect(surveyed(chain).files).toEqual([Object.keys(chain)]);
  });

  it('says what a file rests on: what its imports lead to, and where another imports it, all that hangs together', () => {
    const { restsOn } = surveyed({ a: 'import { x } from "./b"', b: 'import { x } from "./c"', c: '', d: 'import { x } from "./c"', e: '' });
    expect(Object.fromEntries([...restsOn].map(([file, paths]) => [file, [...paths].sort()]))).toEqual({
      a: ['a', 'b', 'c'],
      b: ['a', 'b', 'c', 'd'],
      c: ['a', 'b', 'c', 'd'],
      d: ['c', 'd'],
      e: ['e'],
    });
  });
});
