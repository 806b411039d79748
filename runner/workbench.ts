/**
 * What the steps of one run share: the engine, opened when a step first needs it; tables, restored from the cache or made again when a
 * later step reads them; matrices and scores, made once. A run in which nothing changed opens no engine at all.
 */
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnsembleNode, FeaturesNode, Plan, PlanNode, PlanTarget, TrainNode } from '../language/plan/plan.ts';
import { openBeside } from './beside/beside.ts';
import type { JobName, Jobs } from './beside/jobs.ts';
import { assertSourceUnchanged, type Content } from './contents.ts';
import { isRelational, type NodeResult, type RelationalEngine, type RelationalNode } from './engine/relational.ts';
import type { Emit } from './events.ts';
import { cancelled } from './failure.ts';
import type { StepKeys } from './keys.ts';
import { lastReads, readLater, windowsAgain } from './lastReads.ts';
import type { RawColumn } from './learn/columnFile.ts';
import type { FittedModel } from './learn/learner.ts';
import type { Matrix } from './learn/matrix.ts';
import { loadModel } from './learn/registry.ts';
import type { Tensor } from './learn/tensor/backend.ts';
import type { Machinery, Versions } from './machinery.ts';
import { matricesOf } from './matrices.ts';
import type { StepOutput } from './nodes/output.ts';
import { predictionsOf } from './nodes/predictions.ts';
import type { RunOptions } from './options.ts';
import { recordPlace } from './places.ts';
import type { CacheEntry } from './store/cache.ts';
import { storing } from './store/files.ts';
import type { Store } from './store/store.ts';

export type { RawColumn };

export interface Executed {
  readonly engine: RelationalEngine;
  readonly result: NodeResult;
}

export interface Workbench {
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly store: Store;
  readonly runId: string;
  /** Of what the steps are computed with: their keys hold them. */
  readonly versions: Versions;
  /** A folder of this run alone, removed at its end. */
  readonly scratch: string;
  readonly node: (id: string) => PlanNode;
  readonly train: (id: string) => TrainNode;
  readonly keys: (id: string) => StepKeys;
  readonly output: (id: string) => StepOutput;
  /** Of the steps that are finished. */
  readonly outputs: ReadonlyMap<string, StepOutput>;
  readonly finished: (id: string, output: StepOutput) => void;
  /** Gives back the memory of what no step after this one reads. */
  readonly release: (id: string) => Promise<void>;
  readonly isCancelled: () => boolean;
  /** Throws when the run was cancelled. */
  readonly assertGoing: () => void;
  readonly progress: (node: PlanNode) => (done: number, total: number, unit: string, note: string | null) => void;
  readonly execute: (node: RelationalNode) => Promise<Executed>;
  /** The engine, whatever tables are in it. */
  readonly engine: () => Promise<RelationalEngine>;
  /** The engine with the tables of the node and of all that it reads in place. */
  readonly tables: (id: string) => Promise<RelationalEngine>;
  /** As `tables`, but a feature set may be without what only its entities' columns lie in. */
  readonly ownTables: (id: string) => Promise<RelationalEngine>;
  readonly matrix: (features: string) => Promise<Matrix>;
  readonly raw: (features: string) => Promise<readonly RawColumn[]>;
  /** A job over the matrix of a feature set, in a second thread where that is worth it. */
  readonly beside: <K extends JobName>(job: K, features: string, given: Jobs[K]['given']) => Promise<Jobs[K]['gives']>;
  /** Has the second thread started and open the matrix of this feature set, if jobs over it are for that thread. */
  readonly readyBeside: (features: string) => Promise<void>;
  /** The matrix as a file, for the cache. */
  readonly matrixFile: (features: string) => Promise<string>;
  /** Whether steps that learn or judge read the table of the step. */
  readonly isReadLater: (id: string) => boolean;
  readonly tensor: () => Promise<Tensor>;
  /** What learned behind the id of a model: itself, what a `best of` chose, what was finished. */
  readonly trained: (id: string) => TrainNode | EnsembleNode;
  readonly keepModel: (id: string, model: FittedModel) => void;
  /** A model's scores of the labelled rows of a partition, as the partition is in that feature set, in the matrix's order. */
  readonly scores: (model: string, features: string, partition: string) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

/** How scores of any model are made, with the means of the workbench. */
export type Scoring = (
  bench: Workbench & { readonly model: (id: string) => FittedModel },
  id: string,
  features: string,
  partition: string,
) => Promise<Float64Array>;

/** What a workbench is made of. */
export interface WorkbenchParts {
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly store: Store;
  readonly runId: string;
  readonly versions: Versions;
  readonly keys: ReadonlyMap<string, StepKeys>;
  readonly contents: ReadonlyMap<string, Content>;
  readonly machinery: Machinery;
  readonly emit: Emit;
  readonly scoresOf: Scoring;
}

export async function openWorkbench(parts: WorkbenchParts): Promise<Workbench> {
  const { plan, options, store, runId, versions, keys, contents, machinery, emit, scoresOf } = parts;
  const scratch = await store.scratch();
  const nodes = new Map(plan.nodes.map(n => [n.id, n]));
  const outputs = new Map<string, StepOutput>();
  const inEngine = new Set<string>();
  const models = new Map<string, FittedModel>();
  const scored = new Map<string, Promise<Float64Array>>();
  const ends = lastReads(plan);
  const later = readLater(plan);
  const sheds = new Map<string, readonly string[]>();
  let restored = 0;
  let engine: Promise<RelationalEngine> | null = null;
  let tensor: Promise<Tensor> | null = null;

  const node = (id: string) => nodes.get(id) ?? missing(`The plan has no step ${id}`);
  const keysOf = (id: string) => keys.get(id) ?? missing(`The step ${id} has no key`);
  const output = (id: string) => outputs.get(id) ?? missing(`The step ${id} is not finished`);
  const isCancelled = () => options.signal.aborted;

  const progress = (of: PlanNode) => (done: number, total: number, unit: string, note: string | null) =>
    emit({ event: 'progress', node: of.id, ...recordPlace(of.place), done, total, unit, note });

  function opened(): Promise<RelationalEngine> {
    const bytes = [...contents].reduce((sum, [id, content]) => sum + content.bytes * unpacking(node(id)), 0);
    engine ??= machinery.engine(join(scratch, 'engine'), bytes);
    return engine;
  }

  /** `last`: tables that nothing reads after this. */
  async function execute(of: RelationalNode, last: readonly string[] = []): Promise<Executed> {
    for (const input of of.inputs) await ensure(input);
    const predictions = of.kind === 'features' ? await predictionsOf({ ...bench, model }, of) : null;
    const running = await opened();
    const unchanged = async (): Promise<void> => {
      if (of.kind === 'scan') await assertSourceUnchanged(of, options.projectDir, contents.get(of.id));
    };
    const going = { cancelled: isCancelled, progress: progress(of) };
    const context = { ...going, windowsAgain: windowsAgain(plan, of), last, ...(predictions && { predictions }) };
    const result = await running.execute(of, context).catch(async (error: unknown) => {
      await unchanged();
      throw error;
    });
    // Before anything is said of what is in the files: it may be in none of them.
    await unchanged();
    inEngine.add(of.id);
    return { engine: running, result };
  }

  /** Tables of a finished node come back from the cache where they can; else the node is executed again. */
  async function ensure(id: string): Promise<void> {
    const of = node(id);
    if (inEngine.has(id) || !isRelational(of)) return;
    if (isCancelled()) throw cancelled();
    for (const input of of.inputs) await ensure(input);
    const tables = options.force ? null : await cachedTables(await store.cache.get(keysOf(id).key));
    if (tables === null) {
      await execute(of);
      return;
    }
    const folder = join(scratch, `restore-${restored++}`);
    await storing('read the cache', async () => {
      await mkdir(folder, { recursive: true });
      for (const [name, path] of tables) await linkOrCopy(path, join(folder, name));
    });
    await (await opened()).restore(of, folder);
    inEngine.add(id);
  }

  async function ownTables(id: string): Promise<RelationalEngine> {
    await ensure(id);
    return opened();
  }

  async function tables(id: string): Promise<RelationalEngine> {
    for (const gone of sheds.get(id) ?? []) await ensure(gone);
    return ownTables(id);
  }

  /** What nothing reads any more but the set, and its matrix neither. */
  async function shed(features: string): Promise<void> {
    const last = lastOf(features);
    const gone = last.length ? await (await opened()).shed(features, last) : [];
    for (const id of gone) inEngine.delete(id);
    sheds.set(features, [...(sheds.get(features) ?? []), ...gone]);
  }

  const lastOf = (features: string): readonly string[] => (ends.tables.get(features) ?? []).filter(id => inEngine.has(id));

  /** As a step of its own; not to have its tables again. */
  async function executeStep(of: RelationalNode): Promise<Executed> {
    for (const input of of.inputs) await ensure(input);
    if (of.kind !== 'features') return execute(of);
    const executed = await execute(of, lastOf(of.id));
    if (!executed.result.findings.some(f => f.severity === 'error')) await shed(of.id);
    return executed;
  }

  async function release(reader: string): Promise<void> {
    for (const id of ends.tables.get(reader) ?? []) if (inEngine.delete(id)) await (await engine)?.release(id);
    for (const id of ends.matrices.get(reader) ?? []) {
      const matrix = await matrices.release(id);
      // A model's scores of its training rows hold on to their matrix.
      for (const [of, { known, ...model }] of models) if (known && known.matrix === matrix) models.set(of, model);
    }
  }

  function trained(id: string): TrainNode | EnsembleNode {
    const of = node(id);
    if (of.kind === 'train' || of.kind === 'ensemble') return of;
    if (of.kind === 'finish') return trained(of.model);
    if (of.kind !== 'choose') return missing(`${id} is no model`);
    return trained(output(id).chosen ?? missing(`${id} has chosen nothing`));
  }

  function model(id: string): FittedModel {
    const known = models.get(id);
    if (known) return known;
    const loaded = loadModel(output(id).state ?? missing(`${id} has no model`));
    models.set(id, loaded);
    return loaded;
  }

  const matrices = matricesOf({
    folder: scratch,
    tables: ownTables,
    shed,
    async restore(features, path) {
      if (options.force) return false;
      const file = await (await store.cache.get(keysOf(features).key))?.file(matrixName);
      if (file === null || file === undefined) return false;
      await storing('read the cache', () => linkOrCopy(file, path));
      return true;
    },
  });
  const set = (id: string): FeaturesNode => {
    const of = node(id);
    return of.kind === 'features' ? of : missing(`${id} is no feature set`);
  };

  const second = openBeside(options.threads);
  const bench: Workbench = {
    plan,
    options,
    store,
    runId,
    versions,
    scratch,
    node,
    train: id => {
      const of = node(id);
      return of.kind === 'train' ? of : missing(`${id} is no model`);
    },
    keys: keysOf,
    output,
    outputs,
    finished: (id, value) => outputs.set(id, value),
    release,
    isCancelled,
    assertGoing: () => {
      if (isCancelled()) throw cancelled();
    },
    progress,
    execute: executeStep,
    engine: opened,
    tables,
    ownTables,
    matrix: id => matrices.matrix(set(id)),
    raw: id => matrices.raw(set(id)),
    beside: async (job, id, given) => {
      const of = set(id);
      const { rows, columns } = await matrices.matrix(of);
      const source = async () => ({ matrix: await matrices.matrix(of), raw: await matrices.raw(of) });
      return second.ask(job, { source, file: () => matrices.wholeFile(of), cells: rows * columns.length }, given);
    },
    readyBeside: async id => {
      const of = set(id);
      const { rows, columns } = await matrices.matrix(of);
      await second.ready({ file: () => matrices.wholeFile(of), cells: rows * columns.length });
    },
    matrixFile: id => matrices.file(set(id)),
    isReadLater: id => later.has(id),
    tensor: () => (tensor ??= machinery.tensor()),
    trained,
    keepModel: (id, value) => models.set(id, value),
    scores: (id, features, partition) => {
      const key = JSON.stringify([id, features, partition]);
      const known = scored.get(key);
      if (known) return known;
      const scores = scoresOf({ ...bench, model }, id, features, partition);
      scored.set(key, scores);
      return scores;
    },
    close: async () => {
      await second.close();
      // An engine that did not open has said so where it was asked for.
      const open = await engine?.catch(() => null);
      try {
        await open?.close();
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
  return bench;
}

/** About how many bytes a byte of a file is in a table. */
function unpacking(of: PlanNode): number {
  return of.kind === 'scan' && (of.connector === 'parquet' || of.path.endsWith('.gz')) ? 5 : 1;
}

const matrixName = 'matrix';
const tablePrefix = 'tables/';

/** Null where there are none, or not all are what was written. */
async function cachedTables(entry: CacheEntry | null): Promise<ReadonlyMap<string, string> | null> {
  const names = entry?.names.filter(name => name.startsWith(tablePrefix)) ?? [];
  const paths = new Map<string, string>();
  for (const name of names) {
    const path = await entry?.file(name);
    if (path === null || path === undefined) return null;
    paths.set(name.slice(tablePrefix.length), path);
  }
  return paths.size === 0 ? null : paths;
}

/**
 * What is kept of a finished step for later runs: of feature sets their matrix, and tables that either steps after learning read or that
 * take clearly longer to make than to write. Their kind alone decides: the same program keeps the same on any machine. What is not kept is
 * made again when a step reads it; the step's own result is kept in any case.
 */
export async function savedFiles(bench: Workbench, node: RelationalNode, { engine }: Executed): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  if (node.kind === 'features') files.set(matrixName, await bench.matrixFile(node.id));
  if (!bench.isReadLater(node.id) && !isDear(node)) return files;
  const folder = join(bench.scratch, `save-${bench.keys(node.id).key.slice(0, 16)}`);
  await storing('write the cache', () => mkdir(folder, { recursive: true }));
  await engine.save(node.id, folder);
  const names = await storing('write the cache', () => readdir(folder, { recursive: true, withFileTypes: true }));
  for (const file of names) if (file.isFile()) files.set(`${tablePrefix}${file.name}`, join(file.parentPath, file.name));
  return files;
}

/** Windows, joins and aggregates look at many rows for one; of texts, only plain CSV is read about as fast as what the cache would hold. */
function isDear(node: RelationalNode): boolean {
  switch (node.kind) {
    case 'scan':
      return node.connector === 'json';
    case 'relation':
      return node.steps.some(step => !['filter', 'project', 'union'].includes(step.op));
    case 'frame':
      return (node.label?.windows.length ?? 0) > 0;
    case 'features':
      return node.windows.length > 0;
    case 'check':
    case 'split':
      return false;
  }
}

export function featuresOf(bench: Workbench, id: string): FeaturesNode {
  const of = bench.node(id);
  return of.kind === 'features' ? of : missing(`${id} is no feature set`);
}

/** The label of the task that a feature set is for. */
export function labelOf(bench: Workbench, features: string): PlanTarget | null {
  const frame = bench.node(featuresOf(bench, features).frame);
  return frame.kind === 'frame' ? frame.label : null;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to);
  }
}

function missing(message: string): never {
  throw new Error(message);
}
