/** What is compared for drift between train and the judged rows, out of a matrix and the scores of both sides. */
import type { PlanFeature } from '../../language/plan/plan.ts';
import { predictedClasses } from '../judge/classes.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix } from '../learn/matrix.ts';
import { type Drift, type DriftSubject, type DriftTest, detectDrift } from '../watch/drift.ts';
import { gather, gatherIds, rowsIn } from './rows.ts';
import { sampleOf } from './samples.ts';

/** What the features of judged rows are compared by: plain data. Nothing in it comes from a model. */
export interface Compared {
  readonly features: readonly PlanFeature[];
  /** The judged rows of the matrix. */
  readonly rows: Int32Array;
  /** Null: what fits each subject. */
  readonly test: DriftTest | null;
  readonly seed: number;
}

interface Source {
  readonly matrix: Matrix;
  readonly raw: readonly RawColumn[];
  /** Whose training rows those are that the judged ones are compared with, where that is another matrix of the same rows. */
  readonly trained?: Matrix;
}

/** The columns that are compared of a feature, by name. */
export const comparedNames = ({ name, others = [] }: PlanFeature): readonly string[] => [name, ...others.map(of => `${name}: ${of.name}`)];

interface Sides {
  readonly train: Int32Array;
  readonly entities: { readonly train: Int32Array; readonly judged: Int32Array };
}

function sidesOf({ matrix, trained = matrix }: Pick<Source, 'matrix' | 'trained'>, rows: Int32Array): Sides {
  const train = rowsIn(trained, 'train');
  return { train, entities: { train: gatherIds(matrix.entity, train), judged: gatherIds(matrix.entity, rows) } };
}

export function driftOfFeatures(source: Source, { features, rows, test, seed }: Compared): readonly Drift[] {
  const columns = new Map(source.raw.map(r => [r.feature, r.column]));
  const { train, entities } = sidesOf(source, rows);
  const subjects = features.flatMap(comparedNames).map((name): DriftSubject => {
    const column = columns.get(name);
    if (!column) throw new Error(`The engine has no column for the feature ${name}`);
    return { name, kind: 'feature', test, reference: sampleOf(column, train, entities.train), current: sampleOf(column, rows, entities.judged) };
  });
  return detectDrift(subjects, seed).drift;
}

/** What a model says of rows, and what is true of them. */
export interface Said {
  readonly label: { readonly name: string; readonly classes: readonly string[] | null };
  readonly rows: Int32Array;
  /** Of the training rows with a label, and of the judged ones; of several classes one a class, row-major. */
  readonly scores: { readonly train: Float64Array; readonly judged: Float64Array };
  readonly test: DriftTest | null;
  readonly seed: number;
}

export function driftOfScores(source: Pick<Source, 'matrix' | 'trained'>, { label, rows, scores, test, seed }: Said): readonly Drift[] {
  const { train, entities } = sidesOf(source, rows);
  const { classes } = label;
  const numbers = (reference: Float64Array, current: Float64Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'number', values: reference, entity: entities.train },
    current: { kind: 'number', values: current, entity: entities.judged },
  });
  // Of several classes, what drifts is which of them is predicted.
  const levels = (reference: Int32Array, current: Int32Array): Pick<DriftSubject, 'reference' | 'current'> => ({
    reference: { kind: 'category', levels: classes ?? [], codes: reference, entity: entities.train },
    current: { kind: 'category', levels: classes ?? [], codes: current, entity: entities.judged },
  });
  const labels = { train: gather(source.matrix.label, train), judged: gather(source.matrix.label, rows) };
  const each = classes?.length ?? 0;
  const ofScores = classes
    ? levels(predictedClasses(scores.train, each), predictedClasses(scores.judged, each))
    : numbers(scores.train, scores.judged);
  const ofLabels = classes ? levels(Int32Array.from(labels.train), Int32Array.from(labels.judged)) : numbers(labels.train, labels.judged);
  const subjects: readonly DriftSubject[] = [
    { name: 'score', kind: 'score', test, ...ofScores },
    { name: label.name, kind: 'label', test, ...ofLabels },
  ];
  return detectDrift(subjects, seed).drift;
}
