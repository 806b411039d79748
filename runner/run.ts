/**
 * Executes a plan: nodes in order, each from the cache where its key is there, else computed, kept and told as events. Ends with a record
 * in the store, or with a `RunFailed` that leaves the store as it was but for cache, ledger and quarantine.
 */
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { assemble } from './assemble.ts';
import { type Content, contentsOf } from './contents.ts';
import { shownPath } from './engine/files.ts';
import type { Emit, RunEvent } from './events.ts';
import { asFailure, cancelled, RunFailed } from './failure.ts';
import { type StepKeys, stepKeys } from './keys.ts';
import { type Leaks, leaksOf } from './leaks/leaks.ts';
import { dependsOn, learnsNet, type Machinery, machineryOf, type Versions } from './machinery.ts';
import { isModel, type ModelFacts, modelFile } from './modelFile.ts';
import { predictionsName } from './nodes/evaluate.ts';
import { ledgerFacts } from './nodes/ledgerRules.ts';
import type { Step, StepOutput } from './nodes/output.ts';
import { safeName } from './nodes/relational.ts';
import { scoresOf } from './nodes/scores.ts';
import type { RunOptions } from './options.ts';
import { placesOf, recordPlace } from './places.ts';
import type { RecordPlace, RunRecord } from './record.ts';
import { rememberSteps } from './remembered.ts';
import { scoringOf } from './serve/scoring.ts';
import { stepsOn } from './steps.ts';
import { canonical } from './store/canonical.ts';
import { sha256, storing } from './store/files.ts';
import { planName } from './store/finished.ts';
import type { OpenRun } from './store/runs.ts';
import { openStore, type Store } from './store/store.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

export async function run(plan: Plan, options: RunOptions, emit: Emit, machinery: Machinery = machineryOf(options)): Promise<RunRecord> {
  let id = '';
  let place: RecordPlace | null = null;
  let running: string | null = null;
  let open: OpenRun | null = null;
  let bench: Workbench | null = null;
  try {
    const started = options.clock.now();
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, options.projectDir, store.sources);
    const { versions, keys } = await keyed(plan, contents, options, store, machinery);
    open = await store.runs.begin(stemOf(options.clock.date(), plan, contents));
    id = open.id;
    bench = await openWorkbench(plan, options, store, id, keys, contents, machinery, emit, scoresOf);
    const engine = { ...versions, threads: options.threads, node: process.versions.node, platform: `${process.platform} ${process.arch}` };
    emit({ event: 'run-started', id, nodes: plan.nodes.map(n => ({ id: n.id, kind: n.kind, name: n.name })), engine });

    const outputs = new Map<string, StepOutput>();
    const leaks: Leaks[] = [];
    const judge: Judge = finding => (options.judge ? options.judge(finding) : finding);
    const cached = new Set<string>();
    const seconds: Record<string, number> = {};
    const artifacts: RunEvent[] = [];
    const listPlaces = placesOf(plan);
    const take = stepsOn(bench, emit, { reads: !options.force, keeps: true });
    for (const node of plan.nodes) {
      if (options.signal.aborted) throw cancelled();
      place = recordPlace(node.place);
      running = node.id;
      const at = { node: node.id, ...place };
      const part = node.part ? { part: true as const } : {};
      emit({ event: 'node-started', ...at, kind: node.kind, name: node.name, ...part });
      const since = options.clock.now();
      const { step, isCached } = await take(node);
      if (isCached) cached.add(node.id);
      outputs.set(node.id, step.output);
      seconds[node.id] = (options.clock.now() - since) / 1000;
      tell(node, step.output, bench, judge, emit);
      const leaking = await leaksOf(bench, node, step.output, listPlaces);
      leaks.push(leaking);
      tellLeaks(node, leaking, judge, emit);
      emit({
        event: 'node-finished',
        ...at,
        kind: node.kind,
        name: node.name,
        rows: step.output.rows,
        seconds: seconds[node.id] ?? 0,
        cached: isCached,
        summary: step.output.summary,
        ...part,
      });
      const model = isModel(node, plan) ? modelOf({ plan, node, output: step.output, engine, contents }, bench) : null;
      artifacts.push(...(await keepArtifacts(node, step, model, open, bench)));
      await bench.release(node.id);
    }
    place = null;
    running = null;
    const { ledger, told } = await ledgerFacts(bench, outputs);
    const findings = told.map(({ finding }) => finding);
    for (const { node, finding } of told) tellLeaks(node, { leakage: [], findings: [finding] }, judge, emit);
    const record = assemble({
      id,
      plan,
      options,
      engine,
      keys,
      outputs,
      cached,
      contents,
      ledger,
      leakage: leaks.flatMap(of => of.leakage),
      further: [...leaks.flatMap(of => of.findings), ...findings],
      timing: { started: options.clock.date().toISOString(), seconds: (options.clock.now() - started) / 1000, nodes: seconds },
    });
    const planFile = await open.path(planName);
    await storing('write the run', () => writeFile(planFile, `${JSON.stringify(plan)}\n`));
    await open.commit(`${JSON.stringify(record, null, 2)}\n`);
    open = null;
    await rememberSteps(store, plan, keys, contents);
    await bench.close();
    for (const event of artifacts) emit(event);
    emit({ event: 'run-finished', id, record });
    return record;
  } catch (error) {
    // Clearing up must not hide why the run ended.
    await bench?.close().catch(() => undefined);
    await open?.abandon().catch(() => undefined);
    const failure = options.signal.aborted ? cancelled() : asFailure(error, place);
    emit({
      event: 'run-failed',
      id,
      node: running,
      code: failure?.code ?? 'bug',
      message: failure?.message ?? (error instanceof Error ? error.message : String(error)),
      help: failure?.help ?? null,
      place: failure?.place ?? place,
    });
    throw failure ?? error;
  }
}

export { RunFailed };

/** Tensors are loaded early only when a net is going to be trained: then the backend that did load is the one that counts. */
async function keyed(
  plan: Plan,
  contents: ReadonlyMap<string, Content>,
  options: RunOptions,
  store: Store,
  machinery: Machinery,
): Promise<{ readonly versions: Versions; readonly keys: ReadonlyMap<string, StepKeys> }> {
  const expected = await machinery.versions();
  const keys = stepKeys(plan, contents, dependsOn(expected));
  for (const node of plan.nodes.filter(learnsNet)) {
    if (!options.force && (await store.cache.has(keys.get(node.id)?.key ?? ''))) continue;
    const versions = { ...expected, tensor: (await machinery.tensor()).name };
    return { versions, keys: versions.tensor === expected.tensor ? keys : stepKeys(plan, contents, dependsOn(versions)) };
  }
  return { versions: expected, keys };
}

/** What a step found, as events: the same whether it was computed or not. */
type Judge = NonNullable<RunOptions['judge']>;

function tell(node: PlanNode, output: StepOutput, bench: Workbench, judge: Judge, emit: Emit): void {
  const of = (record: RecordPlace) => ({ node: node.id, file: record.file, range: record.range });
  for (const check of output.checks) emit({ event: 'check', ...of(check), check });
  for (const metric of output.metrics) emit({ event: 'metric', ...of(metric), metric });
  for (const drift of output.drift) emit({ event: 'drift', ...of(drift), drift });
  for (const claim of output.claims) emit({ event: 'claim', ...of(claim), claim });
  for (const finding of output.findings.flatMap(f => judge(f) ?? [])) emit({ event: 'finding', ...of(finding), finding });
  const quarantine = output.quarantine === null ? null : join(bench.store.quarantine, output.quarantine);
  if (quarantine !== null && existsSync(quarantine))
    emit({ event: 'artifact', ...of(node.place), path: shownPath(bench.options.projectDir, quarantine), kind: 'quarantine' });
}

function tellLeaks(node: PlanNode, { leakage, findings }: Leaks, judge: Judge, emit: Emit): void {
  const of = (record: RecordPlace) => ({ node: node.id, file: record.file, range: record.range });
  for (const one of leakage) emit({ event: 'leakage', ...of(one), leakage: one });
  for (const finding of findings.flatMap(f => judge(f) ?? [])) emit({ event: 'finding', ...of(finding), finding });
}

function modelOf(facts: Omit<ModelFacts, 'scoring' | 'fingerprint'>, bench: Workbench): string {
  return modelFile({ ...facts, scoring: scoringOf(bench, facts.node.id), fingerprint: bench.keys(facts.node.id).fingerprint });
}

/** Predictions and models go into the run's folder; told when the run has taken its place. */
async function keepArtifacts(node: PlanNode, step: Step, model: string | null, open: OpenRun, bench: Workbench): Promise<RunEvent[]> {
  const kept: RunEvent[] = [];
  const event = (name: string, kind: 'predictions' | 'model') =>
    kept.push({
      event: 'artifact',
      node: node.id,
      ...recordPlace(node.place),
      path: shownPath(bench.options.projectDir, join(open.folder, name)),
      kind,
    });
  const predictions = step.files.get(predictionsName);
  if (predictions !== undefined) {
    const name = `predictions/${safeName(node.name)}.parquet`;
    const to = await open.path(name);
    await storing('write the run', () => copyFile(predictions, to));
    event(name, 'predictions');
  }
  if (model !== null) {
    const name = `models/${safeName(node.name)}.json`;
    const to = await open.path(name);
    await storing('write the run', () => writeFile(to, model));
    event(name, 'model');
  }
  return kept;
}

/** Of the day, the plan and the data: `20261121-7f3a`. */
function stemOf(date: Date, plan: Plan, contents: ReadonlyMap<string, Content>): string {
  const day = date.toISOString().slice(0, 10).replaceAll('-', '');
  const hashes = [...contents].map(([node, { sha256: hash }]) => [node, hash]);
  return `${day}-${sha256(canonical([plan.fingerprint, hashes])).slice(0, 4)}`;
}
