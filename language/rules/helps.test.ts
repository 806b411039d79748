/**
 * A help speaks of the program that it is about: what it quotes is a word of the language, a name of the program, or one that it adds. The
 * examples of the pages are asked under names of their own, so that no help is right by chance.
 */
import { pages } from 'cupel:pages';
import { expect, it } from 'vitest';
import { entriesOf, type Family } from '../catalogue/catalogue.ts';
import { forms } from '../catalogue/forms.ts';
import { createAnalysis } from '../createAnalysis.ts';
import { tokenTypes } from '../syntax/tokens.ts';
import { rules } from './list.ts';
import { exampleOf, parsePage } from './page.ts';

const wordsIn = (text: string): readonly string[] => text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];

const families: readonly Family[] = ['operator', 'function', 'aggregate', 'transform', 'algorithm', 'metric', 'connector', 'drift', 'role'];

/** Names that are written as `name: value`, and the words that they take. */
const settings: readonly string[] = families
  .flatMap((family): readonly object[] => entriesOf(family))
  .flatMap(entry => [...JSON.stringify(entry).matchAll(/"(?:name|choices)":("[^"]*"|\[[^\]]*\])/g)].flatMap(match => wordsIn(match[1] ?? '')));

const language: ReadonlySet<string> = new Set([
  ...settings,
  ...forms.flatMap(({ name }) => wordsIn(name)),
  ...tokenTypes.flatMap(({ PATTERN }) => (typeof PATTERN === 'string' ? wordsIn(PATTERN) : [])),
]);

/** The program with each of its own names under another one. */
function renamed(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = new Set<string>();
  for (const text of Object.values(files)) {
    for (const [, name = ''] of text.matchAll(/\b(?:source|table|task|features|model|param|def|derive|label|as|check) +([\p{L}_][\p{L}\p{N}_]*)/gu))
      own.add(name);
    for (const [, name = ''] of text.matchAll(/^ *([\p{L}_][\p{L}\p{N}_]*) +:/gmu)) own.add(name);
    for (const [, name = ''] of text.matchAll(/([\p{L}_][\p{L}\p{N}_]*) = /gu)) own.add(name);
  }
  const others = [...own].filter(name => !language.has(name));
  const pattern = new RegExp(`"[^"]*"|\\b(?:${others.join('|')})\\b`, 'gu');
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [
      file,
      others.length === 0 ? text : text.replace(pattern, found => (found.startsWith('"') ? found : `${found}_q`)),
    ]),
  );
}

/** Words that a help quotes besides: what stands for any name, what it adds to the program, other words of the tools. */
const besides: Readonly<Record<'placeholder' | 'command' | 'word', ReadonlySet<string>>> = {
  placeholder: new Set(['x', 'c', 'f', 'k', 'age', 'TABLE', 'NAME']),
  command: new Set(['infer', 'cupel']),
  word: new Set(['because', 'allow', 'warn', 'oversample', 'rows']),
};

/** Tables that a help asks for are called after one that there is. */
const isAdded = (word: string, program: ReadonlySet<string>): boolean => word.endsWith('_changes') && program.has(word.slice(0, -'_changes'.length));

const quotedIn = (help: string): readonly string[] =>
  [...help.matchAll(/`([^`]*)`/g)].flatMap(([, code = '']) => wordsIn(code.replace(/"[^"]*"|@?\b\d+(?:mo|[dhwy])\b/g, '')));

function foreignIn(name: string): readonly string[] {
  const files = renamed(exampleOf(parsePage(pages[name] ?? '').sections['Wrong'] ?? '').files);
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  const program: ReadonlySet<string> = new Set(Object.entries(files).flatMap(([file, text]) => [...wordsIn(file), ...wordsIn(text)]));
  const isKnown = (word: string): boolean =>
    language.has(word) || program.has(word) || isAdded(word, program) || Object.values(besides).some(words => words.has(word));
  return Object.keys(files).flatMap(file =>
    analysis.diagnostics(file).flatMap(({ rule, help }) => {
      const foreign = quotedIn(help ?? '').filter(word => !isKnown(word));
      return foreign.length === 0 ? [] : [`${rule}: ${foreign.join(', ')} in “${help}”`];
    }),
  );
}

it.each(rules.map(({ name }) => [name] as const))('%s', name => expect(foreignIn(name)).toEqual([]));
