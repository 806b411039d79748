import { describe, expect, it } from 'vitest';
import { randomPlan } from '../../test/reference/random.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './validate.ts';

const { plan } = randomPlan(3);
const copy = (): { -readonly [K in keyof Plan]: unknown } & { nodes: Record<string, unknown>[] } => JSON.parse(JSON.stringify(plan));

describe('readPlan', () => {
  it('reads back every plan as it was written', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const written = randomPlan(seed).plan;
      expect(readPlan(JSON.parse(JSON.stringify(written)))).toEqual({ plan: written, problem: null });
    }
  });

  it('refuses what is no plan', () => {
    for (const value of [null, 3, 'plan', [], {}]) expect(readPlan(value).problem).toBe('This is no plan: it has no version.');
  });

  it('refuses other versions with a remedy', () => {
    expect(readPlan({ ...copy(), version: 2 }).problem).toBe(
      'The plan has version 2, and this Cupel reads version 1. It was written by a newer Cupel; update this one.',
    );
    expect(readPlan({ ...copy(), version: 0 }).problem).toContain('Plan the program again.');
  });

  it('says where a plan is damaged', () => {
    const lacking = copy();
    delete lacking.nodes[0]?.['columns'];
    expect(readPlan(lacking).problem).toBe('The plan is damaged: nodes[0].columns is missing, and a list is wanted.');
    const unknown = copy();
    if (unknown.nodes[1]) unknown.nodes[1]['kind'] = 'dance';
    expect(readPlan(unknown).problem).toMatch(/^The plan is damaged: nodes\[1\]\.kind is "dance", and one of scan, relation, .* is wanted\.$/);
  });

  it('refuses nodes that come before what they read', () => {
    const turned = copy();
    turned.nodes.reverse();
    expect(readPlan(turned).problem).toMatch(/reads .*, which does not come before it\.$/);
    const twice = copy();
    if (twice.nodes[0]) twice.nodes.push(twice.nodes[0]);
    expect(readPlan(twice).problem).toMatch(/there are two nodes/);
  });
});
