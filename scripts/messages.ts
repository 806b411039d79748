/**
 * Prints all that the rules say about the wrong examples of their pages, by code, so that it can be read and edited as one text:
 * `npm run messages`, or `npm run messages -- future-window current-state` for some rules. What only a run can find is not among it.
 */

import { pages } from 'cupel:pages';
import { createAnalysis } from '../language/createAnalysis.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { ruleNamed, rules } from '../language/rules/list.ts';
import { exampleOf, parsePage } from '../language/rules/page.ts';

/** Files that the example asks for and does not have are absent, as they would be on a disk without them. */
function saidOf(files: Readonly<Record<string, string>>): Diagnostic[] {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  for (const file of Object.keys(files)) analysis.diagnostics(file);
  for (const { path } of analysis.needs()) if (!(path in files)) analysis.setFile(path, { kind: 'absent' });
  return Object.keys(files).flatMap(file => analysis.diagnostics(file));
}

function shown({ file, range, severity, rule, message, label, help, related, fixes }: Diagnostic, text: string): string[] {
  const { start, end } = range;
  const line = text.split('\n')[start.line] ?? '';
  const marked = line.slice(start.character, end.line === start.line ? end.character : undefined);
  return [
    `  ${severity}[${rule}] ${file}:${start.line + 1}:${start.character + 1}   ${marked}`,
    `    ${message}`,
    ...(label === null ? [] : [`    label    ${label}`]),
    ...(help === null ? [] : [`    help     ${help}`]),
    ...related.map(place => `    related  ${place.file}:${place.range.start.line + 1} ${place.message}`),
    ...fixes.map(({ title, safe }) => `    fix      ${title}${safe ? '' : ' (unsafe)'}`),
  ];
}

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !ruleNamed(name));
for (const name of unknown) console.error(`There is no rule \`${name}\`.`);

const chosen = rules.filter(({ name, guarantee }) => !guarantee && (asked.length === 0 || asked.includes(name)));
for (const { code, name, why, verdict } of [...chosen].sort((a, b) => (a.code < b.code ? -1 : 1))) {
  const { files } = exampleOf(parsePage(pages[name] ?? '').sections['Wrong'] ?? '');
  const said = saidOf(files).flatMap(found => shown(found, files[found.file] ?? ''));
  const silent = verdict === 'needs data' ? '  (a run tells)' : '  (no program text tells)';
  console.log([`${code} ${name}`, `  why      ${why}`, ...(said.length ? said : [silent]), ''].join('\n'));
}
process.exitCode = unknown.length ? 1 : 0;
