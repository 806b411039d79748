/** Typing of aggregates: over the rows of a window (`count(T last 30d)`), of a group, or of a whole table in a check. */
import { entryOf } from '../catalogue/catalogue.ts';
import type { AggregateEntry } from '../catalogue/entry.ts';
import type { Argument, Expr, ExprOf } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { choosesByTime, ofOneMoment, toldApart } from './apart.ts';
import { atLeast, open } from './bounds.ts';
import { settingValue } from './catalogueSettings.ts';
import {
  anyTime,
  asRows,
  inRegion,
  joinFacts,
  joinFit,
  joinIdentity,
  noFacts,
  withFit,
  withIdentity,
  withLineage,
  withoutIdentity,
} from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';
import { edgesOf, everything, timeProblem } from './frames.ts';
import { linkFacts } from './links.ts';
import { requireCondition } from './meeting.ts';
import { respell } from './problem.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { RelationModel, TypedExpr, TypedWindow } from './typed.ts';
import { classText, countType, decimalType, fits, floatType, intType, isNumber, kindText, orNull, typeText } from './typeOps.ts';
import type { Bounds, Type, Unit } from './types.ts';
import { failed, isUnknown, nameOf, report, written } from './typing.ts';
import { divideUnits, pure } from './units.ts';
import { columnNames } from './walk.ts';

type Call = ExprOf<'call'>;

// ---------------------------------------------------------------- which form

/** The source or table that `expr` names; columns of that name come first where there is no window clause. */
function relationNamed(expr: Expr, scope: Scope): RelationModel | null {
  const found = written(expr, scope);
  return found.expr.kind === 'name' ? found.scope.relation(found.expr.name.text) : null;
}

const overRows = (scope: Scope): boolean => scope.use === 'group' || scope.use === 'check';

/** `max(a, b)` and `min(a, b)` are row functions; with a window, one argument over a group, or a table they aggregate. */
export function isAggregateCall({ callee, args }: Call, scope: Scope): boolean {
  if (!entryOf('function', callee.text)) return true;
  return args.length < 2 || args.some(arg => arg.window !== null) || (overRows(scope) && args.length === 1);
}

export function aggregateCall(entry: AggregateEntry, expr: Call, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const first = expr.args[0];
  const more = expr.args.slice(1);
  const windowed =
    first !== undefined && (first.window !== null || (first.name === null && entry.name === 'count' && relationNamed(first.value, scope) !== null));
  if (scope.use === 'feature' || scope.use === 'label') {
    if (first && (windowed || relationNamed(first.value, scope))) return overWindow(entry, first, more, expr, scope, type);
    report(scope, 'aggregate-outside-window', expr.span, `\`${entry.name}\` needs the rows that it goes over.`, {
      label: 'over which table?',
      help: entry.name === 'count' ? 'Name a table: `count(TABLE last 30d)`.' : `Name a table: \`${entry.name}(x of TABLE last 30d)\`.`,
    });
    return failed(place);
  }
  if (overRows(scope) && !windowed) return overAll(entry, first, more, expr, scope, type);
  report(scope, 'aggregate-outside-window', expr.span, `\`${entry.name}\` goes over many rows, and ${standsIn(scope)}.`, {
    help: remedy(scope, entry),
  });
  return failed(place);
}

function standsIn({ use }: Scope): string {
  switch (use) {
    case 'window':
      return 'inside a window there is only the one row';
    case 'group':
    case 'check':
      return 'windows stand in `features` and labels';
    case 'constant':
      return 'a setting has no rows';
    default:
      return 'here there is only the one row';
  }
}

function remedy({ use }: Scope, { name }: AggregateEntry): string {
  switch (use) {
    case 'table':
      return `Put it into \`group by\`, or into \`features\` with a window: \`${name}(… last 30d)\`.`;
    case 'group':
    case 'check':
      return 'Leave the window out: it goes over all rows here.';
    case 'window':
      return 'Make a feature of the inner aggregate first.';
    default:
      return 'Make a feature of it first.';
  }
}

// ---------------------------------------------------------------- results

const boundsOf = (value: TypedExpr | null): Bounds => (value && isNumber(value.type) ? value.type.bounds : open);

function unitOf(entry: AggregateEntry, value: TypedExpr | null): Unit | null {
  const unit = value && isNumber(value.type) ? value.type.unit : null;
  switch (entry.unit) {
    case 'keep':
      return unit;
    case 'per-day':
      return divideUnits(unit ?? pure, { day: 1 });
    case 'drop':
    case 'none':
      return pure;
  }
}

/** Sums grow beyond every bound but 0. */
function sumType(type: Type): Type {
  const bounds: Bounds = isNumber(type) && type.bounds.min !== null && type.bounds.min >= 0 ? atLeast(0) : open;
  if (type.kind === 'decimal') return decimalType(38 - type.scale, type.scale, type.unit, bounds);
  return isNumber(type) ? { ...type, bounds } : type;
}

function resultType(entry: AggregateEntry, value: TypedExpr | null): Type {
  const empty = entry.empty === 'null';
  switch (entry.result) {
    case 'int':
      return countType;
    case 'bool':
      return { kind: 'bool', nullable: empty };
    case 'same':
      return value ? orNull(entry.name === 'sum' ? sumType(value.type) : value.type, empty) : orNull(intType(), empty);
    case 'float': {
      const within = ['avg', 'median', 'quantile'].includes(entry.name)
        ? boundsOf(value)
        : entry.name === 'rate'
          ? { min: 0, max: 1 }
          : entry.name === 'slope'
            ? open
            : atLeast(0);
      return orNull(floatType(within, unitOf(entry, value)), empty);
    }
  }
}

/** Whether the aggregate takes the value, else reported. */
function takes(entry: AggregateEntry, value: TypedExpr, scope: Scope): boolean {
  if (isUnknown(value)) return false;
  if (entry.accepts === null || fits(value.type, entry.accepts)) return true;
  const keyed = entry.accepts === 'number' && ['key', 'ref', 'category'].includes(value.type.kind);
  const unordered = entry.accepts === 'orderable';
  report(
    scope,
    keyed ? 'arithmetic-on-key' : unordered ? 'unordered-comparison' : 'type-mismatch',
    value.place,
    `\`${entry.name}\` takes ${classText[entry.accepts]}, and ${nameOf(value) ?? 'this'} is ${kindText(value.type)}.`,
    {
      label: typeText(value.type),
      help:
        entry.accepts === 'number' && value.type.kind === 'bool'
          ? 'The share of true rows is `rate(x of …)`.'
          : entry.accepts === 'bool'
            ? 'Compare it, such as `x > 0`.'
            : null,
    },
  );
  return false;
}

const noParameters: Readonly<Record<string, number>> = {};

/** `quantile(x of T, 0.9)`: what follows the first argument. Null after reporting. */
function parametersOf(
  entry: AggregateEntry,
  more: readonly Argument[],
  expr: Call,
  scope: Scope,
  type: TypeExpression,
): Readonly<Record<string, number>> | null {
  if (more.length === 0 && entry.parameters.length === 0) return noParameters;
  const values: Record<string, number> = {};
  let complete = true;
  for (const [i, { name, value, span, window }] of more.entries()) {
    const setting = name ? entry.parameters.find(p => p.name === name.text) : entry.parameters[i];
    if (!setting || window) {
      report(
        scope,
        'wrong-arguments',
        name?.span ?? span,
        name ? `\`${entry.name}\` has no argument \`${name.text}\`.` : `\`${entry.name}\` takes no further argument.`,
        {
          help: `Write it as \`${entry.signature.split(' → ')[0]}\`.`,
        },
      );
      complete = false;
      continue;
    }
    const found = settingValue(setting, value, scope, type);
    if (typeof found === 'number') values[setting.name] = found;
    else complete = false;
  }
  const missing = complete && entry.parameters.find(p => !(p.name in values));
  if (missing) {
    report(scope, 'missing-setting', expr.span, `\`${entry.name}\` needs \`${missing.name}\`.`, {
      help: `Write it as \`${entry.signature.split(' → ')[0]}\`.`,
    });
    complete = false;
  }
  return complete ? values : null;
}

// ---------------------------------------------------------------- over a group or a table

function overAll(
  entry: AggregateEntry,
  first: Argument | undefined,
  more: readonly Argument[],
  expr: Call,
  scope: Scope,
  type: TypeExpression,
): TypedExpr {
  const place = placeIn(scope, expr.span);
  const value = first ? type(first.value, scope) : null;
  if (!value && entry.name !== 'count') {
    report(scope, 'wrong-arguments', expr.span, `\`${entry.name}\` needs a value.`, { help: `Write \`${entry.name}(x)\`.` });
    return failed(place);
  }
  if (value && !takes(entry, value, scope)) return failed(place, value);
  const parameters = parametersOf(entry, more, expr, scope, type);
  if (!parameters) return failed(place, ...(value ? [value] : []));
  const facts = value ? (picks(entry) ? value.facts : withoutIdentity(value.facts)) : noFacts;
  return { kind: 'aggregate', aggregate: entry.name, value, parameters, window: null, type: resultType(entry, value), facts, place };
}

// ---------------------------------------------------------------- over a window

function unknownTable(expr: Expr, entry: AggregateEntry, scope: Scope): void {
  if (expr.kind === 'missing' || (expr.kind === 'name' && expr.name.text === '')) return;
  const name = expr.kind === 'name' ? expr.name.text : null;
  const near = name === null ? null : nearest(name, scope.relationNames());
  report(
    scope,
    name === null ? 'wrong-arguments' : 'unknown-name',
    expr.span,
    name === null ? `\`${entry.name}\` goes over the rows of a table, named after \`of\`.` : `There is no source or table \`${name}\`.`,
    {
      help: near ? `Did you mean \`${near}\`?` : name === null ? `Write \`${entry.name}(x of TABLE last 30d)\`.` : null,
      fixes: near ? [respell(placeIn(scope, expr.span), near)] : [],
    },
  );
}

type ReadFor = 'chosen' | 'counted';

/** What a relation's rows, and the column by which they are linked, tell wherever the window lies. */
interface Linked {
  readonly rows: Facts;
  readonly by: readonly Lineage[];
}

/** By what links the rows: the same for every window over the relation. */
const linkedRows = { chosen: new WeakMap<RelationModel, Map<string, Linked>>(), counted: new WeakMap<RelationModel, Map<string, Linked>>() };

function rowsOf(relation: RelationModel, link: string, readFor: ReadFor): Linked {
  let known = linkedRows[readFor].get(relation);
  if (!known) linkedRows[readFor].set(relation, (known = new Map()));
  let found = known.get(link);
  if (!found) {
    const links = relation.columns.filter(column => column.name === link);
    const rows = joinFacts(relation.exists, relation.event?.facts ?? noFacts, ...links.map(({ facts }) => asRows(facts, readFor)));
    known.set(link, (found = { rows, by: links.flatMap(({ facts, type }) => linkFacts(facts, type).lineage) }));
  }
  return found;
}

/** What the rows of the window are chosen by. A label over rows that a value links is not made of that value, but of these rows. */
function rowFacts(relation: RelationModel, link: TypedWindow['link'], region: Lineage['region'], readFor: ReadFor, { use }: Scope): Facts {
  const { rows, by } = rowsOf(relation, link.row, readFor);
  const chosen = inRegion(rows, region);
  if (use === 'label') return withoutIdentity(joinFacts(chosen, withLineage(link.entity.facts, [])));
  const told = by.length === 0 ? noFacts : inRegion(withLineage(noFacts, by), region);
  return withoutIdentity(joinFacts(chosen, told, link.entity.facts));
}

/** The least, the first, the most frequent: a value of one row as it is, with all that it tells of that row. */
const picks = (entry: AggregateEntry): boolean => entry.result === 'same' && entry.name !== 'sum';

/** The value with what it tells of the observation: the column that links a picked row to it is the observation's own. */
function linked(entry: AggregateEntry, value: TypedExpr, link: TypedWindow['link']): TypedExpr {
  const { identity, identityReason } = link.entity.facts;
  if (!picks(entry) || value.facts.identity === 'none' || !columnNames(value).includes(link.row)) return value;
  if (joinIdentity(value.facts.identity, identity) === value.facts.identity) return value;
  return { ...value, facts: withIdentity(value.facts, identity, identityReason) };
}

function overWindow(entry: AggregateEntry, first: Argument, more: readonly Argument[], expr: Call, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const clause = first.window;
  const tableExpr = clause?.of ?? first.value;
  const relation = relationNamed(tableExpr, scope);
  if (!relation) {
    const named = written(tableExpr, scope);
    unknownTable(named.expr, entry, named.scope);
    return failed(place);
  }
  const valueExpr = clause?.of ? first.value : null;
  if (!valueExpr && entry.name !== 'count') {
    report(scope, 'wrong-arguments', first.span, `\`${entry.name}\` needs a value of each row.`, {
      help: `Write \`${entry.name}(x of ${relation.name} …)\`.`,
    });
    return failed(place);
  }
  const frame = clause?.frame ?? null;
  const wrongTime = timeProblem(entry, relation, frame, tableExpr.span, scope);
  const edges = frame ? edgesOf(frame, scope, type) : everything;
  const row = scope.windowRow(relation, edges ?? everything);
  const typed = valueExpr && type(valueExpr, row);
  const where = clause?.where ? type(clause.where, row, { kind: 'bool', nullable: true }) : null;
  if (where) requireCondition(scope, where, '`where`');
  const link = scope.link(relation, clause?.via ?? null, placeIn(scope, tableExpr.span));
  const parameters = parametersOf(entry, more, expr, scope, type);
  if (wrongTime || !edges || !link || !parameters || (typed && !takes(entry, typed, scope))) {
    return failed(place, ...[typed, where].filter(part => part !== null));
  }
  const value = typed && linked(entry, typed, link);
  const tablePlace = placeIn(scope, tableExpr.span);
  const window: TypedWindow = {
    table: relation.name,
    file: relation.place.file,
    reader: written(tableExpr, scope).scope.file,
    link,
    from: edges.from,
    to: edges.to,
    direction: edges.direction,
    where,
    place: windowPlace(first, tablePlace),
    framePlace: frame ? placeIn(scope, frame.span) : tablePlace,
  };
  // Without a cutoff the rows lie before and after the observation's own.
  const region = scope.isTimed ? { from: edges.from, to: edges.to } : anyTime;
  const facts = joinFacts(
    rowFacts(relation, link, region, entry.name === 'count' ? 'counted' : 'chosen', scope),
    value && picks(entry) ? value.facts : withoutIdentity(value?.facts ?? noFacts),
    withoutIdentity(where?.facts ?? noFacts),
    choosesByTime(entry.name) ? inRegion(toldApart(relation, tablePlace, ofOneMoment), region) : noFacts,
  );
  return {
    kind: 'aggregate',
    aggregate: entry.name,
    value,
    parameters,
    window,
    type: resultType(entry, value),
    facts: withFit(facts, joinFit(facts.fit, 'history')),
    place,
  };
}

const windowPlace = (first: Argument, table: Place): Place => (first.window ? placeIn(table, first.span) : table);
