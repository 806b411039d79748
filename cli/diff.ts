/** A unified diff of two texts by lines, for people to look at. */

interface Change {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

const context = 3;
/** Above this many pairs of differing lines the whole stretch is shown as replaced. */
const maxPairs = 4_000_000;

/** Empty when the texts are equal. */
export function unifiedDiff(name: string, before: string, after: string): string[] {
  if (before === after) return [];
  const changes = changesOf(linesOf(before), linesOf(after));
  const out = [`--- ${name}`, `+++ ${name} (formatted)`];
  for (const [from, to] of hunks(changes)) {
    const counted = (kind: '-' | '+', end: number, start = 0) => changes.slice(start, end).filter(c => c.kind !== kind).length;
    const oldStart = counted('+', from);
    const newStart = counted('-', from);
    out.push(`@@ -${oldStart + 1},${counted('+', to, from)} +${newStart + 1},${counted('-', to, from)} @@`);
    for (const c of changes.slice(from, to)) out.push(`${c.kind}${c.text}`);
  }
  return out;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (lines: readonly string[]): Change[] => lines.map(text => ({ kind: ' ', text }));
  return [...same(a.slice(0, start)), ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...same(a.slice(a.length - end))];
}

/** Longest common subsequence over the part that differs. */
function middle(a: readonly string[], b: readonly string[]): Change[] {
  const removed = (text: string): Change => ({ kind: '-', text });
  const added = (text: string): Change => ({ kind: '+', text });
  if (a.length * b.length > maxPairs) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const out: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      out.push({ kind: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      out.push(removed(left));
      i++;
    } else if (right !== undefined) {
      out.push(added(right));
      j++;
    }
  }
  return out;
}

/** Stretches of changes with their context, merged where they touch. */
function hunks(changes: readonly Change[]): (readonly [number, number])[] {
  const out: [number, number][] = [];
  changes.forEach((c, i) => {
    if (c.kind === ' ') return;
    const from = Math.max(0, i - context);
    const to = Math.min(changes.length, i + context + 1);
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else out.push([from, to]);
  });
  return out;
}
