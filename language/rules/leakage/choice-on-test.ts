/** Whatever is chosen by its figure on the test rows has been fitted to them: the figure is then no estimate any more. */
import type { Problem } from '../../model/problem.ts';
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
      const { name, definition } = model;
      if (definition.kind === 'best')
        return definition.on === 'test'
          ? [
              problem(
                definition.onPlace,
                `\`${name}\` is chosen among its candidates by \`${definition.by}\` on the test rows.`,
                `best of ${definition.candidates.join(', ')} by ${definition.by} on validate`,
              ),
            ]
          : [];
      return definition.earlyStop?.on === 'test'
        ? [
            problem(
              definition.earlyStop.place,
              `Training of \`${name}\` stops when the figure on the test rows is best.`,
              `early_stop: ${definition.earlyStop.rounds} on validate`,
            ),
          ]
        : [];
    }),
} satisfies Rule;
