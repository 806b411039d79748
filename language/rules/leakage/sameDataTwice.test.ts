/** Two sources of one file: who reads both is told, what is claimed of them counts as assumed, and other pairs of sources are left alone. */
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';

const sources = (second: string, first = 'c.csv'): string => `source ps = csv("${first}") {
  id   : key
  age  : int immutable
  home : text @group
  died : bool
}
source again = csv("${second}") {
  id   : key
  died : bool
}
`;
const program = (second: string, first?: string): string => `${sources(second, first)}
table more = again | rename died as x
table both = ps | join more on id == id
task t { each p in both, label died }
split t by group { group: home, test: 20%, validate: 20%, seed: 1 }
features f for t {
  age
  x
}
model m = baseline(f)
evaluate m on test { auc }
`;

const rule = 'same-data-twice';

function told(files: Readonly<Record<string, string>>): { readonly found: string[]; readonly claims: string[] } {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  const [file] = Object.keys(files);
  const found = analysis.diagnostics(file ?? '').filter(d => d.rule === rule);
  return {
    found: found.map(({ message, help }) => `${message} ${help}`),
    claims: analysis
      .claims(file ?? '')
      .filter(({ kind, type }) => (kind === 'task' || kind === 'features') && type === 'L2')
      .map(({ subject, verdict }) => `${subject ?? 'label'} ${verdict}`),
  };
}

describe('one file under two names', () => {
  it.each([
    ['the same text', 'c.csv', 'c.csv'],
    ['a step that goes nowhere', './c.csv', 'c.csv'],
    ['through another folder', 'data/../c.csv', './c.csv'],
    ['a pattern that may hold it', '*.csv', 'c.csv'],
  ])('%s', (_, second, first) => {
    const { found, claims } = told({ 'main.cupel': program(second, first) });
    expect(found).toEqual([
      `\`again\` reads \`${second}\`, which \`ps\` reads too: the same cells are assumed to be different ones. Declare the file once; \`table again = ps\` gives its rows another name.`,
    ]);
    expect(claims).toContain('x assumed');
    expect(claims).not.toContain('x proved');
  });

  it('of which one is declared in another file', () => {
    const [ps = '', again = ''] = sources('../c.csv').split('source again');
    const main = `import { again } from "lib/other.cupel"\n${program('c.csv').replace(sources('c.csv'), ps)}`;
    expect(told({ 'main.cupel': main, 'lib/other.cupel': `source again${again}` }).found).toHaveLength(1);
    expect(told({ 'main.cupel': main, 'lib/other.cupel': `source again${again.replace('../', '')}` }).found).toEqual([]);
  });
});

describe('two files', () => {
  it('are no matter', () => {
    const { found, claims } = told({ 'main.cupel': program('d.csv') });
    expect(found).toEqual([]);
    expect(claims).toContain('x proved');
  });

  it('nor is one that no task reads twice', () => {
    const alone = program('c.csv')
      .replace('table more = again', 'table more = ps')
      .replace('| rename died as x', '| select id, age | rename age as x');
    expect(told({ 'main.cupel': alone }).found).toEqual([]);
  });
});

it('under the name of a table is followed as one', () => {
  const text = program('d.csv').replace(/source again[^}]*}/, 'table again = ps | select id, died');
  const analysis = createAnalysis();
  analysis.setFile('main.cupel', { kind: 'text', text });
  expect(analysis.diagnostics('main.cupel').map(d => d.rule)).toContain('label-as-feature');
});
