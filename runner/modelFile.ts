/** A trained model as a file of its own: opened alone it says what it was learned from, with what, and how. */
import type { Plan, PlanNode, TrainNode } from '../language/plan/plan.ts';
import type { Content } from './contents.ts';
import type { StepOutput } from './nodes/output.ts';
import type { RunRecord } from './record.ts';
import { canonical } from './store/canonical.ts';

export interface ModelFacts {
  readonly plan: Plan;
  readonly node: TrainNode;
  readonly output: StepOutput;
  readonly features: StepOutput;
  readonly fingerprint: string;
  readonly engine: RunRecord['engine'];
  readonly contents: ReadonlyMap<string, Content>;
}

const modelVersion = 1;

/** Keys in one order: equal models are equal files. */
export function modelFile({ plan, node, output, features, fingerprint, engine, contents }: ModelFacts): string {
  const [model] = output.models;
  if (!model || output.state === null) throw new Error(`${node.id} left no model`);
  const sources = sourcesOf(plan, node).map(scan => ({ name: scan.name, sha256: contents.get(scan.id)?.sha256 ?? null }));
  return `${canonical({
    version: modelVersion,
    name: model.name,
    algorithm: model.algorithm,
    parameters: model.parameters,
    features: model.features,
    trainedOn: model.trainedOn,
    label: node.label,
    seed: node.seed,
    plan: plan.fingerprint,
    fingerprint,
    sources,
    engine: { relational: engine.relational, tensor: engine.tensor },
    fitted: features.fitted ?? {},
    state: output.state,
  })}\n`;
}

function sourcesOf(plan: Plan, node: PlanNode): PlanNode[] {
  const nodes = new Map(plan.nodes.map(n => [n.id, n]));
  const wanted = new Set<string>();
  const visit = (id: string) => {
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const input of nodes.get(id)?.inputs ?? []) visit(input);
  };
  visit(node.id);
  return plan.nodes.filter(n => n.kind === 'scan' && wanted.has(n.id));
}
