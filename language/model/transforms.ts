/** Typing of fitted transforms: where they may stand, what they take and give, and their settings. */
import type { TransformEntry } from '../catalogue/entry.ts';
import type { Argument, ExprOf } from '../syntax/ast.ts';
import { atLeast } from './bounds.ts';
import type { GivenSetting } from './catalogueSettings.ts';
import { typeSettings } from './catalogueSettings.ts';
import { joinFit, withFit, withoutIdentity } from './factOps.ts';
import { eitherType, knownLevel } from './meeting.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { SettingValue, TypedExpr } from './typed.ts';
import { classText, fits, floatType, intType, isNumber, kindText, orNull, typeText, withNullable } from './typeOps.ts';
import type { Type } from './types.ts';
import { failed, isUnknown, nameOf, report } from './typing.ts';

type Call = ExprOf<'call'>;

/** `impute(age, median)` and `age |> impute(median)`: the first argument without a name is the input. */
export function transformCall(entry: TransformEntry, expr: Call, scope: Scope, type: TypeExpression): TypedExpr {
  const place = placeIn(scope, expr.span);
  const [first, ...rest] = expr.args;
  if (!first || first.name || first.window) {
    report(scope, 'wrong-arguments', expr.span, `\`${entry.name}\` needs the value that it changes.`, { help: `Write \`x |> ${entry.name}\`.` });
    return failed(place);
  }
  if (first.value.kind === 'list') {
    report(scope, 'later-form', first.value.span, 'A transform over several columns is part of the language but does not run yet.', {
      help: `Write one \`x |> ${entry.name}\` for each column.`,
    });
    return failed(place);
  }
  const input = type(first.value, scope);
  if (!allowed(entry, expr, scope)) return failed(place, input);
  if (isUnknown(input)) return failed(place, input);
  if (!fits(input.type, entry.accepts)) {
    report(
      scope,
      'type-mismatch',
      input.place,
      `\`${entry.name}\` takes ${classText[entry.accepts]}, and ${nameOf(input) ?? 'this'} is ${kindText(input.type)}.`,
      {
        label: typeText(input.type),
        help:
          input.type.kind === 'category' || input.type.kind === 'text'
            ? 'Turn levels into numbers with `one_hot`, `ordinal` or `target_encode`.'
            : null,
      },
    );
    return failed(place, input);
  }
  if (entry.requiresValue && input.type.nullable) {
    report(scope, 'needs-value', input.place, `\`${entry.name}\` needs a value in every row, and ${nameOf(input) ?? 'this'} may be null.`, {
      help: 'Fill it first: `x |> impute(median)`.',
    });
    return failed(place, input);
  }
  const settings = typeSettings(entry.name, expr.callee.span, entry.settings, given(entry, rest, scope), scope, type);
  if (entry.name === 'impute' && !fillsWith(settings, input, rest, expr, scope, type)) return failed(place, input);
  const kept = entry.usesLabel ? withoutIdentity(input.facts) : input.facts;
  return {
    kind: 'transform',
    transform: entry.name,
    inputs: [input],
    settings,
    type: resultType(entry, input.type, settings),
    facts: withFit(kept, joinFit(kept.fit, 'train')),
    place,
  };
}

/** Only features are fitted on training rows; elsewhere a fit would see all rows. */
function allowed(entry: TransformEntry, expr: Call, scope: Scope): boolean {
  if (scope.use === 'feature') return true;
  const inTable = scope.use === 'table' || scope.use === 'group' || scope.use === 'check';
  report(
    scope,
    'fitted-in-table',
    { start: expr.callee.span.start, end: expr.span.end },
    inTable
      ? `\`${entry.name}\` learns from all rows of the table, those of the test partition included.`
      : `\`${entry.name}\` learns from rows, and here no split says from which.`,
    {
      label: 'learned before the split',
      help: 'Move it into `features`: there it learns from the training rows of each fold.',
    },
  );
  return false;
}

function given(entry: TransformEntry, args: readonly Argument[], scope: Scope): readonly GivenSetting[] {
  const settings: GivenSetting[] = [];
  let positional = entry.positional;
  for (const { name, value, span } of args) {
    if (name) settings.push({ name, value });
    else if (positional !== null) {
      settings.push({ name: { text: positional, span }, value });
      positional = null;
    } else {
      report(
        scope,
        'wrong-arguments',
        span,
        `\`${entry.name}\` takes ${entry.positional ? 'no further argument without a name' : 'its settings by name'}.`,
        { help: `Write it as \`${entry.signature.split(' → ')[0]}\`.` },
      );
    }
  }
  return settings;
}

/** Whether the method of `impute` suits its input, else reported. */
function fillsWith(
  settings: Readonly<Record<string, SettingValue>>,
  input: TypedExpr,
  args: readonly Argument[],
  expr: Call,
  scope: Scope,
  type: TypeExpression,
): boolean {
  const { method } = settings;
  const written = args.find(arg => arg.name?.text === 'value');
  if ((method === 'mean' || method === 'median') && !isNumber(input.type)) {
    report(scope, 'type-mismatch', expr.span, `${nameOf(input) ?? 'This'} is ${kindText(input.type)} and has no ${method}.`, {
      label: typeText(input.type),
      help: 'Write `impute(mode)`, or `impute(constant, value: …)`.',
    });
    return false;
  }
  if (method === 'constant' && !written) {
    report(scope, 'missing-setting', expr.callee.span, '`impute(constant)` needs `value`: the constant that stands in for a missing value.', {
      help: 'Write `impute(constant, value: 0)`.',
    });
    return false;
  }
  if (method !== 'constant' && written?.name) {
    report(scope, 'wrong-arguments', written.name.span, '`value` belongs to `impute(constant)`.', {
      help: 'Write `impute(constant, value: …)`, or leave `value` out.',
    });
    return false;
  }
  if (!written) return typeof method === 'string';
  const value = type(written.value, scope);
  return knownLevel(scope, value, input) && (isUnknown(value) || eitherType(input, value, written.value.span, scope, '`impute`') !== null);
}

function resultType(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): Type {
  const nullable = entry.removesNulls ? false : input.nullable;
  switch (entry.result) {
    case 'same':
      // A mean of whole numbers has a fraction.
      if (input.kind === 'int' && (settings['method'] === 'mean' || settings['method'] === 'median')) return floatType(input.bounds, input.unit);
      return withNullable(input, nullable);
    case 'group':
      return {
        kind: 'vector',
        size: input.kind === 'category' && input.levels ? input.levels.length : input.kind === 'bool' ? 2 : 0,
        nullable: false,
      };
    case 'number':
      return entry.name === 'ordinal' ? orNull(intType(atLeast(0)), true) : orNull(floatType(), nullable);
  }
}
