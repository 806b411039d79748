/** `sample`: a share of the rows is drawn by each row's own hash, a number of rows from all of them. */
import { apartAmong, withAmong } from './among.ts';
import { toldApart } from './apart.ts';
import { block, blockedFacts, joinFacts, reason, withFit } from './factOps.ts';
import { constantOf } from './literals.ts';
import { problem } from './problem.ts';
import type { StepContext, StepOf, StepResult } from './stepContext.ts';
import type { RelationModel } from './typed.ts';

function seedOf(step: StepOf<'sample'>, context: StepContext): number {
  if (!step.seed || step.seed.kind === 'missing') return 0;
  const constant = constantOf(step.seed);
  if (constant?.kind === 'number' && Number.isSafeInteger(constant.value)) return constant.value;
  context.env.report(problem('setting-out-of-range', context.place(step.seed.span), '`seed` is a whole number.', { help: 'Write it as `seed 42`.' }));
  return 0;
}

export function sampleStep(step: StepOf<'sample'>, relation: RelationModel, context: StepContext): StepResult {
  const { amount } = step;
  const model = { kind: 'sample', place: context.place(step.span), share: null, rows: null, seed: seedOf(step, context) } as const;
  if (amount.kind === 'missing') return { step: model, result: relation };
  const value = amount.kind === 'percent' || amount.kind === 'number' ? amount.value : null;
  const isCount = amount.kind === 'number' && amount.isInteger && amount.value >= 1;
  if (value === null || value <= 0 || (amount.kind === 'percent' && value > 1) || (amount.kind === 'number' && !isCount)) {
    context.env.report(
      problem('setting-out-of-range', context.place(amount.span), '`sample` takes a share up to 100%, or a number of rows from 1 on.', {
        help: 'Write `sample 10% seed 1`; a share stays the same when rows are added.',
      }),
    );
    return { step: model, result: relation };
  }
  const at = context.place(step.keyword);
  const exists = joinFacts(relation.exists, toldApart(relation, at, `rows of \`${context.table}\` are drawn by all that is left of them`));
  if (amount.kind === 'percent') return { step: { ...model, share: value }, result: withAmong({ ...relation, exists }, apartAmong(relation)) };
  const why = reason(at, `which rows of \`${relation.name}\` are drawn rests on how many there are`);
  const choice = withFit(blockedFacts(block('latest-version-kept', 'leaks', context.table, why)), 'all-rows');
  return { step: { ...model, rows: value }, result: { ...relation, exists: joinFacts(exists, choice) } };
}
