/**
 * Settings by catalogue entry: what was written is held against type, range and choices, and what was left out takes its default, so that
 * writing a default changes nothing.
 */
import { laterWord } from '../catalogue/catalogue.ts';
import type { SettingEntry } from '../catalogue/entry.ts';
import type { Expr, Name } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/place.ts';
import { isDurationValue } from './arithmetic.ts';
import { respell } from './problem.ts';
import { placeIn, type Scope, type TypeExpression } from './scope.ts';
import type { SettingValue } from './typed.ts';
import { boundsText } from './typeOps.ts';
import { described, isUnknown, report } from './typing.ts';

/** A setting as written: `name: value`, or a value alone that stands for the setting `name`. */
export interface GivenSetting {
  readonly name: Name;
  readonly value: Expr;
}

const typeWords: Readonly<Record<SettingEntry['type'], string>> = {
  int: 'a whole number',
  float: 'a number',
  text: 'a text',
  bool: '`true` or `false`',
  choice: 'one of its choices',
  duration: 'a duration such as `30d`',
  share: 'a share such as `20%` or `0.2`',
  list: 'a list',
  value: 'a value that is written out',
};

const quoted = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

function limitsText({ min, max, exclusiveMin, type }: SettingEntry): string {
  const show = (n: number): string => (type === 'share' ? `${n * 100}%` : String(n));
  if (min !== undefined && exclusiveMin) return `above ${show(min)}${max === undefined ? '' : ` and at most ${show(max)}`}`;
  if (type === 'share') return `in ${show(min ?? 0)}..${show(max ?? 1)}`;
  return `in ${boundsText({ min: min ?? null, max: max ?? null })}`;
}

/** The bare word of a choice: `median`, `"median"`, or `none`. */
function wordOf(expr: Expr): string | null {
  return expr.kind === 'name' ? expr.name.text : expr.kind === 'text' ? expr.value : null;
}

/** A value that was meant to be put in, as it is written. */
function constantText(expr: Expr): string | null {
  if (expr.kind === 'number') return expr.raw;
  if (expr.kind === 'text') return JSON.stringify(expr.value);
  if (expr.kind === 'unary' && expr.operator === '-' && expr.operand.kind === 'number') return `-${expr.operand.raw}`;
  return expr.kind === 'bool' ? String(expr.value) : null;
}

function choice(entry: SettingEntry, expr: Expr, scope: Scope): SettingValue | undefined {
  const choices = entry.choices ?? [];
  const word = wordOf(expr);
  if (word !== null && choices.includes(word)) return word;
  if (expr.kind === 'missing' || word === '') return undefined;
  if (word !== null && laterWord('choice', word)) {
    report(scope, 'later-form', expr.span, `\`${word}\` is part of the language but does not run yet.`, { help: `Use one of ${quoted(choices)}.` });
    return undefined;
  }
  const near = word === null ? null : nearest(word, choices);
  const value = near === null && choices.includes('constant') ? constantText(expr) : null;
  const constant = value === null ? null : `constant, value: ${value}`;
  report(scope, 'setting-out-of-range', expr.span, `\`${entry.name}\` is one of ${quoted(choices)}.`, {
    help: near ? `Did you mean \`${near}\`?` : constant && `Write \`${constant}\`.`,
    fixes: near
      ? [respell(placeIn(scope, expr.span), near)]
      : constant
        ? [{ title: `Write \`${constant}\``, safe: false, edits: [{ place: placeIn(scope, expr.span), text: constant }] }]
        : [],
  });
  return undefined;
}

/** A number within the limits of the entry, or undefined after reporting. */
function inRange(entry: SettingEntry, value: number, span: Span, scope: Scope): number | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, exclusiveMin = false } = entry;
  if (value > min || (value === min && !exclusiveMin)) if (value <= max) return value;
  const shown = entry.type === 'share' ? `${value * 100}%` : String(value);
  report(scope, 'setting-out-of-range', span, `\`${entry.name}\` lies ${limitsText(entry)}, and this is ${shown}.`, {
    label: limitsText(entry),
    help:
      entry.default === undefined || entry.default === null
        ? 'Write a value within these limits.'
        : `Write a value within these limits, or leave the setting out for \`${String(entry.default)}\`.`,
  });
  return undefined;
}

/** The value of a setting, or undefined after reporting why it has none. */
export function settingValue(entry: SettingEntry, expr: Expr, scope: Scope, type: TypeExpression): SettingValue | undefined {
  if (expr.kind === 'missing') return undefined;
  const off = expr.kind === 'null' || (expr.kind === 'name' && expr.name.text === 'none');
  if (off && entry.default === null) return null;
  if (entry.type === 'choice') return choice(entry, expr, scope);
  if (entry.type === 'list') return listValue(entry, expr, scope, type);
  const typed = type(expr, scope);
  const wrong = (): undefined => {
    if (isUnknown(typed)) return undefined;
    const written = typed.kind === 'literal';
    report(
      scope,
      'type-mismatch',
      expr.span,
      `\`${entry.name}\` takes ${typeWords[entry.type]}${written ? `, not ${described(typed)}` : ', written out or as a param'}.`,
      { help: typeof entry.default === 'number' ? `Write \`${entry.name}: ${entry.default}\`, for example.` : null },
    );
    return undefined;
  };
  if (typed.kind !== 'literal') return wrong();
  const { value } = typed;
  switch (entry.type) {
    case 'int':
      return typeof value === 'number' && typed.type.kind === 'int' ? inRange(entry, value, expr.span, scope) : wrong();
    case 'float':
    case 'share':
      return typeof value === 'number' && (typed.type.kind === 'int' || typed.type.kind === 'float')
        ? inRange(entry, value, expr.span, scope)
        : wrong();
    case 'text':
      return typeof value === 'string' ? value : wrong();
    case 'bool':
      return typeof value === 'boolean' ? value : wrong();
    case 'duration':
      return isDurationValue(value) ? { duration: value } : wrong();
    case 'value':
      return isDurationValue(value) ? { duration: value } : value;
  }
}

function listValue(entry: SettingEntry, expr: Expr, scope: Scope, type: TypeExpression): SettingValue | undefined {
  if (expr.kind !== 'list') {
    report(scope, 'type-mismatch', expr.span, `\`${entry.name}\` takes a list.`, {
      help: entry.element === 'text' ? `Write \`${entry.name}: ["a", "b"]\`.` : `Write \`${entry.name}: [64, 32]\`.`,
    });
    return undefined;
  }
  const item: SettingEntry = { ...entry, type: entry.element ?? 'float' };
  const values = expr.items.map(part => settingValue(item, part, scope, type));
  return values.every(value => value !== undefined) ? values : undefined;
}

/**
 * All settings of `owner` (`gradient_boosting`, `impute`), defaults included. A setting that is wrong or missing is reported and takes its
 * default, or is left out.
 */
export function typeSettings(
  owner: string,
  ownerSpan: Span,
  entries: readonly SettingEntry[],
  given: readonly GivenSetting[],
  scope: Scope,
  type: TypeExpression,
): Readonly<Record<string, SettingValue>> {
  const values: Record<string, SettingValue> = {};
  const written = new Set<string>();
  for (const { name, value } of given) {
    const entry = entries.find(e => e.name === name.text);
    if (!entry) {
      reportUnknownSetting(owner, entries, name, scope);
      continue;
    }
    if (written.has(name.text)) {
      report(scope, 'wrong-arguments', name.span, `\`${name.text}\` is given twice.`, { help: 'Keep one of them.' });
      continue;
    }
    written.add(name.text);
    const found = settingValue(entry, value, scope, type);
    if (found !== undefined) values[entry.name] = found;
  }
  for (const entry of entries) {
    if (entry.name in values) continue;
    if (entry.default !== undefined) values[entry.name] = entry.default;
    else if (!written.has(entry.name)) reportMissingSetting(owner, ownerSpan, entry, scope);
  }
  return values;
}

function reportUnknownSetting(owner: string, entries: readonly SettingEntry[], name: Name, scope: Scope): void {
  if (name.text === '') return;
  if (laterWord('setting', name.text)) {
    report(scope, 'later-form', name.span, `\`${name.text}\` is part of the language but does not run yet.`, { help: 'Leave it out.' });
    return;
  }
  const names = entries.map(e => e.name);
  const near = nearest(name.text, names);
  report(scope, 'unknown-setting', name.span, `\`${owner}\` has no setting \`${name.text}\`.`, {
    help: near ? `Did you mean \`${near}\`?` : names.length ? `Its settings are ${quoted(names)}.` : 'It takes no settings.',
    fixes: near ? [respell(placeIn(scope, name.span), near)] : [],
  });
}

function reportMissingSetting(owner: string, span: Span, entry: SettingEntry, scope: Scope): void {
  const example = entry.choices?.[0] ?? (entry.type === 'share' ? '50%' : '…');
  report(
    scope,
    'missing-setting',
    span,
    `\`${owner}\` needs \`${entry.name}\` (${entry.doc.charAt(0).toLowerCase()}${entry.doc.slice(1).replace(/\.$/, '')}).`,
    {
      help: entry.choices ? `Write one of ${quoted(entry.choices)}, such as \`${owner}(${example})\`.` : `Write \`${entry.name}: ${example}\`.`,
    },
  );
}
