/**
 * Rows chosen among others that were known before them, and cells taken from those: the earliest of a group, the row before. At a cutoff these
 * are of the past; without cutoffs there is none, so that rows of all partitions choose, unless all of a group are of one entity.
 */
import { block, blockedFacts } from './factOps.ts';
import type { Facts, Reason } from './facts.ts';
import type { Among, RelationModel } from './typed.ts';

interface Pair {
  readonly left: string;
  readonly right: string;
}

/** The choices that the relation owes its rows to, and one more. */
export const chosenAmong = ({ among }: RelationModel, by: readonly string[], reason: Reason): readonly Among[] => [...(among ?? []), { by, reason }];

/** Of a table that is joined: its columns are those of the left rows that they are equal to, by pairs of names. */
export const joinedAmong = ({ among }: RelationModel, right: RelationModel, pairs: readonly Pair[]): Pick<RelationModel, 'among'> =>
  right.among ? { among: [...(among ?? []), ...renamed(right.among, name => pairs.find(pair => pair.right === name)?.left ?? null)] } : {};

/** The choices under the names that their columns have afterwards, without those that are gone: `now` gives null for these. */
export const amongAfter = ({ among }: RelationModel, now: (column: string) => string | null): Pick<RelationModel, 'among'> =>
  among ? { among: renamed(among, now) } : {};

const renamed = (among: readonly Among[], now: (column: string) => string | null): readonly Among[] =>
  among.map(choice => ({ ...choice, by: choice.by.flatMap(name => now(name) ?? []) }));

/** With a column that repeats another. */
export const amongCopied = ({ among }: RelationModel, of: string, copy: string): Pick<RelationModel, 'among'> =>
  among ? { among: among.map(choice => (choice.by.includes(of) ? { ...choice, by: [...choice.by, copy] } : choice)) } : {};

/** What a window without a cutoff rests on, whose rows belong to an entity by the column `link`. */
export const amongAll = ({ among, name }: RelationModel, link: string): Facts =>
  blockedFacts(
    ...(among ?? [])
      .filter(({ by }) => !by.includes(link))
      .map(({ reason }) => ({ ...block('latest-version-kept', 'leaks', name, reason), isAmongAll: link })),
  );
