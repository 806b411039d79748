/** Reads of cells, as they are made. */
import type { Lineage } from './facts.ts';

/** How a cell is read. */
type How = Pick<Lineage, 'rows' | 'isWho' | 'ledBy' | 'isAlone' | 'isBefore'>;

/** A read of a cell. Every one has all properties, in one order: there are very many of them, and the engine reads what is built alike far faster. */
export const cellOf = (
  { source, home, column, reason: why }: Pick<Lineage, 'source' | 'home' | 'column' | 'reason'>,
  region: Lineage['region'],
  { rows, isWho, ledBy, isAlone, isBefore }: How,
): Lineage => ({
  source,
  home,
  column,
  region,
  reason: why,
  rows,
  isWho,
  ledBy,
  isAlone,
  isBefore,
  joined: undefined,
  isAlwaysNull: undefined,
  isDrawn: undefined,
});
