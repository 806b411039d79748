/**
 * What the steps of one run share: the engine, opened when a step first needs it; tables, restored from the cache or made again when a
 * later step reads them; matrices and scores, made once. A run in which nothing changed opens no engine at all.
 */
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { EnsembleNode, FeaturesNode, Plan, PlanNode, PlanTarget, TrainNode } from '../language/plan/plan.ts';
import { assertSourceUnchanged, type Content } from './contents.ts';
import { isRelational, type NodeResult, type RelationalEngine, type RelationalNode } from './engine/relational.ts';
import type { Emit } from './events.ts';
import { cancelled } from './failure.ts';
import type { StepKeys } from './keys.ts';
import { lastReads, windowsAgain } from './lastReads.ts';
import type { FittedModel } from './learn/learner.ts';
import type { Matrix, MatrixColumn } from './learn/matrix.ts';
import { loadModel } from './learn/registry.ts';
import type { Tensor } from './learn/tensor/backend.ts';
import type { Machinery } from './machinery.ts';
import type { StepOutput } from './nodes/output.ts';
import type { RunOptions } from './options.ts';
import { recordPlace } from './places.ts';
import type { CacheEntry } from './store/cache.ts';
import { storing } from './store/files.ts';
import type { Store } from './store/store.ts';

export interface RawColumn {
  readonly feature: string;
  readonly column: MatrixColumn;
}

export interface Executed {
  readonly engine: RelationalEngine;
  readonly result: NodeResult;
  /** Of the step alone, without what had to be made ready for it. */
  readonly seconds: number;
}

export interface Workbench {
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly store: Store;
  readonly runId: string;
  /** A folder of this run alone, removed at its end. */
  readonly scratch: string;
  readonly node: (id: string) => PlanNode;
  readonly train: (id: string) => TrainNode;
  readonly keys: (id: string) => StepKeys;
  readonly output: (id: string) => StepOutput;
  readonly finished: (id: string, output: StepOutput) => void;
  /** Gives back the memory of what no step after this one reads. */
  readonly release: (id: string) => Promise<void>;
  readonly isCancelled: () => boolean;
  /** Throws when the run was cancelled. */
  readonly assertGoing: () => void;
  readonly progress: (node: PlanNode) => (done: number, total: number, unit: string, note: string | null) => void;
  readonly execute: (node: RelationalNode) => Promise<Executed>;
  /** The engine with the tables of the node and of all that it reads in place. */
  readonly tables: (id: string) => Promise<RelationalEngine>;
  readonly matrix: (features: string) => Promise<Matrix>;
  readonly raw: (features: string) => Promise<readonly RawColumn[]>;
  readonly tensor: () => Promise<Tensor>;
  /** What learned behind the id of a model: itself, what a `best of` chose, what was finished. */
  readonly trained: (id: string) => TrainNode | EnsembleNode;
  readonly keepModel: (id: string, model: FittedModel) => void;
  /** A model's scores of the labelled rows of a partition, as the partition is in that feature set, in the matrix's order. */
  readonly scores: (model: string, features: string, partition: string) => Promise<Float64Array>;
  readonly engineVersion: () => string | null;
  readonly close: () => Promise<void>;
}

/** How scores of any model are made, with the means of the workbench. */
export type Scoring = (
  bench: Workbench & { readonly model: (id: string) => FittedModel },
  id: string,
  features: string,
  partition: string,
) => Promise<Float64Array>;

export async function openWorkbench(
  plan: Plan,
  options: RunOptions,
  store: Store,
  runId: string,
  keys: ReadonlyMap<string, StepKeys>,
  contents: ReadonlyMap<string, Content>,
  open: Machinery,
  emit: Emit,
  scoresOf: Scoring,
): Promise<Workbench> {
  const scratch = await store.scratch();
  const nodes = new Map(plan.nodes.map(n => [n.id, n]));
  const outputs = new Map<string, StepOutput>();
  const inEngine = new Set<string>();
  const matrices = new Map<string, Promise<Matrix>>();
  const raws = new Map<string, Promise<readonly RawColumn[]>>();
  const models = new Map<string, FittedModel>();
  const scored = new Map<string, Float64Array>();
  const ends = lastReads(plan);
  let restored = 0;
  let engine: RelationalEngine | null = null;
  let tensor: Promise<Tensor> | null = null;

  const node = (id: string) => nodes.get(id) ?? missing(`The plan has no step ${id}`);
  const keysOf = (id: string) => keys.get(id) ?? missing(`The step ${id} has no key`);
  const output = (id: string) => outputs.get(id) ?? missing(`The step ${id} is not finished`);
  const isCancelled = () => options.signal.aborted;

  const progress = (of: PlanNode) => (done: number, total: number, unit: string, note: string | null) =>
    emit({ event: 'progress', node: of.id, ...recordPlace(of.place), done, total, unit, note });

  async function opened(): Promise<RelationalEngine> {
    engine ??= await open.engine(join(scratch, 'engine'));
    return engine;
  }

  async function execute(of: RelationalNode): Promise<Executed> {
    for (const input of of.inputs) await ensure(input);
    const running = await opened();
    const since = options.clock.now();
    const unchanged = async (): Promise<void> => {
      if (of.kind === 'scan') await assertSourceUnchanged(of, options.projectDir, contents.get(of.id));
    };
    const context = { cancelled: isCancelled, progress: progress(of), windowsAgain: windowsAgain(plan, of) };
    const result = await running.execute(of, context).catch(async (error: unknown) => {
      await unchanged();
      throw error;
    });
    // Before anything is said of what is in the files: it may be in none of them.
    await unchanged();
    inEngine.add(of.id);
    return { engine: running, result, seconds: (options.clock.now() - since) / 1000 };
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

  async function tables(id: string): Promise<RelationalEngine> {
    await ensure(id);
    return opened();
  }

  async function release(reader: string): Promise<void> {
    for (const id of ends.get(reader) ?? []) {
      const matrix = await matrices.get(id);
      matrices.delete(id);
      // A model's scores of its training rows hold on to their matrix.
      for (const [of, { known, ...model }] of models) if (known && known.matrix === matrix) models.set(of, model);
      raws.delete(id);
      if (inEngine.delete(id)) await engine?.release(id);
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

  const matrix = (features: string) =>
    once(matrices, features, async () => resampled(await (await tables(features)).matrix(features), node(features)));

  const bench: Workbench = {
    plan,
    options,
    store,
    runId,
    scratch,
    node,
    train: id => {
      const of = node(id);
      return of.kind === 'train' ? of : missing(`${id} is no model`);
    },
    keys: keysOf,
    output,
    finished: (id, value) => outputs.set(id, value),
    release,
    isCancelled,
    assertGoing: () => {
      if (isCancelled()) throw cancelled();
    },
    progress,
    execute,
    tables,
    matrix,
    raw: features => once(raws, features, async () => (await tables(features)).rawColumns(features, await matrix(features))),
    tensor: () => (tensor ??= open.tensor()),
    trained,
    keepModel: (id, value) => models.set(id, value),
    scores: async (id, features, partition) => {
      const key = JSON.stringify([id, features, partition]);
      const known = scored.get(key);
      if (known) return known;
      const scores = await scoresOf({ ...bench, model }, id, features, partition);
      scored.set(key, scores);
      return scores;
    },
    engineVersion: () => engine?.version ?? null,
    close: async () => {
      await engine?.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
  return bench;
}

/** With what its feature set says about rows that fits make up. */
const resampled = (matrix: Matrix, node: PlanNode): Matrix =>
  node.kind === 'features' && node.resample ? { ...matrix, resample: node.resample } : matrix;

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

/** Seconds that it takes to write a cell, about; it only decides what is kept. */
const secondsPerCell = 1e-7;

/**
 * Saves a node's tables for the cache where making them again takes clearly longer than writing them. What is not kept is made again when
 * a later step reads it; the step's own result is kept in any case.
 */
export async function savedTables(
  bench: Workbench,
  node: RelationalNode,
  { engine, result, seconds }: Executed,
): Promise<ReadonlyMap<string, string>> {
  if (seconds < 2 * result.rows * columnCount(bench, node) * secondsPerCell) return new Map();
  const folder = join(bench.scratch, `save-${bench.keys(node.id).key.slice(0, 16)}`);
  await storing('write the cache', () => mkdir(folder, { recursive: true }));
  await engine.save(node.id, folder);
  const names = await storing('write the cache', () => readdir(folder, { recursive: true, withFileTypes: true }));
  const files = names.filter(f => f.isFile()).map(f => join(f.parentPath, f.name));
  return new Map(files.map(path => [`${tablePrefix}${basename(path)}`, path]));
}

function columnCount(bench: Workbench, node: RelationalNode): number {
  switch (node.kind) {
    case 'scan':
      return node.columns.length + node.hidden.length;
    case 'relation':
      return node.columns.length;
    case 'check':
    case 'frame': {
      const of = bench.node(node.kind === 'check' ? node.table : node.relation);
      return isRelational(of) ? columnCount(bench, of) : 0;
    }
    case 'split':
      return 2;
    case 'features':
      return node.steps.length;
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

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(key);
  if (known) return known;
  const value = make();
  made.set(key, value);
  return value;
}

function missing(message: string): never {
  throw new Error(message);
}
