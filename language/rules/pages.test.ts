/**
 * Every rule has a page, every page's wrong example shows exactly its rule where it is marked, and the right twin shows nothing. A rule that
 * no program can break has a test of its property in place of the wrong example.
 */

import { pages } from 'cupel:pages';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { rulesOnData } from './leakage/onData.ts';
import { rules } from './list.ts';
import { type Example, exampleOf, headings, marksOf, parsePage } from './page.ts';

function check({ files }: Example): Diagnostic[] {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  const found = Object.keys(files).flatMap(file => analysis.diagnostics(file));
  for (const need of analysis.needs()) analysis.setFile(need.path, { kind: 'absent' });
  return analysis.needs().length || found.length === 0 ? Object.keys(files).flatMap(file => analysis.diagnostics(file)) : found;
}

const shown = ({ file, range, severity, rule }: Diagnostic): string =>
  `${file}:${range.start.line + 1}:${range.start.character + 1}-${range.end.line + 1}:${range.end.character + 1} ${severity}[${rule}]`;

/** What no program text causes: a failure of the analysis, a file's size or bytes, data, the ledger of earlier runs. */
const withoutProgram = new Set([
  'actual-schema',
  'internal-error',
  'unreadable-file',
  'file-too-large',
  'test-reread',
  'best-of-many',
  'ledger-changed',
]);

/** Their pages are held against whole runs, in `test/rulesOnData.test.ts`. */
const onData = new Set(rulesOnData.map(rule => rule.name));

describe('rules', () => {
  it('have codes and names of their own', () => {
    expect(new Set(rules.map(rule => rule.code)).size).toBe(rules.length);
    expect(new Set(rules.map(rule => rule.name)).size).toBe(rules.length);
    for (const { code, name } of rules) expect(`${code} ${name}`).toMatch(/^CUP\d{4} [a-z]+(-[a-z]+)*$/);
  });

  it('are listed, each with a page of its own', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map(path => path.replaceAll('\\', '/'))
      .flatMap(path => /(?:^|\/)([a-z]+(?:-[a-z]+)*)\.md$/.exec(path)?.[1] ?? []);
    expect(written.sort()).toEqual(rules.map(rule => rule.name).sort());
    expect(Object.keys(pages).sort()).toEqual(rules.map(rule => rule.name).sort());
  });
});

describe.each(rules.map(rule => [rule.name, rule] as const))('%s', (name, rule) => {
  const page = parsePage(pages[name] ?? '');

  it('has a title, a summary and the six headings', () => {
    expect(page.title).toBe(name);
    expect(page.summary).toMatch(/\.$/);
    expect(Object.keys(page.sections)).toEqual([...headings]);
    for (const heading of headings) expect(page.sections[heading], heading).not.toBe('');
  });

  if (withoutProgram.has(name)) return;

  const wrong = exampleOf(page.sections['Wrong'] ?? '');
  const right = exampleOf(page.sections['Right'] ?? '');

  if (rule.guarantee)
    it('is a guarantee: no program is wrong, and a test of the property stands in its place', () => {
      expect(wrong.files).toEqual({});
      expect(page.sections['Wrong']).toMatch(/^No program/);
      expect(rule.verdict).toBe('proved');
      expect(existsSync(fileURLToPath(new URL(`../../test/guarantees/${name}.test.ts`, import.meta.url)))).toBe(true);
    });
  else if (onData.has(name))
    it('is decided by a run: of the program alone there is nothing to say', () => {
      expect(rule.verdict).toBe('needs data');
      expect(marksOf(wrong).map(mark => mark.rule)).toContain(name);
      expect(check(wrong).map(d => `${shown(d)} ${d.message}`)).toEqual([]);
    });
  else
    it('finds what its wrong example marks, and nothing else', () => {
      const marks = marksOf(wrong);
      expect(marks.map(mark => mark.rule)).toContain(name);
      const found = check(wrong);
      const expected = marks.map(({ file, line, columns, severity, rule: marked }) => {
        const at = found.find(
          d =>
            d.file === file &&
            d.rule === marked &&
            d.range.start.line === line &&
            (columns === null || (d.range.start.character === columns.start && (d.range.end.line > line || d.range.end.character === columns.end))),
        );
        return at ? shown(at) : `${file}:${line + 1}:${(columns?.start ?? 0) + 1} ${severity}[${marked}] (missing)`;
      });
      expect(found.map(shown).sort()).toEqual(expected.sort());
      for (const diagnostic of found.filter(d => d.rule === name)) {
        expect(diagnostic.severity).toBe(rule.severity);
        expect(diagnostic.message).not.toMatch(/!|invalid|illegal|unexpected token/i);
      }
    });

  it('is silent on its right example', () => {
    expect(Object.keys(right.files).length).toBeGreaterThan(0);
    expect(check(right).map(d => `${shown(d)} ${d.message}`)).toEqual([]);
  });
});
