/** Splits: how a task's rows are divided, with written bounds turned into half-open instants of the task's zone. */
import type { Expr, SplitDeclaration } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { constantSetting, type SettingItem, settingsOf, wrongSetting } from './blockSettings.ts';
import { cutoffRead, endInstant, firstInstant, timeConstant } from './cutoffs.ts';
import { reportEmpty } from './emptyPartitions.ts';
import { type Environment, relationOf } from './environment.ts';
import { typeExpression } from './expression.ts';
import { noFacts, zeroDuration } from './factOps.ts';
import { problem, respell } from './problem.ts';
import { refer } from './references.ts';
import { scopeFor } from './scopes.ts';
import { entityRow } from './scopesRow.ts';
import type { SplitModel, TaskModel, TimeBounds, TypedExpr } from './typed.ts';
import { atHome } from './walk.ts';

const splitMethods = ['random', 'time', 'group'] as const;

const splitSettings: Readonly<Record<(typeof splitMethods)[number], readonly string[]>> = {
  random: ['test', 'validate', 'stratify', 'folds', 'repeats', 'seed'],
  group: ['group', 'test', 'validate', 'folds', 'repeats', 'seed'],
  time: ['train', 'validate', 'test', 'gap', 'group', 'folds'],
};

type Settings = ReadonlyMap<string, SettingItem>;

interface Splitting {
  readonly env: Environment;
  readonly declaration: SplitDeclaration;
  readonly task: TaskModel;
  readonly settings: Settings;
  readonly place: (span: Span) => Place;
}

const missing = ({ env, declaration, place }: Splitting, what: string, help: string): void =>
  env.report(problem('missing-item', place(declaration.name.span), `The split \`${declaration.name.text}\` has no ${what}.`, { help }));

// ---------------------------------------------------------------- shares

function shareOf({ env, settings }: Splitting, name: string): number | null {
  const item = settings.get(name);
  const constant = item && constantSetting(env, item, '20%');
  if (!item || !constant) return null;
  if (constant.kind === 'number' && constant.value > 0 && constant.value < 1) return constant.value;
  wrongSetting(env, item.value.span, `\`${name}\` is a share of the rows, above 0% and below 100%.`, `Write it as \`${name}: 20%\`.`);
  return null;
}

function shares(splitting: Splitting): { test: number; validate: number } {
  const { env, settings, place } = splitting;
  if (!settings.has('test')) missing(splitting, 'test partition', 'Add the share of rows that only `evaluate` may read: `test: 20%`.');
  const test = shareOf(splitting, 'test') ?? 0.2;
  const validate = shareOf(splitting, 'validate') ?? 0;
  const item = settings.get('validate') ?? settings.get('test');
  if (test + validate >= 1 && item) {
    env.report(
      problem('impossible-range', place(item.value.span), '`test` and `validate` take all rows, so none is left to train on.', {
        help: 'Let both together stay below 100%.',
      }),
    );
  }
  return { test, validate };
}

function seedOf({ env, settings }: Splitting): { seed: number; seedWritten: boolean } {
  const item = settings.get('seed');
  const constant = item && constantSetting(env, item, '42');
  if (!item || !constant) return { seed: 0, seedWritten: item !== undefined };
  if (constant.kind === 'number' && Number.isSafeInteger(constant.value)) return { seed: constant.value, seedWritten: true };
  wrongSetting(env, item.value.span, '`seed` is a whole number.', 'Write it as `seed: 42`.');
  return { seed: 0, seedWritten: true };
}

/** `group` or `stratify`: an expression over the observation's own row. */
function rowValue({ env, settings, task }: Splitting, name: 'group' | 'stratify'): TypedExpr | null {
  const item = settings.get(name);
  const relation = item && relationOf(env, task);
  if (!item || !relation || item.value.kind === 'missing') return null;
  const cutoff = cutoffRead(task.cutoffs, task.cutoffFacts);
  return atHome(typeExpression(item.value, scopeFor(env, 'task', entityRow({ name: task.entity, relation, cutoff, reads: 'masked' }))), env.file);
}

// ---------------------------------------------------------------- time

interface Edges {
  readonly from: number | null;
  readonly to: number | null;
}

const latest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));
const earliest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));
const both = (a: Edges, b: Edges): Edges => ({ from: latest(a.from, b.from), to: earliest(a.to, b.to) });

const flipped = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' } as const;

/** `cutoff`, or the column that the task's cutoffs are. */
const isCutoff = (expr: Expr, { cutoffs }: TaskModel): boolean =>
  expr.kind === 'name' &&
  (expr.name.text === 'cutoff' || (cutoffs.kind === 'column' && cutoffs.value.kind === 'column' && cutoffs.value.name === expr.name.text));

/** Bounds as a range, a single day, or a predicate on the cutoff; null after reporting what they are not. */
function edgesOf(expr: Expr, splitting: Splitting): Edges | null {
  const { env, task, place } = splitting;
  const { zone } = task;
  switch (expr.kind) {
    case 'missing':
      return null;
    case 'range': {
      const from = expr.from && timeConstant(env, expr.from, 'The start of a partition');
      const to = expr.to && timeConstant(env, expr.to, 'The end of a partition');
      if ((expr.from && !from) || (expr.to && !to)) return null;
      return { from: from && firstInstant(from, zone), to: to && endInstant(to, zone) };
    }
    case 'date': {
      const day = timeConstant(env, expr, 'A partition');
      return day && { from: firstInstant(day, zone), to: endInstant(day, zone) };
    }
    case 'binary': {
      if (expr.operator === 'and') {
        const left = edgesOf(expr.left, splitting);
        const right = edgesOf(expr.right, splitting);
        return left && right && both(left, right);
      }
      if (expr.operator === 'in' && isCutoff(expr.left, task) && expr.right.kind === 'range') return edgesOf(expr.right, splitting);
      if (!(expr.operator in flipped)) break;
      const operator = expr.operator as keyof typeof flipped;
      const [bound, sign] = isCutoff(expr.left, task)
        ? [expr.right, operator]
        : isCutoff(expr.right, task)
          ? [expr.left, flipped[operator]]
          : [null, operator];
      if (!bound) break;
      const time = timeConstant(env, bound, 'The bound of a partition');
      if (!time) return null;
      const [start, end] = [firstInstant(time, zone), endInstant(time, zone)];
      switch (sign) {
        case '<':
          return { from: null, to: start };
        case '<=':
          return { from: null, to: end };
        case '>':
          return { from: end, to: null };
        case '>=':
          return { from: start, to: null };
        case '==':
          return { from: start, to: end };
      }
    }
  }
  env.report(
    problem('wrong-setting', place(expr.span), 'A partition in time is a range of dates.', {
      help: 'Write it as `..2024-02-29`, `2024-04-01..2024-07-31` or `2024-09-01..`, or as a condition on `cutoff`.',
    }),
  );
  return null;
}

const anyTime: Edges = { from: null, to: null };

function boundsOf(splitting: Splitting, name: string): TimeBounds | null {
  const item = splitting.settings.get(name);
  if (!item) return null;
  const place = splitting.place(item.value.span);
  const edges = edgesOf(item.value, splitting) ?? anyTime;
  if (edges.from !== null && edges.to !== null && edges.from >= edges.to) {
    splitting.env.report(
      problem('impossible-range', place, `No cutoff lies in \`${name}\`: its end is before its start.`, { help: 'Swap the two ends.' }),
    );
  }
  return { from: edges.from, to: edges.to, place };
}

function byTime(splitting: Splitting): SplitModel['method'] {
  const { env, task, settings, place, declaration } = splitting;
  if (task.cutoffs.kind === 'none') {
    env.report(
      problem('missing-item', place(declaration.method.span), `\`${task.name}\` has no times to split by.`, {
        help: `Give the task cutoffs (\`at every month from … to …\`), or \`${task.relation}\` a column with \`@time\`.`,
        related: [{ place: task.place, message: `\`${task.name}\` is predicted at no particular time` }],
      }),
    );
  }
  if (!settings.has('test')) missing(splitting, 'test partition', 'Add the period that only `evaluate` may read: `test: 2024-09-01..`.');
  if (!settings.has('train')) missing(splitting, 'training partition', 'Add the period to learn from: `train: ..2024-02-29`.');
  const gap = settings.get('gap');
  const length = gap && constantSetting(env, gap, '30d');
  const isDuration = length?.kind === 'duration' && length.value.months >= 0 && length.value.micros >= 0;
  if (gap && length && !isDuration) wrongSetting(env, gap.value.span, '`gap` is a duration, 0 or longer.', 'Write it as `gap: 30d`.');
  const nowhere: TimeBounds = { from: null, to: null, place: place(declaration.name.span) };
  const method = {
    kind: 'time' as const,
    train: boundsOf(splitting, 'train') ?? nowhere,
    validate: boundsOf(splitting, 'validate'),
    test: boundsOf(splitting, 'test') ?? nowhere,
    gap: length?.kind === 'duration' && isDuration ? length.value : zeroDuration,
    gapPlace: gap ? place(gap.value.span) : null,
    group: rowValue(splitting, 'group'),
  };
  reportEmpty(env, task, method);
  return method;
}

function methodOf(splitting: Splitting, method: (typeof splitMethods)[number]): SplitModel['method'] {
  switch (method) {
    case 'time':
      return byTime(splitting);
    case 'random':
      return { kind: 'random', ...shares(splitting), ...seedOf(splitting), stratify: rowValue(splitting, 'stratify') };
    case 'group': {
      const group = rowValue(splitting, 'group');
      if (!splitting.settings.has('group')) missing(splitting, 'group', 'Say what keeps rows together: `group: ticket`.');
      const none: TypedExpr = {
        kind: 'error',
        type: { kind: 'unknown', nullable: true },
        facts: noFacts,
        place: splitting.place(splitting.declaration.method.span),
      };
      return { kind: 'group', group: group ?? none, ...shares(splitting), ...seedOf(splitting) };
    }
  }
}

/** A whole number in its range, or null after reporting. */
function wholeOf({ env, settings }: Splitting, name: 'folds' | 'repeats', min: number, max: number): number | null {
  const item = settings.get(name);
  const constant = item && constantSetting(env, item, name === 'folds' ? '5' : '3');
  if (!item || !constant) return null;
  if (constant.kind === 'number' && Number.isSafeInteger(constant.value) && constant.value >= min && constant.value <= max) return constant.value;
  wrongSetting(env, item.value.span, `\`${name}\` is a whole number from ${min} to ${max}.`, `Write it as \`${name}: ${name === 'folds' ? 5 : 3}\`.`);
  return null;
}

function foldsOf(splitting: Splitting): Pick<SplitModel, 'folds' | 'repeats'> {
  const folds = wholeOf(splitting, 'folds', 2, 50);
  const repeats = wholeOf(splitting, 'repeats', 1, 100);
  const item = splitting.settings.get('repeats');
  if (item && !splitting.settings.has('folds')) {
    wrongSetting(splitting.env, item.name.span, '`repeats` repeats folds, and there are none.', 'Add `folds: 5`.');
  }
  return { folds, repeats: folds === null ? 1 : (repeats ?? 1) };
}

export function typeSplit(declaration: SplitDeclaration, env: Environment): SplitModel | null {
  const place = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const { method } = declaration;
  const known = splitMethods.find(name => name === method.text) ?? null;
  if (!known && method.text !== '') {
    const near = nearest(method.text, splitMethods);
    env.report(
      problem('unknown-name', place(method.span), `Rows cannot be split \`${method.text}\`.`, {
        help: near ? `Did you mean \`${near}\`?` : 'Write `at random`, `by time` or `by group`.',
        fixes: near ? [respell(place(method.span), near)] : [],
      }),
    );
  }
  const name = declaration.task ?? declaration.name;
  const task = refer(env, name, 'task') && env.task(name.text);
  const owner = `The split \`${declaration.name.text}\``;
  if (!known) return null;
  const settings = settingsOf(env, owner, declaration.items, splitSettings[known]);
  if (!task) return null;
  return {
    kind: 'split',
    name: declaration.name.text,
    task: task.name,
    place: place(declaration.name.span),
    methodPlace: place(method.span),
    bodyPlace: place({ start: method.span.start, end: declaration.span.end }),
    method: methodOf({ env, declaration, task, settings, place }, known),
    ...foldsOf({ env, declaration, task, settings, place }),
  };
}
