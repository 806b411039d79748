/** The steps that choose rows by a condition and make, keep, drop and rename columns. */
import type { Name } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import { amongAfter, amongCopied, takenAmong, withAmong } from './among.ts';
import { conditionsOf, conjuncts, definitionOf } from './copies.ts';
import { typeExpression } from './expression.ts';
import { carried, joinFacts, knownFacts, type Shifted, zeroDuration } from './factOps.ts';
import type { Facts } from './facts.ts';
import { boundByCondition } from './joinedTimes.ts';
import { requireCondition } from './meeting.ts';
import { shapeOf } from './shapes.ts';
import {
  deciding,
  duplicateColumn,
  findColumn,
  keep,
  knownTerms,
  newColumn,
  type StepContext,
  type StepOf,
  type StepResult,
  stepScope,
  uniqueSets,
} from './stepContext.ts';
import { columnOf } from './tableScope.ts';
import type { ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { isTime } from './typeOps.ts';
import { columnNames, parts } from './walk.ts';

// ---------------------------------------------------------------- where

/** Columns that are not null on every row on which the condition is true. */
const provesValue = (condition: TypedExpr): readonly string[] =>
  conjuncts(condition).flatMap(part => {
    const [denied] = part.kind === 'call' && part.fn === 'not' ? part.args : [];
    const [tested] = denied?.kind === 'call' && denied.fn === 'is_null' ? denied.args : [];
    return tested?.kind === 'column' ? [tested.name] : [];
  });

/** A figure over all rows that decides which values are too far off: the rows or cells that are left owe it to that. */
const cutOff = (facts: Facts): Facts =>
  facts.blocks.some(({ isStatistic }) => isStatistic)
    ? { ...facts, blocks: facts.blocks.map(b => (b.isStatistic ? { ...b, rule: 'outlier-rule-from-all-rows' as const } : b)) }
    : facts;

/** `min(x, top)`, `if x > top then top else x`: one value bounded by another. */
const bounds = (value: TypedExpr): boolean =>
  value.kind === 'call' &&
  (value.fn === 'least' || value.fn === 'greatest' || value.fn === 'if') &&
  value.args.some(({ facts }) => facts.blocks.some(({ isStatistic }) => isStatistic)) &&
  parts(value).some(part => part.facts.lineage.length > 0 && !part.facts.blocks.some(({ isStatistic }) => isStatistic));

export function whereStep(step: StepOf<'where'>, relation: RelationModel, context: StepContext): StepResult {
  const scope = stepScope(context, 'table', relation);
  const condition = typeExpression(step.condition, scope, { kind: 'bool', nullable: true });
  requireCondition(scope, condition, '`where`');
  const decides = carried(cutOff(deciding(condition.facts)), condition.place, `rows of \`${context.table}\` are kept by this condition`);
  const values = provesValue(condition);
  const columns = relation.columns.map(column =>
    column.type.nullable && values.includes(column.name) ? { ...column, type: { ...column.type, nullable: false } } : column,
  );
  return {
    step: { kind: 'where', place: context.place(step.span), condition },
    result: withAmong(
      {
        ...relation,
        columns,
        kept: [...(relation.kept ?? []), ...conditionsOf(condition, relation)],
        exists: boundByCondition(joinFacts(relation.exists, decides), condition, relation),
      },
      takenAmong(condition, relation),
    ),
  };
}

// ---------------------------------------------------------------- derive

/** A column as `derive` computes it. */
function derivedColumn(name: Name, value: TypedExpr, relation: RelationModel, context: StepContext): ColumnModel {
  const place = context.place(name.span);
  const copied = value.kind === 'column' ? columnOf(relation, value.name) : null;
  const facts = joinFacts(
    carried(bounds(value) ? cutOff(value.facts) : value.facts, place, `\`${name.text}\` is computed here`),
    knownFacts(...knownTerms(relation)),
  );
  const shape: Shifted | null = isTime(value.type)
    ? (shapeOf(value, leaf => (leaf.kind === 'column' ? (columnOf(relation, leaf.name)?.shape ?? null) : null)) ?? {
        root: context.root(name.text),
        plus: zeroDuration,
      })
    : null;
  const column = {
    ...newColumn(name.text, place, { type: value.type, facts, shape }),
    definition: definitionOf(value, relation),
    ...takenAmong(value, relation),
  };
  return copied
    ? {
        ...column,
        unique: copied.unique,
        immutable: copied.immutable,
        roles: copied.roles.filter(role => role.kind !== 'time' && role.kind !== 'known'),
      }
    : column;
}

/** Puts a column in the place of the one of its name, or behind the others. Overwritten roles are lost. */
export function withColumn(relation: RelationModel, column: ColumnModel): RelationModel {
  const { name } = column;
  const there = columnOf(relation, name) !== null;
  const remains = (other: string): string | null => (other === name ? null : other);
  const event = relation.event?.column === name ? null : relation.event;
  const now = {
    ...relation,
    columns: there ? relation.columns.map(old => (old.name === name ? column : old)) : [...relation.columns, column],
    event,
    lag: event ? relation.lag : null,
    known: relation.known?.column === name ? { ...relation.known, column: null } : relation.known,
    key: relation.key === name ? null : relation.key,
    uniqueTogether: uniqueSets(relation, remains),
  };
  return there ? amongAfter(now, remains) : now;
}

/** `derive a = …, b = …`: later ones may read earlier ones, so one step may become several projections. */
export function deriveStep(step: StepOf<'derive'>, relation: RelationModel, context: StepContext): readonly StepResult[] {
  const results: StepResult[] = [];
  const place = context.place(step.span);
  let base = relation;
  let current = relation;
  let fresh = new Map<string, TypedExpr>();
  const flush = (): void => {
    if (fresh.size === 0) return;
    const columns = current.columns.map(column => {
      const value = fresh.get(column.name);
      const old = columnOf(base, column.name);
      return value ? { name: column.name, value } : keep(old ?? column, place);
    });
    results.push({ step: { kind: 'project', place, columns }, result: current });
    base = current;
    fresh = new Map();
  };
  const written = new Map<string, Name>();
  for (const { name, value: expr } of step.columns) {
    const first = written.get(name.text);
    if (name.text === '') continue;
    if (first) {
      duplicateColumn(name, context, 'Give one of the two another name.', context.place(first.span));
      continue;
    }
    written.set(name.text, name);
    const value = typeExpression(expr, stepScope(context, 'table', current));
    if (columnNames(value).some(read => fresh.has(read))) flush();
    const made = withColumn(current, derivedColumn(name, value, current, context));
    current = value.kind === 'column' && value.name !== name.text ? amongCopied(made, value.name, name.text) : made;
    fresh.set(name.text, value);
  }
  flush();
  return results.length
    ? results
    : [{ step: { kind: 'project', place, columns: relation.columns.map(column => keep(column, place)) }, result: relation }];
}

// ---------------------------------------------------------------- select, drop, rename

export function projected(columns: readonly ColumnModel[], relation: RelationModel, place: Place): StepResult {
  const remains = (name: string): string | null => (columns.some(column => column.name === name) ? name : null);
  return {
    step: { kind: 'project', place, columns: columns.map(column => keep(column, place)) },
    result: amongAfter(
      {
        ...relation,
        columns,
        known: relation.known && { ...relation.known, column: relation.known.column && remains(relation.known.column) },
        key: relation.key && remains(relation.key),
        uniqueTogether: uniqueSets(relation, remains),
      },
      remains,
    ),
  };
}

export function selectStep(step: StepOf<'select'>, relation: RelationModel, context: StepContext): StepResult {
  const columns: ColumnModel[] = [];
  for (const name of step.columns) {
    const column = findColumn(name, relation, context);
    if (column && columns.includes(column)) duplicateColumn(name, context, 'Name each column once.');
    else if (column) columns.push(column);
  }
  return projected(columns, relation, context.place(step.span));
}

export function dropStep(step: StepOf<'drop'>, relation: RelationModel, context: StepContext): StepResult {
  const dropped = step.columns.flatMap(name => findColumn(name, relation, context) ?? []);
  return projected(
    relation.columns.filter(column => !dropped.includes(column)),
    relation,
    context.place(step.span),
  );
}

export function renameStep(step: StepOf<'rename'>, relation: RelationModel, context: StepContext): StepResult {
  const place = context.place(step.span);
  const renamed = new Map<string, Name>();
  for (const { from, to } of step.pairs) {
    if (findColumn(from, relation, context) && to.text !== '') renamed.set(from.text, to);
  }
  const names = new Set<string>();
  const result: { column: ColumnModel; from: ColumnModel }[] = [];
  const stays = relation.columns.filter(column => !renamed.has(column.name));
  for (const column of stays) names.add(column.name);
  for (const column of relation.columns) {
    const to = renamed.get(column.name);
    if (!to) result.push({ column, from: column });
    else if (names.has(to.text)) {
      duplicateColumn(to, context, `Choose another name, or drop the other \`${to.text}\` first.`, columnOf(relation, to.text)?.place ?? null);
      if (!names.has(column.name)) result.push({ column, from: column });
    } else {
      names.add(to.text);
      result.push({ column: { ...column, name: to.text, place: context.place(to.span) }, from: column });
    }
  }
  const now = (name: string): string | null => result.find(({ from }) => from.name === name)?.column.name ?? null;
  const { event, known, key } = relation;
  return {
    step: { kind: 'project', place, columns: result.map(({ column, from }) => ({ ...keep(from, place), name: column.name })) },
    result: amongAfter(
      {
        ...relation,
        columns: result.map(({ column }) => column),
        event: event && { ...event, column: now(event.column) ?? event.column },
        known: known && { ...known, column: known.column && now(known.column) },
        key: key && now(key),
        uniqueTogether: uniqueSets(relation, now),
      },
      now,
    ),
  };
}
