/** A model on rows that another split cuts out: whether the bounds of both keep what it learns from before what it is judged on. */
import { durationLe, zeroDuration } from '../../model/factOps.ts';
import type { EvaluationModel, SplitModel, TaskModel } from '../../model/typed.ts';
import { firstIn, gridIn, labelReach, laterBy, latestIn, type Span, spanOf } from './splitBounds.ts';

export interface Judged {
  readonly split: SplitModel;
  readonly partition: EvaluationModel['partition'];
}

/** `train`, and `validate` where the model is learned again on it. */
export interface Learned {
  readonly split: SplitModel;
  readonly partition: 'train' | 'validate';
}

const meet = (a: Span, b: Span): boolean =>
  (a.from === null || b.to === null || a.from < b.to) && (b.from === null || a.to === null || b.from < a.to);

/** Whether a row can be in both spans: one cutoff has to lie in both. */
function shareCutoffs(task: TaskModel, own: Span, other: Span): boolean {
  const [mine, theirs] = [gridIn(task, own), gridIn(task, other)];
  return mine && theirs ? mine.some(instant => theirs.includes(instant)) : meet(own, other);
}

/** Between which instants cutoffs stay that are learned from: the gap drops the last ones. `none`: it drops all; null: no bounds say. */
function staysIn(task: TaskModel, { split, partition }: Learned): Span | 'none' | null {
  const span = spanOf(split, partition);
  if (!span) return null;
  const latest = latestIn(task, split, partition);
  if (latest === null) return 'none';
  return Number.isFinite(latest) ? { from: span.from, to: latest + 1 } : span;
}

/** Whether a row can be in both. Only bounds of time, and the gap before the next ones, keep rows of two splits apart. */
export function canShare(task: TaskModel, learned: Learned, judged: Judged): boolean {
  const [own, other] = [staysIn(task, learned), spanOf(judged.split, judged.partition)];
  return own !== 'none' && (own === null || other === null || shareCutoffs(task, own, other));
}

/** Whether something that is learned from can lie after a judged cutoff, where none can be in both. */
function liesLater(task: TaskModel, own: Span, other: Span): boolean {
  const [last, first] = [gridIn(task, own)?.at(-1), gridIn(task, other)?.[0]];
  if (task.cutoffs.kind === 'grid') return last !== undefined && first !== undefined && last > first;
  return own.from !== null && other.to !== null && own.from >= other.to;
}

export type Conflict =
  /** Rows may be in both. */
  | { readonly kind: 'shared' }
  /** What is learned from lies after what is judged. */
  | { readonly kind: 'later' }
  /** The first judged cutoff, before labels that are learned from are decided, and from when on they are. */
  | { readonly kind: 'reaching'; readonly start: number; readonly decided: number }
  /** Units that the other split keeps out of the judged rows are those of its own train. */
  | { readonly kind: 'units' };

/** Null: all that is learned from, labels included, lies before the judged rows. */
export function conflictOf(task: TaskModel, learned: Learned, judged: Judged): Conflict | null {
  const [own, other] = [staysIn(task, learned), spanOf(judged.split, judged.partition)];
  if (own === 'none') return null;
  if (!own || !other || shareCutoffs(task, own, other)) return { kind: 'shared' };
  if (liesLater(task, own, other)) return { kind: 'later' };
  const [latest, start] = [latestIn(task, learned.split, learned.partition), firstIn(task, other)];
  if (latest === null || start === null) return null;
  const reach = labelReach(task);
  const isGrid = task.cutoffs.kind === 'grid';
  if (!durationLe(reach, zeroDuration) && laterBy(latest, reach) > start)
    return { kind: 'reaching', start, decided: laterBy(isGrid ? latest : latest + 1, reach) };
  return losesUnits(task, own, latest, judged) ? { kind: 'units' } : null;
}

/** The units of train stay out of the later partitions of a split by time and group: all that is learned from has to be among these rows. */
function losesUnits(task: TaskModel, learned: Span, latest: number, { split }: Judged): boolean {
  if (split.method.kind !== 'time' || !split.method.group) return false;
  const { from } = split.method.train;
  const kept = latestIn(task, split, 'train');
  return kept === null || latest > kept || (from !== null && (learned.from === null || learned.from < from));
}
