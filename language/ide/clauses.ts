/** The words that join the parts of a declaration, by what stands before the cursor: what completion offers beside names and settings. */
import type { Declaration } from '../syntax/ast.ts';

/** What completes a place beside words: names of a kind. */
export type Wanted =
  | 'tables'
  | 'tasks'
  | 'feature sets'
  | 'models'
  | 'columns'
  | 'expression'
  | 'transforms'
  | 'types'
  | 'connectors'
  | 'algorithms'
  | 'metrics'
  | 'partitions'
  | 'steps'
  | 'constraints'
  | 'periods';

export interface Clause {
  /** The end of the item up to the cursor, as a pattern in which `NAME` stands for any name. */
  readonly after: string;
  readonly words?: readonly string[];
  readonly names?: readonly Wanted[];
}

const name = '(?:`[^`]*`|[\\p{L}_][\\p{L}\\p{N}_]*)';
const patterns = new Map<string, RegExp>();

/** Made when it is first asked for: most that load this never complete anything. */
function endsWith(text: string, pattern: string): boolean {
  let made = patterns.get(pattern);
  if (!made) patterns.set(pattern, (made = new RegExp(`${pattern.replaceAll('NAME', name)}$`, 'su')));
  return made.test(text);
}

/** Clauses of the text before any brace. */
export const headers: Readonly<Partial<Record<Declaration['kind'], readonly Clause[]>>> = {
  import: [{ after: '\\}\\s*', words: ['from'] }],
  param: [{ after: ':\\s*', names: ['types'] }],
  def: [{ after: '=.*', names: ['expression', 'tables'] }],
  source: [
    { after: '=\\s*', names: ['connectors'] },
    { after: '\\)\\s*', words: ['until'] },
  ],
  check: [{ after: 'check\\s+', names: ['tables'] }],
  split: [
    { after: 'split\\s+', names: ['tasks'] },
    { after: '\\bfor\\s+', names: ['tasks'] },
    { after: '\\bat\\s+', words: ['random'] },
    { after: '\\bby\\s+', words: ['time', 'group'] },
    { after: 'for\\s+NAME\\s+', words: ['at', 'by'] },
    { after: 'split\\s+NAME\\s+', words: ['at', 'by', 'for'] },
  ],
  features: [
    { after: '\\bfor\\s+', names: ['tasks'] },
    { after: 'features\\s+NAME\\s+', words: ['for'] },
  ],
  model: [
    { after: '=\\s*', words: ['best', 'stacking', 'blend'], names: ['algorithms'] },
    { after: '\\bbest\\s+', words: ['of'] },
    { after: '\\bby\\s+', names: ['metrics'] },
    { after: '\\bon\\s+', names: ['partitions'] },
    { after: '\\bby\\s+NAME\\s+', words: ['on'] },
    { after: '\\bof\\s+(?:NAME\\s*,\\s*)*', names: ['models'] },
    { after: '\\bof\\s+NAME(?:\\s*,\\s*NAME)*\\s+', words: ['by'] },
  ],
  evaluate: [
    { after: 'evaluate\\s+', names: ['models'] },
    { after: 'evaluate\\s+NAME\\s+', words: ['on'] },
    { after: '\\bon\\s+', names: ['partitions'] },
    { after: '\\bwhere\\s+.*', words: ['as'], names: ['expression', 'columns'] },
    { after: '\\bon\\s+NAME(?:\\.NAME)?\\s+', words: ['where', 'as'] },
  ],
};

/** Clauses of a step, behind its `|`. */
export const stepClauses: readonly Clause[] = [
  { after: '^\\s*', names: ['steps'] },
  { after: '^(?:left|inner)\\s+', words: ['join'] },
  { after: '^(?:(?:left|inner)\\s+)?join\\s+', names: ['tables'] },
  { after: '^(?:(?:left|inner)\\s+)?join\\s+NAME\\s+', words: ['on'] },
  { after: '\\bas\\s+of\\s+', names: ['columns'] },
  { after: 'join.*\\bas\\s+', words: ['of'] },
  { after: 'join.*\\bon\\s+NAME.*\\s+', words: ['as', 'and'], names: ['columns'] },
  { after: 'join.*\\bon\\s+', names: ['columns'] },
  { after: '^union\\s+', names: ['tables'] },
  { after: '^(?:group|dedupe|sort|history)\\s+', words: ['by'] },
  { after: '^dedupe\\s.*\\bkeep\\s+', words: ['latest', 'earliest'] },
  { after: '^dedupe\\s.*\\bkeep\\s+\\S+\\s+', names: ['columns'] },
  { after: '^dedupe\\s+by\\s+NAME.*\\s+', words: ['keep'], names: ['columns'] },
  { after: '^sort\\s+by\\s+.*NAME\\s+', words: ['desc', 'asc'] },
  { after: '^(?:history\\s+by|known)\\s+NAME.*\\s+', words: ['at'], names: ['columns'] },
  { after: '^time\\s+NAME\\s+', words: ['known'] },
  { after: '^sample\\s+\\S+\\s+', words: ['seed'] },
  { after: '^rename\\s.*NAME\\s+', words: ['as'], names: ['columns'] },
  { after: '^derive\\s.*', words: ['lag', 'lead', 'rank'], names: ['expression', 'columns'] },
  { after: '^where\\s.*', names: ['expression', 'columns'] },
  { after: '^\\S+\\s.*', names: ['columns'] },
];

/** Clauses of an item in the block of a task. */
export const taskClauses: readonly Clause[] = [
  { after: '^each\\s+NAME\\s+', words: ['in'] },
  { after: '^each\\s+NAME\\s+in\\s+', names: ['tables'] },
  { after: '^each\\s+NAME\\s+in\\s+NAME\\s+', words: ['where'] },
  { after: '^each\\s.*\\bwhere\\s+.*', names: ['expression', 'columns'] },
  { after: '^at\\s+', words: ['every'], names: ['columns'] },
  { after: '^at\\s+every\\s+', names: ['periods'] },
  { after: '^at\\s+every\\s+\\S+\\s+', words: ['from'] },
  { after: '^at\\s+every\\s+\\S+\\s+from\\s+\\S+\\s+', words: ['to'] },
  { after: '^label\\s+NAME\\s*=.*', names: ['expression', 'columns', 'tables'] },
  { after: '^label\\s+', names: ['columns'] },
];

/** Clauses of a column. */
export const columnClauses: readonly Clause[] = [
  { after: ':\\s*', names: ['types'] },
  { after: '\\bref\\s+', names: ['tables'] },
  { after: ':\\s*\\S+.*\\s+', names: ['constraints'] },
];

/** Clauses of a window, inside the call of an aggregate. */
export const windowClauses: readonly Clause[] = [
  { after: '\\bof\\s+', names: ['tables'] },
  { after: '\\bvia\\s+', names: ['columns'] },
  { after: '\\bwhere\\s+.*', names: ['expression', 'columns'] },
  { after: '\\b(?:last|next)\\s+\\S+\\s+', words: ['lag', 'where'] },
  { after: '\\S\\s+', words: ['of', 'via', 'last', 'next', 'where'], names: ['expression'] },
];

/** The first clause that fits what stands before the cursor. */
export const clauseAt = (clauses: readonly Clause[], item: string): Clause | null => clauses.find(({ after }) => endsWith(item, after)) ?? null;
