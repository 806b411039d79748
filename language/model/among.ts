/**
 * Rows chosen among others that were known before them, and cells taken from those: the earliest of a group, the row before. At a cutoff these
 * are of the past; without cutoffs there is none, so that rows of all partitions choose, unless all of a group are of one entity.
 */
import { block, blockedFacts } from './factOps.ts';
import type { Facts, Reason } from './facts.ts';
import type { Among, RelationModel } from './typed.ts';

/** The choices that the relation owes its rows to, and one more. */
export const chosenAmong = ({ among }: RelationModel, by: readonly string[], reason: Reason): readonly Among[] => [...(among ?? []), { by, reason }];

/** Of a table that is joined: whom its rows belong to is not known of the rows that they are joined to. */
export const joinedAmong = ({ among }: RelationModel, right: RelationModel): Pick<RelationModel, 'among'> =>
  right.among ? { among: [...(among ?? []), ...right.among.map(choice => ({ ...choice, by: [] }))] } : {};

/** The choices under the names that their columns have afterwards; null where one is gone. */
export const amongAfter = ({ among }: RelationModel, now: (column: string) => string | null): Pick<RelationModel, 'among'> =>
  among ? { among: among.map(choice => ({ ...choice, by: choice.by.flatMap(name => now(name) ?? []) })) } : {};

/** What a window without a cutoff rests on, whose rows belong to an entity by the column `link`. */
export const amongAll = ({ among, name }: RelationModel, link: string): Facts =>
  blockedFacts(
    ...(among ?? [])
      .filter(({ by }) => !by.includes(link))
      .map(({ reason }) => ({ ...block('latest-version-kept', 'leaks', name, reason), isAmongAll: true as const })),
  );
