/**
 * A finding of the analysis, before it becomes a diagnostic: the rule's name, the place, and the words. The rule's entry adds code,
 * severity, group, why and page, so that message, page and metadata have one home each.
 */
import type { Place } from '../text/place.ts';
import type { Reason } from './facts.ts';

export interface ProblemFix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly { readonly place: Place; readonly text: string }[];
}

export interface Problem {
  readonly rule: string;
  readonly place: Place;
  /** What is wrong, in the user's nouns. */
  readonly message: string;
  /** Under the carets; null repeats nothing. */
  readonly label: string | null;
  /** What to do, as the text to type where possible. */
  readonly help: string | null;
  /** From the use to the cause. */
  readonly related: readonly { readonly place: Place; readonly message: string }[];
  readonly fixes: readonly ProblemFix[];
}

/** The links of a chain of reasons as related places. */
export function trace(reason: Reason | null): { place: Place; message: string }[] {
  const places: { place: Place; message: string }[] = [];
  for (let r = reason; r; r = r.because) places.push({ place: r.place, message: r.message });
  return places;
}
