/** One text for one value, whatever the order in which its keys were set: what fingerprints and stored files are made of. */
import { isPlace } from '../../language/plan/fingerprint.ts';

export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value, item => item));
}

/** The same text wherever in a file things stand: a place counts by its being there. */
export function canonicalWithoutPlaces(value: unknown): string {
  return JSON.stringify(sorted(value, item => (isPlace(item) ? true : item)));
}

function sorted(value: unknown, seen: (value: unknown) => unknown): unknown {
  const item = seen(value);
  if (Array.isArray(item)) return item.map(inner => sorted(inner, seen));
  if (typeof item !== 'object' || item === null) return item;
  const entries = Object.entries(item)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner, seen)]));
}
