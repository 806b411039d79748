/** Whatever is chosen by its figure on the test rows has been fitted to them: the figure is then no estimate any more. */
import type { Problem } from '../../model/problem.ts';
import type { Place } from '../../text/place.ts';
import { type Choice, choicesIn } from '../choice.ts';
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

/** Null: of a threshold a rule of its own tells, and what is learned from scores out of fold chooses nothing. */
function told(choice: Choice): Problem | null {
  const { of, place } = choice;
  switch (choice.what) {
    case 'model':
      return problem(
        place,
        `\`${of}\` is chosen among its candidates by \`${choice.by}\` on the test rows.`,
        `best of ${choice.candidates.join(', ')} by ${choice.by} on validate`,
      );
    case 'settings':
      return problem(place, `The settings of \`${of}\` are those with the best \`${choice.by}\` on the test rows.`, `by: ${choice.by} on validate`);
    case 'rounds':
      return problem(place, `Training of \`${of}\` stops when the figure on the test rows is best.`, `early_stop: ${choice.rounds} on validate`);
    case 'threshold':
    case 'calibration':
    case 'stack':
      return null;
  }
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
    program
      .declarations(file)
      .flatMap(({ model }) => (model.kind === 'model' ? choicesIn(model) : []))
      .flatMap(choice => (choice.on === 'test' ? (told(choice) ?? []) : [])),
} satisfies Rule;
