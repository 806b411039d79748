/** The arguments of a row function: which belongs to which parameter, and what is said of one that does not fit. */
import type { FunctionEntry, TypeClass } from '../catalogue/entry.ts';
import type { Argument, ExprOf } from '../syntax/ast.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { classText, kindText, typeText } from './typeOps.ts';
import { nameOf, type Parts, report } from './typing.ts';

export type Call = ExprOf<'call'>;

export const counted = (n: number): string => (n === 0 ? 'no arguments' : n === 1 ? 'one argument' : `${n} arguments`);

/** Arguments by parameter; null after reporting that they do not line up. */
export function lineUp(
  entry: FunctionEntry,
  expr: Call,
  scope: Scope,
): readonly { argument: Argument; parameter: FunctionEntry['parameters'][number] }[] | null {
  const { parameters, signature } = entry;
  const parts = (): Parts => ({ help: `Write it as \`${signature.split(' → ')[0]}\`.` });
  const used = new Map<FunctionEntry['parameters'][number], Argument[]>();
  let next = 0;
  for (const argument of expr.args) {
    if (argument.window) {
      report(scope, 'wrong-arguments', argument.window.span, `\`${entry.name}\` reads one row; only aggregates take windows.`, parts());
      return null;
    }
    const parameter = argument.name ? parameters.find(p => p.name === argument.name?.text) : parameters[next];
    if (!parameter) {
      const span = argument.name?.span ?? argument.span;
      const message = argument.name
        ? `\`${entry.name}\` has no argument \`${argument.name.text}\`.`
        : `\`${entry.name}\` takes ${counted(parameters.length)}.`;
      report(scope, 'wrong-arguments', span, message, parts());
      return null;
    }
    if (!argument.name && !parameter.variadic) next++;
    used.set(parameter, [...(used.get(parameter) ?? []), argument]);
    if (!parameter.variadic && (used.get(parameter)?.length ?? 0) > 1) {
      report(scope, 'wrong-arguments', argument.span, `\`${parameter.name}\` is given twice.`, parts());
      return null;
    }
  }
  const missing = parameters.find(p => !p.optional && !used.has(p));
  if (missing) {
    report(scope, 'wrong-arguments', expr.span, `\`${entry.name}\` needs \`${missing.name}\`, ${classText[missing.accepts]}.`, parts());
    return null;
  }
  return parameters.flatMap(parameter => (used.get(parameter) ?? []).map(argument => ({ argument, parameter })));
}

function conversion(accepts: TypeClass, arg: TypedExpr): string | null {
  if (accepts === 'number' && arg.type.kind === 'text') return 'Turn it into a number with `float(x)`.';
  if (accepts === 'textual') return 'Turn it into text with `text(x)`.';
  if ((accepts === 'time' || accepts === 'date') && arg.kind === 'literal' && arg.type.kind === 'text')
    return 'Write a date without quotes: `2024-01-31`.';
  return null;
}

export function misfit(entry: FunctionEntry, accepts: TypeClass, arg: TypedExpr, scope: Scope): void {
  const keyed = (accepts === 'number' || accepts === 'int') && ['key', 'ref', 'category'].includes(arg.type.kind);
  report(
    scope,
    keyed ? 'arithmetic-on-key' : 'type-mismatch',
    arg.place,
    `\`${entry.name}\` takes ${classText[accepts]}, and ${nameOf(arg) ?? 'this'} is ${kindText(arg.type)}.`,
    { label: typeText(arg.type), help: conversion(accepts, arg) },
  );
}
