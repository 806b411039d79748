/**
 * Sources: the declared columns with their types and roles, and the flow facts that the declaration gives them. Undeclared availability
 * is never taken for granted: it becomes an assumption with a reason.
 */
import type { ColumnDeclaration, DurationValue, SourceDeclaration } from '../syntax/ast.ts';
import { microsPerDay } from '../text/duration.ts';
import type { Place, Span } from '../text/place.ts';
import { cellOf } from './cells.ts';
import { type ColumnContext, type TypedColumn, typeColumn } from './columnTypes.ts';
import { typeConnector } from './connector.ts';
import { ofSource, rowsOfFile } from './copies.ts';
import {
  addDuration,
  afterText,
  block,
  blockedFacts,
  joinFacts,
  knownFacts,
  lastInstant,
  noFacts,
  reason,
  taggedFacts,
  term,
  withIdentity,
  withLabel,
  withLineage,
  zeroDuration,
} from './factOps.ts';
import type { Facts, Term } from './facts.ts';
import { constantOf } from './literals.ts';
import { problem } from './problem.ts';
import { type ColumnWithRoles, columnsWithRoles, roleOf, statesRowKnown } from './roles.ts';
import { rootOfSource } from './roots.ts';
import { placeIn } from './scope.ts';
import type { ColumnModel, RelationModel, RoleModel, SourceModel, TimeRole } from './typed.ts';
import { isTime } from './typeOps.ts';

export type SourceContext = Omit<ColumnContext, 'at' | 'report'>;

const nameOf = (column: ColumnWithRoles): string => column.declaration.name.text;

/** From the value of a time column to the moment at which that value has passed. */
const untilKnown = (column: ColumnWithRoles): DurationValue => (column.type.kind === 'date' ? lastInstant : zeroDuration);

interface RowTime {
  readonly event: TimeRole | null;
  readonly known: RelationModel['known'];
  /** Of a row's being there. */
  readonly exists: Facts;
}

/** What the column's own roles say against reading it. */
function ownBlocks(source: string, column: ColumnWithRoles): Facts {
  const name = nameOf(column);
  const subject = `${source}.${name}`;
  const text = `\`${name}\` of \`${source}\``;
  const afterOutcome = roleOf(column.roles, 'after');
  const current = roleOf(column.roles, 'current');
  return blockedFacts(
    ...(afterOutcome ? [block('after-outcome', 'leaks', subject, reason(afterOutcome.place, `${text} is filled in only after the outcome`))] : []),
    ...(current ? [block('current-state', 'leaks', subject, reason(current.place, `${text} holds today's value`))] : []),
  );
}

/** Where today's value says since when something is known, nobody can tell any more what was known when. */
const overwritten = (source: string, by: ColumnWithRoles | undefined): Facts =>
  blockedFacts(...(by ? ownBlocks(source, by).blocks.filter(({ rule }) => rule === 'current-state') : []));

/** When a row of the source happened and when it was known. */
function rowTime(source: string, { all: columns, rootOf }: Columns): RowTime {
  const timed = columns.find(column => roleOf(column.roles, 'time'));
  const time = timed && roleOf(timed.roles, 'time');
  if (!timed || !time) return { event: null, known: null, exists: noFacts };
  const root = rootOf(nameOf(timed));
  const column = nameOf(timed);
  const role = (known: Term): TimeRole => ({
    column,
    shape: { root, plus: zeroDuration },
    facts: joinFacts(knownFacts(known), ownBlocks(source, timed)),
    place: time.place,
  });
  const isOverwritten = overwritten(source, timed);
  const stating = columns.find(statesRowKnown);
  const stated = stating && statesRowKnown(stating);
  const own = untilKnown(timed);
  if (!stating || !stated || stated.role.kind !== 'known') {
    const why = reason(time.place, `rows of \`${source}\` are assumed to be known at \`${column}\`: nothing else is declared`);
    const known = term(root, own, why);
    return {
      event: role(known),
      known: { term: known, column: null, lag: own, declared: false },
      exists: joinFacts(blockedFacts(block('unknown-availability', 'assumed', source, why)), isOverwritten),
    };
  }
  const { by } = stated.role;
  const byColumn =
    by.kind === 'column' ? columns.find(column => nameOf(column) === by.column) : by.kind === 'self' && stating !== timed ? stating : null;
  if (byColumn) {
    const why = reason(stated.place, `rows of \`${source}\` are known at \`${nameOf(byColumn)}\``);
    const known = term(rootOf(nameOf(byColumn)), untilKnown(byColumn), why);
    return { event: role(known), known: { term: known, column: nameOf(byColumn), lag: null, declared: true }, exists: overwritten(source, byColumn) };
  }
  const lag = by.kind === 'lag' ? by.lag : zeroDuration;
  const plus = addDuration(lag, own);
  const why = reason(stated.place, `rows of \`${source}\` are known ${afterText(lag, `\`${column}\``)}`);
  const known = term(root, plus, why);
  return { event: role(known), known: { term: known, column: null, lag: plus, declared: true }, exists: isOverwritten };
}

const tagsOf = (roles: readonly RoleModel[]): string[] =>
  roles.flatMap(role => {
    switch (role.kind) {
      case 'protected':
        return ['protected'];
      case 'pii':
        return [`pii:${role.of}`];
      case 'region':
        return [`region:${role.region}`];
      case 'purpose':
        return [`purpose:${role.purpose}`];
      default:
        return [];
    }
  });

interface Columns {
  readonly all: readonly ColumnWithRoles[];
  /** By the column that it names: the first one that is known at it. */
  readonly naming: ReadonlyMap<string, ColumnWithRoles>;
  /** The root of a time column. */
  rootOf(column: string): string;
}

function columnsOf(all: readonly ColumnWithRoles[], rootOf: Columns['rootOf']): Columns {
  const naming = new Map<string, ColumnWithRoles>();
  for (const column of all) {
    const by = roleOf(column.roles, 'known')?.role.by;
    if (by?.kind === 'column' && !naming.has(by.column) && statesRowKnown(column) === null) naming.set(by.column, column);
  }
  return { all, naming, rootOf };
}

/** When the cell itself is known, beyond the row: by its own role, or as the column that another one names. */
function ownKnown(source: string, column: ColumnWithRoles, { all: columns, naming, rootOf }: Columns, row: RowTime): Term | null {
  const name = nameOf(column);
  const subject = `\`${name}\` of \`${source}\``;
  const known = roleOf(column.roles, 'known');
  if (known && known !== statesRowKnown(column)) {
    const { by } = known.role;
    if (by.kind === 'lag' && row.event) {
      const dated = columns.find(c => nameOf(c) === row.event?.column);
      const plus = addDuration(by.lag, dated ? untilKnown(dated) : zeroDuration);
      return term(row.event.shape.root, plus, reason(known.place, `${subject} is known ${afterText(by.lag, `\`${row.event.column}\``)}`));
    }
    if (by.kind === 'column') {
      const at = columns.find(c => nameOf(c) === by.column);
      return term(rootOf(by.column), at ? untilKnown(at) : zeroDuration, reason(known.place, `${subject} is known at \`${by.column}\``));
    }
  }
  if (row.known?.column === name || known) return null;
  const other = naming.get(name);
  const named = other && roleOf(other.roles, 'known');
  if (!other || !named) return null;
  return term(
    rootOf(name),
    untilKnown(column),
    reason(named.place, `${subject} is itself known when it has come: \`${nameOf(other)}\` is known at it`),
  );
}

/** The column that says when the cell itself is known. */
function knownBy(column: ColumnWithRoles, { all }: Columns): ColumnWithRoles | undefined {
  const by = roleOf(column.roles, 'known')?.role.by;
  return by?.kind === 'column' ? all.find(other => nameOf(other) === by.column) : undefined;
}

/** Facts of one column (docs/transfer.md, Sources). */
function columnFacts(source: string, column: ColumnWithRoles, columns: Columns, row: RowTime, place: Place): Facts {
  const name = nameOf(column);
  const text = `\`${name}\` of \`${source}\``;
  const isGroup = column.type.kind === 'ref' || Boolean(roleOf(column.roles, 'group') ?? roleOf(column.roles, 'site'));
  const cell = { source, home: place.file, column: name, reason: reason(place, text) };
  const read: Facts = withLineage(noFacts, [cellOf(cell, 'own', { isWho: column.unique || isGroup || undefined })]);
  const own = ownKnown(source, column, columns, row);
  const facts = [read, taggedFacts(tagsOf(column.roles.map(r => r.role)))];
  if (row.known) facts.push(knownFacts(row.known.term));
  if (own) facts.push(knownFacts(own));
  const blocked = ownBlocks(source, column);
  const afterOutcome = roleOf(column.roles, 'after');
  facts.push(afterOutcome ? withLabel(blocked, 'proxy') : blocked);
  facts.push(overwritten(source, knownBy(column, columns)));
  const { kind } = column.type;
  const settled = column.immutable || own !== null || kind === 'key' || kind === 'ref' || kind === 'unknown' || isTime(column.type);
  if (blocked.blocks.length === 0 && !settled) {
    facts.push(
      blockedFacts(
        block('unknown-availability', 'assumed', source, reason(place, `${text} is assumed never to be overwritten: nothing is declared`)),
      ),
    );
  }
  const joined = joinFacts(...facts);
  if (column.unique) return withIdentity(joined, 'entity', reason(place, `${text} is different in every row`));
  return isGroup ? withIdentity(joined, 'group', reason(place, `${text} says which group a row belongs to`)) : joined;
}

/** The last instant of the data: a date includes its whole day. */
function untilOf(decl: SourceDeclaration, context: ColumnContext): number | null {
  if (!decl.until || decl.until.kind === 'missing') return null;
  const value = constantOf(decl.until, context.parameter);
  if (value?.kind === 'date') return value.value + microsPerDay - 1;
  if (value?.kind === 'timestamp') return value.value;
  context.report(
    problem('wrong-setting', placeIn(context.at, decl.until.span), 'The end of the data is a date or a timestamp.', {
      help: 'Write it as `until 2024-12-31`.',
    }),
  );
  return null;
}

/** Columns with a name of their own, in order; a second one of the same name is reported and left out. */
function declaredColumns(decl: SourceDeclaration, context: ColumnContext): { declaration: ColumnDeclaration; typed: TypedColumn }[] {
  const place = (span: Span): Place => placeIn(context.at, span);
  const columns: { declaration: ColumnDeclaration; typed: TypedColumn }[] = [];
  const byName = new Map<string, ColumnDeclaration>();
  for (const declaration of decl.columns ?? []) {
    const name = declaration.name.text;
    const typed = typeColumn(declaration, context);
    if (name === '') continue;
    const first = byName.get(name);
    if (first) {
      context.report(
        problem('duplicate-column', place(declaration.name.span), `\`${decl.name.text}\` already has a column \`${name}\`.`, {
          help: 'Leave one of the two out, or give it the name that it has in the file.',
          related: [{ place: place(first.name.span), message: `the first \`${name}\`` }],
        }),
      );
    } else {
      byName.set(name, declaration);
      columns.push({ declaration, typed });
    }
  }
  const keys = columns.filter(c => c.typed.type.kind === 'key');
  for (const { declaration } of keys.slice(1)) {
    context.report(
      problem(
        'role-does-not-fit',
        place(declaration.type.span),
        `\`${keys[0]?.declaration.name.text ?? ''}\` is the key of \`${decl.name.text}\` already.`,
        {
          help: 'A key identifies the row alone; write `text unique` for a second column without duplicates, and `ref TABLE` for the key of another table.',
        },
      ),
    );
  }
  return columns;
}

/** A source as typed, with the facts of its rows and columns. Reads of other tables go only as far as their keys. */
export function typeSource(
  decl: SourceDeclaration,
  at: { readonly file: string; readonly decl: string },
  { parameter, table, tableNames }: SourceContext,
  report: ColumnContext['report'],
): SourceModel {
  const context: ColumnContext = { parameter, table, tableNames, at, report };
  const place = (span: Span): Place => placeIn(at, span);
  const source = decl.name.text;
  if (decl.columns === null && decl.connector.kind !== 'missing') {
    report(
      problem('missing-columns', place(decl.name.span), `\`${source}\` does not say which columns it has.`, {
        help: 'Add the columns and their types in braces, such as `{ age : float? }`; `cupel infer` writes them from the file.',
      }),
    );
  }
  const columns = columnsWithRoles(decl, declaredColumns(decl, context), context);
  const rootOf = (column: string): string => rootOfSource(at.file, source, column);
  const known = columnsOf(columns, rootOf);
  const row = rowTime(source, known);
  const { connector, path, pathPlace, options } = typeConnector(decl.connector, context);
  const declared = `${at.file}:${source}`;
  const models = columns.map((column): ColumnModel => {
    const { declaration } = column;
    const name = nameOf(column);
    return {
      name,
      type: column.type,
      facts: columnFacts(source, column, known, row, place(declaration.span)),
      shape: isTime(column.type) ? { root: rootOf(name), plus: zeroDuration } : null,
      unique: column.unique,
      immutable: column.immutable,
      roles: column.roles.map(r => r.role),
      doc: declaration.doc,
      place: place(declaration.span),
      definition: ofSource(declared, name, column.type),
    };
  });
  const relation: RelationModel = {
    name: source,
    place: place(decl.name.span),
    columns: models,
    exists: row.exists,
    event: row.event,
    known: row.known,
    key: models.find(column => column.type.kind === 'key')?.name ?? null,
    multiplied: null,
    lag: row.known?.lag ?? null,
    rowsOf: [path === '' ? declared : rowsOfFile(at.file, path)],
  };
  const zoned = typeof options['zone'] === 'string' && options['zone'] !== 'UTC' ? { ...relation, zone: options['zone'] } : relation;
  return {
    kind: 'source',
    relation: decl.columns === null ? { ...zoned, open: true } : zoned,
    connector,
    path,
    pathPlace,
    options,
    until: untilOf(decl, context),
    bounds: Object.fromEntries(columns.map(column => [nameOf(column), column.bounds])),
  };
}
