/** Drift between train and the judged rows: of every feature as it was before any transform, of the score and of the label. */
import type { EvaluateNode, PlanMetric } from '../../language/plan/plan.ts';
import { recordPlace } from '../places.ts';
import type { DriftRecord } from '../record.ts';
import { canonical } from '../store/canonical.ts';
import { sha256 } from '../store/files.ts';
import { type Drift, type DriftTest, driftTests } from '../watch/drift.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { type Compared, comparedNames, driftOfFeatures, driftOfScores, type Said } from './driftSubjects.ts';
import { type JudgedRows, scoresOf } from './judged.ts';

export interface DriftOf {
  readonly records: readonly DriftRecord[];
  /** The largest statistic of the subject's members; null where the test applies to none of them. */
  readonly largest: (subject: Extract<PlanMetric, { op: 'drift' }>['subject'], test: string | null) => Promise<number | null>;
}

/** Raised whenever the drift of features may be told otherwise for the same rows. */
const implementation = 1;

/**
 * Begins with the features at once, in another thread where that is worth it, for no model says anything of them; what is given back ends it,
 * when models have scored the rows.
 */
export async function driftOf(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Promise<() => Promise<DriftOf>> {
  // Rows held out are training rows of the other folds: there is nothing to have drifted.
  if (judged.partition === 'folds') return async () => ({ records: [], largest: async () => null });
  const { features } = featuresOf(bench, bench.trained(node.model).features);
  const ofFeatures = (test: DriftTest | null) => begun(bench, node, judged, { features, rows: judged.rows, test, seed: bench.plan.seed });
  const usual = await ofFeatures(null);
  const places = new Map(features.flatMap(feature => comparedNames(feature).map(name => [name, recordPlace(feature.place)])));
  const label = { name: node.label.name, classes: node.label.classes ?? null };
  return async () => {
    const scores = { train: await bench.scores(node.model, node.features, 'train'), judged: await scoresOf(bench, node.model, judged) };
    const measured = new Map<DriftTest | null, readonly Drift[]>();
    const measure = async (test: DriftTest | null): Promise<readonly Drift[]> => {
      const known = measured.get(test);
      if (known) return known;
      const said = { label, rows: judged.rows, scores, test, seed: bench.plan.seed };
      const features = test === null ? usual : await ofFeatures(test);
      const scoring = saidOf(bench, node, judged, said, features.isKnown);
      const found = [...(await features.found()), ...(await scoring)];
      measured.set(test, found);
      return found;
    };
    return {
      records: (await measure(null)).map(d => ({
        ...((d.kind === 'feature' && places.get(d.name)) || recordPlace(node.place)),
        evaluation: node.name,
        subject: d.name,
        kind: d.kind,
        reference: { name: 'train', n: d.n.reference },
        current: { name: node.partition, n: d.n.current },
        test: d.test,
        statistic: d.statistic,
        threshold: d.threshold,
        p: d.p,
        drifted: d.drifted,
        expectedFalseAlarms: d.expectedFalseAlarms,
        histogram: d.histogram,
      })),
      largest: async (subject, test) => {
        const members = (await measure(driftTests.find(t => t === test) ?? null)).filter(d => belongs(d, subject));
        return members.length === 0 ? null : members.reduce((most, d) => Math.max(most, d.statistic), Number.NEGATIVE_INFINITY);
      },
    };
  };
}

/** In the other thread where that one is free: beside the drift of features, which takes the longest of an evaluation, it would end last. */
async function saidOf(bench: Workbench, node: EvaluateNode, judged: JudgedRows, said: Said, isFree: boolean): Promise<readonly Drift[]> {
  if (node.features === judged.features && isFree) return bench.beside('said', judged.features, said);
  return driftOfScores({ matrix: judged.matrix, trained: await bench.matrix(node.features) }, said);
}

interface Begun {
  readonly isKnown: boolean;
  readonly found: () => Promise<readonly Drift[]>;
}

/** From the cache where the same features of the same rows were compared before, whatever was learned from them; else it has begun. */
async function begun(bench: Workbench, node: EvaluateNode, judged: JudgedRows, compared: Compared): Promise<Begun> {
  const { rows, features, test, seed } = compared;
  const sets = [bench.trained(node.model).features, node.features, judged.features].map(id => bench.keys(id).key);
  const hash = sha256(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  const key = sha256(canonical(['drift', implementation, sets, features.flatMap(comparedNames), hash, test, seed]));
  const known = bench.options.force ? null : await bench.store.cache.get(key);
  if (known !== null) return { isKnown: true, found: async () => known.value as readonly Drift[] };
  const finding = driftIn(bench, node, judged, compared);
  // Told where it is awaited.
  finding.catch(() => undefined);
  const found = async (): Promise<readonly Drift[]> => {
    const drifts = await finding;
    await bench.store.cache.put(key, drifts, new Map());
    return drifts;
  };
  return { isKnown: false, found };
}

/** Features are compared as the model's set has them, in the rows of the set whose partition is judged. */
async function driftIn(bench: Workbench, node: EvaluateNode, judged: JudgedRows, compared: Compared): Promise<readonly Drift[]> {
  const { features } = bench.trained(node.model);
  if (features === node.features && features === judged.features) return bench.beside('drift', features, compared);
  const [trained, raw] = [await bench.matrix(node.features), await bench.raw(features)];
  return driftOfFeatures({ matrix: judged.matrix, raw, trained }, compared);
}

/** Whether a claim about the subject speaks of it. */
export function belongs(drift: Drift, subject: Parameters<DriftOf['largest']>[0]): boolean {
  if (typeof subject === 'object') {
    return drift.kind === 'feature' && (drift.name === subject.feature || drift.name.startsWith(`${subject.feature}: `));
  }
  return drift.kind === (subject === 'features' ? 'feature' : subject);
}
