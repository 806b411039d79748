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
import { asFailure, cancelled } from './failure.ts';
import { askAhead, beginLeaks, type Leaks } from './leaks/leaks.ts';
import { type Machinery, machineryOf } from './machinery.ts';
import { isModel, type ModelFacts, modelFile } from './modelFile.ts';
import { predictionsName } from './nodes/evaluate.ts';
import { ledgerFacts } from './nodes/ledgerRules.ts';
import type { Step, StepOutput } from './nodes/output.ts';
import { safeName } from './nodes/relational.ts';
import type { RunOptions } from './options.ts';
import { placesOf, recordPlace } from './places.ts';
import type { RecordPlace, RunRecord } from './record.ts';
import { rememberSteps } from './remembered.ts';
import { scoringOf } from './serve/scoring.ts';
import { openBench, stepsOn } from './steps.ts';
import { canonical } from './store/canonical.ts';
import { sha256, storing } from './store/files.ts';
import { planName } from './store/finished.ts';
import type { OpenRun } from './store/runs.ts';
import { openStore } from './store/store.ts';
import { type Trailing, trailing } from './trailing.ts';
import type { Workbench } from './workbench.ts';

type Judge = NonNullable<RunOptions['judge']>;

/** How far a run is, for what has to be said and cleared up where it fails. */
interface Going {
  id: string;
  place: RecordPlace | null;
  /** The step that is running. */
  running: string | null;
  open: OpenRun | null;
  bench: Workbench | null;
  line: Trailing | null;
}

/** What is left to do of a run whose record is in its place. */
interface Kept {
  readonly record: RunRecord;
  readonly artifacts: readonly RunEvent[];
  readonly clearUp: () => Promise<void>;
}

export async function run(plan: Plan, options: RunOptions, emit: Emit, machinery: Machinery = machineryOf(options)): Promise<RunRecord> {
  const going: Going = { id: '', place: null, running: null, open: null, bench: null, line: null };
  const { record, artifacts, clearUp } = await kept(plan, options, emit, machinery, going).catch(async (error: unknown) => {
    // Clearing up must not hide why the run ended.
    await going.line?.settle().catch(() => undefined);
    await going.bench?.close().catch(() => undefined);
    await going.line?.ended();
    await going.open?.abandon().catch(() => undefined);
    const failure = options.signal.aborted ? cancelled() : asFailure(error, going.place);
    emit({
      event: 'run-failed',
      id: going.id,
      node: going.running,
      code: failure?.code ?? 'bug',
      message: failure?.message ?? (error instanceof Error ? error.message : String(error)),
      help: failure?.help ?? null,
      place: failure?.place ?? going.place,
    });
    throw failure ?? error;
  });
  // Whatever fails from here on undoes nothing.
  await clearUp().catch(() => undefined);
  for (const event of artifacts) emit(event);
  emit({ event: 'run-finished', id: record.id, record });
  return record;
}

/** Takes all steps, and puts the record in its place. */
async function kept(plan: Plan, options: RunOptions, tellNow: Emit, machinery: Machinery, going: Going): Promise<Kept> {
  const line = trailing(tellNow, options.signal);
  const { emit, follow, settle } = line;
  going.line = line;
  const started = options.clock.now();
  const store = await openStore(options.storeDir);
  // Loads while sources are hashed; where it does not, its next caller is told.
  machinery.versions().catch(() => undefined);
  const contents = await contentsOf(plan, options.projectDir, store.sources);
  const open = await store.runs.begin(stemOf(options.clock.date(), plan, contents));
  const { id } = open;
  Object.assign(going, { id, open } satisfies Partial<Going>);
  const bench = await openBench(plan, contents, { options, store, id, machinery, emit, steps: plan.nodes });
  going.bench = bench;
  const engine = { ...bench.versions, threads: options.threads, node: process.versions.node, platform: `${process.platform} ${process.arch}` };
  emit({ event: 'run-started', id, nodes: plan.nodes.map(n => ({ id: n.id, kind: n.kind, name: n.name })), engine });

  const leaks: Leaks[] = [];
  const judge: Judge = finding => (options.judge ? options.judge(finding) : finding);
  const cached = new Set<string>();
  const seconds: Record<string, number> = {};
  const artifacts: RunEvent[] = [];
  const listPlaces = placesOf(plan);
  let written: Promise<void> = Promise.resolve();
  const keeping = (kept: Promise<void>): void => {
    // Told at the end of the step.
    kept.catch(() => undefined);
    written = kept;
  };
  const take = stepsOn(bench, emit, { reads: !options.force, keeps: true, keeping, ahead: features => askAhead(bench, features) });
  for (const [index, node] of plan.nodes.entries()) {
    bench.assertGoing();
    const place = recordPlace(node.place);
    Object.assign(going, { place, running: node.id } satisfies Partial<Going>);
    const at = { node: node.id, ...place };
    const part = node.part ? { part: true as const } : {};
    emit({ event: 'node-started', ...at, kind: node.kind, name: node.name, ...part });
    const since = options.clock.now();
    const { step, isCached } = await take(node).finally(() => {
      seconds[node.id] = (options.clock.now() - since) / 1000;
      return settle();
    });
    bench.assertGoing();
    if (isCached) cached.add(node.id);
    tell(node, step.output, bench, judge, emit);
    const asked = await beginLeaks(bench, node, step.output, listPlaces);
    const end = Promise.all([asked.leaks, written]).then(([leaking]) => (tellEnd: Emit) => {
      leaks.push(leaking);
      tellLeaks(node, leaking, judge, tellEnd);
      tellEnd({
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
    });
    follow(end, () => Object.assign(going, { place, running: node.id } satisfies Partial<Going>));
    // What learns from a feature set may begin before the rules about it are done, and before the cache has its matrix.
    const next = plan.nodes[index + 1];
    if (next?.kind !== 'train' || next.features !== node.id) await settle();
    const model = isModel(node, plan) ? modelOf({ plan, node, output: step.output, engine, contents }, bench) : null;
    artifacts.push(...(await keepArtifacts(node, step, model, open, bench)));
    await bench.release(node.id);
  }
  bench.assertGoing();
  Object.assign(going, { place: null, running: null } satisfies Partial<Going>);
  const { ledger, told } = await ledgerFacts(bench, bench.outputs);
  const findings = told.map(({ finding }) => finding);
  for (const { node, finding } of told) tellLeaks(node, { leakage: [], findings: [finding] }, judge, emit);
  const record = assemble({
    id,
    plan,
    options,
    engine,
    keys: bench.keys,
    outputs: bench.outputs,
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
  const clearUp = async (): Promise<void> => {
    // Neither waits for the other, and what fails undoes nothing.
    await Promise.allSettled([rememberSteps(store, plan, bench.keys, contents), bench.close()]);
  };
  return { record, artifacts, clearUp };
}

/** What a step found, as events: the same whether it was computed or not. */
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
