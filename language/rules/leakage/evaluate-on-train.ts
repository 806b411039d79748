/** Scores on the rows that a model was fitted on say how well it remembers, not how well it predicts. */
import type { Rule } from '../rule.ts';

export default {
  name: 'evaluate-on-train',
  code: 'CUP3001',
  group: 'leakage',
  severity: 'error',
  type: 'L1.1',
  verdict: 'leaks',
  why: 'The model has seen the answers of these rows, so its score says how well it remembers and nothing about new cases.',
  check: (program, file) =>
    program
      .evaluations(file)
      .filter(evaluation => evaluation.partition === 'train')
      .map(evaluation => {
        const split = program.split(file, evaluation.split);
        return {
          rule: 'evaluate-on-train',
          place: evaluation.partitionPlace,
          message: `\`${evaluation.model}\` is judged on \`train\`, the rows it is fitted on.`,
          label: 'these rows are the training rows',
          help: `evaluate ${evaluation.model} on test`,
          related: split ? [{ place: split.place, message: `\`${split.name}\` says which rows are \`train\`` }] : [],
          fixes: [{ title: 'Evaluate on test', safe: false, edits: [{ place: evaluation.partitionPlace, text: 'test' }] }],
        };
      }),
} satisfies Rule;
