/**
 * What a fitted transform makes of a row, as data. The engine writes a formula as SQL, the scorer as JavaScript; there is no other
 * definition of how a transform is applied, so that a row is encoded alike wherever it is read.
 */
import type { PlanColumn, PlanExpr } from '../../language/plan/plan.ts';

/** What an entity had, and when: microseconds, rising, and the values as canonical text. */
export interface Series {
  readonly at: readonly number[];
  readonly values: readonly string[];
}

export type Formula =
  /** An expression of the plan over columns of the set. */
  | { readonly op: 'expression'; readonly value: PlanExpr }
  /** `(input − centre) / scale`, moved into `clip`; null in, null out. */
  | {
      readonly op: 'scaled';
      readonly input: PlanColumn;
      readonly centre: number;
      readonly scale: number;
      readonly clip: readonly [low: number, high: number] | null;
    }
  /** The value of the input's canonical text; `otherwise` for null and for texts that are not there. */
  | { readonly op: 'lookup'; readonly input: PlanColumn; readonly values: ReadonlyMap<string, number>; readonly otherwise: number | null }
  /** Null becomes the last value of the entity before the cutoff; `series` has, by the entity's text, instants in order and canonical texts. */
  | {
      readonly op: 'carried';
      readonly input: PlanColumn;
      readonly entity: PlanColumn;
      readonly cutoff: PlanColumn;
      readonly series: ReadonlyMap<string, Series>;
    }
  /** 1 where the input's canonical text is `level`, else 0. */
  | { readonly op: 'level'; readonly input: PlanColumn; readonly level: string }
  /** 1 where the hash of the input's text falls on `place` of `places`, from 0; else 0. */
  | { readonly op: 'hashed'; readonly input: PlanColumn; readonly place: number; readonly places: number }
  /** `Σ (input − centre) · weight`, added from the left; null where an input is. */
  | {
      readonly op: 'linear';
      readonly inputs: readonly PlanColumn[];
      readonly centre: readonly number[];
      readonly weights: readonly number[];
    }
  /** The Euclidean distance from a point, added from the left; null where an input is. */
  | { readonly op: 'distance'; readonly inputs: readonly PlanColumn[]; readonly from: readonly number[] }
  /** Sine or cosine of the input as a turn of `period`; null in, null out. */
  | { readonly op: 'wave'; readonly input: PlanColumn; readonly period: number; readonly of: 'sin' | 'cos' }
  /**
   * How much the term at `index` of `terms` weighs in the text: its count times `weights[index]`, divided by the length of the vector of
   * all terms. 0 for null, and where no term occurs. Outputs of one step share `terms` and `weights`.
   */
  | {
      readonly op: 'term';
      readonly input: PlanColumn;
      readonly index: number;
      readonly terms: readonly string[];
      readonly weights: readonly number[];
    };

export interface Output {
  readonly column: PlanColumn;
  readonly formula: Formula;
}
