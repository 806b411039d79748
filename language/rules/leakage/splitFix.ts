/** Writes a split anew with another method or further settings, in the one layout. */
import type { ProblemFix } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SplitModel } from '../../model/typed.ts';
import { format } from '../../syntax/format.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';

export type Settings = readonly (readonly [name: string, value: string])[];

/** The items of a block by name, cut at commas and line ends outside of brackets. */
function settingsIn(body: string): Settings | null {
  const items: string[] = [''];
  let depth = 0;
  for (const sign of body) {
    if (sign === '(' || sign === '[') depth++;
    if (sign === ')' || sign === ']') depth--;
    if (depth === 0 && (sign === ',' || sign === '\n')) items.push('');
    else items[items.length - 1] += sign;
  }
  const pairs = items
    .map(item => item.trim())
    .filter(item => item !== '')
    .map(item => /^(\w+)\s*:\s*(.*)$/s.exec(item));
  return pairs.every(pair => pair !== null) ? pairs.map(pair => [pair[1] ?? '', pair[2] ?? '']) : null;
}

/** The fix that gives the split this method and these settings; none where comments would be lost. */
export function rewrite(
  title: string,
  split: SplitModel,
  textOf: (place: Place) => string,
  method: SplitModel['method']['kind'],
  change: (settings: Settings) => Settings,
): ProblemFix[] {
  const { bodyPlace, name, task } = split;
  const [, block = null] = /^\w+\s*\{([\s\S]*)\}\s*$/.exec(textOf(bodyPlace)) ?? [];
  const settings = block === null || block.includes('//') ? null : settingsIn(block);
  if (!settings) return [];
  const head = `split ${writtenName(name)}${name === task ? '' : ` for ${writtenName(task)}`} `;
  const items = change(settings).map(([setting, value]) => `${setting}: ${value}`);
  const word = method === 'random' ? 'at' : 'by';
  const broken = block?.includes('\n') ? '\n' : ' ';
  const text = format(`${head}${word} ${method} {${broken}${items.join(broken === '\n' ? '\n' : ', ')}${broken}}\n`).trimEnd();
  const before = { ...bodyPlace, span: { start: bodyPlace.span.start - 3, end: bodyPlace.span.start } };
  const takesWord = /^(at|by) $/.test(textOf(before));
  const place = takesWord ? { ...bodyPlace, span: { start: before.span.start, end: bodyPlace.span.end } } : bodyPlace;
  return [{ title, safe: false, edits: [{ place, text: text.slice(head.length + (takesWord ? 0 : word.length + 1)) }] }];
}

/** Keeps together the rows that have the same value of `group`. */
export function groupBy(group: string, split: SplitModel, textOf: (place: Place) => string): ProblemFix[] {
  const grouped = (settings: Settings): Settings => [['group', group], ...settings.filter(([name]) => name !== 'group' && name !== 'stratify')];
  return rewrite(`Split by group, and keep each \`${group}\` on one side`, split, textOf, 'group', grouped);
}

/** The split whose declaration holds the place. */
export function splitAt(program: Program, { file, decl }: Place): SplitModel | null {
  const model = program.declarations(file).find(entry => entry.decl === decl)?.model;
  return model?.kind === 'split' ? model : null;
}
