/**
 * Words of a text and what they weigh, as scikit-learn's TfidfVectorizer has it: runs of two or more letters, digits and `_` in small
 * letters; weight = 1 + ln((1 + rows) / (1 + rows with the term)).
 */

import { lower } from '../serve/letters.ts';
import { compareText } from '../serve/values.ts';

/** The same pattern for the engine, whose classes of characters go by other names. */
export const termPattern = '[\\p{L}\\p{N}_]{2,}';

const pattern = new RegExp(termPattern, 'gu');

export const termsIn = (text: string): readonly string[] => lower(text).match(pattern) ?? [];

export interface TermCount {
  readonly term: string;
  /** How often it occurs on the training rows, and in how many of them. */
  readonly count: number;
  readonly rows: number;
}

export interface Vocabulary {
  /** By code point. */
  readonly terms: readonly string[];
  readonly weights: readonly number[];
}

/** `rows`: all training rows, also those without text. Of terms that occur equally often the first by code point stay. */
export function vocabularyOf(counts: readonly TermCount[], rows: number, maxTerms: number, minRows: number): Vocabulary {
  const kept = counts
    .filter(term => term.rows >= minRows)
    .sort((a, b) => b.count - a.count || compareText(a.term, b.term))
    .slice(0, maxTerms)
    .sort((a, b) => compareText(a.term, b.term));
  return { terms: kept.map(({ term }) => term), weights: kept.map(term => 1 + Math.log((1 + rows) / (1 + term.rows))) };
}

/** By index of the term: count times weight, divided by the length of the vector. Summed in the order of the terms. */
export function weighed(text: string, indexOf: ReadonlyMap<string, number>, weights: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const term of termsIn(text)) {
    const index = indexOf.get(term);
    if (index !== undefined) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const found = [...counts].sort(([a], [b]) => a - b).map(([index, count]) => [index, count * (weights[index] ?? 0)] as const);
  const length = Math.sqrt(found.reduce((sum, [, weight]) => sum + weight * weight, 0));
  return new Map(found.map(([index, weight]) => [index, weight / length]));
}
