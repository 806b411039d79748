/** Two partitions that share cutoffs: rows that one learns from are judged by the other. */
import type { Problem } from '../../model/problem.ts';
import type { SplitModel, TaskModel, TimeBounds } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { gridIn } from './splitBounds.ts';

type Named = readonly [name: string, bounds: TimeBounds];

const day = (micros: number): string => new Date(micros / 1000).toISOString().slice(0, 10);

/** The instants that both hold, `[from, to)`; null: none. */
function shared(a: TimeBounds, b: TimeBounds): { readonly from: number; readonly to: number } | null {
  const from = Math.max(a.from ?? Number.NEGATIVE_INFINITY, b.from ?? Number.NEGATIVE_INFINITY);
  const to = Math.min(a.to ?? Number.POSITIVE_INFINITY, b.to ?? Number.POSITIVE_INFINITY);
  return from < to ? { from, to } : null;
}

function spanText({ from, to }: { readonly from: number; readonly to: number }): string {
  if (from === Number.NEGATIVE_INFINITY) return to === Number.POSITIVE_INFINITY ? 'all cutoffs' : `cutoffs before ${day(to)}`;
  return to === Number.POSITIVE_INFINITY ? `cutoffs from ${day(from)} on` : `cutoffs from ${day(from)} to ${day(to - 1)}`;
}

function overlaps(name: string, method: Extract<SplitModel['method'], { kind: 'time' }>, task: TaskModel | null): Problem[] {
  /** On a grid only its cutoffs are shared. */
  const holdsNone = (span: Pick<TimeBounds, 'from' | 'to'>): boolean => task !== null && gridIn(task, span)?.length === 0;
  const all: Named[] = [['train', method.train], ...(method.validate ? [['validate', method.validate] as const] : []), ['test', method.test]];
  return all.flatMap(([later, second], i) =>
    all.slice(0, i).flatMap(([earlier, first]) => {
      // Without a start of its own a partition begins where the one before it ends.
      const both = second.from === null ? null : shared(first, second);
      if (!both || holdsNone(both)) return [];
      return [
        {
          rule: 'overlapping-partitions',
          place: second.place,
          message: `\`${later}\` of \`${name}\` shares ${spanText(both)} with \`${earlier}\`.`,
          label: `\`${earlier}\` has these rows too`,
          help: 'Let every partition begin after the one before it has ended, with the gap that the label needs between them.',
          related: [{ place: first.place, message: `\`${earlier}\` takes them first` }],
          fixes: [],
        },
      ];
    }),
  );
}

export default {
  name: 'overlapping-partitions',
  code: 'CUP3021',
  group: 'leakage',
  severity: 'error',
  type: 'L1',
  verdict: 'leaks',
  why: 'A row cannot be both learned from and judged; where it falls would be decided by the order of the partitions, and neither is what was written.',
  check: (program, file) =>
    program
      .declarations(file)
      .flatMap(({ model }) =>
        model.kind === 'split' && model.method.kind === 'time' ? overlaps(model.name, model.method, program.task(model.place.file, model.task)) : [],
      ),
} satisfies Rule;
