/** What every step gives: its part of the run record and what later steps need of it. Plain data, so that it can be kept and read back. */
import type { FittedState, NodeDetail } from '../engine/relational.ts';
import type { Calibration } from '../learn/calibrate.ts';
import type { ModelState } from '../learn/learner.ts';
import type { CheckRecord, ClaimRecord, DriftRecord, FindingRecord, MetricRecord, RecordPlace, RunRecord } from '../record.ts';

export interface StepOutput {
  readonly rows: number;
  /** One line for people. */
  readonly summary: string;
  readonly findings: readonly FindingRecord[];
  readonly checks: readonly CheckRecord[];
  /** Without its place, which is the split's. */
  readonly partitions: readonly Omit<RunRecord['partitions'][number], keyof RecordPlace>[];
  readonly features: RunRecord['features'];
  readonly models: RunRecord['models'];
  readonly metrics: readonly MetricRecord[];
  readonly confusions: RunRecord['confusions'];
  readonly claims: readonly ClaimRecord[];
  readonly drift: readonly DriftRecord[];
  readonly source: { readonly columns: number; readonly quarantinedRows: number; readonly quarantinedCells: number } | null;
  /** Name of the file in the quarantine that holds what was taken out; null: nothing was. */
  readonly quarantine: string | null;
  /** Of a feature set: what its fitted steps learned on train, by their output. */
  readonly fitted: Readonly<Record<string, FittedState>> | null;
  /** Of a feature set: the columns of its matrix. */
  readonly columns: Extract<NodeDetail, { readonly kind: 'features' }>['columns'] | null;
  /** Of a trained model. */
  readonly state: ModelState | null;
  /** Of a trained model that stopped early: the number of rounds it kept. */
  readonly rounds: number | null;
  /** Of a search: the parameters it found. */
  readonly tuned: Readonly<Record<string, number | string | boolean | null>> | null;
  readonly tunings: RunRecord['tunings'];
  /** Of out-of-fold scores: what each fold held out, those of one repeat after the other. */
  readonly heldOut: readonly HeldOut[];
  /** Of a model for which more was decided after training. */
  readonly finish: { readonly calibration: Calibration | null; readonly threshold: number | null } | null;
  /** Of a `best of`: the id of the model that was chosen. */
  readonly chosen: string | null;
  /** Of an evaluation on test: the hash of the rows that it read. */
  readonly rowsRead?: string;
}

/** Rows of the matrix (int32) and their scores (float64), as base64. */
export interface HeldOut {
  readonly rows: string;
  readonly scores: string;
}

export const emptyOutput: StepOutput = {
  rows: 0,
  summary: '',
  findings: [],
  checks: [],
  partitions: [],
  features: [],
  models: [],
  metrics: [],
  confusions: [],
  claims: [],
  drift: [],
  source: null,
  quarantine: null,
  fitted: null,
  columns: null,
  state: null,
  rounds: null,
  tuned: null,
  tunings: [],
  heldOut: [],
  finish: null,
  chosen: null,
};

/** A step's output and the files that belong to it, by name. */
export interface Step {
  readonly output: StepOutput;
  readonly files: ReadonlyMap<string, string>;
}
