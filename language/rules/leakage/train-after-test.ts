/** Partitions in the wrong order: what is learned from lies after what is judged. */
import { liesAfter } from '../../model/emptyPartitions.ts';
import type { Problem } from '../../model/problem.ts';
import type { SplitModel, TimeBounds } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';

type Named = readonly [name: string, bounds: TimeBounds];

function turned(name: string, method: Extract<SplitModel['method'], { kind: 'time' }>): Problem[] {
  const all: Named[] = [['train', method.train], ...(method.validate ? [['validate', method.validate] as const] : []), ['test', method.test]];
  return all.slice(1).flatMap(([later, second], i) => {
    const [earlier, first] = all[i] ?? all[0] ?? [later, second];
    if (!liesAfter(first, second)) return [];
    return [
      {
        rule: 'train-after-test',
        place: first.place,
        message: `\`${earlier}\` of \`${name}\` lies after \`${later}\`.`,
        label: `after \`${later}\``,
        help: 'Order them in time: `train` first, then `validate`, then `test`.',
        related: [{ place: second.place, message: `\`${later}\` lies before it` }],
        fixes: [],
      },
    ];
  });
}

export default {
  name: 'train-after-test',
  code: 'CUP3036',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'The model learns from days that come after those it is judged on, so it is asked about a past whose future it knows.',
  check: (program, file) =>
    program
      .declarations(file)
      .flatMap(({ model }) => (model.kind === 'split' && model.method.kind === 'time' ? turned(model.name, model.method) : [])),
} satisfies Rule;
