import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { format } from './format.ts';
import { tokenize } from './lexer.ts';
import { declarationNotation } from './notation.ts';
import { parseFile } from './parse.ts';

const folder = new URL('fixtures/', import.meta.url);
const programs = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'));

const meaning = (text: string): string =>
  parseFile('x', text)
    .chunks.flatMap(({ parsed }) => (parsed.declaration ? [declarationNotation(parsed.declaration)] : []))
    .join('\n');

describe('format', () => {
  it.each<[string, string, string]>([
    [
      'columns of a source line up',
      'source s=csv( "x" ,delimiter:";" )until 2024-12-31{\n /// The key.\n a:key\n\n\n  bc : decimal( 10,2 )?unit"EUR"   @time   @known( +2d )// why\n d:category{"x","y"}@protected,\n}',
      `source s = csv("x", delimiter: ";") until 2024-12-31 {
  /// The key.
  a  : key

  bc : decimal(10,2)? unit "EUR"  @time @known(+2d)  // why
  d  : category { "x", "y" }      @protected
}
`,
    ],
    [
      'definitions and pipes line up',
      'features f for t {\na\nbb=c+-1\nccc|>impute( median )|>standardize\n e,g=1\n}',
      `features f for t {
  a
  bb  = c + -1
  ccc |> impute(median) |> standardize
  e, g = 1
}
`,
    ],
    ['short blocks stay on one line', 'split t by group{group:x,test:20%,}', 'split t by group { group: x, test: 20% }\n'],
    ['empty blocks', 'model m = f(x) { }', 'model m = f(x) {}\n'],
    [
      'long blocks are broken',
      'evaluate champion on test { calibration_error <= 0.08 warn, drift(features) < 0.2 psi warn, by pclass { auc, recall }, accuracy, brier }',
      `evaluate champion on test {
  calibration_error <= 0.08  warn
  drift(features) < 0.2 psi  warn
  by pclass { auc, recall }
  accuracy
  brier
}
`,
    ],
    [
      'parts and settings of a task line up',
      'task t {\n each c in s where x>1\nat every month from 2024-01-01 to 2024-12-01\n label y\n delay:2d\nzone:"UTC"\n}',
      `task t {
  each  c in s where x > 1
  at    every month from 2024-01-01 to 2024-12-01
  label y
  delay: 2d
  zone:  "UTC"
}
`,
    ],
    [
      'models that stand together line up',
      'model a=f(x)\nmodel bcd=gg(x){ k:1 }\nmodel e=best of a,bcd by auc\n\nmodel f=h(x){k:2}',
      `model a   = f(x)
model bcd = gg(x) { k: 1 }
model e   = best of a, bcd by auc

model f = h(x) { k: 2 }
`,
    ],
    [
      'steps of a table have lines of their own once one has',
      'table t=a|where x\n|group by k{n=count(),mm=avg(x)}|sort by n desc',
      `table t = a
  | where x
  | group by k { n = count(), mm = avg(x) }
  | sort by n desc
`,
    ],
    ['a table on one line stays there', 'table t=a|where x', 'table t = a | where x\n'],
    [
      'ranges, windows and operators',
      'check s {\n x in 0 .. \n y in .. 3\n z in 1 .. - 1 warn\n count( t last 3d lag 1d where not(a==b) )>=1\n u.v in {"p"}\n [a,b]|>pca( 2 )\n}',
      `check s {
  x in 0..
  y in ..3
  z in 1..-1  warn
  count(t last 3d lag 1d where not (a == b)) >= 1
  u.v in { "p" }
  [a, b] |> pca(2)
}
`,
    ],
    [
      'lines inside brackets and behind operators keep their breaks',
      'features f for t {\n a = f(\n b,\n   c\n )\n d = e +\n g\n h\n and i\n}',
      `features f for t {
  a = f(
    b,
    c
  )
  d = e +
    g
  h
    and i
}
`,
    ],
    [
      'comments stay where they are said',
      '// file\n\n\n// of m\nmodel m = f(x) { // head\n// first\n a: 1 // one\n\n // last\n} // end\n// behind\n\n\n\nmodel n = f(x)',
      `// file

// of m
model m = f(x) {  // head
  // first
  a: 1  // one

  // last
}  // end
// behind

model n = f(x)
`,
    ],
    [
      'blank lines divide declarations',
      'import { a } from "x"\nimport { b } from "y"\n\n\ncheck a {\n x\n}\ncheck b {\n x\n}',
      'import { a } from "x"\nimport { b } from "y"\n\ncheck a {\n  x\n}\n\ncheck b {\n  x\n}\n',
    ],
    ['Windows line ends', 'model m=f(x){\r\na:1\r\n}\r\n', 'model m = f(x) {\r\n  a: 1\r\n}\r\n'],
    ['nothing', '', ''],
    ['only a comment', '\n // x\n', '// x\n'],
  ])('%s', (_, text, formatted) => {
    expect(format(text)).toBe(formatted);
    expect(format(formatted)).toBe(formatted);
  });

  it('leaves damaged declarations byte for byte', () => {
    const damaged = 'features  f for t {\n a   =\n\n\n\t b=1 }';
    expect(format(`model  m=f(x)\n\n${damaged}\n\n\nmodel  n=f(x)`)).toBe(`model m = f(x)\n\n${damaged}\n\n\nmodel n = f(x)\n`);
    expect(format('deploy  d=m{ x:1 }\n')).toBe('deploy  d=m{ x:1 }\n');
  });

  it.each(programs.map(program => [program.slice(0, 40), program]))('keeps what %j means, and formats once', (_, program) => {
    const formatted = format(program);
    expect(meaning(formatted)).toBe(meaning(program));
    expect(format(formatted)).toBe(formatted);
  });

  it('does so whatever white space and comments stand between the tokens', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % below;
    };
    const insertions = ['\n', ' ', '\n\n', '   ', '// c\n', '\n// own\n', '/// d\n', ',', '\n\n\n  '];
    let changed = 0;
    for (let round = 0; round < 300; round++) {
      let text = programs[round % programs.length] ?? '';
      for (let edits = 1 + random(4); edits > 0; edits--) {
        const { tokens } = tokenize(text);
        const at = tokens[random(tokens.length)]?.startOffset ?? 0;
        text = text.slice(0, at) + (insertions[random(insertions.length)] ?? '') + text.slice(at);
      }
      const formatted = format(text);
      if (formatted !== text) changed++;
      expect(meaning(formatted)).toBe(meaning(text));
      expect(format(formatted)).toBe(formatted);
      expect(formatted.replace(/[\s,]/g, '')).toBe(text.replace(/[\s,]/g, ''));
    }
    expect(changed).toBeGreaterThan(250);
  });
});
