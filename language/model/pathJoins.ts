/**
 * Paths through refs in a table step, `where product.tier == "gold"`: each ref is joined before the step and its columns go behind it, so a
 * path is the join that it stands for, with its facts and its nulls.
 */
import type { Expr, Step } from '../syntax/ast.ts';
import { somePart } from '../syntax/exprParts.ts';
import type { Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import type { StepContext, StepResult } from './stepContext.ts';
import { projected } from './stepsColumns.ts';
import { joinAlong } from './stepsJoin.ts';
import { columnOf, type PathRead } from './tableScope.ts';
import type { ColumnModel, RelationModel } from './typed.ts';

// ---------------------------------------------------------------- whether there are any

/** The expressions in which a step follows refs. */
function expressionsOf(step: Step): readonly Expr[] {
  switch (step.kind) {
    case 'where':
      return [step.condition];
    case 'derive':
      return step.columns.map(column => column.value);
    case 'group':
      return step.aggregates.map(aggregate => aggregate.value);
    case 'join':
      return step.asOf ? [step.asOf] : [];
    default:
      return [];
  }
}

/** Whether typing the expression may come to a path: definitions may hold one. */
function mayFollow(expr: Expr, relation: RelationModel, env: Environment): boolean {
  if (expr.kind === 'member') return true;
  if (expr.kind === 'name') return !columnOf(relation, expr.name.text) && env.definition(expr.name.text) !== null;
  if (expr.kind === 'call' && env.definition(expr.callee.text) !== null) return true;
  return somePart(expr, part => mayFollow(part, relation, env));
}

export const followsRefs = (step: Step, relation: RelationModel, env: Environment): boolean =>
  expressionsOf(step).some(expr => mayFollow(expr, relation, env));

// ---------------------------------------------------------------- the joins

export interface Joined {
  readonly steps: readonly StepResult[];
  /** With the columns that stand for paths. */
  readonly relation: RelationModel;
  readonly context: StepContext;
  readonly added: ReadonlySet<string>;
}

/** The reads by the ref that they follow, in the order of the text, each column once. */
function byRef(reads: readonly PathRead[]): readonly (readonly [PathRead, ...PathRead[]])[] {
  const found = new Map<string, [PathRead, ...PathRead[]]>();
  for (const read of reads) {
    const same = found.get(read.ref);
    if (!same) found.set(read.ref, [read]);
    else if (!same.some(({ column }) => column.name === read.column.name)) same.push(read);
  }
  return [...found.values()];
}

/** A name that no column has. */
function freeName(wanted: string, relation: RelationModel): string {
  let name = wanted;
  while (columnOf(relation, name)) name = `${name}.`;
  return name;
}

/** Types the step without a word, joins what it asked for, and asks again: a path of several refs takes one round each. */
export function joinPaths(relation: RelationModel, context: StepContext, probe: (relation: RelationModel, context: StepContext) => unknown): Joined {
  const names = new Map<string, string>();
  const nameOf = (ref: string, column: string): string | null => names.get(`${ref}\0${column}`) ?? null;
  const steps: StepResult[] = [];
  const silent: Environment = { ...context.env, report: () => {} };
  let current = relation;
  for (;;) {
    const wanted: PathRead[] = [];
    probe(current, { ...context, env: silent, paths: { nameOf, want: read => wanted.push(read) } });
    const before = current;
    for (const [first, ...others] of byRef(wanted)) {
      const take: { column: ColumnModel; as: string }[] = [];
      for (const { ref, column } of [first, ...others]) {
        const as = freeName(`${ref}.${column.name}`, current);
        names.set(`${ref}\0${column.name}`, as);
        take.push({ column, as });
      }
      const ref = columnOf(current, first.ref);
      const step = ref && joinAlong(ref, first, take, current, context.part(first.ref));
      if (!step) continue;
      steps.push(step);
      current = step.result;
    }
    if (current === before) break;
  }
  return { steps, relation: current, context: { ...context, paths: { nameOf, want: () => {} } }, added: new Set(names.values()) };
}

/** The step that takes the joined columns out again, where any are left. */
export function withoutJoined(relation: RelationModel, { added }: Joined, place: Place): readonly StepResult[] {
  const columns = relation.columns.filter(({ name }) => !added.has(name));
  return columns.length === relation.columns.length ? [] : [projected(columns, relation, place)];
}
