/** The pages of rules that only rows can decide: a run of the wrong example finds what it marks, and of the right one nothing. */
import { pages } from 'cupel:pages';
import { describe, expect, it } from 'vitest';
import { rulesOnData } from '../language/rules/leakage/onData.ts';
import { exampleOf, marksOf, parsePage } from '../language/rules/page.ts';
import { findingsOnData, record } from './onData.ts';

/** Data blocks of a page: the last line is written once for each i from 0 on, with what stands in braces worked out. */
function filesOf(section: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [, name = '', rows = '', text = ''] of section.matchAll(/^```csv file=(\S+) rows=(\d+)\n([\s\S]*?)^```/gm)) {
    const [head = '', line = ''] = text.trimEnd().split('\n');
    const parts = line.split(/[{}]/).map((part, k) => (k % 2 === 0 ? () => part : (new Function('i', `return (${part})`) as (i: number) => unknown)));
    const each = Array.from({ length: Number(rows) }, (_, i) => parts.map(part => String(part(i))).join(''));
    files[name] = `${head}\n${each.join('\n')}\n`;
  }
  return files;
}

describe.each(rulesOnData.map(rule => [rule.name, rule] as const))('%s', (name, rule) => {
  const page = parsePage(pages[name] ?? '');
  const sections = { wrong: page.sections['Wrong'] ?? '', right: page.sections['Right'] ?? '' };
  const programOf = (section: string): string => exampleOf(section).files['main.cupel'] ?? '';

  it('is found by a run where the wrong example marks it, and nowhere else', async () => {
    const marks = marksOf(exampleOf(sections.wrong));
    expect(marks.map(mark => mark.rule)).toContain(name);
    const found = findingsOnData(await record(programOf(sections.wrong), filesOf(sections.wrong)));
    const shown = marks.map(({ line, columns, severity, rule: of }) => `${line + 1}:${columns ? columns.start + 1 : ''} ${severity}[${of}]`);
    const at = found.map((f, k) => `${f.range.start.line + 1}:${marks[k]?.columns ? f.range.start.character + 1 : ''} ${f.severity}[${f.rule}]`);
    expect(at, found.map(f => f.message).join('\n')).toEqual(shown);
    for (const { code, message, help } of found) {
      expect(code).toBe(rule.code);
      expect(message).not.toMatch(/!|invalid|illegal|NaN|undefined/);
      expect(help).not.toBeNull();
    }
  });

  it('is not found in the right example', async () => {
    const made = await record(programOf(sections.right), filesOf(sections.right));
    expect(findingsOnData(made).map(f => f.message)).toEqual([]);
    expect(made.leakage.some(of => of.rule === name && of.passed) || name === 'too-good').toBe(true);
  });
});
