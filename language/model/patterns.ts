/** Patterns mean the same in the engine (RE2) and in the scorer (JavaScript): only the part common to both is accepted. */

/** Constructs that one of the two lacks or reads differently, each with what a user can do about it. */
const differing: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'Look-ahead and look-behind `(?=…)` do not exist in the engine.'],
  [/\(\?P</, 'Write a named group as `(…)`: patterns only test.'],
  [/\(\?[imsUx-]+[:)]/, 'Flags inside the pattern do not exist in the scorer; use `lower(x)` or `[Aa]`.'],
  [/\\[1-9]|\\k</, 'References to earlier groups do not exist in the engine.'],
  [/\\[AzZCQEGpPuc]/, 'This escape is read differently by engine and scorer; write the characters themselves.'],
  [/\[\[:/, 'Write classes as `[a-z0-9]`: `[[:alpha:]]` is not read by the scorer.'],
  [/[*+?}]\+/, 'Possessive repetition does not exist in the engine.'],
];

/** Repetitions above this do not exist in RE2. */
const mostRepeats = 1000;

/** Why the pattern cannot be used, or null. */
export function patternProblem(pattern: string): string | null {
  const plain = pattern.replaceAll('\\\\', '');
  for (const [construct, advice] of differing) if (construct.test(plain)) return advice;
  for (const [, low, high] of plain.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(low) > mostRepeats || Number(high || 0) > mostRepeats) return `A part can repeat ${mostRepeats} times at most.`;
  }
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch {
    return 'Close every bracket, and put a backslash before a sign that stands for itself.';
  }
}
