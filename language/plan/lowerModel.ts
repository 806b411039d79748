/** Models become training and choosing; evaluations become figures, claims and segments over them. */
import type { EvaluationModel, InnerFolds, MetricExpr, ModelModel, SplitModel, ThresholdModel, TuneModel } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import type { LoweredFeatures } from './lowerFeatures.ts';
import { type Folding, foldsOf, mergedOf, partitionsOf } from './lowerFolds.ts';
import { freeId, inputsOf, type Lowering, Unplannable } from './lowering.ts';
import { type LoweredTask, ownReader } from './lowerTask.ts';
import type { CrossfitOf, EvaluateNode, PlanClaim, PlanMetric, PlanPlace, PlanThreshold } from './plan.ts';
import { lowerExpr, type Reader } from './planExpr.ts';
import { planSettings } from './planTypes.ts';

export interface LoweredModel {
  /** The node whose scores are the model's. */
  readonly id: string;
  /** Its `train` node, where it has one. */
  readonly trained: string;
  /** Of a `best of`. */
  readonly candidates: readonly LoweredModel[];
  readonly model: ModelModel;
  readonly task: LoweredTask;
  readonly split: string;
  readonly features: LoweredFeatures;
  readonly parts: Parts;
}

/** Draws start from the seed of the split, so that one number decides a run. */
export const seedOf = ({ method }: SplitModel): number => (method.kind === 'time' ? 0 : method.seed);

const labelOf = ({ label: { name, kind, positive, classes } }: LoweredTask): EvaluateNode['label'] => ({
  name,
  kind,
  positive,
  ...(classes && { classes }),
});

/** What models of one declaration share. */
export interface Parts {
  readonly task: LoweredTask;
  readonly split: string;
  readonly splitModel: SplitModel;
  readonly features: LoweredFeatures;
  readonly seed: number;
  /** What is learned is part of another step. */
  readonly isPart?: true;
}

export type Training = Extract<ModelModel['definition'], { kind: 'algorithm' }>;

/** Out-of-fold scores of a trained model on folds of the pool; the same folds for every model of the split. */
function crossfitOf(of: LoweredModel, pool: Folding['pool'], lowering: Lowering, inner: InnerFolds | null = null): string {
  const { splitModel } = of.parts;
  const isAll = pool.length > 1;
  const repeats = isAll ? splitModel.repeats : 1;
  const usual = { count: splitModel.folds ?? 5, group: null };
  const folding = { pool, inner: inner ?? usual, repeats, seed: of.parts.seed, reader: ownReader(of.task) };
  const folds = foldsOf(of.features.id, folding, lowering);
  const id = `crossfit ${of.trained.slice('train '.length)}${isAll ? ' · all but test' : ''}${inner && inner.count !== usual.count ? ` · ${inner.count} folds` : ''}`;
  const there = lowering.drafts.get(id);
  if (there?.kind === 'crossfit' && there.model === of.trained && there.folds.join() === folds.join()) return id;
  const free = freeId(lowering, id, of.model.place.file);
  const place = lowering.locate(of.model.place);
  lowering.drafts.set(free, {
    kind: 'crossfit',
    id: free,
    name: of.model.name,
    place,
    inputs: inputsOf(of.trained, ...folds),
    model: of.trained,
    folds,
    repeats,
  });
  return free;
}

/** The trained models behind a name: itself, or the candidates of a choice. */
const trainedModels = (of: LoweredModel): readonly LoweredModel[] => (of.candidates.length ? of.candidates.flatMap(trainedModels) : [of]);

/** Out-of-fold scores of every model behind these names, over all rows that are not test. */
function crossfitsOf(models: readonly LoweredModel[], lowering: Lowering, pool: Folding['pool'] = ['train', 'validate']): readonly CrossfitOf[] {
  const all = [...new Map(models.flatMap(trainedModels).map(model => [model.id, model])).values()];
  return all.map(model => {
    if (model.model.definition.kind === 'ensemble') throw new Unplannable(`${model.model.name} is an ensemble and has no scores on folds`);
    return { model: model.id, crossfit: crossfitOf(model, pool, lowering) };
  });
}

function lowerTune(model: ModelModel, definition: Training, tune: TuneModel, parts: Parts, lowering: Lowering): string {
  const { task, features, seed } = parts;
  const folding = { pool: ['train'] as const, inner: tune.inner, repeats: 1, seed, reader: ownReader(task) };
  const folds = tune.on === 'folds' ? foldsOf(features.id, folding, lowering) : [features.id];
  const id = freeId(lowering, `tune ${model.name}`, model.place.file);
  const searched = new Set(tune.space.map(range => range.name));
  const parameters = Object.fromEntries(Object.entries(planSettings(definition.settings)).filter(([name]) => !searched.has(name)));
  lowering.drafts.set(id, {
    ...(parts.isPart && { part: true }),
    kind: 'tune',
    id,
    name: model.name,
    place: lowering.locate(tune.place),
    inputs: inputsOf(...folds),
    folds,
    algorithm: definition.algorithm,
    parameters,
    space: tune.space,
    trials: tune.trials,
    method: tune.method,
    metric: tune.metric,
    partition: tune.on,
    balance: definition.training.balance,
    earlyStop: definition.earlyStop && { rounds: definition.earlyStop.rounds },
    label: labelOf(task),
    seed,
  });
  return id;
}

export function lowerTrained(model: ModelModel, definition: Training, parts: Parts, lowering: Lowering): LoweredModel {
  const { task, split, features, seed } = parts;
  const { training, earlyStop } = definition;
  const { tune, calibrate, threshold, refit } = training;
  const tuned = tune && lowerTune(model, definition, tune, parts, lowering);
  const folding = { pool: ['train'] as const, inner: { count: parts.splitModel.folds ?? 5, group: null }, repeats: 1, seed, reader: ownReader(task) };
  const stopFolds = earlyStop?.on === 'folds' ? foldsOf(features.id, folding, lowering) : [];
  const place = lowering.locate(model.place);
  const id = freeId(lowering, `train ${model.name}`, model.place.file);
  lowering.drafts.set(id, {
    ...(parts.isPart && { part: true }),
    name: model.name,
    place,
    split,
    kind: 'train',
    id,
    inputs: inputsOf(features.id, split, tuned, ...stopFolds),
    features: features.id,
    algorithm: definition.algorithm,
    parameters: planSettings(definition.settings),
    tuned,
    balance: training.balance,
    earlyStop: earlyStop && { rounds: earlyStop.rounds, on: earlyStop.on, folds: stopFolds },
    label: labelOf(task),
    seed,
  });
  const trained: LoweredModel = { id, trained: id, candidates: [], model, task, split, features, parts };
  if (!calibrate && !threshold && !refit) return trained;
  const onFolds = threshold !== null && threshold.kind !== 'value' && threshold.on === 'folds';
  const crossfit = calibrate || onFolds ? crossfitOf(trained, ['train'], lowering) : null;
  const merged = refit ? mergedOf(features.id, lowering) : null;
  const finished = freeId(lowering, `finish ${model.name}`, model.place.file);
  lowering.drafts.set(finished, {
    kind: 'finish',
    id: finished,
    name: model.name,
    place,
    inputs: inputsOf(id, crossfit, features.id, merged),
    model: id,
    crossfit,
    calibrate,
    threshold: threshold && planThreshold(threshold),
    refit: merged,
    label: labelOf(task),
  });
  return { ...trained, id: finished };
}

function planThreshold(threshold: ThresholdModel): PlanThreshold {
  switch (threshold.kind) {
    case 'value':
      return { kind: 'value', value: threshold.value };
    case 'metric':
      return { kind: 'metric', metric: threshold.metric, direction: threshold.direction, on: threshold.on };
    case 'cost':
      return { kind: 'cost', falsePositive: threshold.falsePositive, falseNegative: threshold.falseNegative, on: threshold.on };
  }
}

/** `candidate` lowers the model of a name. */
export function lowerModel(model: ModelModel, parts: Parts, candidate: (name: string) => LoweredModel, lowering: Lowering): LoweredModel {
  const { definition } = model;
  const { task, split, features, seed } = parts;
  if (definition.kind === 'algorithm') return lowerTrained(model, definition, parts, lowering);
  const base = { name: model.name, place: lowering.locate(model.place), split };
  if (definition.kind === 'best') {
    const candidates = definition.candidates.map(candidate);
    const ids = candidates.map(({ id }) => id);
    const { by: metric, on: partition } = definition;
    const crossfits = partition === 'folds' ? crossfitsOf(candidates, lowering, ['train']) : [];
    const refit = definition.refit
      ? candidates.flatMap(trainedModels).map(of => ({ model: of.id, features: mergedOf(of.features.id, lowering) }))
      : [];
    const id = freeId(lowering, `choose ${model.name}`, model.place.file);
    const inputs = inputsOf(...ids, split, ...crossfits.map(c => c.crossfit), ...refit.map(r => r.features));
    lowering.drafts.set(id, { ...base, kind: 'choose', id, inputs, candidates: ids, metric, partition, crossfits, refit });
    return { id, trained: id, candidates, model, task, split, features, parts };
  }
  const members = definition.members.map(candidate).map(of => ({
    model: of.id,
    crossfit: definition.final ? crossfitOf(soleOf(of), ['train'], lowering, { count: definition.folds, group: null }) : null,
  }));
  const id = freeId(lowering, `ensemble ${model.name}`, model.place.file);
  lowering.drafts.set(id, {
    ...base,
    kind: 'ensemble',
    id,
    inputs: inputsOf(...members.flatMap(({ model: of, crossfit }) => [of, crossfit]), features.id, split),
    members,
    final: definition.final && { algorithm: definition.final.algorithm, parameters: planSettings(definition.final.settings) },
    features: features.id,
    label: labelOf(task),
    seed,
  });
  return { id, trained: id, candidates: [], model, task, split, features, parts };
}

/** Members of a stack are models of their own. */
function soleOf(of: LoweredModel): LoweredModel {
  if (of.candidates.length || of.model.definition.kind !== 'algorithm') throw new Unplannable(`${of.model.name} is no single model`);
  return of;
}

function metricOf(expr: MetricExpr, named: Named): PlanMetric {
  switch (expr.kind) {
    case 'metric': {
      const { metric, evaluation } = expr;
      const { id: model } = named.model(expr.model, expr.home);
      if (!evaluation) return { op: 'metric', model, metric };
      const id = named.evaluation(evaluation, metric, expr.place);
      return { op: 'metric', model, metric, evaluation: id };
    }
    case 'bound':
      return { op: 'bound', side: expr.side, of: metricOf(expr.of, named) };
    case 'drift':
      return { op: 'drift', subject: expr.subject, test: expr.test };
    case 'number':
      return { op: 'number', value: expr.value };
    case 'arithmetic':
      return { op: 'arithmetic', operator: expr.operator, left: metricOf(expr.left, named), right: metricOf(expr.right, named) };
  }
}

function modelsRead(metric: PlanMetric): readonly string[] {
  switch (metric.op) {
    case 'metric':
      return metric.evaluation === undefined ? [metric.model] : [];
    case 'bound':
      return modelsRead(metric.of);
    case 'arithmetic':
      return [...modelsRead(metric.left), ...modelsRead(metric.right)];
    case 'drift':
    case 'number':
      return [];
  }
}

/** Evaluations of other rows whose figures it reads. */
function evaluationsRead(metric: PlanMetric): readonly string[] {
  switch (metric.op) {
    case 'metric':
      return metric.evaluation === undefined ? [] : [metric.evaluation];
    case 'bound':
      return evaluationsRead(metric.of);
    case 'arithmetic':
      return [...evaluationsRead(metric.left), ...evaluationsRead(metric.right)];
    case 'drift':
    case 'number':
      return [];
  }
}

/** Models that claims compare with on the same rows. */
function othersOf(claims: EvaluationModel['claims'], judged: LoweredModel, named: Named): LoweredModel[] {
  const models = new Map<string, LoweredModel>();
  const visit = (metric: MetricExpr): void => {
    if (metric.kind === 'metric' && !metric.evaluation) models.set(`${metric.home}\0${metric.model}`, named.model(metric.model, metric.home));
    if (metric.kind === 'bound') visit(metric.of);
    if (metric.kind === 'arithmetic') [metric.left, metric.right].forEach(visit);
  };
  for (const { left, right } of claims) [left, right].forEach(visit);
  return [...models.values()].filter(({ id }) => id !== judged.id);
}

export interface Named {
  /** The model of a name in the evaluation's file, or in another. */
  model(name: string, file?: string): LoweredModel;
  /** The node of an evaluation that is declared there, with the metric among its own. */
  evaluation(at: { readonly file: string; readonly decl: string }, metric: string, place: Place): string;
}

/** Gives the node's id. */
export function lowerEvaluation(evaluation: EvaluationModel, judged: LoweredModel, split: string, named: Named, lowering: Lowering): string {
  const { task, features } = judged;
  const reader: Reader = { ...ownReader(task), feature: features.feature };
  const planned = ({ text, place, left, comparison, right, severity }: EvaluationModel['claims'][number]): PlanClaim => ({
    text,
    place: lowering.locate(place),
    left: metricOf(left, named),
    comparison,
    right: metricOf(right, named),
    severity,
  });
  const claims = evaluation.claims.map(planned);
  const segments = evaluation.segments.map(({ by, text, metrics, place, claims: own, confusion }) => ({
    by: lowerExpr(by, reader),
    text,
    metrics,
    place: lowering.locate(place),
    ...(own.length > 0 && { claims: own.map(planned) }),
    ...(confusion && { confusion: lowering.locate(place) }),
  }));
  const baseline = evaluation.baseline === null ? null : named.model(evaluation.baseline).id;
  const all = [...claims, ...segments.flatMap(segment => segment.claims ?? [])];
  const read = all.flatMap(({ left, right }) => [left, right]);
  const others = [...new Set(read.flatMap(modelsRead))].filter(id => id !== judged.id);
  const written = [...evaluation.claims, ...evaluation.segments.flatMap(segment => segment.claims)];
  const judgedModels = [judged, ...(evaluation.baseline === null ? [] : [named.model(evaluation.baseline)]), ...othersOf(written, judged, named)];
  const crossfits = evaluation.partition === 'folds' ? crossfitsOf(judgedModels, lowering) : [];
  const rowsOf = split === judged.split ? null : partitionsOf(split, lowering);
  const id = freeId(lowering, `evaluate ${evaluation.name}`, evaluation.place.file);
  lowering.drafts.set(id, {
    kind: 'evaluate',
    id,
    name: evaluation.name,
    place: lowering.locate(evaluation.place),
    inputs: inputsOf(judged.id, split, features.id, rowsOf, baseline, ...others, ...crossfits.map(c => c.crossfit), ...read.flatMap(evaluationsRead)),
    model: judged.id,
    split,
    features: features.id,
    ...(rowsOf !== null && { rowsOf }),
    partition: evaluation.partition,
    where: evaluation.where && lowerExpr(evaluation.where, reader, 'bool'),
    metrics: evaluation.metrics.map(({ metric, place }) => ({ metric, place: lowering.locate(place) })),
    claims,
    segments,
    ...(evaluation.confusion && { confusion: lowering.locate(evaluation.confusion) }),
    ...(evaluation.plausible && { plausible: plausibleOf(evaluation.plausible, lowering) }),
    baseline,
    others,
    crossfits,
    label: labelOf(task),
  });
  return id;
}

function plausibleOf(
  { metric, from, to, place }: NonNullable<EvaluationModel['plausible']>,
  lowering: Lowering,
): NonNullable<EvaluateNode['plausible']> {
  const end = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { metric, from: end(from), to: end(to), place: lowering.locate(place) };
}

/** A figure that another evaluation reads is one of this evaluation. */
export function withMetric(id: string, metric: string, place: PlanPlace, lowering: Lowering): void {
  const draft = lowering.drafts.get(id);
  if (draft?.kind !== 'evaluate' || draft.metrics.some(own => own.metric === metric)) return;
  lowering.drafts.set(id, { ...draft, metrics: [...draft.metrics, { metric, place }] });
}
