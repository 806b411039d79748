/** Drift between train and the judged rows: of every feature as it was before any transform, of the score and of the label. */
import type { EvaluateNode, PlanMetric } from '../../language/plan/plan.ts';
import { recordPlace } from '../places.ts';
import type { DriftRecord } from '../record.ts';
import { type Drift, type DriftTest, driftTests } from '../watch/drift.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { type Compared, comparedNames, driftBetween } from './driftSubjects.ts';
import { type JudgedRows, scoresOf } from './judged.ts';

export interface DriftOf {
  readonly records: readonly DriftRecord[];
  /** The largest statistic of the subject's members; null where the test applies to none of them. */
  readonly largest: (subject: Extract<PlanMetric, { op: 'drift' }>['subject'], test: string | null) => Promise<number | null>;
}

export async function driftOf(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Promise<DriftOf> {
  // Rows held out are training rows of the other folds: there is nothing to have drifted.
  if (judged.partition === 'folds') return { records: [], largest: async () => null };
  const { features } = featuresOf(bench, bench.trained(node.model).features);
  const scores = { train: await bench.scores(node.model, node.features, 'train'), judged: await scoresOf(bench, node.model, judged) };
  const measured = new Map<DriftTest | null, Promise<readonly Drift[]>>();
  const measure = (test: DriftTest | null): Promise<readonly Drift[]> => {
    const known = measured.get(test);
    if (known) return known;
    const label = { name: node.label.name, classes: node.label.classes ?? null };
    const found = driftIn(bench, node, judged, { features, label, rows: judged.rows, scores, test, seed: bench.plan.seed });
    measured.set(test, found);
    return found;
  };
  const places = new Map(features.flatMap(feature => comparedNames(feature).map(name => [name, recordPlace(feature.place)])));
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
}

/** Features are compared as the model's set has them, in the rows of the set whose partition is judged. */
async function driftIn(bench: Workbench, node: EvaluateNode, judged: JudgedRows, compared: Compared): Promise<readonly Drift[]> {
  const { features } = bench.trained(node.model);
  if (features === node.features && features === judged.features) return bench.beside('drift', features, compared);
  const [trained, raw] = [await bench.matrix(node.features), await bench.raw(features)];
  return driftBetween({ matrix: judged.matrix, raw, trained }, compared);
}

/** Whether a claim about the subject speaks of it. */
export function belongs(drift: Drift, subject: Parameters<DriftOf['largest']>[0]): boolean {
  if (typeof subject === 'object') {
    return drift.kind === 'feature' && (drift.name === subject.feature || drift.name.startsWith(`${subject.feature}: `));
  }
  return drift.kind === (subject === 'features' ? 'feature' : subject);
}
