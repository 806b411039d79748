/** Models made of models: the best of several by a metric, their mean, and a model that learns from their out-of-fold scores. */
import { entryOf, namesOf } from '../catalogue/catalogue.ts';
import { stackingSettings } from '../catalogue/training.ts';
import type { ModelDeclaration, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { type SettingItem, settingsOf, wrongSetting } from './blockSettings.ts';
import { settingValue, typeSettings } from './catalogueSettings.ts';
import { type Environment, taskOf } from './environment.ts';
import { typeExpression } from './expression.ts';
import { metricNamed } from './metrics.ts';
import { problem, respell } from './problem.ts';
import { refer } from './references.ts';
import { scopeFor } from './scopes.ts';
import { noRow } from './scopesRow.ts';
import { chosenOn, refitOf } from './training.ts';
import type { ModelModel, TaskModel } from './typed.ts';

interface Modelling {
  readonly env: Environment;
  readonly declaration: ModelDeclaration;
  readonly place: (span: Span) => Place;
}

type Definition = ModelDeclaration['definition'];

const ensembles: readonly string[] = ['stacking', 'blend'];

export const isEnsemble = (algorithm: string): boolean => ensembles.includes(algorithm);

interface Members {
  readonly first: ModelModel;
  readonly task: TaskModel;
  readonly names: readonly string[];
}

/** What keeps two models from being compared on the same rows; null: nothing. */
export function learnsElsewhere(a: ModelModel, b: ModelModel): 'task' | 'split' | null {
  const differs = (what: 'task' | 'split'): boolean => a[what] !== b[what] || a.files[what] !== b.files[what];
  return differs('task') ? 'task' : differs('split') ? 'split' : null;
}

/** The task or split with its file: two of one name are told apart by it. */
export const namedWithFile = (model: ModelModel, other: ModelModel, what: 'task' | 'split'): string =>
  `\`${model[what]}\`${model[what] === other[what] ? ` of \`${model.files[what]}\`` : ''}`;

/** The models of these names, of one task and one split; null when one is missing. */
function membersOf({ env, place }: Modelling, names: readonly Name[]): Members | null {
  const members = names.flatMap(name => {
    const model = refer(env, name, 'model') && env.model(name.text);
    return model ? [{ name, model }] : [];
  });
  const [first, ...others] = members;
  const task = first ? taskOf(env, first.model) : null;
  if (!first || !task || members.length < names.length) return null;
  for (const { name, model } of others) {
    const differs = learnsElsewhere(model, first.model);
    if (!differs) continue;
    env.report(
      problem(
        'wrong-setting',
        place(name.span),
        `\`${name.text}\` learns on the ${differs} ${namedWithFile(model, first.model, differs)}, \`${first.name.text}\` on ${namedWithFile(first.model, model, differs)}.`,
        { help: 'Only models of one task and one split can be compared on the same rows.' },
      ),
    );
  }
  return { first: first.model, task, names: members.map(({ model }) => model.name) };
}

/** An ensemble has no scores of its own on folds. */
function requireSingle({ env }: Modelling, names: readonly Name[], what: string): void {
  for (const name of names) {
    if (!holdsEnsemble(env, name.text)) continue;
    wrongSetting(
      env,
      name.span,
      `\`${name.text}\` is made of several models, which cannot be ${what}.`,
      'Choose among single models, or on `validate`.',
    );
  }
}

/** Whether the model is, or may choose, an ensemble. */
export function holdsEnsemble(env: Environment, name: string): boolean {
  const model = env.model(name);
  const { definition } = model ?? {};
  if (!model || definition?.kind !== 'best') return definition?.kind === 'ensemble';
  const home = env.seenFrom(model.place.file);
  return definition.candidates.some(candidate => holdsEnsemble(home, candidate));
}

const typed = ({ declaration, place }: Modelling, { first, task }: Members, definition: ModelModel['definition']): ModelModel => ({
  kind: 'model',
  name: declaration.name.text,
  place: place(declaration.name.span),
  features: first.features,
  task: task.name,
  split: first.split,
  files: first.files,
  definition,
});

export function typeBest(modelling: Modelling, definition: Extract<Definition, { kind: 'best' }>): ModelModel | null {
  const { env, declaration, place } = modelling;
  const items = settingsOf(env, '`best of`', declaration.items, ['refit']);
  const members = membersOf(modelling, definition.of);
  const metric = metricNamed(env, definition.by, members?.task.label ?? null);
  const split =
    members &&
    env
      .seenFrom(members.first.files.split)
      .splits(members.task)
      .find(({ name }) => name === members.first.split);
  if (!members || !split) return null;
  const training = { env, task: members.task, split, place };
  const at = definition.by.kind === 'missing' ? declaration.name.span : definition.by.span;
  const on = chosenOn(training, definition.on, at, 'model');
  const refit = refitOf(training, items.get('refit'));
  if (on?.on === 'folds' || refit) requireSingle(modelling, definition.of, on?.on === 'folds' ? 'chosen on folds' : 'learned again');
  return typed(modelling, members, {
    kind: 'best',
    candidates: members.names,
    by: metric?.metric ?? 'auc',
    on: on?.on ?? 'validate',
    onPlace: on?.place ?? place(at),
    refit,
  });
}

/** The algorithm behind `final`, with its defaults; null after reporting that there is none for such labels. */
function finalOf({ env, place }: Modelling, item: SettingItem | undefined, { task }: Members) {
  const kind = task.label?.kind ?? 'binary';
  const fitting = namesOf('algorithm').filter(name => entryOf('algorithm', name)?.labels.some(label => label === kind));
  const usual = kind === 'binary' || kind === 'classes' ? 'logistic_regression' : 'ridge';
  const name = item?.value.kind === 'name' ? item.value.name : null;
  const word = item && item.value.kind !== 'missing' ? (name?.text ?? '') : usual;
  const entry = fitting.includes(word) ? entryOf('algorithm', word) : null;
  if (!entry) {
    const near = nearest(word, fitting);
    const at = place(item?.value.span ?? { start: 0, end: 0 });
    env.report(
      problem('wrong-setting', at, `\`final\` is an algorithm that learns such labels.`, {
        help: near ? `Did you mean \`${near}\`?` : `They are ${fitting.map(other => `\`${other}\``).join(', ')}.`,
        fixes: near ? [respell(at, near)] : [],
      }),
    );
    return null;
  }
  const settings = typeSettings(
    entry.name,
    item?.value.span ?? { start: 0, end: 0 },
    entry.settings,
    [],
    scopeFor(env, 'constant', noRow),
    typeExpression,
  );
  return { algorithm: entry.name, settings };
}

/** `stacking(a, b) { final: ridge, folds: 5 }`, `blend(a, b)`. */
export function typeEnsemble(modelling: Modelling, definition: Extract<Definition, { kind: 'algorithm' }>): ModelModel | null {
  const { env, declaration, place } = modelling;
  const isStack = definition.algorithm.text === 'stacking';
  const items = settingsOf(env, `\`${definition.algorithm.text}\``, declaration.items, isStack ? ['final', 'folds'] : []);
  if (definition.args.length < 2) {
    env.report(
      problem('missing-item', place(definition.span), `\`${definition.algorithm.text}\` combines models, at least two.`, {
        help: `Name them: \`${definition.algorithm.text}(linear, trees)\`.`,
      }),
    );
    return null;
  }
  const twice = definition.args.find((name, i) => definition.args.findIndex(other => other.text === name.text) < i);
  if (twice) wrongSetting(env, twice.span, `\`${twice.text}\` is there twice.`, 'Name each model once.');
  const members = membersOf(modelling, definition.args);
  if (!members) return null;
  for (const name of isStack ? definition.args : []) {
    const member = env.model(name.text);
    if (!member || member.definition.kind === 'algorithm') continue;
    wrongSetting(
      env,
      name.span,
      `\`${name.text}\` is made of other models, and \`stacking\` takes single ones.`,
      'Name the models that it is made of.',
    );
  }
  const item = items.get('folds');
  const folds = item && settingValue(stackingSettings.folds, item.value, scopeFor(env, 'constant', noRow), typeExpression);
  const final = isStack ? finalOf(modelling, items.get('final'), members) : null;
  if (isStack && !final) return null;
  return typed(modelling, members, {
    kind: 'ensemble',
    members: members.names,
    final,
    folds: typeof folds === 'number' ? folds : stackingSettings.folds.default,
  });
}
