/**
 * A finding of the analysis, before it becomes a diagnostic: the rule's name, the place, and the words. The rule's entry adds code,
 * severity, group, why and page, so that message, page and metadata have one home each.
 */

import type { Place } from '../text/place.ts';
import { writtenName } from '../text/writtenName.ts';
import type { Reason } from './facts.ts';

export interface ProblemFix {
  readonly title: string;
  readonly safe: boolean;
  /** `item`: what is deleted is one of several, and takes its documentation, comma and line along. */
  readonly edits: readonly { readonly place: Place; readonly text: string; readonly item?: true }[];
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

/** A problem with the parts that were not given left empty. */
export function problem(
  rule: string,
  place: Place,
  message: string,
  parts: Partial<Pick<Problem, 'label' | 'help' | 'related' | 'fixes'>> = {},
): Problem {
  return { rule, place, message, label: null, help: null, related: [], fixes: [], ...parts };
}

/** The fix of a misspelt name or text: unsafe, since only the author knows what was meant. */
export const respell = (place: Place, word: string): ProblemFix => ({
  title: `Change to \`${word}\``,
  safe: false,
  edits: [{ place, text: word.startsWith('"') ? word : writtenName(word) }],
});
