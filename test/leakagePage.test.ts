/** docs/leakage.md argues every construct of the transfer table, in its order, and names no rule that does not exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rules } from '../language/rules/list.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../docs', name), 'utf8');

/** First cells of the tables from `## Sources` to the reads at a cutoff. */
function constructs(): string[] {
  const text = page('transfer.md');
  const tables = text.slice(text.indexOf('## Sources'), text.indexOf('## Which rules'));
  return tables
    .split('\n')
    .filter(line => /^\| (?!construct)/.test(line))
    .map(line => line.replaceAll('\\|', '¦').split('|')[1]?.trim().replaceAll('¦', '\\|') ?? '');
}

it('has a section for each row of the transfer table', () => {
  const sections = [...page('leakage.md').matchAll(/^#### (.+)$/gm)].map(match => match[1]);
  expect(constructs().length).toBeGreaterThan(40);
  expect(sections).toEqual(constructs());
});

it('names rules that exist', () => {
  const known = new Set(rules.map(rule => rule.name));
  const named = [...page('leakage.md').matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(match => match[1] ?? '').filter(name => name !== '');
  expect(named.filter(name => !known.has(name))).toEqual([]);
});
