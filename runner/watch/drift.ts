/**
 * How far features, score and label have moved between two sets of rows, and whether that is more than such sizes do by chance: thresholds
 * from resampling, Benjamini–Hochberg over the features, and a floor under the effect, because with many rows everything is significant.
 */
import { derivedSeed } from '../learn/random.ts';
import {
  type CountStatistic,
  effectiveSize,
  kolmogorovNull,
  type Null,
  referenceShares,
  resampledNull,
  shareCovariance,
  type Window,
} from './calibrate.ts';
import { binned, type DriftSample, driftBins, knownValues, sizeOf, sparklineBins } from './sample.ts';
import { chiSquare, kolmogorovSmirnov, psi } from './statistics.ts';

export type DriftTest = 'psi' | 'ks' | 'chi_square';

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
  /** The least statistic that counts as drift: of its chance under no drift, and for PSI not below the floor. */
  readonly threshold: number;
  readonly p: number;
  /** PSI, whichever the test: the size of the move. */
  readonly effect: number;
  readonly drifted: boolean;
  /** Shares of all rows, at most 7. For numbers null is left out; for categories it is in the last, with the rarer levels. */
  readonly histogram: { readonly reference: readonly number[]; readonly current: readonly number[] };
}

export interface DriftReport {
  readonly drift: readonly Drift[];
  /** How many of these alarms to expect of each such comparison when nothing has moved. */
  readonly expectedFalseAlarms: number;
}

const defaultTest: DriftTest = 'psi';
/** A move below this PSI is no drift, however significant. */
const effectFloor = 0.1;
const defaultLevel = 0.05;

export function testApplies(test: DriftTest, kind: DriftSample['kind']): boolean {
  return test === 'psi' || (test === 'ks' ? kind === 'number' : kind === 'category');
}

/** Subjects whose test does not apply to their kind, and subjects without rows on a side, are left out. */
export function detectDrift(subjects: readonly DriftSubject[], seed: number, level = defaultLevel): DriftReport {
  const measured = subjects
    .filter(({ test, reference, current }) => testApplies(test ?? defaultTest, reference.kind) && sizeOf(reference) > 0 && sizeOf(current) > 0)
    .map(subject => measure(subject, seed));
  let expectedFalseAlarms = 0;
  const levels = new Map<DriftSubject['kind'], number>();
  for (const kind of ['feature', 'score', 'label'] as const) {
    const family = measured.filter(one => one.subject.kind === kind);
    levels.set(
      kind,
      benjaminiHochberg(
        family.map(one => one.p),
        level,
      ),
    );
    for (const one of family) {
      const alarm = level / family.length;
      expectedFalseAlarms += Math.min(
        alarm,
        one.effectNull.p(effectFloor),
        one.test === 'psi' ? one.null.p(Math.max(effectFloor, one.null.threshold(alarm))) : alarm,
      );
    }
  }
  return { drift: measured.map(one => decide(one, levels.get(one.subject.kind) ?? level)), expectedFalseAlarms };
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
  const known = knownValues(reference);
  const binning = driftBins(reference, known);
  const windowOf = (sample: DriftSample): Window => {
    const counted = binned(sample, binning);
    return { binned: counted, covariance: shareCovariance(counted, sample.entity) };
  };
  const before = windowOf(reference);
  const after = windowOf(current);
  const sizes = { reference: sizeOf(reference), current: sizeOf(current) };
  const nullFor = (statistic: CountStatistic): Null => resampledNull(statistic, before, after, shares, reference.kind === 'number', drawn);
  const other = reference.kind === 'category' ? binning.bins - 2 : null;
  const singletons = before.binned.counts.filter((count, b) => count === 1 && b !== other).length;
  const shares = referenceShares(before.binned, other, singletons);
  const drawn = derivedSeed(seed, `drift ${subject.kind} ${subject.name}`);
  const effect = psi(before.binned.counts, after.binned.counts, sizes.reference, sizes.current);
  const effectNull = nullFor(psi);
  const own = ((): { statistic: number; null: Null } => {
    if (test === 'ks') {
      const currentKnown = knownValues(current).sort();
      const knownBefore = (effectiveSize(before.binned, before.covariance) * known.length) / sizes.reference;
      const knownAfter = (effectiveSize(after.binned, after.covariance) * currentKnown.length) / sizes.current;
      return { statistic: kolmogorovSmirnov(known.slice().sort(), currentKnown), null: kolmogorovNull(knownBefore, knownAfter) };
    }
    if (test === 'chi_square') {
      return { statistic: chiSquare(before.binned.counts, after.binned.counts, sizes.reference, sizes.current), null: nullFor(chiSquare) };
    }
    return { statistic: effect, null: effectNull };
  })();
  return { subject, test, ...own, p: own.null.p(own.statistic), effect, effectNull, histogram: histograms(subject, known) };
}

function decide(one: Measured, level: number): Drift {
  const { subject, test, statistic, p, effect } = one;
  const threshold = one.null.threshold(level);
  return {
    name: subject.name,
    kind: subject.kind,
    test,
    n: { reference: sizeOf(subject.reference), current: sizeOf(subject.current) },
    statistic,
    threshold: test === 'psi' ? Math.max(effectFloor, threshold) : threshold,
    p,
    effect,
    drifted: p <= level && effect >= effectFloor,
    histogram: one.histogram,
  };
}

function histograms({ reference, current }: DriftSubject, known: Float64Array): Drift['histogram'] {
  const bars = sparklineBins(reference, known);
  const [before, after] = [reference, current].map(sample => {
    const { counts } = binned(sample, bars);
    const shares = Array.from(counts, count => count / sizeOf(sample));
    const nulls = shares.pop() ?? 0;
    if (sample.kind === 'category') shares.push((shares.pop() ?? 0) + nulls);
    return shares;
  });
  const idle = reference.kind === 'category' && before?.at(-1) === 0 && after?.at(-1) === 0;
  const shown = (shares: readonly number[] = []) => (idle ? shares.slice(0, -1) : shares);
  return { reference: shown(before), current: shown(after) };
}

/** The level at which single p values are compared, so that at most a share `level` of the alarms is false (1995). */
export function benjaminiHochberg(p: readonly number[], level: number): number {
  const sorted = [...p].sort((a, b) => a - b);
  const rejected = sorted.reduce((most, value, k) => (value <= ((k + 1) * level) / sorted.length ? k + 1 : most), 0);
  return (Math.max(1, rejected) * level) / Math.max(1, sorted.length);
}
