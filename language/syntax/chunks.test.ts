import { describe, expect, it } from 'vitest';
import { splitChunks } from './chunks.ts';

const split = (text: string): string[] => splitChunks(text).map(chunk => chunk.text);

describe('splitChunks', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['\n\n', ['\n\n']],
    ['// only\n', ['// only\n']],
    ['model a = x(y)\nmodel b = x(y)\n', ['model a = x(y)\n', 'model b = x(y)\n']],
    ['\n/// Doc.\nmodel a = x(y)\n\n// of b\nmodel b = x(y)', ['\n/// Doc.\nmodel a = x(y)\n\n', '// of b\nmodel b = x(y)']],
    ['model a = x(y)\n// of a\n\nmodel b = x(y)', ['model a = x(y)\n// of a\n\n', 'model b = x(y)']],
    [
      'source a = csv("x") {\n  model : int\n  test = 3\n}\ncheck a { x }',
      ['source a = csv("x") {\n  model : int\n  test = 3\n}\n', 'check a { x }'],
    ],
    ['  model a = x(y)\n  model b = x(y)', ['  model a = x(y)\n', '  model b = x(y)']],
    ['import { a } from "x"\nimport "y"', ['import { a } from "x"\n', 'import "y"']],
    ['model `my model` = x(y)\nmodel b = x(y)', ['model `my model` = x(y)\n', 'model b = x(y)']],
  ])('%j', (text, chunks) => {
    expect(split(text)).toEqual(chunks);
  });

  it('never lets an unclosed brace swallow the declaration below', () => {
    expect(split('source a = csv("x") {\n  x : int\nmodel b = x(y)\n')).toEqual(['source a = csv("x") {\n  x : int\n', 'model b = x(y)\n']);
  });

  it('reads no braces in texts, names and comments', () => {
    expect(split('check a {\n  x matches "{"\n  `{` // {\n}\n model b = x(y)')).toEqual([
      'check a {\n  x matches "{"\n  `{` // {\n}\n',
      ' model b = x(y)',
    ]);
    expect(split("check a { x == 'it' } // isn't {\n model b = x(y)")).toHaveLength(2);
  });

  it('begins anew at a misspelled word below a closed block', () => {
    expect(split('check a {\n}\nsorce b = csv("x") {\n}\n')).toEqual(['check a {\n}\n', 'sorce b = csv("x") {\n}\n']);
    expect(split('hello\nmodel a = x(y)')).toEqual(['hello\n', 'model a = x(y)']);
  });

  it('keeps the steps of a table together', () => {
    expect(split('table t = a\n  | where x\n  | sort by y\n')).toHaveLength(1);
  });
});
