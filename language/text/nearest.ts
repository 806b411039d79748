/** The word that was probably meant: for did-you-mean in messages and the fixes beside them. */
import { ourWord } from './otherWords.ts';

/** Edits between two words: insertions, deletions, replacements and swaps of neighbours, each one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let before = new Array<number>(width).fill(0);
  let last = Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(width).fill(i);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row[j] = least;
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidate closest to `word`, or null when none is near: a third of the word's letters may differ, letter case and underscores
 * count little. Of equally near ones the first wins. What is called otherwise elsewhere goes before.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const all = new Set(candidates);
  const other = all.has(word) ? null : ourWord(word, all);
  if (other !== null) return other;
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '').replaceAll('-', '');
  const wanted = plain(word);
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of all) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit + 2) continue;
    const distance = editDistance(wanted, plain(candidate));
    if (distance <= limit && distance < bestDistance && distance < Math.max(1, wanted.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
