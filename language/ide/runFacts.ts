/**
 * What the last run found, as the editor shows it: the part of a run record that belongs to places in the text. The host sets it as
 * an input; a run record has this shape.
 */
import type { RunEvidence } from '../rules/claims/decided.ts';
import type { Range } from '../text/place.ts';

interface At {
  readonly file: string;
  readonly range: Range;
}

export interface RunFacts {
  readonly id: string;
  readonly timing: { readonly seconds: number };
  readonly metrics: readonly (At & {
    readonly evaluation: string;
    readonly model: string;
    readonly metric: string;
    readonly segment: string | null;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly baseline: { readonly difference: number } | null;
  })[];
  readonly claims: readonly (At & {
    readonly declaration: string;
    readonly claim: string;
    readonly value: number | null;
    readonly passed: boolean;
    readonly severity: string;
  })[];
  readonly drift: readonly (At & {
    readonly subject: string;
    readonly kind: string;
    readonly test: string;
    readonly statistic: number;
    readonly threshold: number;
    readonly drifted: boolean;
    readonly histogram: { readonly reference: readonly number[]; readonly current: readonly number[] };
  })[];
  readonly features: readonly (At & {
    readonly set: string;
    readonly name: string;
    readonly rows: number;
    readonly nulls: number;
    readonly mean: number | null;
    readonly histogram: readonly number[];
  })[];
  readonly nodes: readonly (At & { readonly kind: string; readonly name: string; readonly status: string; readonly rows: number })[];
  readonly checks: readonly (At & {
    readonly claim: string;
    readonly passed: boolean;
    readonly failing: number;
    readonly total: number;
    readonly severity: string;
  })[];
  /** How often test partitions have been read, by this run and those before it. */
  readonly ledger: RunEvidence['ledger'];
  /** What leakage rules measured on data, and everything that was found. */
  readonly leakage: RunEvidence['leakage'];
  readonly findings: RunEvidence['findings'];
  readonly program: readonly { readonly path: string; readonly sha256: string }[];
}

/** Facts of a run, and whether the text has changed since. */
export interface ShownRun {
  readonly facts: RunFacts;
  readonly isStale: boolean;
}
