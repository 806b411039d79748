/** What a transform is given and what it gives back. */
import type { FeatureStep, PlanColumn, PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import type { FittedState } from './relational.ts';

export type FittedStep = Extract<FeatureStep, { kind: 'fitted' }>;

/** A stage of a feature set: a table with `#row`, the columns so far, and for every row `~train`, `~y`, `~cutoff`, `~ripe` and `~draw`. */
export interface Stage {
  /** The feature set's node. */
  readonly id: string;
  readonly table: string;
  readonly types: ReadonlyMap<string, PlanType>;
  /** The split is by time: out-of-fold encodings look back only. */
  readonly inTime: boolean;
}

export interface Fit {
  readonly state: FittedState;
  /** The columns it makes, with their SQL over the stage. */
  readonly outputs: readonly { readonly column: PlanColumn; readonly sql: string }[];
  /** A join that the SQL reads from, after the stage's table `s`. */
  readonly join?: string;
  /** SQL of a condition: a training row that had nothing to learn from. */
  readonly leftOut?: string;
  readonly findings: readonly FindingRecord[];
}

export const inputOf = (step: FittedStep): string => step.inputs[0] ?? '';

/** As people know it: the steps of a feature are numbered behind its name. */
export const shownInput = (step: FittedStep): string => inputOf(step).replace(/#\d+$/, '');
