/**
 * Which settings to try next. `random` draws every setting alike within its range. `bayesian` is the tree-structured Parzen estimator
 * (Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011): after a few random trials, candidates are drawn from a
 * density around the better trials, and the one that is most likelier there than among the worse trials is tried.
 */
import type { Random } from './random.ts';

export type Range =
  | { readonly name: string; readonly kind: 'int' | 'float'; readonly scale: 'linear' | 'log'; readonly from: number; readonly to: number }
  | { readonly name: string; readonly kind: 'choice'; readonly choices: readonly (number | string | boolean)[] };

export type Point = Readonly<Record<string, number | string | boolean>>;

export interface Trial {
  readonly point: Point;
  /** The greater the better; null: it had no figure. */
  readonly value: number | null;
}

const firstTrials = 10;
const candidates = 24;
/** The share of trials that count as good. */
const good = 0.25;

type Numeric = Extract<Range, { kind: 'int' | 'float' }>;

const isNumeric = (range: Range): range is Numeric => range.kind !== 'choice';

/** A place in [0, 1] of the range, and back. Whole numbers have intervals of equal length. */
function placed(range: Numeric, value: number): number {
  const [from, to] = edges(range);
  return range.scale === 'log' ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
}

function edges({ kind, from, to, scale }: Numeric): readonly [number, number] {
  if (kind !== 'int') return [from, to];
  return scale === 'log' ? [Math.max(from - 0.5, 0.5), to + 0.5] : [from - 0.5, to + 0.5];
}

function valueAt(range: Numeric, place: number): number {
  const [from, to] = edges(range);
  const value = range.scale === 'log' ? from * (to / from) ** place : from + place * (to - from);
  const inside = Math.min(range.to, Math.max(range.from, range.kind === 'int' ? Math.round(value) : value));
  // Seventeen digits of a drawn setting help nobody; six read and repeat well.
  return range.kind === 'int' ? inside : Math.min(range.to, Math.max(range.from, Number(inside.toPrecision(6))));
}

const drawnAlike = (range: Range, source: Random): number | string | boolean =>
  isNumeric(range) ? valueAt(range, source.uniform()) : (range.choices[source.below(range.choices.length)] ?? '');

/** A normal density around a place in [0, 1], as wide as the way to its farther neighbour. */
interface Bump {
  readonly centre: number;
  readonly width: number;
}

/** A bump for each place, and one for the whole range. */
function bumpsOf(places: readonly number[]): readonly Bump[] {
  const sorted = [...places].sort((a, b) => a - b);
  const least = 1 / Math.min(100, 2 + sorted.length);
  const bumps = sorted.map((centre, i) => ({
    centre,
    width: Math.max(least, centre - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - centre),
  }));
  return [...bumps, { centre: 0.5, width: 1 }];
}

/** Φ to 7.5e-8 (Abramowitz and Stegun 26.2.17): enough to cut a bump off at the ends of the range. */
function normalBelow(z: number): number {
  if (z < 0) return 1 - normalBelow(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * tail;
}

function density(bumps: readonly Bump[]): (x: number) => number {
  const inside = bumps.map(({ centre, width }) => normalBelow((1 - centre) / width) - normalBelow(-centre / width));
  return x =>
    bumps.reduce((sum, { centre, width }, i) => sum + Math.exp(-0.5 * ((x - centre) / width) ** 2) / (width * (inside[i] ?? 1)), 0) / bumps.length;
}

function drawnFrom(bumps: readonly Bump[], source: Random): number {
  const { centre, width } = bumps[source.below(bumps.length)] ?? { centre: 0.5, width: 1 };
  for (let attempt = 0; attempt < 100; attempt++) {
    const x = centre + width * source.normal();
    if (x >= 0 && x <= 1) return x;
  }
  return centre;
}

interface Side {
  readonly better: readonly Trial[];
  readonly worse: readonly Trial[];
}

function numericStep(range: Numeric, { better, worse }: Side, source: Random): number {
  const bumps = (trials: readonly Trial[]): readonly Bump[] => bumpsOf(trials.map(trial => placed(range, Number(trial.point[range.name]))));
  const near = bumps(better);
  const [l, g] = [density(near), density(bumps(worse))];
  let best = { x: 0, gain: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < candidates; i++) {
    const x = drawnFrom(near, source);
    const gain = Math.log(l(x)) - Math.log(g(x));
    if (gain > best.gain) best = { x, gain };
  }
  return valueAt(range, best.x);
}

function choiceStep(range: Extract<Range, { kind: 'choice' }>, { better, worse }: Side, source: Random): number | string | boolean {
  const share = (trials: readonly Trial[], choice: unknown): number =>
    (1 + trials.filter(trial => trial.point[range.name] === choice).length) / (trials.length + range.choices.length);
  let best = { choice: range.choices[0] ?? '', gain: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < candidates; i++) {
    let u = source.uniform();
    const drawn = range.choices.find(choice => (u -= share(better, choice)) < 0) ?? range.choices.at(-1) ?? '';
    const gain = Math.log(share(better, drawn)) - Math.log(share(worse, drawn));
    if (gain > best.gain) best = { choice: drawn, gain };
  }
  return best.choice;
}

/** The next point; each setting is drawn on its own. `source` goes on from trial to trial, so the same seed gives the same search. */
export function nextPoint(space: readonly Range[], method: 'random' | 'bayesian', trials: readonly Trial[], source: Random): Point {
  const judged = trials.filter(trial => trial.value !== null).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (method === 'random' || judged.length < firstTrials) return Object.fromEntries(space.map(range => [range.name, drawnAlike(range, source)]));
  const cut = Math.max(1, Math.ceil(good * judged.length));
  const side = { better: judged.slice(0, cut), worse: judged.slice(cut) };
  return Object.fromEntries(space.map(range => [range.name, isNumeric(range) ? numericStep(range, side, source) : choiceStep(range, side, source)]));
}
