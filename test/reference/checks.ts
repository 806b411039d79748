/** Checks: which rows fail each claim, what is measured, and what a quarantine leaves. */
import type { CheckNode, PlanCheckClaim } from '../../language/plan/plan.ts';
import { canonicalText } from './canonical.ts';
import { toFloat } from './numbers.ts';
import { columnsOf, groupRows, overRows } from './relations.ts';
import { cell, type Row, type Table, typeOfColumn } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, rowScope } from './values.ts';

export interface ClaimResult {
  readonly passed: boolean;
  readonly failing: number;
  readonly total: number;
  readonly value: number | null;
}

interface Judged extends ClaimResult {
  readonly rows: ReadonlySet<Row>;
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

function judge({ claim }: PlanCheckClaim, table: Table, node: CheckNode, end: number | null, tableOf: (id: string) => Table): Judged {
  const { rows } = table;
  const total = rows.length;
  const failing = (bad: readonly Row[], value: number | null = share(total - bad.length, total)): Judged => ({
    passed: bad.length === 0,
    failing: bad.length,
    total,
    value,
    rows: new Set(bad),
  });
  switch (claim.kind) {
    case 'row':
      return failing(rows.filter(row => evaluate(claim.condition, rowScope(row)) === false));
    case 'aggregate': {
      const tie = columnsOf(table, node.key === null ? [] : [node.key]);
      const value = overRows(claim.value, rows, tie);
      const passed = overRows(claim.condition, rows, tie) === true;
      return { passed, failing: 0, total, value: value === null ? null : toFloat(value, claim.value.type), rows: new Set() };
    }
    case 'complete': {
      const judged = failing(rows.filter(row => cell(row, claim.column) === null));
      return { ...judged, passed: share(total - judged.failing, total) >= claim.atLeast };
    }
    case 'unique': {
      const repeated = groupRows(table, claim.columns).filter(
        group => group.length > 1 && claim.columns.every(c => cell(group[0] ?? {}, c) !== null),
      );
      return failing(repeated.flat());
    }
    case 'fresh': {
      const times = rows.map(row => cell(row, claim.column)).filter(t => typeof t === 'number');
      const latest = times.length ? Math.max(...times) : null;
      const passed = latest !== null && end !== null && addDuration(latest, claim.within) >= end;
      return { passed, failing: 0, total, value: latest === null || end === null ? null : end - latest, rows: new Set() };
    }
    case 'refers': {
      const other = tableOf(claim.table);
      const keys = new Set(other.rows.map(row => canonicalText(cell(row, claim.key), typeOfColumn(other, claim.key))));
      const text = (row: Row): string => canonicalText(cell(row, claim.column), typeOfColumn(table, claim.column));
      return failing(rows.filter(row => cell(row, claim.column) !== null && !keys.has(text(row))));
    }
  }
}

/** `until`: the declared end of the table's source. Without one the data end at the greatest known time of the table. */
export function check(
  node: CheckNode,
  until: number | null,
  tableOf: (id: string) => Table,
): { readonly table: Table; readonly claims: readonly ClaimResult[] } {
  const table = tableOf(node.table);
  const known = table.rows.map(row => row['#known']).filter(t => typeof t === 'number');
  const end = until ?? (known.length ? Math.max(...known) : null);
  const judged = node.claims.map(claim => ({ claim, result: judge(claim, table, node, end, tableOf) }));
  const removed = new Set(judged.filter(({ claim }) => claim.severity === 'quarantine').flatMap(({ result }) => [...result.rows]));
  return {
    table: { columns: table.columns, rows: table.rows.filter(row => !removed.has(row)) },
    claims: judged.map(({ result: { rows: _, ...figures } }) => figures),
  };
}
