/** Groups by which rows are divided that are decided by the outcome: train and test are then other populations than the one of the claim. */
import { lineageMeeting } from '../../model/factOps.ts';
import type { Reason } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { ModelModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { smallest } from '../walk.ts';
import { groupOf } from './dependence.ts';
import { traceTo } from './reads.ts';

const words = {
  'after-outcome': 'is filled in only after the outcome',
  'all-rows-aggregate': 'is a figure over all rows',
  'latest-version-kept': 'is decided by later rows',
  'fitted-in-table': 'is learned from all rows',
} as const;

type Word = keyof typeof words;

const wordOf = (expr: TypedExpr): { readonly word: Word; readonly reason: Reason } | null => {
  for (const { rule, verdict, reason } of expr.facts.blocks) if (verdict === 'leaks' && rule in words) return { word: rule as Word, reason };
  return null;
};

const innerGroupOf = ({ definition }: ModelModel): TypedExpr | null =>
  definition.kind === 'algorithm' ? (definition.training.tune?.inner.group ?? null) : null;

function problem(owner: string, of: 'split' | 'model', group: TypedExpr, task: TaskModel): Problem[] {
  const ofLabel = task.label?.value.facts.lineage ?? [];
  const meets = (expr: TypedExpr) => lineageMeeting(expr.facts.lineage, ofLabel);
  const fault = smallest(group, expr => wordOf(expr) !== null || meets(expr) !== null);
  if (!fault) return [];
  const keeps = of === 'split' ? 'keeps' : 'keep';
  const late = wordOf(fault);
  const shared = meets(fault);
  return [
    {
      rule: 'split-from-outcome',
      place: fault.place,
      message: shared
        ? `${owner} ${keeps} rows together by what the label \`${task.label?.name ?? task.name}\` is computed from.`
        : `${owner} ${keeps} rows together by what ${late ? words[late.word] : 'comes later'}.`,
      label: of === 'split' ? 'decides who is tested' : 'decides who is held out',
      help: 'Group by what is known of a row beforehand, such as the household, the patient or the site.',
      related: [
        ...(shared && task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : []),
        ...traceTo(shared ? shared[0].reason : (late?.reason ?? null), fault.place),
      ],
      fixes: [],
    },
  ];
}

export default {
  name: 'split-from-outcome',
  code: 'CUP3064',
  group: 'leakage',
  severity: 'error',
  type: 'L3.3',
  verdict: 'leaks',
  why: 'Whoever is tested has then been picked by the answer, so the figures hold for no population that the model will meet.',
  check: (program, file) =>
    gather(program.declarations(file), ({ model }) => {
      if (model.kind !== 'split' && model.kind !== 'model') return [];
      const group = model.kind === 'split' ? groupOf(model) : innerGroupOf(model);
      const task = group && program.task(file, model.task);
      const owner = model.kind === 'split' ? `The split \`${model.name}\`` : `Folds of \`${model.name}\``;
      return task ? problem(owner, model.kind, group, task) : [];
    }),
} satisfies Rule;
