/**
 * Copies across a split against a part of train first. A test row whose one neighbour in all of train is equal has that one in the part as often
 * as the part is large, and no other; so where the part shows next to none, all of train cannot hold as many as a rule asks for.
 */
import { type Compared, type Copies, copiesAcross, mostTestRows, type Sides, someOf } from './copies.ts';

/** Copies that the part shows on average where there are just as many as the rule asks for. */
const wanted = 15;
/** Below, all of train is compared at once. */
const fewestTrained = 20_000;

export interface Found extends Copies {
  /** Of train that the test rows were compared with, from above 0 to 1. */
  readonly part: number;
}

/** The rows that are compared first, those of train in part; null: all of train is compared at once. */
function firstOf({ train, test, entity }: Sides, warn: number): Sides | null {
  const looked = someOf(test, mostTestRows);
  const share = wanted / Math.max(1e-9, warn * looked.length);
  return train.length < fewestTrained || share > 0.5 ? null : { test: looked, entity, train: someOf(train, Math.ceil(share * train.length)) };
}

/** Rows that several comparisons of these sides read, none twice. */
export function rowsCompared(sides: Sides, warns: readonly number[]): Int32Array {
  const all = warns.flatMap(warn => {
    const first = firstOf(sides, warn);
    return first ? [first.train, first.test] : [];
  });
  const sorted = Int32Array.from(all.flatMap(rows => [...rows])).sort();
  return sorted.filter((row, i) => row !== sorted[i - 1]);
}

/** Compares columns, each time the same rows: those of train in part, and with all of them where that does not rule out a share of `warn`. */
export function copiesFrom(sides: Sides, warn: number): (columns: readonly Compared[]) => Found | null {
  const { train } = sides;
  const whole: Sides = { ...sides, test: someOf(sides.test, mostTestRows) };
  const some = firstOf(sides, warn);
  return columns => {
    if (some) {
      const first = copiesAcross(columns, some);
      if (first === null) return null;
      const part = some.train.length / train.length;
      if (atMost(first.equal) < warn * first.n * part) return { ...first, part };
    }
    const all = copiesAcross(columns, whole);
    return all && { ...all, part: 1 };
  };
}

/** What a count may be on average, three standard deviations up. */
const atMost = (count: number): number => count + 1 + 3 * Math.sqrt(count + 1);
