/** Evaluations: a model on a partition, with metrics, claims, segments and what would be too good to be true. */
import { entryOf } from '../catalogue/catalogue.ts';
import type { EvaluateDeclaration, Item, Name } from '../syntax/ast.ts';
import type { Place, Span } from '../text/place.ts';
import { unknownSetting, wrongSetting } from './blockSettings.ts';
import { holdsEnsemble, learnsElsewhere, namedWithFile } from './ensembles.ts';
import { type Environment, featuresOf, isSame, relationOf, taskOf } from './environment.ts';
import { claimOf, type Evaluating, hasDrift, isClaim, type Metrics, metricsIn, readsOthers, wordsOf, written } from './evaluationClaims.ts';
import { typeExpression } from './expression.ts';
import { featureRow } from './features.ts';
import { type Judging, judgingOn } from './judging.ts';
import { rangeOfConstants } from './literals.ts';
import { requireCondition } from './meeting.ts';
import { checkAlone, confusionWord, type Judged, labelWords, metricNamed, type Named, typeMetric } from './metrics.ts';
import { hasPartition } from './partitions.ts';
import { problem } from './problem.ts';
import { refer } from './references.ts';
import type { Scope } from './scope.ts';
import { scopeFor } from './scopes.ts';
import type { ClaimModel, EvaluationModel, ModelModel } from './typed.ts';
import { atHome } from './walk.ts';

/** Whether `confusion` is asked for; reported where the label has no classes. */
function asksConfusion({ env, task, place }: Evaluating, item: Item): Place | null {
  if (item.kind !== 'expression' || item.value.kind !== 'name' || item.value.name.text !== confusionWord) return null;
  const at = place(item.value.span);
  const { label } = task;
  if (!label || label.kind === 'binary' || label.kind === 'classes') return at;
  env.report(
    problem('metric-does-not-fit', at, `\`${confusionWord}\` counts rows by class, and \`${label.name}\` is ${labelWords[label.kind]}.`, {
      help: 'Leave it out.',
      related: [{ place: label.place, message: `the label \`${label.name}\`` }],
    }),
  );
  return at;
}

function segmentOf(
  evaluating: Evaluating,
  item: Extract<Item, { kind: 'segment' }>,
  scope: Scope,
  judged: Judged,
): EvaluationModel['segments'][number] {
  const { env, task, text, place } = evaluating;
  const metrics: string[] = [];
  const claims: ClaimModel[] = [];
  let confusion = false;
  const add = (metric: string): void => {
    if (!metrics.includes(metric)) metrics.push(metric);
  };
  for (const inner of item.items) {
    if (inner.kind === 'expression' && isClaim(inner)) {
      const claim = claimOf(evaluating, inner, judged);
      if (!claim) continue;
      if (hasDrift(claim.left) || hasDrift(claim.right))
        wrongSetting(env, inner.span, 'Drift is of all evaluated rows, not of a segment.', 'Claim it outside of `by`.');
      else if (readsOthers(claim.left) || readsOthers(claim.right))
        wrongSetting(env, inner.span, 'A segment is compared with models on its own rows.', 'Name the model, not the evaluation.');
      else claims.push(claim);
      for (const { metric } of [...metricsIn(claim.left, judged.model), ...metricsIn(claim.right, judged.model)]) add(metric);
    } else if (asksConfusion(evaluating, inner)) confusion = true;
    else if (inner.kind === 'expression') {
      const found = metricNamed(env, inner.value, task.label);
      if (found) add(found.metric);
    } else if (inner.kind === 'block') unknownSetting(env, '`by`', inner.word, []);
    else wrongSetting(env, inner.span, 'A segment lists metrics and claims.', 'Write it as `by sex { auc, recall >= 0.5 }`.');
  }
  const by = atHome(typeExpression(item.by, scope), evaluating.env.file);
  return { by, text: written(text, item.by.span), place: place(item.by.span), metrics, claims, confusion };
}

function plausibleOf({ env, task, place }: Evaluating, item: Extract<Item, { kind: 'setting' }>): EvaluationModel['plausible'] {
  const { value } = item;
  if (value.kind === 'missing') return null;
  const range = value.kind === 'binary' && value.operator === 'in' ? rangeOfConstants(value.right) : null;
  if (value.kind !== 'binary' || !range || (range.kind !== null && range.kind !== 'number')) {
    wrongSetting(env, value.span, '`plausible` says in which range a figure can be believed.', 'Write it as `plausible: auc in 0.6..0.9`.');
    return null;
  }
  const found = metricNamed(env, value.left, task.label);
  const { min, max } = range.bounds;
  if (min !== null && max !== null && min > max) {
    env.report(
      problem('impossible-range', place(value.right.span), 'No figure lies in this range: its lower end is above its upper end.', {
        help: 'Swap the two ends.',
      }),
    );
    return null;
  }
  return found && { metric: found.metric, from: min ?? Number.NEGATIVE_INFINITY, to: max ?? Number.POSITIVE_INFINITY, place: place(value.span) };
}

/** What `NAME.auc` is about: a model on the same rows, or a named evaluation, which may be of others. */
function modelNamed({ env, model }: Evaluating, name: Name, on: Judging | null): Named | null {
  const found = refer(env, name, 'model', 'evaluate');
  if (!found) return null;
  const evaluation = found.kind === 'evaluate' ? env.evaluated(found) : null;
  const other = evaluation?.model ?? env.model(name.text);
  if (!other) return null;
  const label = taskOf(env, other)?.label ?? null;
  const differs = learnsElsewhere(other, model);
  if (evaluation && on && (evaluation.isFiltered || evaluation.partition !== on.text || differs)) {
    if (evaluation.isEarlier) return { model: other, label, evaluation: found };
    wrongSetting(
      env,
      name.span,
      `\`${name.text}\` judges other rows, and stands below this evaluation.`,
      'Compare in the lower one: figures are read of evaluations above.',
    );
    return null;
  }
  if (!differs) return { model: other, label, evaluation: null };
  const named = `\`${other.name}\` is learned on the ${differs} ${namedWithFile(other, model, differs)}, \`${model.name}\` on ${namedWithFile(model, other, differs)}`;
  wrongSetting(
    env,
    name.span,
    `${named}: their figures are not of the same rows.`,
    'Name an evaluation of it above, `evaluate … as NAME`, and compare with `NAME`.',
  );
  return null;
}

/** The first baseline of the same task and split, unless it is the judged model itself. */
function baselineOf(env: Environment, model: ModelModel): string | null {
  const found = env.baselines().find(m => learnsElsewhere(m, model) === null);
  return found && !isSame(found, model) ? found.name : null;
}

export function typeEvaluation(declaration: EvaluateDeclaration, env: Environment, text: string): EvaluationModel | null {
  const place = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const model = refer(env, declaration.model, 'model') && env.model(declaration.model.text);
  const task = model && taskOf(env, model);
  const relation = task && relationOf(env, task);
  if (!model || !task || !relation) {
    for (const item of declaration.items) checkAlone(env, item);
    return null;
  }
  const features = featuresOf(env, model);
  const evaluating: Evaluating = { env, text, place, model, task, features };
  const on = judgingOn(env, declaration.partition, model, place);
  const partitionPlace = place(declaration.partition.span);
  if (on?.split) hasPartition(env, on.split, on.partition, partitionPlace);
  if (on?.partition === 'folds' && holdsEnsemble(env, model.name)) {
    wrongSetting(
      env,
      partitionPlace.span,
      `\`${model.name}\` is made of several models, which have no figures on folds.`,
      'Judge it on `validate` or `test`.',
    );
  }

  const defined = new Map((features?.features ?? []).filter(({ defines }) => defines).map(feature => [feature.name, feature.value]));
  const scope = scopeFor(env, 'segment', featureRow(task, relation, defined));
  const where = declaration.where && atHome(typeExpression(declaration.where, scope), env.file);
  if (where) requireCondition(scope, where, '`where`');

  const judged: Judged = { env, model, label: task.label, features, modelNamed: name => modelNamed(evaluating, name, on), driftTest: null };
  const metrics: Metrics[] = [];
  const claims: ClaimModel[] = [];
  const segments: EvaluationModel['segments'][number][] = [];
  let plausible: EvaluationModel['plausible'] = null;
  let confusion: Place | null = null;
  for (const item of declaration.items) {
    switch (item.kind) {
      case 'expression': {
        const asked = asksConfusion(evaluating, item);
        if (asked) {
          confusion = asked;
          break;
        }
        const claim = isClaim(item) ? claimOf(evaluating, item, judged) : null;
        if (claim) {
          claims.push(claim);
          metrics.push(...metricsIn(claim.left, model), ...metricsIn(claim.right, model));
        } else if (!isClaim(item)) {
          const { test } = wordsOf(evaluating, item.words);
          const figure = typeMetric({ ...judged, driftTest: test?.text ?? null }, item.value);
          if (figure) metrics.push(...metricsIn(figure, model));
        }
        break;
      }
      case 'segment':
        segments.push(segmentOf(evaluating, item, scope, judged));
        break;
      case 'setting':
        if (item.name.text !== 'plausible') unknownSetting(env, '`evaluate`', item.name, entryOf('metric', item.name.text) ? [] : ['plausible']);
        else {
          plausible = plausibleOf(evaluating, item);
          if (plausible) metrics.push({ metric: plausible.metric, place: plausible.place });
        }
        break;
      case 'block':
        unknownSetting(env, '`evaluate`', item.word, ['by']);
        break;
      case 'definition':
        wrongSetting(env, item.span, '`evaluate` defines no names.', 'Write a metric or a claim: `auc >= 0.80`.');
        break;
    }
  }
  if (!on) return null;
  const distinct = metrics.filter((metric, index) => metrics.findIndex(other => other.metric === metric.metric) === index);
  return {
    kind: 'evaluate',
    name: declaration.as?.text || `${model.name} on ${on.text}`,
    model: model.name,
    modelFile: model.place.file,
    partition: on.partition,
    partitionPlace,
    split: on.split?.name ?? model.split,
    splitFile: on.split?.place.file ?? model.files.split,
    where,
    place: place(declaration.model.span),
    metrics: distinct,
    claims,
    segments,
    confusion,
    plausible,
    baseline: baselineOf(env, model),
  };
}
