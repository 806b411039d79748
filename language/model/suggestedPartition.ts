/** What to write for a `validate` that a split lacks: dates of the program's own train and test, never somebody else's. */
import { addMonths, startOfDay, wallTime } from '../text/calendar.ts';
import { type DurationValue, microsPerDay } from '../text/duration.ts';
import type { SplitModel, TaskModel } from './typed.ts';

type ByTime = Extract<SplitModel['method'], { kind: 'time' }>;

/** Wall times in microseconds, at midnight. */
const dayOf = (instant: number, zone: string): number => wallTime(startOfDay(instant, zone), zone);
const dateText = (wall: number): string => new Date(wall / 1000).toISOString().slice(0, 10);
const moved = (wall: number, { months, micros }: DurationValue, sign: 1 | -1): number =>
  addMonths(wall, sign * months) + sign * Math.ceil(micros / microsPerDay) * microsPerDay;

/** The help for a split without `validate`: what stands between train and test, or the last part of train's time. */
export function suggestedValidate({ method }: SplitModel, task: TaskModel | null): string {
  if (method.kind !== 'time') return 'Add it to the split: `validate: 15%`.';
  return (task && betweenOrBefore(method, task)) ?? 'Add it to the split, between `train` and `test`: `validate: FIRST..LAST`, two dates.';
}

function betweenOrBefore({ train, test, gap }: ByTime, { zone, cutoffs }: TaskModel): string | null {
  if (test.from === null) return null;
  const end = moved(dayOf(test.from, zone), gap, -1);
  const open = train.to === null ? null : moved(dayOf(train.to, zone), gap, 1);
  const days = cutoffs.kind === 'grid' ? [...new Set(cutoffs.instants.map(instant => dayOf(instant, zone)))] : null;
  const holds = (from: number): boolean => (days ? days.some(day => day >= from && day < end) : end - from >= 7 * microsPerDay);
  if (open !== null && holds(open)) return `Add it to the split: \`validate: ${dateText(open)}..${dateText(end - microsPerDay)}\`.`;
  const first = train.from === null ? null : dayOf(train.from, zone);
  const start = days ? lastFifth(days.filter(day => day < end && (first === null || day >= first))) : addMonths(end, -2);
  if (start === null || (first !== null && start - first < 2 * (end - start))) return null;
  const trainEnd = dateText(moved(start, gap, -1) - microsPerDay);
  return `Take it from the end of the training time: \`train: ${first === null ? '' : dateText(first)}..${trainEnd}\` and \`validate: ${dateText(start)}..${dateText(end - microsPerDay)}\`.`;
}

/** Where the last fifth of the cutoffs begins; null when there are too few to divide. */
const lastFifth = (days: readonly number[]): number | null => (days.length < 5 ? null : (days.at(-Math.ceil(days.length / 5)) ?? null));
