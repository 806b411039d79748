/**
 * `group by` and `dedupe`: rows that are there because of other rows. Where known is the event time plus one constant, the earliest row of
 * a group is settled with it; everything else rests on rows that come later.
 */
import type { DurationValue, Name } from '../syntax/ast.ts';
import { writtenName } from '../text/writtenName.ts';
import { amongAfter, apartAmong, type Choices, chosenAmong, columnsAmong, groupedAmong, unitedAmong, withAmong } from './among.ts';
import { choosesByTime, ofOneMoment, toldApart } from './apart.ts';
import { typeExpression } from './expression.ts';
import {
  afterText,
  block,
  blockedFacts,
  blocksOf,
  carried,
  joinFacts,
  knownFacts,
  noFacts,
  reason,
  type Shifted,
  sameTerm,
  term,
  termLe,
  withFit,
  withIdentity,
  zeroDuration,
} from './factOps.ts';
import type { Block, Facts, Lineage, Reason, Term } from './facts.ts';
import { problem } from './problem.ts';
import { boundedBy, difference, shapeOf } from './shapes.ts';
import {
  deciding,
  duplicateColumn,
  findColumn,
  isUnique,
  matching,
  newColumn,
  type StepContext,
  type StepOf,
  type StepResult,
  stepScope,
} from './stepContext.ts';
import { columnOf } from './tableScope.ts';
import type { ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { isTime } from './typeOps.ts';
import { anyPart } from './walk.ts';

/** The columns named after `by`, each once. */
function byColumns(names: readonly Name[], relation: RelationModel, context: StepContext): ColumnModel[] {
  const columns: ColumnModel[] = [];
  for (const name of names) {
    const column = findColumn(name, relation, context);
    if (column && columns.includes(column)) duplicateColumn(name, context, 'Name each column once.');
    else if (column) columns.push(column);
  }
  return columns;
}

const quotedList = (columns: readonly ColumnModel[]): string => columns.map(column => `\`${column.name}\``).join(', ');

/** All terms on which the choice of a group's earliest row rests. */
const groupingTerms = (relation: RelationModel, by: readonly ColumnModel[]): readonly Term[] => [
  ...by.flatMap(column => column.facts.known),
  ...relation.exists.known,
  ...(relation.event?.facts.known ?? []),
];

// ---------------------------------------------------------------- group by

/** `min` of the event time. */
const isFirst = (expr: TypedExpr, relation: RelationModel): boolean => {
  if (expr.kind !== 'aggregate' || expr.aggregate !== 'min' || expr.value?.kind !== 'column' || !relation.event) return false;
  const shape = columnOf(relation, expr.value.name)?.shape;
  return shape != null && sameTerm(shape, relation.event.shape);
};

/** Aggregates that are null only over no values at all. A group is never empty. */
const nullOnlyWhenEmpty: ReadonlySet<string> = new Set([
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'quantile',
  'first',
  'last',
  'mode',
  'rate',
  'entropy',
]);

/** Figures of place and spread. */
const statistics: ReadonlySet<string> = new Set(['quantile', 'median', 'avg', 'std', 'min', 'max']);

const isFirstOrLast = (value: TypedExpr): boolean => value.kind === 'aggregate' && choosesByTime(value.aggregate);

const isStatistic = (value: TypedExpr): boolean => anyPart(value, part => part.kind === 'aggregate' && statistics.has(part.aggregate));

function typeOverGroup(value: TypedExpr): TypedExpr['type'] {
  const always = value.kind === 'aggregate' && nullOnlyWhenEmpty.has(value.aggregate) && value.value !== null && !value.value.type.nullable;
  return always ? { ...value.type, nullable: false } : value.type;
}

export function groupStep(step: StepOf<'group'>, relation: RelationModel, context: StepContext): StepResult {
  const place = context.place(step.keyword);
  const by = byColumns(step.by, relation, context);
  const isTimed = relation.event !== null || relation.known !== null || groupingTerms(relation, by).length > 0;
  const bound = boundedBy(relation, groupingTerms(relation, by));
  const lag: DurationValue | null = bound && relation.event ? difference(bound, relation.event.shape.plus) : null;
  const first = context.root('min');
  // Rows of a history that were joined by hand are the cause, and the group only adds them up.
  const joined = relation.exists.known.find(term => term.joined);
  const ofAllRows = (subject: string, why: Reason, isStatisticOf: boolean): Block =>
    joined?.joined
      ? block(joined.joined, 'leaks', subject, { ...why, because: joined.reason })
      : { ...block('all-rows-aggregate', 'leaks', subject, why), ...(isStatisticOf && { isStatistic: true as const }) };
  const keys = joinFacts(...by.map(column => deciding(column.facts)));
  const ofEvent = relation.event ? blocksOf(relation.event.facts) : noFacts;
  const chosen: Facts = { ...joinFacts(deciding(relation.exists), keys, ofEvent), known: [] };

  let there: Facts = noFacts;
  if (lag) {
    const last = groupingTerms(relation, by).at(-1) ?? relation.known?.term;
    there = knownFacts(
      term(first, lag, reason(place, `a group by ${quotedList(by)} is known ${afterText(lag, 'its first row')}`, last?.reason ?? null)),
    );
  } else if (isTimed) {
    const why = reason(place, `which groups by ${quotedList(by)} there are rests on all rows of \`${relation.name}\``);
    there = withFit(blockedFacts(ofAllRows(context.table, why, false)), 'all-rows');
  }
  const exists = joinFacts(there, chosen);

  // Of one column the groups are units of their own, and it says which, unless it is made of what says whose the rows are.
  const ofGroup = (lineage: readonly Lineage[]): readonly Lineage[] =>
    by.length === 1 && !lineage.some(({ isWho }) => isWho) ? lineage.map(read => ({ ...read, isWho: true })) : lineage;
  const keyColumns = by.map((column): ColumnModel => {
    const identity = by.length === 1 ? 'entity' : 'group';
    const facts = joinFacts({ ...column.facts, lineage: ofGroup(column.facts.lineage), known: [] }, there, blocksOf(relation.exists));
    return {
      ...column,
      facts: withIdentity(facts, identity, reason(place, `rows are grouped by \`${column.name}\``)),
      shape: isTime(column.type) ? { root: context.root(column.name), plus: zeroDuration } : null,
      unique: by.length === 1,
      roles: column.roles.filter(role => role.kind !== 'time' && role.kind !== 'known'),
    };
  });

  const scope = stepScope(context, 'group', relation);
  const columns = [...keyColumns];
  const aggregates: { name: string; value: TypedExpr }[] = [];
  for (const { name, value: expr } of step.aggregates) {
    const value = typeExpression(expr, scope);
    if (name.text === '') continue;
    const clashing = columns.find(column => column.name === name.text);
    if (clashing) {
      duplicateColumn(name, context, 'Give the aggregate another name.', clashing.place);
      continue;
    }
    const event = relation.event?.shape;
    // A time may have been said to be known later than its row.
    const isCovered = bound !== null && event !== undefined && value.facts.known.every(t => termLe(t, { root: event.root, plus: bound }));
    const shape: Shifted | null =
      lag && isCovered ? shapeOf(value, leaf => (isFirst(leaf, relation) ? { root: first, plus: zeroDuration } : null)) : null;
    const at = context.place(name.span);
    const ties = anyPart(value, isFirstOrLast) ? toldApart(relation, value.place, ofOneMoment) : noFacts;
    const cell: Facts = { ...carried(joinFacts(value.facts, ties), at, `\`${name.text}\` is computed here`), known: [] };
    const subject = `${context.table}.${name.text}`;
    const why = reason(value.place, `\`${name.text}\` is computed over all rows of \`${relation.name}\`, later ones too`);
    const facts = shape ? cell : withFit(joinFacts(cell, blockedFacts(ofAllRows(subject, why, isStatistic(value)))), 'all-rows');
    columns.push(
      newColumn(name.text, at, {
        type: typeOverGroup(value),
        facts: joinFacts(facts, exists),
        shape: isTime(value.type) ? (shape ?? { root: context.root(name.text), plus: zeroDuration }) : null,
      }),
    );
    aggregates.push({ name: name.text, value });
  }
  const names = by.map(column => column.name);
  const brought = reason(place, `rows that are alike in ${quotedList(by)} are one group`);
  const { among } = [relation, columnsAmong(relation, names), groupedAmong(names, brought, context)].reduce(unitedAmong);
  return {
    step: { kind: 'group', place: context.place(step.span), by: names, aggregates },
    result: amongAfter(
      {
        name: relation.name,
        place: relation.place,
        columns,
        exists,
        event: null,
        known: null,
        key: names.length === 1 ? (names[0] ?? null) : null,
        multiplied: null,
        lag: null,
        rowsOf: [context.root('group')],
        uniqueTogether: names.length > 1 ? [names] : [],
        ...(among && { among }),
        ...(relation.zone === undefined ? {} : { zone: relation.zone }),
      },
      name => (names.includes(name) ? name : null),
    ),
  };
}

// ---------------------------------------------------------------- dedupe

export function dedupeStep(step: StepOf<'dedupe'>, relation: RelationModel, context: StepContext): StepResult {
  const place = context.place(step.keyword);
  const by = byColumns(step.by, relation, context);
  const order = step.order && findColumn(step.order, relation, context);
  const names = by.map(column => column.name);
  const model = {
    kind: 'dedupe',
    place: context.place(step.span),
    by: names,
    keep: step.keep,
    order: step.order ? (order?.name ?? null) : null,
  } as const;
  const isOrdered = step.order !== null || relation.event !== null;
  if (!isOrdered) {
    const others = relation.columns.filter(column => !by.includes(column));
    const order_ = others.find(column => isTime(column.type)) ?? others[0];
    const code = `dedupe by ${names.map(writtenName).join(', ')} keep earliest ${order_ ? writtenName(order_.name) : 'changed_at'}`;
    context.env.report(
      problem('role-does-not-fit', place, `\`${relation.name}\` has no event time by which one row is the ${step.keep}.`, {
        help: `Name the column to go by: ${code.includes('`') ? code : `\`${code}\``}.`,
      }),
    );
  }
  if (by.length === 0 || isUnique(relation, names)) return { step: model, result: relation };
  const byEvent = !order || (relation.event !== null && order.shape?.root === relation.event.shape.root);
  const bound = byEvent ? boundedBy(relation, [...groupingTerms(relation, by), ...(order?.facts.known ?? [])]) : null;
  const keys = joinFacts(
    ...by.map(column => matching(column.facts, column.type)),
    toldApart(relation, place, ofOneMoment),
    ...[order, relation.event].map(of => (of ? blocksOf(of.facts) : noFacts)),
  );
  // Of rows that are alike in every column it is the same which stays, and those without times are all there from the start.
  const areCopies = !relation.open && relation.columns.every(column => by.includes(column));
  const isTimed = relation.event !== null || relation.known !== null || [...groupingTerms(relation, by), ...(order?.facts.known ?? [])].length > 0;
  let choice: Facts;
  let among: Choices = {};
  const decided = (): Choices => [columnsAmong(relation, order ? [...names, order.name] : names), apartAmong(relation)].reduce(unitedAmong);
  if (areCopies && !isTimed) {
    choice = noFacts;
    among = unitedAmong(decided(), groupedAmong(names, reason(place, `of rows that are alike in ${quotedList(by)} one stays`), context));
  } else if (!isOrdered || step.order?.text === '') choice = noFacts;
  else if (step.keep === 'earliest' && bound && relation.event) {
    const why = reason(place, `only the earliest row for each ${quotedList(by)} stays`, relation.known?.term.reason ?? null);
    choice = knownFacts(term(relation.event.shape.root, bound, why));
    among = { among: chosenAmong(decided(), names, why, context) };
  } else {
    const which = relation.event === null ? 'one row' : step.keep === 'latest' ? 'the latest row' : 'the earliest row by known time';
    const others = relation.event === null ? 'the others' : 'rows that come later';
    const why = reason(place, `${which} for each ${quotedList(by)} stays, which ${others} decide`);
    choice = withFit(blockedFacts(block('latest-version-kept', 'leaks', context.table, why)), 'all-rows');
  }
  const single = by.length === 1 ? (by[0]?.name ?? null) : null;
  return {
    step: model,
    result: {
      ...withAmong(relation, among),
      exists: joinFacts(relation.exists, keys, choice),
      // Of a row that is there more than once one stays, where all of them are alike in the columns.
      copied: by.every(({ definition }) => definition != null) ? null : (relation.copied ?? null),
      columns: relation.columns.map(column => (column.name === single ? { ...column, unique: true } : column)),
      key: single ?? relation.key,
      uniqueTogether: single ? (relation.uniqueTogether ?? []) : [...(relation.uniqueTogether ?? []), names],
    },
  };
}
