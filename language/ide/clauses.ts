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
  /** Of the item up to the cursor. */
  readonly after: RegExp;
  readonly words?: readonly string[];
  readonly names?: readonly Wanted[];
}

const name = '(?:`[^`]*`|[\\p{L}_][\\p{L}\\p{N}_]*)';
const after = (pattern: string): RegExp => new RegExp(`${pattern.replaceAll('NAME', name)}$`, 'su');

/** Clauses of the text before any brace. */
export const headers: Readonly<Partial<Record<Declaration['kind'], readonly Clause[]>>> = {
  import: [{ after: after('\\}\\s*'), words: ['from'] }],
  param: [{ after: after(':\\s*'), names: ['types'] }],
  def: [{ after: after('=.*'), names: ['expression', 'tables'] }],
  source: [
    { after: after('=\\s*'), names: ['connectors'] },
    { after: after('\\)\\s*'), words: ['until'] },
  ],
  check: [{ after: after('check\\s+'), names: ['tables'] }],
  split: [
    { after: after('split\\s+'), names: ['tasks'] },
    { after: after('\\bfor\\s+'), names: ['tasks'] },
    { after: after('\\bat\\s+'), words: ['random'] },
    { after: after('\\bby\\s+'), words: ['time', 'group'] },
    { after: after('for\\s+NAME\\s+'), words: ['at', 'by'] },
    { after: after('split\\s+NAME\\s+'), words: ['at', 'by', 'for'] },
  ],
  features: [
    { after: after('\\bfor\\s+'), names: ['tasks'] },
    { after: after('features\\s+NAME\\s+'), words: ['for'] },
  ],
  model: [
    { after: after('=\\s*'), words: ['best', 'stacking', 'blend'], names: ['algorithms'] },
    { after: after('\\bbest\\s+'), words: ['of'] },
    { after: after('\\bby\\s+'), names: ['metrics'] },
    { after: after('\\bon\\s+'), names: ['partitions'] },
    { after: after('\\bby\\s+NAME\\s+'), words: ['on'] },
    { after: after('\\bof\\s+(?:NAME\\s*,\\s*)*'), names: ['models'] },
    { after: after('\\bof\\s+NAME(?:\\s*,\\s*NAME)*\\s+'), words: ['by'] },
  ],
  evaluate: [
    { after: after('evaluate\\s+'), names: ['models'] },
    { after: after('evaluate\\s+NAME\\s+'), words: ['on'] },
    { after: after('\\bon\\s+'), names: ['partitions'] },
    { after: after('\\bwhere\\s+.*'), words: ['as'], names: ['expression', 'columns'] },
    { after: after('\\bon\\s+NAME(?:\\.NAME)?\\s+'), words: ['where', 'as'] },
  ],
};

/** Clauses of a step, behind its `|`. */
export const stepClauses: readonly Clause[] = [
  { after: after('^\\s*'), names: ['steps'] },
  { after: after('^(?:left|inner)\\s+'), words: ['join'] },
  { after: after('^(?:(?:left|inner)\\s+)?join\\s+'), names: ['tables'] },
  { after: after('^(?:(?:left|inner)\\s+)?join\\s+NAME\\s+'), words: ['on'] },
  { after: after('\\bas\\s+of\\s+'), names: ['columns'] },
  { after: after('join.*\\bas\\s+'), words: ['of'] },
  { after: after('join.*\\bon\\s+NAME.*\\s+'), words: ['as', 'and'], names: ['columns'] },
  { after: after('join.*\\bon\\s+'), names: ['columns'] },
  { after: after('^union\\s+'), names: ['tables'] },
  { after: after('^(?:group|dedupe|sort|history)\\s+'), words: ['by'] },
  { after: after('^dedupe\\s.*\\bkeep\\s+'), words: ['latest', 'earliest'] },
  { after: after('^dedupe\\s.*\\bkeep\\s+\\S+\\s+'), names: ['columns'] },
  { after: after('^dedupe\\s+by\\s+NAME.*\\s+'), words: ['keep'], names: ['columns'] },
  { after: after('^sort\\s+by\\s+.*NAME\\s+'), words: ['desc', 'asc'] },
  { after: after('^(?:history\\s+by|known)\\s+NAME.*\\s+'), words: ['at'], names: ['columns'] },
  { after: after('^time\\s+NAME\\s+'), words: ['known'] },
  { after: after('^sample\\s+\\S+\\s+'), words: ['seed'] },
  { after: after('^rename\\s.*NAME\\s+'), words: ['as'], names: ['columns'] },
  { after: after('^derive\\s.*'), words: ['lag', 'lead', 'rank'], names: ['expression', 'columns'] },
  { after: after('^where\\s.*'), names: ['expression', 'columns'] },
  { after: after('^\\S+\\s.*'), names: ['columns'] },
];

/** Clauses of an item in the block of a task. */
export const taskClauses: readonly Clause[] = [
  { after: after('^each\\s+NAME\\s+'), words: ['in'] },
  { after: after('^each\\s+NAME\\s+in\\s+'), names: ['tables'] },
  { after: after('^each\\s+NAME\\s+in\\s+NAME\\s+'), words: ['where'] },
  { after: after('^each\\s.*\\bwhere\\s+.*'), names: ['expression', 'columns'] },
  { after: after('^at\\s+'), words: ['every'], names: ['columns'] },
  { after: after('^at\\s+every\\s+'), names: ['periods'] },
  { after: after('^at\\s+every\\s+\\S+\\s+'), words: ['from'] },
  { after: after('^at\\s+every\\s+\\S+\\s+from\\s+\\S+\\s+'), words: ['to'] },
  { after: after('^label\\s+NAME\\s*=.*'), names: ['expression', 'columns', 'tables'] },
  { after: after('^label\\s+'), names: ['columns'] },
];

/** Clauses of a column. */
export const columnClauses: readonly Clause[] = [
  { after: after(':\\s*'), names: ['types'] },
  { after: after('\\bref\\s+'), names: ['tables'] },
  { after: after(':\\s*\\S+.*\\s+'), names: ['constraints'] },
];

/** Clauses of a window, inside the call of an aggregate. */
export const windowClauses: readonly Clause[] = [
  { after: after('\\bof\\s+'), names: ['tables'] },
  { after: after('\\bvia\\s+'), names: ['columns'] },
  { after: after('\\bwhere\\s+.*'), names: ['expression', 'columns'] },
  { after: after('\\b(?:last|next)\\s+\\S+\\s+'), words: ['lag', 'where'] },
  { after: after('\\S\\s+'), words: ['of', 'via', 'last', 'next', 'where'], names: ['expression'] },
];

/** The first clause that fits what stands before the cursor. */
export const clauseAt = (clauses: readonly Clause[], item: string): Clause | null => clauses.find(clause => clause.after.test(item)) ?? null;
