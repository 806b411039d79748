/** Rows of test with an equal or almost equal row in train: the model knows them by heart, and the test says so as if it were skill. */
import { type DataRuleName, type DataRuleSettings, thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import type { MatrixColumn } from '../learn/matrix.ts';
import { firstNotBelow } from '../learn/sorted.ts';
import { gather } from '../nodes/rows.ts';
import { type Codes, type Compared, someOf } from './copies.ts';
import { copiesFrom, type Found, rowsCompared } from './fewCopies.ts';
import { type Measured, measured } from './measured.ts';
import { type Sample, valuesOf } from './sample.ts';

/** Bins of equal counts, fine to coarse: a copy that was shaken a little stays in its bins at one of them. */
const resolutions = [512, 64, 16, 6];
/** A number with fewer values in a sample of train cannot be almost equal. */
const fewestValues = 64;
const mostSampled = 20_000;
const fewestInBin = 8;
/** How far from its quantile an edge may lie, in values. */
const nearby = 3;
const fewestSampled = 2_000;
/** Bytes of values that are kept between comparisons. */
const mostHeld = 64 * 1024 ** 2;

export function duplicates(node: FeaturesNode, sample: Sample, settings: DataRuleSettings): readonly Measured[] {
  const rows = someOf(sample.train, mostSampled);
  const label: Compared = { of: some => gather(sample.label, some), sampled: everyTenth(gather(sample.label, rows)) };
  const values = sample.columns.map(column => valuesOf(column, rows));
  const warns = [thresholdOf(settings, 'duplicates-across-split', 'warn'), thresholdOf(settings, 'near-duplicates-across-split', 'warn')];
  const read = heldValues(rowsCompared(sample, warns), sample);
  const columns = sample.columns.map((column, j): Compared => ({ of: read(column), sampled: everyTenth(values[j] ?? rows) }));
  const exact = copiesFrom(sample, thresholdOf(settings, 'duplicates-across-split', 'warn'))([...columns, label]);
  const found = judged(node, 'duplicates-across-split', 'equal', exact, settings);
  const known = sample.columns.map((column, j) => (column.kind === 'number' ? ascending(values[j] ?? rows) : null));
  const fine = known.filter(of => of !== null && new Set(of).size > fewestValues);
  if (fine.length < 2) return [found];
  // An edge for every few values would part the very rows that are almost equal.
  const compare = copiesFrom(sample, thresholdOf(settings, 'near-duplicates-across-split', 'warn'));
  const near = resolutions.flatMap(bins =>
    bins * fewestInBin > rows.length ? [] : (compare([...columns.map((column, j) => binned(column, known[j] ?? null, bins)), label]) ?? []),
  );
  const most = near.reduce<Found | null>((best, one) => (best === null || excess(one) > excess(best) ? one : best), null);
  // What is equal to the last digit is almost equal too, and is said once.
  const beyond = most && exact ? { ...most, expected: Math.max(most.expected, found.fault ? most.equal : 0) } : most;
  return [found, judged(node, 'near-duplicates-across-split', 'almost equal', beyond, settings)];
}

/** Reads a column where all comparisons look once; where one asks for other rows, they are read each time. */
function heldValues(rows: Int32Array, { columns, label }: Sample): (column: MatrixColumn) => (some: Int32Array) => Codes {
  const places = new Int32Array(label.length).fill(-1);
  for (const [place, row] of rows.entries()) places[row] = place;
  const bytes = 8 * rows.length * columns.length;
  const isWithin = (some: Int32Array): boolean => some.every(row => (places[row] as number) >= 0);
  return column => {
    let held: Codes | null = null;
    return some => {
      if (bytes > mostHeld || !isWithin(some)) return valuesOf(column, some);
      held ??= valuesOf(column, rows);
      const found = held instanceof Float64Array ? new Float64Array(some.length) : new Int32Array(some.length);
      for (let i = 0; i < some.length; i++) found[i] = held[places[some[i] as number] as number] as number;
      return found;
    };
  };
}

const excess = ({ equal, expected, n, part }: Found): number => (n === 0 ? 0 : (equal - expected) / (n * part));

/** Standard deviations above what chance gives at most. */
const surety = ({ equal, expected }: Found): number => (equal - expected) / Math.sqrt(equal + expected + 1);

const everyTenth = (values: Codes): Codes => Float64Array.from(values).filter((_, i) => values.length < 10 * fewestSampled || i % 10 === 0);

const ascending = (values: Codes): Float64Array =>
  Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort();

/** The middle of the widest gap near a place: values that are almost equal stay on one side. */
function edgeNear(known: Float64Array, place: number): number {
  let [edge, widest] = [known[place] ?? 0, 0];
  for (let i = Math.max(1, place - nearby); i <= Math.min(known.length - 1, place + nearby); i++) {
    const [low, high] = [known[i - 1] ?? 0, known[i] ?? 0];
    if (high - low > widest) [edge, widest] = [(low + high) / 2, high - low];
  }
  return edge;
}

/** Numbers by bins between quantiles, null in one of its own; a category as it is. */
function binned(column: Compared, known: Float64Array | null, bins: number): Compared {
  if (known === null) return column;
  const edges = Float64Array.from(
    new Set(Array.from({ length: bins - 1 }, (_, i) => edgeNear(known, Math.floor(((i + 1) * known.length) / bins)))),
  ).sort();
  const of = (values: Codes): Int32Array => {
    const found = new Int32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      found[i] = Number.isNaN(value) ? -1 : firstNotBelow(edges, value);
    }
    return found;
  };
  return { of: rows => of(column.of(rows)), sampled: of(column.sampled) };
}

function judged(
  node: FeaturesNode,
  rule: Extract<DataRuleName, 'duplicates-across-split' | 'near-duplicates-across-split'>,
  word: string,
  copies: Found | null,
  settings: DataRuleSettings,
): Measured {
  const [warn, error] = [thresholdOf(settings, rule, 'warn'), thresholdOf(settings, rule, 'error')];
  const base = { rule, declaration: node.name, place: node.place, measure: `share of test rows with an ${word} row in train, beyond chance` };
  if (copies === null) return measured({ ...base, figure: null, threshold: warn, n: 0 });
  const { n, equal, expected, part } = copies;
  const figure = Math.max(0, excess(copies));
  const spread = 1.96 * Math.sqrt((equal + expected) / (n * part) ** 2);
  const faulty = part === 1 && figure > 0 && figure >= warn && surety(copies) > 4;
  const share = (count: number): string => number(Math.round(count));
  return measured({
    ...base,
    figure,
    low: Math.max(0, figure - spread),
    high: Math.min(1, figure + spread),
    expected: expected / (n * part),
    threshold: warn,
    n,
    fault: faulty
      ? {
          severity: figure >= error ? 'error' : 'warning',
          message: `${share(equal)} of ${number(n)} test rows of \`${node.name}\` have an ${word} row in train, where chance explains ${expected < 1 ? 'none' : `${share(expected)} at most`}.`,
          help: 'Remove the copies from the source with `dedupe`, or split by a group that keeps them together.',
          count: equal,
        }
      : null,
  });
}
