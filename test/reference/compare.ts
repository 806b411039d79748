/**
 * Holds a result against the reference, cell by cell. Floats may differ in their last digits, for a division or a logarithm may be
 * rounded otherwise; everything else is equal. Rows are compared as a set.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import { canonicalText } from './canonical.ts';
import type { Row, Table, Value } from './table.ts';

/** Relative to the larger of both and 1. */
const tolerance = 1e-9;

function isClose(a: Value, b: Value, type: PlanType): boolean {
  if (type !== 'float' || a === null || b === null) return canonicalText(a, type) === canonicalText(b, type);
  return Math.abs(Number(a) - Number(b)) <= tolerance * Math.max(1, Math.abs(Number(a)), Math.abs(Number(b)));
}

const show = (row: Row | undefined, table: Table): string =>
  row ? table.columns.map(({ name, type }) => `${name}=${row[name] === null ? 'null' : canonicalText(row[name] ?? null, type)}`).join(' ') : 'no row';

/** Differences as text, none when equal. `actual` has the values of `Value`, under the same names; further columns are ignored. */
export function differences(expected: Table, actual: readonly Row[]): string[] {
  // Exact columns order the rows; floats only where those are equal, rounded so that a last digit does not change places.
  const exact = expected.columns.filter(c => c.type !== 'float');
  const floats = expected.columns.filter(c => c.type === 'float');
  const sortKey = (row: Row): string =>
    JSON.stringify([
      ...exact.map(({ name, type }) => canonicalText(row[name] ?? null, type)),
      ...floats.map(({ name }) => (typeof row[name] === 'number' ? row[name].toPrecision(6) : null)),
    ]);
  const sorted = (rows: readonly Row[]): Row[] =>
    rows
      .map(row => ({ row, key: sortKey(row) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(r => r.row);
  const found: string[] = [];
  if (expected.rows.length !== actual.length) found.push(`${expected.rows.length} rows are expected, ${actual.length} are there`);
  const left = sorted(expected.rows);
  const right = sorted(actual);
  for (let i = 0; i < Math.max(left.length, right.length) && found.length < 10; i++) {
    const [a, b] = [left[i], right[i]];
    const differing = expected.columns.filter(({ name, type }) => !a || !b || !isClose(a[name] ?? null, b[name] ?? null, type));
    if (differing.length) found.push(`${differing.map(c => c.name).join(', ')}: expected ${show(a, expected)}; found ${show(b, expected)}`);
  }
  return found;
}
