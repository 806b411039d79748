/** One text for one value, whatever the order in which its keys were set: what fingerprints and stored files are made of. */

export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** The same text without any `place`: where something stands in a file is not part of what it is. */
export function canonicalWithoutPlaces(value: unknown): string {
  return JSON.stringify(sorted(value, key => key === 'place'));
}

function sorted(value: unknown, leaveOut: (key: string) => boolean = () => false): unknown {
  if (Array.isArray(value)) return value.map(item => sorted(item, leaveOut));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, item]) => item !== undefined && !leaveOut(key))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item, leaveOut)]));
}
