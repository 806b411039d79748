/** Whatever a text holds, it gives a tree: chunks that cover it, names of their own, and problems that lie inside. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { format } from './format.ts';
import { parseFile } from './parse.ts';

const folder = new URL('fixtures/', import.meta.url);
const programs = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'));

function check(text: string): void {
  const { chunks, problems } = parseFile('x', text);
  const lies = (span: { start: number; end: number }, length: number): boolean => span.start >= 0 && span.start <= span.end && span.end <= length;
  const wrong: unknown[] = problems.filter(({ span }) => !lies(span, text.length));
  let end = 0;
  for (const { start, parsed } of chunks) {
    if (start !== end) wrong.push({ start, end });
    end = start + parsed.text.length;
    for (const problem of parsed.problems) {
      const { span, fix, message } = problem;
      if (!lies(span, parsed.text.length) || (fix && !lies(fix.span, parsed.text.length)) || message.includes('cannot be read from here'))
        wrong.push(problem);
    }
    if (parsed.declaration && !lies(parsed.declaration.span, parsed.text.length)) wrong.push(parsed.declaration);
  }
  if (end !== text.length) wrong.push({ covered: end, of: text.length });
  if (new Set(chunks.map(chunk => chunk.id)).size !== chunks.length) wrong.push(chunks.map(chunk => chunk.id));
  if (wrong.length > 0) expect({ text, wrong }).toBeNull();
}

let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed >>> 8) % below;
};
const pick = (from: readonly string[]): string => from[random(from.length)] ?? '';

const signs = Array.from('{}()[]<>"\'`|=:,.@?!&%+-*/\\ \n\t#;$é\u0000\uffff0a_“');
const words = [
  'and',
  'not',
  'in',
  'if',
  'then',
  'of',
  'last',
  'where',
  'by',
  'source',
  '\ntable t =',
  '==',
  '..',
  '|>',
  '|',
  '30d',
  '2024-02-30',
  '"x',
  'is null',
];

function mutate(text: string): string {
  const at = random(text.length);
  switch (random(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random(40));
    case 1:
      return text.slice(0, at) + pick(signs) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + pick(signs) + text.slice(at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random(8))) + text.slice(at + 1);
    case 4:
      return `${text.slice(0, at)} ${pick(words)} ${text.slice(at)}`;
    default:
      return text.slice(0, at) + text.slice(random(text.length));
  }
}

describe('any text', () => {
  it('that begins a program', () => {
    for (const program of programs) for (let end = 0; end <= program.length; end++) check(program.slice(0, end));
  });

  it('that lacks a character', () => {
    for (const program of programs) for (let at = 0; at < program.length; at++) check(program.slice(0, at) + program.slice(at + 1));
  });

  it('that was changed at random', () => {
    for (let round = 0; round < 4000; round++) {
      let text = programs[round % programs.length] ?? '';
      for (let edits = 1 + random(5); edits > 0; edits--) text = mutate(text) || ' ';
      check(text);
      if (round % 40 === 0) expect(format(format(text))).toBe(format(text));
    }
  });

  const opened = ['(', 'f(', '-', 'not ', '[', 'if ', '{', 'x { ', 'by x { ', '1 + ', 'a |> ', 'a.', 'x ?? ', '.. ', '1 .. ', 'list<', 'in {', 'a, '];
  it.each(opened)('that repeats %j a few thousand times', sign => {
    const deep = sign.repeat(3_000);
    for (const head of [
      'features f for t { a = ',
      'evaluate m on test {\n',
      'source s = csv("x") { a : ',
      'table t = s | where ',
      'model m = a(b) {',
      '',
    ]) {
      check(head + deep);
      check(`${head + deep}}`);
    }
  });

  it.each(['a', '{', '$', '"', '\n', '\u0000', '`', "'", '“', '/*', ' x', '#\n', '["a\n', '(\n', '" ', '\ud800', '\\', 'model m\n'])(
    'of two hundred thousand characters %j',
    junk => {
      check(junk.repeat(Math.ceil(200_000 / junk.length)));
    },
  );

  it('of ten million characters ends at once with one problem', () => {
    const { chunks, problems } = parseFile('x', '{(["'.repeat(2_500_000));
    expect([chunks.length, problems.map(problem => problem.rule)]).toEqual([1, ['file-too-large']]);
  });
});
