/** Tasks: for whom, at which cutoffs, and what is predicted; the label's kind, horizon and delay. */
import type { DurationValue, TaskDeclaration } from '../syntax/ast.ts';
import { isZone } from '../text/calendar.ts';
import { longestMicros, microsPerDay } from '../text/duration.ts';
import type { Place, Span } from '../text/place.ts';
import { constantSetting, type SettingItem, settingsOf } from './blockSettings.ts';
import { atMidnight, cutoffRead, momentOf, typeCutoffs } from './cutoffs.ts';
import type { Environment } from './environment.ts';
import { typeExpression } from './expression.ts';
import { addDuration, durationLe, factsOf, lastInstant, negateDuration, termLe, zeroDuration } from './factOps.ts';
import type { Reason, Term } from './facts.ts';
import { requireCondition } from './meeting.ts';
import { problem } from './problem.ts';
import { refer } from './references.ts';
import { scopeFor } from './scopes.ts';
import { type EntityRow, entityRow } from './scopesRow.ts';
import { difference, upper } from './shapes.ts';
import type { LabelModel, RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { atHome, parts, windows } from './walk.ts';

const taskSettings = ['delay', 'zone', 'positive'] as const;

type Settings = ReadonlyMap<string, SettingItem>;

function zoneOf(env: Environment, settings: Settings): string {
  const item = settings.get('zone');
  const constant = item && constantSetting(env, item, '"America/New_York"');
  if (!item || !constant) return 'UTC';
  if (constant.kind === 'text' && isZone(constant.value)) return constant.value;
  env.report(
    problem('wrong-setting', { file: env.file, decl: env.decl, span: item.value.span }, 'There is no such time zone.', {
      help: 'Zones go by the names of the IANA database: `zone: "America/New_York"`.',
    }),
  );
  return 'UTC';
}

function writtenDelay(env: Environment, settings: Settings): DurationValue | null {
  const item = settings.get('delay');
  const constant = item && constantSetting(env, item, '2d');
  if (!item || !constant) return null;
  if (constant.kind === 'duration' && constant.value.months >= 0 && constant.value.micros >= 0) return constant.value;
  env.report(
    problem('wrong-setting', { file: env.file, decl: env.decl, span: item.value.span }, 'A delay is a duration, 0 or longer.', {
      help: 'Write it as `delay: 2d`.',
    }),
  );
  return null;
}

// ---------------------------------------------------------------- horizon and delay

/** What a label waits for: columns whose known time is a constant after the event, and those for which only the task can say. */
interface Waiting {
  readonly lag: DurationValue;
  readonly reason: Reason | null;
  /** The first column that is known at no constant time after the event, with the reason. */
  readonly open: Term | 'after-outcome' | null;
}

/** A lag as days count it: the last instant of a date is no day later where cutoffs stand at midnight, else a whole day. */
function wholeDays(lag: DurationValue, midnight: boolean): DurationValue {
  const isLast = ((lag.micros % microsPerDay) + microsPerDay) % microsPerDay === lastInstant.micros;
  if (!isLast) return lag;
  return { months: lag.months, micros: lag.micros - lastInstant.micros + (midnight ? 0 : microsPerDay) };
}

/** How long after `base` the terms have passed; those of another root are open, unless they are covered by `known`. */
function waiting(terms: readonly Term[], base: { root: string; plus: DurationValue } | null, rowKnown: Term | null, midnight: boolean): Waiting {
  let lag = zeroDuration;
  let reason: Reason | null = null;
  let open: Term | null = null;
  for (const term of terms) {
    if (rowKnown && termLe(term, rowKnown)) continue;
    if (base && term.root === base.root) {
      const apart = addDuration(term.plus, negateDuration(base.plus));
      // Months of two times are not the same months: February counts once from January's end and once from its own.
      const after = wholeDays(difference(term.plus, base.plus) ?? { months: 0, micros: longestMicros(apart) }, midnight);
      if (durationLe(after, lag)) continue;
      lag = upper([lag, after]);
      ({ reason } = term);
    } else open ??= term;
  }
  return { lag, reason, open };
}

/** What a label reads of the observation's own row, beside its windows. */
const besideWindows = (expr: TypedExpr): readonly TypedExpr[] =>
  expr.kind === 'aggregate' ? [] : parts(expr).length === 0 ? [expr] : parts(expr).flatMap(besideWindows);

function labelWaits(value: TypedExpr, entity: RelationModel, cutoffs: TaskModel['cutoffs'], env: Environment): Waiting {
  const midnight = atMidnight(cutoffs);
  const found: Waiting[] = [];
  const read = windows(value);
  for (const { aggregate, window } of read) {
    // Rows of a window to the past were known before the cutoff, or are not there.
    if (window.direction === 'past') continue;
    const relation = env.seenFrom(window.file).relation(window.table);
    found.push(waiting(aggregate.facts.known, relation?.event?.shape ?? null, null, midnight));
  }
  if (cutoffs.kind !== 'none') {
    // An observation exists once its row is known, so only what is known later than its row keeps the label waiting.
    const base = cutoffs.kind === 'column' ? momentOf(cutoffs) : (entity.event?.shape ?? null);
    const own = read.length === 0 ? value.facts : factsOf(besideWindows(value));
    found.push(waiting(own.known, base, entity.known?.term ?? null, midnight));
  }
  if (cutoffs.kind !== 'none' && value.facts.blocks.some(block => block.rule === 'after-outcome'))
    found.push({ lag: zeroDuration, reason: null, open: 'after-outcome' });
  const lag = upper([zeroDuration, ...found.map(next => next.lag)]);
  return { lag, reason: found.find(next => next.lag === lag)?.reason ?? null, open: found.find(next => next.open)?.open ?? null };
}

// ---------------------------------------------------------------- kind

const yesOrNo = (positive: string | null): Pick<LabelModel, 'kind' | 'positive' | 'classes'> => ({ kind: 'binary', positive, classes: null });

const affirmative = /^(yes|y|true|t|1|ja|j|oui|sí|si)$/i;

function labelKind(
  env: Environment,
  declaration: TaskDeclaration,
  value: TypedExpr,
  settings: Settings,
): Pick<LabelModel, 'kind' | 'positive' | 'classes'> {
  const { type } = value;
  const item = settings.get('positive');
  const written = item && constantSetting(env, item, '"yes"');
  const at = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const wrong = (span: Span, message: string, help: string): void => env.report(problem('wrong-setting', at(span), message, { help }));
  const needless = (): void => {
    if (item) wrong(item.span, '`positive` names the level of a category that counts as positive, and this label is none.', 'Leave `positive` out.');
  };
  switch (type.kind) {
    case 'bool':
      if (written?.kind !== 'bool' || !written.value) needless();
      return yesOrNo(null);
    case 'int':
    case 'float':
    case 'decimal':
      needless();
      return { kind: value.kind === 'aggregate' && value.aggregate === 'count' ? 'count' : 'number', positive: null, classes: null };
    case 'category':
    case 'text': {
      const levels = type.kind === 'category' ? type.levels : null;
      if (item && written) {
        if (written.kind !== 'text' || (levels && !levels.includes(written.value))) {
          const help = levels ? `Its levels are ${levels.map(level => `"${level}"`).join(', ')}.` : 'Write it as `positive: "yes"`.';
          wrong(item.value.span, 'The label has no such level.', help);
          return yesOrNo(levels?.[0] ?? null);
        }
        return yesOrNo(written.value);
      }
      if (item) return yesOrNo(null);
      if (levels && levels.length <= 2) {
        const end = declaration.label?.span.end ?? 0;
        env.report(
          problem('missing-item', value.place, `Nothing says which of ${levels.map(level => `"${level}"`).join(' and ')} counts as positive.`, {
            help: `positive: "${levels.find(level => affirmative.test(level)) ?? levels.at(-1) ?? 'yes'}"`,
            fixes: levels.map(level => ({
              title: `Count "${level}" as positive`,
              safe: false,
              edits: [{ place: at({ start: end, end }), text: `\n  positive: "${level}"` }],
            })),
          }),
        );
        return yesOrNo(levels[0] ?? null);
      }
      if (levels) return { kind: 'classes', positive: null, classes: levels };
      env.report(
        problem('missing-item', value.place, 'Nothing says which classes this label has.', {
          help: 'List them in the source, `kind : category { "a", "b", "c" }`, or predict one of them against the rest: `positive: "…"`.',
        }),
      );
      return yesOrNo(null);
    }
    case 'unknown':
      return yesOrNo(null);
    default:
      env.report(
        problem('type-mismatch', value.place, `A label is a number, a condition or a category, and this is ${type.kind}.`, {
          help: 'Write a condition on it, such as `label late = days(due, paid) > 30`.',
        }),
      );
      return yesOrNo(null);
  }
}

function typeLabel(
  env: Environment,
  declaration: TaskDeclaration,
  entity: EntityRow,
  cutoffs: TaskModel['cutoffs'],
  settings: Settings,
): LabelModel | null {
  const { label } = declaration;
  const at = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  if (!label) {
    env.report(
      problem('missing-item', at(declaration.name.span), `\`${declaration.name.text}\` does not say what is predicted.`, {
        help: 'Add a label: `label bought = count(orders next 30d) > 0`, or the name of a column.',
      }),
    );
    return null;
  }
  if (label.kind === 'none') {
    env.report(
      problem('later-form', at(label.span), 'Tasks without a label do not run yet.', { help: 'Name what is to be predicted: `label survived`.' }),
    );
    return null;
  }
  const scope = scopeFor(env, 'label', entityRow({ ...entity, reads: 'as known later' }));
  const value = typeExpression(label.value ?? { kind: 'name', span: label.name.span, name: label.name }, scope);
  const timed = cutoffs.kind !== 'none';
  const ahead = windows(value).filter(({ window }) => window.direction === 'future');
  const horizon = upper([zeroDuration, ...ahead.map(({ window }) => window.to)]);
  const waits = labelWaits(value, entity.relation, cutoffs, env);
  const declared = writtenDelay(env, settings);
  if (timed && waits.open && !declared && !settings.has('delay')) {
    const reason = waits.open === 'after-outcome' ? value.facts.blocks.find(block => block.rule === 'after-outcome')?.reason : waits.open.reason;
    const { end } = declaration.label?.span ?? declaration.name.span;
    env.report(
      problem('missing-item', value.place, `Nothing says how long after the cutoff \`${label.name.text}\` is known.`, {
        label: 'read from a column that comes at no fixed time',
        help: 'delay: 7d',
        related: reason ? [{ place: reason.place, message: reason.message }] : [],
        fixes: [{ title: 'Add a delay of 7 days', safe: false, edits: [{ place: at({ start: end, end }), text: '\n  delay: 7d' }] }],
      }),
    );
  }
  return {
    name: label.name.text,
    value: atHome(value, env.file),
    place: at(label.span),
    ...labelKind(env, declaration, value, settings),
    horizon,
    delay: timed ? (declared ?? waits.lag) : zeroDuration,
    delayDeclared: declared !== null,
    delayPlace: declared ? at(settings.get('delay')?.value.span ?? label.span) : null,
    lag: { after: waits.lag, reason: waits.reason },
  };
}

/** The column that weighs the observations; reports where the table does not give each row one weight. */
function weightOf(env: Environment, relation: RelationModel, place: Place): string | null {
  const [first, second] = relation.columns.filter(column => column.roles.some(role => role.kind === 'weight'));
  if (!first) return null;
  const related = [{ place: first.place, message: `\`${first.name}\` is declared as the weight` }];
  if (second) {
    const message = `\`${relation.name}\` has two weights, \`${first.name}\` and \`${second.name}\`.`;
    const help = `Leave one out before it comes here: \`drop ${second.name}\`.`;
    env.report(problem('role-does-not-fit', place, message, { help, related: [...related, { place: second.place, message: 'the other one' }] }));
  } else if (first.type.nullable) {
    const message = `The weight \`${first.name}\` is null where the join finds no partner.`;
    env.report(problem('role-does-not-fit', place, message, { help: 'Join with `inner join`, or weigh by a column of the table itself.', related }));
  }
  return first.name;
}

export function typeTask(declaration: TaskDeclaration, env: Environment): TaskModel | null {
  const at = (span: Span): Place => ({ file: env.file, decl: env.decl, span });
  const settings = settingsOf(env, `The task \`${declaration.name.text}\``, declaration.items, taskSettings);
  const zone = zoneOf(env, settings);
  const { each } = declaration;
  if (!each) {
    env.report(
      problem('missing-item', at(declaration.name.span), `\`${declaration.name.text}\` does not say for whom it predicts.`, {
        help: 'Add the unit of observation: `each customer in customers`.',
      }),
    );
    return null;
  }
  if (!refer(env, each.table, 'source', 'table')) return null;
  const relation = env.relation(each.table.text);
  if (!relation) return null;
  const { cutoffs, facts } = typeCutoffs(env, declaration, each.name.text, relation, zone);
  const entity: EntityRow = {
    name: each.name.text,
    relation,
    cutoff: cutoffRead(cutoffs, facts),
    reads: 'masked',
    moment: momentOf(cutoffs),
  };
  let where: TypedExpr | null = null;
  if (each.where) {
    const scope = scopeFor(env, 'task', entityRow(entity));
    where = atHome(typeExpression(each.where, scope), env.file);
    requireCondition(scope, where, '`where`');
  }
  return {
    kind: 'task',
    name: declaration.name.text,
    place: at(declaration.name.span),
    entity: each.name.text,
    relation: each.table.text,
    relationPlace: at(each.table.span),
    where,
    cutoffs,
    cutoffFacts: facts,
    label: typeLabel(env, declaration, entity, cutoffs, settings),
    weight: weightOf(env, relation, at(each.table.span)),
    zone,
  };
}
