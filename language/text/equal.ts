/** Structural equality of plain data: what queries use to see that a recomputed value is the old one. */

/** Whether two values of objects, arrays, maps, sets and primitives hold the same. Functions are equal only to themselves. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (Array.isArray(b)) return false;
  if (a instanceof Map) return b instanceof Map && a.size === b.size && equal([...a], [...b]);
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every(item => b.has(item));
  if (b instanceof Map || b instanceof Set) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(key => Object.hasOwn(b, key) && equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
