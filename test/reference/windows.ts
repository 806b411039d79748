/** What an observation sees beyond its own row: rows along refs, and the rows of windows. */
import type { PlanPath, PlanWindow } from '../../language/plan/plan.ts';
import { aggregate, type Entry, orderOf } from './aggregates.ts';
import { compare } from './numbers.ts';
import { columnsOf } from './relations.ts';
import { cell, type Row, type Table, typeOfColumn, type Value } from './table.ts';
import { addDuration } from './times.ts';
import { evaluate, holds, rowScope, type Scope } from './values.ts';

const isTime = (value: Value): value is number => typeof value === 'number';

/** The rows that the paths reach from an entity's row, by the id of the path; null: none, or not known before the cutoff. */
export function followPaths(
  paths: readonly PlanPath[],
  entity: { readonly row: Row; readonly table: Table },
  cutoff: number | null,
  tableOf: (id: string) => Table,
): Record<string, Row | null> {
  const reached: Record<string, Row | null> = {};
  const tables: Record<string, Table> = {};
  for (const path of paths) {
    const right = tableOf(path.relation);
    tables[path.id] = right;
    const from = path.from === null ? entity.row : (reached[path.from] ?? null);
    const fromTable = path.from === null ? entity.table : tables[path.from];
    const ref = from && cell(from, path.ref);
    const refType = fromTable ? typeOfColumn(fromTable, path.ref) : 'text';
    const keyType = typeOfColumn(right, path.key);
    reached[path.id] =
      right.rows.find(row => {
        const key = cell(row, path.key);
        if (ref === null || key === null || compare(ref, refType, key, keyType) !== 0) return false;
        if (path.known === null || cutoff === null) return true;
        const known = cell(row, path.known);
        return isTime(known) && known < cutoff;
      }) ?? null;
  }
  return reached;
}

function isInWindow(window: PlanWindow, row: Row, cutoff: number | null): boolean {
  const event = cell(row, window.event);
  if (!isTime(event)) return false;
  if (cutoff === null) return true;
  if (window.from !== null && event < addDuration(cutoff, window.from)) return false;
  if (window.to !== null && event >= addDuration(cutoff, window.to)) return false;
  if (window.known === null) return true;
  const known = cell(row, window.known);
  return isTime(known) && known < addDuration(cutoff, window.knownWithin);
}

/** The values of all aggregates of the windows for one observation, by id. */
export function readWindows(
  windows: readonly PlanWindow[],
  entity: Scope,
  others: Readonly<Record<string, Row | null>>,
  entityRow: Row,
  tableOf: (id: string) => Table,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const window of windows) {
    const table = tableOf(window.relation);
    const link = evaluate(window.link.entity, entity);
    const linkType = typeOfColumn(table, window.link.row);
    const rows = table.rows.filter(row => {
      const other = cell(row, window.link.row);
      return (
        link !== null && other !== null && compare(other, linkType, link, window.link.entity.type) === 0 && isInWindow(window, row, entity.cutoff)
      );
    });
    const order = columnsOf(table, [window.event, ...(window.known === null ? [] : [window.known]), ...window.tie]);
    for (const form of window.aggregates) {
      const entries = rows.flatMap((row): Entry[] => {
        const scope = { ...rowScope(row, { ...others, entity: entityRow }, entity.cutoff), origin: entity.origin };
        if (!holds(form.where, scope)) return [];
        const event = cell(row, window.event);
        return [{ value: form.value && evaluate(form.value, scope), event: isTime(event) ? event : null, order: orderOf(row, order) }];
      });
      values.set(form.id, aggregate(form, entries));
    }
  }
  return values;
}
