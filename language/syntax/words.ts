/** The words that begin declarations, and the ones people write instead. */
import { nearest } from '../text/nearest.ts';

export const declarationWords = [
  'import',
  'param',
  'def',
  'source',
  'table',
  'check',
  'task',
  'split',
  'features',
  'model',
  'evaluate',
  'test',
  'mine',
  'deploy',
  'monitor',
  'policy',
] as const;

/** Declarations as other languages call them. */
const foreignWords: Readonly<Record<string, string>> = {
  from: 'import',
  use: 'import',
  include: 'import',
  let: 'def',
  const: 'def',
  var: 'def',
  function: 'def',
  fn: 'def',
  dataset: 'source',
  data: 'source',
  input: 'source',
  view: 'table',
  target: 'task',
  predict: 'task',
  feature: 'features',
  train: 'model',
  evaluation: 'evaluate',
  assert: 'check',
};

/** The declaration that a first word was meant to begin, or null. */
export function meantDeclaration(word: string): string | null {
  return (Object.hasOwn(foreignWords, word) ? foreignWords[word] : undefined) ?? nearest(word, declarationWords);
}
