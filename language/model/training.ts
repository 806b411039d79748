/** How a model is trained beyond its algorithm: the search for settings, calibration, the threshold, balance, learning again. */
import { entryOf } from '../catalogue/catalogue.ts';
import type { AlgorithmEntry, SettingEntry } from '../catalogue/entry.ts';
import { metricEntry } from '../catalogue/metricCalls.ts';
import { balanceSetting, calibrateSetting, refitSetting, tuneSettings } from '../catalogue/training.ts';
import type { Argument, Expr, Item } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { parameterOf, type SettingItem, settingsOf, unknownSetting, wrongSetting } from './blockSettings.ts';
import { settingValue } from './catalogueSettings.ts';
import { cutoffRead } from './cutoffs.ts';
import { type Environment, relationOf } from './environment.ts';
import { typeExpression } from './expression.ts';
import { constantOf } from './literals.ts';
import { labelWords, metricNamed } from './metrics.ts';
import { hasPartition, type Partition, partitionOf } from './partitions.ts';
import { problem, respell } from './problem.ts';
import { scopeFor } from './scopes.ts';
import { entityRow, noRow } from './scopesRow.ts';
import type { InnerFolds, SearchRange, SplitModel, TaskModel, ThresholdModel, TrainingModel, TuneModel } from './typed.ts';
import { atHome } from './walk.ts';

interface Training {
  readonly env: Environment;
  readonly task: TaskModel;
  readonly split: SplitModel;
  readonly place: (span: Span) => Place;
}

type Block = Extract<Item, { kind: 'block' }>;

// ---------------------------------------------------------------- where a choice is made

/** The partition behind `on`, else validate where the split has one, else folds. */
export function chosenOn({ env, split, place }: Training, on: Expr | null, at: Span, what: string): { on: Partition; place: Place } | null {
  const { method } = split;
  const hasValidate = method.kind === 'time' ? method.validate !== null : method.validate > 0;
  if (!on || on.kind === 'missing') return { on: hasValidate ? 'validate' : 'folds', place: place(at) };
  const partition = on.kind === 'name' ? partitionOf(on.name.text) : null;
  if (!partition || partition === 'train') {
    wrongSetting(
      env,
      on.span,
      partition ? `On the rows that were learned from, every ${what} looks better than it is.` : `There is no such partition to choose a ${what} on.`,
      'Write `on validate` or `on folds`.',
    );
    return null;
  }
  // Folds for a choice are cut from train where the split names none.
  if (partition !== 'folds' && !hasPartition(env, split, partition, place(on.span))) return null;
  return { on: partition, place: place(on.span) };
}

// ---------------------------------------------------------------- tune

/** `3..10`, `log(0.01..0.3)`, `["a", "b"]`: what a setting is searched in; null after reporting. */
function rangeOf({ env }: Training, entry: SettingEntry, expr: Expr): SearchRange | null {
  const scope = scopeFor(env, 'constant', noRow);
  const help =
    entry.type === 'choice'
      ? `Write \`${entry.name}: [${(entry.choices ?? []).join(', ')}]\`.`
      : `Write \`${entry.name}: 3..10\`, or \`log(0.01..0.3)\`.`;
  const refuse = (): null => {
    wrongSetting(env, expr.span, `\`${entry.name}\` is searched in a range or a list.`, help);
    return null;
  };
  if (expr.kind === 'list') {
    const values = expr.items.map(item => settingValue(entry, item, scope, typeExpression));
    const choices = values.filter(value => typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean');
    return choices.length === expr.items.length && choices.length > 0
      ? { name: entry.name, kind: 'choice', choices }
      : choices.length
        ? null
        : refuse();
  }
  const isLog = expr.kind === 'call' && expr.callee.text === 'log' && expr.args.length === 1;
  const inner = isLog ? expr.args[0]?.value : expr;
  if (inner?.kind !== 'range' || !inner.from || !inner.to || (entry.type !== 'int' && entry.type !== 'float' && entry.type !== 'share'))
    return refuse();
  const [from, to] = [settingValue(entry, inner.from, scope, typeExpression), settingValue(entry, inner.to, scope, typeExpression)];
  if (typeof from !== 'number' || typeof to !== 'number') return null;
  if (from >= to || (isLog && from <= 0)) {
    wrongSetting(
      env,
      inner.span,
      isLog && from <= 0 ? 'A logarithmic range begins above 0.' : 'A range to search goes from a smaller number to a greater one.',
      help,
    );
    return null;
  }
  return { name: entry.name, kind: entry.type === 'int' ? 'int' : 'float', scale: isLog ? 'log' : 'linear', from, to };
}

/** `inner: 5`, `inner: group(patient, 5)`. */
function innerOf({ env, task, split, place }: Training, item: SettingItem | undefined): InnerFolds {
  const usual: InnerFolds = { count: split.folds ?? 5, group: null };
  if (!item || item.value.kind === 'missing') return usual;
  const { value } = item;
  const count = (expr: Expr | undefined): number | null => {
    const constant = expr && constantOf(expr, parameterOf(env));
    return constant?.kind === 'number' && Number.isSafeInteger(constant.value) && constant.value >= 2 && constant.value <= 50 ? constant.value : null;
  };
  const [group, number] = value.kind === 'call' && value.callee.text === 'group' ? value.args : [undefined, undefined];
  const folds = group ? (number ? count(number.value) : usual.count) : count(value);
  if (folds === null) {
    wrongSetting(env, value.span, 'Inner folds are a number from 2 to 50.', 'Write `inner: 5`, or `inner: group(patient, 5)`.');
    return usual;
  }
  if (!group) return { count: folds, group: null };
  if (split.method.kind === 'time') {
    wrongSetting(
      env,
      value.span,
      'Inner folds follow the split, and this one is by time.',
      'Write `inner: 5`; groups are kept apart by `group:` in the split.',
    );
    return usual;
  }
  const relation = relationOf(env, task);
  if (!relation) return usual;
  const cutoff = cutoffRead(task.cutoffs, task.cutoffFacts);
  const typed = typeExpression(group.value, scopeFor(env, 'task', entityRow({ name: task.entity, relation, cutoff, reads: 'masked' })));
  return { count: folds, group: atHome(typed, place(group.value.span).file) };
}

function tuneOf(training: Training, entry: AlgorithmEntry, block: Block): TuneModel | null {
  const { env, task, place } = training;
  const tunable = entry.settings.filter(({ type }) => type === 'int' || type === 'float' || type === 'share' || type === 'choice' || type === 'bool');
  const own = ['trials', 'method', 'inner', 'by'];
  const items = settingsOf(env, '`tune`', block.items, [...tunable.map(({ name }) => name), ...own]);
  const scope = scopeFor(env, 'constant', noRow);
  const read = (name: 'trials' | 'method') => {
    const item = items.get(name);
    const value = item && settingValue(tuneSettings[name], item.value, scope, typeExpression);
    return value ?? tuneSettings[name].default;
  };
  const space = tunable.flatMap(setting => {
    const item = items.get(setting.name);
    return item ? (rangeOf(training, setting, item.value) ?? []) : [];
  });
  const by = items.get('by');
  if (!by) {
    env.report(
      problem('missing-setting', place(block.word.span), '`tune` needs a criterion: the metric by which settings are compared.', {
        help: `Write \`by: ${task.label?.kind === 'binary' ? 'auc' : 'rmse'}\`.`,
      }),
    );
  }
  if (!tunable.some(({ name }) => items.has(name))) {
    const [first] = tunable;
    env.report(
      problem('missing-setting', place(block.word.span), '`tune` has no setting to search.', {
        help: first
          ? `Give one of ${tunable.map(({ name }) => `\`${name}\``).join(', ')} a range: \`${first.name}: 3..10\`.`
          : `\`${entry.name}\` has none; leave \`tune\` out.`,
      }),
    );
  }
  const metric = by && metricNamed(env, by.value, task.label);
  // Settings are compared on inner folds of train unless a partition is named.
  const on = by?.on ? chosenOn(training, by.on, by.value.span, 'setting') : { on: 'folds' as const, place: place(by?.value.span ?? block.word.span) };
  const trials = read('trials');
  const method = read('method');
  if (!metric || !on || space.length === 0 || typeof trials !== 'number') return null;
  return {
    place: place(block.word.span),
    space,
    trials,
    method: method === 'random' ? 'random' : 'bayesian',
    metric: metric.metric,
    on: on.on,
    onPlace: on.place,
    inner: innerOf(training, items.get('inner')),
  };
}

// ---------------------------------------------------------------- threshold

/** Metrics that depend on it. */
const thresholdMetrics: readonly string[] = ['f1', 'accuracy', 'precision', 'recall', 'mcc'];

function costOf({ env }: Training, args: readonly Argument[], span: Span): { falsePositive: number; falseNegative: number } | null {
  const number = (name: string): number | null => {
    const argument = args.find(arg => arg.name?.text === name);
    const constant = argument && constantOf(argument.value, parameterOf(env));
    return constant?.kind === 'number' && constant.value >= 0 ? constant.value : null;
  };
  const [falsePositive, falseNegative] = [number('fp'), number('fn')];
  if (falsePositive !== null && falseNegative !== null && args.length === 2 && falsePositive + falseNegative > 0)
    return { falsePositive, falseNegative };
  wrongSetting(env, span, '`cost` takes what a false positive and a false negative cost, from 0 on.', 'Write `cost(fp: 1, fn: 5)`.');
  return null;
}

function thresholdOf(training: Training, item: SettingItem | undefined): ThresholdModel | null {
  if (!item || item.value.kind === 'missing') return null;
  const { env, task, place } = training;
  const { value, direction } = item;
  const constant = direction === null ? constantOf(value, parameterOf(env)) : null;
  if (constant?.kind === 'number') {
    if (constant.value >= 0 && constant.value <= 1) return { kind: 'value', value: constant.value, place: place(value.span) };
    env.report(
      problem('setting-out-of-range', place(value.span), `\`threshold\` lies in 0..1, and this is ${constant.value}.`, {
        label: 'in 0..1',
        help: 'Write a probability: `threshold: 0.5`.',
      }),
    );
    return null;
  }
  const on = chosenOn(training, item.on, value.span, 'threshold');
  if (!on) return null;
  const at = { on: on.on, onPlace: on.place, place: place(value.span) };
  if (value.kind === 'call' && value.callee.text === 'cost') {
    const cost = costOf(training, value.args, value.span);
    return cost && { kind: 'cost', ...cost, ...at };
  }
  const metric = metricNamed(env, value, task.label);
  if (!metric) return null;
  if (!thresholdMetrics.includes(metric.metric)) {
    const usable = thresholdMetrics.filter(name => entryOf('metric', name)).map(name => `\`${name}\``);
    wrongSetting(
      env,
      value.span,
      `\`${metric.metric}\` is the same for every threshold.`,
      `Choose it by ${usable.join(', ')}, or by \`cost(fp: 1, fn: 5)\`.`,
    );
    return null;
  }
  if (direction === null) {
    const better = metricEntry(metric.metric)?.better === 'lower' ? 'min' : 'max';
    wrongSetting(
      env,
      value.span,
      `Whether \`${metric.metric}\` should be high or low is not said.`,
      `Write \`threshold: ${better} ${metric.metric}\`.`,
    );
    return null;
  }
  return { kind: 'metric', metric: metric.metric, direction, ...at };
}

// ---------------------------------------------------------------- all

const none: TrainingModel = { tune: null, calibrate: null, threshold: null, balance: null, refit: false };

/** What only makes sense of classes, or of two of them. */
function requireClasses({ env, task, place }: Training, item: SettingItem | undefined, isOfTwo: boolean): boolean {
  if (!item || !task.label || task.label.kind === 'binary' || (task.label.kind === 'classes' && !isOfTwo)) return item !== undefined;
  const isSeveral = task.label.kind === 'classes';
  const message = isSeveral
    ? `\`${item.name.text}\` decides between two classes, and \`${task.label.name}\` has several: the most probable is predicted.`
    : `\`${item.name.text}\` is about classes, and \`${task.label.name}\` is ${labelWords[task.label.kind]}.`;
  env.report(
    problem('type-mismatch', place(item.name.span), message, {
      help: isSeveral ? 'Leave it out, or predict one class against the rest: `positive: "…"` in the task.' : 'Leave it out.',
      related: [{ place: task.label.place, message: `the label of \`${task.name}\`` }],
    }),
  );
  return false;
}

/** `items` are the settings of the block by name; `blocks` those in braces. */
export function typeTraining(
  training: Training,
  entry: AlgorithmEntry,
  items: ReadonlyMap<string, SettingItem>,
  blocks: readonly Block[],
): TrainingModel {
  const { env } = training;
  const scope = scopeFor(env, 'constant', noRow);
  let tune: TuneModel | null = null;
  for (const block of blocks) {
    if (block.word.text !== 'tune') {
      const near = nearest(block.word.text, ['tune']);
      if (near)
        env.report(
          problem('unknown-setting', training.place(block.word.span), `A model has no part \`${block.word.text}\`.`, {
            help: `Did you mean \`${near}\`?`,
            fixes: [respell(training.place(block.word.span), near)],
          }),
        );
      else unknownSetting(env, 'A model', block.word, ['tune']);
    } else if (tune) wrongSetting(env, block.word.span, '`tune` is there twice.', 'Put all ranges into one `tune`.');
    else tune = tuneOf(training, entry, block);
  }
  const choice = (setting: SettingEntry): string | null => {
    const item = items.get(setting.name);
    const value = item && settingValue(setting, item.value, scope, typeExpression);
    return typeof value === 'string' ? value : null;
  };
  const calibrate = requireClasses(training, items.get('calibrate'), false) ? choice(calibrateSetting) : null;
  const balance = requireClasses(training, items.get('balance'), false) ? choice(balanceSetting) : null;
  const threshold = requireClasses(training, items.get('threshold'), true) ? thresholdOf(training, items.get('threshold')) : null;
  return {
    ...none,
    tune,
    calibrate: calibrate === 'platt' || calibrate === 'isotonic' ? calibrate : null,
    threshold,
    balance: balance === 'class_weight' || balance === 'undersample' || balance === 'oversample' ? balance : null,
    refit: refitOf(training, items.get('refit')),
  };
}

export function refitOf({ env, split, place }: Training, item: SettingItem | undefined): boolean {
  if (!item || item.value.kind === 'missing') return false;
  const value = settingValue(refitSetting, item.value, scopeFor(env, 'constant', noRow), typeExpression);
  return value === 'train_and_validate' && hasPartition(env, split, 'validate', place(item.value.span));
}
