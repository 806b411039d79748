/** The name that was probably meant, for names that only the data know: columns of a file, files of a folder. */

function distance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Null when none is near: a third of the letters may differ, never all of them; case, spaces and underscores do not count. */
export function nearest(wanted: string, names: readonly string[]): string | null {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '');
  const limit = Math.min(Math.max(1, Math.floor(wanted.length / 3)), plain(wanted).length - 1);
  const scored = names.map(name => ({ name, edits: distance(plain(wanted), plain(name)) })).filter(({ edits }) => edits <= limit);
  return scored.reduce<(typeof scored)[number] | null>((best, next) => (best && best.edits <= next.edits ? best : next), null)?.name ?? null;
}
