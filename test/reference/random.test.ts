import { describe, expect, it } from 'vitest';
import { aggregates } from '../../language/catalogue/aggregates.ts';
import { transforms } from '../../language/catalogue/transforms.ts';
import { differences } from './compare.ts';
import { interpret, type NodeOutcome } from './interpret.ts';
import { type RandomPlan, randomPlan } from './random.ts';

const seeds = Array.from({ length: 120 }, (_, i) => i + 1);
const run = ({ plan, files }: RandomPlan): ReadonlyMap<string, NodeOutcome> => interpret(plan, path => String(files[path]));
const all = seeds.map(seed => {
  const random = randomPlan(seed);
  return { seed, ...random, outcomes: run(random) };
});

/** All strings under that key, anywhere in the plans. */
function found(key: string): Set<string> {
  const values = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value !== null && typeof value === 'object') {
      for (const [name, item] of Object.entries(value)) {
        if (name === key && typeof item === 'string') values.add(item);
        visit(item);
      }
    }
  };
  for (const { plan } of all) visit(plan.nodes);
  return values;
}

describe('random plans', () => {
  it('are the same for the same seed', () => {
    expect(randomPlan(7)).toEqual(randomPlan(7));
    expect(randomPlan(7).plan.fingerprint).not.toBe(randomPlan(8).plan.fingerprint);
  });

  it('are plain data: a plan read back from JSON gives the same results', () => {
    for (const { plan, files, outcomes } of all.slice(0, 20)) {
      const again = run({ plan: JSON.parse(JSON.stringify(plan)), files });
      for (const [id, outcome] of outcomes) expect(differences(outcome.table, again.get(id)?.table.rows ?? [])).toEqual([]);
    }
  });

  it('hold every step, aggregate, transform, split and claim', () => {
    expect([...found('op')]).toEqual(
      expect.arrayContaining(['filter', 'project', 'join', 'union', 'group', 'dedupe', 'window', 'aggregate', 'cutoff']),
    );
    expect([...found('aggregate')]).toEqual(expect.arrayContaining(aggregates.map(a => a.name)));
    expect([...found('transform')]).toEqual(expect.arrayContaining(transforms.filter(t => t.result !== 'rows').map(t => t.name)));
    expect([...found('kind')]).toEqual(expect.arrayContaining(['random', 'group', 'time', 'none', 'grid', 'column', 'unique', 'refers', 'fresh']));
  });

  it('often have observations to learn from and others to judge, with and without cutoffs', () => {
    const full = all.filter(({ outcomes }) => {
      const partitions = new Set(outcomes.get('split task')?.table.rows.map(row => row['#partition']));
      // A fold of train alone holds out its validate rows.
      return partitions.has('train') && (partitions.has('test') || partitions.has('validate'));
    });
    expect(full.length).toBeGreaterThan(seeds.length / 3);
    expect(full.some(({ outcomes }) => outcomes.get('frame task')?.table.rows[0]?.['#cutoff'] === null)).toBe(true);
  });

  it('give the same rows when the rows of the files are shuffled', () => {
    for (const { plan, files, outcomes } of all.slice(0, 40)) {
      const turned = Object.fromEntries(
        Object.entries(files).map(([path, text]) => {
          const [header = '', ...rows] = text.split('\n');
          return [path, [header, ...rows.reverse()].join('\n')];
        }),
      );
      for (const [id, outcome] of run({ plan, files: turned }))
        expect(differences(outcomes.get(id)?.table ?? outcome.table, outcome.table.rows)).toEqual([]);
    }
  });
});
