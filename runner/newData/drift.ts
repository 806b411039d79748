/** New data against what a model was trained on: how far each feature and the score have moved, and what the program claims about that. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluateNode, PlanClaim, PlanMetric, PlanTarget } from '../../language/plan/plan.ts';
import type { RelationalEngine } from '../engine/relational.ts';
import { asFailure, cancelled, RunFailed } from '../failure.ts';
import { predictedClasses } from '../judge/classes.ts';
import type { Matrix } from '../learn/matrix.ts';
import { type Machinery, machineryOf } from '../machinery.ts';
import { claimRecord } from '../nodes/claims.ts';
import { belongs } from '../nodes/drift.ts';
import { safeName } from '../nodes/relational.ts';
import { sampleOf } from '../nodes/samples.ts';
import type { RunOptions } from '../options.ts';
import { recordPlace } from '../places.ts';
import type { ClaimRecord, DriftRecord, FindingRecord, RecordPlace, RunRecord } from '../record.ts';
import { openStore } from '../store/store.ts';
import { type Drift, type DriftRule, type DriftSubject, type DriftTest, detectDrift, driftTests, testApplies } from '../watch/drift.ts';
import { judgeBy, type PresetName, windowDrifted } from '../watch/presets.ts';
import type { DriftSample } from '../watch/sample.ts';
import { firstEncoding, scoresBy } from './batch.ts';
import { encoded, type NewData } from './encode.ts';
import { lastRun, modelOf, type TrainedRun } from './lastRun.ts';
import { type Learned, learnedFrom, modelNode } from './trained.ts';

export interface DriftWanted extends NewData {
  /** The program, relative to the project. */
  readonly program: string;
  /** Null: the only model that is not a baseline. */
  readonly model: string | null;
  /** Of the subjects that it applies to; the others, and null: the default. */
  readonly test: DriftTest | null;
  readonly rule: DriftRule;
  /** The rule of another tool, in place of `test` and `rule`; `floor` is then the threshold of one that has none of its own. */
  readonly preset: PresetName | null;
}

/** As in the record of a run; a preset's tests have names of their own, and no thresholds that know the sizes. */
export type NewDriftRecord = Omit<DriftRecord, 'test' | 'p' | 'expectedFalseAlarms'> & {
  readonly test: DriftTest | 'z' | 'cramers_v' | 'l_infinity';
  readonly p: number | null;
  readonly expectedFalseAlarms: number | null;
};

export interface NewDrift {
  readonly run: string;
  readonly program: RunRecord['program'];
  readonly model: string;
  readonly cutoff: number | null;
  readonly drift: readonly NewDriftRecord[];
  /** Whether the window as a whole has drifted, by the thresholds. */
  readonly drifted: boolean;
  /** Drift claims of the model's evaluations, held against the new data. */
  readonly claims: readonly ClaimRecord[];
  readonly findings: readonly FindingRecord[];
  readonly passedOver: TrainedRun['passedOver'];
}

/** Throws `RunFailed` where the data or the machine do not allow it, and when cancelled. */
export async function newDrift(wanted: DriftWanted, options: RunOptions, machinery: Machinery = machineryOf(options)): Promise<NewDrift> {
  let engine: RelationalEngine | null = null;
  let scratch: string | null = null;
  try {
    const store = await openStore(options.storeDir);
    const run = await lastRun(store, wanted.program, wanted.model);
    const name = wanted.model ?? onlyModel(run.record);
    const scoring = await modelOf(store, run, safeName(name));
    const features = firstEncoding(scoring.model);
    const node = modelNode(run.plan, name);
    const before = await learnedFrom(run, node, features, store, options, machinery);
    scratch = await store.scratch();
    const opened = await machinery.engine(join(scratch, 'engine'));
    engine = opened;
    const { rows, cutoff, findings } = await encoded(run, scoring, wanted, opened, options);
    const matrices = new Map<string, Matrix>();
    for (const encoding of Object.keys(scoring.encodings)) matrices.set(encoding, await opened.matrix(encoding));
    const matrixOf = (encoding: string): Matrix => {
      const matrix = matrices.get(encoding);
      if (!matrix) throw new Error(`${encoding} was not encoded.`);
      return matrix;
    };
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    const { entity } = matrixOf(features);
    const raw = await opened.rawColumns(features);
    const after: Learned = {
      features: new Map(raw.map(({ feature, column }) => [feature, sampleOf(column, all, entity)])),
      scores: await scoresBy(scoring.model, {
        matrix: async encoding => matrixOf(encoding),
        each: scoring.label.classes?.length ?? 1,
        cancelled: () => options.signal.aborted,
      }),
      entity,
    };
    const subjects = subjectsOf(before, after, scoring.label);
    const measure = (test: DriftTest | null): readonly Drift[] =>
      detectDrift(
        subjects.map(subject => ({ ...subject, test: test !== null && testApplies(test, subject.reference.kind) ? test : null })),
        run.plan.seed,
        wanted.rule,
      ).drift;
    const places = placesOfFeatures(run, features);
    const own = recordPlace(node.place);
    const record = (drift: Drift): NewDriftRecord => ({
      ...(places.get(drift.name) ?? own),
      evaluation: name,
      subject: drift.name,
      kind: drift.kind,
      reference: { name: 'train', n: drift.n.reference },
      current: { name: 'current', n: drift.n.current },
      test: drift.test,
      statistic: drift.statistic,
      threshold: drift.threshold,
      p: drift.p,
      drifted: drift.drifted,
      expectedFalseAlarms: drift.expectedFalseAlarms,
      histogram: drift.histogram,
    });
    const { preset } = wanted;
    const measured = measure(preset === null ? wanted.test : null).map(record);
    const judged = preset === null ? measured : measured.map(one => byPreset(one, preset, subjects, wanted.rule.floor ?? null));
    return {
      run: run.record.id,
      program: run.record.program,
      passedOver: run.passedOver,
      model: name,
      cutoff,
      drift: judged,
      drifted: preset === null ? judged.some(d => d.drifted) : windowDrifted(preset, judged),
      claims: await claimsOf(run, node.id, measure),
      findings,
    };
  } catch (error) {
    throw options.signal.aborted ? cancelled() : (asFailure(error, null) ?? error);
  } finally {
    await engine?.close().catch(() => undefined);
    if (scratch !== null) await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

function byPreset(record: NewDriftRecord, preset: PresetName, subjects: readonly DriftSubject[], threshold: number | null): NewDriftRecord {
  const subject = subjects.find(({ kind, name }) => kind === record.kind && name === record.subject);
  if (!subject) throw new Error(`${record.subject} is not compared.`);
  return { ...record, ...judgeBy(preset, subject, threshold, record.statistic), expectedFalseAlarms: null };
}

function onlyModel({ models, id }: RunRecord): string {
  const names = [...new Set(models.filter(model => model.algorithm !== 'baseline').map(model => model.name))];
  const [only = models[0]?.name ?? '', ...more] = names;
  if (more.length === 0) return only;
  throw new RunFailed('findings', `The run ${id} has left several models.`, `Say which: \`--model ${only}\`, or ${more.join(', ')}.`, null);
}

function subjectsOf(before: Learned, after: Learned, label: PlanTarget): DriftSubject[] {
  const features = [...before.features].flatMap(([name, reference]): DriftSubject[] => {
    const current = after.features.get(name);
    return current ? [{ name, kind: 'feature', test: null, reference, current }] : [];
  });
  // Of several classes, what drifts is which of them is predicted.
  const score = ({ scores, entity }: Learned): DriftSample => {
    const { classes } = label;
    if (!classes) return { kind: 'number', values: scores, entity };
    const codes = predictedClasses(scores, classes.length).map((code, row) => (Number.isNaN(scores[row * classes.length]) ? -1 : code));
    return { kind: 'category', levels: classes, codes, entity };
  };
  return [...features, { name: 'score', kind: 'score', test: null, reference: score(before), current: score(after) }];
}

function placesOfFeatures({ plan }: TrainedRun, features: string): ReadonlyMap<string, RecordPlace> {
  const node = plan.nodes.find(n => n.id === features);
  return new Map(node?.kind === 'features' ? node.features.map(feature => [feature.name, recordPlace(feature.place)]) : []);
}

/** Whether a metric can be told of rows without labels. */
function isOfNewData(metric: PlanMetric): boolean {
  switch (metric.op) {
    case 'number':
      return true;
    case 'drift':
      return metric.subject !== 'label';
    case 'arithmetic':
      return isOfNewData(metric.left) && isOfNewData(metric.right);
    case 'metric':
    case 'bound':
      return false;
  }
}

async function claimsOf({ plan }: TrainedRun, model: string, measure: (test: DriftTest | null) => readonly Drift[]): Promise<ClaimRecord[]> {
  const evaluations = plan.nodes.filter((node): node is EvaluateNode => node.kind === 'evaluate' && node.model === model);
  const isDrift = ({ left, right }: PlanClaim): boolean => isOfNewData(left) && isOfNewData(right);
  const records: ClaimRecord[] = [];
  for (const { name, claims } of evaluations) {
    for (const claim of claims.filter(isDrift)) {
      const largest = async (subject: Extract<PlanMetric, { op: 'drift' }>['subject'], test: string | null): Promise<number | null> => {
        const known = driftTests.find(t => t === test) ?? null;
        const members = measure(known).filter(d => belongs(d, subject) && (known === null || d.test === known));
        return members.length === 0 ? null : members.reduce((most, d) => Math.max(most, d.statistic), Number.NEGATIVE_INFINITY);
      };
      const figure = (): never => {
        throw new Error('A claim about drift reads no figure.');
      };
      records.push(await claimRecord(name, claim, { figure: async () => figure(), drift: largest, elsewhere: figure }));
    }
  }
  return records;
}
