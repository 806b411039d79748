/** Patterns mean the same in the engine (RE2) and in the scorer (JavaScript): only the part common to both is accepted. */

/** Constructs that one of the two lacks or reads differently, each with what a user can do about it. */
const differing: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'Write it without look-ahead and look-behind, `(?=…)`, which patterns do not have.'],
  [/\(\?P</, 'Write a named group as `(…)`: a pattern only tests.'],
  [/\(\?[imsUx-]+[:)]/, 'Write it without flags: `lower(x) matches "…"`, or `[Aa]`.'],
  [/\\[1-9]|\\k</, 'Write out what is to be repeated: patterns cannot refer to earlier groups.'],
  [/\\[AzZCQEGpPuc]/, 'Write the characters themselves: not every program reads this escape the same way.'],
  [/\[\[:/, 'Write classes as `[a-z0-9]`, without names such as `[[:alpha:]]`.'],
  [/[*+?}]\+/, 'Leave out the `+` after a repetition.'],
];

/** Repetitions above this do not exist in RE2. */
const mostRepeats = 1000;

/** Why the pattern cannot be used, or null. */
export function patternProblem(pattern: string): string | null {
  const plain = pattern.replaceAll('\\\\', '');
  for (const [construct, advice] of differing) if (construct.test(plain)) return advice;
  for (const [, low, high] of plain.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(low) > mostRepeats || Number(high || 0) > mostRepeats)
      return `Let a part repeat ${mostRepeats.toLocaleString('en-US')} times at most.`;
  }
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch {
    return 'Close every bracket, and put a backslash before a sign that stands for itself.';
  }
}
