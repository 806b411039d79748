/** The steps of a plan, taken one by one: each from the cache where its key is there, else computed and kept. */
import type { FeaturesNode, Plan, PlanNode } from '../language/plan/plan.ts';
import type { Content } from './contents.ts';
import { isRelational } from './engine/relational.ts';
import type { Emit } from './events.ts';
import { type StepKeys, stepKeys } from './keys.ts';
import { dependsOn, learnsNet, type Machinery, type Versions } from './machinery.ts';
import { chooseStep } from './nodes/choose.ts';
import { crossfitStep } from './nodes/crossfit.ts';
import { ensembleStep } from './nodes/ensemble.ts';
import { evaluateStep, predictionsName } from './nodes/evaluate.ts';
import { finishStep } from './nodes/finish.ts';
import type { Step, StepOutput } from './nodes/output.ts';
import { relationalStep } from './nodes/relational.ts';
import { scoresOf } from './nodes/scores.ts';
import { trainStep } from './nodes/train.ts';
import { tuneStep } from './nodes/tune.ts';
import type { RunOptions } from './options.ts';
import { type PlaceList, placesOf, relocate } from './places.ts';
import type { CacheEntry } from './store/cache.ts';
import type { Store } from './store/store.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** A cached step: its output with the places that it had when it was made. */
interface Kept {
  readonly output: StepOutput;
  readonly places: PlaceList;
}

export interface Taken {
  readonly step: Step;
  readonly isCached: boolean;
}

interface Caching {
  /** Whether what the cache has is taken from it. */
  readonly reads: boolean;
  /** Whether what is computed goes into it. */
  readonly keeps: boolean;
  /** Waits in the place of the step, until what was computed is in the cache: the next step need not. */
  readonly keeping?: (kept: Promise<void>) => void;
  /** Called with a feature set that is computed, when its matrix is there. */
  readonly ahead?: (features: FeaturesNode) => Promise<void>;
}

interface Opening {
  readonly options: RunOptions;
  readonly store: Store;
  /** What the run, or what looks at one, is called. */
  readonly id: string;
  readonly machinery: Machinery;
  readonly emit: Emit;
  /** What is going to be taken, of all that the plan has. */
  readonly steps: readonly PlanNode[];
}

/** A workbench whose steps have the keys of these contents: whoever opens it finds what any other has kept. Close it. */
export async function openBench(plan: Plan, contents: ReadonlyMap<string, Content>, opening: Opening): Promise<Workbench> {
  const { options, store, id, machinery, emit } = opening;
  return await openWorkbench({ plan, options, store, runId: id, ...(await keyed(plan, contents, opening)), contents, machinery, emit, scoresOf });
}

/** Tensors are loaded early only when a net is going to be trained: then the backend that did load is the one that counts. */
async function keyed(
  plan: Plan,
  contents: ReadonlyMap<string, Content>,
  { options, store, machinery, steps }: Opening,
): Promise<{ readonly versions: Versions; readonly keys: ReadonlyMap<string, StepKeys> }> {
  const expected = await machinery.versions();
  const keys = stepKeys(plan, contents, dependsOn(expected));
  for (const node of steps.filter(learnsNet)) {
    if (!options.force && (await store.cache.has(keys.get(node.id)?.key ?? ''))) continue;
    const versions = { ...expected, tensor: (await machinery.tensor()).name };
    return { versions, keys: versions.tensor === expected.tensor ? keys : stepKeys(plan, contents, dependsOn(versions)) };
  }
  return { versions: expected, keys };
}

/** Takes steps on the bench, which has them finished then; each comes after all that it reads. */
export function stepsOn(bench: Workbench, emit: Emit, { reads, keeps, keeping, ahead = noOne }: Caching): (node: PlanNode) => Promise<Taken> {
  const listPlaces = placesOf(bench.plan);
  const { cache } = bench.store;
  return async node => {
    const { key } = bench.keys(node.id);
    const kept = reads ? await fromCache(await cache.get(key), listPlaces(node)) : null;
    const step = kept ?? (await compute(bench, node, emit, ahead));
    if (keeps && !kept) {
      const written = cache.put(key, { output: step.output, places: listPlaces(node) } satisfies Kept, step.files);
      if (keeping) keeping(written);
      else await written;
    }
    bench.finished(node.id, step.output);
    return { step, isCached: kept !== null };
  };
}

/** The step and all that it reads, in the order of the plan. */
export function neededFor(plan: Plan, id: string): PlanNode[] {
  const wanted = new Set([id]);
  for (const node of [...plan.nodes].reverse()) if (wanted.has(node.id)) for (const input of node.inputs) wanted.add(input);
  return plan.nodes.filter(node => wanted.has(node.id));
}

const noOne = async (): Promise<void> => undefined;

function compute(bench: Workbench, node: PlanNode, emit: Emit, ahead: (features: FeaturesNode) => Promise<void>): Promise<Step> {
  if (isRelational(node)) return relationalStep(bench, node, emit, ahead);
  switch (node.kind) {
    case 'tune':
      return tuneStep(bench, node);
    case 'train':
      return trainStep(bench, node);
    case 'crossfit':
      return crossfitStep(bench, node);
    case 'finish':
      return finishStep(bench, node);
    case 'ensemble':
      return ensembleStep(bench, node);
    case 'choose':
      return chooseStep(bench, node);
    case 'evaluate':
      return evaluateStep(bench, node);
  }
}

/** Null where there is no entry, or its predictions are not what was written. Tables are looked at only when a step reads them. */
async function fromCache(entry: CacheEntry | null, places: PlaceList): Promise<Step | null> {
  if (entry === null) return null;
  const kept = entry.value as Kept;
  const files = new Map<string, string>();
  if (entry.names.includes(predictionsName)) {
    const path = await entry.file(predictionsName);
    if (path === null) return null;
    files.set(predictionsName, path);
  }
  return { output: relocate(kept.output, kept.places, places), files };
}
