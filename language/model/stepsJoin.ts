/**
 * `join`: columns of another table's row, by equal keys or as of a moment. Which row matched is a choice, and whatever the choice rests
 * on is known no later than the joined cells; rows that the join adds or takes away rest on it too, and cannot be masked.
 */

import type { Place } from '../text/place.ts';
import {
  amongDecided,
  apartAmong,
  type Choices,
  columnsAmong,
  isOfAll,
  joinedAmong,
  matchedAmong,
  takenAmong,
  unitedAmong,
  withoutMatched,
} from './among.ts';
import { ofOneMoment, toldApart } from './apart.ts';
import { ofPartner, partnerOf } from './copies.ts';
import { typeExpression } from './expression.ts';
import {
  block,
  blockedFacts,
  blocksOf,
  carried,
  comesFrom,
  joinFacts,
  knownFacts,
  noFacts,
  reachedBy,
  reason,
  type Shifted,
  sameTerm,
  term,
  termLe,
  withIdentity,
  zeroDuration,
} from './factOps.ts';
import type { Facts, Lineage, Term } from './facts.ts';
import { problem } from './problem.ts';
import { shapeOf } from './shapes.ts';
import {
  deciding,
  findColumn,
  findRelation,
  isUnique,
  knownTerms,
  matching,
  multiplied,
  type StepContext,
  type StepOf,
  type StepResult,
  stepScope,
} from './stepContext.ts';
import { columnOf, type PathRead } from './tableScope.ts';
import type { ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { clash, isTime, kindText, orNull } from './typeOps.ts';
import type { TypeOf } from './types.ts';
import { ledBy } from './who.ts';

interface Pair {
  readonly left: ColumnModel;
  readonly right: ColumnModel;
}

interface Moment {
  readonly expr: TypedExpr;
  readonly shape: Shifted;
}

/** A join as it was read: which rows meet, and the columns that are taken with the names that they get. */
interface Meeting {
  readonly join: 'left' | 'inner';
  readonly right: RelationModel;
  /** The file that reads the other table. */
  readonly reader: string;
  readonly pairs: readonly Pair[];
  readonly moment: Moment | null;
  readonly take: readonly { readonly column: ColumnModel; readonly as: string }[];
  /** Where the join is said, and all of it. */
  readonly place: Place;
  readonly whole: Place;
}

/** The columns that must be equal, without those that were reported. */
function pairsOf(step: StepOf<'join'>, left: RelationModel, right: RelationModel, context: StepContext): Pair[] {
  return step.on.flatMap(key => {
    const a = findColumn(key.left, left, context);
    const b = findColumn(key.right, right, context);
    if (!a || !b) return [];
    if (a.type.kind === 'ref' && b.type.kind === 'key' && right.key === b.name && !isOf(right, a.type) && !comesFrom(b.facts, a.type)) {
      context.env.report(
        problem(
          'join-mismatch',
          context.place(key.span),
          `\`${a.name}\` refers to \`${a.type.table}\`, and \`${b.name}\` is the key of \`${right.name}\`.`,
          {
            help: `Join \`${a.type.table}\`, or name the column that refers to \`${right.name}\`.`,
          },
        ),
      );
    } else if (clash(a.type, b.type) === 'kind') {
      context.env.report(
        problem(
          'join-mismatch',
          context.place(key.span),
          `\`${a.name}\` is ${kindText(a.type)} and \`${b.name}\` is ${kindText(b.type)}: they are never equal.`,
          {
            help: 'Name columns of one type, or derive one first.',
          },
        ),
      );
    }
    return [{ left: a, right: b }];
  });
}

/** Whether the ref is to this very relation. */
const isOf = ({ name, place }: RelationModel, ref: TypeOf<'ref'>): boolean => name === ref.table && place.file === ref.home;

/** The moment of `as of`, typed, with its shape. */
function momentOf(step: StepOf<'join'>, relation: RelationModel, right: RelationModel, context: StepContext): Moment | null {
  if (!step.asOf) return null;
  const expr = typeExpression(step.asOf, stepScope(context, 'table', relation));
  if (!isTime(expr.type) && expr.type.kind !== 'unknown') {
    context.env.report(
      problem('role-does-not-fit', expr.place, `A moment is a date or a timestamp, and this is ${kindText(expr.type)}.`, {
        help: 'Name a time of the row: `as of placed_at`.',
      }),
    );
  }
  if (!right.event && !right.open) {
    context.env.report(
      problem('role-does-not-fit', context.place(step.table.span), `\`${right.name}\` has no event time, so there is no latest row as of a moment.`, {
        help: `Mark its event time with \`@time\`, or join without \`as of\`.`,
      }),
    );
  }
  const shape = shapeOf(expr, leaf => (leaf.kind === 'column' ? (columnOf(relation, leaf.name)?.shape ?? null) : null));
  return { expr, shape: shape ?? { root: context.root('as of'), plus: zeroDuration } };
}

/** The right columns that are taken: not the keys, which stand on the left, and none whose name is there already. */
function takenColumns(step: StepOf<'join'>, left: RelationModel, right: RelationModel, pairs: readonly Pair[], context: StepContext): ColumnModel[] {
  return right.columns.filter(column => {
    if (pairs.some(pair => pair.right.name === column.name)) return false;
    const clashing = columnOf(left, column.name);
    if (!clashing) return true;
    const renamed = `${left.name}_${column.name}`;
    const before = { start: step.keyword.start, end: step.keyword.start };
    context.env.report(
      problem('duplicate-column', context.place(step.table.span), `Both sides of the join have a column \`${column.name}\`.`, {
        help: `Rename or drop one before the join: \`| rename ${column.name} as ${renamed}\`.`,
        related: [
          { place: clashing.place, message: `\`${column.name}\` on the left` },
          { place: column.place, message: `\`${column.name}\` of \`${right.name}\`` },
        ],
        fixes: [
          {
            title: `Rename \`${column.name}\` to \`${renamed}\` first`,
            safe: false,
            edits: [{ place: context.place(before), text: `rename ${column.name} as ${renamed}\n  | ` }],
          },
        ],
      }),
    );
    return false;
  });
}

export function joinStep(step: StepOf<'join'>, relation: RelationModel, context: StepContext): StepResult | null {
  const right = findRelation(step.table, context);
  if (!right) return null;
  const pairs = pairsOf(step, relation, right, context);
  const moment = momentOf(step, relation, right, context);
  const take = takenColumns(step, relation, right, pairs, context).map(column => ({ column, as: column.name }));
  return joined(
    { join: step.join, right, reader: context.env.file, pairs, moment, take, place: context.place(step.keyword), whole: context.place(step.span) },
    relation,
    context,
  );
}

/** The columns that a path reads of the row that `ref` reaches, under the names that stand for them. */
export function joinAlong(
  ref: ColumnModel,
  { table: right, reader, place }: Pick<PathRead, 'table' | 'reader' | 'place'>,
  take: Meeting['take'],
  relation: RelationModel,
  context: StepContext,
): StepResult | null {
  const key = right.key === null ? null : columnOf(right, right.key);
  return (
    key && joined({ join: 'left', right, reader, pairs: [{ left: ref, right: key }], moment: null, take, place, whole: place }, relation, context)
  );
}

function joined({ join, right, reader, pairs, moment, take, place, whole }: Meeting, relation: RelationModel, context: StepContext): StepResult {
  const rightIsUnique = isUnique(
    right,
    pairs.map(pair => pair.right.name),
  );
  // Of rows of one moment, what tells them apart says which of them it is.
  const present = moment ? joinFacts(right.exists, toldApart(right, place, ofOneMoment)) : right.exists;
  const byKey = pairs.find(pair => pair.right.name === right.key);
  const partner = byKey ? partnerOf(byKey.left, byKey.right) : null;
  const seen = (terms: readonly Term[]): Term[] =>
    terms.map(t => context.from(reachedBy({ ...t, reason: reason(place, `joined from \`${right.name}\``, t.reason) }, partner)));
  const lefts = joinFacts(...pairs.map(pair => deciding(pair.left.facts)));
  const rights = joinFacts(...pairs.map(pair => deciding(pair.right.facts)));

  // What the match itself rests on: the other row, its being there, and the keys of both sides. A row that is chosen as of a moment was
  // known before it, so the moment covers whatever is known with that row.
  const isCovered = (t: Term): boolean => moment !== null && right.known !== null && termLe(t, right.known.term);
  const uncovered = (terms: readonly Term[]): Term[] => seen(terms.filter(t => !isCovered(t)));
  const matched = uncovered([...knownTerms(right), ...present.known, ...rights.known]);
  const by = joinFacts(...pairs.map(pair => matching(pair.left.facts, pair.left.type)));
  const choice: Facts[] = [blocksOf(present), blocksOf(rights), by, knownFacts(...matched, ...lefts.known)];
  const settled: Facts[] = [];
  if (moment) {
    const why = reason(moment.expr.place, `the row is chosen as of this moment`);
    const latest = right.event?.facts ?? noFacts;
    choice.push(
      knownFacts(...moment.expr.facts.known, term(moment.shape.root, moment.shape.plus, why)),
      moment.shape.root === relation.event?.shape.root ? blocksOf(moment.expr.facts) : matching(moment.expr.facts, moment.expr.type),
      blocksOf(latest),
    );
    const late = [...present.known, ...rights.known, ...latest.known].find(t => !(right.known && termLe(t, right.known.term)));
    if (late) {
      const reasonLate = reason(place, `which row of \`${right.name}\` is the latest is decided after its rows are known`, late.reason);
      settled.push(blockedFacts(block('rows-known-late', 'leaks', context.table, reasonLate)));
    }
  }
  const ofChoice = joinFacts(...choice, ...settled);
  const isAlone = isUnique(
    relation,
    pairs.map(pair => pair.left.name),
  );
  const left = joinFacts(...pairs.map(pair => pair.left.facts));
  // As of a moment, a row is from before it.
  const reached = ({ isAlone: wasAlone, ...read }: Lineage): Lineage =>
    moment && read.joined === undefined
      ? { ...read, isBefore: true }
      : {
          ...read,
          joined: context.from({ root: read.joined ?? '', plus: zeroDuration }).root,
          ...(isAlone && !moment && (read.joined === undefined || wasAlone) && { isAlone: true as const }),
        };
  const on = pairs.map(pair => ({ left: pair.left.name, right: pair.right.name }));
  const met = matchedAmong(relation, right, pairs, reason(place, `rows of \`${right.name}\` meet, whoever they belong to`));
  const ofRight = [
    columnsAmong(
      right,
      on.map(pair => pair.right),
    ),
    moment ? apartAmong(right) : {},
  ].reduce(unitedAmong);
  const ofLeft = [
    columnsAmong(
      relation,
      on.map(pair => pair.left),
    ),
    moment ? takenAmong(moment.expr, relation) : {},
  ].reduce(unitedAmong);
  const among = (column?: ColumnModel): Choices => {
    const found = [joinedAmong(right, on, unitedAmong(column ?? {}, ofRight)), ofLeft, met].reduce(unitedAmong);
    return column && isOfAll(column) ? withoutMatched(found) : found;
  };
  const taken = take.map(({ column, as }): ColumnModel => {
    const cell = carried(column.facts, place, `joined from \`${right.name}\``);
    const lineage = ledBy([...cell.lineage, ...present.lineage].map(reached), left);
    const facts = joinFacts({ ...cell, known: uncovered(column.facts.known), lineage: [] }, ofChoice, { ...noFacts, lineage });
    return {
      ...column,
      name: as,
      type: join === 'left' ? orNull(column.type, true) : column.type,
      facts: facts.identity === 'none' || isAlone ? facts : withIdentity(facts, 'group', facts.identityReason),
      shape: column.shape && context.from(column.shape),
      unique: column.unique && isAlone,
      roles: column.roles.filter(role => role.kind !== 'time' && role.kind !== 'known'),
      definition: rightIsUnique && !moment ? ofPartner(column, right, pairs) : null,
      ...among(column),
    };
  });

  // Rows with equal keys meet the one row of a key, and have the same cells from it.
  const names = (of: readonly { readonly name: string }[]): readonly string[] => of.map(({ name }) => name);
  const before = rightIsUnique && !moment ? amongDecided(relation, names(pairs.map(pair => pair.left)), names(taken)) : relation;
  let result: RelationModel = {
    ...before,
    columns: [...before.columns, ...taken],
    ...(right.open ? { open: true } : {}),
  };
  const readFor = carried(
    { ...noFacts, lineage: [...present.lineage, ...rights.lineage] },
    place,
    `rows stay only where \`${right.name}\` has a partner`,
  );
  const decides = joinFacts(...choice, ...settled, readFor);
  if (!moment && !rightIsUnique) {
    const known = right.event && right.known ? context.from(right.known.term) : null;
    const atOnce: Facts = known
      ? { ...decides, known: decides.known.map(t => (sameTerm(t, known) ? { ...t, joined: 'not-point-in-time' } : t)) }
      : decides;
    const why = reason(place, `\`${right.name}\` may have several rows for one row of \`${relation.name}\``);
    result = multiplied({ ...result, ...unitedAmong(result, among()), exists: joinFacts(result.exists, atOnce) }, why);
  }
  if (join === 'inner') result = { ...result, ...unitedAmong(result, among()), exists: joinFacts(result.exists, decides) };
  return {
    step: {
      kind: 'join',
      place: whole,
      join,
      table: right.name,
      file: right.place.file,
      reader,
      on,
      asOf: moment?.expr ?? null,
      take: take.map(({ column, as }) => ({ column: column.name, as })),
      rightIsUnique,
    },
    result,
  };
}
