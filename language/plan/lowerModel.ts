/** Models become training and choosing; evaluations become figures, claims and segments over them. */
import type { EvaluationModel, MetricExpr, ModelModel, SplitModel } from '../model/typed.ts';
import type { LoweredFeatures } from './lowerFeatures.ts';
import { freeId, inputsOf, type Lowering } from './lowering.ts';
import { type LoweredTask, ownReader } from './lowerTask.ts';
import type { EvaluateNode, PlanMetric } from './plan.ts';
import { lowerExpr, type Reader } from './planExpr.ts';
import { planSettings } from './planTypes.ts';

export interface LoweredModel {
  readonly id: string;
  readonly model: ModelModel;
  readonly task: LoweredTask;
  readonly split: string;
  readonly features: LoweredFeatures;
}

/** Draws start from the seed of the split, so that one number decides a run. */
export const seedOf = ({ method }: SplitModel): number => (method.kind === 'time' ? 0 : method.seed);

const labelOf = ({ label: { name, kind, positive, classes } }: LoweredTask): EvaluateNode['label'] => ({
  name,
  kind,
  positive,
  ...(classes && { classes }),
});

type Parts = Omit<LoweredModel, 'id' | 'model'> & { readonly seed: number };

export function lowerModel(
  model: ModelModel,
  { task, split, features, seed }: Parts,
  candidate: (name: string) => LoweredModel,
  lowering: Lowering,
): LoweredModel {
  const { definition } = model;
  const place = lowering.locate(model.place);
  const base = { name: model.name, place, split };
  if (definition.kind === 'best') {
    const candidates = definition.candidates.map(name => candidate(name).id);
    const id = freeId(lowering, `choose ${model.name}`, model.place.file);
    const { by: metric, on: partition } = definition;
    lowering.drafts.set(id, { ...base, kind: 'choose', id, inputs: inputsOf(...candidates, split), candidates, metric, partition });
    return { id, model, task, split, features };
  }
  const id = freeId(lowering, `train ${model.name}`, model.place.file);
  lowering.drafts.set(id, {
    ...base,
    kind: 'train',
    id,
    inputs: inputsOf(features.id, split),
    features: features.id,
    algorithm: definition.algorithm,
    parameters: planSettings(definition.settings),
    earlyStop: definition.earlyStop && { rounds: definition.earlyStop.rounds, on: definition.earlyStop.on },
    label: labelOf(task),
    seed,
  });
  return { id, model, task, split, features };
}

function metricOf(expr: MetricExpr, node: (model: string) => string): PlanMetric {
  switch (expr.kind) {
    case 'metric':
      return { op: 'metric', model: node(expr.model), metric: expr.metric, parameters: expr.parameters };
    case 'bound':
      return { op: 'bound', side: expr.side, of: metricOf(expr.of, node) };
    case 'drift':
      return { op: 'drift', subject: expr.subject, test: expr.test };
    case 'number':
      return { op: 'number', value: expr.value };
    case 'arithmetic':
      return { op: 'arithmetic', operator: expr.operator, left: metricOf(expr.left, node), right: metricOf(expr.right, node) };
  }
}

function modelsRead(metric: PlanMetric): readonly string[] {
  switch (metric.op) {
    case 'metric':
      return [metric.model];
    case 'bound':
      return modelsRead(metric.of);
    case 'arithmetic':
      return [...modelsRead(metric.left), ...modelsRead(metric.right)];
    case 'drift':
    case 'number':
      return [];
  }
}

export function lowerEvaluation(
  evaluation: EvaluationModel,
  judged: LoweredModel,
  split: string,
  named: (model: string) => LoweredModel,
  lowering: Lowering,
): void {
  const { task, features } = judged;
  const node = (name: string): string => named(name).id;
  const reader: Reader = { ...ownReader(task), feature: features.feature };
  const claims = evaluation.claims.map(({ text, place, left, comparison, right, severity }) => ({
    text,
    place: lowering.locate(place),
    left: metricOf(left, node),
    comparison,
    right: metricOf(right, node),
    severity,
  }));
  const baseline = evaluation.baseline === null ? null : node(evaluation.baseline);
  const others = [...new Set(claims.flatMap(claim => [...modelsRead(claim.left), ...modelsRead(claim.right)]))].filter(id => id !== judged.id);
  const id = freeId(lowering, `evaluate ${evaluation.name}`, evaluation.place.file);
  lowering.drafts.set(id, {
    kind: 'evaluate',
    id,
    name: evaluation.name,
    place: lowering.locate(evaluation.place),
    inputs: inputsOf(judged.id, split, features.id, baseline, ...others),
    model: judged.id,
    split,
    features: features.id,
    partition: evaluation.partition,
    where: evaluation.where && lowerExpr(evaluation.where, reader, 'bool'),
    metrics: evaluation.metrics.map(({ metric, parameters, place }) => ({ metric, parameters, place: lowering.locate(place) })),
    claims,
    segments: evaluation.segments.map(({ by, text, metrics, place }) => ({
      by: lowerExpr(by, reader),
      text,
      metrics,
      place: lowering.locate(place),
    })),
    baseline,
    others,
    label: labelOf(task),
  });
}
