/**
 * From typed expressions to those of the plan. What a column, path, feature or window stands for is the reader's affair; the reader also
 * writes out the masking by known times.
 */
import type { TypedExpr } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import type { Lowered } from './knownTimes.ts';
import { Unplannable } from './lowering.ts';
import type { PlanExpr, PlanPlace, PlanType } from './plan.ts';
import { planType, sumScale } from './planTypes.ts';

type TypedOf<K extends TypedExpr['kind']> = Extract<TypedExpr, { kind: K }>;

const elsewhere = (what: string) => (): never => {
  throw new Unplannable(`a ${what} stands where the plan has none`);
};

export interface Reader {
  column(expr: TypedOf<'column'>): PlanExpr;
  entity(expr: TypedOf<'entity'>): PlanExpr;
  path(expr: TypedOf<'path'>): PlanExpr;
  feature(expr: TypedOf<'feature'>): PlanExpr;
  cutoff(): PlanExpr;
  aggregate(expr: TypedOf<'aggregate'>): PlanExpr;
  transform(expr: TypedOf<'transform'>): PlanExpr;
  prediction(expr: TypedOf<'prediction'>): PlanExpr;
  locate?(place: Place): PlanPlace;
}

/** A reader of nothing, from which others are made. */
export const noReader: Reader = {
  column: elsewhere('column'),
  entity: elsewhere('column of the entity'),
  path: elsewhere('path'),
  feature: elsewhere('feature'),
  cutoff: elsewhere('cutoff'),
  aggregate: elsewhere('aggregate'),
  transform: elsewhere('transform'),
  prediction: elsewhere('prediction'),
};

export function storedType(expr: TypedExpr, expected: PlanType | null = null): PlanType {
  const type = planType(expr.type, expected);
  if (type === null) throw new Unplannable(`a value of type ${expr.type.kind} is not stored`);
  return type;
}

/** Functions whose result is as exact as their arguments: with a float among them it is one. */
const exactAsArguments: ReadonlySet<string> = new Set('add sub mul mod neg abs round floor ceil least greatest clip coalesce if'.split(' '));

function resultType(expr: TypedOf<'call'>, args: readonly PlanExpr[], expected: PlanType | null): PlanType {
  const type = storedType(expr, expected);
  return type === 'int' && exactAsArguments.has(expr.fn) && args.some(arg => arg.type === 'float') ? 'float' : type;
}

/** Numbers that some arguments have no result for, or one that is too large for its type. */
const failing: ReadonlySet<string> = new Set('add sub mul div intdiv mod neg abs round power sqrt exp ln log1p log10 to_int to_float'.split(' '));
const mayFail = (fn: string, type: PlanType): boolean => failing.has(fn) && (type === 'int' || type === 'float' || typeof type === 'object');

/** Members of a list and ends of a range stand among the arguments; an open end is null. */
function flattened(arg: TypedExpr, reader: Reader, expected: PlanType): PlanExpr[] {
  if (arg.kind === 'list') return arg.items.map(item => lowerExpr(item, reader, expected));
  if (arg.kind !== 'range') return [lowerExpr(arg, reader, expected)];
  return [arg.from, arg.to].map(end => (end ? lowerExpr(end, reader, expected) : { op: 'literal', type: expected, value: null }));
}

function lowerCall(expr: TypedOf<'call'>, reader: Reader, expected: PlanType | null): PlanExpr {
  // A null that is written out has the type of what it stands beside.
  const typed = expr.args.map(arg => planType(arg.type)).find((type, i) => type !== null && expr.args[i]?.type.kind !== 'null');
  const beside = expr.fn === 'if' || expr.fn === 'coalesce' ? storedType(expr, expected) : (typed ?? 'text');
  const args = expr.args.flatMap(arg => flattened(arg, reader, beside));
  const type = resultType(expr, args, expected);
  return { op: 'call', type, fn: expr.fn, args, ...(mayFail(expr.fn, type) && reader.locate ? { place: reader.locate(expr.place) } : {}) };
}

export function lowerExpr(expr: TypedExpr, reader: Reader, expected: PlanType | null = null): PlanExpr {
  switch (expr.kind) {
    case 'literal':
      return { op: 'literal', type: storedType(expr, expected), value: expr.value };
    case 'column':
      return reader.column(expr);
    case 'entity':
      return reader.entity(expr);
    case 'path':
      return reader.path(expr);
    case 'feature':
      return reader.feature(expr);
    case 'cutoff':
      return reader.cutoff();
    case 'aggregate':
      return reader.aggregate(expr);
    case 'transform':
      return reader.transform(expr);
    case 'prediction':
      return reader.prediction(expr);
    case 'call':
      return lowerCall(expr, reader, expected);
    case 'list':
    case 'range':
    case 'error':
      throw new Unplannable(`an expression of kind ${expr.kind} has no value`);
  }
}

/** A column as it is stored, whenever it became known: what table steps and checks read. */
export const rowReader = (typeOf: (name: string) => PlanType | null, locate: Lowered['locate']): Reader => ({
  ...noReader,
  locate,
  column: expr => ({ op: 'column', type: typeOf(expr.name) ?? storedType(expr), name: expr.name, of: null }),
});

/** The same with aggregates over the group or the whole table. */
export function groupReader(typeOf: (name: string) => PlanType | null, locate: Lowered['locate']): Reader {
  const row = rowReader(typeOf, locate);
  return {
    ...row,
    aggregate: expr => ({
      op: 'aggregate',
      type: storedType(expr),
      aggregate: expr.aggregate,
      value: expr.value && lowerExpr(expr.value, row),
      where: null,
      parameters: expr.parameters,
      scale: sumScale(expr.value?.type ?? null),
      place: locate(expr.place),
    }),
  };
}
