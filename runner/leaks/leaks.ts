/**
 * The leakage rules that are decided on data, measured after the step of the declaration that they speak of: tables by the engine, features
 * over the matrix that learning reads, evaluations over their figures. Labels of test rows are read by the evaluation alone.
 */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { EvaluateNode, FeaturesNode, PlanNode } from '../../language/plan/plan.ts';
import { isRelational } from '../engine/relational.ts';
import { judgedRows } from '../nodes/judged.ts';
import type { StepOutput } from '../nodes/output.ts';
import type { PlaceList } from '../places.ts';
import { relocate } from '../places.ts';
import type { FindingRecord, LeakageRecord } from '../record.ts';
import { canonical } from '../store/canonical.ts';
import { sha256 } from '../store/files.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import type { Evaluated } from './evaluated.ts';
import { evaluationRules } from './evaluationRules.ts';
import { findingOf, leakageRecord, type Measured, told } from './measured.ts';
import { mostTelling } from './proxies.ts';
import { sampleOf } from './sample.ts';

/** Raised whenever a rule may say something else of the same data. */
const implementation = 2;

export interface Leaks {
  readonly leakage: readonly LeakageRecord[];
  readonly findings: readonly FindingRecord[];
}

interface Kept {
  readonly leaks: Leaks;
  readonly places: PlaceList;
}

const none: Leaks = { leakage: [], findings: [] };

const keyOf = (bench: Workbench, node: PlanNode): string =>
  sha256(canonical(['leakage', implementation, bench.keys(node.id).key, bench.options.leakage ?? {}]));

type Places = (node: PlanNode) => PlaceList;

/** As `beginLeaks`, to the end. */
export async function leaksOf(bench: Workbench, node: PlanNode, output: StepOutput, places: Places): Promise<Leaks> {
  return (await beginLeaks(bench, node, output, places)).leaks;
}

/**
 * What the rules say of a step that is finished; from the cache where the step, its data and the thresholds are the same. What the engine
 * is asked for it has answered when this returns; what was asked ahead may still be on its way.
 */
export async function beginLeaks(bench: Workbench, node: PlanNode, output: StepOutput, places: Places): Promise<{ readonly leaks: Promise<Leaks> }> {
  if (node.part || !(isRelational(node) || node.kind === 'evaluate')) return { leaks: Promise.resolve(none) };
  const settings = bench.options.leakage ?? {};
  const { cache } = bench.store;
  const key = keyOf(bench, node);
  const known = bench.options.force ? null : await cache.get(key);
  if (known !== null) {
    const { leaks, places: before } = known.value as Kept;
    return { leaks: Promise.resolve(relocate(leaks, before, places(node))) };
  }
  const first = await measured(bench, node, output, settings);
  const rest = async (): Promise<Leaks> => {
    const all = told(node.kind === 'features' ? [...first, ...(await ofFeatures(bench, node, settings))] : first);
    const leaks = { leakage: all.map(leakageRecord), findings: all.flatMap(findingOf) };
    await cache.put(key, { leaks, places: places(node) } satisfies Kept, new Map());
    return leaks;
  };
  // Where nobody asked ahead, the matrix may have to be made first, by the engine.
  return { leaks: ahead.get(bench)?.has(node.id) ? rest() : Promise.resolve(await rest()) };
}

/** All but what is asked of a feature set's matrix. */
async function measured(bench: Workbench, node: PlanNode, output: StepOutput, settings: DataRuleSettings): Promise<readonly Measured[]> {
  if (node.kind === 'evaluate') return evaluationRules(await evaluated(bench, node, output, settings));
  return isRelational(node) ? (await bench.ownTables(node.id)).leaks(node.id, isEntity(bench, node.id), settings) : [];
}

/** What was asked before the step was finished, by the feature set. */
const ahead = new WeakMap<Workbench, Map<string, Promise<readonly Measured[]>>>();

/** Asks the rules about a feature set as soon as its matrix is there, where the cache does not know what they say. */
export async function askAhead(bench: Workbench, node: FeaturesNode): Promise<void> {
  if (node.part || (!bench.options.force && (await bench.store.cache.has(keyOf(bench, node))))) return;
  const asked = ahead.get(bench) ?? new Map<string, Promise<readonly Measured[]>>();
  ahead.set(bench, asked);
  const found = ofFeatures(bench, node, bench.options.leakage ?? {});
  // Told when the rules are.
  found.catch(() => undefined);
  asked.set(node.id, found);
}

async function ofFeatures(bench: Workbench, node: FeaturesNode, settings: DataRuleSettings): Promise<readonly Measured[]> {
  const known = ahead.get(bench)?.get(node.id);
  if (known) return known;
  const frame = bench.node(node.frame);
  if (frame.kind !== 'frame' || frame.label === null) return [];
  return bench.beside('rules', node.id, { node, label: frame.label, settings });
}

async function evaluated(bench: Workbench, node: EvaluateNode, output: StepOutput, settings: DataRuleSettings): Promise<Evaluated> {
  const { matrix, rows } = await judgedRows(bench, node);
  const levels = node.label.classes?.length ?? (node.label.kind === 'binary' ? 2 : null);
  const classes = levels === null ? null : new Array<number>(levels).fill(0);
  const { label } = matrix;
  if (classes) for (const row of rows) classes[label[row] ?? 0] = (classes[label[row] ?? 0] ?? 0) + 1;
  return { node, model: bench.node(node.model).name, output, classes, telling: node.plausible ? await telling(bench, node) : [], settings };
}

/** Of the feature set that the model learned from. */
async function telling(bench: Workbench, { model }: EvaluateNode): Promise<Evaluated['telling']> {
  const node = featuresOf(bench, bench.trained(model).features);
  const frame = bench.node(node.frame);
  if (frame.kind !== 'frame' || frame.label === null) return [];
  return mostTelling(node, sampleOf(await bench.matrix(node.id), await bench.raw(node.id), frame.label));
}

/** Whether a task makes observations of the rows of a table, as it is or in a later form. */
function isEntity({ plan, node }: Workbench, id: string): boolean {
  const isUnder = (at: string): boolean => {
    if (at === id) return true;
    const of = node(at);
    return of.kind === 'relation' ? isUnder(of.base) : of.kind === 'check' ? isUnder(of.table) : false;
  };
  return plan.nodes.some(of => of.kind === 'frame' && isUnder(of.relation));
}
