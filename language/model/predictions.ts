/**
 * `predict(M)`: what another model says of the observation, as a feature. The model learns anew wherever the set does: on the training rows
 * of the fold in force, and out of fold for these rows themselves; so only a model that learns by itself can stand here.
 */
import type { ExprOf, Name } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import { type Environment, featuresOf } from './environment.ts';
import { carried, joinFacts, joinFit, withFit, withoutIdentity } from './factOps.ts';
import { problem } from './problem.ts';
import { refer } from './references.ts';
import { placeIn, type Scope } from './scope.ts';
import type { LabelModel, TaskModel, TypedExpr } from './typed.ts';
import { floatType, isNumber } from './typeOps.ts';
import type { Type } from './types.ts';
import { failed, report } from './typing.ts';
import { pure } from './units.ts';

export const predictWord = 'predict';

function typeOfScore({ kind, classes, value }: LabelModel): Type {
  if (kind === 'binary') return floatType({ min: 0, max: 1 }, pure);
  if (kind === 'classes') return { kind: 'vector', size: classes?.length ?? 0, nullable: false };
  return floatType({ min: null, max: null }, isNumber(value.type) ? value.type.unit : pure);
}

/** The model of that name as a feature of a set for `task`; null after reporting why it is none. */
export function predictionOf(name: Name, place: Place, env: Environment, task: TaskModel): TypedExpr | null {
  const model = refer(env, name, 'model') && env.model(name.text);
  const set = model && featuresOf(env, model);
  const { label } = task;
  if (!model || !set || !label) return null;
  const related = [{ place: model.place, message: `the model \`${model.name}\`` }];
  if (model.task !== task.name || model.files.task !== task.place.file) {
    const of = model.task === task.name ? ` of \`${model.files.task}\`` : '';
    const message = `\`${model.name}\` predicts for the task \`${model.task}\`${of}, whose observations are others than those of \`${task.name}\`.`;
    env.report(problem('wrong-arguments', place, message, { help: `Name a model of \`${task.name}\`.`, related }));
    return null;
  }
  if (model.definition.kind !== 'algorithm') {
    const message = `\`${model.name}\` is made of other models, and \`${predictWord}\` takes one that learns by itself.`;
    env.report(problem('wrong-arguments', place, message, { help: 'Name the models that it is made of, each as a feature.', related }));
    return null;
  }
  const read = set.features.map(feature => feature.value.facts);
  const facts = withoutIdentity(carried(joinFacts(...read), place, `\`${model.name}\` learns from it`));
  return {
    kind: 'prediction',
    model: model.name,
    file: env.file,
    type: typeOfScore(label),
    facts: withFit(facts, joinFit(facts.fit, 'train')),
    place,
  };
}

export function predictionCall(expr: ExprOf<'call'>, scope: Scope): TypedExpr {
  const place = placeIn(scope, expr.span);
  const [argument, ...others] = expr.args;
  const given = argument?.value.kind === 'name' ? scope.argument(argument.value.name.text)?.expr : undefined;
  const value = given ?? argument?.value;
  if (value?.kind !== 'name' || others.length > 0 || argument?.name || argument?.window) {
    if (value?.kind !== 'missing')
      report(scope, 'wrong-arguments', expr.span, `\`${predictWord}\` takes the name of one model.`, { help: `Write \`${predictWord}(gbt)\`.` });
    return failed(place);
  }
  if (scope.prediction) return scope.prediction(value.name, place) ?? failed(place);
  report(scope, 'wrong-arguments', expr.callee.span, `What a model says is a feature, and none stands here.`, {
    help: 'Move it into `features`: there the model learns from the training rows of each fold.',
  });
  return failed(place);
}
