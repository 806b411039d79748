/** Which tables and matrices no later step of a plan reads, so that their memory can be given back while the run goes on. */
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { isRelational } from './engine/relational.ts';

/** By step: the relational steps that nothing reads after it. */
export function lastReads(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]));
  const needs = new Map<string, ReadonlySet<string>>();
  const last = new Map<string, string>();
  for (const node of plan.nodes) {
    const read = new Set([...readBy(node, nodes, needs), ...(isRelational(node) ? [node.id] : [])]);
    needs.set(node.id, read);
    for (const id of read) last.set(id, node.id);
  }
  const ends = new Map<string, string[]>();
  for (const [id, reader] of last) ends.set(reader, [...(ends.get(reader) ?? []), id]);
  return ends;
}

function readBy(node: PlanNode, nodes: ReadonlyMap<string, PlanNode>, needs: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const read = new Set<string>();
  const add = (id: string): void => {
    const of = nodes.get(id);
    if (!of || read.has(id)) return;
    // What learns or judges reads whatever the models behind it were made of.
    if (!isRelational(of)) for (const more of needs.get(id) ?? []) read.add(more);
    else {
      read.add(id);
      under(of).forEach(add);
    }
  };
  namedIn(node, nodes).forEach(add);
  if (node.kind === 'features') {
    // References without a partner are counted against the table of the entity.
    const frame = nodes.get(node.frame);
    if (frame?.kind === 'frame') add(frame.relation);
  } else if (!isRelational(node)) {
    // Conditions and segments follow references.
    for (const id of [...read]) {
      const of = nodes.get(id);
      if (of?.kind === 'features') for (const path of of.paths) add(path.relation);
    }
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
