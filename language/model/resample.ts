/** `rows |> smote(k: 5)` in a feature set: not a feature, but rows that every fit on the set makes up beside its training rows. */
import { entryOf } from '../catalogue/catalogue.ts';
import type { Expr, ExprOf } from '../syntax/ast.ts';
import { typeSettings } from './catalogueSettings.ts';
import type { Scope, TypeExpression } from './scope.ts';
import { placeIn } from './scope.ts';
import type { FeatureModel, ResampleModel, TaskModel } from './typed.ts';
import { report } from './typing.ts';

/** The word in front of a transform of rows. */
const allRows = 'rows';

/** `rows |> smote` or `smote(rows)` as a call; null for anything else. A transform of rows behind another value is none. */
export function resampling(expr: Expr): ExprOf<'call'> | null {
  const call: ExprOf<'call'> | null =
    expr.kind === 'call'
      ? expr
      : expr.kind === 'pipe' && (expr.target.kind === 'call' || expr.target.kind === 'name')
        ? {
            kind: 'call',
            span: expr.span,
            callee: expr.target.kind === 'call' ? expr.target.callee : expr.target.name,
            args: [{ span: expr.value.span, name: null, value: expr.value, window: null }, ...(expr.target.kind === 'call' ? expr.target.args : [])],
          }
        : null;
  const [first] = call?.args ?? [];
  const isRows = first?.value.kind === 'name' && first.value.name.text === allRows;
  return call && isRows && entryOf('transform', call.callee.text)?.result === 'rows' ? call : null;
}

/** What it says; null after reporting why it cannot be done. */
export function typeResample(
  call: ExprOf<'call'>,
  features: readonly FeatureModel[],
  { label, name }: TaskModel,
  scope: Scope,
  type: TypeExpression,
): ResampleModel | null {
  const entry = entryOf('transform', call.callee.text);
  if (!entry) return null;
  const given = call.args.slice(1);
  const nameless = given.find(arg => !arg.name);
  if (nameless) {
    report(scope, 'wrong-arguments', nameless.span, `\`${entry.name}\` takes its settings by name.`, { help: `Write \`${entry.signature}\`.` });
    return null;
  }
  const settings = typeSettings(
    entry.name,
    call.callee.span,
    entry.settings,
    given.flatMap(arg => (arg.name ? [{ name: arg.name, value: arg.value }] : [])),
    scope,
    type,
  );
  if (label && (label.kind === 'number' || label.kind === 'count')) {
    report(scope, 'type-mismatch', call.span, `\`${entry.name}\` makes rows of the rarer classes, and the label of \`${name}\` is a number.`, {
      help: 'Leave it out.',
    });
    return null;
  }
  const open = features.find(({ value }) => value.type.nullable && value.type.kind !== 'category' && value.type.kind !== 'text');
  if (open) {
    report(
      scope,
      'needs-value',
      open.place,
      `\`${entry.name}\` makes rows between others and needs a value in each, and \`${open.name}\` may be null.`,
      {
        help: 'Fill it first: `x |> impute(median)`.',
        related: [{ place: placeIn(scope, call.span), message: `\`${entry.name}\` makes rows here` }],
      },
    );
    return null;
  }
  return { method: 'smote', settings, place: placeIn(scope, call.span) };
}
