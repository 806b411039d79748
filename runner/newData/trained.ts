/** What a model of a run learned from, made again from the run's own data: its training rows before any transform, and their scores. */
import type { Plan, PlanNode } from '../../language/plan/plan.ts';
import { contentsOf } from '../contents.ts';
import { cancelled, RunFailed } from '../failure.ts';
import { stepKeys } from '../keys.ts';
import type { Matrix } from '../learn/matrix.ts';
import { dependsOn, type Machinery } from '../machinery.ts';
import { isModel, type ModelNode } from '../modelFile.ts';
import { gatherIds, rowsIn } from '../nodes/rows.ts';
import { sampleOf } from '../nodes/samples.ts';
import { scoresOf } from '../nodes/scores.ts';
import type { RunOptions } from '../options.ts';
import { placesOf, recordPlace } from '../places.ts';
import { compute, fromCache, type Kept } from '../run.ts';
import type { Store } from '../store/store.ts';
import type { DriftSample } from '../watch/sample.ts';
import { openWorkbench, type Workbench } from '../workbench.ts';
import type { TrainedRun } from './lastRun.ts';

export interface Learned {
  readonly features: ReadonlyMap<string, DriftSample>;
  /** Row-major where there are several classes. */
  readonly scores: Float64Array;
  readonly entity: Int32Array;
}

export function modelNode(plan: Plan, name: string): ModelNode {
  const node = plan.nodes.find((n): n is ModelNode => n.name === name && isModel(n, plan));
  if (!node) throw new Error(`The plan has no model ${name}.`);
  return node;
}

function neededFor(plan: Plan, id: string): PlanNode[] {
  const wanted = new Set([id]);
  for (const node of [...plan.nodes].reverse()) if (wanted.has(node.id)) for (const input of node.inputs) wanted.add(input);
  return plan.nodes.filter(node => wanted.has(node.id));
}

/** The rows of `train` of the feature set, as the model saw them. Throws where the run's data are not there any more. */
export async function learnedFrom(
  { plan, record }: TrainedRun,
  model: ModelNode,
  features: string,
  store: Store,
  options: RunOptions,
  machinery: Machinery,
): Promise<Learned> {
  const contents = await contentsOf(plan, options.projectDir, store.sources);
  const steps = neededFor(plan, model.id);
  for (const scan of steps.filter(node => node.kind === 'scan')) {
    const before = record.sources.find(source => source.name === scan.name)?.sha256;
    if (before === contents.get(scan.id)?.sha256) continue;
    throw new RunFailed(
      'findings',
      `The data of \`${scan.name}\` have changed since the run ${record.id}, so what \`${model.name}\` learned from is not there any more.`,
      `Run the program again: \`cupel run ${record.program[0]?.path ?? ''}\`.`,
      recordPlace(scan.place),
    );
  }
  const hashes = new Map([...contents].map(([id, content]) => [id, content.sha256]));
  const keys = stepKeys(plan, hashes, dependsOn(await machinery.versions()));
  const bench = await openWorkbench(plan, options, store, 'drift', keys, contents, machinery, () => undefined, scoresOf);
  try {
    const listPlaces = placesOf(plan);
    for (const node of steps) {
      if (options.signal.aborted) throw cancelled();
      const { key } = bench.keys(node.id);
      const kept = await fromCache(await store.cache.get(key), listPlaces(node));
      const step = kept ?? (await compute(bench, node, () => undefined));
      if (!kept) await store.cache.put(key, { output: step.output, places: listPlaces(node) } satisfies Kept, step.files);
      bench.finished(node.id, step.output);
    }
    return await samplesOf(bench, model, features);
  } finally {
    await bench.close().catch(() => undefined);
  }
}

async function samplesOf(bench: Workbench, model: ModelNode, features: string): Promise<Learned> {
  const matrix: Matrix = await bench.matrix(features);
  const train = rowsIn(matrix, 'train');
  const entity = gatherIds(matrix.entity, train);
  const raw = await bench.raw(features);
  return {
    features: new Map(raw.map(({ feature, column }) => [feature, sampleOf(column, train, entity)])),
    scores: await bench.scores(model.id, features, 'train'),
    entity,
  };
}
