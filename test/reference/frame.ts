/** Observations: each entity at each cutoff from which on it is known, with its label and whether that was decided by the data's end. */
import type { FrameNode, PlanLabel } from '../../language/plan/plan.ts';
import { identityOf } from './canonical.ts';
import { cell, type Row, type Table, typeOfColumn, type Value } from './table.ts';
import { addDuration, plus } from './times.ts';
import { evaluate, holds, rowScope, type Scope } from './values.ts';
import { followPaths, readWindows } from './windows.ts';

export interface FrameResult {
  readonly table: Table;
  readonly candidates: number;
  readonly unripe: number;
  readonly nullLabels: number;
  /** Micros at which the data ends; null without ripeness. */
  readonly end: number | null;
}

/** The scope of an observation: its row, the rows its paths reach, and the values of its windows. */
export function observationScope(
  paths: PlanLabel['paths'],
  windows: PlanLabel['windows'],
  entity: { readonly row: Row; readonly table: Table },
  cutoff: number | null,
  tableOf: (id: string) => Table,
): Scope {
  const others = followPaths(paths, entity, cutoff, tableOf);
  const scope = { ...rowScope(entity.row, others, cutoff), origin: {} };
  const values = readWindows(windows, scope, others, entity.row, tableOf);
  return {
    ...scope,
    window(id) {
      const value = values.get(id);
      if (value === undefined) throw new Error(`The plan reads window ${id}, which is not there.`);
      return value;
    },
  };
}

function cutoffsOf(node: FrameNode, row: Row): (number | null)[] {
  switch (node.cutoffs.kind) {
    case 'none':
      return [null];
    case 'grid':
      return [...node.cutoffs.instants];
    case 'column': {
      const cutoff = evaluate(node.cutoffs.value, rowScope(row));
      return typeof cutoff === 'number' ? [cutoff] : [];
    }
  }
}

function isKnown(node: FrameNode, row: Row, cutoff: number | null): boolean {
  if (node.known === null || cutoff === null) return true;
  const known = cell(row, node.known);
  return typeof known === 'number' && (node.cutoffs.kind === 'grid' ? known < cutoff : known <= cutoff);
}

function endOfData(node: FrameNode, tableOf: (id: string) => Table): number | null {
  if (node.cutoffs.kind === 'none') return null;
  if (node.until !== null) return node.until;
  const times = node.ripeFrom.flatMap(({ relation, known }) => tableOf(relation).rows.map(row => cell(row, known)));
  return times.reduce<number | null>((end, time) => (typeof time === 'number' && (end === null || time > end) ? time : end), null);
}

export function frame(node: FrameNode, tableOf: (id: string) => Table): FrameResult {
  const table = tableOf(node.relation);
  const end = endOfData(node, tableOf);
  const { label } = node;
  const rows: Row[] = [];
  for (const row of table.rows) {
    for (const cutoff of cutoffsOf(node, row)) {
      if (!isKnown(node, row, cutoff)) continue;
      if (!holds(node.where, observationScope(node.paths, [], { row, table }, cutoff, tableOf))) continue;
      const ripe = cutoff === null || end === null || !label || addDuration(cutoff, plus(label.horizon, label.delay)) <= end;
      const value: Value =
        label && ripe ? evaluate(label.value, observationScope(label.paths, label.windows, { row, table }, cutoff, tableOf)) : null;
      rows.push({
        ...row,
        '#cutoff': cutoff,
        '#label': value,
        '#identity': identityOf(row, node.key, node.identity, column => typeOfColumn(table, column)),
        '#state': !ripe ? 'unripe' : label && value === null ? 'unlabelled' : 'ready',
      });
    }
  }
  return {
    table: {
      columns: [
        ...table.columns,
        { name: '#cutoff', type: 'timestamp' },
        { name: '#label', type: label?.value.type ?? 'float' },
        { name: '#identity', type: 'text' },
        { name: '#state', type: 'text' },
      ],
      rows,
    },
    candidates: rows.length,
    unripe: rows.filter(row => row['#state'] === 'unripe').length,
    nullLabels: rows.filter(row => row['#state'] === 'unlabelled').length,
    end,
  };
}
