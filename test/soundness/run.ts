/**
 * What the reference interpreter makes of a drawn program: observations, partitions, matrices. A change leaves most rows as they are, so
 * that what is computed row by row is computed once for each row that there ever was.
 */
import type { Plan } from '../../language/index.ts';
import type {
  FeatureStep,
  FeaturesNode,
  FrameNode,
  PlanExpr,
  PlanNode,
  RelationNode,
  RelationStep,
  ScanNode,
  SplitNode,
} from '../../language/plan/plan.ts';
import { check } from '../reference/checks.ts';
import { features } from '../reference/features.ts';
import { frame } from '../reference/frame.ts';
import { relation } from '../reference/relations.ts';
import { identityText, split } from '../reference/split.ts';
import type { Row, Table, Value } from '../reference/table.ts';
import { evaluate, rowScope } from '../reference/values.ts';
import { type CellType, type CellValue, type Data, pathOf, type SourceRow, type SourceSpec } from './schema.ts';

/** Programs are drawn without scores of models as features. */
const predicted = (): never => {
  throw new Error('A score of a model is no feature here.');
};

export type Partitions = ReadonlyMap<string, string>;

/** Of each split node, the partition of each observation. */
export type Pins = ReadonlyMap<string, Partitions>;

export interface Observation {
  readonly id: string;
  readonly identity: string;
  readonly cutoff: number | null;
  readonly row: Row;
}

export interface Executed {
  readonly plan: Plan;
  readonly tables: ReadonlyMap<string, Table>;
  /** Of each frame, all candidates. */
  readonly candidates: ReadonlyMap<string, readonly Observation[]>;
  /** Of each split node, all candidates. */
  readonly assigned: ReadonlyMap<string, Partitions>;
  readonly pins: Pins | null;
}

export const observationId = (row: Row): string => `${identityText(row)}@${String(row['#cutoff'] ?? '')}`;

const observation = (row: Row): Observation => ({
  id: observationId(row),
  identity: identityText(row),
  cutoff: typeof row['#cutoff'] === 'number' ? row['#cutoff'] : null,
  row,
});

const ready = (table: Table): Table => ({ ...table, rows: table.rows.map(row => ({ ...row, '#state': 'ready' })) });

const partitionsIn = (table: Table): Partitions => new Map(table.rows.map(row => [observationId(row), String(row['#partition'])]));

/** The ready rows with the partitions that they had before; new observations belong to none. */
const pinned = (table: Table, partitions: Partitions): Table => ({
  columns: [...table.columns, { name: '#partition', type: 'text' }],
  rows: table.rows
    .filter(row => row['#state'] === 'ready' && partitions.has(observationId(row)))
    .map(row => ({ ...row, '#partition': partitions.get(observationId(row)) ?? 'none' })),
});

/** A cell as a scan reads the text of it. */
const typed = (value: CellValue, type: CellType): Value => (type === 'int' && typeof value === 'number' ? BigInt(value) : value);

/** Rows as a scan reads them, by the rows they were drawn as; null: a scan sets the row aside. */
const readRows = new WeakMap<ScanNode, WeakMap<SourceRow, Row | null>>();

export function scanned(node: ScanNode, source: SourceSpec, rows: readonly SourceRow[]): Table {
  const known = readRows.get(node) ?? new WeakMap<SourceRow, Row | null>();
  readRows.set(node, known);
  const read = (drawn: SourceRow): Row | null => {
    const row: Record<string, Value> = {};
    for (const { name, type } of source.columns) row[name] = typed(drawn[name] ?? null, type);
    if (node.columns.some(({ name, nullable }) => row[name] === null && !nullable)) return null;
    const scope = rowScope(row);
    for (const { name, value } of node.hidden) row[name] = evaluate(value, scope);
    return row;
  };
  const columns = [...node.columns.map(({ name, type }) => ({ name, type })), ...node.hidden.map(({ name, value }) => ({ name, type: value.type }))];
  return {
    columns,
    rows: rows.flatMap(drawn => {
      const there = known.get(drawn);
      const row = there === undefined ? read(drawn) : there;
      if (there === undefined) known.set(drawn, row);
      return row === null ? [] : [row];
    }),
  };
}

/** Of each step that makes one row of one row, what it made. */
const madeRows = new WeakMap<RelationStep, WeakMap<Row, Row>>();

/** No node has that name. */
const soFar = '#so far';

/** The table after the steps; what a step makes of single rows is made once for each of them. */
function stepsTaken(node: RelationNode, tableOf: (id: string) => Table): Table {
  let table = tableOf(node.base);
  for (const step of node.steps) {
    // A step may join the very table that the others began with.
    const rest: RelationNode = { ...node, base: soFar, steps: [step] };
    const taken = (rows: readonly Row[]): Table => {
      const from = { columns: table.columns, rows };
      return relation(rest, id => (id === soFar ? from : tableOf(id)));
    };
    if (step.op !== 'project') {
      table = taken(table.rows);
      continue;
    }
    const made = madeRows.get(step) ?? new WeakMap<Row, Row>();
    madeRows.set(step, made);
    const fresh = table.rows.filter(row => !made.has(row));
    const { columns, rows } = taken(fresh);
    fresh.forEach((row, i) => {
      made.set(row, rows[i] ?? {});
    });
    table = { columns, rows: table.rows.map(row => made.get(row) ?? {}) };
  }
  return table;
}

/** What was computed of an execution stays with it: all changes are held against one. */
export function remembered<A extends readonly string[], T>(compute: (executed: Executed, ...key: A) => T): (executed: Executed, ...key: A) => T {
  const all = new WeakMap<Executed, Map<string, T>>();
  return (executed, ...key) => {
    const known = all.get(executed) ?? new Map<string, T>();
    all.set(executed, known);
    const name = key.join(' ');
    const there = known.get(name);
    if (there !== undefined) return there;
    const value = compute(executed, ...key);
    known.set(name, value);
    return value;
  };
}

/** Executes all that a plan says about tables. Without pins, observations are divided as the plan says. */
export function execute(
  plan: Plan,
  sources: readonly SourceSpec[],
  data: Data,
  pins: Pins | null = null,
  depth: 'observations' | 'all' = 'all',
): Executed {
  const tables = new Map<string, Table>();
  const candidates = new Map<string, readonly Observation[]>();
  const assigned = new Map<string, Partitions>();
  const tableOf = (id: string): Table => {
    const table = tables.get(id);
    if (!table) throw new Error(`Node ${id} is read before it is computed.`);
    return table;
  };
  for (const node of plan.nodes) {
    switch (node.kind) {
      case 'scan': {
        const source = sources.find(s => pathOf(s) === node.path);
        if (!source) throw new Error(`There is no source ${node.name}.`);
        tables.set(node.id, scanned(node, source, data[source.name] ?? []));
        break;
      }
      case 'relation':
        tables.set(node.id, stepsTaken(node, tableOf));
        break;
      case 'check':
        tables.set(node.id, check(node, null, tableOf).table);
        break;
      case 'frame': {
        const { table } = frame(node, tableOf);
        tables.set(node.id, table);
        candidates.set(node.id, table.rows.map(observation));
        break;
      }
      case 'split': {
        const base = tableOf(node.frame);
        const pin = pins?.get(node.id);
        const isDerived = node.method.kind === 'fold' || node.method.kind === 'merged';
        if (!pin && !(isDerived && depth === 'observations')) assigned.set(node.id, partitionsIn(split(node, ready(base))));
        if (depth === 'all') tables.set(node.id, pin ? pinned(base, pin) : split(node, base));
        break;
      }
      case 'features':
        if (depth === 'all')
          tables.set(
            node.id,
            features(node, nodeOf(plan, node.frame, 'frame'), nodeOf(plan, node.split, 'split'), tableOf(node.split), tableOf, predicted),
          );
        break;
    }
  }
  return { plan, tables, candidates, assigned, pins };
}

export function nodeOf<K extends PlanNode['kind']>(plan: Plan, id: string, kind: K): Extract<PlanNode, { kind: K }> {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind !== kind) throw new Error(`The plan has no ${kind} node ${id}.`);
  return node as Extract<PlanNode, { kind: K }>;
}

export const nodesOf = <K extends PlanNode['kind']>(plan: Plan, kind: K): readonly Extract<PlanNode, { kind: K }>[] =>
  plan.nodes.filter((node): node is Extract<PlanNode, { kind: K }> => node.kind === kind);

/** The tables that observations or features rest on, directly or through others. */
export function relationsRead(plan: Plan): readonly RelationNode[] {
  const read = new Set<string>();
  const visit = (id: string): void => {
    if (read.has(id)) return;
    read.add(id);
    for (const input of plan.nodes.find(node => node.id === id)?.inputs ?? []) visit(input);
  };
  for (const node of plan.nodes) if (node.kind === 'frame' || node.kind === 'features') visit(node.id);
  return nodesOf(plan, 'relation').filter(({ id }) => read.has(id));
}

// ---------------------------------------------------------------- row-level columns

const reads = (expr: PlanExpr, names: ReadonlySet<string>): boolean =>
  expr.op === 'column' ? expr.of === 'set' && names.has(expr.name) : expr.op === 'call' ? expr.args.some(arg => reads(arg, names)) : false;

/** The steps of a feature set that nothing fitted goes into. */
export function rowSteps(node: FeaturesNode): readonly FeatureStep[] {
  const fitted = new Set<string>();
  return node.steps.filter(step => {
    const isFitted = step.kind !== 'row' || reads(step.value, fitted);
    if (isFitted) fitted.add(step.output);
    return !isFitted;
  });
}

/** Whole-number, float and text values as one text each. */
export const cellText = (value: Value | undefined): string =>
  typeof value === 'bigint' ? `${value}n` : typeof value === 'object' ? JSON.stringify(value) : String(value);

const rowText = (row: Row, names: readonly string[]): string => names.map(name => cellText(row[name])).join('\u0001');

export type Cells = ReadonlyMap<string, string>;

/** Texts of rows by observation; of several rows of one observation in one order. */
function byObservation(observations: readonly Row[], text: (i: number) => string): Cells {
  const found = new Map<string, string[]>();
  observations.forEach((row, i) => {
    const id = observationId(row);
    const texts = found.get(id);
    if (texts) texts.push(text(i));
    else found.set(id, [text(i)]);
  });
  return new Map([...found].map(([id, texts]) => [id, texts.length === 1 ? (texts[0] ?? '') : texts.sort().join('\u0002')]));
}

/** Of every candidate, labelled or not, the values before any fit. */
export const rowLevel = remembered((executed: Executed, id: string): Cells => {
  const node = nodeOf(executed.plan, id, 'features');
  const { plan, tables } = executed;
  const frameNode: FrameNode = nodeOf(plan, node.frame, 'frame');
  const splitNode: SplitNode = nodeOf(plan, node.split, 'split');
  const all = tables.get(node.frame);
  if (!all) throw new Error('The observations are not computed.');
  const rows: Table = {
    columns: [...all.columns, { name: '#partition', type: 'text' }],
    rows: all.rows.map(row => ({ ...row, '#partition': 'none' })),
  };
  const steps = rowSteps(node);
  const tableOf = (id: string): Table => tables.get(id) ?? rows;
  const table = features({ ...node, steps, features: [] }, frameNode, splitNode, rows, tableOf, predicted);
  const names = steps.map(step => step.output);
  return byObservation(rows.rows, i => rowText(table.rows[i] ?? {}, names));
});

// ---------------------------------------------------------------- matrices

/** The rows of a feature set as they go into fits: all outputs, label and weight, by observation. `null` partition: all rows, without labels. */
export function matrix(executed: Executed, id: string, partitions: readonly string[] | null, outputs: readonly string[] | null = null): Cells {
  const node = nodeOf(executed.plan, id, 'features');
  const frameNode = nodeOf(executed.plan, node.frame, 'frame');
  const rows = executed.tables.get(node.split)?.rows ?? [];
  const table = executed.tables.get(id);
  const names = outputs ?? table?.columns.map(c => c.name) ?? [];
  const wanted = rows.flatMap((row, i) => (partitions === null || partitions.includes(String(row['#partition'])) ? [i] : []));
  const own = partitions === null ? [] : ['#partition', '#label', ...(frameNode.weight === undefined ? [] : [frameNode.weight])];
  return byObservation(
    wanted.map(i => rows[i] ?? {}),
    at => {
      const i = wanted[at] ?? 0;
      return `${rowText(rows[i] ?? {}, own)}|${rowText(table?.rows[i] ?? {}, names)}`;
    },
  );
}

/** The rows that fits, or fits and choices, may read of a set. */
export const learnedFrom = remembered((executed: Executed, id: string, reach: 'train' | 'validate') =>
  matrix(executed, id, reach === 'train' ? ['train'] : ['train', 'validate']),
);
