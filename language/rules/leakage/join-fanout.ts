/** Observations that a join has multiplied: the same entity stands in several rows, on both sides of a split. */
import type { Rule } from '../rule.ts';
import { lateObservation } from './lateRows.ts';
import { isTimed, tasks, traceTo } from './reads.ts';

export default {
  name: 'join-fanout',
  code: 'CUP3022',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.4',
  verdict: 'leaks',
  why: 'Copies of one observation fall on both sides of the split and count as many when the model is judged.',
  check: (program, file) =>
    tasks(program, file).flatMap(task => {
      const relation = program.relation(file, task.relation);
      const reason = relation?.multiplied;
      // The rows of a history, joined by key only, are told of as that.
      if (!reason || (isTimed(task) && lateObservation(task, relation)?.joined === 'not-point-in-time')) return [];
      return [
        {
          rule: 'join-fanout',
          place: task.relationPlace,
          message: `\`${task.name}\` predicts for rows of \`${task.relation}\`, which a join may have multiplied.`,
          label: 'one entity, several rows',
          help: 'Join on a key, or read the other rows in `features`: `count(orders last 90d)`, `last(plan of changes)`.',
          related: traceTo(reason, task.relationPlace),
          fixes: [],
        },
      ];
    }),
} satisfies Rule;
