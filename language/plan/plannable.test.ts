/** Every program that is shown as right has a plan, which the reference can execute even where there are no data. */
import { pages } from 'cupel:pages';
import { describe, expect, it } from 'vitest';
import { createAnalysis } from '../createAnalysis.ts';
import { exampleOf, parsePage } from '../rules/page.ts';
import { executed } from './testPlan.ts';
import { readPlan } from './validate.ts';

const examples = Object.entries(pages).map(([name, page]) => ({ name, ...exampleOf(parsePage(page).sections['Right'] ?? '') }));

describe.each(examples.filter(({ files }) => Object.keys(files).length > 0))('the right example of $name', ({ files }) => {
  const analysis = createAnalysis();
  for (const [path, text] of Object.entries(files)) analysis.setFile(path, { kind: 'text', text });

  it.each(Object.keys(files))('%s', path => {
    const { plan, diagnostics } = analysis.plan(path, []);
    if (diagnostics.some(d => d.severity === 'error')) return;
    if (!plan) throw new Error('The program has no plan.');
    expect(readPlan(JSON.parse(JSON.stringify(plan))).problem).toBe(null);
    expect([...executed(plan, {}).keys()].length).toBeLessThanOrEqual(plan.nodes.length);
  });
});
