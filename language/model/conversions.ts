/** `convert(price, "EUR")`: a number in another unit, by a declared factor or by what the units of time are. Nothing else is converted. */
import type { FunctionEntry } from '../catalogue/entry.ts';
import { divideBounds, exactly, multiplyBounds, open } from './bounds.ts';
import { type Call, lineUp, misfit } from './callArguments.ts';
import { unreadableUnit } from './columnTypes.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { floatType, isNumber, orNull } from './typeOps.ts';
import type { Unit } from './types.ts';
import { call, failed, isUnknown, literal, nameOf, report } from './typing.ts';
import { divideUnits, parseUnit, pure, sameUnit, unitText } from './units.ts';

/** Lengths in seconds. Months and years have none. */
const seconds: ReadonlyMap<string, number> = new Map([
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]);

/** What the number is multiplied with, and divided by. */
interface Factor {
  readonly times: number;
  readonly by: number;
}

/** Where the units differ in units of time alone; null where they do not. */
function betweenTimes(ratio: Unit): Factor | null {
  let [times, by] = [1, 1];
  let sum = 0;
  for (const [base, exponent] of Object.entries(ratio)) {
    const length = seconds.get(base);
    if (length === undefined || !Number.isInteger(exponent)) return null;
    // A value in days is 24 times that value in hours: the unit that goes comes with its length.
    if (exponent < 0) times *= length ** -exponent;
    else by *= length ** exponent;
    sum += exponent;
  }
  return sum === 0 ? { times, by } : null;
}

const written = (unit: Unit): string =>
  unitText(unit)
    .replaceAll(/[^\p{L}\d]+/gu, '_')
    .toLowerCase();

const metric: ReadonlyMap<string, number> = new Map([
  ['k', 3],
  ['', 0],
  ['c', -2],
  ['m', -3],
]);

/** The power of ten of a metre, a gram or a litre in short: 3 for `km`. */
function powerOf(unit: Unit): { readonly of: string; readonly power: number } | null {
  const [[name, exponent] = ['', 0], ...others] = Object.entries(unit);
  const [, prefix = '', of = ''] = /^([kcm]?)([mgl])$/i.exec(name) ?? [];
  const power = metric.get(prefix);
  return exponent === 1 && others.length === 0 && of !== '' && power !== undefined ? { of, power } : null;
}

/** How many `to` a `from` is, as a text where metric prefixes say it: `0.01` metres are a centimetre. */
function metricFactor(from: Unit, to: Unit): string | null {
  const [a, b] = [powerOf(from), powerOf(to)];
  return a && b && a.of === b.of ? String(Number(`1e${a.power - b.power}`)) : null;
}

function factorOf(from: Unit, to: Unit, expr: Call, scope: Scope): Factor | null {
  const ratio = divideUnits(to, from);
  const time = betweenTimes(ratio);
  if (time) return time;
  const found = scope.factors().flatMap(({ name, value, unit }) => {
    if (value === 0) return [];
    if (sameUnit(unit, ratio)) return [{ name, factor: { times: value, by: 1 } }];
    return sameUnit(unit, divideUnits(from, to)) ? [{ name, factor: { times: 1, by: value } }] : [];
  });
  const [only, ...others] = found;
  if (only && others.length === 0) return only.factor;
  const [a, b] = [unitText(from), unitText(to)];
  if (only) {
    report(
      scope,
      'unit-mismatch',
      expr.span,
      `More than one parameter leads from ${a} to ${b}: ${found.map(({ name }) => `\`${name}\``).join(', ')}.`,
      {
        help: `Say which one: \`x ${only.factor.by === 1 ? '*' : '/'} ${only.name}\`.`,
      },
    );
  } else {
    const [param, value] = [`param ${written(to)}_per_${written(from)}: float unit "${unitText(ratio)}"`, metricFactor(from, to)];
    report(scope, 'unit-mismatch', expr.span, `Nothing says how many ${b} a ${a} is.`, {
      help: value === null ? `Declare it, and write its value behind it: \`${param} = …\`.` : `Declare it: \`${param} = ${value}\`.`,
    });
  }
  return null;
}

export function convertCall(entry: FunctionEntry, expr: Call, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const lined = lineUp(entry, expr, scope);
  const [value, wanted] = (lined ?? []).map(({ argument }) => type(argument.value, scope));
  if (!value || !wanted || isUnknown(value) || isUnknown(wanted)) return failed(place, ...(value ? [value] : []));
  if (!isNumber(value.type)) {
    misfit(entry, 'number', value, scope);
    return failed(place, value);
  }
  if (wanted.kind !== 'literal' || typeof wanted.value !== 'string') {
    report(scope, 'wrong-arguments', wanted.place, 'A unit is written out.', { help: 'Write it in quotes: `convert(x, "EUR")`.' });
    return failed(place, value);
  }
  const to = parseUnit(wanted.value);
  if (!to) {
    scope.report(unreadableUnit(wanted.value, wanted.place));
    return failed(place, value);
  }
  const from = value.type.unit ?? pure;
  if (sameUnit(from, pure)) {
    report(scope, 'unit-mismatch', value.place, `${nameOf(value) ?? 'This'} has no unit that could be converted.`, {
      help: 'Declare it where the number comes from: `price : float unit "USD"`.',
    });
    return failed(place, value);
  }
  const factor = factorOf(from, to, expr, scope);
  if (!factor) return failed(place, value);
  const { times, by } = factor;
  const scaled = (fn: 'mul' | 'div', of: TypedExpr, n: number): TypedExpr => {
    const bounds = isNumber(of.type) ? (fn === 'mul' ? multiplyBounds : divideBounds)(of.type.bounds, exactly(n)) : open;
    return call(fn, [of, literal(n, floatType(exactly(n), pure), place)], orNull(floatType(bounds, to), of.type.nullable), place, value.facts);
  };
  if (by === 1) return scaled('mul', value, times);
  return scaled('div', times === 1 ? value : scaled('mul', value, times), by);
}
