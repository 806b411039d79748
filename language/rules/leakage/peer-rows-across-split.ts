/** Rows of other entities as features, where nothing tells the past from the present and a split puts them on both sides. */
import type { Problem } from '../../model/problem.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { type Cause, chosenAmongAll, readAlso, splitsOf } from './amongAll.ts';
import { capital } from './blocked.ts';
import { groupBy } from './splitFix.ts';

function helpOf({ first: { peers, table, task } }: Cause): string {
  if (!peers) return `Join \`${table}\` by a column that says whose rows these are.`;
  const { window, aggregate, shared } = peers;
  const { entity } = window.link;
  const group = shared === null ? '' : `Keep rows that share it on one side: \`by group { group: ${writtenName(shared)}, … }\`. `;
  // How often a level comes among the observed is what the encoding learns; rows of another table are something else.
  const isCount = aggregate === 'count' && !window.where && entity.kind === 'column' && window.table === task.relation;
  const count = isCount ? `\`${writtenName(entity.name)} |> frequency_encode\` learns on train how often it comes.` : '';
  return `${group}${count}`.trim() || `Link by a column that refers to \`${task.relation}\`.`;
}

export default {
  name: 'peer-rows-across-split',
  code: 'CUP3074',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'Rows of test are among those that features of train are made of, so the score is of a model that has seen them.',
  check: (program, file) =>
    chosenAmongAll(program, file, true).map((cause): Problem => {
      const { place, what, table } = cause.first;
      return {
        rule: 'peer-rows-across-split',
        place,
        message: `${capital(what)} reads rows of \`${table}\` that belong to others, those of test among them.`,
        label: 'rows of all partitions',
        help: helpOf(cause),
        related: readAlso(cause),
        fixes: [],
      };
    }),
  fixes: (program, { place }, textOf) => {
    const first = chosenAmongAll(program, place.file, true).find(cause => cause.first.place === place)?.first;
    const shared = first?.peers?.shared;
    const [split, ...others] = first ? splitsOf(program, place.file, first.task) : [];
    return shared != null && split && others.length === 0 && split.method.kind !== 'time' ? groupBy(writtenName(shared), split, textOf) : [];
  },
} satisfies Rule;
