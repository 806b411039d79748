/**
 * Words of a text and what they weigh, as scikit-learn's TfidfVectorizer has it: runs of two or more letters, digits and `_` in small
 * letters; weight = 1 + ln((1 + rows) / (1 + rows with the term)).
 */

/** The same pattern for the engine, whose classes of characters go by other names. */
export const termPattern = '[\\p{L}\\p{N}_]{2,}';

const pattern = new RegExp(termPattern, 'gu');

export const termsIn = (text: string): readonly string[] => lower(text).match(pattern) ?? [];

/** Letter by letter, as the engine does: a letter becomes one letter, wherever it stands. */
export function lower(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  let out = '';
  for (const letter of text) {
    const small = letter.toLowerCase();
    const [first = ''] = small;
    out += first;
  }
  return out;
}

/** By code point, for the engine sorts text so. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

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
    .sort((a, b) => b.count - a.count || byCodePoint(a.term, b.term))
    .slice(0, maxTerms)
    .sort((a, b) => byCodePoint(a.term, b.term));
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
