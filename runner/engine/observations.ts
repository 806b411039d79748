/** One SELECT over observations: their own columns, rows reached along refs, and windows, all joined by `#row`. */
import type { PlanPath, PlanWindow } from '../../language/plan/plan.ts';
import { expression, type Scope } from '../sql/expression.ts';
import { cast, column, list, name } from '../sql/write.ts';
import { type DenseWindows, denseWindows, type HeldColumn } from './denseWindows.ts';
import type { EntityOrder } from './entityOrder.ts';
import { columnsOf, type Session, typeOf } from './session.ts';
import type { Observations } from './spells.ts';
import { type ObservedColumns, overNone, windowSelects } from './windows.ts';

export interface ObservationParts {
  /** SQL of a table or SELECT in brackets with `#row`, `#cutoff` and the entity's columns. */
  readonly table: string;
  readonly isTimeless: boolean;
  /** All cutoffs, where they are the same for every entity. */
  readonly grid: readonly number[] | null;
  /** The relation that has a row for each entity: the links of observations are looked for there first. */
  readonly entities?: string;
  /** Where the number of an observation tells its entity and its cutoff. */
  readonly order?: EntityOrder | null;
  readonly paths: readonly PlanPath[];
  readonly windows: readonly PlanWindow[];
  /** What windows give is kept for others who read the same of the same observations, by number: `again` if some are to come. */
  readonly shared?: { readonly observations: string; readonly again: boolean };
}

export interface Observed {
  /** A FROM clause in which the scope's names stand; the observations are `b`. It holds until `dropObserved`. */
  readonly from: string;
  readonly scope: Scope;
}

/** Refs lead only to rows that are known before the cutoff; where there is none, everything reads as null. */
function joinPath(path: PlanPath, isTimeless: boolean): string {
  const ref = column(path.from ?? 'b', path.ref);
  const known = path.known === null || isTimeless ? '' : ` AND ${column(path.id, path.known)} < b."#cutoff"`;
  return `LEFT JOIN ${name(path.relation)} ${name(path.id)} ON ${column(path.id, path.key)} = ${ref}${known}`;
}

/** What is joined to the observations `b`, and the tables that it reads. */
interface Joined {
  readonly joins: string;
  /** What observations get before anything is joined to them. */
  readonly columns: readonly HeldColumn[];
  /** By the id of an aggregate: its value as SQL. */
  readonly values: ReadonlyMap<string, string>;
  readonly tables: readonly string[];
}

/** Tables of what windows give, until the node that reads them is done. */
const made = new WeakMap<Session, string[]>();
/** Those that later nodes read as well. */
const kept = new WeakMap<Session, Map<string, Joined>>();
const numbers = new WeakMap<Session, number>();

function remember(session: Session, table: string): void {
  made.set(session, [...(made.get(session) ?? []), table]);
}

async function keep(session: Session, table: string, sql: string): Promise<void> {
  remember(session, table);
  await session.db.run(`CREATE OR REPLACE TABLE ${table} AS ${sql}`);
}

/** Drops what `observe` made; what it gave must not be read any more. */
export async function dropObserved(session: Session): Promise<void> {
  const tables = made.get(session) ?? [];
  made.delete(session);
  for (const table of tables) await drop(session, table);
}

async function drop(session: Session, table: string): Promise<void> {
  session.db.held.forget(table);
  await session.db.run(`DROP TABLE IF EXISTS ${table}`);
}

/** Drops what was kept of these observations for nodes that did not come. */
export async function dropShared(session: Session, observations: string): Promise<void> {
  for (const [key, { tables }] of kept.get(session) ?? []) {
    if ((JSON.parse(key) as readonly unknown[])[0] !== observations) continue;
    kept.get(session)?.delete(key);
    for (const table of tables) await drop(session, table);
  }
}

/** Of so many tables of windows each may be joined to the observations with all their columns. */
const fewTables = 2;

/**
 * Each window becomes a table of its own before the next is begun: this bounds the memory, and the engine knows the sizes of what it
 * joins. Of several windows, only what they read of observations goes through their joins.
 */
async function windowJoins(
  session: Session,
  all: readonly PlanWindow[],
  parts: Pick<Observations, 'from' | 'scope' | 'isTimeless' | 'grid'> & Pick<ObservationParts, 'entities' | 'order'>,
): Promise<Joined> {
  const number = (numbers.get(session) ?? 0) + 1;
  numbers.set(session, number);
  const before = made.get(session)?.length ?? 0;
  const table = (what: string): string => name(`~${what} ${number}`);
  const tables = (): readonly string[] => made.get(session)?.slice(before) ?? [];
  const links: string[] = [];
  const coded = new Set<number>();
  const linkSql = ({ link: { entity, row }, relation }: PlanWindow): string =>
    cast(expression(entity, parts.scope), entity.type, typeOf(columnsOf(session, relation), row));
  const place = (window: PlanWindow): number => {
    const link = linkSql(window);
    const found = links.indexOf(link);
    return found < 0 ? links.push(link) - 1 : found;
  };
  const dense = await denseJoins(session, all, parts, {
    table,
    keep: (kept, sql) => keep(session, kept, sql),
    owns: named => remember(session, named),
    link: linkSql,
  });
  const windows = all.map(w => ({ ...w, aggregates: w.aggregates.filter(a => !dense.values.has(a.id)) })).filter(w => w.aggregates.length > 0);
  const together = (joins: string, values: readonly (readonly [string, string])[]): Joined => ({
    joins,
    columns: dense.columns,
    values: new Map([...dense.values, ...values]),
    tables: tables(),
  });
  const { selects, homes } = await windowSelects(session, windows, {
    ...parts,
    table: table('observed'),
    link: window => `"~k${place(window)}"`,
    codes(window) {
      coded.add(place(window));
      return table(`codes ${place(window)}`);
    },
  });
  const joined = (to: ObservedColumns): string =>
    selects.map(({ on }, i) => `LEFT JOIN ${table(`window ${i}`)} "~w${i}" ON ${on(`"~w${i}"`, to)}`).join(' ');
  const create = async (): Promise<void> => {
    for (const [i, { sql }] of selects.entries()) await keep(session, table(`window ${i}`), sql);
  };
  if (coded.size === 0 && selects.length <= fewTables) {
    await create();
    const joins = joined({ row: 'b."#row"', cutoff: parts.scope.cutoff ?? 'NULL', link: linkSql });
    return together(
      joins,
      [...homes].map(([id, home]) => [id, column(`~w${home}`, id)]),
    );
  }
  // Written before the observations are: joins may ask for links.
  const joins = joined({ row: 'o."#row"', cutoff: 'o."~cutoff"', link: window => `o."~k${place(window)}"` });
  const own = ['b."#row"', `${parts.scope.cutoff} AS "~cutoff"`, ...links.map((link, i) => `${link} AS "~k${i}"`)];
  await keep(session, table('observed'), `SELECT ${list(own)} FROM ${parts.from}`);
  for (const i of coded) {
    const distinct = `SELECT DISTINCT "~k${i}" AS "~link" FROM ${table('observed')} WHERE "~k${i}" IS NOT NULL`;
    await keep(session, table(`codes ${i}`), `SELECT "~link", row_number() OVER () AS "~code" FROM (${distinct})`);
  }
  await create();
  const items = [...homes].map(([id, home]) => column(`~w${home}`, id));
  const every = `SELECT ${list(['o."#row"', ...items])} FROM ${table('observed')} o ${joins}`;
  return together(
    `LEFT JOIN (${every}) "~w" ON "~w"."#row" = b."#row"`,
    [...homes.keys()].map(id => [id, column('~w', id)]),
  );
}

/** Windows that need no tables of their own. */
async function denseJoins(
  session: Session,
  windows: readonly PlanWindow[],
  { from, scope, grid, entities, order }: Pick<Observations, 'from' | 'scope' | 'grid'> & Pick<ObservationParts, 'entities' | 'order'>,
  own: Parameters<typeof denseWindows>[3] & { readonly link: (window: PlanWindow) => string },
): Promise<DenseWindows> {
  if (grid === null || grid.length === 0 || session.pairsOnly) return { columns: [], values: new Map() };
  const links = (window: PlanWindow): string => {
    const { entity, row } = window.link;
    const isOwn = entities !== undefined && entity.op === 'column' && entity.of === null;
    const link = isOwn ? cast(name(entity.name), entity.type, typeOf(columnsOf(session, window.relation), row)) : own.link(window);
    return `SELECT DISTINCT ${link} AS "~link" FROM ${isOwn ? name(entities) : from} WHERE ${link} IS NOT NULL`;
  };
  const inOrder = (window: PlanWindow): EntityOrder | null => {
    const { entity, row } = window.link;
    const isKey = order && entity.op === 'column' && entity.of === null && entity.name === order.key;
    return isKey && cast('k', entity.type, typeOf(columnsOf(session, window.relation), row)) === 'k' ? order : null;
  };
  return denseWindows(session, windows, { grid, cutoff: scope.cutoff ?? 'NULL', link: own.link, links, inOrder }, own);
}

/** As `windowJoins`, once for all nodes that read the same. */
async function sharedJoins(session: Session, { shared, windows, paths }: ObservationParts, make: () => Promise<Joined>): Promise<Joined> {
  if (!shared) return make();
  const known = kept.get(session) ?? new Map<string, Joined>();
  kept.set(session, known);
  const key = JSON.stringify([shared.observations, paths, windows]);
  const joined = known.get(key) ?? (await make());
  const own = new Set(joined.tables);
  const others = (made.get(session) ?? []).filter(table => !own.has(table));
  // The last who reads them takes them along when it is done.
  made.set(session, shared.again ? others : [...others, ...own]);
  if (shared.again) known.set(key, joined);
  else known.delete(key);
  return joined;
}

/** Each struct of numbers is made once, whatever reads of it. */
function withColumns(from: string, table: string, columns: readonly HeldColumn[]): string {
  const joins = [...new Set(columns.flatMap(c => c.joins))];
  const items = columns.map(c => `${c.sql} AS ${c.name}`);
  return `SELECT ${list(['b.*', ...items])} FROM ${joins.length ? [from, ...joins].join(' ') : `${table} b`}`;
}

export async function observe(session: Session, parts: ObservationParts): Promise<Observed> {
  const { table, isTimeless, grid, paths, windows } = parts;
  const along = paths.map(path => joinPath(path, isTimeless));
  const from = [`${table} b`, ...along].join(' ');
  const own: Scope = { column: (wanted, of) => column(of ?? 'b', wanted), cutoff: 'b."#cutoff"' };
  if (windows.length === 0) return { from, scope: own };
  const observed = { from, scope: own, isTimeless, grid: grid && [...grid].sort((a, b) => a - b) };
  const aggregates = new Map(windows.flatMap(w => w.aggregates).map(a => [a.id, a]));
  const { joins, columns, values } = await sharedJoins(session, parts, () =>
    windowJoins(session, windows, {
      ...observed,
      order: parts.order ?? null,
      ...(parts.entities === undefined ? {} : { entities: parts.entities }),
    }),
  );
  return {
    from: [columns.length === 0 ? `${table} b` : `(${withColumns(from, table, columns)}) b`, ...along, joins].join(' '),
    scope: {
      ...own,
      window(id) {
        const found = aggregates.get(id);
        const value = values.get(id);
        if (!found || value === undefined) throw new Error(`The plan reads window ${id}, which is not there.`);
        return overNone(found, value);
      },
    },
  };
}
