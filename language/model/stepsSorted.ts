/**
 * `sort` with `lag`, `lead` and `rank`, and `history`: values that a row takes from the rows beside it. Rows earlier by event time are
 * known earlier only where known is the event time plus one constant; everything else rests on rows that come later.
 */
import type { Expr } from '../syntax/ast.ts';
import { apartAmong, chosenAmong, columnsAmong, takenAmong, unitedAmong } from './among.ts';
import { ofOneMoment, toldApart } from './apart.ts';
import { typeExpression } from './expression.ts';
import { block, blockedFacts, blocksOf, carried, joinFacts, knownFacts, noFacts, reason, term, termLe, withFit, zeroDuration } from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { constantOf } from './literals.ts';
import { problem } from './problem.ts';
import { boundedBy } from './shapes.ts';
import {
  deciding,
  duplicateColumn,
  findColumn,
  findTimeColumn,
  isUnique,
  keep,
  knownTerms,
  matching,
  newColumn,
  type StepContext,
  type StepOf,
  type StepResult,
  stepScope,
} from './stepContext.ts';
import { withColumn } from './stepsColumns.ts';
import { timeStep } from './stepsTime.ts';
import { columnOf } from './tableScope.ts';
import type { ColumnModel, RelationModel, Sorting, TypedExpr } from './typed.ts';
import { intType, isTime, orNull, unknownType } from './typeOps.ts';
import type { Type } from './types.ts';

type Call = Extract<Expr, { kind: 'call' }>;
type Word = 'lag' | 'lead' | 'rank';

export const neighbourWords: readonly Word[] = ['lag', 'lead', 'rank'];

const wordOf = (expr: Call): Word | null => neighbourWords.find(word => word === expr.callee.text) ?? null;

/** `lag(x, 1)`, `lead(x)`, `rank()` as the whole value of a derived column. */
export const isNeighbour = (expr: Expr): expr is Call => expr.kind === 'call' && wordOf(expr) !== null;

export function sortStep(step: StepOf<'sort'>, relation: RelationModel, context: StepContext): { result: StepResult; sorting: Sorting } {
  const scope = stepScope(context, 'table', relation);
  const keys = step.keys.map(key => ({ value: typeExpression(key.value, scope), isDescending: key.descending }));
  const [first, ...others] = keys;
  return {
    result: { step: { kind: 'sort', place: context.place(step.span) }, result: relation },
    sorting: first && others.length > 0 ? { groups: [first.value], order: others } : { groups: [], order: keys },
  };
}

// ---------------------------------------------------------------- lag, lead, rank

/** The number of rows to look away: a whole number from 1, which is the default. */
function offsetOf(expr: Call, context: StepContext): number {
  const written = expr.args[1]?.value;
  if (!written || written.kind === 'missing') return 1;
  const constant = constantOf(written);
  if (constant?.kind === 'number' && Number.isSafeInteger(constant.value) && constant.value >= 1) return constant.value;
  const other = expr.callee.text === 'lag' ? 'lead' : 'lag';
  if (other === 'lead' && constant?.kind === 'number' && constant.value === 0) {
    const place = context.place(written.span);
    context.env.report(
      problem('window-includes-cutoff', place, '`lag` by 0 is the value of the row itself, not of one before it.', {
        label: 'the row itself',
        help: 'Write `lag(x, 1)`.',
        fixes: [{ title: 'Look one row back', safe: false, edits: [{ place, text: '1' }] }],
      }),
    );
    return 1;
  }
  context.env.report(
    problem('wrong-arguments', context.place(written.span), `\`${expr.callee.text}\` looks a whole number of rows away, from 1 on.`, {
      help: `Write \`${expr.callee.text}(x, 1)\`; the other direction is \`${other}\`.`,
    }),
  );
  return 1;
}

function checkArguments(expr: Call, word: Word, sorting: Sorting | null, context: StepContext): void {
  const most = word === 'rank' ? 0 : 2;
  const extra = expr.args[most];
  if (extra) {
    const message = word === 'rank' ? '`rank` takes no arguments.' : `\`${word}\` takes a value and a number of rows.`;
    context.env.report(
      problem('wrong-arguments', context.place(extra.value.span), message, {
        help: word === 'rank' ? 'Write `rank()`.' : `Write \`${word}(x, 1)\`.`,
      }),
    );
  } else if (word !== 'rank' && expr.args.length === 0) {
    context.env.report(
      problem('wrong-arguments', context.place(expr.span), `\`${word}\` needs the value to take from the other row.`, {
        help: `Write \`${word}(x, 1)\`.`,
      }),
    );
  }
  if (!sorting) {
    context.env.report(
      problem('wrong-arguments', context.place(expr.callee.span), `\`${word}\` needs an order of rows, and a table has none.`, {
        help: 'Put a step before this one: `| sort by customer, placed_at`. The first key makes groups, the others order the rows of each.',
      }),
    );
  }
}

/** Whether rows in this order that are earlier are also known earlier, so that a row before is known with its row. */
function isByEvent(sorting: Sorting | null, relation: RelationModel): boolean {
  const [first, ...ties] = sorting?.order ?? [];
  const { event, known } = relation;
  if (!sorting || !first || first.isDescending || !event || !known || first.value.kind !== 'column') return false;
  const order = columnOf(relation, first.value.name);
  if (order?.shape?.root !== event.shape.root) return false;
  const keys = [...sorting.groups, first.value, ...ties.map(tie => tie.value)];
  const isKnownWithRow = keys.every(key => key.facts.known.every(t => termLe(t, known.term)));
  return isKnownWithRow && boundedBy(relation, [...keys.flatMap(key => key.facts.known), ...relation.exists.known]) !== null;
}

const ofLaterRows = (name: string, expr: Call, context: StepContext): Facts => {
  const why = reason(context.place(expr.span), `\`${name}\` rests on rows that may be known later`);
  return withFit(blockedFacts(block('latest-version-kept', 'leaks', `${context.table}.${name}`, why)), 'all-rows');
};

/** Whether the rows belong to several entities, and the order runs through all of them. */
const mixesEntities = (sorting: Sorting | null, { columns }: RelationModel): boolean =>
  columns.some(({ type }) => type.kind === 'ref') && !(sorting?.groups ?? []).some(({ facts }) => facts.identity !== 'none');

const ofAnother = (name: string, expr: Call, context: StepContext): Facts => {
  const why = reason(context.place(expr.span), `\`${name}\` is taken from the row before, whoever it belongs to`);
  return blockedFacts(block('lag-across-entities', 'leaks', `${context.table}.${name}`, why));
};

export function neighbourStep(
  name: StepOf<'derive'>['columns'][number]['name'],
  expr: Call,
  sorting: Sorting | null,
  relation: RelationModel,
  context: StepContext,
): StepResult {
  const word = wordOf(expr) ?? 'lag';
  checkArguments(expr, word, sorting, context);
  const place = context.place(name.span);
  const argument = word === 'rank' ? undefined : expr.args[0]?.value;
  const value = argument ? typeExpression(argument, stepScope(context, 'table', relation)) : null;
  const offset = word === 'rank' ? 1 : offsetOf(expr, context);
  const type: Type = word === 'rank' ? intType({ min: 1, max: null }) : value ? orNull(value.type, true) : unknownType;
  const event = relation.event?.shape.root;
  const isEvent = (key: TypedExpr): boolean => key.kind === 'column' && event !== undefined && columnOf(relation, key.name)?.shape?.root === event;
  const keys = [...(sorting?.groups ?? []), ...(sorting?.order ?? []).map(key => key.value)].map(key =>
    isEvent(key) ? blocksOf(key.facts) : matching(key.facts, key.type),
  );
  const read = value ? [{ ...carried(value.facts, place, `\`${name.text}\` is taken from another row here`), known: [] }] : [];
  const ties = word === 'rank' ? noFacts : toldApart(relation, place, ofOneMoment);
  const rest = joinFacts(...keys, ties, knownFacts(...knownTerms(relation)), ...read);
  const isExact = (word === 'rank' || (word === 'lag' && value !== null)) && isByEvent(sorting, relation);
  const root = relation.event?.shape.root;
  const terms = (value?.facts.known ?? []).map(
    (t): Term => (t.root === root ? { ...t, isBound: true } : { ...t, root: context.root(`${name.text} of ${t.root}`) }),
  );
  const mixed = isExact && word === 'lag' && mixesEntities(sorting, relation) ? [ofAnother(name.text, expr, context)] : [];
  const facts = joinFacts(rest, ...mixed, isExact ? knownFacts(...terms, ...relation.exists.known) : ofLaterRows(name.text, expr, context));
  const column = newColumn(name.text, place, { type, facts, shape: isTime(type) ? { root: context.root(name.text), plus: zeroDuration } : null });
  const none: Sorting = { groups: [], order: [] };
  const groups = (sorting?.groups ?? []).flatMap(group => (group.kind === 'column' ? group.name : []));
  const why = reason(context.place(expr.span), `\`${name.text}\` is taken from the rows before, whoever they belong to`);
  const taken = [
    value ? takenAmong(value, relation) : {},
    ...[...(sorting?.groups ?? []), ...(sorting?.order ?? []).map(key => key.value)].map(key => takenAmong(key, relation)),
    word === 'rank' ? {} : apartAmong(relation),
  ].reduce(unitedAmong);
  const result = withColumn(relation, { ...column, ...taken, ...(isExact ? { among: chosenAmong(taken, groups, why, context) } : {}) });
  const step = { kind: 'neighbour', place: context.place(expr.span), name: name.text, sorting: sorting ?? none } as const;
  return {
    step:
      word === 'rank' || !value
        ? { ...step, take: { word: 'rank' }, isKnownWithRow: true }
        : { ...step, take: { word, value, offset }, isKnownWithRow: isExact },
    result,
  };
}

// ---------------------------------------------------------------- history

const endName = 'valid_to';

const asColumn = (column: ColumnModel, context: StepContext, step: StepOf<'history'>): TypedExpr => keep(column, context.place(step.span)).value;

/**
 * `history by key at t`: the rows of a change log as versions, each from `t` until `valid_to`, the time of the next one. Of changes at one
 * moment the last known stays.
 */
export function historyStep(step: StepOf<'history'>, relation: RelationModel, context: StepContext): readonly StepResult[] {
  const place = context.place(step.span);
  const at = findTimeColumn(step.at, relation, context, 'the time of a change');
  const by = step.by.flatMap(name => findColumn(name, relation, context) ?? []);
  if (!at || by.length === 0) return [];
  if (columnOf(relation, endName)) {
    duplicateColumn({ text: endName, span: step.keyword }, context, `\`history\` makes that column; rename the other one first.`);
    return [];
  }
  const timed = timeStep({ kind: 'time', span: step.span, keyword: step.keyword, time: step.at, known: null }, relation, context);
  const { event, known } = timed.result;
  const names = [...new Set([...by, at].map(column => column.name))];
  const bound = boundedBy(timed.result, [...by, at].flatMap(column => column.facts.known).concat(timed.result.exists.known));
  const alone = isUnique(relation, names);
  const why = reason(context.place(step.keyword), `of changes at one moment the last known stays`, known?.term.reason ?? null);
  const settled =
    bound && event
      ? knownFacts(term(event.shape.root, bound, why))
      : withFit(blockedFacts(block('latest-version-kept', 'leaks', context.table, why)), 'all-rows');
  const choice = alone
    ? []
    : [settled, toldApart(timed.result, place, ofOneMoment), ...by.map(column => matching(column.facts, column.type)), blocksOf(at.facts)];
  const chose = [timed.result, columnsAmong(relation, names), apartAmong(timed.result)].reduce(unitedAmong);
  const versions: RelationModel = {
    ...timed.result,
    exists: joinFacts(timed.result.exists, ...choice),
    ...(alone ? {} : { among: chosenAmong(chose, names, reason(place, `of changes at one moment one stays`), context) }),
    uniqueTogether: alone ? (timed.result.uniqueTogether ?? []) : [...(timed.result.uniqueTogether ?? []), names],
  };

  const message = `\`${endName}\` is the time of the next change`;
  const keys = [...by.map(column => matching(column.facts, column.type)), deciding({ ...at.facts, known: [] })];
  const blocks = joinFacts(knownFacts(...knownTerms(versions)), ...keys);
  const next = bound
    ? knownFacts(term(context.root(`${endName} known`), bound, reason(place, message)))
    : withFit(blockedFacts(block('latest-version-kept', 'leaks', `${context.table}.${endName}`, reason(place, message))), 'all-rows');
  const end = {
    ...newColumn(endName, context.place(step.keyword), {
      type: orNull(at.type, true),
      facts: joinFacts(blocks, next),
      shape: { root: context.root(endName), plus: zeroDuration },
    }),
    among: chosenAmong(
      columnsAmong(relation, names),
      by.map(column => column.name),
      reason(place, message),
      context,
    ),
  };
  return [
    timed,
    ...(alone ? [] : [{ step: { kind: 'dedupe', place, by: names, keep: 'latest', order: null } as const, result: versions }]),
    {
      step: {
        kind: 'neighbour',
        place,
        name: endName,
        take: { word: 'lead', value: asColumn(at, context, step), offset: 1 },
        sorting: { groups: by.map(column => asColumn(column, context, step)), order: [{ value: asColumn(at, context, step), isDescending: false }] },
        isKnownWithRow: false,
      },
      result: withColumn(versions, end),
    },
  ];
}
