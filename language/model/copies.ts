/** Rows that stand in a table more than once because it puts overlapping parts of one source together: over-sampling by hand. */
import { mayBeOneFile } from '../text/patternPaths.ts';
import type { Partner } from './facts.ts';
import type { ColumnModel, Definition, RelationModel, TypedExpr } from './typed.ts';
import type { Type } from './types.ts';

/** A definition that reads earlier ones twice grows twice as long; beyond this nothing is said of it. */
const longest = 2000;

const defined = (
  text: string,
  kind: Definition['kind'],
  more: Partial<Pick<Definition, 'isLiteral' | 'call' | 'isReached'>> = {},
): Definition | null => (text.length > longest ? null : { text, kind, isLiteral: false, call: null, ...more });

/** The column of that name as its file holds it. `of`: what no other source has. */
export const ofSource = (of: string, name: string, type: Type): Definition | null => defined(JSON.stringify([of, name]), type.kind);

/** What is made of a cell of another row is reached as that is. */
const reached = (...parts: readonly Definition[]): Pick<Definition, 'isReached'> =>
  parts.some(({ isReached }) => isReached) ? { isReached: true } : {};

/** What the expression computes of the row of the source, whatever the columns on the way are called; null where that cannot be told. */
export function definitionOf(expr: TypedExpr, relation: RelationModel): Definition | null {
  switch (expr.kind) {
    case 'column':
      return relation.columns.find(({ name }) => name === expr.name)?.definition ?? null;
    case 'literal':
      return defined(JSON.stringify(expr.value), expr.type.kind, { isLiteral: true });
    case 'call': {
      const args: Definition[] = [];
      for (const arg of expr.args) {
        const of = definitionOf(arg, relation);
        if (!of) return null;
        args.push(of);
      }
      const operands = args.map(({ text, kind, isLiteral }) => ({ text, kind, isLiteral }));
      return defined(`${expr.fn}(${args.map(({ text }) => text).join(',')})`, expr.type.kind, {
        call: { fn: expr.fn, args: operands },
        ...reached(...args),
      });
    }
    default:
      return null;
  }
}

/** A cell of the one row that these keys reach is the same for equal keys. */
export function ofPartner(
  column: ColumnModel,
  right: RelationModel,
  pairs: readonly { readonly left: ColumnModel; readonly right: ColumnModel }[],
): Definition | null {
  const keys = pairs.map(({ left, right: { name } }) => left.definition && [left.definition.text, name]);
  if (keys.includes(null) || keys.includes(undefined)) return null;
  return defined(JSON.stringify([right.place.file, right.name, column.name, keys]), column.type.kind, { isReached: true });
}

/** By what value of its own a row reaches the one row of another table; null where that cannot be told. */
export function partnerOf(left: ColumnModel, right: ColumnModel): Partner | null {
  const [row, key] = [left.definition?.text, right.definition?.text];
  return row !== undefined && key !== undefined ? { row, key } : null;
}

/** Of a column of both sides: what it is on the one, and on the other, where no row can be on both. */
export function ofEither(a: ColumnModel, b: ColumnModel, left: RelationModel, right: RelationModel): Definition | null {
  if (!a.definition || !b.definition) return null;
  if (a.definition.text === b.definition.text) return a.definition;
  if (areOfOneSource(left, right) || !left.rowsOf || !right.rowsOf) return null;
  return defined([a.definition.text, b.definition.text].sort().join('|'), a.definition.kind, reached(a.definition, b.definition));
}

/** Comparisons with one value of which at most one holds. */
const opposites: Readonly<Record<string, readonly string[]>> = {
  lt: ['ge', 'gt', 'eq'],
  gt: ['le', 'lt', 'eq'],
  le: ['gt'],
  ge: ['lt'],
  eq: ['ne', 'lt', 'gt'],
  ne: ['eq'],
};

/** Kinds of which two literals that are written differently are never equal: a decimal may be rounded to its column's digits. */
const exact: ReadonlySet<Definition['kind']> = new Set(['int', 'float', 'bool', 'text', 'category', 'date', 'timestamp']);

/** What a comparison with a number says of a value: it changes at that number alone. */
const comparing: Readonly<Record<string, (value: number, literal: number) => boolean>> = {
  lt: (value, literal) => value < literal,
  le: (value, literal) => value <= literal,
  gt: (value, literal) => value > literal,
  ge: (value, literal) => value >= literal,
  eq: (value, literal) => value === literal,
  ne: (value, literal) => value !== literal,
};

const numbers: ReadonlySet<Definition['kind']> = new Set(['int', 'float']);

/** Of two comparisons of one value with numbers, whether each holds, for every order that the value and the numbers can have. */
function together(a: Definition, b: Definition): readonly (readonly [boolean, boolean])[] | null {
  const [left, right] = a.call?.args ?? [];
  const [other, value] = b.call?.args ?? [];
  const [holds, holdsOther] = [comparing[a.call?.fn ?? ''], comparing[b.call?.fn ?? '']];
  if (!left || !right || !other || !value || !holds || !holdsOther || left.text !== other.text) return null;
  if (!right.isLiteral || !value.isLiteral || ![left, right, value].every(({ kind }) => numbers.has(kind))) return null;
  const [one, another] = [Number(right.text), Number(value.text)];
  if (!Number.isFinite(one) || !Number.isFinite(another)) return null;
  const cases = [Number.NEGATIVE_INFINITY, one, one / 2 + another / 2, another, Number.POSITIVE_INFINITY];
  return cases.map(x => [holds(x, one), holdsOther(x, another)]);
}

/** Whether no row meets both: one is the other's negation, or they ask one value for different ones. */
function excludes(a: Definition, b: Definition): boolean {
  if (a.text === `not(${b.text})` || b.text === `not(${a.text})`) return true;
  if (together(a, b)?.every(([one, another]) => !(one && another))) return true;
  if (!a.call || !b.call) return false;
  const [left, right] = a.call.args;
  const [other, value] = b.call.args;
  if (!left || !right || !other || !value || left.text !== other.text) return false;
  if (opposites[a.call.fn]?.includes(b.call.fn)) return right.text === value.text;
  const areLiterals = right.isLiteral && value.isLiteral && right.kind === value.kind && exact.has(right.kind) && exact.has(left.kind);
  return a.call.fn === 'eq' && b.call.fn === 'eq' && areLiterals && right.text !== value.text;
}

/** Whether all rows that meet the first meet the second. */
const implies = (a: Definition, b: Definition): boolean => together(a, b)?.every(([one, another]) => !one || another) === true;

/** Whether the value is the same for every row that meets these: a condition that holds of all or of none, or what one of them asks to equal a literal. */
export const isDecided = (value: Definition, kept: readonly Definition[]): boolean =>
  kept.some(one => {
    const [asked, literal] = one.call?.fn === 'eq' ? one.call.args : [];
    return one.text === value.text || excludes(one, value) || implies(one, value) || (asked?.text === value.text && literal?.isLiteral === true);
  });

/** The conditions of which each has to hold: joined by `and`, or denied together, `not (a or b)`. What is denied twice is asked for. */
export function conjuncts(condition: TypedExpr): readonly TypedExpr[] {
  if (condition.kind !== 'call') return [condition];
  if (condition.fn === 'and') return condition.args.flatMap(conjuncts);
  const denied = condition.fn === 'not' ? condition.args[0] : undefined;
  if (denied?.kind !== 'call') return [condition];
  if (denied.fn === 'not') return denied.args.flatMap(conjuncts);
  if (denied.fn !== 'or') return [condition];
  return denied.args.flatMap(part => conjuncts({ ...condition, args: [part], facts: part.facts, place: part.place }));
}

/** What all rows meet behind this condition, as far as it can be told in columns of the source; of its parts those that `counts`. */
export const conditionsOf = (
  condition: TypedExpr,
  relation: RelationModel,
  counts: (part: TypedExpr) => boolean = () => true,
): readonly Definition[] => conjuncts(condition).flatMap(part => (counts(part) && definitionOf(part, relation)) || []);

/** Between a file's own path and the path that it writes. */
const behind = '\0';

/** Rows go by their file: it may be declared under two names. */
export const rowsOfFile = (from: string, path: string): string => `${from}${behind}${path}`;

function mayBeOne(a: string, b: string): boolean {
  const [[from, path], [otherFrom, otherPath]] = [a.split(behind), b.split(behind)];
  const areFiles = from !== undefined && path !== undefined && otherFrom !== undefined && otherPath !== undefined;
  return a === b || (areFiles && mayBeOneFile({ from, path }, { from: otherFrom, path: otherPath }));
}

/** Whether rows of both may be of one source. */
export const areOfOneSource = (a: RelationModel, b: RelationModel): boolean => (a.rowsOf ?? []).some(x => (b.rowsOf ?? []).some(y => mayBeOne(x, y)));

/** Whether a row of one source may be on both sides. */
export const mayShareRows = (a: RelationModel, b: RelationModel): boolean =>
  areOfOneSource(a, b) && !(a.kept ?? []).some(x => (b.kept ?? []).some(y => excludes(x, y)));
