/** What every step gives: its part of the run record and what later steps need of it. Plain data, so that it can be kept and read back. */
import type { FittedState } from '../engine/relational.ts';
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
  readonly claims: readonly ClaimRecord[];
  readonly drift: readonly DriftRecord[];
  readonly source: { readonly columns: number; readonly quarantinedRows: number; readonly quarantinedCells: number } | null;
  /** Name of the file in the quarantine that holds what was taken out; null: nothing was. */
  readonly quarantine: string | null;
  /** Of a feature set: what its fitted steps learned on train, by their output. */
  readonly fitted: Readonly<Record<string, FittedState>> | null;
  /** Of a trained model. */
  readonly state: ModelState | null;
  /** Of a `best of`: the id of the model that was chosen. */
  readonly chosen: string | null;
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
  claims: [],
  drift: [],
  source: null,
  quarantine: null,
  fitted: null,
  state: null,
  chosen: null,
};

/** A step's output and the files that belong to it, by name. */
export interface Step {
  readonly output: StepOutput;
  readonly files: ReadonlyMap<string, string>;
}
