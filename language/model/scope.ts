/**
 * What an expression can see. Typing an expression (`expression.ts`) knows the forms and the catalogue; the scope knows the names.
 * Each kind of declaration builds its own scopes; the typing of expressions never asks which.
 */
import type { Expr, Name } from '../syntax/ast.ts';
import type { Place, Span } from '../text/place.ts';
import type { Problem } from './problem.ts';
import type { RelationModel, TypedExpr, TypedWindow } from './typed.ts';
import type { Type, Unit } from './types.ts';

export interface Definition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Expr;
  /** Where the body was written: places of its nodes lie there. */
  readonly file: string;
  readonly decl: string;
}

/** What the expression stands in: decides which forms are allowed. */
export type ExpressionUse =
  /** A row expression of a table step. Aggregates and fitted transforms are errors. */
  | 'table'
  /** The value of `n = count()` in `group by`: aggregates over the group, no windows. */
  | 'group'
  /** A claim of a `check`: aggregates over the whole table, no windows. */
  | 'check'
  /** `where` of `each`: row expressions with the cutoff. */
  | 'task'
  /** Windows to the past or the future. */
  | 'label'
  /** Windows and fitted transforms. */
  | 'feature'
  /** Inside a window: the rows of the window's table, and the entity's. */
  | 'window'
  /** `by e` and `where c` of an evaluation: columns of the entity's row and features. */
  | 'segment'
  /** Settings, params, bounds: no columns at all. */
  | 'constant';

export interface Scope {
  readonly file: string;
  readonly decl: string;
  readonly use: ExpressionUse;
  /** Whether the task has cutoffs: without one, windows hold rows of any time. */
  readonly isTimed: boolean;
  /** Whether the task looks at the same entity at several cutoffs. */
  readonly recurs: boolean;
  /** A column, feature, label, `cutoff` or param of that name, typed and with facts, placed at `place`; null when there is none. */
  resolve(name: string, place: Place): TypedExpr | null;
  /** Names that `resolve` knows, for did-you-mean and completion. */
  names(): readonly string[];
  /** What a feature set of the same task holds, each with the features that it reads written out; null where a column has the name. */
  featureSet(name: string, place: Place): readonly { readonly name: string; readonly value: TypedExpr }[] | null;
  /** What the model of that name says of the observation; reported where there is none, or it is of other observations. Absent where nothing may learn. */
  readonly prediction: ((name: Name, place: Place) => TypedExpr | null) | null;
  /** A source or table of that name, for windows. */
  relation(name: string): RelationModel | null;
  relationNames(): readonly string[];
  /** A `def` of that name; null when there is none or it is being expanded already (a cycle, reported by the scope). */
  definition(name: string): Definition | null;
  /** Whether `def`, or an import that brought nothing, takes the name. */
  isDefinition(name: string): boolean;
  definitionNames(): readonly string[];
  /** Parameters that hold a number with a unit: what `convert` goes by. */
  factors(): readonly { readonly name: string; readonly value: number; readonly unit: Unit }[];
  /** `object.name` where object is a ref column (a path) or the entity's name; null, unreported, when it is neither. What else is wrong is reported and gives an `error`. */
  member(object: TypedExpr | Name, name: Name): TypedExpr | null;
  /** How rows of `relation` link to the entity: by its ref to the entity's table, or by `via`. Null after reporting why not. */
  link(relation: RelationModel, via: Expr | null, place: Place): TypedWindow['link'] | null;
  /** The scope of a window's row: columns of `relation`, with masked known times, then the entity's. */
  windowRow(relation: RelationModel, frame: Pick<TypedWindow, 'from' | 'to' | 'direction'>): Scope;
  /** The same scope with definition parameters bound to the arguments' syntax. `at` is the use: problems in another file's body go there. */
  bind(arguments_: ReadonlyMap<string, { readonly expr: Expr; readonly scope: Scope }>, definition: Definition, at?: Place): Scope;
  /** The argument bound to a definition's parameter, or null. */
  argument(name: string): { readonly expr: Expr; readonly scope: Scope } | null;
  report(problem: Problem): void;
}

export const placeIn = (scope: Pick<Scope, 'file' | 'decl'>, span: Span): Place => ({ file: scope.file, decl: scope.decl, span });

/** The signature of `typeExpression` in `expression.ts`. `expected` guides literals and the elements of lists. */
export type TypeExpression = (expr: Expr, scope: Scope, expected?: Type) => TypedExpr;
