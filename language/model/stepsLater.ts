/**
 * Steps that are read and typed, and do not run yet: `sort` with `lag`, `lead`, `rank`, then `sample`, `history`, `pivot`, `unnest`,
 * `resolve`, and transforms written as steps. Their facts are computed all the same, so that later steps are checked as they will be.
 */
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import type { Expr, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { typeExpression } from './expression.ts';
import { block, blockedFacts, blocksOf, carried, joinFacts, knownFacts, reason, termLe, withFit, zeroDuration } from './factOps.ts';
import type { BlockRule, Facts } from './facts.ts';
import { problem } from './problem.ts';
import { boundedBy } from './shapes.ts';
import { knownTerms, newColumn, type StepContext, type StepOf, type StepResult } from './stepContext.ts';
import { withColumn } from './stepsColumns.ts';
import { columnOf, tableScope } from './tableScope.ts';
import type { ColumnModel, RelationModel } from './typed.ts';
import { intType, isTime, orNull, unknownType } from './typeOps.ts';
import type { Type } from './types.ts';

function reportLater(word: string, place: Place, context: StepContext): void {
  context.env.report(problem('later-form', place, `\`${word}\` cannot be run yet.`, { help: 'Leave the step out for now.' }));
}

const leaks = (rule: BlockRule, subject: string, place: Place, message: string): Facts =>
  withFit(blockedFacts(block(rule, 'leaks', subject, reason(place, message))), 'all-rows');

// ---------------------------------------------------------------- sort, lag, lead, rank

/** The keys of the `sort` in force: the first makes groups, the last orders them. */
export interface Sorting {
  readonly group: ColumnModel | null;
  readonly order: ColumnModel | null;
}

export function sortStep(step: StepOf<'sort'>, relation: RelationModel, context: StepContext): { result: StepResult; sorting: Sorting } {
  const scope = tableScope(context.env, 'table', relation);
  const columns = step.keys.map(key => {
    const value = typeExpression(key.value, scope);
    return value.kind === 'column' && !key.descending ? columnOf(relation, value.name) : null;
  });
  reportLater('sort', context.place(step.keyword), context);
  return {
    result: { step: { kind: 'later', place: context.place(step.span), word: 'sort' }, result: relation },
    sorting: columns.length > 1 ? { group: columns[0] ?? null, order: columns.at(-1) ?? null } : { group: null, order: columns[0] ?? null },
  };
}

export const windowWords = ['lag', 'lead', 'rank'] as const;

/** `lag(x, 1)`, `lead(x)`, `rank()` as the whole value of a derived column. */
export function isNeighbour(expr: Expr): expr is Extract<Expr, { kind: 'call' }> {
  return expr.kind === 'call' && (windowWords as readonly string[]).includes(expr.callee.text);
}

export function neighbourColumn(
  name: Name,
  expr: Extract<Expr, { kind: 'call' }>,
  sorting: Sorting | null,
  relation: RelationModel,
  context: StepContext,
): ColumnModel {
  const word = expr.callee.text;
  const place = context.place(name.span);
  const [argument] = expr.args;
  const scope = tableScope(context.env, 'table', relation);
  const value = argument && word !== 'rank' ? typeExpression(argument.value, scope) : null;
  const steps = expr.args[1]?.value;
  reportLater(word, context.place(expr.callee.span), context);
  const type: Type = word === 'rank' ? intType({ min: 1, max: null }) : value ? orNull(value.type, true) : unknownType;
  const keys = [sorting?.group, sorting?.order].filter(column => column != null);
  const read = value ? { ...carried(value.facts, place, `\`${name.text}\` is taken from another row here`), known: [] } : null;
  const rest = joinFacts(...keys.map(column => blocksOf(column.facts)), knownFacts(...knownTerms(relation)), ...(read ? [read] : []));

  const { event, known } = relation;
  const group = sorting?.group ?? null;
  const order = sorting?.order ?? null;
  const ordersByEvent = event !== null && order?.shape != null && order.shape.root === event.shape.root;
  const terms = [...(group?.facts.known ?? []), ...relation.exists.known, ...(order?.facts.known ?? [])];
  const exact = ordersByEvent && boundedBy(relation, terms) !== null && known !== null;
  const keysWithRow = keys.every(column => column.facts.known.every(t => known !== null && termLe(t, known.term)));
  const backwards = word === 'lag' && (steps === undefined || (steps.kind === 'number' && steps.value > 0));
  const facts =
    backwards && exact && keysWithRow && value
      ? joinFacts(
          rest,
          knownFacts(
            ...value.facts.known.map(t => (t.root === event.shape.root ? t : { ...t, root: context.root(`${name.text} of ${t.root}`) })),
            ...relation.exists.known,
          ),
        )
      : joinFacts(
          rest,
          leaks(
            'latest-version-kept',
            `${context.table}.${name.text}`,
            context.place(expr.span),
            `\`${name.text}\` rests on rows that may be known later`,
          ),
        );
  return newColumn(name.text, place, { type, facts, shape: isTime(type) ? { root: context.root(name.text), plus: zeroDuration } : null });
}

export function neighbourStep(
  name: Name,
  expr: Extract<Expr, { kind: 'call' }>,
  sorting: Sorting | null,
  relation: RelationModel,
  context: StepContext,
): StepResult {
  return {
    step: { kind: 'later', place: context.place(expr.span), word: expr.callee.text },
    result: withColumn(relation, neighbourColumn(name, expr, sorting, relation, context)),
  };
}

// ---------------------------------------------------------------- sample and the rest

/** A share is drawn by each row's own hash; a number of rows is drawn from all of them. */
export function sampleStep(step: StepOf<'sample'>, relation: RelationModel, context: StepContext): StepResult {
  reportLater('sample', context.place(step.keyword), context);
  const model = { kind: 'later', place: context.place(step.span), word: 'sample' } as const;
  if (step.amount.kind === 'percent') return { step: model, result: relation };
  const message = `which rows of \`${relation.name}\` are drawn rests on how many there are`;
  const choice = leaks('latest-version-kept', context.table, context.place(step.keyword), message);
  return { step: model, result: { ...relation, exists: joinFacts(relation.exists, choice) } };
}

/** What the step makes of the columns is not known, so nothing is said about names from here on. */
export function laterStep(step: StepOf<'later'>, relation: RelationModel, context: StepContext): StepResult {
  reportLater(step.word, context.place(step.keyword), context);
  return { step: { kind: 'later', place: context.place(step.span), word: step.word }, result: { ...relation, open: true } };
}

/** `| standardize`: a step that learns has no place in a table; any other call is no step. */
export function callStep(step: StepOf<'call'>, relation: RelationModel, context: StepContext): StepResult {
  const { call } = step;
  const word = call.kind === 'call' ? call.callee : call.kind === 'name' ? call.name : null;
  const place = context.place(call.span);
  const name = word?.text ?? '';
  const result: StepResult = { step: { kind: 'later', place: context.place(step.span), word: name }, result: relation };
  if (name === '') return result;
  if (entryOf('transform', name) || laterWord('transform', name)) {
    context.env.report(
      problem('fitted-in-table', place, `\`${name}\` learns from rows, and the rows of a table are not split yet.`, {
        help: `Move it into \`features\`, behind the value that it changes: \`x |> ${name}\`.`,
      }),
    );
    const message = `\`${name}\` is fitted on all rows of \`${relation.name}\``;
    const learned = leaks('fitted-in-table', context.table, place, message);
    return { ...result, result: { ...relation, columns: relation.columns.map(column => ({ ...column, facts: joinFacts(column.facts, learned) })) } };
  }
  if ((windowWords as readonly string[]).includes(name)) {
    reportLater(name, place, context);
    return result;
  }
  const steps = ['where', 'derive', 'select', 'drop', 'rename', 'join', 'union', 'group by', 'dedupe by', 'time', 'known'];
  const near = nearest(name, steps);
  context.env.report(
    problem('unknown-step', context.place(word?.span ?? call.span), `There is no table step \`${name}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : `Steps are ${steps.map(s => `\`${s}\``).join(', ')}; a new column is made by \`derive x = …\`.`,
    }),
  );
  return result;
}
