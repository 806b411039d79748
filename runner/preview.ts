/** What a run would do, and why, without doing it. */
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { contentsOf } from './contents.ts';
import { asFailure } from './failure.ts';
import { type StepKeys, stepKeys } from './keys.ts';
import { dependsOn, type Machinery, machineryOf } from './machinery.ts';
import type { RunOptions } from './options.ts';
import { recordPlace } from './places.ts';
import type { RecordPlace } from './record.ts';
import { type RememberedStep, rememberedSteps } from './remembered.ts';
import { openStore } from './store/store.ts';

export interface PlannedStep extends RecordPlace {
  readonly id: string;
  readonly kind: PlanNode['kind'];
  readonly name: string;
  readonly cached: boolean;
  /** One line for people. */
  readonly because: string;
  readonly fingerprint: string;
  /** Made for folds, and nothing that was declared. */
  readonly part?: true;
}

export async function previewRun(plan: Plan, options: RunOptions, machinery: Machinery = machineryOf(options)): Promise<readonly PlannedStep[]> {
  try {
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, options.projectDir, store.sources);
    const keys = stepKeys(plan, contents, dependsOn(await machinery.versions()));
    const before = await rememberedSteps(store, plan);
    const steps: PlannedStep[] = [];
    const willRun = new Set<string>();
    for (const node of plan.nodes) {
      const own = keys.get(node.id);
      if (!own) throw new Error(`The step ${node.id} has no key`);
      const cached = !options.force && (await store.cache.has(own.key));
      if (!cached) willRun.add(node.id);
      const because = cached
        ? 'nothing it is made of changed'
        : why(plan, node, own, before[node.id], contents.get(node.id)?.sha256 ?? null, willRun, options.force);
      steps.push({
        id: node.id,
        kind: node.kind,
        name: node.name,
        cached,
        because,
        fingerprint: own.fingerprint,
        ...(node.part && { part: node.part }),
        ...recordPlace(node.place),
      });
    }
    return steps;
  } catch (error) {
    throw asFailure(error, null) ?? error;
  }
}

function why(
  plan: Plan,
  node: PlanNode,
  own: StepKeys,
  before: RememberedStep | undefined,
  content: string | null,
  willRun: ReadonlySet<string>,
  force: boolean,
): string {
  if (force) return '--force';
  if (node.kind === 'scan' && content === null) return `there is no file ${node.path}`;
  if (before === undefined) return 'it has not been run before';
  if (before.key === own.key) return 'the cache no longer has its result';
  if (before.definition !== own.definition) return 'its definition changed';
  if (before.content !== content) return 'its data changed';
  const changed = node.inputs.filter(id => willRun.has(id)).map(id => plan.nodes.find(n => n.id === id)?.name ?? id);
  return changed.length > 0 ? `it reads ${[...new Set(changed)].join(', ')}` : 'the engine or a backend changed';
}
