/** Models: an algorithm with its settings on a feature set, and the split that it is learned on. */
import { entryOf, laterWord, namesOf } from '../catalogue/catalogue.ts';
import type { AlgorithmEntry, SettingEntry } from '../catalogue/entry.ts';
import { trainingWords } from '../catalogue/training.ts';
import type { ModelDeclaration, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { type SettingItem, settingsOf, wrongSetting } from './blockSettings.ts';
import { settingValue, typeSettings } from './catalogueSettings.ts';
import { isEnsemble, typeBest, typeEnsemble } from './ensembles.ts';
import { type Environment, taskOf } from './environment.ts';
import { typeExpression } from './expression.ts';
import { labelWords } from './metrics.ts';
import { checkMonotone } from './monotone.ts';
import { hasPartition, partitionOf } from './partitions.ts';
import { problem, respell } from './problem.ts';
import { refer } from './references.ts';
import { scopeFor } from './scopes.ts';
import { noRow } from './scopesRow.ts';
import { typeTraining } from './training.ts';
import type { FeatureSetModel, ModelModel, SplitModel, TaskModel } from './typed.ts';

export interface Modelling {
  readonly env: Environment;
  readonly declaration: ModelDeclaration;
  readonly place: (span: Span) => Place;
}

// ---------------------------------------------------------------- the split

/** The split that the model is learned on: the one it names, else the task's first. */
function splitOf({ env, place, declaration }: Modelling, task: TaskModel, item: SettingItem | undefined): SplitModel | null {
  const all = env.splits(task);
  if (item && item.value.kind !== 'missing') {
    const name = item.value.kind === 'name' ? item.value.name.text : null;
    const found = all.find(split => split.name === name);
    if (found) return found;
    const near =
      name === null
        ? null
        : nearest(
            name,
            all.map(split => split.name),
          );
    env.report(
      problem('unknown-name', place(item.value.span), `\`${task.name}\` has no split ${name === null ? 'of that kind' : `\`${name}\``}.`, {
        help: near
          ? `Did you mean \`${near}\`?`
          : all.length
            ? `Its splits are ${all.map(split => `\`${split.name}\``).join(', ')}.`
            : `Declare it: \`split ${task.name} at random { test: 20% }\`.`,
        fixes: near ? [respell(place(item.value.span), near)] : [],
      }),
    );
    return null;
  }
  const [first] = all;
  if (first) return first;
  // A split that is declared but could not be typed has been reported already.
  if (env.hasSplit(task)) return null;
  // One cause, said once however many models wait for it: at the task, where this file declares it.
  const isHere = task.place.file === env.file;
  env.report(
    problem(
      'missing-item',
      isHere ? task.place : place(declaration.name.span),
      `\`${task.name}\` has no split, so its models have no rows to learn from.`,
      {
        help: `Declare one: \`split ${task.name} at random { test: 20%, validate: 15%, seed: 42 }\`.`,
        related: isHere
          ? [{ place: place(declaration.name.span), message: `\`${declaration.name.text}\` waits for it` }]
          : [{ place: task.place, message: `the task \`${task.name}\`` }],
      },
    ),
  );
  return null;
}

// ---------------------------------------------------------------- algorithms

function algorithmNamed({ env, place }: Modelling, name: Name): AlgorithmEntry | null {
  const entry = entryOf('algorithm', name.text);
  if (entry || name.text === '') return entry;
  if (laterWord('algorithm', name.text)) {
    env.report(
      problem('later-form', place(name.span), `\`${name.text}\` does not run yet.`, {
        help: `Algorithms that do: ${namesOf('algorithm')
          .map(n => `\`${n}\``)
          .join(', ')}.`,
      }),
    );
    return null;
  }
  const near = nearest(name.text, namesOf('algorithm'));
  env.report(
    problem('unknown-name', place(name.span), `There is no algorithm \`${name.text}\`.`, {
      help: near
        ? `Did you mean \`${near}\`?`
        : `Algorithms are ${namesOf('algorithm')
            .map(n => `\`${n}\``)
            .join(', ')}.`,
      fixes: near ? [respell(place(name.span), near)] : [],
    }),
  );
  return null;
}

const earlyStop: SettingEntry = { name: 'early_stop', type: 'int', min: 1, doc: 'Rounds without improvement after which training stops.' };

/** Rounds are counted on validate; without that partition, or `on folds`, their number is learned on inner folds of train. */
function earlyStopOf({ env, place }: Modelling, entry: AlgorithmEntry, split: SplitModel | null, item: SettingItem | undefined) {
  if (!item || item.value.kind === 'missing') return null;
  const rounds = settingValue(earlyStop, item.value, scopeFor(env, 'constant', noRow), typeExpression);
  const on = item.on;
  if (on && on.kind !== 'missing' && on.kind !== 'name') {
    wrongSetting(env, on.span, 'Training watches one partition.', 'Write it as `early_stop: 10 on validate`.');
    return null;
  }
  const hasValidate = !split || (split.method.kind === 'time' ? split.method.validate !== null : split.method.validate > 0);
  const word = on?.kind === 'name' ? on.name.text : hasValidate ? 'validate' : 'folds';
  const partition = partitionOf(word);
  const at = place(on?.span ?? item.value.span);
  if (!partition) {
    wrongSetting(env, at.span, `There is no partition \`${word}\`.`, 'Write it as `early_stop: 10 on validate`.');
    return null;
  }
  if (partition === 'train') {
    wrongSetting(
      env,
      at.span,
      `Training rows cannot tell when \`${entry.name}\` begins to learn them by heart.`,
      'Write it as `early_stop: 10 on validate`.',
    );
    return null;
  }
  if (split && partition !== 'folds' && !hasPartition(env, split, partition, at)) return null;
  return typeof rounds === 'number' ? { rounds, on: partition, place: at } : null;
}

function algorithm(modelling: Modelling, definition: Extract<ModelDeclaration['definition'], { kind: 'algorithm' }>): ModelModel | null {
  const { env, declaration, place } = modelling;
  const [first, ...others] = definition.args;
  const entry = algorithmNamed(modelling, definition.algorithm);
  if (!entry && laterWord('algorithm', definition.algorithm.text)) return null;
  if (!first) {
    env.report(
      problem('missing-item', place(definition.span), `\`${declaration.name.text}\` has no features to learn from.`, {
        help: `Name a feature set: \`${definition.algorithm.text}(features)\`.`,
      }),
    );
    return null;
  }
  if (others[0]) wrongSetting(env, others[0].span, 'A model learns from one feature set.', 'Put all features into one set.');
  const set: FeatureSetModel | null = refer(env, first, 'features') && env.features(first.text);
  const task = set && taskOf(env, set);
  if (!entry) return null;
  const known = [
    ...entry.settings.map(setting => setting.name),
    ...(entry.earlyStop ? ['early_stop'] : []),
    ...trainingWords.filter(word => word !== 'tune'),
    'split',
  ];
  const blocks = declaration.items.flatMap(item => (item.kind === 'block' ? [item] : []));
  const items = settingsOf(
    env,
    `\`${entry.name}\``,
    declaration.items.filter(item => item.kind !== 'block'),
    known,
  );
  const own = [...items.values()].filter(({ name }) => entry.settings.some(setting => setting.name === name.text));
  for (const { name, on } of own)
    if (on) wrongSetting(env, on.span, `\`${name.text}\` is not chosen on a partition.`, `Write it as \`${name.text}: …\`.`);
  const settings = typeSettings(entry.name, definition.algorithm.span, entry.settings, own, scopeFor(env, 'constant', noRow), typeExpression);
  if (set) checkMonotone(env, place, set, own);
  const split = task && splitOf(modelling, task, items.get('split'));
  const stop = earlyStopOf(modelling, entry, split, items.get('early_stop'));
  if (!set || !task || !split) return null;
  if (task.label && !entry.labels.includes(task.label.kind)) {
    const { kind } = task.label;
    const fitting = namesOf('algorithm').filter(name => entryOf('algorithm', name)?.labels.includes(kind));
    env.report(
      problem(
        'type-mismatch',
        place(definition.algorithm.span),
        `\`${entry.name}\` does not predict ${labelWords[kind]}, which \`${task.label.name}\` is.`,
        {
          help: `Algorithms that do: ${fitting.map(name => `\`${name}\``).join(', ')}.`,
          related: [{ place: task.label.place, message: `the label of \`${task.name}\`` }],
        },
      ),
    );
  }
  const training = typeTraining({ env, task, split, place }, entry, items, blocks);
  return {
    kind: 'model',
    name: declaration.name.text,
    place: place(declaration.name.span),
    features: set.name,
    task: task.name,
    split: split.name,
    files: { features: set.place.file, task: task.place.file, split: split.place.file },
    definition: { kind: 'algorithm', algorithm: entry.name, settings, earlyStop: stop, training },
  };
}

export function typeModel(declaration: ModelDeclaration, env: Environment): ModelModel | null {
  const modelling: Modelling = { env, declaration, place: span => ({ file: env.file, decl: env.decl, span }) };
  const { definition } = declaration;
  switch (definition.kind) {
    case 'algorithm':
      return isEnsemble(definition.algorithm.text) ? typeEnsemble(modelling, definition) : algorithm(modelling, definition);
    case 'best':
      return typeBest(modelling, definition);
    case 'missing':
      return null;
  }
}
