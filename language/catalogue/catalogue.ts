/** Looks entries up by family and name. Everything that reads the catalogue comes through here. */
import { aggregates } from './aggregates.ts';
import { algorithms } from './algorithms.ts';
import { connectors } from './connectors.ts';
import { driftTests } from './drift.ts';
import type { CatalogueEntry, LaterEntry } from './entry.ts';
import { functions } from './functions.ts';
import { later } from './later.ts';
import { metrics } from './metrics.ts';
import { operators } from './operators.ts';
import { roles } from './roles.ts';
import { transforms } from './transforms.ts';

export type Family = Exclude<CatalogueEntry['family'], 'later'>;
export type EntryOf<F extends CatalogueEntry['family']> = Extract<CatalogueEntry, { family: F }>;

const families: { readonly [F in Family]: readonly EntryOf<F>[] } = {
  operator: operators,
  function: functions,
  aggregate: aggregates,
  transform: transforms,
  algorithm: algorithms,
  metric: metrics,
  connector: connectors,
  drift: driftTests,
  role: roles,
};

const byName = new Map(Object.entries(families).map(([family, entries]) => [family, new Map<string, CatalogueEntry>(entries.map(e => [e.name, e]))]));

const laterByName = new Map(later.map(entry => [`${entry.of} ${entry.name}`, entry]));

/** The entry of that family and name, or null. */
export function entryOf<F extends Family>(family: F, name: string): EntryOf<F> | null {
  return (byName.get(family)?.get(name) as EntryOf<F> | undefined) ?? null;
}

/** Every entry of a family, in the order in which the manual lists them. */
export function entriesOf<F extends Family>(family: F): readonly EntryOf<F>[] {
  return families[family];
}

/** For did-you-mean and completion. */
export function namesOf(family: Family): readonly string[] {
  return families[family].map(entry => entry.name);
}

/** The word, if it is part of the language in that place but does not run yet. */
export function laterWord(of: LaterEntry['of'], name: string): LaterEntry | null {
  return laterByName.get(`${of} ${name}`) ?? null;
}
