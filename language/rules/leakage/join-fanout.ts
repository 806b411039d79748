/** Observations that a join has multiplied: the same entity stands in several rows, on both sides of a split. */
import type { Term } from '../../model/facts.ts';
import { gather } from '../../text/gather.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { lateObservation } from './lateRows.ts';
import { lastOf, partnerOf, tableAt } from './named.ts';
import { isTimed, tasks, traceTo } from './reads.ts';

/** A history that is joined by key is told of as that, and \`as of\` repairs both; the very moment can be left out, and the copies stay. */
const isHistory = (late: Term | null): boolean => late?.joined !== undefined && late.joined !== 'window-includes-cutoff';

export default {
  name: 'join-fanout',
  code: 'CUP3022',
  group: 'leakage',
  severity: 'warning',
  type: 'L1.4',
  verdict: 'leaks',
  why: 'Copies of one observation fall on both sides of the split and count as many when the model is judged.',
  check: (program, file) =>
    gather(tasks(program, file), task => {
      const relation = program.relation(task.place.file, task.relation);
      const reason = relation?.multiplied;
      if (!reason || (isTimed(task) && isHistory(lateObservation(task, relation)))) return [];
      const partner = partnerOf(program, tableAt(program, reason.place));
      const last = lastOf(partner);
      const codes = partner ? [`\`count(${writtenName(partner.name)}${partner.event ? ' last 90d' : ''})\``, ...(last ? [`\`${last}\``] : [])] : [];
      return [
        {
          rule: 'join-fanout',
          place: task.relationPlace,
          message: `\`${task.name}\` predicts for rows of \`${task.relation}\`, which a join may have multiplied.`,
          label: 'one entity, several rows',
          help: `Join on a key, or read the other rows in \`features\`${codes.length ? `: ${codes.join(', ')}` : ''}.`,
          related: traceTo(reason, task.relationPlace),
          fixes: [],
        },
      ];
    }),
} satisfies Rule;
