/** The frame of a window: `last 30d lag 7d`, `next 60d`, or none; its edges relative to the cutoff, and the times that it needs. */
import type { AggregateEntry } from '../catalogue/entry.ts';
import type { DurationValue, Expr, WindowClause } from '../syntax/ast.ts';
import type { Span } from '../text/place.ts';
import { isDurationValue } from './arithmetic.ts';
import { addDuration, negateDuration, zeroDuration } from './factOps.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { RelationModel, TypedWindow } from './typed.ts';
import { isNumber, typeText } from './typeOps.ts';
import { isUnknown, report, written } from './typing.ts';

export type Frame = NonNullable<WindowClause['frame']>;
export type Edges = Pick<TypedWindow, 'from' | 'to' | 'direction'>;

/** Without a frame: all history before the cutoff. */
export const everything: Edges = { from: null, to: zeroDuration, direction: 'past' };

/** A duration that is written out, or held by a param or a definition's parameter; null after reporting. */
function constantDuration(expr: Expr, scope: Scope, type: TypeExpression, least: 'positive' | 'zero'): DurationValue | null {
  const found = written(expr, scope);
  if (found.expr.kind === 'missing') return null;
  const typed = type(found.expr, found.scope);
  if (isUnknown(typed)) return null;
  const { span } = found.expr;
  if (typed.kind !== 'literal' || !isDurationValue(typed.value)) {
    report(found.scope, 'type-mismatch', span, 'The length of a window is a duration that is written out.', {
      label: typeText(typed.type),
      help:
        typed.kind === 'literal' && isNumber(typed.type)
          ? `Write \`${String(typed.value)}d\` for days.`
          : 'Write one such as `30d`, or a param of type duration.',
    });
    return null;
  }
  const { months, micros } = typed.value;
  const negative = months < 0 || micros < 0;
  if (least === 'positive' && (negative || (months === 0 && micros === 0))) {
    report(found.scope, 'impossible-range', span, 'A window of this length holds no rows.', { help: 'Write a length above 0, such as `30d`.' });
    return null;
  }
  if (negative) {
    report(found.scope, 'impossible-range', span, 'A lag looks further back; a negative one would look past the cutoff.', {
      help: 'Write a lag of 0 or more.',
    });
    return null;
  }
  return typed.value;
}

/** Edges relative to the cutoff; null after reporting. */
export function edgesOf(frame: Frame, scope: Scope, type: TypeExpression): Edges | null {
  const length = constantDuration(frame.duration, scope, type, 'positive');
  const lag = frame.lag ? constantDuration(frame.lag, scope, type, 'zero') : zeroDuration;
  if (!length || !lag) return null;
  if (frame.kind === 'last') return { from: negateDuration(addDuration(length, lag)), to: negateDuration(lag), direction: 'past' };
  return { from: lag, to: addDuration(lag, length), direction: 'future' };
}

/** Aggregates whose answer rests on the order of rows in time. */
const ordered = new Set(['first', 'last', 'slope']);

/** Reports a window, or an order, without the times that it goes by. */
export function timeProblem(entry: AggregateEntry, relation: RelationModel, frame: Frame | null, span: Span, scope: Scope): boolean {
  if (!frame && !ordered.has(entry.name)) return false;
  if (!relation.event && relation.open) return true;
  if (!relation.event) {
    report(
      scope,
      'window-without-time',
      frame?.span ?? span,
      `\`${relation.name}\` has no event time, so ${frame ? 'a window of time has' : `\`${entry.name}\` has no order and`} no meaning.`,
      {
        label: frame ? `when is a row of \`${relation.name}\`?` : null,
        help: 'Give the column that says when a row happened the role `@time`.',
        related: [{ place: relation.place, message: `\`${relation.name}\` is declared here` }],
      },
    );
    return true;
  }
  if (frame && !scope.resolve('cutoff', placeIn(scope, frame.span))) {
    report(scope, 'window-without-time', frame.span, 'The task has no cutoffs, so nothing says where this window ends.', {
      help: 'Give the task cutoffs: `at every month from … to …`.',
    });
    return true;
  }
  return false;
}
