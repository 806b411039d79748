/** Operands that meet: what two values have in common, and the words when they have nothing. */
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { respell } from './problem.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { boundsText, categoryType, clash, isNumber, isTextual, isTime, joinTypes, kindText, typeText } from './typeOps.ts';
import type { Bounds, Type } from './types.ts';
import { call, described, isUnknown, literal, nameOf, report } from './typing.ts';
import { unitText } from './units.ts';

/** "EUR", or "a pure number". */
const measured = (type: Type): string => (isNumber(type) && type.unit && unitText(type.unit)) || 'a number without a unit';

/** Reports operands that cannot meet; `verb` completes "they cannot be …". */
export function reportClash(scope: Scope, span: Span | Place, left: TypedExpr, right: TypedExpr, why: 'kind' | 'unit', verb: string): void {
  if (why === 'unit') {
    report(
      scope,
      'unit-mismatch',
      span,
      `${nameOf(left) ?? 'The left side'} is ${measured(left.type)} and ${nameOf(right) ?? 'the right side'} is ${measured(right.type)}: they cannot be ${verb}.`,
      {
        label: `${measured(left.type)} and ${measured(right.type)}`,
        help: 'Bring both to one unit, by a factor that you write out.',
      },
    );
    return;
  }
  const asDays = [left, right].some(e => e.type.kind === 'duration') && [left, right].find(e => isNumber(e.type));
  report(scope, 'type-mismatch', span, `${described(left, 'The left side')} and ${described(right, 'the right side')} cannot be ${verb}.`, {
    label: `${kindText(left.type)} and ${kindText(right.type)}`,
    help: asDays ? `Compare ${measured(asDays.type)} with a plain number, such as \`30\`.` : mixedHelp(left, right),
  });
}

function mixedHelp(left: TypedExpr, right: TypedExpr): string | null {
  const number = [left, right].find(e => e.kind === 'literal' && isNumber(e.type));
  const textual = [left, right].find(e => isTextual(e.type));
  if (number?.kind === 'literal' && textual) return `Write it as text: \`"${String(number.value)}"\`.`;
  const written = [left, right].find(e => e.kind === 'literal' && e.type.kind === 'text');
  const other = written === left ? right : left;
  if (written?.kind === 'literal' && typeof written.value === 'string') {
    if (isNumber(other.type) && written.value.trim() !== '' && Number.isFinite(Number(written.value)))
      return `Write it as a number: \`${written.value}\`.`;
    if (isTime(other.type)) return 'Write a date without quotes: `2024-01-31`.';
    if (other.type.kind === 'bool') return 'Compare with `true` or `false`, or use the condition itself.';
  }
  return null;
}

/** A text literal that meets a closed category must be one of its levels. True when it is, or when there is nothing to check. */
export function knownLevel(scope: Scope, expr: TypedExpr, against: TypedExpr | Type): boolean {
  const type = 'facts' in against ? against.type : against;
  if (expr.kind !== 'literal' || typeof expr.value !== 'string' || type.kind !== 'category' || !type.levels || type.levels.includes(expr.value))
    return true;
  const near = nearest(expr.value, type.levels);
  const subject = ('facts' in against ? nameOf(against) : null) ?? 'This category';
  scope.report({
    rule: 'unknown-level',
    place: expr.place,
    message: `${subject} has no level ${JSON.stringify(expr.value)}.`,
    label: null,
    help: near
      ? `Did you mean ${JSON.stringify(near)}?`
      : `Its levels are ${type.levels
          .slice(0, 8)
          .map(l => JSON.stringify(l))
          .join(', ')}.`,
    related:
      'facts' in against && against.kind === 'column'
        ? against.facts.lineage.slice(0, 1).map(l => ({ place: l.reason.place, message: `declared as ${typeText(type)}` }))
        : [],
    fixes: near ? [respell(expr.place, JSON.stringify(near))] : [],
  });
  return false;
}

/** Mixed dates and timestamps meet as timestamps: a date stands at its first instant. */
export function asInstant(expr: TypedExpr): TypedExpr {
  if (expr.type.kind !== 'date') return expr;
  const type: Type = { kind: 'timestamp', nullable: expr.type.nullable };
  return expr.kind === 'literal'
    ? { ...expr, type }
    : call('day_start', [expr, literal('UTC', { kind: 'text', nullable: false }, expr.place)], type, expr.place);
}

export function meeting(left: TypedExpr, right: TypedExpr): readonly [TypedExpr, TypedExpr] {
  const mixed = isTime(left.type) && isTime(right.type) && left.type.kind !== right.type.kind;
  return mixed ? [asInstant(left), asInstant(right)] : [left, right];
}

// ---------------------------------------------------------------- ranges

/** Bounds of times and durations are known for literals only. */
export function boundsOf(expr: TypedExpr): Bounds | null {
  if (isNumber(expr.type)) return expr.type.bounds;
  return expr.kind === 'literal' && isTime(expr.type) && typeof expr.value === 'number' ? { min: expr.value, max: expr.value } : null;
}

/** Says that a comparison never or, in a check, always holds by what is declared. */
export function reportDecided(scope: Scope, span: Span, subject: TypedExpr, verdict: 'always' | 'never' | null): void {
  if (!isNumber(subject.type) || subject.kind === 'literal') return;
  const declared = `${nameOf(subject) ?? 'the value'} lies in \`${boundsText(subject.type.bounds)}\``;
  if (verdict === 'never') {
    report(scope, 'impossible-range', span, `This never holds: ${declared}.`, {
      label: 'never true',
      help: 'Change the bound, or the declared range if it is too narrow.',
    });
  } else if (verdict === 'always' && scope.use === 'check') {
    report(scope, 'always-holds', span, `This always holds: ${declared}.`, {
      label: 'always true',
      help: 'Leave the claim out, or make it narrower than what is declared.',
    });
  }
}

// ---------------------------------------------------------------- conditions

/** Reports what should be a condition and is not. */
export function requireCondition(scope: Scope, expr: TypedExpr, where: string): void {
  if (expr.type.kind === 'bool' || expr.type.kind === 'null' || isUnknown(expr)) return;
  scope.report({
    rule: 'type-mismatch',
    place: expr.place,
    message: `${where} takes a condition (bool), and ${nameOf(expr) ?? 'this'} is ${kindText(expr.type)}.`,
    label: typeText(expr.type),
    help: isNumber(expr.type) ? 'Compare it with a number, such as `x > 0`.' : 'Compare it with a value, such as `x == "a"`.',
    related: [],
    fixes: [],
  });
}

// ---------------------------------------------------------------- one value or another

/** A text literal may be one more level of a category: `plan ?? "none"`. */
const asLevel = (expr: TypedExpr): Type => (expr.kind === 'literal' && typeof expr.value === 'string' ? categoryType([expr.value]) : expr.type);

/** The type of `left` or `right`, or null after reporting why there is none. */
export function eitherType(left: TypedExpr, right: TypedExpr, span: Span, scope: Scope, form: string): Type | null {
  const why = clash(left.type, right.type);
  const levels = [left, right].some(e => e.type.kind === 'category') || (asLevel(left).kind === 'category' && asLevel(right).kind === 'category');
  const joined = why ? null : levels ? joinTypes(asLevel(left), asLevel(right)) : joinTypes(left.type, right.type);
  if (!joined) reportClash(scope, span, left, right, why ?? 'kind', `the two sides of ${form}`);
  return joined;
}
