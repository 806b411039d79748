/** What is compared for drift between train and the judged rows, out of a matrix and the scores of both sides. */
import type { PlanFeature } from '../../language/plan/plan.ts';
import { predictedClasses } from '../judge/classes.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix } from '../learn/matrix.ts';
import { type Drift, type DriftSubject, type DriftTest, detectDrift } from '../watch/drift.ts';
import { gather, gatherIds, rowsIn } from './rows.ts';
import { sampleOf } from './samples.ts';

/** Plain data. */
export interface Compared {
  readonly features: readonly PlanFeature[];
  readonly label: { readonly name: string; readonly classes: readonly string[] | null };
  /** The judged rows of the matrix. */
  readonly rows: Int32Array;
  /** Of the training rows with a label, and of the judged ones; of several classes one a class, row-major. */
  readonly scores: { readonly train: Float64Array; readonly judged: Float64Array };
  /** Null: what fits each subject. */
  readonly test: DriftTest | null;
  readonly seed: number;
}

interface Source {
  readonly matrix: Matrix;
  readonly raw: readonly RawColumn[];
  /** Whose training rows those of the scores are, where that is another matrix of the same rows. */
  readonly trained?: Matrix;
}

/** The columns that are compared of a feature, by name. */
export const comparedNames = ({ name, others = [] }: PlanFeature): readonly string[] => [name, ...others.map(of => `${name}: ${of.name}`)];

export const driftBetween = (source: Source, compared: Compared): readonly Drift[] => detectDrift(subjectsOf(source, compared), compared.seed).drift;

function subjectsOf({ matrix, raw, trained = matrix }: Source, { features, label, rows, scores, test }: Compared): readonly DriftSubject[] {
  const train = rowsIn(trained, 'train');
  const entities = { train: gatherIds(matrix.entity, train), judged: gatherIds(matrix.entity, rows) };
  const columns = new Map(raw.map(r => [r.feature, r.column]));
  const subjects = features.flatMap(comparedNames).map((name): DriftSubject => {
    const column = columns.get(name);
    if (!column) throw new Error(`The engine has no column for the feature ${name}`);
    return { name, kind: 'feature', test, reference: sampleOf(column, train, entities.train), current: sampleOf(column, rows, entities.judged) };
  });
  const { classes } = label;
  const sides = (reference: Float64Array, current: Float64Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'number', values: reference, entity: entities.train },
    current: { kind: 'number', values: current, entity: entities.judged },
  });
  // Of several classes, what drifts is which of them is predicted.
  const levels = (reference: Int32Array, current: Int32Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'category', levels: classes ?? [], codes: reference, entity: entities.train },
    current: { kind: 'category', levels: classes ?? [], codes: current, entity: entities.judged },
  });
  const labels = { train: gather(matrix.label, train), judged: gather(matrix.label, rows) };
  const each = classes?.length ?? 0;
  const ofScores = classes ? levels(predictedClasses(scores.train, each), predictedClasses(scores.judged, each)) : sides(scores.train, scores.judged);
  const ofLabels = classes ? levels(Int32Array.from(labels.train), Int32Array.from(labels.judged)) : sides(labels.train, labels.judged);
  return [...subjects, { name: 'score', kind: 'score', test, ...ofScores }, { name: label.name, kind: 'label', test, ...ofLabels }];
}
