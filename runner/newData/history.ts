/** Windows over new data that hold less than they did in training, because the file begins later than they reach back: a silent difference. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanWindow } from '../../language/plan/plan.ts';
import { finding } from '../engine/finding.ts';
import { featureOf } from '../leaks/warmUp.ts';
import type { FindingRecord, LeakageRecord } from '../record.ts';

const rule = 'warm-up-uncovered';

const microsPerDay = 86_400_000_000;
/** The mean of the Gregorian calendar: what is told is a share. */
const daysPerMonth = 30.436875;

const micros = ({ months, micros }: NonNullable<PlanWindow['from']>): number => months * daysPerMonth * microsPerDay + micros;

/** The mean share of a window's time, over the observations, that lies before the first row of its table. */
function uncovered({ from, to }: PlanWindow, first: number, cutoffs: readonly number[]): number {
  if (from === null || cutoffs.length === 0) return 0;
  const [begins, ends] = [micros(from), to === null ? 0 : micros(to)];
  const open = (cutoff: number): number => Math.max(0, Math.min(cutoff + ends, first) - (cutoff + begins)) / Math.max(1, ends - begins);
  return cutoffs.reduce((sum, cutoff) => sum + open(cutoff), 0) / cutoffs.length;
}

/**
 * `firstOf`: the first event among the rows of a table that new data are read into; null of any other. `cutoffs`: one an observation.
 * `trained`: what the run measured; windows that were as open on the rows it learned from are no news.
 */
export async function shortHistory(
  sets: readonly FeaturesNode[],
  trained: readonly LeakageRecord[],
  firstOf: (window: PlanWindow) => Promise<{ readonly table: string; readonly time: number } | null>,
  cutoffs: readonly number[],
): Promise<FindingRecord[]> {
  const threshold = thresholdOf({}, rule, 'warn');
  const found = new Map<string, FindingRecord>();
  for (const node of sets) {
    for (const window of node.windows) {
      const first = window.from === null ? null : await firstOf(window);
      const share = first === null ? 0 : uncovered(window, first.time, cutoffs);
      if (first === null || share < threshold) continue;
      const feature = featureOf(node, window);
      const name = feature?.name ?? node.name;
      const before = trained.find(one => one.rule === rule && one.declaration === node.name && one.subject === name)?.figure ?? 0;
      if (found.has(name) || share <= before) continue;
      const message = `The window of \`${name}\` reaches back behind the first of the new rows of \`${first.table}\`, by ${(100 * share).toFixed(0)}% of its length on average: what came before is not counted.`;
      found.set(name, finding('warning', rule, feature?.place ?? node.place, message, 'Give a file that holds the rows of before as well.'));
    }
  }
  return [...found.values()];
}
