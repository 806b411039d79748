/** Values by which rows meet: what they tell beside who is meant, and what was reached by those that say so. */
import { betweenKeys, cellKey } from './factOps.ts';
import type { Facts, Lineage } from './facts.ts';
import type { Type } from './types.ts';

/**
 * What is told of a value by the rows that meet by it: nothing of cells that say who is meant, where the value still does, and all else that
 * went into it, such as the condition of `if left then customer else null`.
 */
export function toldByMeeting({ identity, lineage }: Facts, { kind }: Type): readonly Lineage[] {
  const saysWho = kind === 'key' || kind === 'ref' || identity === 'entity' || identity === 'group';
  return saysWho && lineage.some(({ isWho }) => isWho) ? lineage.filter(({ isWho }) => !isWho) : lineage;
}

/** The cells with those of the value that say who is meant, which led to them. */
export function ledBy(cells: readonly Lineage[], { lineage }: Facts): readonly Lineage[] {
  const keys = lineage.flatMap(read => (read.isWho ? [cellKey(read)] : []).concat(read.ledBy ?? []));
  return keys.length === 0 ? cells : cells.map(cell => ({ ...cell, ledBy: [...new Set(keys.concat(cell.ledBy ?? []))].join(betweenKeys) }));
}
