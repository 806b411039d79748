/** A value that tells one observation from every other: a model can learn it by heart and nothing else. */
import type { TypedExpr } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { smallest } from '../walk.ts';
import { dropFeature, features, traceTo } from './reads.ts';

const identifies = (expr: TypedExpr): boolean => expr.facts.identity === 'entity' || expr.facts.identity === 'row';

export default {
  name: 'key-as-feature',
  code: 'CUP3031',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: 'A key says which row it is, not what it is like: the model learns single rows by heart and fails on every new one.',
  check: (program, file) =>
    features(program, file, identifies).flatMap(({ feature, set }) => {
      const fault = smallest(feature.value, identifies);
      if (!fault) return [];
      return [
        {
          rule: 'key-as-feature',
          place: fault.place,
          message: `\`${feature.name}\` tells all observations apart.`,
          label: 'a different value in every row',
          help: `Leave \`${feature.name}\` out of \`${set.name}\`; use what the row says about itself instead.`,
          related: traceTo(fault.facts.identityReason, fault.place),
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
