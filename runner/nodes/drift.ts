/** Drift between train and the judged rows: of every feature as it was before any transform, of the score and of the label. */
import type { EvaluateNode, PlanMetric } from '../../language/plan/plan.ts';
import { predictedClasses } from '../judge/classes.ts';
import { recordPlace } from '../places.ts';
import type { DriftRecord, RecordPlace } from '../record.ts';
import { type Drift, type DriftSubject, type DriftTest, detectDrift, driftTests } from '../watch/drift.ts';
import { featuresOf, type Workbench } from '../workbench.ts';
import { type JudgedRows, scoresOf } from './judged.ts';
import { gather, gatherIds, rowsIn } from './rows.ts';
import { sampleOf } from './samples.ts';

export interface DriftOf {
  readonly records: readonly DriftRecord[];
  /** The largest statistic of the subject's members; null where the test applies to none of them. */
  readonly largest: (subject: Extract<PlanMetric, { op: 'drift' }>['subject'], test: string | null) => Promise<number | null>;
}

export async function driftOf(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Promise<DriftOf> {
  // Rows held out are training rows of the other folds: there is nothing to have drifted.
  if (judged.partition === 'folds') return { records: [], largest: async () => null };
  const { subjects, places } = await subjectsOf(bench, node, judged);
  const measured = new Map<DriftTest | null, readonly Drift[]>();
  const measure = (test: DriftTest | null): readonly Drift[] => {
    const known = measured.get(test);
    if (known) return known;
    const { drift } = detectDrift(
      subjects.map(s => ({ ...s, test })),
      bench.plan.seed,
    );
    measured.set(test, drift);
    return drift;
  };
  return {
    records: measure(null).map(d => ({
      ...(places.get(`${d.kind} ${d.name}`) ?? recordPlace(node.place)),
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
      const members = measure(driftTests.find(t => t === test) ?? null).filter(d => belongs(d, subject));
      return members.length === 0 ? null : members.reduce((most, d) => Math.max(most, d.statistic), Number.NEGATIVE_INFINITY);
    },
  };
}

async function subjectsOf(
  bench: Workbench,
  node: EvaluateNode,
  judged: JudgedRows,
): Promise<{ readonly subjects: readonly DriftSubject[]; readonly places: ReadonlyMap<string, RecordPlace> }> {
  const { matrix, rows } = judged;
  const train = rowsIn(await bench.matrix(node.features), 'train');
  const entities = { train: gatherIds(matrix.entity, train), judged: gatherIds(matrix.entity, rows) };
  const model = bench.trained(node.model);
  const features = featuresOf(bench, model.features).features;
  const raw = new Map((await bench.raw(model.features)).map(r => [r.feature, r.column]));
  const subjects: DriftSubject[] = [];
  const places = new Map<string, RecordPlace>();
  const compared = features.flatMap(({ name, place, others = [] }) => [
    { name, place },
    ...others.map(of => ({ name: `${name}: ${of.name}`, place })),
  ]);
  for (const feature of compared) {
    const column = raw.get(feature.name);
    if (!column) throw new Error(`The engine has no column for the feature ${feature.name}`);
    subjects.push({
      name: feature.name,
      kind: 'feature',
      test: null,
      reference: sampleOf(column, train, entities.train),
      current: sampleOf(column, rows, entities.judged),
    });
    places.set(`feature ${feature.name}`, recordPlace(feature.place));
  }
  const numbers = (reference: Float64Array, current: Float64Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'number', values: reference, entity: entities.train },
    current: { kind: 'number', values: current, entity: entities.judged },
  });
  const scores = { train: await bench.scores(node.model, node.features, 'train'), judged: await scoresOf(bench, node.model, judged) };
  const labels = { train: gather(matrix.label, train), judged: gather(matrix.label, rows) };
  const { classes } = node.label;
  // Of several classes, what drifts is which of them is predicted.
  const levels = (reference: Int32Array, current: Int32Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'category', levels: classes ?? [], codes: reference, entity: entities.train },
    current: { kind: 'category', levels: classes ?? [], codes: current, entity: entities.judged },
  });
  const codes = (of: typeof scores) => levels(predictedClasses(of.train, classes?.length ?? 0), predictedClasses(of.judged, classes?.length ?? 0));
  subjects.push({ name: 'score', kind: 'score', test: null, ...(classes ? codes(scores) : numbers(scores.train, scores.judged)) });
  const ofLabel = classes ? levels(Int32Array.from(labels.train), Int32Array.from(labels.judged)) : numbers(labels.train, labels.judged);
  subjects.push({ name: node.label.name, kind: 'label', test: null, ...ofLabel });
  return { subjects, places };
}

/** Whether a claim about the subject speaks of it. */
export function belongs(drift: Drift, subject: Parameters<DriftOf['largest']>[0]): boolean {
  if (typeof subject === 'object') {
    return drift.kind === 'feature' && (drift.name === subject.feature || drift.name.startsWith(`${subject.feature}: `));
  }
  return drift.kind === (subject === 'features' ? 'feature' : subject);
}
