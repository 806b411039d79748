/** Checks: claims about a table, each with a severity. What declared types already decide is no claim, and is said so. */
import type { Argument, CheckDeclaration, Expr, ExprOf, Item, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { type Choices, columnsAmong, joinedAmong, matchedAmong, takenAmong, unitedAmong } from './among.ts';
import { partnerOf } from './copies.ts';
import type { Environment } from './environment.ts';
import { typeExpression } from './expression.ts';
import { blocksOf, carried, durationLe, joinFacts, knownFacts, noFacts, reachedBy, reason, zeroDuration } from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { type Constant, constantOf } from './literals.ts';
import { requireCondition } from './meeting.ts';
import { problem, respell } from './problem.ts';
import { rootReached } from './roots.ts';
import { deciding, findColumn, findRelation, findTimeColumn, isUnique, type StepContext, stepContext } from './stepContext.ts';
import { tableScope } from './tableScope.ts';
import type { CheckClaimModel, CheckModel, CheckSeverity, ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { clash, kindText } from './typeOps.ts';
import { anyPart } from './walk.ts';

type Claim = CheckClaimModel['claim'];

const severities: readonly CheckSeverity[] = ['warn', 'error', 'quarantine'];

interface CheckContext extends StepContext {
  readonly relation: RelationModel;
}

const wrongClaim = (context: CheckContext, span: Span, message: string, help: string): null => {
  context.env.report(problem('claim-form', context.place(span), message, { help }));
  return null;
};

const alwaysHolds = (context: CheckContext, span: Span, why: string): void =>
  context.env.report(
    problem('always-holds', context.place(span), `This always holds: ${why}.`, {
      label: 'always true',
      help: 'Leave the claim out, or claim more than is declared.',
    }),
  );

const constantIn = (expr: Expr, context: CheckContext): Constant | null => constantOf(expr, name => context.env.param(name)?.value ?? null);

/** The column that an argument names, or null after saying why not. */
function columnArgument(
  call: ExprOf<'call'>,
  argument: Argument | undefined,
  context: CheckContext,
  example: string,
): { column: ColumnModel; name: Name } | null {
  if (argument?.value.kind === 'missing') return null;
  if (argument?.value.kind !== 'name')
    return wrongClaim(context, argument?.span ?? call.span, `\`${call.callee.text}\` names a column.`, `Write it as \`${example}\`.`);
  const column = findColumn(argument.value.name, context.relation, context);
  return column && { column, name: argument.value.name };
}

// ---------------------------------------------------------------- the claims with names of their own

interface Compared {
  readonly call: ExprOf<'call'>;
  /** Null: the call stands alone. */
  readonly operator: ExprOf<'binary'>['operator'] | null;
  readonly bound: Expr | null;
  readonly span: Span;
}

/** `complete(age) >= 98%`; alone, all of it. */
function completeClaim({ call, operator, bound, span }: Compared, context: CheckContext): Claim | null {
  const found = columnArgument(call, call.args[0], context, 'complete(age) >= 98%');
  const value = bound && constantIn(bound, context);
  if (bound?.kind === 'missing') return null;
  const exact = operator === null ? 1 : value?.kind === 'number' ? value.value : null;
  if (exact === null || (operator !== null && operator !== '>=' && !(operator === '==' && exact === 1))) {
    return wrongClaim(
      context,
      span,
      '`complete` is the share of values that are not missing, and the claim is how much it is at least.',
      'Write it as `complete(age) >= 98%`.',
    );
  }
  if (exact > 1) {
    const help = 'Write a share: `>= 98%` or `>= 0.98`.';
    context.env.report(
      problem('impossible-range', context.place(span), 'This never holds: no more than 100% of the values are there.', { label: 'never true', help }),
    );
    return null;
  }
  if (!found) return null;
  if (exact <= 0) alwaysHolds(context, span, 'a share is never below 0%');
  else if (!found.column.type.nullable && found.column.type.kind !== 'unknown')
    alwaysHolds(context, span, `\`${found.column.name}\` admits no missing values`);
  return { kind: 'complete', column: found.column.name, atLeast: exact };
}

/** `unique(customer, day)` */
function uniqueClaim({ call, operator, span }: Compared, context: CheckContext): Claim | null {
  if (operator !== null || call.args.length === 0) {
    return wrongClaim(context, span, '`unique` names the columns that are together different in every row.', 'Write it as `unique(customer, day)`.');
  }
  const columns = call.args.map(argument => columnArgument(call, argument, context, 'unique(customer, day)'));
  const names = columns.flatMap(found => found?.column.name ?? []);
  return names.length === columns.length ? { kind: 'unique', columns: names } : null;
}

/** `fresh(placed_at) <= 1d` */
function freshClaim({ call, operator, bound, span }: Compared, context: CheckContext): Claim | null {
  const [argument] = call.args;
  const value = bound && constantIn(bound, context);
  if (bound?.kind === 'missing' || argument?.value.kind === 'missing') return null;
  if (operator !== '<=' || value?.kind !== 'duration' || argument?.value.kind !== 'name') {
    return wrongClaim(
      context,
      span,
      '`fresh` is the age of the latest time, and the claim is how old it is at most.',
      'Write it as `fresh(placed_at) <= 1d`.',
    );
  }
  const column = findTimeColumn(argument.value.name, context.relation, context, 'what is fresh');
  if (!durationLe(zeroDuration, value.value)) {
    context.env.report(
      problem('impossible-range', context.place(span), 'This never holds: nothing is younger than no time at all.', {
        label: 'never true',
        help: 'Write a duration: `<= 1d`.',
      }),
    );
    return null;
  }
  return column && { kind: 'fresh', column: column.name, within: value.value };
}

/** `refers(customer, customers)` */
function refersClaim({ call, operator, span }: Compared, context: CheckContext): Claim | null {
  const [of, to, ...more] = call.args;
  if (of?.value.kind === 'missing' || to?.value.kind === 'missing') return null;
  if (operator !== null || more.length || of?.value.kind !== 'name' || to?.value.kind !== 'name') {
    return wrongClaim(context, span, '`refers` names a column and the table whose keys it holds.', 'Write it as `refers(customer, customers)`.');
  }
  const column = findColumn(of.value.name, context.relation, context);
  const table = findRelation(to.value.name, context);
  if (!column || !table || table.open) return null;
  if (table.key === null) {
    context.env.report(
      problem('ref-without-key', context.place(to.span), `\`${table.name}\` has no key that a column could hold.`, {
        help: `Give the identifying column of \`${table.name}\` the type \`key\`.`,
      }),
    );
    return null;
  }
  const key = table.columns.find(c => c.name === table.key);
  if (key && clash(column.type, key.type)) {
    context.env.report(
      problem(
        'join-mismatch',
        context.place(of.span),
        `\`${column.name}\` is ${kindText(column.type)} and \`${key.name}\` of \`${table.name}\` is ${kindText(key.type)}: they are never equal.`,
        {
          help: 'Name the column that holds the key.',
        },
      ),
    );
    return null;
  }
  return { kind: 'refers', column: column.name, table: to.value.name.text, key: table.key };
}

const namedClaims: Readonly<Record<string, (compared: Compared, context: CheckContext) => Claim | null>> = {
  complete: completeClaim,
  unique: uniqueClaim,
  fresh: freshClaim,
  refers: refersClaim,
};

/** The named claim that the expression is, or null. A bound that stands first is turned round. */
function comparedCall(expr: Expr): Compared | null {
  const isNamed = (e: Expr): e is ExprOf<'call'> => e.kind === 'call' && Object.hasOwn(namedClaims, e.callee.text);
  if (isNamed(expr)) return { call: expr, operator: null, bound: null, span: expr.span };
  if (expr.kind !== 'binary') return null;
  if (isNamed(expr.left)) return { call: expr.left, operator: expr.operator, bound: expr.right, span: expr.span };
  if (!isNamed(expr.right)) return null;
  const turned = ({ '<=': '>=', '>=': '<=', '<': '>', '>': '<' } as const)[expr.operator as '<=' | '>=' | '<' | '>'] ?? expr.operator;
  return { call: expr.right, operator: turned, bound: expr.left, span: expr.span };
}

// ---------------------------------------------------------------- claims as conditions

const aggregates = (expr: TypedExpr): boolean => anyPart(expr, part => part.kind === 'aggregate');

function conditionClaim(expr: Expr, context: CheckContext): Claim | null {
  const scope = tableScope(context.env, 'check', context.relation);
  const condition = typeExpression(expr, scope, { kind: 'bool', nullable: true });
  requireCondition(scope, condition, 'A claim');
  if (condition.type.kind === 'unknown') return null;
  return { kind: aggregates(condition) ? 'aggregate' : 'row', condition };
}

// ---------------------------------------------------------------- severities

function severityOf(words: readonly Name[], claim: Claim | null, context: CheckContext): CheckSeverity {
  const [word, extra] = words;
  const unknown = (name: Name, message: string, help: string, near: string | null = null): void => {
    const place = context.place(name.span);
    context.env.report(problem('unknown-severity', place, message, { help, fixes: near ? [respell(place, near)] : [] }));
  };
  if (extra) unknown(extra, 'A claim has one severity.', `Leave out all but one of ${words.map(w => `\`${w.text}\``).join(', ')}.`);
  if (!word) return 'error';
  const severity = severities.find(s => s === word.text);
  if (!severity) {
    const near = severities.find(s => word.text.startsWith(s)) ?? nearest(word.text, severities);
    unknown(
      word,
      `There is no severity \`${word.text}\`.`,
      near ? `Did you mean \`${near}\`?` : 'Severities are `warn`, `error` (when none is written) and `quarantine`.',
      near,
    );
    return 'error';
  }
  if (severity !== 'quarantine' || !claim) return severity;
  if (claim.kind === 'aggregate' || claim.kind === 'complete' || claim.kind === 'fresh') {
    unknown(
      word,
      '`quarantine` takes single rows out, and this claim is about the whole table.',
      'Use `warn` or `error`, or claim something of each row: `fare >= 0`.',
    );
    return 'error';
  }
  if (claim.kind === 'unique' && !isUnique(context.relation, claim.columns)) {
    const place = context.place(word.span);
    context.env.report(
      problem('quarantine-across-rows', place, 'Rows that come later would decide which of two equal rows goes.', {
        label: 'one row would take out another',
        help: `Use \`error\`, or keep the first with \`dedupe by ${claim.columns.join(', ')} keep earliest\`.`,
        related: [
          {
            place: context.relation.place,
            message: `\`${context.relation.name}\` has no key of ${claim.columns.map(name => `\`${name}\``).join(', ')}`,
          },
        ],
        fixes: [{ title: 'Stop the run instead', safe: false, edits: [{ place, text: 'error' }] }],
      }),
    );
    return 'error';
  }
  return severity;
}

// ---------------------------------------------------------------- checks

/** `text` is that of the declaration's chunk, from which reports quote the claims. */
export function typeCheck(decl: CheckDeclaration, text: string, env: Environment): CheckModel {
  const steps = stepContext(env, decl.table.text, 0);
  const relation = findRelation(decl.table, steps);
  const place = steps.place(decl.table.span);
  const claims: CheckClaimModel[] = [];
  for (const item of decl.items) {
    if (item.kind !== 'expression') noClaim(item, steps);
    else if (relation && item.value.kind !== 'missing') {
      const context: CheckContext = { ...steps, relation };
      const named = comparedCall(item.value);
      const claim = named ? (namedClaims[named.call.callee.text]?.(named, context) ?? null) : conditionClaim(item.value, context);
      const severity = severityOf(item.words, claim, context);
      const { span } = item.value;
      if (claim) claims.push({ place: context.place(span), text: text.slice(span.start, span.end).replace(/\s+/g, ' ').trim(), severity, claim });
    }
  }
  return { kind: 'check', table: decl.table.text, place, claims };
}

function noClaim(item: Exclude<Item, { kind: 'expression' }>, context: StepContext): void {
  const at: Place = context.place(item.kind === 'segment' ? item.span : item.kind === 'block' ? item.word.span : item.name.span);
  context.env.report(
    problem('claim-form', at, 'A check holds claims.', {
      help:
        item.kind === 'definition'
          ? 'A comparison is written `==`.'
          : 'Write what must hold: `amount >= 0`, `complete(age) >= 98%`, `count() >= 1000`.',
    }),
  );
}

/** The choices among rows to which those that stay behind a quarantine owe the cells that its claims read, and the rows that they refer to. */
export function quarantineAmong({ claims }: CheckModel, rows: RelationModel, relation: (name: string) => RelationModel | null): Choices {
  const choices = claims.map(({ severity, claim, place }): Choices => {
    if (severity !== 'quarantine') return {};
    if (claim.kind === 'row') return takenAmong(claim.condition, rows);
    const partner = claim.kind === 'refers' ? relation(claim.table) : null;
    const left = claim.kind === 'refers' ? rows.columns.find(({ name }) => name === claim.column) : null;
    const right = partner?.columns.find(({ name }) => name === partner.key);
    if (!partner || !left || !right) return {};
    const met = matchedAmong(
      rows,
      partner,
      [{ left, right }],
      reason(place, `rows of \`${rows.name}\` stay only where \`${partner.name}\` has a partner`),
    );
    const ofPartner = joinedAmong(partner, [{ left: left.name, right: right.name }]);
    return [met, ofPartner, columnsAmong(rows, [left.name])].reduce(unitedAmong);
  });
  return choices.reduce(unitedAmong, {});
}

/**
 * What the rows that stay behind a quarantine owe to its claims: readers of the table see only rows on which they held, so these facts
 * belong to a row's being there, as those of a `where` and of an inner join do.
 */
export function quarantineFacts({ claims, table }: CheckModel, relation: (name: string) => RelationModel | null): Facts {
  const facts = claims.map(({ severity, claim, place }) => {
    const message = `rows of \`${table}\` stay only where this holds`;
    if (severity !== 'quarantine') return noFacts;
    if (claim.kind === 'row') return carried(deciding(claim.condition.facts), place, message);
    const partner = claim.kind === 'refers' ? relation(claim.table) : null;
    const own = claim.kind === 'refers' ? relation(table)?.columns.find(column => column.name === claim.column) : null;
    const key = partner?.columns.find(column => column.name === partner.key);
    if (!partner || !own || !key) return noFacts;
    // The key is known no sooner than its row.
    const rests = joinFacts(deciding(partner.exists), blocksOf(key.facts), knownFacts(...key.facts.known));
    const partnerRow = partnerOf(own, key);
    const apart = (t: Term): Term => ({ ...t, root: rootReached(`${place.file}:${table}~${place.span.start}`, t.root) });
    return carried(joinFacts({ ...rests, known: rests.known.map(t => apart(reachedBy(t, partnerRow))) }, deciding(own.facts)), place, message);
  });
  return joinFacts(...facts);
}
