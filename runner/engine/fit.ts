/** What a transform is given and what it gives back. */
import type { PlanLabel, PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import type { FittedStep, InputColumn } from '../transforms/outputs.ts';
import type { Cell } from './duckdb.ts';
import type { ExactMoments } from './exactSums.ts';
import type { FittedState } from './relational.ts';
import type { Session } from './session.ts';

export type { FittedStep } from '../transforms/outputs.ts';

/** What was asked of the training rows for several fits at once. */
export interface Answered {
  readonly moments: ReadonlyMap<FittedStep, ExactMoments>;
  readonly medians: ReadonlyMap<FittedStep, Cell>;
}

/** A stage of a feature set: a table with `#row`, the columns so far, and for every row `~train`, `~y`, `~cutoff`, `~ripe` and `~draw`. */
export interface Stage {
  /** The feature set's node. */
  readonly id: string;
  readonly table: string;
  readonly types: ReadonlyMap<string, PlanType>;
  /** The split is by time: out-of-fold encodings look back only. */
  readonly inTime: boolean;
  readonly label: PlanLabel['kind'] | null;
  /** Asked between steps of a few milliseconds; true ends the fit. */
  readonly cancelled: () => boolean;
  readonly answered: Answered;
}

/** Training rows that are encoded otherwise than all others. */
export interface OutOfFold {
  /** Of its one column, over the stage's table `s`. */
  readonly sql: string;
  readonly join: string;
  readonly tables: readonly string[];
  /** SQL of a condition: a training row that had nothing to learn from. */
  readonly leftOut?: string;
}

export interface Fit {
  readonly state: FittedState;
  readonly findings: readonly FindingRecord[];
  readonly outOfFold?: OutOfFold;
}

/** Learns from the training rows of the stage; `inputs` are the columns that the step reads. */
export type Learn = (session: Session, step: FittedStep, stage: Stage, inputs: readonly InputColumn[]) => Promise<Fit>;

export const inputOf = (step: FittedStep): string => step.inputs[0] ?? '';

/** As people know it: the steps of a feature are numbered behind its name. */
export const shownInput = (step: FittedStep): string => inputOf(step).replace(/#\d+$/, '');
