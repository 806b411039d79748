/** Which tables and matrices no later step of a plan reads, so that their memory can be given back while the run goes on. */
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { isRelational } from './engine/relational.ts';

type Needs = ReadonlyMap<string, readonly string[]>;

/** By step: the relational steps whose tables, and the feature sets whose matrices, nothing reads after it. */
export function lastReads(plan: Plan): { readonly tables: Needs; readonly matrices: Needs } {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]));
  const needs = new Map<string, ReadonlySet<string>>();
  const tables = new Map<string, string>();
  const matrices = new Map<string, string>();
  for (const node of plan.nodes) {
    const read = readBy(node, nodes, needs);
    needs.set(node.id, read);
    for (const id of [...read, node.id]) if (nodes.get(id)?.kind === 'features') matrices.set(id, node.id);
    for (const id of tablesRead(node, nodes)) tables.set(id, node.id);
  }
  return { tables: byReader(tables), matrices: byReader(matrices) };
}

/** The tables that steps read which are no tables themselves: with all that these are views of. */
export function readLater(plan: Plan): ReadonlySet<string> {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]));
  return new Set(plan.nodes.flatMap(node => (isRelational(node) ? [] : [...tablesRead(node, nodes)])));
}

function byReader(last: ReadonlyMap<string, string>): Needs {
  const ends = new Map<string, string[]>();
  for (const [id, reader] of last) ends.set(reader, [...(ends.get(reader) ?? []), id]);
  return ends;
}

type Nodes = ReadonlyMap<string, PlanNode>;

/** What learns or judges reads the matrices that whatever the models behind it were made of. */
function readBy(node: PlanNode, nodes: Nodes, needs: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const read = new Set<string>();
  for (const id of namedIn(node, nodes)) {
    const of = nodes.get(id);
    if (of && isRelational(of)) read.add(id);
    else for (const more of needs.get(id) ?? []) read.add(more);
  }
  return read;
}

/** A model is learned from matrices alone; only conditions and segments of an evaluation look at tables again. */
function tablesRead(node: PlanNode, nodes: Nodes): ReadonlySet<string> {
  const read = new Set<string>();
  const add = (id: string): void => {
    const of = nodes.get(id);
    if (!of || read.has(id) || !isRelational(of)) return;
    read.add(id);
    under(of).forEach(add);
  };
  if (isRelational(node)) {
    add(node.id);
    namedIn(node, nodes).forEach(add);
  } else if (node.kind === 'evaluate' && (node.where !== null || node.segments.length > 0)) {
    add(node.features);
    const of = nodes.get(node.features);
    // Conditions and segments follow references.
    if (of?.kind === 'features') for (const path of of.paths) add(path.relation);
  }
  return read;
}

/** Every step that the node names anywhere: its inputs, and what claims, windows and labels read. */
function namedIn(node: PlanNode, nodes: ReadonlyMap<string, PlanNode>): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value !== node.id && nodes.has(value)) found.add(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(node);
  return [...found];
}

/** What a node that is a view is a view of. */
function under(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'check':
      return [node.table];
    case 'frame':
      return [node.relation];
    case 'split':
      return [node.frame];
    case 'features':
      return [node.split, node.frame];
    default:
      return [];
  }
}

/** Whether a later feature set reads the same windows of the same observations, as those of folds do. */
export function windowsAgain({ nodes }: Plan, of: PlanNode): boolean {
  if (of.kind !== 'features') return false;
  const windows = JSON.stringify(of.windows);
  const later = nodes.slice(nodes.indexOf(of) + 1);
  return later.some(next => next.kind === 'features' && next.frame === of.frame && JSON.stringify(next.windows) === windows);
}
