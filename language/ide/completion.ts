/**
 * What fits where the cursor stands: words of the language, settings, names in scope. `cursor.ts` says where that is, `clauses.ts` which
 * words join the parts of a declaration; here they become names and entries of the catalogue.
 */
import { entryOf } from '../catalogue/catalogue.ts';
import type { SettingEntry } from '../catalogue/entry.ts';
import { formsOf } from '../catalogue/forms.ts';
import type { Program } from '../model/program.ts';
import type { Declaration, FileTree } from '../syntax/ast.ts';
import { parseChunk } from '../syntax/parse.ts';
import { declarationWords } from '../syntax/words.ts';
import { lineIndex, offsetAt } from '../text/lines.ts';
import type { Position } from '../text/place.ts';
import { writtenName } from '../text/writtenName.ts';
import { type Clause, clauseAt, columnClauses, headers, stepClauses, taskClauses, windowClauses } from './clauses.ts';
import { type Cursor, readCursor } from './cursor.ts';
import { declarationAt } from './declarations.ts';
import { type Completion, entries, forms, keywords, namesFor, type Seen, values } from './offers.ts';
import { modelSettings, splitSettings } from './settings.ts';

export type { Completion } from './offers.ts';

const declaring: ReadonlySet<Completion['kind']> = new Set(['column', 'feature', 'table', 'task', 'model']);

const ofClause = (clause: Clause | null, seen: Seen): Completion[] => [
  ...keywords(clause?.words ?? []),
  ...(clause?.names ?? []).flatMap(wanted => namesFor(wanted, seen)),
];

const settingOffers = (list: readonly SettingEntry[]): Completion[] =>
  list.map(({ name, type, doc, default: usual }) => ({
    label: name,
    kind: 'setting',
    detail: `${type}${usual === undefined ? '' : `, default ${usual === null ? 'none' : JSON.stringify(usual)}`}`,
    doc,
  }));

/** The value of one of these settings, where one is being written; else null. */
function settingValue(list: readonly SettingEntry[], item: string): Completion[] | null {
  const name = /^([\p{L}_]\w*)\s*:\s*$/u.exec(item)?.[1];
  const entry = list.find(setting => setting.name === name);
  if (!entry || entry.type === 'value') return null;
  const choices = entry.choices ?? (entry.type === 'bool' ? ['true', 'false'] : []);
  return values([...choices, ...(entry.default === null ? ['none'] : [])], `value of ${entry.name}`);
}

/** Between the parentheses of a call. */
function insideCall(owner: string, { item }: Cursor, seen: Seen): Completion[] {
  const transform = entryOf('transform', owner);
  const metric = entryOf('metric', owner);
  const connector = entryOf('connector', owner);
  const aggregate = entryOf('aggregate', owner);
  const settings = transform?.settings ?? metric?.parameters ?? connector?.options ?? [];
  const value = settingValue(settings, item);
  if (value) return value;
  const choices = settings.find(({ name }) => name === transform?.positional)?.choices ?? [];
  const own = [...settingOffers(settings), ...values(choices, `value of ${transform?.positional ?? ''}`)];
  if (connector || metric || (transform && seen.declaration.kind === 'features')) return own;
  if (seen.declaration.kind === 'model') return [...namesFor('feature sets', seen), ...namesFor('models', seen)];
  if (seen.declaration.kind === 'evaluate') {
    if (owner === 'drift') return values(['features', 'score', 'label'], 'what may move');
    return owner === 'low' || owner === 'high' ? namesFor('metrics', seen) : namesFor('expression', seen);
  }
  const isWindowed = aggregate && (seen.declaration.kind === 'task' || seen.declaration.kind === 'features' || seen.declaration.kind === 'def');
  const clause = isWindowed ? clauseAt(windowClauses, item) : null;
  if (clause) return ofClause(clause, seen);
  return [
    ...settingOffers(aggregate?.parameters ?? []),
    ...namesFor('columns', seen),
    ...(isWindowed || owner === 'refers' ? namesFor('tables', seen) : []),
    ...namesFor('expression', seen),
  ];
}

function insideColumns(cursor: Cursor, seen: Seen): Completion[] {
  const inner = cursor.brackets.at(-1);
  if (inner?.sign === '(')
    return inner.item.endsWith('@known') ? namesFor('columns', seen) : inner.item.endsWith('@after') ? values(['outcome'], 'when') : [];
  if (cursor.brackets.length > 1) return [];
  if (cursor.item.endsWith('@')) return entries('role', 'role');
  return ofClause(clauseAt(columnClauses, cursor.item), seen);
}

function insideTask(item: string, seen: Seen): Completion[] {
  if (item === '') return forms('task', ['each', 'at', 'label', 'delay', 'zone', 'positive']);
  return ofClause(clauseAt(taskClauses, item), seen);
}

function insideSplit(item: string, method: string, seen: Seen): Completion[] {
  if (item === '') return settingOffers(splitSettings(method));
  return /^(?:group|stratify)\s*:\s*/.test(item) ? namesFor('columns', seen) : [];
}

function insideModel(item: string, owner: string, declaration: Extract<Declaration, { kind: 'model' }>, seen: Seen): Completion[] {
  const settings = modelSettings(declaration, owner === 'tune');
  if (/^split\s*:\s*$/.test(item)) return namesFor('splits', seen);
  if (/^final\s*:\s*$/.test(item)) return namesFor('algorithms', seen);
  if (/^inner\s*:\s*$/.test(item)) return keywords(['group']);
  if (/^threshold\s*:\s*$/.test(item)) return values(['max', 'min', 'cost'], 'value of threshold');
  const value = settingValue(settings, item);
  if (value) return value;
  if (/:\s*\S.*\bon\s+$/s.test(item)) return namesFor('partitions', seen);
  if (/^(?:by\s*:\s*|threshold\s*:\s*(?:max|min)\s+)$/.test(item)) return namesFor('metrics', seen);
  if (/^(?:by|early_stop|threshold)\s*:\s*\S.*\s$/s.test(item)) return keywords(['on']);
  return item === '' ? settingOffers(settings) : [];
}

function insideClaims(item: string, seen: Seen): Completion[] {
  const isCheck = seen.declaration.kind === 'check';
  const severities = values(isCheck ? ['warn', 'error', 'quarantine'] : ['warn', 'error'], 'severity');
  if (/^by\s/.test(item)) return [...namesFor('columns', seen), ...namesFor('expression', seen)];
  const names = isCheck
    ? [...namesFor('columns', seen), ...forms('claim', ['complete', 'unique', 'fresh', 'refers', 'rate', 'count']), ...namesFor('expression', seen)]
    : [...namesFor('metrics', seen), ...namesFor('models', seen)];
  if (item === '')
    return isCheck ? names : [...names, ...forms('evaluation', ['by', 'low', 'drift', 'confusion', 'plausible']), ...keywords(['high'])];
  return [...severities, ...(/\bdrift\s*\(/.test(item) ? entries('value', 'drift') : []), ...names];
}

function inside(cursor: Cursor, seen: Seen): Completion[] {
  const { declaration } = seen;
  const { item } = cursor;
  const [outer] = cursor.brackets;
  const inner = cursor.brackets.at(-1);
  if (declaration.kind === 'source' && outer?.sign === '{') return insideColumns(cursor, seen);
  if (inner?.sign === '(') return insideCall(inner.owner, cursor, seen);
  if (declaration.kind === 'table') {
    if (inner?.sign === '{') return [...namesFor('columns', seen), ...namesFor('expression', seen)];
    const step = /^.*(?<!\|)\|(?![|>])(.*)$/s.exec(item)?.[1];
    return step === undefined ? namesFor('tables', seen) : ofClause(clauseAt(stepClauses, step.trimStart()), seen);
  }
  if (!inner) return ofClause(clauseAt(headers[declaration.kind] ?? [], item), seen);
  if (inner.sign === '[') return [...namesFor('columns', seen), ...namesFor('expression', seen)];
  switch (declaration.kind) {
    case 'task':
      return insideTask(item, seen);
    case 'split':
      return insideSplit(item, declaration.method.text, seen);
    case 'features':
      return /\|>\s*$/.test(item)
        ? namesFor('transforms', seen)
        : [...namesFor('columns', seen), ...namesFor('tables', seen), ...namesFor('expression', seen)];
    case 'model':
      return insideModel(item, inner.owner, declaration, seen);
    case 'check':
    case 'evaluate':
      return insideClaims(item, seen);
    default:
      return [];
  }
}

/** Whether only the first word of a declaration stands there: it is part of the one above until a name follows. */
const begins = (line: string): boolean =>
  declarationWords.some(word => line.startsWith(word) && /^\s+[\p{L}\p{N}_]*$/u.test(line.slice(word.length)));

export function completions(tree: FileTree, program: Program, position: Position): Completion[] {
  const offset = offsetAt(lineIndex(tree.text), tree.text, position);
  const line = tree.text.slice(tree.text.lastIndexOf('\n', offset - 1) + 1, offset);
  const at = declarationAt(tree, position);
  const starters = formsOf('declaration').map(({ name, syntax, doc }) => ({ label: name, kind: 'keyword' as const, detail: syntax, doc }));
  if (!at || /^[\p{L}\p{N}_]*$/u.test(line)) return starters;
  const begun = begins(line) ? { start: offset - line.length, declaration: parseChunk(line).declaration } : at;
  if (!begun.declaration) return starters;
  const labels = new Set<string>();
  return inside(readCursor(tree.text.slice(begun.start, offset)), { declaration: begun.declaration, tree, program })
    .filter(({ label }) => !labels.has(label) && labels.add(label))
    .map(offer => (declaring.has(offer.kind) && writtenName(offer.label) !== offer.label ? { ...offer, insert: writtenName(offer.label) } : offer));
}
