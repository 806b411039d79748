/** A value that says which group an observation belongs to, under a split that lets groups fall on both sides. */
import type { RelationModel, SplitModel, TypedExpr } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';
import { smallest } from '../walk.ts';
import { dropFeature, features, isTimed, traceTo } from './reads.ts';

const namesGroup = (expr: TypedExpr): boolean => expr.facts.identity === 'group';

/**
 * Whether the split keeps rows of some group together, and not of this one. A split at random, or one that ignores a declared group, is at
 * fault itself, and time keeps nobody apart from their own past.
 */
function mixes({ method }: SplitModel, value: TypedExpr, declared: boolean): boolean {
  if (method.kind !== 'group' || declared) return false;
  const { lineage } = method.group.facts;
  return !value.facts.lineage.some(read => lineage.some(by => by.source === read.source && by.column === read.column));
}

/** Whether the value is a column that is declared as what rows depend on each other by. */
const isDeclared = (value: TypedExpr, relation: RelationModel | null): boolean =>
  value.kind === 'column' &&
  (relation?.columns.some(({ name, roles }) => name === value.name && roles.some(({ kind }) => kind === 'group' || kind === 'site')) ?? false);

export default {
  name: 'group-as-feature',
  code: 'CUP3065',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'The model learns by heart how each group turned out, meets the same groups in the test, and knows nothing of a new one.',
  check: (program, file) =>
    features(program, file, namesGroup).flatMap(({ feature, set, task }) => {
      const fault = smallest(feature.value, namesGroup);
      const declared = fault !== null && isDeclared(fault, program.relation(file, task.relation, task.place.file));
      const split = fault && !isTimed(task) ? program.splits(file, task.name, task.place.file).find(one => mixes(one, fault, declared)) : null;
      if (!fault || !split) return [];
      return [
        {
          rule: 'group-as-feature',
          place: fault.place,
          message: `\`${feature.name}\` says which group an observation belongs to, and \`${split.name}\` puts rows of one group on both sides.`,
          label: 'the same groups in training and test',
          help: `Leave \`${feature.name}\` out of \`${set.name}\` and use what is known of the group, or split by it: \`by group { group: … }\`.`,
          related: [
            ...traceTo(fault.facts.identityReason, fault.place),
            { place: split.methodPlace, message: `\`${split.name}\` divides the rows of \`${task.name}\`` },
          ],
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
