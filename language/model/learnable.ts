/** What a model can learn from: numbers, conditions and levels. A moment means something only by its distance or its part. */
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed.ts';
import { kindText, typeText } from './typeOps.ts';
import type { Type } from './types.ts';
import { nameOf } from './typing.ts';

const remedies: Partial<Record<Type['kind'], (name: string) => string>> = {
  date: name => `Write how long ago it is, \`days(${name}, cutoff)\`, or a part of it, \`weekday(${name})\`.`,
  timestamp: name => `Write how long ago it is, \`days(${name}, cutoff)\`, or a part of it, \`hour(${name})\`.`,
  duration: () => 'Write it as a number: `days(a, b)`.',
  list: () => 'Write one feature for each value.',
  json: () => 'Read a part of it into a column first.',
  null: () => 'Leave it out, or write the value that is meant.',
};

/** Reports a feature whose type no algorithm reads. */
export function requireLearnable(scope: Scope, value: TypedExpr): void {
  const remedy = remedies[value.type.kind];
  if (!remedy) return;
  const name = nameOf(value);
  scope.report({
    rule: 'type-mismatch',
    place: value.place,
    message: `A model learns from numbers, conditions and categories, and ${name ?? 'this'} is ${kindText(value.type)}.`,
    label: typeText(value.type),
    help: remedy(name?.replaceAll('`', '') ?? 'x'),
    related: [],
    fixes: [],
  });
}
