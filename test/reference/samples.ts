/** What fitted transforms of the reference are given and give back: the rows of a feature set as one step sees them. */
import type { FeatureStep, PlanColumn } from '../../language/plan/plan.ts';
import type { Value } from './table.ts';

export type FittedStep = Extract<FeatureStep, { kind: 'fitted' }>;

/** One row as a transform sees it. */
export interface Sample {
  readonly value: Value;
  /** Of all columns that the step reads; `value` is the first. */
  readonly values: readonly Value[];
  readonly isTrain: boolean;
  /** 0 and 1 for a binary label. */
  readonly label: number;
  readonly labelRipe: number | null;
  readonly cutoff: number | null;
  /** The fold of a training row in a split without time. */
  readonly fold: number;
  readonly identity: string;
}

export interface Fitted {
  readonly columns: readonly PlanColumn[];
  /** One list a column. */
  readonly values: readonly (readonly Value[])[];
  /** Training rows that had nothing to learn from. */
  readonly leftOut: readonly boolean[];
}

export const trained = (samples: readonly Sample[]): NonNullable<Value>[] =>
  samples
    .filter(s => s.isTrain)
    .map(s => s.value)
    .filter(v => v !== null);

export const one = (step: FittedStep, type: PlanColumn['type'], values: readonly Value[]): Fitted => ({
  columns: [{ name: step.output, type }],
  values: [values],
  leftOut: values.map(() => false),
});
