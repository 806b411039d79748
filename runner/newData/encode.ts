/** New data through the sources, tables and features of a run: the same definitions, encoded by what was learned then. Nothing is learned here. */
import type { CheckNode, FrameNode, PlanColumn, PlanExpr, PlanWindow, RelationNode, ScanNode } from '../../language/plan/plan.ts';
import { grouped } from '../../language/text/grouped.ts';
import type { NodeResult, Predicted, RelationalEngine, RelationalNode } from '../engine/relational.ts';
import { cancelled, RunFailed } from '../failure.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { RunOptions } from '../options.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord } from '../record.ts';
import { encodingOrder, type ScoringModel } from '../serve/scorer.ts';
import { scoresBy } from './batch.ts';
import { shortHistory } from './history.ts';
import type { TrainedRun } from './lastRun.ts';
import { entitySource, madeOf, type NewPlan, newPlan, sourcesOf } from './plan.ts';

export interface NewData {
  /** Absolute paths or patterns: of one source by its name, of the source of the entities by null. */
  readonly paths: ReadonlyMap<string | null, string>;
  /** Microseconds since 1970: when the features are as of, of a task with cutoffs. Null: the end of the data. */
  readonly at: number | null;
}

export interface Encoded {
  readonly engine: RelationalEngine;
  /** Rows of the entities' table. */
  readonly read: number;
  /** Observations. */
  readonly rows: number;
  /** The one cutoff of all; null where there is none, or each row has its own. */
  readonly cutoff: number | null;
  readonly frame: FrameNode;
  readonly findings: readonly FindingRecord[];
}

/** The sources by name, with the path that each is given. Throws where a name is none of them. */
function pathsOf(run: TrainedRun, features: readonly string[], { paths }: NewData): ReadonlyMap<string, string> {
  const sources = sourcesOf(run.plan, features);
  const names = sources.map(({ name }) => name);
  const found = new Map<string, string>();
  for (const [name, path] of paths) {
    const entity = name ?? entitySource(run.plan, features)?.name;
    if (entity === undefined || !names.includes(entity)) {
      const message = name === null ? 'The entities are of no single source.' : `The features read no source \`${name}\`.`;
      throw new RunFailed('findings', message, `They read ${names.join(', ')}: name one, such as \`--data ${names[0]}=…\`.`, null);
    }
    if (found.has(entity)) throw new RunFailed('findings', `\`${entity}\` is given two files.`, 'Name each source once.', null);
    found.set(entity, path);
  }
  return found;
}

export async function encoded(
  run: TrainedRun,
  { encodings, label }: Pick<ScoringModel, 'encodings' | 'label'>,
  data: NewData,
  engine: RelationalEngine,
  options: RunOptions,
): Promise<Encoded> {
  const features = encodingOrder(encodings);
  const each = label.classes?.length ?? 1;
  const paths = pathsOf(run, features, data);
  const plan = newPlan(run.plan, features, paths);
  const findings: FindingRecord[] = [];
  const results = new Map<string, NodeResult>();
  const isCancelled = (): boolean => options.signal.aborted;
  const matrix = (encoding: string): Promise<Matrix> => engine.matrix(encoding);
  /** What models say of the new observations to a set that asks them. */
  const saidOf = async (set: string): Promise<ReadonlyMap<string, Predicted> | null> => {
    const said = new Map<string, Predicted>();
    for (const [output, part] of Object.entries(encodings[set]?.predictions ?? {})) {
      const scores = await scoresBy(part, { matrix, each, cancelled: isCancelled });
      said.set(output, { each, train: scores, others: scores });
    }
    return said.size > 0 ? said : null;
  };
  const execute = async (node: RelationalNode): Promise<NodeResult> => {
    if (options.signal.aborted) throw cancelled();
    const learned = node.kind === 'features' ? encodings[node.id] : undefined;
    const predictions = learned && (await saidOf(node.id));
    const context = { cancelled: isCancelled, progress: () => undefined, ...(learned && { learned }), ...(predictions && { predictions }) };
    const result = await engine.execute(node, context);
    findings.push(...result.findings.filter(({ rule }) => rule !== 'undeclared-column'));
    const errors = result.findings.filter(f => f.severity === 'error');
    const [first] = errors;
    if (first) throw new RunFailed('findings', first.message, first.help, recordPlace(first), errors);
    results.set(node.id, result);
    return result;
  };
  for (const node of plan.tables) await execute(node);
  for (const scan of plan.made) assertWhole(results.get(scan), plan, scan);
  const read = results.get(plan.frame.relation)?.rows ?? 0;
  const frame = { ...plan.frame, cutoffs: await cutoffsOf(plan, data, paths, execute, engine) };
  const { rows } = await execute(frame);
  await execute(plan.split);
  for (const node of plan.features) await execute(node);
  findings.push(
    ...(await shortHistory(
      plan.features,
      run.record.leakage,
      window => firstRow(window, plan, paths, execute, engine),
      await cutoffsIn(engine, plan),
    )),
  );
  const cutoff = frame.cutoffs.kind === 'grid' ? (frame.cutoffs.instants[0] ?? null) : null;
  return { engine, read, rows, cutoff, frame, findings };
}

/** A row that cannot be read would have no score, and nobody would miss it. */
function assertWhole(result: NodeResult | undefined, { tables }: NewPlan, made: string): void {
  const lost = result?.detail.kind === 'scan' ? result.detail.quarantinedRows : 0;
  if (lost === 0) return;
  const scan = tables.find(({ id }) => id === made);
  const rows = `${grouped(lost)} ${lost === 1 ? 'row' : 'rows'}`;
  throw new RunFailed(
    'findings',
    `${rows} of \`${scan?.name}\` cannot be read, so ${lost === 1 ? 'it' : 'they'} would be missing from the result.`,
    result?.findings.find(f => f.severity !== 'info')?.message ?? 'Mend the file.',
    scan ? recordPlace(scan.place) : null,
    result?.findings ?? [],
  );
}

/** Entities at many cutoffs are looked at once, at the moment asked for. */
async function cutoffsOf(
  plan: NewPlan,
  { at }: NewData,
  paths: ReadonlyMap<string, string>,
  execute: (node: RelationalNode) => Promise<NodeResult>,
  engine: RelationalEngine,
): Promise<FrameNode['cutoffs']> {
  const { cutoffs, name } = plan.frame;
  if (cutoffs.kind !== 'grid') {
    if (at === null) return cutoffs;
    const why = cutoffs.kind === 'none' ? 'has no cutoffs' : 'has a cutoff of its own in each row';
    throw new RunFailed(
      'findings',
      `\`${name}\` ${why}, so there is nothing for \`--at\` to say.`,
      'Leave `--at` out.',
      recordPlace(plan.frame.place),
    );
  }
  const moment = at ?? (await endOf(plan, paths, execute, engine));
  if (moment !== null) return { kind: 'grid', instants: [moment] };
  throw new RunFailed(
    'findings',
    'Nothing says where the data end.',
    'Say when the features are as of: `--at 2024-12-01`.',
    recordPlace(plan.frame.place),
  );
}

/** Behind the least declared end where all data are those of the program; else just behind the last known row. */
async function endOf(
  plan: NewPlan,
  paths: ReadonlyMap<string, string>,
  execute: (node: RelationalNode) => Promise<NodeResult>,
  engine: RelationalEngine,
): Promise<number | null> {
  const scans = plan.tables.filter(node => node.kind === 'scan');
  const declared = scans.flatMap(({ until }) => until ?? []);
  if (paths.size === 0 && declared.length > 0) return Math.min(...declared) + 1;
  let end: number | null = null;
  for (const scan of scans) {
    const known = scan.hidden.find(({ name }) => name === '#known') ?? scan.hidden.find(({ name }) => name === '#event');
    if (!known) continue;
    const last = await edgeOf('max', scan, { name: known.name, type: 'timestamp' }, execute, engine);
    if (last !== null) end = Math.max(end ?? last, last + 1);
  }
  return end;
}

/** The greatest or least time in a column, in microseconds since 1970; null where there is none. */
async function edgeOf(
  aggregate: 'max' | 'min',
  table: ScanNode | RelationNode | CheckNode,
  { name, type }: PlanColumn,
  execute: (node: RelationalNode) => Promise<NodeResult>,
  engine: RelationalEngine,
): Promise<number | null> {
  const time: PlanExpr = { op: 'column', type, name, of: null };
  const edge: PlanExpr = { op: 'aggregate', type, aggregate, value: time, where: null, parameters: {}, scale: 0 };
  const node: RelationNode = {
    kind: 'relation',
    id: `${aggregate} ${name} of ${table.id}`,
    name: table.name,
    place: table.place,
    inputs: [table.id],
    fingerprint: '',
    base: table.id,
    steps: [{ op: 'group', by: [], aggregates: [{ name: 'edge', value: edge }], tie: [] }],
    columns: [{ name: 'edge', type }],
    key: null,
    identity: [],
  };
  await execute(node);
  const [row] = (await engine.preview(node.id, 1)).rows;
  return microsOf(row?.[0] ?? null);
}

/** The first event in a window's table, where new data are read into it. */
async function firstRow(
  { relation, event }: PlanWindow,
  { tables }: NewPlan,
  paths: ReadonlyMap<string, string>,
  execute: (node: RelationalNode) => Promise<NodeResult>,
  engine: RelationalEngine,
): Promise<{ readonly table: string; readonly time: number } | null> {
  const byId = new Map(tables.map(node => [node.id, node]));
  const table = byId.get(relation);
  if (!table || !madeOf(relation, byId).some(id => paths.has(byId.get(id)?.name ?? ''))) return null;
  const columns = columnsIn(table, byId);
  const column = columns.find(({ name }) => name === event);
  const time = column ? await edgeOf('min', table, column, execute, engine) : null;
  return time === null ? null : { table: table.name, time };
}

function columnsIn(node: ScanNode | RelationNode | CheckNode, byId: ReadonlyMap<string, ScanNode | RelationNode | CheckNode>): readonly PlanColumn[] {
  if (node.kind === 'relation') return node.columns;
  if (node.kind === 'scan') return [...node.columns, ...node.hidden.map(({ name, value }) => ({ name, type: value.type }))];
  const checked = byId.get(node.table);
  return checked ? columnsIn(checked, byId) : [];
}

/** Of each observation; none of a task without them. */
async function cutoffsIn(engine: RelationalEngine, { features }: NewPlan): Promise<readonly number[]> {
  const set = features.find(({ windows }) => windows.length > 0);
  return set === undefined ? [] : Array.from((await engine.matrix(set.id)).cutoff ?? [], Number);
}

/** `2024-01-31T10:00:00.123456Z`, or a day. */
function microsOf(text: string | null): number | null {
  const [, whole = '', fraction = ''] = /^(.*?)(?:\.(\d{1,6}))?Z?$/.exec(text ?? '') ?? [];
  const millis = Date.parse(whole.includes('T') ? `${whole}Z` : whole);
  return Number.isNaN(millis) ? null : millis * 1000 + Number(fraction.padEnd(6, '0'));
}
