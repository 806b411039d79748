/**
 * The columns that feature sets need of each node of a plan. New data have no label yet, so what only the label reads need not be there, nor
 * what only settles ties or tells rows without a key apart.
 */
import type { FeaturesNode, FrameNode, PlanExpr, PlanNode, RelationNode, RelationStep } from '../../language/plan/plan.ts';

/** Null: all. */
export type Needed = ReadonlyMap<string, ReadonlySet<string> | null>;

type Columns = Set<string> | null;

class Wanted {
  readonly byNode = new Map<string, Columns>();
  /** Whether columns that only settle ties, or tell rows without a key apart, are wanted too. */
  readonly ties: boolean;

  constructor(ties: boolean) {
    this.ties = ties;
  }

  of(id: string): Columns {
    const found = this.byNode.get(id);
    if (found !== undefined) return found;
    const made = new Set<string>();
    this.byNode.set(id, made);
    return made;
  }

  add(id: string, columns: Columns): void {
    if (columns === null) this.byNode.set(id, null);
    else for (const column of columns) this.of(id)?.add(column);
  }
}

/** Columns by the row that they are of; null is the row in scope. */
function columnsIn(expr: PlanExpr, each: (name: string, of: string | null) => void): void {
  switch (expr.op) {
    case 'column':
      each(expr.name, expr.of);
      break;
    case 'call':
      for (const arg of expr.args) columnsIn(arg, each);
      break;
    case 'aggregate':
      for (const part of [expr.value, expr.where]) if (part) columnsIn(part, each);
      break;
    case 'literal':
    case 'cutoff':
    case 'window':
      break;
  }
}

const ownColumns = (exprs: readonly (PlanExpr | null)[]): Set<string> => {
  const found = new Set<string>();
  for (const expr of exprs) if (expr) columnsIn(expr, name => found.add(name));
  return found;
};

const union = (a: Columns, b: Iterable<string>): Columns => (a === null ? null : new Set([...a, ...b]));
const without = (a: Columns, names: readonly string[]): Columns => (a === null ? null : new Set([...a].filter(name => !names.includes(name))));

/** What a step needs of the columns before it, of what is wanted behind it. */
function before(step: RelationStep, after: Columns, wanted: Wanted): Columns {
  switch (step.op) {
    case 'filter':
      return union(after, ownColumns([step.where]));
    case 'project':
      return ownColumns(step.columns.filter(c => after === null || after.has(c.name)).map(c => c.value));
    case 'join': {
      const taken = step.take.filter(t => after === null || after.has(t.as));
      wanted.add(step.right, new Set([...taken.map(t => t.column), ...step.on.map(on => on.right)]));
      if (step.asOf) wanted.add(step.right, new Set([step.asOf.event, ...(step.asOf.known === null ? [] : [step.asOf.known]), ...step.asOf.tie]));
      const left = without(
        after,
        step.take.map(t => t.as),
      );
      return union(left, [...step.on.map(on => on.left), ...ownColumns([step.asOf?.at ?? null])]);
    }
    case 'union':
      wanted.add(step.right, after);
      return after;
    case 'group': {
      const made = step.aggregates.filter(a => after === null || after.has(a.name)).map(a => a.value);
      return new Set([...step.by, ...ownColumns(made), ...(wanted.ties ? step.tie : []), '#event', '#known']);
    }
    case 'rank':
      return union(without(after, [step.name]), ownColumns([...step.by, ...step.order.map(o => o.value)]));
    // Ties among rows go by all their columns in order.
    case 'dedupe':
      return wanted.ties
        ? null
        : union(after, [...step.by, ...step.order.flatMap(({ column }, at) => (at === 0 || !step.tie.includes(column) ? column : []))]);
    case 'neighbour':
      if (wanted.ties) return null;
      return union(without(after, [step.name]), ownColumns([step.value, ...step.by, ...step.order.map(o => o.value)]));
    case 'sample':
      return wanted.ties ? null : union(after, step.key === null ? [] : [step.key]);
  }
}

function ofRelation(node: RelationNode, wanted: Wanted): void {
  let columns = wanted.of(node.id);
  for (const step of [...node.steps].reverse()) columns = before(step, columns, wanted);
  wanted.add(node.base, columns);
}

/** Columns of observations, of rows along paths and of rows in windows, each asked of the relation it comes from. */
function ofObservations(node: Pick<FeaturesNode, 'windows' | 'paths'>, exprs: readonly PlanExpr[], frame: FrameNode, wanted: Wanted): void {
  const along = new Map(node.paths.map(path => [path.id, path.relation]));
  const ask = (expr: PlanExpr, row: string): void =>
    columnsIn(expr, (name, of) => {
      if (of !== 'set') wanted.add(of === null ? row : (along.get(of) ?? frame.relation), new Set([name]));
    });
  for (const path of node.paths) {
    wanted.add(path.relation, new Set([path.key, ...(path.known === null ? [] : [path.known])]));
    wanted.add(path.from === null ? frame.relation : (along.get(path.from) ?? frame.relation), new Set([path.ref]));
  }
  for (const expr of exprs) ask(expr, frame.relation);
  for (const window of node.windows) {
    wanted.add(window.relation, new Set([window.link.row, window.event, ...(window.known === null ? [] : [window.known]), ...window.tie]));
    ask(window.link.entity, frame.relation);
    for (const { value, where } of window.aggregates) for (const expr of [value, where]) if (expr) ask(expr, window.relation);
  }
}

/**
 * `nodes` in the order of the plan: sources, tables, checks, one frame, and the feature sets over it. `ties`: those too that only settle ties,
 * or tell rows without a key apart.
 */
export function neededColumns(nodes: readonly PlanNode[], { ties }: { readonly ties: boolean }): Needed {
  const wanted = new Wanted(ties);
  const frame = nodes.find(node => node.kind === 'frame');
  for (const node of [...nodes].reverse()) {
    if (node.kind === 'features' && frame) {
      const rows = node.steps.flatMap(step => (step.kind === 'row' ? [step.value] : []));
      ofObservations(node, rows, frame, wanted);
    } else if (node.kind === 'frame') {
      const exprs = [node.where, node.cutoffs.kind === 'column' ? node.cutoffs.value : null].filter(expr => expr !== null);
      ofObservations({ windows: [], paths: node.paths }, exprs, node, wanted);
      const telling = node.key === null ? (ties ? node.identity : []) : [node.key];
      wanted.add(node.relation, new Set([...telling, ...(node.known === null ? [] : [node.known])]));
    } else if (node.kind === 'check') {
      const { claims } = node;
      wanted.add(node.table, wanted.of(node.id));
      for (const { claim } of claims) {
        if (claim.kind === 'row') wanted.add(node.table, ownColumns([claim.condition]));
        if (claim.kind === 'complete') wanted.add(node.table, new Set([claim.column]));
        if (claim.kind === 'unique') wanted.add(node.table, new Set(claim.columns));
        if (claim.kind === 'refers') {
          wanted.add(node.table, new Set([claim.column]));
          wanted.add(claim.table, new Set([claim.key]));
        }
      }
    } else if (node.kind === 'relation') ofRelation(node, wanted);
    else if (node.kind === 'scan') {
      let columns = wanted.of(node.id);
      for (const { name, value } of [...node.hidden].reverse())
        if (columns === null || columns.has(name)) columns = union(columns, ownColumns([value]));
      wanted.byNode.set(node.id, columns);
    }
  }
  return wanted.byNode;
}
