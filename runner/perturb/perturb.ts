/**
 * Non-interference tested on real data: what must not matter is changed, the plan is executed again, and what must stay is held against
 * what it was, bit for bit. docs/leakage.md states the properties; this can refute one and shows none.
 */
import { join } from 'node:path';
import type { Plan, PlanNode, SplitNode } from '../../language/plan/plan.ts';
import { contentsOf } from '../contents.ts';
import { openEngine } from '../engine/engine.ts';
import { asFailure, cancelled } from '../failure.ts';
import { type Machinery, machineryOf } from '../machinery.ts';
import type { StepOutput } from '../nodes/output.ts';
import type { RunOptions } from '../options.ts';
import { recordPlace } from '../places.ts';
import type { RecordPlace } from '../record.ts';
import { openBench, stepsOn } from '../steps.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Workbench } from '../workbench.ts';
import { type Changed, changing, type How } from './changes.ts';
import { differences, learnedBy, type Observed } from './compare.ts';
import { type Property, type Wish, wishesOf } from './wishes.ts';

/** Something that moved although it must not. */
export interface Moved extends RecordPlace {
  /** `` `spend_90d` of `activity` ``, `` the model `gbt` ``. */
  readonly what: string;
  /** Observations in which it differs; null of what is learned. */
  readonly observations: number | null;
  /** Declarations from the changed data to it. */
  readonly path: readonly string[];
}

export interface Trial {
  /** Which of T1 to T4 it tests. */
  readonly property: Property;
  readonly how: How;
  /** In words: "cells known after 2024-09-01". */
  readonly changed: string;
  readonly cells: number;
  readonly observations: number;
  readonly columns: number;
  /** Fitted sets, models, searches and choices that were held against what they were. */
  readonly learned: number;
  /** A share of observations that this would have seen influenced with 95 %: 3 / observations (Hanley and Lippman-Hand, JAMA 249, 1983). */
  readonly detects: number | null;
  readonly moved: readonly Moved[];
}

export interface Perturbation {
  readonly seed: number;
  readonly trials: readonly Trial[];
}

interface Executed {
  readonly bench: Workbench;
  readonly outputs: ReadonlyMap<string, StepOutput>;
}

/** Checks are asked of the real data: on the changed copy only what they take out counts. */
const withoutGates = (plan: Plan): Plan => ({
  ...plan,
  nodes: plan.nodes.map(node => (node.kind === 'check' ? { ...node, claims: node.claims.filter(claim => claim.severity === 'quarantine') } : node)),
});

const isNeeded = (node: PlanNode): boolean => node.kind !== 'evaluate';

/** `isCached`: whether steps come from the store and stay there. `learns`: whether models are trained too. */
async function execute(bench: Workbench, isCached: boolean, learns: boolean, told: (node: PlanNode) => void): Promise<Executed> {
  const take = stepsOn(bench, () => undefined, { reads: isCached, keeps: isCached });
  const outputs = new Map<string, StepOutput>();
  const tables = new Set<PlanNode['kind']>(['scan', 'relation', 'check', 'frame', 'split', 'features']);
  for (const node of bench.plan.nodes) {
    if (!isNeeded(node) || (!learns && (!tables.has(node.kind) || node.part === true || asksModels(node)))) continue;
    if (bench.isCancelled()) throw cancelled();
    told(node);
    outputs.set(node.id, (await take(node)).step.output);
  }
  return { bench, outputs };
}

/** Features that other models predict come of fits. */
const asksModels = (node: PlanNode): boolean => node.kind === 'features' && node.steps.some(step => step.kind === 'predicted');

const observedIn = async ({ bench }: Executed, set: string): Promise<Observed> => ({ matrix: await bench.matrix(set), raw: await bench.raw(set) });

/** Declarations on the way from what was changed to a step that moved. */
function pathTo(plan: Plan, id: string, changed: ReadonlySet<string>): string[] {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]));
  const from = new Map<string, string | null>([[id, null]]);
  const queue = [id];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const node = nodes.get(next);
    if (changed.has(next)) {
      const path: string[] = [];
      for (let at: string | null = next; at !== null; at = from.get(at) ?? null) path.push(nodes.get(at)?.name ?? at);
      return path.filter((name, i) => name !== path[i - 1]);
    }
    for (const input of node?.inputs ?? [])
      if (!from.has(input)) {
        from.set(input, next);
        queue.push(input);
      }
  }
  return [];
}

const learner: Partial<Record<PlanNode['kind'], string>> = { features: 'what is fitted in', tune: 'the search of', choose: 'the choice of' };

async function tried(plan: Plan, wish: Wish, baseline: Executed, after: Executed, changed: Changed): Promise<Trial> {
  const moved: Moved[] = [];
  let [observations, columns, learned] = [0, 0, 0];
  const move = (node: PlanNode, what: string, count: number | null, place = node.place): void => {
    moved.push({ what, observations: count, path: pathTo(plan, node.id, changed.tables), ...recordPlace(place) });
  };
  for (const node of plan.nodes) {
    const [was, is] = [baseline.outputs.get(node.id), after.outputs.get(node.id)];
    if (!was || !is) continue;
    if (node.kind === 'features' && node.part !== true && node.split === wish.split.id) {
      const found = differences(await observedIn(baseline, node.id), await observedIn(after, node.id), wish.wanted, {
        encoded: wish.learns,
        pinned: wish.learns,
      });
      observations = Math.max(observations, found.observations);
      columns += found.columns;
      if (found.reassigned > 0) move(node, `the observations of \`${wish.split.name}\``, found.reassigned, wish.split.place);
      for (const [column, count] of found.moved) move(node, `\`${column}\` of \`${node.name}\``, count);
    }
    const [one, two] = wish.learns ? [learnedBy(was), learnedBy(is)] : [null, null];
    if (one === null || node.part === true) continue;
    learned++;
    const what = `${learner[node.kind] ?? 'the model'} \`${node.name}\``;
    if (one !== two && !moved.some(before => before.what === what)) move(node, what, null);
  }
  const detects = observations === 0 ? null : Math.min(1, 3 / observations);
  const { property, how, changed: words } = wish;
  return { property, how, changed: words, cells: changed.cells, observations, columns, learned, detects, moved };
}

/** `progress` is told what is being computed. Throws `RunFailed` where the data or the machine do not allow it, or when cancelled. */
export async function perturb(
  plan: Plan,
  { seed, progress }: { readonly seed: number; readonly progress: (done: number, total: number, what: string) => void },
  options: RunOptions,
  machinery: Machinery = machineryOf(options),
): Promise<Perturbation> {
  const open: Workbench[] = [];
  let place: RecordPlace | null = null;
  const told = (done: number, total: number) => (node: PlanNode) => {
    place = recordPlace(node.place);
    progress(done, total, node.name);
  };
  try {
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, options.projectDir, store.sources);
    const benchOf = async (of: Plan, on: Store, by: Machinery): Promise<Workbench> => {
      const bench = await openBench(of, contents, { options, store: on, id: 'perturb', machinery: by, emit: () => undefined, steps: of.nodes });
      open.push(bench);
      return bench;
    };
    const baseline = await execute(await benchOf(plan, store, machinery), true, true, told(0, 1));
    const splits = plan.nodes.filter((node): node is SplitNode => node.kind === 'split' && node.part !== true);
    const wishes: Wish[] = [];
    for (const split of splits) {
      const set = plan.nodes.find(node => node.kind === 'features' && node.split === split.id && node.part !== true);
      if (set) wishes.push(...wishesOf(split, await observedIn(baseline, set.id), seed));
    }
    const trials: Trial[] = [];
    for (const [i, wish] of wishes.entries()) {
      const changed: Changed = { cells: 0, tables: new Set() };
      const { projectDir: root, threads, memory } = options;
      const bench = await benchOf(withoutGates(plan), await openStore(join(baseline.bench.scratch, `changed-${i}`)), {
        ...machinery,
        engine: scratch => openEngine({ root, scratch, threads, memory, cancelled: () => options.signal.aborted }, changing(wish.change, changed)),
      });
      const after = await execute(bench, false, wish.learns, told(i + 1, wishes.length + 1));
      trials.push(await tried(plan, wish, baseline, after, changed));
      await bench.close();
      open.pop();
    }
    return { seed, trials };
  } catch (error) {
    throw (options.signal.aborted ? cancelled() : asFailure(error, place)) ?? error;
  } finally {
    for (const bench of open.reverse()) await bench.close().catch(() => undefined);
  }
}
