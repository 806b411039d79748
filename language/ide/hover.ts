/** What a thing is: the type and facts of the expression under the cursor, the figures of the last run, the words of the catalogue. */
import { entryOf, type Family } from '../catalogue/catalogue.ts';
import { forms } from '../catalogue/forms.ts';
import type { Program } from '../model/program.ts';
import type { DeclarationModel, ModelModel, TypedExpr } from '../model/typed.ts';
import { typeText } from '../model/typeOps.ts';
import { parts } from '../rules/walk.ts';
import type { Declaration, FileTree } from '../syntax/ast.ts';
import { lineIndex, offsetAt, positionAt } from '../text/lines.ts';
import type { Position, Range } from '../text/place.ts';
import { readCursor } from './cursor.ts';
import { declarationAt, wordAt } from './declarations.ts';
import { count, figure, sparkline } from './figures.ts';
import type { ShownRun } from './runFacts.ts';
import { modelSettings } from './settings.ts';

export interface Hover {
  readonly markdown: string;
  readonly range: Range;
}

const families: readonly Family[] = ['function', 'aggregate', 'transform', 'algorithm', 'metric', 'connector', 'drift', 'role'];

/** An expression that a declaration holds, with the name it defines. */
interface Held {
  readonly name: string | null;
  readonly doc: string | null;
  readonly expr: TypedExpr;
}

function expressions(model: DeclarationModel): Held[] {
  const plain = (expr: TypedExpr | null): Held[] => (expr ? [{ name: null, doc: null, expr }] : []);
  switch (model.kind) {
    case 'features':
      return model.features.map(({ name, doc, value }) => ({ name, doc, expr: value }));
    case 'task':
      return [
        ...plain(model.where),
        ...(model.label ? [{ name: model.label.name, doc: null, expr: model.label.value }] : []),
        ...(model.cutoffs.kind === 'column' ? plain(model.cutoffs.value) : []),
      ];
    case 'table':
      return model.steps.flatMap(({ step }): Held[] => {
        if (step.kind === 'where') return plain(step.condition);
        if (step.kind === 'project') return step.columns.flatMap(({ value }) => plain(value));
        return step.kind === 'group' ? step.aggregates.map(({ name, value }) => ({ name, doc: null, expr: value })) : [];
      });
    case 'check':
      return model.claims.flatMap(({ claim }) => (claim.kind === 'row' || claim.kind === 'aggregate' ? plain(claim.condition) : []));
    case 'evaluate':
      return [...plain(model.where), ...model.segments.flatMap(({ by }) => plain(by))];
    default:
      return [];
  }
}

function innermost(expr: TypedExpr, decl: string, file: string, offset: number): TypedExpr | null {
  for (const part of parts(expr)) {
    const found = innermost(part, decl, file, offset);
    if (found) return found;
  }
  const { place } = expr;
  return place.file === file && place.decl === decl && place.span.start <= offset && offset <= place.span.end && expr.kind !== 'error' ? expr : null;
}

/** One sentence of what the flow facts say. */
export function factsText({ facts }: TypedExpr): string {
  const reads = [...new Set(facts.lineage.map(({ source, column }) => `\`${source}.${column}\``))];
  const learned = {
    row: 'learned on nothing',
    history: 'learned on nothing',
    train: 'learned on the training rows',
    'all-rows': 'computed over all rows',
  }[facts.fit];
  const label = {
    none: 'does not read the label',
    peer: "reads others' labels",
    derived: 'reads the label',
    proxy: 'reads what follows the outcome',
  }[facts.label];
  return [reads.length ? `Reads ${reads.join(', ')}` : 'Reads no column', learned, label].join(' · ');
}

function lastRun(name: string, file: string, range: Range, shown: ShownRun | null): string | null {
  if (!shown) return null;
  const feature = shown.facts.features.find(f => f.file === file && f.name === name && f.range.start.line === range.start.line);
  if (!feature) return null;
  const drift = shown.facts.drift.find(d => d.kind === 'feature' && d.subject === name && d.file === file && d.range.start.line === range.start.line);
  const mean = feature.mean === null ? '' : `mean ${figure(feature.mean)}, `;
  const moved = drift
    ? `, drift ${drift.test} ${figure(drift.statistic)} (threshold ${figure(drift.threshold)}) ${sparkline(drift.histogram.reference)} → ${sparkline(drift.histogram.current)}`
    : '';
  return `Last run${shown.isStale ? ' (the text has changed since)' : ''}: ${mean}${count(feature.nulls)} nulls${moved}`;
}

function definedAs({ definition }: ModelModel): string {
  switch (definition.kind) {
    case 'algorithm':
      return definition.algorithm;
    case 'best':
      return `best of ${definition.candidates.join(', ')}`;
    case 'ensemble':
      return `${definition.final ? 'stacking' : 'blend'} of ${definition.members.join(', ')}`;
  }
}

function wordHover(word: string, file: string, program: Program): string | null {
  const relation = program.relation(file, word);
  if (relation)
    return `**${word}** · ${program.source(file, word) ? 'source' : 'table'}\n\n${relation.columns.map(column => `- \`${column.name} : ${typeText(column.type)}\``).join('\n')}`;
  const features = program.features(file, word);
  if (features) return `**${word}** · ${features.features.length} features for \`${features.task}\``;
  const model = program.model(file, word);
  if (model) return `**${word}** · ${definedAs(model)} on \`${model.features}\``;
  const task = program.task(file, word);
  if (task) return `**${word}** · task on \`${task.relation}\`${task.label ? `, label \`${task.label.name}\`` : ''}`;
  for (const family of families) {
    const entry = entryOf(family, word);
    if (entry) return `**${word}** · ${family}\n\n${'signature' in entry ? `\`${entry.signature}\`\n\n` : ''}${entry.doc}`;
  }
  const form = forms.find(({ name }) => name === word);
  return form ? `\`${form.syntax}\`\n\n${form.doc}` : null;
}

/** A setting, or a word that it is set to, between the brackets of a transform, aggregate or connector, or in the block of a model. */
function settingHover(word: string, declaration: Declaration | null, before: string): string | null {
  const inner = readCursor(before).brackets.at(-1);
  if (!inner) return null;
  const { owner, sign } = inner;
  const ofModel = declaration?.kind === 'model' && sign === '{' ? modelSettings(declaration, owner === 'tune') : [];
  const called = [entryOf('transform', owner)?.settings, entryOf('aggregate', owner)?.parameters, entryOf('connector', owner)?.options];
  const settings = ofModel.length ? ofModel : (called.find(found => found?.length) ?? []);
  const named = settings.find(({ name }) => name === word);
  const setting = named ?? settings.find(({ choices }) => choices?.includes(word));
  if (!setting) return null;
  const choices = setting.choices ? `: ${setting.choices.map(choice => `\`${choice}\``).join(', ')}` : '';
  return `**${word}** · ${named ? `setting${choices}` : `\`${setting.name}\`${choices}`}\n\n${setting.doc}`;
}

export function hover(tree: FileTree, program: Program, shown: ShownRun | null, position: Position): Hover | null {
  const word = wordAt(tree, position);
  const at = declarationAt(tree, position);
  if (!word || !at) return null;
  const lines = lineIndex(tree.text);
  const range = { start: positionAt(lines, word.start), end: positionAt(lines, word.end) };
  const model = program.declarations(tree.file).find(({ decl }) => decl === at.chunk)?.model ?? null;
  const offset = offsetAt(lines, tree.text, position) - at.start;

  if (model?.kind === 'source' || model?.kind === 'table') {
    const column = model.relation.columns.find(
      c =>
        c.name === word.text && c.place.decl === at.chunk && c.place.file === tree.file && c.place.span.start <= offset && offset <= c.place.span.end,
    );
    if (column) return { markdown: [`**${column.name}** : ${typeText(column.type)}`, column.doc].filter(text => text !== null).join('\n\n'), range };
  }
  for (const { name, doc, expr } of model ? expressions(model) : []) {
    if (name === word.text && offset < expr.place.span.start)
      return {
        markdown: [`**${name}** : ${typeText(expr.type)}`, factsText(expr), lastRun(name, tree.file, range, shown), doc && `*${doc}*`]
          .filter(Boolean)
          .join('\n\n'),
        range,
      };
    const inner = innermost(expr, at.chunk, tree.file, offset);
    if (!inner) continue;
    const isName = inner.kind === 'column' || inner.kind === 'entity' || inner.kind === 'feature' || inner.kind === 'path';
    if (isName)
      return {
        markdown: [`**${word.text}** : ${typeText(inner.type)}`, factsText(inner), lastRun(word.text, tree.file, range, shown), doc && `*${doc}*`]
          .filter(Boolean)
          .join('\n\n'),
        range,
      };
  }
  const declaration = tree.chunks.find(({ id }) => id === at.chunk)?.parsed.declaration ?? null;
  const text = settingHover(word.text, declaration, tree.text.slice(at.start, word.start)) ?? wordHover(word.text, tree.file, program);
  return text ? { markdown: text, range } : null;
}
