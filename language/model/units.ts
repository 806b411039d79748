/** Units of measure: products of named bases with rational exponents, as in `unit "EUR/day"`. Nothing is converted silently. */
import type { Unit } from './types.ts';

/** A count, a share, a logarithm. */
export const pure: Unit = {};

/** Spellings of the units that time functions yield; every other base is what its author writes. */
const spellings: Readonly<Record<string, string>> = {
  d: 'day',
  days: 'day',
  h: 'hour',
  hours: 'hour',
  min: 'minute',
  minutes: 'minute',
  s: 'second',
  sec: 'second',
  seconds: 'second',
  weeks: 'week',
  months: 'month',
  years: 'year',
};

/** The unit that a base of this name stands for: `days` is `day`. */
export const baseUnit = (name: string): Unit => ({ [spellings[name] ?? name]: 1 });

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

function combine(a: Unit, b: Unit, sign: 1 | -1): Unit {
  const result: Record<string, number> = { ...a };
  for (const [base, exponent] of Object.entries(b)) {
    const sum = (result[base] ?? 0) + sign * exponent;
    if (near(sum, 0)) delete result[base];
    else result[base] = sum;
  }
  return result;
}

export const multiplyUnits = (a: Unit, b: Unit): Unit => combine(a, b, 1);
export const divideUnits = (a: Unit, b: Unit): Unit => combine(a, b, -1);

export const powerUnit = (unit: Unit, exponent: number): Unit =>
  Object.fromEntries(Object.entries(unit).flatMap(([base, e]) => (near(e * exponent, 0) ? [] : [[base, e * exponent]])));

export function sameUnit(a: Unit, b: Unit): boolean {
  const bases = Object.keys(a);
  return bases.length === Object.keys(b).length && bases.every(base => near(a[base] ?? 0, b[base] ?? 0));
}

const factor = /^([\p{L}\p{Sc}%°_][\p{L}\p{Sc}%°_\d]*|1)(?:\^(-?\d+(?:\.\d+)?|\((-?\d+)\/([1-9]\d*)\)))?$/u;

/** Reads `EUR`, `EUR/day`, `kg*m^2/s^2`, `m^(1/2)`; null for a text that is no product of names. */
export function parseUnit(text: string): Unit | null {
  let unit: Unit = pure;
  let sign: 1 | -1 = 1;
  const pieces = text.split(/([*·/](?![\d]+\)))/u).map(piece => piece.trim());
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) {
      sign = piece === '/' ? -1 : 1;
      continue;
    }
    const match = factor.exec(piece);
    if (!match) return null;
    const [, base = '', power, numerator, denominator] = match;
    if (base === '1') continue;
    const exponent = numerator !== undefined ? Number(numerator) / Number(denominator) : power !== undefined ? Number(power) : 1;
    unit = combine(unit, powerUnit(baseUnit(base), exponent), sign);
  }
  return unit;
}

function exponentText(exponent: number): string {
  if (near(exponent, 1)) return '';
  if (near(exponent, Math.round(exponent))) return `^${Math.round(exponent)}`;
  for (let denominator = 2; denominator <= 12; denominator++) {
    const numerator = exponent * denominator;
    if (near(numerator, Math.round(numerator))) return `^(${Math.round(numerator)}/${denominator})`;
  }
  return `^${exponent}`;
}

/** As users write it; empty for a pure number. */
export function unitText(unit: Unit): string {
  const bases = Object.entries(unit);
  const above = bases.filter(([, e]) => e > 0).map(([base, e]) => base + exponentText(e));
  const below = bases.filter(([, e]) => e < 0).map(([base, e]) => base + exponentText(-e));
  if (!bases.length) return '';
  return [above.join('*') || '1', ...below].join('/');
}
