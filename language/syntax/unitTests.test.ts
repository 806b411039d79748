import { describe, expect, it } from 'vitest';
import { format } from './format.ts';
import { declarationNotation } from './notation.ts';
import { parseFile } from './parse.ts';

const notation = (text: string): string => {
  const [chunk] = parseFile('a.cupel', text).chunks;
  return chunk?.parsed.declaration ? declarationNotation(chunk.parsed.declaration) : '';
};
const problems = (text: string): string[] =>
  parseFile('a.cupel', text).chunks.flatMap(({ parsed }) =>
    parsed.problems.map(p => `${p.message.replace(/\.$/, '')} «${parsed.text.slice(p.span.start, p.span.end)}»`),
  );

const laidOut = `/// Small orders are left out.
test large as small {
  given orders [
    { order_id: "o1", amount: 5, placed_at: 2024-01-01 },
    { order_id: "o2", amount: -1.5, note: null },
  ]
  given customers []
  expect [ { order_id: "o1" } ]
}
`;

describe('a test', () => {
  it('of a table', () => {
    expect(problems(laidOut)).toEqual([]);
    expect(notation(laidOut)).toBe(
      '(test large as small (given orders (row (: order_id "o1") (: amount 5) (: placed_at 2024-01-01)) (row (: order_id "o2") (: amount (- 1.5)) (: note null))) (given customers) (expect (row (: order_id "o1"))) /// "Small orders are left out.")',
    );
  });

  it('of features, on one line', () => {
    const text = 'test f { given orders [ { a: 1 } ] cutoff 2024-01-01 expect features { n: 2, `x=y`: 0 } }\n';
    expect(problems(text)).toEqual([]);
    expect(notation(text)).toBe('(test f (given orders (row (: a 1))) (cutoff 2024-01-01) (expect features (row (: n 2) (: `x=y` 0))))');
    expect(format(text)).toBe(text);
  });

  it('is laid out once', () => {
    expect(format(laidOut)).toBe(laidOut.replace('null },\n  ]', 'null }\n  ]'));
    expect(format(format(laidOut))).toBe(format(laidOut));
    const long = `test t { given orders [ ${Array.from({ length: 12 }, (_, i) => `{ order_id: "o${i}", amount: ${i} }`).join(', ')} ] expect [] }\n`;
    const once = format(long);
    expect(format(once)).toBe(once);
    expect(notation(once)).toBe(notation(long));
  });

  it.each([
    ['test t { givn orders [] expect [] }', ['`givn` is no part of a test «givn»']],
    ['test t { when orders [] returns [] }', ['`when` is no part of a test «when»', '`returns` is no part of a test «returns»']],
    ['test t { given orders expect [] }', ['Expected `[` and the rows after `orders`, found `expect` «expect»']],
    ['test t { given orders [ { a: 1 } { a: 2 } ] expect [] }', []],
    ['test t { given orders [ { a = 1 } ] expect [] }', ['A setting is written with `:` «=»']],
    ['test t { given orders [] expect [] expect [] }', ['The test has a second `expect` «expect []»']],
    ['test { given orders [] }', ['Expected the table or feature set that is tested after `test`, found `{` «{»']],
    ['test t { 1 }', ['Expected an item of the block after `t {`, found `1` «1»']],
    ['test t { given orders [ 1 ] expect [] }', ['Expected `{` and a row, or `]` after `orders [`, found `1` «1»']],
    [
      'test t { given orders [ { a: 1 ] expect [] }',
      ['This `{` is never closed «{»', 'This `[` is never closed «[»', 'Expected a comma or a new line after `1`, found `]` «]»'],
    ],
  ])('%s', (text, said) => expect(problems(text)).toEqual(said));

  it('leaves the words free for columns', () => {
    expect(problems('table t = given | where expect > cutoff and test == 1')).toEqual([]);
  });
});
