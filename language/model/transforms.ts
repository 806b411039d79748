/** Typing of fitted transforms: where they may stand, what they take and give, and their settings. `transformInputs.ts` reads what stands in front. */
import type { TransformEntry } from '../catalogue/entry.ts';
import type { Argument, ExprOf } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import type { GivenSetting } from './catalogueSettings.ts';
import { typeSettings } from './catalogueSettings.ts';
import { joinFacts, joinFit, withFit, withoutIdentity } from './factOps.ts';
import { eitherType, knownLevel } from './meeting.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import { type Input, inputsOf, listOf, suits, together } from './transformInputs.ts';
import { resultType } from './transformResults.ts';
import type { SettingValue, TypedExpr } from './typed.ts';
import { isNumber, kindText, typeText } from './typeOps.ts';
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
  if (entry.result === 'rows') {
    report(scope, 'wrong-arguments', expr.callee.span, `\`${entry.name}\` makes rows, and here a value belongs.`, {
      help: `Write \`${entry.example}\` as an item of \`features\`.`,
    });
    return failed(place);
  }
  const read = inputsOf(first.value, scope, type);
  const inputs = read.items.map(item => item.value);
  if (!allowed(entry, expr, scope)) return failed(place, ...inputs);
  if (inputs.some(isUnknown) || inputs.length === 0) {
    typeSettings(entry.name, expr.callee.span, entry.settings, given(entry, rest, scope), scope, type);
    return failed(place, ...inputs);
  }
  if (!read.items.every(item => suits(entry, item, scope))) return failed(place, ...inputs);
  if (entry.inputs === 'many' && !together(entry, inputs, expr, scope)) return failed(place, ...inputs);
  const settings = typeSettings(entry.name, expr.callee.span, entry.settings, given(entry, rest, scope), scope, type);
  if (entry.name === 'impute' && !inputs.every(input => fillsWith(settings, input, rest, expr, scope, type))) return failed(place, ...inputs);
  if (!ordered(settings, expr, scope)) return failed(place, ...inputs);
  if (entry.inputs === 'many') return applied(entry, read.items, settings, place);
  const results = read.items.map(item => applied(entry, [item], settings, place));
  const [only] = results;
  return only && !read.isList ? only : listOf(results, place);
}

function applied(entry: TransformEntry, items: readonly Input[], settings: Readonly<Record<string, SettingValue>>, place: Place): TypedExpr {
  const inputs = items.map(item => item.value);
  const facts = joinFacts(...inputs.map(input => input.facts));
  const kept = entry.mergesValues ? withoutIdentity(facts) : facts;
  return {
    kind: 'transform',
    transform: entry.name,
    inputs,
    ...(entry.inputs === 'many' ? { names: items.map(item => item.name) } : {}),
    settings,
    type: resultType(
      entry,
      inputs.map(input => input.type),
      settings,
    ),
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

/** A value is carried from one cutoff of an entity to the next, else reported. */
function carriesForward(input: TypedExpr, expr: Call, scope: Scope): boolean {
  if (!scope.recurs) {
    report(scope, 'wrong-arguments', expr.span, 'Nothing can be carried forward: the task does not look at an entity again and again.', {
      help: 'Give it a grid of cutoffs, `at every month from … to …`, and its table a key; or read what came before from a window: `x ?? last(x of T)`.',
    });
    return false;
  }
  const { kind } = input.type;
  if (isNumber(input.type) || kind === 'bool' || kind === 'text' || kind === 'category') return true;
  report(
    scope,
    'type-mismatch',
    expr.span,
    `Numbers, conditions and categories are carried forward, and ${nameOf(input) ?? 'this'} is ${kindText(input.type)}.`,
    {
      label: typeText(input.type),
      help: 'Make a number of it first, as in `days(x, cutoff)`.',
    },
  );
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
  if (method === 'forward' && !carriesForward(input, expr, scope)) return false;
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
