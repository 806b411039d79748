/** What of a split's data is changed in turn, given what the split made of them, and what must stay the same then. */
import { outerOf, type SplitNode } from '../../language/plan/plan.ts';
import { partitionNames } from '../learn/matrix.ts';
import type { Change, How } from './changes.ts';
import { both, isIn, type Observed, upTo, type Wanted } from './compare.ts';

/** docs/leakage.md states them. */
export type Property = 'T1' | 'T2' | 'T3' | 'T4';

export interface Wish {
  readonly property: Property;
  readonly change: Change;
  readonly changed: string;
  readonly how: How;
  readonly split: SplitNode;
  readonly wanted: Wanted;
  /** Fits, searches and choices are compared too; else row-level columns alone. */
  readonly learns: boolean;
}

const day = (micros: number): string =>
  new Date(micros / 1000)
    .toISOString()
    .replace('T00:00:00.000Z', '')
    .replace(/:00\.000Z$/, 'Z');

/** What each split allows to be tried, given what it made of the data. */
export function wishesOf(split: SplitNode, { matrix }: Pick<Observed, 'matrix'>, seed: number): Wish[] {
  const cutoffs = matrix.cutoff;
  const ofTest: Wish[] = (['rows', 'labels'] as const).map(what => ({
    property: what === 'rows' ? 'T1' : 'T4',
    change: { of: 'test', split: split.id, what, seed },
    changed: `${what === 'rows' ? 'cells' : 'labels'} of the test rows of \`${split.name}\``,
    how: 'swapped',
    split,
    wanted: what === 'rows' ? isIn('train', 'validate') : () => true,
    learns: true,
  }));
  const method = outerOf(split);
  if (cutoffs === null || method.kind !== 'time') return ofTest;
  const within = (name: (typeof partitionNames)[number]): number[] => {
    const code = partitionNames.indexOf(name);
    return Array.from(cutoffs, Number)
      .filter((_, row) => matrix.partition[row] === code)
      .sort((a, b) => a - b);
  };
  const start = method.test[0] ?? within('test')[0];
  const train = within('train');
  const middle = train[Math.floor(train.length / 2)];
  const late = (property: Property, since: number, how: How, learns: boolean): Wish => ({
    property,
    change: { of: 'late', since, how, seed },
    changed: `cells known after ${day(since)}`,
    how,
    split,
    wanted: learns ? both(isIn('train', 'validate'), upTo(since)) : upTo(since),
    learns,
  });
  const starts = start === undefined ? [] : (['swapped', 'emptied', 'removed'] as const).map(how => late('T2', start, how, true));
  const middles = middle === undefined ? [] : (['swapped', 'removed'] as const).map(how => late('T3', middle, how, false));
  return [...starts, ...middles, ...ofTest];
}
