/**
 * A validity claim: one question that a reviewer asks of a declaration, with its answer and what the answer rests on. Claims are what
 * verdicts count, what the editor's lens sums up and what the model info sheet argues with.
 */
import type { Fix, Verdict } from '../../diagnostic.ts';
import type { Range } from '../../text/place.ts';

/** `source`, `table`, `check`: only where something in one leaks and no other declaration answers for it. */
export type ClaimKind = 'task' | 'split' | 'features' | 'model' | 'evaluate' | 'source' | 'table' | 'check';

/** Types of leakage after Kapoor and Narayanan (2023), as the sheet orders them. */
export const leakageTypes = ['L1.1', 'L1.2', 'L1.3', 'L1.4', 'L2', 'L3.1', 'L3.2', 'L3.3'] as const;
export type LeakageType = (typeof leakageTypes)[number];

/** What an answer rests on: a place of the program and what it says there. */
export interface Ground {
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  /** The rule whose finding it is; null: a declaration that speaks for the claim. */
  readonly rule: string | null;
  /** What to type: what mends a leak or states an assumption explicitly. */
  readonly help: string | null;
  readonly fixes: readonly Fix[];
}

/** What decides a claim that the text alone cannot: a rule that is measured on data, or the ledger of readings. */
export type Decider = { readonly kind: 'data'; readonly rule: string } | { readonly kind: 'ledger' };

export interface Claim {
  readonly file: string;
  readonly range: Range;
  readonly kind: ClaimKind;
  readonly declaration: string;
  /** The feature or part that it is about; null: the declaration as a whole. */
  readonly subject: string | null;
  readonly type: LeakageType;
  /** What is claimed, as a sentence without its full stop. */
  readonly says: string;
  readonly verdict: Verdict;
  readonly grounds: readonly Ground[];
  /** Present where the verdict is `needs data`. */
  readonly by: Decider | null;
}

/** The type that a rule's finding stands against; rules of all of L1 count against the first. */
export function leakageTypeOf(type: string | null): LeakageType | null {
  if (type === 'L1') return 'L1.1';
  if (type === 'L3') return 'L3.1';
  return leakageTypes.find(known => known === type) ?? null;
}
