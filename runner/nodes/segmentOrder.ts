/** The order in which segments are told: numbers by value, then texts by code point, and what has none last. */

const spelled = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const numberOf = (name: string): number | null => (spelled.test(name) ? Number(name) : null);

/** UTF-8 has the order of code points; JavaScript's own is that of UTF-16. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function bySegment(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === null || y === null) return Number(x === null) - Number(y === null) || byCodePoint(a, b);
  return x - y || byCodePoint(a, b);
}
