/** Labels that overlap across the edges of folds by time, which nothing but a gap keeps apart. */
import type { Program } from '../../model/program.ts';
import { durationLiteral, durationWords } from '../../text/duration.ts';
import type { Rule } from '../rule.ts';
import { type FoldEdge, foldEdges } from './foldEdges.ts';
import { gapFixes } from './gap-shorter-than-horizon.ts';
import { peersOf } from './peer-labels-across-split.ts';
import { labelReach } from './splitBounds.ts';

/** Where features read what others' labels are made of, that is the nearer description. */
const edges = (program: Program, file: string): FoldEdge[] => foldEdges(program, file).filter(edge => peersOf(program, file, edge).length === 0);

export default {
  name: 'overlapping-samples',
  code: 'CUP3016',
  group: 'leakage',
  severity: 'error',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'What decides a training label then happens among the rows that are held out, so choices on them are made with the answers at hand.',
  check: (program, file) =>
    edges(program, file).map(({ split, task, place, isDeclaredHere, uses }) => {
      const reach = labelReach(task);
      const hasGap = isDeclaredHere && split.method.kind === 'time' && split.method.gapPlace !== null;
      return {
        rule: 'overlapping-samples',
        place,
        message: `Labels of \`${task.name}\` are decided up to ${durationWords(reach)} after their cutoff, and folds of \`${split.name}\` leave no gap of that length.`,
        label: hasGap ? `the label needs ${durationWords(reach)}` : 'no gap between what folds learn from and hold out',
        help: `gap: ${durationLiteral(reach)}`,
        related: [
          ...uses,
          ...(task.cutoffs.kind === 'none' ? [] : [{ place: task.cutoffs.place, message: 'the cutoffs' }]),
          ...(task.label ? [{ place: task.label.place, message: `\`${task.label.name}\` is known ${durationWords(reach)} after its cutoff` }] : []),
        ],
        fixes: [],
      };
    }),
  fixes: (program, { place }, textOf) => gapFixes(program, place, textOf),
} satisfies Rule;
