/** Whatever a command puts into `error[…]` has a page: the names of findings are read off the sources of the runner and the command. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFindings } from '../language/catalogue/dataFindings.ts';
import { findRule } from '../language/index.ts';

const root = join(import.meta.dirname, '..');

const sources = ['runner', 'cli'].flatMap(room =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/fixtures/.test(path))
    .map(path => [join(room, path), readFileSync(join(root, room, path), 'utf8')] as const),
);

/** How a finding gets its name: `finding('error', NAME, …`, `rule: NAME`, `LearnError(NAME, …`, a remedy of bad cells, a finding of an evaluation. */
const namings = [
  /\bfinding\(\s*(?:'(?:error|warning|info)'|[^,'()]+(?:\?[^,]+)?),\s*'([a-z-]+)'/g,
  /\brule: '([a-z-]+)'/g,
  /\bLearnError\(\s*'([a-z-]+)'/g,
  /^ {2}\[\/.*\/, '([a-z-]+)', /gm,
  /\bfinding\(\s*'([a-z]+-[a-z-]+)'/g,
  /\?\? '([a-z]+-[a-z]+)'/g,
];

/** Of the machine or of what is stored: told without brackets. */
const unnamed = new Set(['no-backend', 'state']);

const named = new Map(
  sources.flatMap(([path, text]) => namings.flatMap(naming => [...text.matchAll(naming)].map(found => [found[1] ?? '', path] as const))),
);

it('finds names in the sources', () => {
  expect([...named.keys()]).toEqual(
    expect.arrayContaining(['missing-file', 'check-failed', 'one-class', 'null-input', 'bad-cell', 'no-value', 'empty-partition']),
  );
});

it.each([...named].filter(([name]) => !unnamed.has(name)))('%s of %s has a page', name => {
  expect(dataFindings.some(finding => finding.name === name) || findRule(name) !== null).toBe(true);
});

it('no finding is explained twice', () => {
  const names = dataFindings.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
