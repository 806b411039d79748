/** One SELECT over observations: their own columns, rows reached along refs, and windows, all joined by `#row`. */
import type { PlanPath, PlanWindow } from '../../language/plan/plan.ts';
import type { Scope } from '../sql/expression.ts';
import { column, name } from '../sql/write.ts';
import type { Session } from './session.ts';
import type { Observations } from './spells.ts';
import { overNone, windowSelects } from './windows.ts';

export interface ObservationParts {
  /** SQL of a table or SELECT in brackets with `#row`, `#cutoff` and the entity's columns. */
  readonly table: string;
  readonly isTimeless: boolean;
  /** All cutoffs, where they are the same for every entity. */
  readonly grid: readonly number[] | null;
  readonly paths: readonly PlanPath[];
  readonly windows: readonly PlanWindow[];
}

export interface Observed {
  /** A FROM clause in which the scope's names stand; the observations are `b`. */
  readonly from: string;
  readonly scope: Scope;
}

/** Refs lead only to rows that are known before the cutoff; where there is none, everything reads as null. */
function joinPath(path: PlanPath, isTimeless: boolean): string {
  const ref = column(path.from ?? 'b', path.ref);
  const known = path.known === null || isTimeless ? '' : ` AND ${column(path.id, path.known)} < b."#cutoff"`;
  return `LEFT JOIN ${name(path.relation)} ${name(path.id)} ON ${column(path.id, path.key)} = ${ref}${known}`;
}

export async function observe(session: Session, { table, isTimeless, grid, paths, windows }: ObservationParts): Promise<Observed> {
  const from = [`${table} b`, ...paths.map(path => joinPath(path, isTimeless))].join(' ');
  const own: Scope = { column: (wanted, of) => column(of ?? 'b', wanted), cutoff: 'b."#cutoff"' };
  const observations: Observations = { from, scope: own, isTimeless, grid: grid && [...grid].sort((a, b) => a - b) };
  const { selects, homes } = await windowSelects(session, windows, observations);
  const aggregates = new Map(windows.flatMap(w => w.aggregates).map(a => [a.id, a]));
  const joins = selects.map(({ sql, on }, i) => `LEFT JOIN (${sql}) "~w${i}" ON ${on(`"~w${i}"`)}`);
  return {
    from: [from, ...joins].join(' '),
    scope: {
      ...own,
      window(id) {
        const found = aggregates.get(id);
        if (!found) throw new Error(`The plan reads window ${id}, which is not there.`);
        return overNone(found, column(`~w${homes.get(id)}`, id));
      },
    },
  };
}
