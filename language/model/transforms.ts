/** Typing of fitted transforms: where they may stand, what they take and give, and their settings. */
import type { TransformEntry } from '../catalogue/entry.ts';
import type { Argument, ExprOf } from '../syntax/ast.ts';
import { atLeast, open } from './bounds.ts';
import type { GivenSetting } from './catalogueSettings.ts';
import { typeSettings } from './catalogueSettings.ts';
import { joinFit, withFit, withoutIdentity } from './factOps.ts';
import { eitherType, knownLevel } from './meeting.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { SettingValue, TypedExpr } from './typed.ts';
import { boolType, classText, fits, floatType, intType, isNumber, kindText, orNull, typeText, withNullable } from './typeOps.ts';
import type { Bounds, Type } from './types.ts';
import { failed, isUnknown, nameOf, report } from './typing.ts';
import { pure } from './units.ts';

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
  if (!ordered(settings, expr, scope)) return failed(place, input);
  const kept = entry.mergesValues ? withoutIdentity(input.facts) : input.facts;
  return {
    kind: 'transform',
    transform: entry.name,
    inputs: [input],
    settings,
    type: resultType(entry, input.type, settings),
    facts: entry.learns ? withFit(kept, joinFit(kept.fit, 'train')) : kept,
    place,
  };
}

/** Only features are fitted on training rows; elsewhere a fit would see all rows. */
function allowed(entry: TransformEntry, expr: Call, scope: Scope): boolean {
  if (scope.use === 'feature') return true;
  if (!entry.learns) {
    report(scope, 'type-mismatch', expr.callee.span, `\`${entry.name}\` makes columns of a feature set, and this is none.`, {
      help: entry.result === 'bool' ? 'Write `x == null`.' : 'Move it into `features`.',
    });
    return false;
  }
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

/** A low and a high quantile stand in this order. */
function ordered({ low, high }: Readonly<Record<string, SettingValue>>, expr: Call, scope: Scope): boolean {
  if (typeof low !== 'number' || typeof high !== 'number' || low < high) return true;
  const shown = (value: number): string => `${Number((value * 100).toPrecision(12))}%`;
  report(scope, 'setting-out-of-range', expr.span, `\`low\` lies below \`high\`, and here they are ${shown(low)} and ${shown(high)}.`, {
    help: `Write \`${expr.callee.text}(low: 5%, high: 95%)\`.`,
  });
  return false;
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

/** How many columns a group has, as far as the program says; 0 where the training rows decide. */
function groupSize(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): number {
  const written = settings['columns'];
  if (entry.name === 'cyclic') return 2;
  if (entry.name === 'one_hot') return input.kind === 'category' && input.levels ? input.levels.length : input.kind === 'bool' ? 2 : 0;
  return typeof written === 'number' ? written : 0;
}

function numberBounds(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): Bounds {
  switch (entry.name) {
    case 'min_max':
      return settings['clip'] === true ? { min: 0, max: 1 } : open;
    case 'winsorize':
      // Quantiles lie between values that are there.
      return isNumber(input) ? input.bounds : open;
    case 'quantile_bin':
      return { min: 0, max: Number(settings['bins']) - 1 };
    case 'ordinal':
      return atLeast(0);
    default:
      return entry.range ? { min: entry.range[0], max: entry.range[1] } : open;
  }
}

const wholeResults: ReadonlySet<string> = new Set(['ordinal', 'quantile_bin']);

function resultType(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): Type {
  const nullable = entry.removesNulls ? false : input.nullable;
  switch (entry.result) {
    case 'same':
      // A mean of whole numbers has a fraction.
      if (input.kind === 'int' && (settings['method'] === 'mean' || settings['method'] === 'median')) return floatType(input.bounds, input.unit);
      return withNullable(input, nullable);
    case 'bool':
      return orNull(boolType, nullable);
    case 'group':
      return { kind: 'vector', size: groupSize(entry, input, settings), nullable };
    case 'number': {
      const unit = entry.unit === 'keep' && isNumber(input) ? input.unit : pure;
      const bounds = numberBounds(entry, input, settings);
      // A level that the training rows do not have has no place.
      return orNull((wholeResults.has(entry.name) ? intType : floatType)(bounds, unit), nullable || entry.name === 'ordinal');
    }
  }
}
