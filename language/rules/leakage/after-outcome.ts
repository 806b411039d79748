/** A column that is filled in only after the outcome, read where a prediction is made. */

import type { Block } from '../../model/facts.ts';
import type { Rule } from '../rule.ts';
import { blocked, dropFeature, faultOf, traceTo } from './reads.ts';

export default {
  name: 'after-outcome',
  code: 'CUP3026',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The value is written down after the outcome is decided, so it gives the outcome away and will be empty when a prediction is due.',
  check: (program, file) =>
    blocked(program, file, 'after-outcome').flatMap(({ feature, set, task }) => {
      // A label that is filled in after the outcome, read as a feature, is the label first of all.
      const isLabel = ({ subject, home }: Block): boolean =>
        task.label?.value.facts.lineage.some(read => `${read.source}.${read.column}` === subject && read.home === home) ?? false;
      const fault = faultOf(feature.value, 'after-outcome', (block, { facts }) => facts.label !== 'derived' || !isLabel(block));
      if (!fault) return [];
      return [
        {
          rule: 'after-outcome',
          place: fault.place,
          message: `\`${feature.name}\` reads \`${fault.block.subject}\`, which is filled in only after the outcome.`,
          label: 'not there yet when a prediction is made',
          help: `Leave \`${feature.name}\` out of \`${set.name}\`.`,
          related: traceTo(fault.block.reason, fault.place),
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
