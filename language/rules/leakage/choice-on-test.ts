/** Whatever is chosen by its figure on the test rows has been fitted to them: the figure is then no estimate any more. */
import type { Problem } from '../../model/problem.ts';
import type { ModelModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';

const problem = (place: Place, message: string, help: string): Problem => ({
  rule: 'choice-on-test',
  place,
  message,
  label: 'a choice made on the test rows',
  help,
  related: [],
  fixes: [{ title: 'Choose on `validate`', safe: false, edits: [{ place, text: 'validate' }] }],
});

interface Choice {
  readonly on: string;
  readonly place: Place;
  readonly message: string;
  readonly help: string;
}

/** Everything about the model that is decided by figures on a partition, but for its threshold, which has a rule of its own. */
function choices({ name, definition }: ModelModel): readonly Choice[] {
  if (definition.kind === 'best') {
    const message = `\`${name}\` is chosen among its candidates by \`${definition.by}\` on the test rows.`;
    const help = `best of ${definition.candidates.join(', ')} by ${definition.by} on validate`;
    return [{ on: definition.on, place: definition.onPlace, message, help }];
  }
  if (definition.kind === 'ensemble') return [];
  const { earlyStop, training } = definition;
  const { tune } = training;
  return [
    ...(earlyStop
      ? [
          {
            on: earlyStop.on,
            place: earlyStop.place,
            message: `Training of \`${name}\` stops when the figure on the test rows is best.`,
            help: `early_stop: ${earlyStop.rounds} on validate`,
          },
        ]
      : []),
    ...(tune
      ? [
          {
            on: tune.on,
            place: tune.onPlace,
            message: `The settings of \`${name}\` are those with the best \`${tune.metric}\` on the test rows.`,
            help: `by: ${tune.metric} on validate`,
          },
        ]
      : []),
  ];
}

export default {
  name: 'choice-on-test',
  code: 'CUP3003',
  group: 'leakage',
  severity: 'error',
  type: 'L1',
  verdict: 'leaks',
  why: 'The best of several figures on the test rows is partly luck, and the test rows can no longer tell how much.',
  check: (program, file) =>
    program.declarations(file).flatMap(({ model }) => {
      if (model.kind !== 'model') return [];
      return choices(model).flatMap(({ on, place, message, help }) => (on === 'test' ? [problem(place, message, help)] : []));
    }),
} satisfies Rule;
