/**
 * What a run's plan becomes over new data: the same sources, tables and features, without label, partitions and claims, and every
 * observation in one partition. Nothing in it learns: feature sets are encoded by what they have learned.
 */
import { extname } from 'node:path';
import type { CheckNode, FeaturesNode, FrameNode, Plan, PlanExpr, PlanNode, RelationNode, ScanNode, SplitNode } from '../../language/plan/plan.ts';
import { type Needed, neededColumns } from './needed.ts';

export interface NewPlan {
  /** In an order in which every node comes after its inputs; up to the observations. */
  readonly tables: readonly (ScanNode | RelationNode | CheckNode)[];
  readonly frame: FrameNode;
  readonly split: SplitNode;
  readonly features: readonly FeaturesNode[];
  /** The scans whose rows the entities are made of: a row that is lost there may be one of them. */
  readonly made: readonly string[];
}

const connectorOf: Readonly<Record<string, ScanNode['connector']>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
  '.feather': 'arrow',
};

/** A file of another format than the declared one is read by its own connector, as that is by default. */
function readFrom(scan: ScanNode, path: string): ScanNode {
  const connector = connectorOf[extname(path.replace(/\.gz$/i, '')).toLowerCase()] ?? scan.connector;
  if (connector === scan.connector) return { ...scan, path };
  const options = {
    ...scan.options,
    delimiter: null,
    header: true,
    nulls: connector === 'csv' ? [''] : [],
    decimal: '.',
    encoding: 'utf-8',
  } as const;
  return { ...scan, connector, path, options };
}

/** Null: all. */
type Columns = ReadonlySet<string> | null;

const has = (columns: Columns, name: string): boolean => columns === null || columns.has(name);

const nothing = (type: ScanNode['columns'][number]['type']): PlanExpr => ({ op: 'literal', type, value: null });

/**
 * No row is lost: what a cell has to be is null where it is not, and a level that the declaration does not have is a level nobody has seen.
 * Columns that nothing needs are not looked for; those that only settle ties, or tell rows without a key apart, are read where they are
 * there. In a file without a header each column has its place, needed or not.
 */
function forScoring(scan: ScanNode, needed: Columns, read: Columns): ScanNode {
  const byPlace = scan.connector === 'csv' && !scan.options.header;
  const isRead = ({ name }: { readonly name: string }): boolean => byPlace || has(read, name);
  const columns = scan.columns.filter(isRead);
  const others = scan.columns.filter(c => !isRead(c));
  return {
    ...scan,
    columns: columns.map(c => ({ ...c, nullable: true, levels: null, ...(!has(needed, c.name) && { optional: true as const }) })),
    hidden: [...others.map(({ name, type }) => ({ name, value: nothing(type) })), ...scan.hidden],
  };
}

/** From the entities' table to the file whose rows they are, as long as each row stays one. */
function rowsOf(id: string, nodes: ReadonlyMap<string, PlanNode>): readonly string[] | null {
  const node = nodes.get(id);
  switch (node?.kind) {
    case 'scan':
      return [id];
    case 'check': {
      const rest = rowsOf(node.table, nodes);
      return rest && [id, ...rest];
    }
    case 'relation': {
      const rest = node.steps.every(({ op }) => op === 'project' || op === 'join' || op === 'rank') ? rowsOf(node.base, nodes) : null;
      return rest && [id, ...rest];
    }
    default:
      return null;
  }
}

/** From a table to the files that its rows come from, whatever becomes of these on the way. */
export function madeOf(id: string, nodes: ReadonlyMap<string, PlanNode>): readonly string[] {
  const node = nodes.get(id);
  switch (node?.kind) {
    case 'scan':
      return [id];
    case 'check':
      return madeOf(node.table, nodes);
    case 'relation':
      return [node.base, ...node.steps.flatMap(step => (step.op === 'union' ? [step.right] : []))].flatMap(from => madeOf(from, nodes));
    default:
      return [];
  }
}

function inputsOf(plan: Plan, ids: readonly string[]): PlanNode[] {
  const wanted = new Set(ids);
  for (const node of [...plan.nodes].reverse()) if (wanted.has(node.id)) for (const input of tableInputs(node)) wanted.add(input);
  return plan.nodes.filter(node => wanted.has(node.id));
}

/** Without what only the label reads. */
function tableInputs(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'features':
      return [node.frame, ...node.paths.map(path => path.relation), ...node.windows.map(window => window.relation)];
    case 'frame':
      return [node.relation, ...node.paths.map(path => path.relation)];
    default:
      return node.inputs;
  }
}

/** `features`: ids of sets over one frame. `paths`: absolute, by the name of the source. */
export function newPlan(plan: Plan, features: readonly string[], paths: ReadonlyMap<string, string>): NewPlan {
  const byId = new Map(plan.nodes.map(node => [node.id, node]));
  const sets = features.map(id => byId.get(id)).filter(node => node?.kind === 'features');
  const frame = byId.get(sets[0]?.frame ?? '');
  if (frame?.kind !== 'frame' || sets.length !== features.length) throw new Error('The plan has no observations for the model.');
  const { weight: _ofTraining, ...entities } = frame;
  const one: FrameNode = { ...entities, label: null, until: null, ripeFrom: [] };
  const rows = rowsOf(frame.relation, byId);
  // What is set aside elsewhere was not there while training either; an entity itself stays.
  const kept = ({ id, claims }: CheckNode): CheckNode['claims'] => (rows?.includes(id) ? [] : claims.filter(c => c.severity === 'quarantine'));
  const reached = inputsOf(plan, features).map((node): PlanNode => (node.kind === 'check' ? { ...node, claims: kept(node) } : node));
  const nodes = reached.map(node => (node.id === frame.id ? one : node));
  const [needed, read] = [neededColumns(nodes, { ties: false }), neededColumns(nodes, { ties: true })];
  const tables = reached.flatMap((node): NewPlan['tables'][number][] => {
    if (node.kind === 'relation' || node.kind === 'check') return [node];
    if (node.kind !== 'scan') return [];
    const path = paths.get(node.name);
    const of = (columns: Needed): Columns => columns.get(node.id) ?? null;
    return [forScoring(path === undefined ? node : readFrom(node, path), of(needed), of(read))];
  });
  const split: SplitNode = {
    kind: 'split',
    id: 'split of new data',
    name: frame.name,
    place: frame.place,
    inputs: [frame.id],
    fingerprint: '',
    frame: frame.id,
    method: { kind: 'random', test: 0, validate: 0, seed: 0, stratify: null },
  };
  return {
    tables,
    frame: one,
    split,
    features: sets.map(set => ({ ...set, split: split.id })),
    made: [...new Set(madeOf(frame.relation, byId))],
  };
}

/** The sources that can be given other data. */
export const sourcesOf = (plan: Plan, features: readonly string[]): readonly ScanNode[] =>
  inputsOf(plan, features).filter(node => node.kind === 'scan');

/** The source that is meant where none is named: the one whose rows the entities are, or the only one. */
export function entitySource(plan: Plan, features: readonly string[]): ScanNode | null {
  const byId = new Map(plan.nodes.map(node => [node.id, node]));
  const set = byId.get(features[0] ?? '');
  const frame = set?.kind === 'features' ? byId.get(set.frame) : undefined;
  const [first] = frame?.kind === 'frame' ? madeOf(frame.relation, byId) : [];
  const scan = first === undefined ? undefined : byId.get(first);
  return scan?.kind === 'scan' ? scan : null;
}
