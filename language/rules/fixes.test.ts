/** Every fix that is offered for a page's wrong example does what it says: its finding is gone, nothing else breaks, and a leak's keeps the layout. */

import { pages } from 'cupel:pages';
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import type { Diagnostic, Fix } from '../diagnostic.ts';
import { format } from '../syntax/format.ts';
import { lineIndex, offsetAt } from '../text/lines.ts';
import { exampleOf, parsePage } from './page.ts';

type Files = Readonly<Record<string, string>>;

function check(files: Files): Diagnostic[] {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  for (const file of Object.keys(files)) analysis.diagnostics(file);
  for (const need of analysis.needs()) if (!(need.path in files)) analysis.setFile(need.path, { kind: 'absent' });
  return Object.keys(files).flatMap(file => analysis.diagnostics(file));
}

function apply(files: Files, { edits }: Fix): Files {
  const result: Record<string, string> = { ...files };
  for (const [file, text] of Object.entries(files)) {
    const lines = lineIndex(text);
    const here = edits
      .filter(edit => edit.file === file)
      .map(({ range, text: by }) => ({ start: offsetAt(lines, text, range.start), end: offsetAt(lines, text, range.end), by }))
      .sort((a, b) => b.start - a.start);
    result[file] = here.reduce((changed, { start, end, by }) => changed.slice(0, start) + by + changed.slice(end), text);
  }
  return result;
}

const withoutMarks = (text: string): string =>
  text
    .split('\n')
    .filter(line => !/^\s*\/\/(\s*\^+|-)\s*(error|warning|info)\[/.test(line))
    .join('\n');

const map = (files: Files, f: (text: string) => string): Files => Object.fromEntries(Object.entries(files).map(([file, text]) => [file, f(text)]));

const key = ({ rule, message }: Diagnostic): string => `${rule}: ${message}`;

/** An import that is spelt right brings in its names, which the example may not use. */
const mayFollow: ReadonlySet<string> = new Set(['unused-declaration', 'unknown-table']);

const cases = Object.entries(pages).flatMap(([name, page]) => {
  const files = map(exampleOf(parsePage(page).sections['Wrong'] ?? '').files, text => format(withoutMarks(text)));
  const found = check(files);
  return found.flatMap(diagnostic => diagnostic.fixes.map(fix => ({ name, title: fix.title, files, found, diagnostic, fix })));
});

describe('fixes', () => {
  it('are offered for the leaks that have a mechanical repair', () => {
    const offered = new Set(cases.map(({ diagnostic }) => diagnostic.rule));
    for (const rule of [
      'evaluate-on-train',
      'choice-on-test',
      'fitted-in-table',
      'future-window',
      'peer-rows-across-split',
      'gap-shorter-than-horizon',
      'unknown-availability',
    ])
      expect(offered, rule).toContain(rule);
  });

  it.each(cases)('$name: $title', ({ files, found, diagnostic, fix }) => {
    const fixed = apply(files, fix);
    const rest = check(fixed);
    expect(rest.filter(d => key(d) === key(diagnostic)).length).toBe(found.filter(d => key(d) === key(diagnostic)).length - 1);
    expect(rest.filter(d => !found.some(other => key(other) === key(d)) && !mayFollow.has(d.rule)).map(key)).toEqual([]);
    if (diagnostic.group === 'leakage') expect(fixed).toEqual(map(fixed, format));
  });
});

describe('adding a gap', () => {
  const shop = format(`source customers = csv("c.csv") { customer_id : key, signed_up : timestamp @time @known(+0d) }
source orders = csv("o.csv") until 2024-12-31 {
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
}
task t {
  each  customer in customers
  at    every month from 2023-01-01 to 2024-10-01
  label gone = count(orders next 2mo) == 0
  delay: 2d
}
`);
  it.each([
    ['split t by time { train: ..2024-08-31, test: 2024-09-01.. }', 'split t by time { train: ..2024-08-31, test: 2024-09-01.., gap: 64d }'],
    [
      'split t by time {\n  train: ..2024-08-31\n  test:  2024-09-01..\n}',
      'split t by time {\n  train: ..2024-08-31\n  test:  2024-09-01..\n  gap:   64d\n}',
    ],
  ])('%j', (split, expected) => {
    const files = { 'main.cupel': `${shop}${split}\n` };
    const [fix] = check(files).find(({ rule }) => rule === 'gap-shorter-than-horizon')?.fixes ?? [];
    const fixed = fix ? apply(files, fix) : files;
    expect(fixed['main.cupel']).toBe(`${shop}${expected}\n`);
    expect(check(fixed).filter(({ group }) => group === 'leakage' || group === 'syntax')).toEqual([]);
  });
});

describe('dropping a feature', () => {
  const ship = `source passengers = csv("p.csv") {
  pid      : key
  sex      : category { "male", "female" }
  boat     : text?  @after(outcome)
  survived : bool
}
task survival { each p in passengers, label survived }
split survival at random { test: 20%, validate: 15%, seed: 42 }
`;
  const dropped = (features: string): string => {
    const files = { 'main.cupel': `${ship}${features}` };
    const [fix] = check(files).find(({ rule }) => rule === 'after-outcome')?.fixes ?? [];
    return fix ? (apply(files, fix)['main.cupel'] ?? '').slice(ship.length) : 'no fix';
  };
  it.each([
    ['features f for survival {\n  sex\n  saved = boat != null\n  old = 1\n}\n', 'features f for survival {\n  sex\n  old = 1\n}\n'],
    ['features f for survival {\n  sex\n  /// Who was saved?\n  saved = boat != null  // leaks\n}\n', 'features f for survival {\n  sex\n}\n'],
    ['features f for survival {\n  saved = boat !=\n    null\n  sex\n}\n', 'features f for survival {\n  sex\n}\n'],
    ['features f for survival { saved = boat != null, sex }\n', 'features f for survival { sex }\n'],
    ['features f for survival { sex, saved = boat != null, old = 1 }\n', 'features f for survival { sex, old = 1 }\n'],
    ['features f for survival { sex, saved = boat != null }\n', 'features f for survival { sex }\n'],
  ])('%j', (features, expected) => expect(dropped(features)).toBe(expected));

  it.each([
    ['features f for survival {\n  sex\n  outlived\n}\n', 'features f for survival {\n  sex\n}\n'],
    ['features f for survival {\n  sex\n  /// Who?\n  saved = not outlived\n}\n', 'features f for survival {\n  sex\n}\n'],
    ['features f for survival { sex, saved = survived }\n', 'features f for survival { sex }\n'],
  ])('that is the label, by its own name or as its column, %j', (features, expected) => {
    const named = ship.replace('label survived', 'label outlived = survived');
    const files = { 'main.cupel': named + features };
    const fixes = check(files).flatMap(({ rule, fixes }) => (rule === 'label-as-feature' ? fixes : []));
    expect(fixes.map(fix => (apply(files, fix)['main.cupel'] ?? '').slice(named.length))).toEqual([expected]);
  });

  it('is not offered where a segment reads the label', () => {
    const text = `${ship.replace('label survived', 'label outlived = survived')}features f for survival { sex }\nmodel m = baseline(f)\nevaluate m on test { auc, by outlived { auc } }\n`;
    const found = check({ 'main.cupel': text }).filter(({ rule }) => rule === 'label-as-feature');
    expect(found.map(({ fixes }) => fixes)).toEqual([[]]);
  });

  it('move a transform only behind columns of its own table, not of one that another file calls so', () => {
    const source = (name: string, more = ''): string => `source ${name} = csv("${name}.csv") { id : key, age : float?, won : bool${more} }\n`;
    const learned = (name: string): string => `table people = ${name} | derive years = age |> impute(median)\n`;
    const task = 'task t { each p in people, label won }\nsplit t at random { test: 20%, seed: 1 }\n';
    const features = 'features f for t { years }\nmodel m = baseline(f)\nevaluate m on test { auc }\n';
    const titles = (files: Files): string[] =>
      check(files).flatMap(({ rule, file, fixes }) => (rule === 'fitted-in-table' && file === 'main.cupel' ? fixes.map(({ title }) => title) : []));
    expect(titles({ 'main.cupel': source('ps') + learned('ps') + task + features })).toEqual(['Move `impute(median)` into `f`']);
    const other = `${source('qs', ', years : float?')}table people = qs\n${task}`;
    expect(titles({ 'main.cupel': `import { t } from "./other.cupel"\n${source('ps')}${learned('ps')}${features}`, 'other.cupel': other })).toEqual(
      [],
    );
  });
});
