/** The wrong example of every leakage rule, cut into two files at several joints: what is wrong in one file is wrong in two. */
import { pages } from 'cupel:pages';
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../../createAnalysis.ts';
import { splitChunks } from '../../syntax/chunks.ts';
import { exampleOf, parsePage } from '../page.ts';
import { leakageRules } from './list.ts';
import { rulesOnData } from './onData.ts';

const data = ['source', 'table', 'def', 'param', 'unit', 'check'];
/** What stands in the file that the other one imports. */
const joints: readonly (readonly string[])[] = [
  data,
  [...data, 'task'],
  [...data, 'task', 'split'],
  [...data, 'task', 'features'],
  [...data, 'task', 'split', 'features'],
  [...data, 'task', 'split', 'features', 'model'],
];

interface Chunk {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

const chunksOf = (text: string): readonly Chunk[] =>
  splitChunks(text).flatMap(chunk => {
    const [, kind, name] = /^(?:\s|\/\/[^\n]*\n)*(\w+)\s+`?(\w+)`?/.exec(chunk.text) ?? [];
    return kind && name ? [{ kind, name, text: chunk.text }] : [];
  });

/** Null where all would stand in one of the files, or the first would read what the second declares. */
function cutAt(chunks: readonly Chunk[], first: readonly string[]): Readonly<Record<string, string>> | null {
  const base = chunks.filter(({ kind }) => first.includes(kind));
  const rest = chunks.filter(({ kind }) => !first.includes(kind));
  const textOf = (of: readonly Chunk[]): string => of.map(({ text }) => text).join('');
  const names = (of: readonly Chunk[], text: string): string[] =>
    [...new Set(of.map(({ name }) => name))].filter(name => new RegExp(`\\b${name}\\b`).test(text));
  const own = new Set(base.map(({ name }) => name));
  if (base.length === 0 || rest.length === 0) return null;
  if (
    names(
      rest.filter(({ kind, name }) => kind !== 'evaluate' && kind !== 'check' && !own.has(name)),
      textOf(base),
    ).length > 0
  )
    return null;
  return { 'base.cupel': textOf(base), 'main.cupel': `import { ${names(base, textOf(rest)).join(', ')} } from "./base.cupel"\n${textOf(rest)}` };
}

function rulesIn(files: Readonly<Record<string, string>>): readonly string[] {
  const analysis = createAnalysis();
  for (const [file, text] of Object.entries(files)) analysis.setFile(file, { kind: 'text', text });
  return Object.keys(files).flatMap(file => analysis.diagnostics(file).map(({ rule }) => rule));
}

const onData = new Set(rulesOnData.map(({ name }) => name));
const cases = leakageRules.flatMap(({ name, guarantee }) => {
  const { files } = exampleOf(parsePage(pages[name] ?? '').sections['Wrong'] ?? '');
  const [text, ...others] = Object.values(files);
  if (guarantee || onData.has(name) || text === undefined || others.length > 0) return [];
  const chunks = chunksOf(text);
  const cuts = joints.map(joint => cutAt(chunks, joint)).filter(cut => cut !== null);
  const distinct = [...new Map(cuts.map(cut => [cut['base.cupel'], cut])).values()];
  return distinct.length > 0 ? [[name, distinct] as const] : [];
});

describe('a wrong example in two files', () => {
  it('is there of nearly every rule', () => expect(cases.length).toBeGreaterThan(35));

  it.each(cases)('%s', (name, cuts) => {
    const missed = cuts
      .filter(cut => !rulesIn(cut).includes(name))
      .map(cut => `${cut['base.cupel']}---\n${cut['main.cupel']}\n${rulesIn(cut).join(', ')}`);
    expect(missed).toEqual([]);
  });

  const base = `source customers = csv("c.csv") {
  customer_id : key
  signed_up   : timestamp @time @known(+0d)
}
source orders = csv("o.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
}
task t {
  each c in customers
  at signed_up
  label gone = count(orders next 30d) == 0
}
split t by time { train: ..2023-10-31, test: 2024-03-01.. }
`;
  const atFolds = new Set(['overlapping-samples', 'peer-labels-across-split']);
  const features = 'features f for t { n = count(orders last 90d) }\n';

  it.each([
    ['a search', 'gradient_boosting(f) { tune { learning_rate: 0.01..0.3, by: auc on folds, trials: 5 } }'],
    ['rounds', 'gradient_boosting(f) { early_stop: 20 on folds }'],
    ['a threshold', 'gradient_boosting(f) { threshold: max f1 on folds }'],
    ['a calibration', 'gradient_boosting(f) { calibrate: platt }'],
  ])('folds of a split in another file: %s', (_, model) => {
    const learned = `model m = ${model}\nevaluate m on test { auc }\n`;
    const leaks = (files: Readonly<Record<string, string>>): readonly string[] => rulesIn(files).filter(rule => atFolds.has(rule));
    expect(leaks({ 'main.cupel': `${base}${features}${learned}` })).toHaveLength(1);
    expect(leaks({ 'base.cupel': base, 'main.cupel': `import { t, orders } from "./base.cupel"\n${features}${learned}` })).toHaveLength(1);
    expect(leaks({ 'base.cupel': `${base}${features}`, 'main.cupel': `import { t, f } from "./base.cupel"\n${learned}` })).toHaveLength(1);
    const gap = base.replace('2024-03-01.. }', '2024-03-01.., gap: 30d }');
    expect(leaks({ 'base.cupel': `${gap}${features}`, 'main.cupel': `import { t, f } from "./base.cupel"\n${learned}` })).toEqual([]);
  });
});
