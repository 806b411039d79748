/**
 * Roles of columns: what is written after `@`, held against the column's type and its neighbours. Roles that do not fit are reported and
 * dropped; what remains never contradicts itself.
 */
import { namesOf } from '../catalogue/catalogue.ts';
import type { ColumnDeclaration, Expr, Role, SourceDeclaration } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { writtenName } from '../text/writtenName.ts';
import type { ColumnContext, TypedColumn } from './columnTypes.ts';
import { durationLe, zeroDuration } from './factOps.ts';
import { constantOf } from './literals.ts';
import { problem, respell } from './problem.ts';
import { placeIn } from './scope.ts';
import type { RoleModel } from './typed.ts';
import { isTime } from './typeOps.ts';
import type { Type } from './types.ts';

export interface WrittenRole {
  readonly role: RoleModel;
  readonly place: Place;
}

export interface ColumnWithRoles extends TypedColumn {
  readonly declaration: ColumnDeclaration;
  readonly roles: readonly WrittenRole[];
}

/** The role of that kind, with where it was written. */
export function roleOf<K extends RoleModel['kind']>(
  roles: readonly WrittenRole[],
  kind: K,
): { readonly role: Extract<RoleModel, { kind: K }>; readonly place: Place } | null {
  for (const { role, place } of roles) if (role.kind === kind) return { role: role as Extract<RoleModel, { kind: K }>, place };
  return null;
}

type Refuse = (span: Span, message: string, help: string | null) => null;

const wordOf = (expr: Expr | undefined): string | null => (expr?.kind === 'name' ? expr.name.text : expr?.kind === 'text' ? expr.value : null);

/** A role as it is written, before its neighbours are looked at. */
function readRole(role: Role, column: ColumnDeclaration, type: Type, context: ColumnContext, refuse: Refuse): RoleModel | null {
  const name = role.name.text;
  const [argument, ...more] = role.args;
  const takes = name === 'known' || name === 'after' || name === 'pii' || name === 'region' || name === 'purpose' ? 1 : 0;
  if ((takes === 0 && argument) || more.length) {
    refuse(role.span, takes ? `\`@${name}\` takes one value.` : `\`@${name}\` takes no value.`, takes ? null : `Write \`@${name}\` alone.`);
  }
  switch (name) {
    case 'time':
      if (isTime(type) || type.kind === 'unknown') return { kind: 'time' };
      return refuse(
        role.span,
        `\`${column.name.text}\` is ${type.kind}, and an event time is a date or a timestamp.`,
        `Write \`${column.name.text} : timestamp @time\`.`,
      );
    case 'known': {
      if (!argument) {
        if (isTime(type) || type.kind === 'unknown') return { kind: 'known', by: { kind: 'self' } };
        return refuse(
          role.span,
          `\`${column.name.text}\` is ${type.kind}, so it cannot be the time at which the row is known.`,
          'Say when this column is known: `@known(+2d)` after the event, or `@known(column)`.',
        );
      }
      if (argument.kind === 'missing') return null;
      const value = constantOf(argument, context.parameter);
      if (value?.kind === 'duration') {
        if (durationLe(zeroDuration, value.value)) return { kind: 'known', by: { kind: 'lag', lag: value.value } };
        return refuse(argument.span, 'Nothing is known before it happens.', 'A lag counts from the event time on: `@known(+0d)` or more.');
      }
      if (argument.kind === 'name') return { kind: 'known', by: { kind: 'column', column: argument.name.text } };
      return refuse(argument.span, '`@known` takes a lag or a column.', 'Write `@known(+2d)` or `@known(landed_at)`.');
    }
    case 'after': {
      const outcome = wordOf(argument);
      if (argument?.kind !== 'missing' && outcome !== 'outcome') {
        refuse(argument?.span ?? role.span, '`@after` says what the value is filled in after, and that is the outcome.', 'Write `@after(outcome)`.');
      }
      return { kind: 'after' };
    }
    case 'current':
    case 'protected':
    case 'group':
    case 'site':
      return { kind: name };
    case 'weight':
      if (type.kind !== 'int' && type.kind !== 'float' && type.kind !== 'decimal' && type.kind !== 'unknown')
        return refuse(role.span, `\`${column.name.text}\` is ${type.kind}, and a weight is a number.`, null);
      if (type.nullable) return refuse(role.span, `\`${column.name.text}\` may be null, and every row has a weight.`, `Declare it without \`?\`.`);
      if (type.kind !== 'unknown' && !((type.bounds.min ?? -1) >= 0)) {
        return refuse(
          role.span,
          `Nothing says that \`${column.name.text}\` is never below 0.`,
          `A weight is 0 or more: \`${column.name.text} : ${type.kind} in 0.. @weight\`.`,
        );
      }
      return { kind: 'weight' };
    case 'pii':
    case 'region':
    case 'purpose': {
      const word = wordOf(argument);
      if (argument?.kind === 'missing') return null;
      if (word === null || word === '') {
        const example = name === 'pii' ? '@pii(name)' : name === 'region' ? '@region("EU")' : '@purpose(research)';
        return refuse(role.span, `\`@${name}\` says which.`, `Write it as \`${example}\`.`);
      }
      return name === 'pii' ? { kind: 'pii', of: word } : name === 'region' ? { kind: 'region', region: word } : { kind: 'purpose', purpose: word };
    }
    case '':
      return null;
    default: {
      const near = nearest(name, namesOf('role'));
      const place = placeIn(context.at, role.name.span);
      context.report(
        problem('unknown-role', place, `There is no role \`@${name}\`.`, {
          help: near
            ? `Did you mean \`@${near}\`?`
            : `Roles are ${namesOf('role')
                .map(n => `\`@${n}\``)
                .join(', ')}.`,
          fixes: near ? [respell(place, near)] : [],
        }),
      );
      return null;
    }
  }
}

/** The roles of one column, without those that contradict each other. */
function readRoles(typed: TypedColumn, column: ColumnDeclaration, context: ColumnContext): WrittenRole[] {
  const refuse: Refuse = (span, message, help) => {
    context.report(problem('role-does-not-fit', placeIn(context.at, span), message, { help }));
    return null;
  };
  const written: WrittenRole[] = [];
  for (const role of column.roles) {
    const read = readRole(role, column, typed.type, context, refuse);
    if (!read) continue;
    const twice = written.some(other => other.role.kind === read.kind && read.kind !== 'pii' && read.kind !== 'region' && read.kind !== 'purpose');
    if (twice) refuse(role.span, `\`@${role.name.text}\` stands here twice.`, 'Leave one of the two out.');
    else if (read.kind === 'current' && typed.immutable) {
      refuse(
        role.span,
        `\`${column.name.text}\` cannot be both immutable and overwritten in place.`,
        'Leave out `immutable` or `@current`, whichever is not true.',
      );
    } else written.push({ role: read, place: placeIn(context.at, role.span) });
  }
  return written;
}

/** What says of a column that it is known at the moment which it holds: by the row's known time, by a column that names it, or by a table. */
function insteadOfItself(column: ColumnWithRoles, columns: readonly ColumnWithRoles[], source: string): string {
  const { text } = column.declaration.name;
  const others = columns.filter(other => other !== column);
  const isNamed = ({ roles }: ColumnWithRoles): boolean =>
    roles.some(({ role }) => role.kind === 'known' && role.by.kind === 'column' && role.by.column === text);
  const naming = others.find(isNamed)?.declaration.name.text;
  if (naming !== undefined) return `Leave it out: \`${naming}\` is known at \`${text}\`, so \`${text}\` is known when it has come.`;
  const stating = others.find(other => statesRowKnown(other) !== null)?.declaration.name.text;
  if (stating === undefined) return 'Write `@known` alone when this column is the known time of the row.';
  if (roleOf(column.roles, 'time')) return `Leave it out: \`${stating}\` already says when a row is known.`;
  const name = writtenName(text);
  return `Leave it out, for \`${stating}\` says when a row is known, and state it in a table: \`${writtenName(source)} | known ${name} at ${name}\`.`;
}

/** A known time that names a column: it exists, is a time and is another column. */
function checkKnownColumn(column: ColumnWithRoles, columns: readonly ColumnWithRoles[], source: string, context: ColumnContext): WrittenRole[] {
  return column.roles.filter(({ role, place }) => {
    if (role.kind !== 'known' || role.by.kind !== 'column') return true;
    const wanted = role.by.column;
    const argument = column.declaration.roles.find(r => r.span.start === place.span.start)?.args[0];
    const at = placeIn(context.at, argument?.span ?? place.span);
    const found = columns.find(other => other.declaration.name.text === wanted);
    if (!found) {
      const near = nearest(
        wanted,
        columns.filter(other => isTime(other.type)).map(other => other.declaration.name.text),
      );
      context.report(
        problem('unknown-column', at, `\`${source}\` has no column \`${wanted}\`.`, {
          help: near ? `Did you mean \`${near}\`?` : 'Name a date or timestamp column of this source.',
          fixes: near ? [respell(at, near)] : [],
        }),
      );
      return false;
    }
    if (found === column) {
      context.report(problem('role-does-not-fit', at, `\`${wanted}\` names itself.`, { help: insteadOfItself(column, columns, source) }));
      return false;
    }
    if (isTime(found.type) || found.type.kind === 'unknown') return true;
    context.report(
      problem('role-does-not-fit', at, `\`${wanted}\` is ${found.type.kind}, and the moment at which something is known is a date or a timestamp.`, {
        help: 'Name a date or timestamp column, or give a lag: `@known(+2d)`.',
      }),
    );
    return false;
  });
}

/** Of several columns that claim what only one can have, the first keeps it. */
function onlyOne(
  columns: readonly ColumnWithRoles[],
  claims: (column: ColumnWithRoles) => WrittenRole | null,
  message: (first: string) => string,
  help: string,
  context: ColumnContext,
): readonly ColumnWithRoles[] {
  let first: { name: string; place: Place } | null = null;
  return columns.map(column => {
    const claim = claims(column);
    if (!claim) return column;
    if (!first) {
      first = { name: column.declaration.name.text, place: claim.place };
      return column;
    }
    context.report(
      problem('role-does-not-fit', claim.place, message(first.name), {
        help,
        related: [{ place: first.place, message: `\`${first.name}\` has it already` }],
      }),
    );
    return { ...column, roles: column.roles.filter(role => role !== claim) };
  });
}

/** Whether a role on this column states when the row is known. */
export function statesRowKnown(column: ColumnWithRoles): WrittenRole | null {
  const known = roleOf(column.roles, 'known');
  if (!known) return null;
  return known.role.by.kind === 'self' || roleOf(column.roles, 'time') ? known : null;
}

/** The columns of a source with their roles, checked against each other. */
export function columnsWithRoles(
  decl: SourceDeclaration,
  columns: readonly { readonly declaration: ColumnDeclaration; readonly typed: TypedColumn }[],
  context: ColumnContext,
): readonly ColumnWithRoles[] {
  let result: readonly ColumnWithRoles[] = columns.map(({ declaration, typed }) => ({
    type: typed.type,
    bounds: typed.bounds,
    unique: typed.unique,
    immutable: typed.immutable,
    declaration,
    roles: readRoles(typed, declaration, context),
  }));
  result = onlyOne(
    result,
    column => roleOf(column.roles, 'time'),
    first => `A row has one event time, and that is \`${first}\`.`,
    'Leave `@time` on the column by which windows go.',
    context,
  );
  result = onlyOne(
    result,
    column => roleOf(column.roles, 'weight'),
    first => `A row has one weight, and that is \`${first}\`.`,
    'Leave `@weight` on the column that says how much the row counts.',
    context,
  );
  const before = result;
  result = before.map(column => ({ ...column, roles: checkKnownColumn(column, before, decl.name.text, context) }));
  result = onlyOne(
    result,
    statesRowKnown,
    first => `\`${first}\` already says when a row is known.`,
    'A row has one known time: leave `@known` on one of the two.',
    context,
  );
  if (result.some(column => roleOf(column.roles, 'time'))) return result;
  return result.map(column => ({
    ...column,
    roles: column.roles.filter(({ role, place }) => {
      if (role.kind !== 'known' || role.by.kind === 'column') return true;
      const message =
        role.by.kind === 'lag'
          ? `A lag counts from the row's event time, and \`${decl.name.text}\` has none.`
          : `\`${decl.name.text}\` has a known time and no event time.`;
      context.report(problem('role-does-not-fit', place, message, { help: 'Mark the event time of the row with `@time`.' }));
      return false;
    }),
  }));
}
