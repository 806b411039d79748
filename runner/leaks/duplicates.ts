/** Rows of test with an equal or almost equal row in train: the model knows them by heart, and the test says so as if it were skill. */
import { type DataRuleName, type DataRuleSettings, thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import { firstNotBelow } from '../learn/sorted.ts';
import { type Codes, type Copies, copiesAcross, someOf } from './copies.ts';
import { type Measured, measured } from './measured.ts';
import type { Sample } from './sample.ts';

/** Bins of equal counts, fine to coarse: a copy that was shaken a little stays in its bins at one of them. */
const resolutions = [512, 64, 16, 6];
/** Columns that the almost equal are compared by; those of more distinct values first. */
const mostColumns = 24;

export function duplicates(node: FeaturesNode, sample: Sample, settings: DataRuleSettings): readonly Measured[] {
  const columns: Codes[] = [...sample.columns.map(c => (c.kind === 'number' ? c.values : c.codes)), sample.label];
  const exact = copiesAcross(columns, sample);
  const found = judged(node, 'duplicates-across-split', 'equal', exact, settings);
  const floats = sample.columns.filter(c => c.kind === 'number' && edgesOf(c.values, sample.train, 512).length > 64);
  if (floats.length < 2) return [found];
  const near = resolutions.flatMap(bins => copiesAcross(binned(sample, bins), sample) ?? []);
  const most = near.reduce<Copies | null>((best, one) => (best === null || excess(one) > excess(best) ? one : best), null);
  // What is equal to the last digit is almost equal too, and is said once.
  const beyond = most && exact ? { ...most, expected: Math.max(most.expected, found.fault ? most.equal : 0) } : most;
  return [found, judged(node, 'near-duplicates-across-split', 'almost equal', beyond, settings)];
}

const excess = ({ equal, expected, n }: Copies): number => (n === 0 ? 0 : (equal - expected) / n);

/** Standard deviations above what chance gives at most. */
const surety = ({ equal, expected }: Copies): number => (equal - expected) / Math.sqrt(equal + expected + 1);

function binned({ columns, label, train }: Sample, bins: number): readonly Codes[] {
  return [
    ...columns.slice(0, mostColumns).map(column => {
      if (column.kind === 'category') return column.codes;
      const edges = edgesOf(column.values, train, bins);
      return Int32Array.from(column.values, value => (Number.isNaN(value) ? -1 : firstNotBelow(edges, value)));
    }),
    label,
  ];
}

/** Distinct quantiles of a sample of train. */
function edgesOf(values: Float64Array, train: Int32Array, bins: number): Float64Array {
  const known = Float64Array.from(someOf(train, 20_000), row => values[row] ?? Number.NaN)
    .filter(value => !Number.isNaN(value))
    .sort();
  const edges = Array.from({ length: bins - 1 }, (_, i) => known[Math.floor(((i + 1) * known.length) / bins)] ?? 0);
  return Float64Array.from(new Set(known.length ? edges : []));
}

function judged(
  node: FeaturesNode,
  rule: Extract<DataRuleName, 'duplicates-across-split' | 'near-duplicates-across-split'>,
  word: string,
  copies: Copies | null,
  settings: DataRuleSettings,
): Measured {
  const [warn, error] = [thresholdOf(settings, rule, 'warn'), thresholdOf(settings, rule, 'error')];
  const base = { rule, declaration: node.name, place: node.place, measure: `share of test rows with an ${word} row in train, beyond chance` };
  if (copies === null) return measured({ ...base, figure: null, threshold: warn, n: 0 });
  const { n, equal, expected } = copies;
  const figure = Math.max(0, excess(copies));
  const spread = 1.96 * Math.sqrt((equal + expected) / n ** 2);
  const faulty = figure > 0 && figure >= warn && surety(copies) > 4;
  const share = (count: number): string => number(Math.round(count));
  return measured({
    ...base,
    figure,
    low: Math.max(0, figure - spread),
    high: Math.min(1, figure + spread),
    expected: expected / n,
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
