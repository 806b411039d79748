/** A column that is filled in only after the outcome, read where a prediction is made. */
import type { Rule } from '../rule.ts';
import { dropFeature, faultOf, features, traceTo } from './reads.ts';

export default {
  name: 'after-outcome',
  code: 'CUP3026',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'The value is written down after the outcome is decided, so it gives the outcome away and will be empty when a prediction is due.',
  check: (program, file) =>
    features(program, file).flatMap(({ feature, set }) => {
      if (feature.value.facts.label === 'derived') return [];
      const fault = faultOf(feature.value, 'after-outcome');
      if (!fault) return [];
      return [
        {
          rule: 'after-outcome',
          place: fault.expr.place,
          message: `\`${feature.name}\` reads \`${fault.block.subject}\`, which is filled in only after the outcome.`,
          label: 'not there yet when a prediction is made',
          help: `Leave \`${feature.name}\` out of \`${set.name}\`.`,
          related: traceTo(fault.block.reason, fault.expr.place),
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
