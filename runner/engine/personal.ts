/** Which columns of a table hold what is tagged as personal, or are made of it: their values are never told. */
import type { PlanExpr, RelationNode, RelationStep } from '../../language/plan/plan.ts';
import { entryOf, type Session } from './session.ts';

export function personalColumns(session: Session, id: string): ReadonlySet<string> {
  const { node } = entryOf(session, id);
  switch (node.kind) {
    case 'scan':
      return new Set(node.columns.filter(c => c.pii).map(c => c.name));
    case 'check':
      return new Set([...personalColumns(session, node.table), ...node.pii]);
    case 'relation':
      return personalThrough(session, node).at(-1) ?? new Set();
    case 'frame':
      return personalColumns(session, node.relation);
    case 'split':
      return personalColumns(session, node.frame);
    case 'features':
      return personalColumns(session, node.split);
  }
}

/** Before each step of a table, and after the last. */
export function personalThrough(session: Session, node: RelationNode): readonly ReadonlySet<string>[] {
  const sets = [personalColumns(session, node.base)];
  for (const step of node.steps) sets.push(after(session, sets.at(-1) ?? new Set(), step));
  return sets;
}

function after(session: Session, before: ReadonlySet<string>, step: RelationStep): ReadonlySet<string> {
  const made = (columns: readonly { readonly name: string; readonly value: PlanExpr }[]): string[] =>
    columns.filter(({ value }) => columnsIn(value).some(c => before.has(c))).map(c => c.name);
  switch (step.op) {
    case 'project':
      return new Set(made(step.columns));
    case 'join': {
      const right = personalColumns(session, step.right);
      return new Set([...before, ...step.take.filter(t => right.has(t.column)).map(t => t.as)]);
    }
    case 'union':
      return new Set([...before, ...personalColumns(session, step.right)]);
    case 'group':
      return new Set([...step.by.filter(c => before.has(c)), ...made(step.aggregates)]);
    case 'neighbour':
      return new Set([...[...before].filter(c => c !== step.name), ...made([step])]);
    case 'rank':
      return new Set([...before].filter(c => c !== step.name));
    case 'filter':
    case 'dedupe':
    case 'sample':
      return before;
  }
}

/** Names of the columns of the row that an expression reads, conditions of aggregates included. */
export function columnsIn(expr: PlanExpr): readonly string[] {
  switch (expr.op) {
    case 'column':
      return [expr.name];
    case 'call':
      return expr.args.flatMap(columnsIn);
    case 'aggregate':
      return [expr.value, expr.where].flatMap(part => (part ? columnsIn(part) : []));
    case 'literal':
    case 'cutoff':
    case 'window':
      return [];
  }
}
