/**
 * How far features, score and label have moved between two sets of rows, and whether that is more than such sizes do by chance: thresholds
 * from resampling, Benjamini–Hochberg over the features, and a floor under the effect, because with many rows everything is significant.
 */
import { derivedSeed } from '../learn/random.ts';
import {
  areaNull,
  type CountStatistic,
  effectiveSize,
  kolmogorovNull,
  type Null,
  referenceShares,
  resampledNulls,
  shareCovariance,
  type Window,
} from './calibrate.ts';
import { distance } from './distance.ts';
import { together } from './ranked.ts';
import { barsOf, binsOf, countsOf, type DriftSample, lookAt, type Seen, sizeOf } from './sample.ts';
import { chiSquare, jensenShannon, psi, spread } from './statistics.ts';

export type DriftTest = 'psi' | 'ks' | 'chi_square' | 'js' | 'wasserstein';

export const driftTests: readonly DriftTest[] = ['psi', 'ks', 'chi_square', 'js', 'wasserstein'];

export interface DriftSubject {
  readonly name: string;
  /** Features share one correction for their number; score and label stand alone. */
  readonly kind: 'feature' | 'score' | 'label';
  /** Null: `defaultTest`. */
  readonly test: DriftTest | null;
  readonly reference: DriftSample;
  readonly current: DriftSample;
}

export interface Drift {
  readonly name: string;
  readonly kind: DriftSubject['kind'];
  readonly test: DriftTest;
  /** Rows. */
  readonly n: { readonly reference: number; readonly current: number };
  readonly statistic: number;
  /** The least statistic that counts as drift: of its chance under no drift, and where it measures the move itself not below the floor. */
  readonly threshold: number;
  readonly p: number;
  /** The size of the move: of tests over bins its PSI, of tests over values the area between the distributions in standard deviations. */
  readonly effect: number;
  readonly drifted: boolean;
  /** How often it is told to have drifted, of each such comparison, when nothing has moved. */
  readonly expectedFalseAlarms: number;
  /** Shares of all rows, at most 7. For numbers null is left out; for categories it is in the last, with the rarer levels. */
  readonly histogram: { readonly reference: readonly number[]; readonly current: readonly number[] };
}

export interface DriftReport {
  readonly drift: readonly Drift[];
  /** How many of these alarms to expect of each such comparison when nothing has moved. */
  readonly expectedFalseAlarms: number;
}

const defaultTest: DriftTest = 'psi';
/** A move below this PSI, or below this share of a standard deviation, is no drift, however significant. */
const defaultFloor = 0.1;
const defaultLevel = 0.05;

export interface DriftRule {
  /** False alarms among alarms of features; of score and label each. */
  readonly level?: number;
  /** The least effect that counts. */
  readonly floor?: number;
}

export function testApplies(test: DriftTest, kind: DriftSample['kind']): boolean {
  switch (test) {
    case 'psi':
    case 'js':
      return true;
    case 'ks':
    case 'wasserstein':
      return kind === 'number';
    case 'chi_square':
      return kind === 'category';
  }
}

/** Subjects whose test does not apply to their kind, and subjects without rows on a side, are left out. */
export function detectDrift(subjects: readonly DriftSubject[], seed: number, rule: DriftRule = {}): DriftReport {
  const { level = defaultLevel, floor = defaultFloor } = rule;
  const measured = subjects
    .filter(({ test, reference, current }) => testApplies(test ?? defaultTest, reference.kind) && sizeOf(reference) > 0 && sizeOf(current) > 0)
    .map(subject => measure(subject, seed));
  const drift = (['feature', 'score', 'label'] as const).flatMap(kind => {
    const family = measured.filter(one => one.subject.kind === kind);
    const p = family.map(one => one.p);
    const within = benjaminiHochberg(p, level);
    return family.map(one => decide(one, within, level / family.length, floor));
  });
  return { drift, expectedFalseAlarms: drift.reduce((total, one) => total + one.expectedFalseAlarms, 0) };
}

interface Measured {
  readonly subject: DriftSubject;
  readonly test: DriftTest;
  readonly statistic: number;
  readonly p: number;
  readonly null: Null;
  readonly effect: number;
  readonly effectNull: Null;
  readonly histogram: Drift['histogram'];
}

function measure(subject: DriftSubject, seed: number): Measured {
  const { reference, current } = subject;
  const test = subject.test ?? defaultTest;
  const one = lookAt(reference);
  const two = lookAt(current, one.kind === 'number' ? one.known.buckets : undefined);
  const [binning, bars] = [binsOf(one), barsOf(one)];
  const windowOf = (seen: Seen): Window & { readonly bars: readonly number[] } => {
    const [counts = none, ofBars = none] = countsOf(seen, [binning, bars]);
    const counted = { counts, rows: sizeOf(seen.sample), of: () => binning.apply(seen) };
    return { binned: counted, covariance: shareCovariance(counted, seen.sample.entity), bars: heights(ofBars, seen) };
  };
  const before = windowOf(one);
  const after = windowOf(two);
  const sizes = { reference: sizeOf(reference), current: sizeOf(current) };
  const nullsFor = (statistics: readonly CountStatistic[]) => resampledNulls(statistics, before, after, shares, reference.kind === 'number', drawn);
  const other = reference.kind === 'category' ? binning.bins - 2 : null;
  const singletons = before.binned.counts.filter((count, b) => count === 1 && b !== other).length;
  const shares = referenceShares(before.binned, other, singletons);
  const drawn = derivedSeed(seed, `drift ${subject.kind} ${subject.name}`);
  const overBins = (statistic: CountStatistic) => statistic(before.binned.counts, after.binned.counts, sizes.reference, sizes.current);
  const measured = ((): Pick<Measured, 'statistic' | 'null' | 'effect' | 'effectNull'> => {
    if ((test === 'ks' || test === 'wasserstein') && one.kind === 'number' && two.kind === 'number') {
      const [known, currentKnown] = [one.known.values, two.known.values];
      const knownBefore = (effectiveSize(before.binned, before.covariance) * known.length) / sizes.reference;
      const knownAfter = (effectiveSize(after.binned, after.covariance) * currentKnown.length) / sizes.current;
      const both = together(known, currentKnown);
      // Where all values of the reference are equal, it has no spread of its own.
      const middle = (one.known.buckets.low + one.known.buckets.high) / 2;
      const unit = spread(known, middle) || spread(both, middle) || 1;
      const { ks, wasserstein } = distance(one.known, two.known);
      const [effect, effectNull] = [wasserstein / unit, areaNull(both, unit, knownBefore, knownAfter, drawn)];
      if (test === 'wasserstein') return { statistic: effect, null: effectNull, effect, effectNull };
      return { statistic: ks, null: kolmogorovNull(knownBefore, knownAfter), effect, effectNull };
    }
    const statistic = test === 'js' ? jensenShannon : test === 'chi_square' ? chiSquare : psi;
    const [effectNull, own = effectNull] = nullsFor(test === 'psi' ? [psi] : [psi, statistic]);
    if (!own || !effectNull) throw new Error('A statistic has no distribution.');
    return { statistic: overBins(statistic), null: own, effect: overBins(psi), effectNull };
  })();
  return { subject, test, ...measured, p: measured.null.p(measured.statistic), histogram: shownBars(before.bars, after.bars, reference.kind) };
}

/** `level`: that of the family, after its correction; `alone`: where no other of the family has moved. */
function decide(one: Measured, level: number, alone: number, floor: number): Drift {
  const { subject, test, statistic, p, effect, effectNull } = one;
  const itself = one.null === effectNull;
  const threshold = one.null.threshold(level);
  return {
    name: subject.name,
    kind: subject.kind,
    test,
    n: { reference: sizeOf(subject.reference), current: sizeOf(subject.current) },
    statistic,
    threshold: itself ? Math.max(floor, threshold) : threshold,
    p,
    effect,
    drifted: p <= level && effect >= floor,
    expectedFalseAlarms: Math.min(alone, effectNull.p(floor), itself ? effectNull.p(Math.max(floor, effectNull.threshold(alone))) : alone),
    histogram: one.histogram,
  };
}

const none = new Float64Array();

/** Shares of all rows; of categories null is with the rarer levels. */
function heights(counts: Float64Array, { kind, sample }: Seen): readonly number[] {
  const shares = Array.from(counts, count => count / sizeOf(sample));
  const nulls = shares.pop() ?? 0;
  if (kind === 'category') shares.push((shares.pop() ?? 0) + nulls);
  return shares;
}

/** Without the last of levels, where nothing is in it. */
function shownBars(reference: readonly number[], current: readonly number[], kind: DriftSample['kind']): Drift['histogram'] {
  const idle = kind === 'category' && reference.at(-1) === 0 && current.at(-1) === 0;
  const shown = (shares: readonly number[]) => (idle ? shares.slice(0, -1) : shares);
  return { reference: shown(reference), current: shown(current) };
}

/** The level at which single p values are compared, so that at most a share `level` of the alarms is false (1995). */
export function benjaminiHochberg(p: readonly number[], level: number): number {
  const sorted = [...p].sort((a, b) => a - b);
  const rejected = sorted.reduce((most, value, k) => (value <= ((k + 1) * level) / sorted.length ? k + 1 : most), 0);
  return (Math.max(1, rejected) * level) / Math.max(1, sorted.length);
}
