/** What a model of a run learned from, made again from the run's own data: its training rows before any transform, and their scores. */
import type { Plan } from '../../language/plan/plan.ts';
import { contentsOf } from '../contents.ts';
import { cancelled, RunFailed } from '../failure.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Machinery } from '../machinery.ts';
import { isModel, type ModelNode } from '../modelFile.ts';
import { gatherIds, rowsIn } from '../nodes/rows.ts';
import { sampleOf } from '../nodes/samples.ts';
import type { RunOptions } from '../options.ts';
import { recordPlace } from '../places.ts';
import { neededFor, openBench, stepsOn } from '../steps.ts';
import type { Store } from '../store/store.ts';
import type { DriftSample } from '../watch/sample.ts';
import type { Workbench } from '../workbench.ts';
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
  const emit = () => undefined;
  const bench = await openBench(plan, contents, { options, store, id: 'drift', machinery, emit, steps });
  try {
    const take = stepsOn(bench, emit, { reads: true, keeps: true });
    for (const node of steps) {
      if (options.signal.aborted) throw cancelled();
      await take(node);
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
