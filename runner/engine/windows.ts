/** Windowed aggregates for all observations at once: each takes the quickest of the ways that give it exactly. */
import type { PlanAggregate, PlanWindow } from '../../language/plan/plan.ts';
import { isShared, slicedWindows } from './gridWindows.ts';
import { pairedWindow, sharedWindow } from './pairedWindows.ts';
import { isRunning, isRunningBest, runningBest, runningWindow } from './runningWindows.ts';
import type { Session } from './session.ts';
import type { Observations } from './spells.ts';

export interface WindowSelect {
  /** Gives the aggregates of some windows under their ids; what has no rows may be absent. */
  readonly sql: string;
  /** How it is joined, under the alias that is given, to observations. */
  readonly on: (alias: string, to: ObservedColumns) => string;
}

/** What observations are joined by, as SQL. */
export interface ObservedColumns {
  readonly row: string;
  readonly cutoff: string;
  readonly link: (window: PlanWindow) => string;
}

export interface WindowSelects {
  readonly selects: readonly WindowSelect[];
  /** By id: the select that has it. */
  readonly homes: ReadonlyMap<string, number>;
}

/** What an aggregate is over no rows. */
export function overNone(a: PlanAggregate, sql: string): string {
  switch (a.aggregate) {
    case 'count':
    case 'distinct':
      return `coalesce(${sql}, 0)`;
    case 'any':
      return `coalesce(${sql}, FALSE)`;
    case 'all':
      return `coalesce(${sql}, TRUE)`;
    default:
      return sql;
  }
}

export async function windowSelects(session: Session, windows: readonly PlanWindow[], observations: Observations): Promise<WindowSelects> {
  const { isTimeless, grid } = observations;
  const selects: WindowSelect[] = [];
  const homes = new Map<string, number>();
  const add = (aggregates: readonly PlanAggregate[], sql: string, on: WindowSelect['on']): void => {
    for (const a of aggregates) homes.set(a.id, selects.length);
    selects.push({ sql, on });
  };
  const byRow: WindowSelect['on'] = (alias, { row }) => `${alias}."#row" = ${row}`;
  const byLink =
    (window: PlanWindow): WindowSelect['on'] =>
    (alias, { link, cutoff }) =>
      `${alias}."~link" = ${link(window)}${isTimeless ? '' : ` AND ${alias}."~cutoff" = ${cutoff}`}`;
  if (grid !== null && !session.pairsOnly) {
    for (const { sql, window, aggregates } of await slicedWindows(session, windows, grid)) add(aggregates, sql, byLink(window));
  }
  for (const window of windows) {
    const left = window.aggregates.filter(a => !homes.has(a.id));
    const passes = !isTimeless && !session.pairsOnly;
    const running = left.filter(a => passes && isRunning(window, a));
    const best = left.filter(a => passes && isRunningBest(window, a));
    const others = left.filter(a => !running.includes(a) && !best.includes(a));
    const shared = others.filter(a => (isTimeless || grid !== null) && !session.pairsOnly && isShared(a));
    const paired = others.filter(a => !shared.includes(a));
    if (running.length) add(running, runningWindow(session, window, running, observations), byRow);
    for (const a of best) add([a], runningBest(session, window, a, observations), byRow);
    if (shared.length) add(shared, sharedWindow(session, window, shared, isTimeless ? null : grid), byLink(window));
    if (paired.length) add(paired, await pairedWindow(session, window, paired, observations), byRow);
  }
  return { selects, homes };
}
