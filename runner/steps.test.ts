import { describe, expect, it } from 'vitest';
import type { Plan } from '../language/plan/plan.ts';
import { plan, setUp, useProject } from '../test/smallRun.ts';
import { contentsOf } from './contents.ts';
import { stepKeys } from './keys.ts';
import type { Tensor } from './learn/tensor/backend.ts';
import { dependsOn, type Machinery } from './machinery.ts';
import { openBench } from './steps.ts';
import { openStore } from './store/store.ts';

useProject();

/** With a net in place of the logistic regression. */
function withNet(): Plan {
  const made = plan();
  const nodes = made.nodes.map(node =>
    node.id === 'train logistic' && node.kind === 'train' ? { ...node, algorithm: 'neural_net' as const } : node,
  );
  return { ...made, nodes };
}

async function opening(of: Plan, changed: Partial<Machinery>) {
  const { options, machinery } = setUp({});
  const store = await openStore(options.storeDir);
  const contents = await contentsOf(of, options.projectDir, store.sources);
  const parts = { options, store, id: 'look', machinery: { ...machinery, ...changed }, emit: () => undefined };
  return { contents, store, parts };
}

describe('a bench', () => {
  const versions = async () => ({ relational: 'fake 1', tensor: 'expected' });

  it('has the keys of the backend that loads, whoever opens it', async () => {
    const of = withNet();
    const { contents, store, parts } = await opening(of, { versions, tensor: async () => ({ name: 'actual' }) as unknown as Tensor });
    const bench = await openBench(of, contents, { ...parts, steps: of.nodes });
    const actual = stepKeys(of, contents, dependsOn({ relational: 'fake 1', tensor: 'actual' }));
    expect(bench.keys('train logistic')).toEqual(actual.get('train logistic'));
    expect(bench.versions.tensor).toBe('actual');
    await bench.close();
    await store.cache.put(stepKeys(of, contents, dependsOn(await versions())).get('train logistic')?.key ?? '', {}, new Map());
    const cached = await openBench(of, contents, { ...parts, steps: of.nodes });
    expect(cached.versions.tensor).toBe('expected');
    await cached.close();
  });

  it('loads no tensors for steps that need none', async () => {
    const of = withNet();
    const { contents, parts } = await opening(of, { versions });
    const bench = await openBench(of, contents, { ...parts, steps: of.nodes.filter(({ kind }) => kind !== 'train') });
    expect(bench.versions.tensor).toBe('expected');
    await bench.close();
  });

  it('opens one engine, however many ask for it at once', async () => {
    const of = plan();
    let count = 0;
    const { machinery } = setUp({});
    const engine: Machinery['engine'] = async at => {
      count++;
      return machinery.engine(at);
    };
    const { contents, parts } = await opening(of, { engine });
    const bench = await openBench(of, contents, { ...parts, steps: of.nodes });
    const [one, two] = await Promise.all([bench.engine(), bench.engine()]);
    expect([count, one]).toEqual([1, two]);
    await bench.close();
  });

  it('closes where no engine could be opened', async () => {
    const of = plan();
    const engine = async (): Promise<never> => {
      throw new Error('no engine');
    };
    const { contents, parts } = await opening(of, { engine });
    const bench = await openBench(of, contents, { ...parts, steps: of.nodes });
    await expect(bench.engine()).rejects.toThrow('no engine');
    await bench.close();
  });
});
