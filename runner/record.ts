/** The run record (`run.json`, schema in docs/schemas) and what belongs to it. Kept: a change that breaks a reader raises the version. */
import type { RuleMeasure } from '../language/catalogue/dataRules.ts';
import type { PlanPlace } from '../language/plan/plan.ts';

export const recordVersion = 1;

export interface RecordPlace {
  readonly file: string;
  readonly range: PlanPlace['range'];
}

export interface NodeRecord extends RecordPlace {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly status: 'computed' | 'cached';
  readonly rows: number;
  readonly fingerprint: string;
}

export interface CheckRecord extends RecordPlace {
  readonly table: string;
  readonly claim: string;
  readonly passed: boolean;
  readonly failing: number;
  readonly total: number;
  readonly value: number | null;
  readonly severity: 'warn' | 'error' | 'quarantine';
  /** Of a claim that rows fail: the first of them, by their places in a file or their keys, in words. Absent where none can be named. */
  readonly first?: string;
}

export interface MetricRecord extends RecordPlace {
  readonly evaluation: string;
  readonly model: string;
  readonly partition: string;
  readonly metric: string;
  readonly segment: string | null;
  /** Null where the metric is undefined (one class only, no rows), with the reason in `method`. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string;
  readonly n: number;
  /** On folds: the mean over folds and their standard deviation (n − 1), where every fold has a figure. */
  readonly folds?: { readonly count: number; readonly mean: number; readonly deviation: number };
  /** Paired difference to the baseline on the same rows, and its two-sided p. */
  readonly baseline: { readonly model: string; readonly difference: number; readonly low: number; readonly high: number; readonly p: number } | null;
}

export interface ClaimRecord extends RecordPlace {
  readonly declaration: string;
  readonly claim: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly passed: boolean;
  readonly severity: 'gate' | 'warn' | 'error';
  /** Of a claim about segments: which one. */
  readonly segment?: string;
}

export interface DriftRecord extends RecordPlace {
  readonly evaluation: string;
  readonly subject: string;
  readonly kind: 'feature' | 'score' | 'label';
  readonly reference: { readonly name: string; readonly n: number };
  readonly current: { readonly name: string; readonly n: number };
  readonly test: 'psi' | 'ks' | 'chi_square' | 'js' | 'wasserstein';
  readonly statistic: number;
  readonly threshold: number;
  readonly p: number;
  readonly drifted: boolean;
  /** How often such a comparison counts as drifted when nothing has moved; of several, the sum. */
  readonly expectedFalseAlarms: number;
  /** Shares by the same bins, for sparklines: at most 7. */
  readonly histogram: { readonly reference: readonly number[]; readonly current: readonly number[] };
}

export interface FindingRecord extends RecordPlace {
  readonly severity: 'error' | 'warning' | 'info';
  readonly rule: string;
  readonly message: string;
  readonly help: string | null;
  readonly count: number;
  /** Why a comment in the text allows it. */
  readonly waived?: string;
  /** Of a leakage rule that is decided on data. */
  readonly code?: string;
  readonly declaration?: string;
  readonly figure?: number | null;
  readonly threshold?: number | null;
}

/** A leakage rule that was decided on data, whether it holds or not. */
export interface LeakageRecord extends RecordPlace, RuleMeasure {
  readonly code: string;
  readonly passed: boolean;
}

/** Rows by label and prediction. */
export interface ConfusionRecord extends RecordPlace {
  readonly evaluation: string;
  readonly model: string;
  readonly partition: string;
  readonly segment: string | null;
  /** The probability from which on a row is predicted positive; null where the most probable of several classes is. */
  readonly threshold: number | null;
  readonly classes: readonly string[];
  /** By label, then by prediction, in the order of `classes`: numbers of rows, their weights where rows have one. */
  readonly counts: readonly (readonly number[])[];
  readonly n: number;
}

/** How often a test partition has been read, by this run and those before it. */
export interface LedgerCount {
  readonly partition: string;
  readonly task: string;
  /** Of this run. */
  readonly evaluations: readonly string[];
  /** Pairs of row set and scored artifact. */
  readonly readings: number;
  readonly models: number;
  readonly runs: number;
}

/** What has to be said again for the same run; the texts are those of `program`, the data those of `sources`, by their hashes. */
export interface RunCall {
  /** Name and version of what ran it. */
  readonly tool: string;
  /** Relative to the project. */
  readonly file: string;
  /** Only up to these declarations; none: all. */
  readonly names: readonly string[];
  /** What `cupel.json`, a profile or `--param` set; every other parameter has the value of the text. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface RunRecord {
  readonly version: typeof recordVersion;
  readonly id: string;
  readonly plan: string;
  readonly seed: number;
  readonly program: readonly { readonly path: string; readonly sha256: string }[];
  readonly call: RunCall | null;
  readonly engine: {
    readonly relational: string;
    readonly tensor: string;
    readonly threads: number;
    /** Version of Node. */
    readonly node: string;
    /** Operating system and processor, as `linux x64`. */
    readonly platform: string;
  };
  readonly sources: readonly (RecordPlace & {
    readonly name: string;
    readonly rows: number;
    readonly columns: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly quarantined: number;
  })[];
  readonly nodes: readonly NodeRecord[];
  readonly checks: readonly CheckRecord[];
  readonly partitions: readonly (RecordPlace & {
    readonly task: string;
    readonly split: string;
    readonly name: string;
    readonly rows: number;
    readonly positives: number | null;
  })[];
  readonly models: readonly (RecordPlace & {
    readonly name: string;
    readonly algorithm: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly features: readonly string[];
    readonly trainedOn: { readonly partition: string; readonly rows: number };
    readonly calibration?: 'platt' | 'isotonic';
    /** The probability from which on a row is predicted positive, where it is not 0.5 by default. */
    readonly threshold?: number;
    /** Of an ensemble. */
    readonly members?: readonly string[];
    /** Of a `best of`: the candidates with their criterion, and which was chosen. */
    readonly choice: {
      readonly metric: string;
      readonly partition: string;
      readonly chosen: string;
      readonly candidates: readonly { readonly model: string; readonly value: number | null }[];
    } | null;
  })[];
  /** Searches for settings: every trial with its mean figure over the folds, and which was chosen. */
  readonly tunings: readonly (RecordPlace & {
    readonly model: string;
    readonly metric: string;
    readonly partition: string;
    readonly method: 'random' | 'bayesian';
    readonly chosen: Readonly<Record<string, number | string | boolean>>;
    readonly value: number;
    readonly trials: readonly { readonly parameters: Readonly<Record<string, number | string | boolean>>; readonly value: number | null }[];
  })[];
  /** Per feature: nulls and mean of the raw values on train, for hints. */
  readonly features: readonly (RecordPlace & {
    readonly set: string;
    readonly name: string;
    readonly rows: number;
    readonly nulls: number;
    readonly mean: number | null;
    readonly histogram: readonly number[];
  })[];
  readonly metrics: readonly MetricRecord[];
  /** Tables of labels and predictions, of evaluations that ask for them. */
  readonly confusions: readonly ConfusionRecord[];
  readonly claims: readonly ClaimRecord[];
  readonly drift: readonly DriftRecord[];
  readonly findings: readonly FindingRecord[];
  /** What leakage rules that are decided on data measured, by declaration in the order of the plan. */
  readonly leakage: readonly LeakageRecord[];
  readonly ledger: readonly LedgerCount[];
  readonly timing: { readonly started: string; readonly seconds: number; readonly nodes: Readonly<Record<string, number>> };
}
