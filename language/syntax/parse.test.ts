import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Declaration, Expr } from './ast.ts';
import { declarationNotation, exprNotation } from './notation.ts';
import { maxFileLength, parseChunk, parseFile } from './parse.ts';

/** The one declaration of a text that has no problems, in the compact notation. */
function declared(text: string): string {
  const { declaration, problems } = parseChunk(text);
  expect(problems).toEqual([]);
  return declaration ? declarationNotation(declaration) : '';
}

function expression(text: string): Expr {
  const { declaration, problems } = parseChunk(`def x = ${text}`);
  expect(problems).toEqual([]);
  if (declaration?.kind !== 'def') throw new Error('no definition');
  return declaration.body;
}

describe('expressions', () => {
  it.each([
    ['1 + 2 * 3', '(+ 1 (* 2 3))'],
    ['1 - 2 - 3', '(- (- 1 2) 3)'],
    ['(1 - 2) - (3)', '(- (- 1 2) 3)'],
    ['1 - (2 - 3)', '(- 1 (- 2 3))'],
    ['-a * b', '(* (- a) b)'],
    ['a div b % c', '(% (div a b) c)'],
    ['not a == b and c', '(and (not (== a b)) c)'],
    ['a or b and c', '(or a (and b c))'],
    ['a == b and not c or d', '(or (and (== a b) (not c)) d)'],
    ['a ?? b ?? c', '(?? a (?? b c))'],
    ['a ?? 0 > 3', '(> (?? a 0) 3)'],
    ['a ?? 0 + 1', '(?? a (+ 0 1))'],
    ['a in 1..3', '(in a (.. 1 3))'],
    ['a in 0..', '(in a (.. 0 _))'],
    ['a in ..n + 1', '(in a (.. _ (+ n 1)))'],
    ['a in { "x", "y" }', '(in a {"x" "y"})'],
    ['a in ["x", "y",]', '(in a ["x" "y"])'],
    ['a not in { 1 }', '(not (in a {1}))'],
    ['a matches "x.*"', '(matches a "x.*")'],
    ['if a > 1 then b else c + 1', '(if (> a 1) b (+ c 1))'],
    ['if a then b else c |> f', '(|> (if a b c) f)'],
    ['a + b |> impute(median) |> standardize', '(|> (|> (+ a b) (impute median)) standardize)'],
    ['a.b.c == null', '(== a.b.c null)'],
    ['`a b`.last', '`a b`.last'],
    ['[a, b] |> kmeans_distance(7)', '(|> [a b] (kmeans_distance 7))'],
    ['count(orders)', '(count orders)'],
    ['count()', '(count)'],
    ['last(plan of plan_changes)', '(last (rows plan of plan_changes))'],
    ['count(orders last 30d lag 7d)', '(count (rows orders last 30d lag 7d))'],
    ['sum(a / (b + 1) of t via c last 7d where p and q)', '(sum (rows (/ a (+ b 1)) of t via c last 7d where (and p q)))'],
    ['rate(x > 3 of t where p last 7d)', '(rate (rows (> x 3) of t last 7d where p))'],
    ['f(a, k: 5, last: last)', '(f a k: 5 last: last)'],
    ['98%', '98%'],
    ['a % 5', '(% a 5)'],
    ['"a\\n\\"b\\" \\u{e9}"', '"a\\n\\"b\\" é"'],
    ['true and false', '(and true false)'],
  ])('%s', (text, notation) => {
    expect(exprNotation(expression(text))).toBe(notation);
  });

  it.each<[string, Partial<Extract<Expr, { value: unknown }>> | object]>([
    ['1_000', { kind: 'number', value: 1000, isInteger: true, raw: '1_000' }],
    ['1e-3', { kind: 'number', value: 0.001, isInteger: false }],
    ['2.50', { kind: 'number', value: 2.5, isInteger: false, raw: '2.50' }],
    ['3x', { kind: 'number', value: 3, raw: '3x' }],
    ['12.5%', { kind: 'percent', value: 0.125 }],
    ['2w', { kind: 'duration', value: { months: 0, micros: 14 * 86_400_000_000 } }],
    ['250ms', { kind: 'duration', value: { months: 0, micros: 250_000 } }],
    ['1y', { kind: 'duration', value: { months: 12, micros: 0 } }],
    ['3mo', { kind: 'duration', value: { months: 3, micros: 0 } }],
    ['1970-01-02', { kind: 'date', iso: '1970-01-02', micros: 86_400_000_000 }],
    ['0001-01-01', { kind: 'date', micros: -62_135_596_800_000_000 }],
    ['1970-01-01T00:00:01Z', { kind: 'timestamp', micros: 1_000_000 }],
    ['1970-01-01T01:00:00.25+01:00', { kind: 'timestamp', micros: 250_000 }],
  ])('reads %s', (text, value) => {
    expect(expression(text)).toMatchObject(value);
  });

  it('has spans that lie in the text they name', () => {
    const text = 'def x = sum(amount of orders last 90d) ?? `a b`.c';
    const { declaration } = parseChunk(text);
    const body = declaration?.kind === 'def' ? declaration.body : null;
    const at = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
    if (body?.kind !== 'binary') throw new Error('no operator');
    expect(at(body.span)).toBe(text.slice(8));
    expect(at(body.operatorSpan)).toBe('??');
    expect(at(body.left.span)).toBe('sum(amount of orders last 90d)');
    expect(at(body.right.span)).toBe('`a b`.c');
    const window = body.left.kind === 'call' ? body.left.args[0]?.window : null;
    expect(at(window?.span ?? { start: 0, end: 0 })).toBe('of orders last 90d');
    expect(at(window?.frame?.span ?? { start: 0, end: 0 })).toBe('last 90d');
  });
});

describe('declarations', () => {
  it.each([
    ['import { a, `b c` } from "./x.cupel"', '(import a `b c` "./x.cupel")'],
    ['import {\n  a,\n  b\n} from "./x.cupel"', '(import a b "./x.cupel")'],
    ['param horizon: duration = 60d', '(param horizon : duration = 60d)'],
    ['param n = 3', '(param n = 3)'],
    ['def spend(d) = sum(amount of orders last d)', '(def spend (d) (sum (rows amount of orders last d)))'],
    ['source s = csv("x.csv", delimiter: ";") until 2024-12-31', '(source s (csv "x.csv" delimiter: ";") until 2024-12-31)'],
    [
      'source s = csv("x") {\n  /// Doc.\n  a : decimal(10, 2)? unit "EUR" unique immutable @time @known(+2d)\n  b : ref t?, c : list<list<int>>\n  d : category? { "x",\n "y" } in 0.. @pii(name)\n}',
      '(source s (csv "x") (a decimal(10 2)? unit "EUR" unique immutable @time @known((+ 2d)) /// "Doc.") (b ref t?) (c list<list<int>>) (d category {"x" "y"}? in (.. 0 _) @pii(name)))',
    ],
    ['source s = csv("x") { source : int, in_ : text matches "a+" }', '(source s (csv "x") (source int) (in_ text matches "a+"))'],
    [
      'table t = a | where x > 1 | derive y = x, z = lag(x, 1) | select x, y | drop z | rename x as w',
      '(table t a (where (> x 1)) (derive (= y x) (= z (lag x 1))) (select x y) (drop z) (rename x>w))',
    ],
    [
      'table t = a\n  | join b on k\n  | inner join c on x == y, z as of t\n  | union d\n  | group by k, l { n = count(), m = avg(x) }',
      '(table t a (join left b k=k) (join inner c x=y z=z as-of t) (union d) (group k l (= n (count)) (= m (avg x))))',
    ],
    [
      'table t = a | dedupe by k keep latest at_ | time x known y | known p, q at r | sort by a, b desc | sample 10% seed 1 | history by k at t',
      '(table t a (dedupe k latest at_) (time x known y) (known p q at r) (sort a b desc) (sample 10% seed 1) (history k at t))',
    ],
    ['table t = a | impute(median) | standardize', '(table t a (call (impute median)) (call standardize))'],
    [
      'check s {\n  count() >= 1_000\n  complete(a) >= 75%  warn\n  x in 0..  quarantine\n}',
      '(check s (>= (count) 1_000) (claim (>= (complete a) 75%) warn) (claim (in x (.. 0 _)) quarantine))',
    ],
    [
      'task t {\n  each c in customers where x > 1\n  at every 1mo from 2024-01-01 to 2024-12-01\n  label y = a == 1\n  delay: 2d\n}',
      '(task t (each c customers where (> x 1)) (every 1mo 2024-01-01 2024-12-01) (label y (== a 1)) (: delay 2d))',
    ],
    ['task t { each c in customers, at seen, label none }', '(task t (each c customers) (at seen) (label none))'],
    ['task t { label: 3, label at }', '(task t (label at) (: label 3))'],
    ['split t at random { test: 20%, stratify: x }', '(split t random (: test 20%) (: stratify x))'],
    ['split s for t by time { train: ..2024-01-01 }', '(split s for t time (: train (.. _ 2024-01-01)))'],
    ['features f for t { a, b = 1, a |> log1p, [a, b] |> pca(2) }', '(features f t a (= b 1) (|> a log1p) (|> [a b] (pca 2)))'],
    ['model m = best of a, b by recall_at(precision: 50%) on validate', '(model m (best a b by (recall_at precision: 50%) on validate))'],
    [
      'model m = f(x) { stop: 10 on validate, threshold: max f1, tune { depth: 3..10, by: auc } }',
      '(model m (f x) (: stop 10 on validate) (: threshold max f1) (block tune (: depth (.. 3 10)) (: by auc)))',
    ],
    [
      'evaluate m on s.test where a > 1 as q { auc, low(auc) >= 0.8, by a > 3 { auc }, fair over sex { x <= 0.2  warn } }',
      '(evaluate m s.test where (> a 1) as q auc (>= (low auc) 0.8) (by (> a 3) auc) (block fair over sex (claim (<= x 0.2) warn)))',
    ],
    ['evaluate m on folds', '(evaluate m folds)'],
    ['deploy api = m {\n  owner: "x"\n  burn 3x over 1h page\n}', '(later deploy api)'],
    ['test t { given orders [ { a: 1 } ] expect [ { b: 2 } ] }', '(test t (given orders (row (: a 1))) (expect (row (: b 2))))'],
    ['/// One.\n/// Two.\nmodel m = f(x)', '(model m (f x) /// "One.\\nTwo.")'],
  ])('%s', (text, notation) => {
    expect(declared(text)).toBe(notation);
  });
});

describe('line ends', () => {
  const items = (inside: string): string => declared(`features f for t {\n${inside}\n}`).replace(/^\(features f t ?|\)$/g, '');
  it.each([
    ['a\nb', 'a b'],
    ['a +\n b', '(+ a b)'],
    ['a\n  and b', '(and a b)'],
    ['a\n  or b\n  ?? c', '(or a (?? b c))'],
    ['a\n  |> f\n  |> g', '(|> (|> a f) g)'],
    ['a\n  .b', 'a.b'],
    ['f(a,\n\n  b\n)\nc', '(f a b) c'],
    ['[a\n, b]', '[a b]'],
    ['x = if a\n  then b\n  else c', '(= x (if a b c))'],
    ['a,\nb,\n', 'a b'],
    ['x in 0..\ny', '(in x (.. 0 _)) y'],
    ['x = a -\n  b', '(= x (- a b))'],
    ['a // and\nb', 'a b'],
    ['a\r\nb\rc', 'a b c'],
  ])('%j', (text, notation) => {
    expect(items(text)).toBe(notation);
  });

  it('close the type of a list', () => {
    expect(declared('source s = csv("x") {\n  a : list<int>\n  b : int\n}')).toBe('(source s (csv "x") (a list<int>) (b int))');
  });
});

describe('files', () => {
  const ids = (text: string): string[] => parseFile('x.cupel', text).chunks.map(chunk => chunk.id);

  it('name their chunks', () => {
    expect(
      ids(
        'import { a } from "x"\nimport { b } from "y"\nsource a = csv("x")\ncheck a { x }\ncheck a { y }\nevaluate m on test\ndeploy d = m {}\nhello\n',
      ),
    ).toEqual(['import #1', 'import #2', 'source a', 'check a', 'check a #2', 'evaluate m', 'deploy d']);
    expect(ids('hello\nmodel m = f(x)\n')).toEqual(['damaged #1', 'model m']);
    expect(ids('// nothing\n')).toEqual(['comments #1']);
    expect(ids('')).toEqual([]);
  });

  it('give equal declarations the identical tree', () => {
    const [before] = parseFile('a', 'model m = f(x)\nmodel n = f(x)\n').chunks;
    const [, after] = parseFile('b', 'model k = f(x)\nmodel m = f(x)\n').chunks;
    expect(after?.parsed).toBe(before?.parsed);
  });

  it('are read without problems when they are right', () => {
    const folder = new URL('fixtures/', import.meta.url);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      const { chunks, problems } = parseFile(name, readFileSync(new URL(name, folder), 'utf8'));
      expect([...problems, ...chunks.flatMap(chunk => chunk.parsed.problems)]).toEqual([]);
      expect(chunks.every(({ parsed }) => parsed.declaration !== null && parsed.declaration.kind !== 'damaged')).toBe(true);
    }
  });

  it('that are too large or no text have one problem with a place', () => {
    const only = (text: string): [string, number, number] => {
      const { problems, chunks } = parseFile('x', text);
      expect(chunks.map(chunk => chunk.parsed.text).join('')).toBe(text);
      expect(chunks.flatMap(chunk => chunk.parsed.problems)).toEqual([]);
      expect(problems).toHaveLength(1);
      const [problem] = problems;
      return [problem?.rule ?? '', problem?.span.start ?? -1, problem?.span.end ?? -1];
    };
    expect(only('x'.repeat(maxFileLength + 1))).toEqual(['file-too-large', 0, 1]);
    expect(only('PAR1\u0000\u0001\u0002')).toEqual(['not-text', 4, 5]);
    expect(only('source a = csv("caf\ufffd.csv")')).toEqual(['not-text', 19, 20]);
  });

  it('with a byte order mark or other line ends are read alike', () => {
    const plain = parseChunk('model m = f(x) {\n  a: 1\n}\n').declaration as Declaration;
    for (const text of ['\ufeffmodel m = f(x) {\n  a: 1\n}\n', 'model m = f(x) {\r\n  a: 1\r\n}\r\n', 'model m = f(x) {\u00a0a: 1 }']) {
      const [chunk] = parseFile('x', text).chunks;
      expect(chunk?.parsed.problems).toEqual([]);
      expect(chunk?.parsed.declaration && declarationNotation(chunk.parsed.declaration)).toBe(declarationNotation(plain));
    }
  });
});
