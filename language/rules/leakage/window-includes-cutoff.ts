/** A condition on times that lets the very moment in. Found by `rows-known-late`, and while typing where `lag` looks no row back. */
import type { Rule } from '../rule.ts';

export default {
  name: 'window-includes-cutoff',
  code: 'CUP3038',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'The row of that very moment is often the one that is to be predicted, or was written because of it.',
  fixes: (_program, { related }, textOf) => {
    const condition = related.find(({ message }) => message === 'this condition decides which rows stay');
    const text = condition ? textOf(condition.place) : '';
    const operators = [...text.matchAll(/[<>]=/g)];
    const [only] = operators;
    if (!condition || operators.length !== 1 || !only) return [];
    const start = condition.place.span.start + only.index;
    const place = { ...condition.place, span: { start, end: start + 2 } };
    return [{ title: 'Leave the very moment out', safe: false, edits: [{ place, text: only[0].slice(0, 1) }] }];
  },
} satisfies Rule;
