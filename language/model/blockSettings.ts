/** Settings of blocks: `name: value` items, told from whatever else stands in a block, and read as constants. */
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import type { Item, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { type Constant, constantOf } from './literals.ts';
import { problem, respell } from './problem.ts';

export type SettingItem = Extract<Item, { kind: 'setting' }>;

const placeOf = (env: Environment, span: Span): Place => ({ file: env.file, decl: env.decl, span });

export const parameterOf =
  (env: Environment) =>
  (name: string): Constant | null =>
    env.param(name)?.value ?? null;

export function unknownSetting(env: Environment, owner: string, name: Name, known: readonly string[]): void {
  if (name.text === '') return;
  const place = placeOf(env, name.span);
  if (laterWord('setting', name.text) || laterWord('item', name.text)) {
    env.report(problem('later-form', place, `\`${name.text}\` is part of the language but does not run yet.`, { help: 'Leave it out.' }));
    return;
  }
  const near = nearest(name.text, known);
  env.report(
    problem('unknown-setting', place, `${owner} has no setting \`${name.text}\`.`, {
      help: near
        ? `Did you mean \`${near}\`?`
        : known.length
          ? `Its settings are ${known.map(k => `\`${k}\``).join(', ')}.`
          : entryOf('metric', name.text)
            ? `A claim compares the figure: \`${name.text} >= 0.8\`.`
            : 'It takes no settings.',
      fixes: near ? [respell(place, near)] : [],
    }),
  );
}

export function wrongSetting(env: Environment, span: Span, message: string, help: string | null = null): void {
  env.report(problem('wrong-setting', placeOf(env, span), message, { help }));
}

/**
 * The settings among the items, by name. Whatever is no setting, or not one of `known`, is reported; of two with one name the first
 * counts.
 */
export function settingsOf(env: Environment, owner: string, items: readonly Item[], known: readonly string[]): ReadonlyMap<string, SettingItem> {
  const found = new Map<string, SettingItem>();
  for (const item of items) {
    if (item.kind === 'block') unknownSetting(env, owner, item.word, known);
    else if (item.kind !== 'setting') {
      // Of a missing expression the parser has said what is missing.
      if (item.kind === 'expression' && item.value.kind === 'missing') continue;
      wrongSetting(env, item.span, `${owner} takes settings of the form \`name: value\`.`, `Write it as \`${known[0] ?? 'name'}: …\`.`);
    } else if (!known.includes(item.name.text)) unknownSetting(env, owner, item.name, known);
    else {
      const first = found.get(item.name.text);
      if (!first) found.set(item.name.text, item);
      else {
        env.report(
          problem('wrong-setting', placeOf(env, item.name.span), `\`${item.name.text}\` is set twice.`, {
            help: 'Leave one of the two out.',
            related: [{ place: placeOf(env, first.name.span), message: 'set here first' }],
          }),
        );
      }
    }
  }
  return found;
}

/** The constant of a setting; null after reporting that it is none. */
export function constantSetting(env: Environment, { name, value }: SettingItem, example: string): Constant | null {
  if (value.kind === 'missing') return null;
  const constant = constantOf(value, parameterOf(env));
  if (!constant) wrongSetting(env, value.span, `\`${name.text}\` cannot have this value.`, `Write it as \`${name.text}: ${example}\`.`);
  return constant;
}
