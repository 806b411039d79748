/** A feature that is computed from what the label is computed from. */
import type { TypedExpr } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { smallest, windows } from '../walk.ts';
import { isLabel } from './label-as-feature.ts';
import { dropFeature, features, traceTo } from './reads.ts';

const isDerived = (expr: TypedExpr): boolean => expr.facts.label === 'derived';

export default {
  name: 'label-derived-feature',
  code: 'CUP3025',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The feature carries a part of the answer, so scores look better than any prediction made in time can be.',
  check: (program, file) =>
    features(program, file, isDerived).flatMap(read => {
      const { feature, task, set } = read;
      if (isLabel(read)) return [];
      // A window into the future reads the label's rows because it looks ahead; that is the cause, and reported as such.
      if (windows(feature.value).some(({ window }) => window.direction === 'future')) return [];
      const fault = smallest(feature.value, isDerived);
      if (!fault) return [];
      const ofLabel = task.label?.value.facts.lineage ?? [];
      const shared = fault.facts.lineage.find(read =>
        ofLabel.some(l => l.source === read.source && l.column === read.column && l.rows === read.rows),
      );
      const what = shared && (shared.rows ? `the rows of \`${shared.source}\`` : `\`${shared.source}.${shared.column}\``);
      return [
        {
          rule: 'label-derived-feature',
          place: fault.place,
          message: `\`${feature.name}\` is computed from ${what ? `${what}, which` : 'what'} the label \`${task.label?.name ?? task.name}\` is computed from.`,
          label: 'reads what the label reads',
          help: `Leave \`${feature.name}\` out of \`${set.name}\`, or read only rows from before the label's.`,
          related: [
            ...(task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : []),
            ...(shared ? traceTo(shared.reason, fault.place) : []),
          ],
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
