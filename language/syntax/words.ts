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

export interface ForeignStatement {
  readonly message: string;
  readonly help: string;
  /** Whether it ends with its line. */
  readonly isLine: boolean;
}

/** Statements of other languages, by the text at the start of their line. */
const foreignStatements: readonly { readonly begins: RegExp; readonly said: (text: string) => ForeignStatement }[] = [
  {
    begins: /(?:select|SELECT|Select)\s+(?:\*|distinct\b|DISTINCT\b|[\w.`"()*]+\s*(?:,|from\b|FROM\b|as\b|AS\b))/y,
    said: text => ({ message: 'A query begins no declaration', help: queryHelp(text), isLine: false }),
  },
  { begins: /from\s+[\w.]+\s+import\b|import\s+[\w.]+[ \t]*(?:as\s+\w+[ \t]*)?(?:$|[\r\n,;#])/y, said: () => library },
  {
    begins: /from\s+["']/y,
    said: () => ({ message: 'The names stand before their file', help: 'Write `import { orders } from "./shop.cupel"`.', isLine: true }),
  },
];

const library: ForeignStatement = {
  message: 'A program uses no libraries',
  help: 'Data are read with `source orders = csv("orders.csv") { … }`, and names of another program with `import { orders } from "./shop.cupel"`.',
  isLine: true,
};

/** How the table of a query is written here, made of the table that the query reads. */
export function queryHelp(query: string, name = 'picked'): string {
  const table = /\bfrom\s+([A-Za-z_]\w*)/i.exec(query)?.[1] ?? 'orders';
  return `A table is written as steps: \`table ${name} = ${table} | where x > 1 | select a, b\`.`;
}

/** The statement of another language that begins at `start`; null when none does. */
export function foreignStatement(text: string, start: number): ForeignStatement | null {
  for (const { begins, said } of foreignStatements) {
    begins.lastIndex = start;
    if (begins.test(text)) return said(text.slice(start));
  }
  return null;
}

/** The declaration that a first word was meant to begin, or null. */
export function meantDeclaration(word: string): string | null {
  return (Object.hasOwn(foreignWords, word) ? foreignWords[word] : undefined) ?? nearest(word, declarationWords);
}
