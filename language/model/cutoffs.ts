/** When a task predicts: a grid of instants, a time column of the entity, or never. */
import type { DurationValue, Expr, TaskDeclaration } from '../syntax/ast.ts';
import { grid, instantOf, mostSteps, wallTime } from '../text/calendar.ts';
import { durationWords, microsPerDay } from '../text/duration.ts';
import { grouped } from '../text/grouped.ts';
import type { Place } from '../text/place.ts';
import { parameterOf, wrongSetting } from './blockSettings.ts';
import type { Environment } from './environment.ts';
import { typeExpression } from './expression.ts';
import { addDuration, blocksOf, noFacts, type Shifted, zeroDuration } from './factOps.ts';
import type { Facts } from './facts.ts';
import { type Constant, constantOf } from './literals.ts';
import { problem, respell } from './problem.ts';
import { scopeFor } from './scopes.ts';
import { entityRow } from './scopesRow.ts';
import { passed, shapeOf } from './shapes.ts';
import type { RelationModel, TaskModel, TypedExpr } from './typed.ts';
import { endsEarlierBy, zonesOf } from './zones.ts';

type Cutoffs = TaskModel['cutoffs'];
type Written = NonNullable<TaskDeclaration['at']>;

export interface TypedCutoffs {
  readonly cutoffs: Cutoffs;
  /** Facts of when an observation is made. */
  readonly facts: Facts;
}

const none: TypedCutoffs = { cutoffs: { kind: 'none' }, facts: noFacts };

const words: Readonly<Record<string, DurationValue>> = {
  hour: { months: 0, micros: microsPerDay / 24 },
  day: { months: 0, micros: microsPerDay },
  week: { months: 0, micros: 7 * microsPerDay },
  month: { months: 1, micros: 0 },
  quarter: { months: 3, micros: 0 },
  year: { months: 12, micros: 0 },
};

/** Steps as people write them elsewhere. */
const spellings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(words).map(word => [`${word}s`, word])),
  ...Object.fromEntries(Object.keys(words).map(word => [`${word}ly`, word])),
  daily: 'day',
  annually: 'year',
  d: 'day',
  w: 'week',
  m: 'month',
};
const weekdays: ReadonlySet<string> = new Set(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);

function stepOf(env: Environment, step: Expr): DurationValue | null {
  if (step.kind === 'missing') return null;
  const word = step.kind === 'name' ? words[step.name.text] : undefined;
  const constant = word ? null : constantOf(step, parameterOf(env));
  const duration = word ?? (constant?.kind === 'duration' ? constant.value : null);
  if (!duration) {
    const word = step.kind === 'name' ? step.name.text.toLowerCase() : '';
    const meant = Object.hasOwn(spellings, word) ? spellings[word] : undefined;
    const place: Place = { file: env.file, decl: env.decl, span: step.span };
    env.report(
      problem('wrong-setting', place, 'The step between cutoffs is a duration.', {
        help: weekdays.has(word)
          ? `Write \`every week from\` and the date of a ${word}.`
          : meant
            ? `Did you mean \`every ${meant}\`?`
            : `Write \`every month\`, or a duration: \`every 7d\`. Words are ${Object.keys(words)
                .map(w => `\`${w}\``)
                .join(', ')}.`,
        fixes: meant ? [respell(place, meant)] : [],
      }),
    );
    return null;
  }
  if (duration.months < 0 || duration.micros < 0 || (duration.months === 0 && duration.micros === 0)) {
    wrongSetting(env, step.span, 'The step between cutoffs is longer than nothing.', 'Write `every month`, or a duration: `every 7d`.');
    return null;
  }
  return duration;
}

/** A date or timestamp that is written out; null after reporting that it is none. */
export function timeConstant(env: Environment, expr: Expr, what: string): Extract<Constant, { kind: 'date' | 'timestamp' }> | null {
  if (expr.kind === 'missing') return null;
  const constant = constantOf(expr, parameterOf(env));
  if (constant?.kind === 'date' || constant?.kind === 'timestamp') return constant;
  wrongSetting(env, expr.span, `${what} is a date or a timestamp.`, 'Write it as `2024-01-31` or `2024-01-31T10:00:00Z`.');
  return null;
}

/** The instant at which the date begins in the zone, or the timestamp itself. */
export const firstInstant = (time: Extract<Constant, { kind: 'date' | 'timestamp' }>, zone: string): number =>
  time.kind === 'date' ? instantOf(time.value, zone) : time.value;

/** The instant after the last one that the bound includes: a date includes its whole day. */
export const endInstant = (time: Extract<Constant, { kind: 'date' | 'timestamp' }>, zone: string): number =>
  time.kind === 'date' ? instantOf(time.value + microsPerDay, zone) : time.value + 1;

function gridOf(env: Environment, at: Extract<Written, { kind: 'every' }>, zone: string): TypedCutoffs {
  const place: Place = { file: env.file, decl: env.decl, span: at.span };
  const step = stepOf(env, at.step);
  const from = timeConstant(env, at.from, 'The first cutoff');
  const to = timeConstant(env, at.to, 'The last cutoff');
  // Without a readable grid the task still has cutoffs, only none is known: later rules then claim nothing about them.
  const unread: TypedCutoffs = { cutoffs: { kind: 'grid', place, step: step ?? zeroDuration, instants: [] }, facts: noFacts };
  if (!step || !from || !to) return unread;
  const start = firstInstant(from, zone);
  const end = endInstant(to, zone);
  if (start >= end) {
    env.report(problem('impossible-range', place, 'The last cutoff lies before the first one.', { help: 'Swap the two ends.' }));
    return unread;
  }
  const instants = grid(start, end, step, zone);
  if (!instants) {
    env.report(
      problem('impossible-range', place, `A step of ${durationWords(step)} gives more than ${grouped(mostSteps)} cutoffs.`, {
        help: 'Take a longer step or a shorter range.',
      }),
    );
    return unread;
  }
  return { cutoffs: { kind: 'grid', place, step, instants }, facts: noFacts };
}

function columnOf(env: Environment, at: Extract<Written, { kind: 'column' }>, name: string, relation: RelationModel, zone: string): TypedCutoffs {
  const row = entityRow({ name, relation, cutoff: null, reads: 'as known later' });
  const value = typeExpression(at.value, scopeFor(env, 'task', row));
  const place: Place = { file: env.file, decl: env.decl, span: at.span };
  if (value.type.kind !== 'timestamp' && value.type.kind !== 'date' && value.type.kind !== 'unknown') {
    env.report(
      problem('type-mismatch', value.place, 'A cutoff is a moment, and this is none.', {
        help: `Name a date or timestamp of \`${relation.name}\`, or write \`at every month from 2024-01-01 to 2024-12-01\`.`,
      }),
    );
  }
  const shape = shapeOf(value, leaf => relation.columns.find(column => leaf.kind === 'column' && column.name === leaf.name)?.shape ?? null);
  return {
    cutoffs: {
      kind: 'column',
      place,
      value,
      shape,
      endsEarlierBy: shape ? endsEarlierBy(shape, value.type, zonesOf(value.facts, env), zone) : 0,
      assumed: false,
    },
    facts: value.facts,
  };
}

/** Without `at`, an observation is made at its own event time. */
function assumed(env: Environment, relation: RelationModel, place: Place, zone: string): TypedCutoffs {
  const column = relation.event && relation.columns.find(({ name }) => name === relation.event?.column);
  if (!column || !relation.event) return none;
  const value: TypedExpr = { kind: 'column', name: column.name, type: column.type, facts: column.facts, place };
  const { shape } = relation.event;
  const early = endsEarlierBy(shape, value.type, zonesOf(value.facts, env), zone);
  return { cutoffs: { kind: 'column', place, value, shape, endsEarlierBy: early, assumed: true }, facts: value.facts };
}

export function typeCutoffs(env: Environment, declaration: TaskDeclaration, name: string, relation: RelationModel, zone: string): TypedCutoffs {
  const { at } = declaration;
  if (!at) return assumed(env, relation, { file: env.file, decl: env.decl, span: declaration.each?.span ?? declaration.name.span }, zone);
  return at.kind === 'every' ? gridOf(env, at, zone) : columnOf(env, at, name, relation, zone);
}

/** The cutoff as an observation reads it: a value of its own, so of what it was computed from only that counts which stands in the way of using it. */
export const cutoffRead = ({ kind }: Cutoffs, facts: Facts): Facts | null => (kind === 'none' ? null : blocksOf(facts));

/** Whether every cutoff stands at a midnight of UTC. */
export const atMidnight = (cutoffs: Cutoffs): boolean =>
  cutoffs.kind === 'grid' && cutoffs.instants.every(instant => wallTime(instant, 'UTC') % microsPerDay === 0);

/** The time of the observation's row that its cutoff is, or one before it: a day with its last instant in the task's zone. Null where it is none. */
export function momentOf(cutoffs: Cutoffs): Shifted | null {
  if (cutoffs.kind !== 'column' || !cutoffs.shape) return null;
  const { root, plus } = passed(cutoffs.shape, cutoffs.value.type);
  return { root, plus: addDuration(plus, { months: 0, micros: 0 - cutoffs.endsEarlierBy }) };
}
