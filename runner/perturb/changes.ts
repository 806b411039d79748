/**
 * Changes of data that must not matter, made in the engine's tables right behind the step that filled them: cells that are known only after
 * a moment, or rows of the test partition. Values move between the rows that are changed, so that whatever is declared of a column (its type,
 * range, levels, uniqueness, refs) goes on to hold.
 */
import type { FrameNode, PlanExpr, ScanNode, SplitNode } from '../../language/plan/plan.ts';
import { outerOf } from '../../language/plan/plan.ts';
import type { RelationalNode } from '../engine/relational.ts';
import { release } from '../engine/release.ts';
import { columnsOf, count, nodeOf, type Session, stored } from '../engine/session.ts';
import { instant, list, name } from '../sql/write.ts';

/** `swapped`: values change places. `emptied`: cells that may be null become so. `removed`: the rows go. */
export type How = 'swapped' | 'emptied' | 'removed';

export type Change =
  /** Cells known after `since`, in microseconds since 1970, of every source. */
  | { readonly of: 'late'; readonly since: number; readonly how: How; readonly seed: number }
  /** Own columns of the test rows of the task, with or without their labels. */
  | { readonly of: 'test'; readonly split: string; readonly what: 'rows' | 'labels'; readonly seed: number };

export interface Changed {
  /** Cells with another value, or of rows that are gone. */
  cells: number;
  /** Ids of the steps whose tables were changed. */
  readonly tables: Set<string>;
}

function columnsRead(expr: PlanExpr | null, found: Set<string> = new Set()): Set<string> {
  if (expr === null) return found;
  if (expr.op === 'column') found.add(expr.name);
  if (expr.op === 'call') for (const arg of expr.args) columnsRead(arg, found);
  if (expr.op === 'aggregate') for (const part of [expr.value, expr.where]) columnsRead(part, found);
  return found;
}

interface Part {
  readonly column: string;
  /** SQL: whether this cell is changed. */
  readonly where: string;
  readonly nullable: boolean;
}

/**
 * Rewrites a table: in each part the chosen cells take each other's values in a drawn order, or become null. `place` numbers its rows. A view
 * becomes a table, and what its rows were kept in beside it goes.
 */
async function rewrite(
  session: Session,
  { table, place }: { readonly table: string; readonly place: string },
  parts: readonly Part[],
  how: 'swapped' | 'emptied',
  seed: number,
): Promise<number> {
  const chosen = how === 'emptied' ? parts.filter(part => part.nullable) : parts;
  if (chosen.length === 0) return 0;
  const next = name(`#changed ${table}`);
  const value = ({ column, where }: Part, i: number): string => {
    const own = name(column);
    if (how === 'emptied') return `CASE WHEN ${where} THEN NULL ELSE ${own} END AS ${own}`;
    const drawn = `OVER (PARTITION BY (${where}) ORDER BY hash(${place}, ${seed}, ${i}), ${place})`;
    const other = `CASE WHEN lead(${place}) ${drawn} IS NULL THEN first_value(${own}) ${drawn} ELSE lead(${own}) ${drawn} END`;
    return `CASE WHEN ${where} THEN ${other} ELSE ${own} END AS ${own}`;
  };
  await session.db.run(`CREATE TABLE ${next} AS SELECT * REPLACE (${list(chosen.map(value))}) FROM ${name(table)} ORDER BY ${place}`);
  const differ = chosen.map(({ column }) => `count(*) FILTER (a.${name(column)} IS DISTINCT FROM b.${name(column)})`).join(' + ');
  const before = `(SELECT * FROM ${name(table)} ORDER BY ${place})`;
  const [row] = await session.db.rows(`SELECT ${differ} FROM ${before} a POSITIONAL JOIN ${next} b`);
  if (await isView(session, table)) await release(session, table);
  else await session.db.run(`DROP TABLE ${name(table)}`);
  await session.db.run(`ALTER TABLE ${next} RENAME TO ${name(table)}`);
  return count(row?.[0]);
}

async function isView(session: Session, table: string): Promise<boolean> {
  const [row] = await session.db.rows(`SELECT count(*) FROM duckdb_views() WHERE view_name = ${stored(name(table))}`);
  return count(row?.[0]) > 0;
}

/** Cells of a source that are known only after a moment. Keys and the columns that times are made of stay. */
async function changeLate(session: Session, node: ScanNode, { since, how, seed }: Extract<Change, { of: 'late' }>): Promise<number> {
  const hidden = new Set(node.hidden.map(h => h.name));
  const times = new Set(node.hidden.flatMap(h => [...columnsRead(h.value)]));
  const late = (known: string): string[] => (hidden.has(known) ? [`coalesce(${name(known)} > ${instant(since)}, TRUE)`] : []);
  const ofRow = late('#known');
  if (how === 'removed') {
    if (ofRow.length === 0) return 0;
    // The last known row stays: it says where the data end.
    const gone = `${ofRow[0]} AND "#known" < (SELECT max("#known") FROM ${name(node.id)})`;
    const [row] = await session.db.rows(`SELECT count(*) FROM ${name(node.id)} WHERE ${gone}`);
    await session.db.run(`DELETE FROM ${name(node.id)} WHERE ${gone}`);
    return count(row?.[0]) * node.columns.length;
  }
  const parts = node.columns.flatMap(({ name: column, nullable }): Part[] => {
    if (column === node.key || times.has(column)) return [];
    const where = [...ofRow, ...late(`${column}#known`)];
    return where.length === 0 ? [] : [{ column, where: where.join(' OR '), nullable }];
  });
  return rewrite(session, { table: node.id, place: 'rowid' }, parts, how, seed);
}

/** Own columns of test observations, behind the split: what divides the rows, and tells them apart, stays. */
async function changeTest(session: Session, split: SplitNode, { what, seed }: Extract<Change, { of: 'test' }>): Promise<number> {
  const frame: FrameNode = nodeOf(session, split.frame, 'frame');
  const method = outerOf(split);
  const dividing = columnsRead(method.kind === 'random' ? method.stratify : method.group);
  const where = `"#row" IN (SELECT "#row" FROM ${name(split.id)} WHERE "#partition" = 'test')`;
  const stays = new Set([...dividing, frame.key ?? '', frame.weight ?? '']);
  const own = columnsOf(session, frame.id).filter(({ name: column }) => !column.startsWith('#') && !column.includes('#known') && !stays.has(column));
  const columns = what === 'labels' ? ['#label'] : [...own.map(c => c.name), '#label'];
  return rewrite(
    session,
    { table: frame.id, place: '"#row"' },
    columns.map(column => ({ column, where, nullable: false })),
    'swapped',
    seed,
  );
}

/** What an engine calls behind each step that it has executed; adds up what it changed. */
export function changing(change: Change, changed: Changed): (session: Session, node: RelationalNode) => Promise<void> {
  return async (session, node) => {
    const cells =
      change.of === 'late' && node.kind === 'scan'
        ? await changeLate(session, node, change)
        : change.of === 'test' && node.kind === 'split' && node.id === change.split
          ? await changeTest(session, node, change)
          : 0;
    if (cells === 0) return;
    changed.cells += cells;
    changed.tables.add(node.kind === 'split' ? node.frame : node.id);
  };
}
