/** For tests: programs as text, planned through the analysis, and run by the reference interpreter on data as text. */
import { expect } from 'vitest';
import { interpret, type NodeOutcome } from '../../test/reference/interpret.ts';
import type { Row, Value } from '../../test/reference/table.ts';
import { createAnalysis } from '../createAnalysis.ts';
import type { Plan } from './plan.ts';

export interface Programs {
  /** The file that is planned, `main.cupel`. */
  readonly main: string;
  /** Further files by path. */
  readonly others?: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
}

/** The plan of a program without errors; fails the test with the messages otherwise. */
export function planned({ main, others = {}, names = [] }: Programs): Plan {
  const analysis = createAnalysis();
  for (const [path, text] of Object.entries({ 'main.cupel': main, ...others })) analysis.setFile(path, { kind: 'text', text });
  const { plan, diagnostics } = analysis.plan('main.cupel', names);
  expect(diagnostics.filter(d => d.severity === 'error').map(d => `${d.range.start.line + 1}: ${d.message}`)).toEqual([]);
  if (!plan) throw new Error('The program has no plan.');
  return plan;
}

export const executed = (plan: Plan, files: Readonly<Record<string, string>>): ReadonlyMap<string, NodeOutcome> =>
  interpret(plan, path => files[path] ?? '');

const plain = (value: Value): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** Columns of a node's rows as plain values, in the order of the rows. */
export function cells(outcomes: ReadonlyMap<string, NodeOutcome>, id: string, ...columns: readonly string[]): unknown[][] {
  const rows: readonly Row[] = outcomes.get(id)?.table.rows ?? [];
  return rows.map(row => columns.map(name => plain(row[name] ?? null)));
}
