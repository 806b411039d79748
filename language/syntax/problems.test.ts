/** What is said about wrong programs: each problem as the text it marks, the message, and the repaired line where there is a fix. */
import { describe, expect, it } from 'vitest';
import type { SyntaxProblem } from './ast.ts';
import { declarationNotation } from './notation.ts';
import { parseFile } from './parse.ts';

function problemsOf(text: string): { problem: SyntaxProblem; start: number }[] {
  return parseFile('x', text).chunks.flatMap(({ parsed, start }) => parsed.problems.map(problem => ({ problem, start })));
}

const shown = (text: string): string[] =>
  problemsOf(text).map(({ problem: { rule, span, message }, start }) => {
    const marked = text.slice(start + span.start, start + span.end);
    return `${rule === 'syntax-error' ? '' : `${rule} `}‹${marked}› ${message}`;
  });

/** The text with all fixes applied, last first. */
const mended = (text: string): string =>
  problemsOf(text)
    .flatMap(({ problem: { fix }, start }) => (fix ? [{ ...fix, at: start }] : []))
    .sort((a, b) => b.at + b.span.start - a.at - a.span.start)
    .reduce((out, { at, span, text: insert }) => out.slice(0, at + span.start) + insert + out.slice(at + span.end), text);

const trees = (text: string): string =>
  parseFile('x', text)
    .chunks.map(({ parsed }) => (parsed.declaration ? declarationNotation(parsed.declaration) : ''))
    .join(' ');
const features = (inside: string): string => `features f for t {\n${inside}\n}`;
const source = (inside: string): string => `source s = csv("x.csv") {\n${inside}\n}`;

describe('what is missing', () => {
  it.each([
    [source('  age : {\n  b : int'), ['‹{› Expected a type after `age :`, found `{`.']],
    [source('  age :\n  b : int'), ['‹:› Expected a type after `age :`, found the end of the line.']],
    [source('  age float'), ['‹float› Expected `:` and a type after `age`, found `float`.']],
    [source('  a : int in\n  b : int'), ['‹in› Expected a range such as `0..100` after `in`, found the end of the line.']],
    [
      source('  a : int nullable'),
      ['‹nullable› Expected a constraint such as `unique`, a role such as `@time`, or a new line after `int`, found `nullable`.'],
    ],
    [source('  a : int\n  @time'), ['‹@› Expected the name of a column, found `@`.']],
    [source('  in : int'), ['‹in› `in` is a word of the language.']],
    [source('  a : category "x", "y" }'), ['‹"x"› Expected `{` before the levels after `category`, found `"x"`.']],
    [features('  a =\n  b = 1'), ['‹=› Expected a value after `a =`, found the end of the line.']],
    [features('  a = b +\n  c = 1'), ['‹+› Expected a value after `b +`, found the end of the line.']],
    [features('  a = sum(x of o last )'), ['‹)› Expected a duration such as `30d` after `last`, found `)`.']],
    [features('  a b'), ['‹b› Expected a comma or a new line after `a`, found `b`.']],
    [features('  a = f(x y)'), ['‹y› Expected `,` or `)` after `x`, found `y`.']],
    [features('  a = if b then c'), ['‹c› Expected `else` and a value after `c`, found the end of the line.']],
    [features('  a: 1'), ['‹:› A feature is defined with `=`.']],
    ['model m f(x)', ['‹f› Expected `=` and an algorithm after `m`, found `f`.']],
    ['model m = f(x) { trees 300 }', ['‹300› Expected `:` after `trees`, found `300`.']],
    ['model m = f(x) { trees = 300 }', ['‹=› A setting is written with `:`.']],
    ['model m = best of a, by auc', ['‹by› Expected a model after `a,`, found `by`.']],
    ['evaluate m test { auc }', ['‹test› Expected `on` and a partition after `m`, found `test`.']],
    ['task t { each in s }', ['‹in› Expected a name for one observation after `each`, found `in`.']],
    ['task t { labl x = y }', ['‹labl› `labl` is no part of a task.']],
    ['task t { at every month frm 2024-01-01 to 2024-02-01 }', ['‹frm› `frm` is not a word that can stand here.']],
    ['import a from "./x.cupel"', ['‹a› Expected `{` and the names to import after `import`, found `a`.']],
    ['table t = a | | where x', ['‹|› Expected a step such as `where` or `derive` after `a |`, found `|`.']],
    ['param x', ['‹x› Expected `:` and a type, or `=` and a value after `x`, found the end of the declaration.']],
  ])('%s', (text, problems) => {
    expect(shown(text)).toEqual(problems);
  });
});

describe('what is never closed', () => {
  it.each([
    ['source s = csv("x" {\n  a : int\n}', ['unclosed-block ‹(› This `(` is never closed.'], 'source s = csv("x") {\n  a : int\n}'],
    ['source s = csv("x) {\n  a : int\n}', ['unclosed-text ‹"x› This text has no closing quote.'], 'source s = csv("x") {\n  a : int\n}'],
    [
      source('  a : category { "x", "y"\n  b : int'),
      ['unclosed-block ‹{› This `{` is never closed.'],
      source('  a : category { "x", "y" }\n  b : int'),
    ],
    [
      source('  a : category { "x", "y" @time\n  b : int'),
      ['unclosed-block ‹{› This `{` is never closed.'],
      source('  a : category { "x", "y" } @time\n  b : int'),
    ],
    [features('  a = f(1, 2\n  b = 3'), ['unclosed-block ‹(› This `(` is never closed.'], features('  a = f(1, 2)\n  b = 3')],
    [features('  a = [1, 2\n  b = 3'), ['unclosed-block ‹[› This `[` is never closed.'], features('  a = [1, 2]\n  b = 3')],
    ['split t by time {\n  test: 20%', ['unclosed-block ‹{› This `{` is never closed.'], 'split t by time {\n  test: 20%\n}'],
    ['check a {\n  x\nmodel m = f(y)\n', ['unclosed-block ‹{› This `{` is never closed.'], 'check a {\n  x\n}\nmodel m = f(y)\n'],
    ['evaluate m on test {\n  by x {\n  auc\n}\n', ['unclosed-block ‹{› This `{` is never closed.'], 'evaluate m on test {\n  by x { }\n  auc\n}\n'],
    ['model m = f(x)\n}\n', ['‹}› This `}` closes nothing.'], 'model m = f(x)\n\n'],
  ])('%s', (text, problems, fixed) => {
    expect(shown(text)).toEqual(problems);
    expect(mended(text)).toBe(fixed);
    expect(shown(fixed)).toEqual([]);
  });
});

describe('what is written otherwise elsewhere', () => {
  const like = 'A pattern is written `x matches "…"`; it is found anywhere in the text, and `^` and `$` tie it to both ends.';

  it.each([
    ['a && b || !c', 'a and b or not c', 3],
    ['a <> b', 'a != b', 1],
    ['a === b', 'a == b', 1],
    ['a ≤ b', 'a <= b', 1],
    ['a is null', 'a == null', 1],
    ['a is not null', 'a != null', 1],
    ['a + b = 0', 'a + b == 0', 1],
    ['count(o where s = "x")', 'count(o where s == "x")', 1],
    ['f(k=5)', 'f(k: 5)', 1],
    ["'it'", '"it"', 1],
    ['“it”', '"it"', 1],
    ['True', 'true', 1],
    ['None', 'null', 1],
    ['a in 1...3', 'a in 1..3', 1],
    ['a # b', 'a // b', 1],
    ['amount.sum()', 'sum(amount)', 1],
    ['count(o last 30days)', 'count(o last 30d)', 1],
    ['"\\d+"', '"\\\\d+"', 1],
    ['2024-1-5', '2024-01-05', 1],
    ['a between 1 and 3', 'a in 1..3', 1],
    ['a BETWEEN -1.5 AND 2 and b', 'a in -1.5..2 and b', 1],
    ['a between 2024-01-01 and 2024-01-31', 'a in 2024-01-01..2024-01-31', 1],
    ['a like "%gp%"', 'a matches "gp"', 1],
    ['a LIKE \'gp_"1".%\' and b', 'a matches "^gp.\\"1\\"\\\\." and b', 1],
    ['b and lower(a) not like "%x"', 'b and not lower(a) matches "x$"', 1],
  ])('%s', (wrong, right, count) => {
    const text = features(`  x = ${wrong}`);
    expect(shown(text)).toHaveLength(count);
    expect(mended(text)).toBe(features(`  x = ${right}`));
    expect(shown(mended(text))).toEqual([]);
  });

  it.each([
    ['"Mean Radius" : float', '`Mean Radius` : float'],
    ['Mean Radius : float', '`Mean Radius` : float'],
    ['income (€)  : float? in 0..', '`income (€)`  : float? in 0..'],
    ['share in % : float', '`share in %` : float'],
    ['first-name: text', '`first-name`: text'],
  ])('the name of a column is written between backticks: %s', (wrong, right) => {
    const text = source(`  ${wrong}\n  b : int`);
    expect(shown(text).map(line => line.replace(/^‹.*› /, ''))).toEqual(['This name is no plain word.']);
    expect(mended(text)).toBe(source(`  ${right}\n  b : int`));
    expect(trees(text)).toBe(trees(mended(text)));
    expect(shown(mended(text))).toEqual([]);
  });

  it('a decimal sign is a point', () => {
    const text = 'table t = rows | derive x = a * 1,19';
    expect(shown(text)).toEqual(['‹1,19› The decimal sign is a point.']);
    expect(mended(text)).toBe('table t = rows | derive x = a * 1.19');
    expect(shown('table t = rows | derive x = round(a, 1, 19)')).toEqual([]);
  });

  it('a range of names is no list of columns', () => {
    expect(shown(source('  a b, c : int'))).toEqual(['‹b› Expected `:` and a type after `a`, found `b`.']);
  });

  it.each([
    ['task t { each p in s, predict y }', 'task t { each p in s, label y }'],
    ['task t { each p in s, target y }', 'task t { each p in s, label y }'],
    ['split t random { test: 20% }', 'split t at random { test: 20% }'],
    ['split t time { test: 2024-01-01.. }', 'split t by time { test: 2024-01-01.. }'],
    ['split t by time as late { test: 2024-01-01.. }', 'split late for t by time { test: 2024-01-01.. }'],
  ])('%s', (wrong, right) => {
    expect(shown(wrong)).toHaveLength(1);
    expect(mended(wrong)).toBe(right);
    expect(trees(wrong)).toBe(trees(right));
  });

  it.each([
    ['a AND b', 'Write `and`.'],
    ['1 if a > 3 else 0', 'A choice is written `if c then a else b`.'],
    ['CASE WHEN a THEN 1 END', 'A choice is written `if c then a else b`.'],
    ['a ** 2', 'A power is written `power(x, 2)`.'],
    ['a IS NOT NULL', 'A test for null is written `x == null` or `x != null`.'],
    ['a between b and c', 'A range is written `x in 1..3`.'],
    ['a like b', like],
    ['a like "100\\\\%"', like],
    ['a LIKE "%"', like],
    ['count(*)', 'Rows are counted by table, as in `count(orders)`; in a check, `count()`.'],
    ['0 < a < 3', 'Join them with `and`, as in `0 < x and x < 10`, or write `x in 0..10`.'],
  ])('%s', (wrong, help) => {
    const found = problemsOf(features(`  x = ${wrong}`));
    expect(found).toHaveLength(1);
    expect(found[0]?.problem.help).toBe(help);
  });

  it.each([
    ['a like "%gp%" and b', 'a matches "gp" and b'],
    ['a AND b', 'a and b'],
    ['a like b', 'a like b'],
  ])('in a step: %s', (wrong, right) => {
    const text = `table t = s | where ${wrong} | drop c`;
    expect(shown(text)).toHaveLength(1);
    expect(problemsOf(text)[0]?.problem.help).toMatch(/written|Write/);
    expect(mended(text)).toBe(`table t = s | where ${right} | drop c`);
  });

  it('as the step of a table', () => {
    const text = 'table t = a\n  | filter x > 1\n  |> derive y = x\n  | join b on a.k = b.k\n';
    expect(shown(text).map(line => line.replace(/^‹.*› /, ''))).toEqual([
      '`filter` is not a step of a table.',
      'A step of a table comes after `|`.',
      'A join names columns without their table.',
      'A comparison is written `==`.',
      'A join names columns without their table.',
    ]);
    expect(trees(mended(text))).toBe('(table t a (where (> x 1)) (derive (= y x)) (join left b k=k))');
  });

  it('as a declaration, which is then read as the one it is near to', () => {
    const text = 'sorce s = csv("x")\n\nfeature f for t { a }\n\nfoo bar\n';
    expect(shown(text)).toEqual([
      'unknown-declaration ‹sorce› `sorce` begins no declaration.',
      'unknown-declaration ‹feature› `feature` begins no declaration.',
      'unknown-declaration ‹foo› `foo` begins no declaration.',
    ]);
    expect(trees(text)).toBe('(source s (csv "x")) (features f t a)');
  });
});

describe('what has the look of a value', () => {
  it.each([
    ['2024-02-30', 'There is no date `2024-02-30`.', 'February 2024 ends on 2024-02-29.'],
    ['2023-02-29', 'There is no date `2023-02-29`.', 'February 2023 ends on 2023-02-28.'],
    ['2024-13-01', 'There is no date `2024-13-01`.', 'A date is year-month-day, with a month from 01 to 12: `2024-01-31`.'],
    ['2024-01-31T25:00', 'There is no time `2024-01-31T25:00`.', 'Hours go to 23, minutes and seconds to 59.'],
    [
      '30dd',
      '`30dd` is neither a number nor a duration.',
      'Durations end in `ms`, `s`, `m`, `h`, `d`, `w`, `mo` or `y`; a name begins with a letter.',
    ],
    ['1h30m', '`1h30m` joins several durations.', 'Write it in one unit: `90m` for an hour and a half.'],
    ['0.5mo', '`0.5mo` is not a whole number of months.', 'Write it in days, or in whole months.'],
    ['20k', '`20k` is not a number.', 'Write all digits: `20_000`.'],
    ['"\\u{110000}"', '`\\u{110000}` names no character.', 'Write the code point in hexadecimal digits: `\\u{e9}` is é.'],
  ])('%s', (literal, message, help) => {
    const [found, ...others] = problemsOf(features(`  x = ${literal}`));
    expect(others).toEqual([]);
    expect(found?.problem).toMatchObject({ rule: 'malformed-literal', message, help });
  });
});

describe('statements of other languages', () => {
  const declared = 'source s = csv("x.csv") { a : int }\n';

  it.each([
    ['import pandas as pd\n', ['unknown-declaration ‹import pandas as pd› A program uses no libraries.'], '\n'],
    ['import numpy\n', ['unknown-declaration ‹import numpy› A program uses no libraries.'], '\n'],
    ['from sklearn import tree; x\n', ['unknown-declaration ‹from sklearn import tree; x› A program uses no libraries.'], '\n'],
    ['from "./x.cupel" import { a }\n', ['unknown-declaration ‹from "./x.cupel" import { a }› The names stand before their file.'], '\n'],
    [
      'import pandas as pd\ndf = pd.read_csv("x.csv")\n',
      ['unknown-declaration ‹import pandas as pd› A program uses no libraries.', 'unknown-declaration ‹df› `df` begins no declaration.'],
      '\ndf = pd.read_csv("x.csv")\n',
    ],
    ['SELECT * FROM s WHERE a > 1;\n', ['unknown-declaration ‹SELECT * FROM s WHERE a > 1› A query begins no declaration.'], null],
    ['select a, b\nfrom s\ngroup by a;\n', ['unknown-declaration ‹select a, b› A query begins no declaration.'], null],
    ['table t = SELECT a FROM s;\n', ['‹SELECT a FROM s› A table is no query.'], null],
    ['table t = select * from s\n', ['‹select * from s› A table is no query.'], null],
  ])('%s', (text, problems, fixed) => {
    for (const whole of [text, `${declared}\n${text}\n${declared}`]) {
      expect(shown(whole)).toEqual(problems);
      expect(mended(whole)).toBe(fixed === null ? whole : whole.replace(text, fixed));
    }
    expect(trees(`${declared}${text}${declared}`).match(/\(source s/g)).toHaveLength(2);
  });

  it('a first word that only looks like one of ours begins nothing', () => {
    expect(shown('predict m on rows')).toEqual(['unknown-declaration ‹predict› `predict` begins no declaration.']);
    expect(trees('predict t { each p in s, label y }')).toBe('(task t (each p s) (label y))');
  });

  it('say how a table is written, with the table that is read', () => {
    const helps = (text: string) => problemsOf(text).map(({ problem }) => problem.help);
    const steps = (name: string, base: string) => [`A table is written as steps: \`table ${name} = ${base} | where x > 1 | select a, b\`.`];
    expect(helps('SELECT a, b FROM visits')).toEqual(steps('picked', 'visits'));
    expect(helps('table big = SELECT a FROM visits')).toEqual(steps('big', 'visits'));
    expect(helps('table big = select')).toEqual([]);
  });
});

describe('durations, periods and signs at the end', () => {
  it.each([
    [
      features('  n = count(o last 30 days)'),
      ['malformed-literal ‹30 days› A duration is written in one word.'],
      features('  n = count(o last 30d)'),
    ],
    [
      features('  n = count(o last 3 months lag 1 week where a > 2)'),
      ['malformed-literal ‹3 months› A duration is written in one word.', 'malformed-literal ‹1 week› A duration is written in one word.'],
      features('  n = count(o last 3mo lag 1w where a > 2)'),
    ],
    [
      'task t { at every 1 month from 2024-01-01 to 2024-02-01 }',
      ['‹1 month› One month is written as the word alone.'],
      'task t { at every month from 2024-01-01 to 2024-02-01 }',
    ],
    [
      'task t { at every 2 weeks from 2024-01-01 to 2024-02-01 }',
      ['malformed-literal ‹2 weeks› A duration is written in one word.'],
      'task t { at every 2w from 2024-01-01 to 2024-02-01 }',
    ],
    [
      'task t { label count(o next 3d) == 0 }',
      ['‹count(o next 3d) == 0› What is predicted by an expression has a name.'],
      'task t { label outcome = count(o next 3d) == 0 }',
    ],
    ['task t { label a > 3 }', ['‹a > 3› What is predicted by an expression has a name.'], 'task t { label outcome = a > 3 }'],
    ['task t { label gone: count(o next 3d) == 0 }', ['‹:› What is predicted is defined with `=`.'], 'task t { label gone = count(o next 3d) == 0 }'],
    [features('  n = count(o in last 30d)'), ['‹in› A window follows its table directly.'], features('  n = count(o last 30d)')],
    [
      features('  n = sum(x of o in last 30d where y)'),
      ['‹in› A window follows its table directly.'],
      features('  n = sum(x of o last 30d where y)'),
    ],
    [features('  n = count(o, last 30d)'), ['‹,› A window follows its table directly.'], features('  n = count(o last 30d)')],
    [features('  n = count(o in next, a)'), [], features('  n = count(o in next, a)')],
    [
      'split t by time { train: 2024-01-01 to 2024-02-01, test: 2024-03-01.. }',
      ['‹to› A range is written with two dots.'],
      'split t by time { train: 2024-01-01..2024-02-01, test: 2024-03-01.. }',
    ],
    ['task t { at every month from 2024-01-01 to 2024-02-01 }', [], 'task t { at every month from 2024-01-01 to 2024-02-01 }'],
    [
      'model m = gbt(x, trees=60, depth: 3)',
      ['‹trees=60, depth: 3› Settings stand in braces after the features.'],
      'model m = gbt(x) { trees: 60, depth: 3 }',
    ],
    ['model m = stacking(a, b, folds=3)', ['‹folds=3› Settings stand in braces after the features.'], 'model m = stacking(a, b) { folds: 3 }'],
    ['model m = f(x) { trees: 60 };\n', ['‹;› Nothing ends with `;` here: an item ends with its line.'], 'model m = f(x) { trees: 60 }\n'],
    ['model m = f(x) {\n  trees: 60;\n}\n', ['‹;› Nothing ends with `;` here: an item ends with its line.'], 'model m = f(x) {\n  trees: 60\n}\n'],
    ['model m = f(x) { trees: 60; depth: 3 }', ['‹;› On one line, items are separated by commas.'], 'model m = f(x) { trees: 60, depth: 3 }'],
  ])('%s', (text, problems, fixed) => {
    expect(shown(text)).toEqual(problems);
    expect(mended(text)).toBe(fixed);
    expect(shown(fixed)).toEqual([]);
  });

  it('a word behind a number that begins something of its own is no unit', () => {
    expect(shown('model m = f(x) { trees: 60 day: 3 }')).toEqual(['‹day› Expected a comma or a new line after `60`, found `day`.']);
  });

  it('part of a month is no duration, in two words either', () => {
    const [found, ...others] = problemsOf(features('  n = count(o last 1.5 months)'));
    expect([found?.problem.message, others]).toEqual(['`1.5mo` is not a whole number of months.', []]);
  });
});

describe('independent errors', () => {
  it('are all reported, and what stands between them is read', () => {
    const text =
      'source s = csv("x.csv") {\n  a :\n  b : int\n  c int\n  d : date in 2024-02-30..\n}\n\ntask t {\n  each p s\n  label a\n}\n\nmodel m = f(x) {\n  a: 1\n  b 2\n  c: )\n  d: 4\n}\n';
    expect(shown(text)).toEqual([
      '‹:› Expected a type after `a :`, found the end of the line.',
      '‹int› Expected `:` and a type after `c`, found `int`.',
      'malformed-literal ‹2024-02-30› There is no date `2024-02-30`.',
      '‹s› Expected `in` and a table after `p`, found `s`.',
      '‹2› Expected `:` after `b`, found `2`.',
      '‹)› Expected a value after `c:`, found `)`.',
    ]);
    expect(trees(text)).toBe(
      '(source s (csv "x.csv") (a ``) (b int) (c int) (d date in (.. ? _))) (task t (each p s) (label a)) (model m (f x) (: a 1) (: b 2) (: c ?) (: d 4))',
    );
  });
});
