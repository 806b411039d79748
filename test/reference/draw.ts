/** Seeded draws for random plans: the same seed, the same plan and data, on every machine. */

export interface Draw {
  /** Uniform in [0, 1). */
  readonly real: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly int: (low: number, high: number) => number;
  /** True with that probability. */
  readonly chance: (p: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  /** Between `low` and `high` of the items, in their order. */
  readonly some: <T>(items: readonly T[], low: number, high: number) => T[];
}

/** mulberry32 of Tommy Ettinger, in the public domain. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const real = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (low: number, high: number): number => low + Math.floor(real() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('There is nothing to pick from.');
    return items[int(0, items.length - 1)] as T;
  };
  return {
    real,
    int,
    chance: p => real() < p,
    pick,
    some(items, low, high) {
      const wanted = Math.min(items.length, int(low, high));
      const kept = new Set<number>();
      while (kept.size < wanted) kept.add(int(0, items.length - 1));
      return items.filter((_, i) => kept.has(i));
    },
  };
}
