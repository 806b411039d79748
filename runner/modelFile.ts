/** A model as a file of its own: opened alone it says what it was learned from, with what, and how, and holds all that scoring needs. */
import type { ChooseNode, EnsembleNode, FinishNode, Plan, PlanNode, TrainNode } from '../language/plan/plan.ts';
import type { Content } from './contents.ts';
import type { StepOutput } from './nodes/output.ts';
import type { RunRecord } from './record.ts';
import type { ScoringModel } from './serve/scorer.ts';
import { canonical } from './store/canonical.ts';

/** The nodes whose scores are a model's. */
export type ModelNode = TrainNode | FinishNode | EnsembleNode | ChooseNode;

/** Whether the node is a model as people know it: one that is finished afterwards has a node of its own for that. */
export function isModel(node: PlanNode, { nodes }: Plan): node is ModelNode {
  if (node.part) return false;
  if (node.kind === 'train') return !nodes.some(other => other.kind === 'finish' && other.model === node.id);
  return node.kind === 'finish' || node.kind === 'ensemble' || node.kind === 'choose';
}

export interface ModelFacts {
  readonly plan: Plan;
  readonly node: ModelNode;
  readonly output: StepOutput;
  readonly scoring: ScoringModel;
  readonly fingerprint: string;
  readonly engine: RunRecord['engine'];
  readonly contents: ReadonlyMap<string, Content>;
}

const modelVersion = 2;

/** Keys in one order: equal models are equal files. */
export function modelFile({ plan, node, output, scoring, fingerprint, engine, contents }: ModelFacts): string {
  const [model] = output.models;
  if (!model) throw new Error(`${node.id} left no model`);
  const sources = sourcesOf(plan, node).map(scan => ({ name: scan.name, sha256: contents.get(scan.id)?.sha256 ?? null }));
  return `${canonical({
    version: modelVersion,
    name: model.name,
    algorithm: model.algorithm,
    parameters: model.parameters,
    features: model.features,
    trainedOn: model.trainedOn,
    seed: plan.seed,
    plan: plan.fingerprint,
    fingerprint,
    sources,
    engine: { relational: engine.relational, tensor: engine.tensor },
    scoring,
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
