/**
 * `union`: the rows of two relations with the same columns. Time columns that mean the same on both sides become one root; known times
 * that differ leave no constant lag, and an event time that does not unify leaves no window.
 */

import type { Place } from '../text/place.ts';
import { unitedAmong } from './among.ts';
import { mayShareRows, ofEither } from './copies.ts';
import { block, blockedFacts, carried, joinFacts, reason, type Shifted, sameDuration, sameTerm, term, withKnown, zeroDuration } from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { problem } from './problem.ts';
import { rootReached } from './roots.ts';
import { isLate } from './scopesRow.ts';
import { constantLag } from './shapes.ts';
import { findRelation, multiplied, type StepContext, type StepOf, type StepResult } from './stepContext.ts';
import { columnOf } from './tableScope.ts';
import type { ColumnModel, RelationModel, TimeRole } from './typed.ts';
import { isTime, joinTypes, typeText, unknownType } from './typeOps.ts';

type Side = 'left' | 'right';

/** Says which columns differ; true when all agree. */
function reportDifferences(step: StepOf<'union'>, left: RelationModel, right: RelationModel, context: StepContext): void {
  const place = context.place(step.table.span);
  const missing = (from: RelationModel, other: RelationModel): string[] =>
    other.open ? [] : from.columns.filter(column => !columnOf(other, column.name)).map(column => `\`${column.name}\``);
  const onlyLeft = missing(left, right);
  const onlyRight = missing(right, left);
  if (onlyLeft.length || onlyRight.length) {
    const parts = [
      onlyLeft.length ? `${onlyLeft.join(', ')} only in \`${left.name}\`` : null,
      onlyRight.length ? `${onlyRight.join(', ')} only in \`${right.name}\`` : null,
    ].filter(part => part !== null);
    context.env.report(
      problem('union-mismatch', place, `The two sides of the union have different columns: ${parts.join('; ')}.`, {
        help: 'Give both sides the same columns first, with `select`, `drop`, `rename` or `derive`.',
      }),
    );
  }
  for (const column of left.columns) {
    const other = columnOf(right, column.name);
    if (!other || joinTypes(column.type, other.type)) continue;
    context.env.report(
      problem(
        'union-mismatch',
        place,
        `\`${column.name}\` is ${typeText(column.type)} in \`${left.name}\` and ${typeText(other.type)} in \`${right.name}\`.`,
        {
          help: `Derive one of the two in the other's type first.`,
          related: [
            { place: column.place, message: `\`${column.name}\` of \`${left.name}\`` },
            { place: other.place, message: `\`${other.name}\` of \`${right.name}\`` },
          ],
        },
      ),
    );
  }
}

const unshifted = (shape: Shifted | null): shape is Shifted => shape !== null && sameDuration(shape.plus, zeroDuration);

/** How roots of each side are called afterwards: those of equal time columns are one, the others stay apart. */
function unifiedRoots(left: RelationModel, right: RelationModel, context: StepContext): <T extends Shifted>(side: Side, t: T) => T {
  const names = new Map<string, string>();
  const unify = (a: Shifted | null, b: Shifted | null, name: string): void => {
    if (!unshifted(a) || !unshifted(b) || names.has(`left ${a.root}`) || names.has(`right ${b.root}`)) return;
    names.set(`left ${a.root}`, context.root(name));
    names.set(`right ${b.root}`, context.root(name));
  };
  for (const column of left.columns) unify(column.shape, columnOf(right, column.name)?.shape ?? null, column.name);
  unify(left.event?.shape ?? null, right.event?.shape ?? null, 'event');
  return (side, t) => ({ ...t, root: names.get(`${side} ${t.root}`) ?? rootReached(context.root(side), t.root) });
}

/** What only this side waits for: rows of the other are known without it. */
const boundBy = (side: Facts, other: Facts): Facts =>
  withKnown(
    side,
    side.known.map(t => (other.known.some(o => sameTerm(o, t)) ? t : { ...t, isBound: true })),
  );

export function unionStep(step: StepOf<'union'>, relation: RelationModel, context: StepContext): StepResult | null {
  const right = findRelation(step.table, context);
  if (!right) return null;
  reportDifferences(step, relation, right, context);
  const place = context.place(step.keyword);
  const rooted = unifiedRoots(relation, right, context);
  const facts = (side: Side, f: Facts): Facts => {
    const from = side === 'left' ? f : carried(f, place, `rows of \`${right.name}\` are added here`);
    return { ...from, known: from.known.map(t => rooted(side, t)) };
  };
  const both = (a: Facts, b: Facts, late = { left: false, right: false }): Facts => {
    const [left, right] = [facts('left', a), facts('right', b)];
    return joinFacts(late.right ? left : boundBy(left, right), late.left ? right : boundBy(right, left));
  };

  const columns = relation.columns.map((column): ColumnModel => {
    const other = columnOf(right, column.name);
    const type = other ? (joinTypes(column.type, other.type) ?? unknownType) : column.type;
    const [a, b] = [column.shape && rooted('left', column.shape), other?.shape ? rooted('right', other.shape) : null];
    const same = a && b && sameTerm(a, b);
    return {
      ...column,
      type,
      facts: other ? both(column.facts, other.facts, { left: isLate(column, relation), right: isLate(other, right) }) : facts('left', column.facts),
      shape: same ? a : isTime(type) ? { root: context.root(`${column.name} of both`), plus: zeroDuration } : null,
      immutable: column.immutable && (other?.immutable ?? false),
      definition: other ? ofEither(column, other, relation, right) : null,
      ...unitedAmong(column, other ?? {}),
    };
  });

  const events = [relation.event && rooted('left', relation.event.shape), right.event && rooted('right', right.event.shape)] as const;
  let exists = both(relation.exists, right.exists);
  let event: TimeRole | null = null;
  if (relation.event && right.event && events[0] && events[1] && sameTerm(events[0], events[1])) {
    event = { ...relation.event, shape: events[0], facts: both(relation.event.facts, right.event.facts) };
  } else if (relation.event || right.event) {
    const why = reason(place, `\`${relation.name}\` and \`${right.name}\` do not share an event time`);
    exists = joinFacts(exists, blockedFacts(block('time-shifted', 'leaks', context.table, why)));
  }
  const known = unifiedKnown(relation, right, rooted, context, place);
  const lag = constantLag(event?.shape ?? null, known?.term ?? null);
  return {
    step: { kind: 'union', place: context.place(step.span), table: step.table.text },
    result: {
      ...multiplied({ ...relation, columns, exists, event, known: known && { ...known, lag }, lag }, null),
      multiplied: relation.multiplied ?? right.multiplied,
      rowsOf: [...new Set([...(relation.rowsOf ?? []), ...(right.rowsOf ?? [])])],
      kept: [],
      ...unitedAmong(relation, right),
      isUnited: true,
      copied:
        relation.copied ??
        right.copied ??
        (mayShareRows(relation, right) ? reason(place, `rows of \`${right.name}\` are added, which may be there already`) : null),
    },
  };
}

/** The row's known time is tracked row by row; only equal terms stay comparable with others. */
function unifiedKnown(
  left: RelationModel,
  right: RelationModel,
  rooted: <T extends Shifted>(side: Side, t: T) => T,
  context: StepContext,
  place: Place,
): RelationModel['known'] {
  if (!left.known && !right.known) return null;
  const a: Term | null = left.known && rooted('left', left.known.term);
  const b: Term | null = right.known && rooted('right', right.known.term);
  const declared = (left.known?.declared ?? true) && (right.known?.declared ?? true);
  if (a && b && sameTerm(a, b)) {
    const column = left.known?.column === right.known?.column ? (left.known?.column ?? null) : null;
    return { term: a, column, lag: null, declared };
  }
  const why = reason(place, `rows of \`${left.name}\` and \`${right.name}\` are known by different rules`, a?.reason ?? b?.reason ?? null);
  return { term: term(context.root('known'), zeroDuration, why), column: null, lag: null, declared };
}
