/** Means of the label taken by hand over all rows, the observation's own and those of the test partition among them. */
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { everyPart } from '../walk.ts';
import { isDerived, labelReads, sharedWith } from './label-derived-feature.ts';
import { dropFeature, features, traceTo } from './reads.ts';

export default {
  name: 'target-encode-in-sample',
  code: 'CUP3030',
  group: 'leakage',
  severity: 'error',
  type: 'L2',
  verdict: 'leaks',
  why: "A row's own answer is in its feature, the more of it the smaller the group, and the answers of test rows are in the training rows.",
  check: (program, file) =>
    features(program, file, isDerived).flatMap(read => {
      const { feature, task } = read;
      const [fault] = labelReads(read).inSample;
      if (!fault) return [];
      const shared = sharedWith(fault, read);
      const label = task.label?.name ?? task.name;
      const linked = read.windows.find(({ aggregate }) => everyPart(aggregate).includes(fault))?.window.link.entity;
      const by = linked?.kind === 'column' ? writtenName(linked.name) : null;
      return [
        {
          rule: 'target-encode-in-sample',
          place: fault.place,
          message: `\`${feature.name}\` aggregates what the label \`${label}\` is computed from, the observation's own row included.`,
          label: 'its own answer is among these',
          help: `Encode the category by its label out of fold${by ? `: \`${by} |> target_encode(folds: 5)\`` : ', with `target_encode`'}.`,
          related: [
            ...(task.label ? [{ place: task.label.place, message: `the label of \`${task.name}\`` }] : []),
            ...(shared ? traceTo(shared.reason, fault.place) : []),
          ],
          fixes: [dropFeature(feature)],
        },
      ];
    }),
} satisfies Rule;
