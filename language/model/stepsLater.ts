/** Steps that have no place in a table: transforms and functions written as steps, and `pivot`, `unnest`, `resolve`, which do not run yet. */
import { entryOf, laterWord } from '../catalogue/catalogue.ts';
import { nearest } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { block, blockedFacts, joinFacts, reason, withFit } from './factOps.ts';
import { problem } from './problem.ts';
import type { StepContext, StepOf, StepResult } from './stepContext.ts';
import { neighbourWords } from './stepsSorted.ts';
import type { RelationModel } from './typed.ts';

function reportLater(word: string, place: Place, context: StepContext): void {
  context.env.report(problem('later-form', place, `\`${word}\` does not run yet.`, { help: 'Leave the step out for now.' }));
}

/** What the step makes of the columns is not known, so nothing is said about names from here on. */
export function laterStep(step: StepOf<'later'>, relation: RelationModel, context: StepContext): StepResult {
  reportLater(step.word, context.place(step.keyword), context);
  return { step: { kind: 'later', place: context.place(step.span), word: step.word }, result: { ...relation, open: true } };
}

/** `| standardize`: a step that learns has no place in a table; any other call is no step. */
export function callStep(step: StepOf<'call'>, relation: RelationModel, context: StepContext): StepResult {
  const { call } = step;
  const word = call.kind === 'call' ? call.callee : call.kind === 'name' ? call.name : null;
  const place = context.place(call.span);
  const name = word?.text ?? '';
  const result: StepResult = { step: { kind: 'later', place: context.place(step.span), word: name }, result: relation };
  if (name === '') return result;
  if (entryOf('transform', name) || laterWord('transform', name)) {
    context.env.report(
      problem('fitted-in-table', place, `\`${name}\` learns from rows, and the rows of a table are not split yet.`, {
        help: `Move it into \`features\`, after the value that it changes: \`x |> ${name}\`.`,
      }),
    );
    const message = `\`${name}\` is fitted on all rows of \`${relation.name}\``;
    const learned = withFit(blockedFacts(block('fitted-in-table', 'leaks', context.table, reason(place, message))), 'all-rows');
    return { ...result, result: { ...relation, columns: relation.columns.map(column => ({ ...column, facts: joinFacts(column.facts, learned) })) } };
  }
  if ((neighbourWords as readonly string[]).includes(name)) {
    const help = `Write \`derive previous = ${name}(${name === 'rank' ? '' : 'x, 1'})\`.`;
    context.env.report(problem('unknown-step', place, `\`${name}\` gives a value, so it stands in \`derive\`.`, { help }));
    return result;
  }
  const steps = [
    'where',
    'derive',
    'select',
    'drop',
    'rename',
    'join',
    'union',
    'group by',
    'dedupe by',
    'time',
    'known',
    'sort by',
    'sample',
    'history by',
  ];
  const near = nearest(name, steps);
  context.env.report(
    problem('unknown-step', context.place(word?.span ?? call.span), `There is no table step \`${name}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : `Steps are ${steps.map(s => `\`${s}\``).join(', ')}; a new column is made by \`derive x = …\`.`,
    }),
  );
  return result;
}
