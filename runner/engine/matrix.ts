/** Matrices for learning: typed columns of all observations of a feature set, in the order of identity and cutoff. */
import type { FeaturesNode, PlanColumn, PlanExpr, PlanType } from '../../language/plan/plan.ts';
import { type Matrix, type MatrixColumn, nullCode, unseenCode } from '../learn/matrix.ts';
import type { FindingRecord } from '../record.ts';
import { shown } from '../sql/canonical.ts';
import { columnOf, condition, type Scope } from '../sql/expression.ts';
import { cast, float, list, microsPerDay, name } from '../sql/write.ts';
import { type Derived, derive, derivedColumns } from './derived.ts';
import type { Reader } from './duckdb.ts';
import { levelText, setColumns } from './features.ts';
import { isTimeless, labelNumber } from './frame.ts';
import { gapFindings, inObservations, observationExample, type ToldGap } from './gaps.ts';
import { observe } from './observations.ts';
import { asking, blame } from './overflow.ts';
import { groupOf, rowsOfMatrix } from './ownRows.ts';
import { gapsOf } from './partial.ts';
import { isJoined, setWith } from './plainSets.ts';
import type { KeepColumn, ReadPart } from './relational.ts';
import { beside, entryOf, nodeOf, type Session, typeOf } from './session.ts';
import { ownText, partitionCode } from './split.ts';

interface Wanted {
  readonly name: string;
  /** Null: a number. */
  readonly levels: readonly string[] | null;
}

/** Times are days since 1970, durations days. */
function numberOf(sql: string, type: PlanType): string {
  switch (type) {
    case 'bool':
      return `CAST(CAST(${sql} AS INTEGER) AS DOUBLE)`;
    case 'date':
    case 'timestamp':
      return `epoch_us(${cast(sql, type, 'timestamp')}) / ${float(microsPerDay)}`;
    case 'duration':
      return `epoch_us(${sql}) / ${float(microsPerDay)}`;
    default:
      return `CAST(${sql} AS DOUBLE)`;
  }
}

const orNaN = (sql: string): string => `coalesce(${sql}, 'nan'::DOUBLE)`;

const fittedOf = (session: Session, id: string) => {
  const { detail } = entryOf(session, id).result;
  return detail.kind === 'features' ? detail.fitted : {};
};

/** The place of a row of the set by its `#row`: numbers of rows without a label are not there. To sort wide rows would take their memory twice. */
async function placesOf(session: Session, node: FeaturesNode, rows: number): Promise<(row: number) => number> {
  const [numbers] = await session.db.columns(`SELECT CAST("#row" AS INTEGER) FROM ${setWith(session, node.id, [])}`, rows, ['int32'] as const);
  const places = new Int32Array(numbers.reduce((most, row) => Math.max(most, row), -1) + 1);
  for (const row of numbers) places[row] = 1;
  let next = 0;
  for (const [row, isThere] of places.entries()) if (isThere) places[row] = next++;
  return row => places[row] ?? 0;
}

/** Of columns that are read at once. */
const passBytes = 48 * 1024 ** 2;

/** What becomes of a column that was read: it is given to others first, and put away. */
type Put = (wanted: Wanted, column: MatrixColumn) => void;

/** Columns of the set by name, as many in a pass as memory is meant for; levels are those given. */
async function readColumns(
  session: Session,
  node: FeaturesNode,
  wanted: readonly Wanted[],
  rows: number,
  placeOf: (row: number) => number,
  put: Put,
): Promise<void> {
  const each = Math.max(1, Math.floor(passBytes / (8 * Math.max(1, rows))));
  const joined = wanted.filter(of => isJoined(session, node.id, of.name));
  for (const group of [wanted.filter(of => !joined.includes(of)), joined]) {
    for (let from = 0; from < group.length; from += each) {
      const pass = group.slice(from, from + each);
      const read = await readPass(session, node, pass, rows, placeOf);
      for (const [i, of] of pass.entries()) put(of, read[i] as MatrixColumn);
    }
  }
}

/** The columns behind the features that were read for a matrix anyway. */
const readFor = new WeakMap<Matrix, readonly MatrixColumn[]>();

interface SetColumns {
  readonly columns: readonly MatrixColumn[];
  readonly behind: readonly MatrixColumn[];
}

/** The columns of the matrix: those that others are made of are read, and put away where they are columns behind features too. */
async function readSet(
  session: Session,
  node: FeaturesNode,
  wanted: readonly Wanted[],
  rows: number,
  placeOf: (row: number) => number,
  keep: KeepColumn,
): Promise<SetColumns> {
  const derivable = derivedColumns(node, fittedOf(session, node.id));
  const asRead = new Map(wanted.map(of => [of.name, of]));
  const users = new Map<Wanted, (readonly [Wanted, Derived])[]>();
  const types = setColumns(node, fittedOf(session, node.id));
  for (const of of wanted) {
    const derived = of.levels === null ? derivable.get(of.name) : undefined;
    if (!derived) continue;
    const known = asRead.get(derived.base);
    const levels = derived.kind === 'number' ? null : (known?.levels ?? (await levelsOf(session, node, derived.base, types)));
    if ((known && (known.levels === null) !== (levels === null)) || (derived.kind === 'level' && !levels?.includes(derived.level))) continue;
    const base = known ?? { name: derived.base, levels };
    asRead.set(derived.base, base);
    users.set(base, [...(users.get(base) ?? []), [of, derived]]);
  }
  const made = new Set([...users.values()].flatMap(all => all.map(([of]) => of)));
  const behindNames = new Set(node.part ? [] : rawOf(node).map(({ raw }) => `${raw.kind} ${raw.column}`));
  const columns = new Map<Wanted, MatrixColumn>();
  const behind: MatrixColumn[] = [];
  const own = new Set(wanted);
  const read = [...new Set([...asRead.values(), ...wanted])].filter(of => !made.has(of));
  await readColumns(session, node, read, rows, placeOf, (of, column) => {
    for (const [user, derived] of users.get(of) ?? []) {
      const found = derive(user.name, derived, column);
      if (!found) throw new Error(`${user.name} of ${node.id} cannot be made of ${of.name}.`);
      columns.set(user, keep(found));
    }
    if (own.has(of)) columns.set(of, keep(column));
    else if (behindNames.has(`${column.kind} ${of.name}`)) behind.push(keep(column));
  });
  return { columns: wanted.map(of => columns.get(of) as MatrixColumn), behind };
}

async function readPass(
  session: Session,
  node: FeaturesNode,
  wanted: readonly Wanted[],
  rows: number,
  placeOf: (row: number) => number,
): Promise<MatrixColumn[]> {
  const { db } = session;
  const types = setColumns(node, fittedOf(session, node.id));
  const set = setWith(
    session,
    node.id,
    wanted.map(of => of.name),
  );
  const categories = wanted.flatMap(({ levels }, i) => (levels ? [{ i, levels }] : []));
  const table = beside(node.id, 'levels');
  await db.run(`CREATE OR REPLACE TABLE ${table} ("~level" VARCHAR, "~column" INTEGER, "~code" DOUBLE)`);
  await db.insert(
    table,
    categories.flatMap(({ i, levels }) => levels.map((level, code) => [level, i, code] as const)),
  );
  const items = wanted.map(({ name: column, levels }, i) => {
    const type = typeOf(types, column);
    if (!levels) return orNaN(numberOf(`s.${name(column)}`, type));
    return `CAST(coalesce(l${i}."~code", CASE WHEN s.${name(column)} IS NULL THEN ${nullCode} ELSE ${unseenCode} END) AS INTEGER)`;
  });
  const joins = categories.map(({ i }) => {
    const column = wanted[i]?.name ?? '';
    return `LEFT JOIN ${table} l${i} ON l${i}."~column" = ${i} AND l${i}."~level" = ${levelText(`s.${name(column)}`, typeOf(types, column))}`;
  });
  const readers = wanted.map((w): Reader => (w.levels ? 'int32' : 'float64'));
  const sql = `SELECT ${list(['CAST(s."#row" AS INTEGER)', ...items])} FROM ${set} s ${joins.join(' ')}`;
  const read = await db.placed(sql, rows, readers, placeOf);
  await db.run(`DROP TABLE ${table}`);
  return wanted.map(
    ({ name: column, levels }, i): MatrixColumn =>
      levels
        ? { kind: 'category', name: column, levels, codes: read[i] as Int32Array }
        : { kind: 'number', name: column, values: read[i] as Float64Array },
  );
}

/** Numbers for texts, in the order of first appearance. */
function codesOf(texts: readonly (string | null)[]): Int32Array {
  const known = new Map<string | null, number>();
  return Int32Array.from(texts, text => {
    const found = known.get(text) ?? known.size;
    known.set(text, found);
    return found;
  });
}

/** The same number for rows of the same text, where those stand together. */
function runsOf(texts: readonly (string | null)[]): Int32Array {
  let run = 0;
  return Int32Array.from(texts, (text, i) => (i > 0 && text !== texts[i - 1] ? ++run : run));
}

const asItIs: KeepColumn = column => column;

/** The columns behind the features, those beside the first as `feature: column`. */
const rawOf = (node: FeaturesNode) =>
  node.features.flatMap(({ name: feature, raw, others = [] }) => [
    { feature, raw },
    ...others.map(other => ({ feature: `${feature}: ${other.name}`, raw: other })),
  ]);

/** The levels that a column has on train. */
async function levelsOf(session: Session, node: FeaturesNode, column: string, types: readonly PlanColumn[]): Promise<readonly string[]> {
  const text = levelText(name(column), typeOf(types, column));
  const rows = await session.db.rows(
    `SELECT DISTINCT ${text} AS x FROM ${setWith(session, node.id, [column])} WHERE "~train" AND ${name(column)} IS NOT NULL ORDER BY x`,
  );
  return rows.map(row => String(row[0]));
}

export async function readMatrix(session: Session, id: string, keep: KeepColumn = asItIs): Promise<Matrix> {
  const node = nodeOf(session, id, 'features');
  const { result } = entryOf(session, id);
  const frame = nodeOf(session, node.frame, 'frame');
  const group = groupOf(session, node);
  const { rows } = result;
  const wanted = result.detail.kind === 'features' ? result.detail.columns : [];
  const placeOf = await placesOf(session, node, rows);
  const { columns, behind } = await readSet(session, node, wanted, rows, placeOf, keep);
  // A training row that had nothing to learn its encoding from is in no partition for learning.
  const partition = `CASE WHEN "#partition" = 'train' AND NOT "#fit" THEN 'none' ELSE "#partition" END`;
  const items = [
    orNaN(labelNumber(frame, '"#label"')),
    partitionCode(partition),
    '"#identity"',
    group === null ? 'CAST(NULL AS VARCHAR)' : ownText(group),
    'coalesce(epoch_us("#cutoff"), 0)',
    frame.weight === undefined ? 'CAST(1 AS DOUBLE)' : `coalesce(CAST(${name(frame.weight)} AS DOUBLE), 0)`,
  ];
  const [label, codes, identity, groups, cutoff, weight] = await session.db.placed(
    `SELECT ${list(['CAST("#row" AS INTEGER)', ...items])} FROM ${await rowsOfMatrix(session, node, frame)} JOIN (SELECT "#row", "#fit" FROM ${setWith(session, id, [])}) USING ("#row")`,
    rows,
    ['float64', 'int32', 'text', 'text', 'int64', 'float64'] as const,
    placeOf,
  );
  const matrix: Matrix = {
    rows,
    columns,
    label,
    partition: Uint8Array.from(codes),
    identity: identity.map(text => text ?? ''),
    // Rows are in the order of their identities.
    entity: group === null ? runsOf(identity) : codesOf(groups),
    cutoff: isTimeless(frame) ? null : cutoff,
    weight: frame.weight === undefined ? null : weight,
  };
  readFor.set(matrix, behind);
  return matrix;
}

/**
 * The columns behind the features, before any fitted step; categories with the levels of train. Those that `matrix`, of the same set, has
 * are its own.
 */
export async function readRawColumns(
  session: Session,
  id: string,
  matrix: Matrix | null,
  keep: KeepColumn = asItIs,
): Promise<readonly { readonly feature: string; readonly column: MatrixColumn }[]> {
  const node = nodeOf(session, id, 'features');
  const types = setColumns(node, fittedOf(session, id));
  const wanted: Wanted[] = [];
  const given = matrix ? [...matrix.columns, ...(readFor.get(matrix) ?? [])] : [];
  const known = new Map<string, MatrixColumn>(given.map(column => [column.name, column]));
  const all = rawOf(node);
  const has = (raw: { readonly column: string; readonly kind: MatrixColumn['kind'] }): boolean => known.get(raw.column)?.kind === raw.kind;
  for (const { raw } of all.filter(({ raw }) => !has(raw))) {
    if (raw.kind === 'number') {
      wanted.push({ name: raw.column, levels: null });
      continue;
    }
    wanted.push({ name: raw.column, levels: await levelsOf(session, node, raw.column, types) });
  }
  const { rows } = entryOf(session, id).result;
  if (wanted.length) {
    const places = await placesOf(session, node, rows);
    await readColumns(session, node, wanted, rows, places, (of, column) => known.set(of.name, keep(column)));
  }
  return all.flatMap(({ feature, raw }) => {
    const column = known.get(raw.column);
    return column ? [{ feature, column }] : [];
  });
}

/** Conditions and segments of evaluations read observations, rows along their refs, and the set. */
async function overObservations(session: Session, id: string): Promise<{ readonly from: string; readonly scope: Scope }> {
  const node = nodeOf(session, id, 'features');
  const frame = nodeOf(session, node.frame, 'frame');
  const { from, scope } = await observe(session, {
    table: name(node.split),
    isTimeless: isTimeless(frame),
    grid: null,
    paths: node.paths,
    windows: [],
  });
  return {
    from: `${from} JOIN ${beside(id, 'set')} s ON s."#row" = b."#row"`,
    scope: { ...scope, column: (wanted, of) => (of === 'set' ? `s.${name(wanted)}` : scope.column(wanted, of)) },
  };
}

export async function readWhere(session: Session, id: string, expr: PlanExpr): Promise<Uint8Array> {
  const { from, scope } = await overObservations(session, id);
  const items = `SELECT CAST(${condition(expr, scope)} AS INTEGER) FROM ${from} ORDER BY b."#row"`;
  const { rows } = entryOf(session, id).result;
  const [found] = await blamed(session, id, { from, scope, expr }, () => session.db.columns(items, rows, ['int32'] as const));
  return Uint8Array.from(found);
}

async function blamed<T>(
  session: Session,
  id: string,
  of: { readonly from: string; readonly scope: Scope; readonly expr: PlanExpr },
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { place } = nodeOf(session, id, 'features');
    throw await blame(session, error, [{ what: 'A condition or segment of an evaluation', place, expr: of.expr, ask: asking(of.from, of.scope) }]);
  }
}

export async function readGaps(session: Session, id: string, parts: readonly ReadPart[]): Promise<readonly FindingRecord[]> {
  const told = parts.flatMap(({ what, place, expr }) =>
    gapsOf(expr).map((gap): ToldGap => ({ gap, subject: what, where: inObservations, place, fate: 'it has no value there', result: null })),
  );
  if (told.length === 0) return [];
  const frame = nodeOf(session, nodeOf(session, id, 'features').frame, 'frame');
  return gapFindings(session, { ...(await overObservations(session, id)), example: observationExample(session, frame) }, told);
}

/** Names of segments in the order of their values; a null is the last. */
export async function readSegments(
  session: Session,
  id: string,
  by: PlanExpr,
): Promise<{ readonly names: readonly (string | null)[]; readonly codes: Int32Array }> {
  const { from, scope } = await overObservations(session, id);
  const value = columnOf(by, scope);
  const table = beside(id, 'segments');
  const made = `CREATE OR REPLACE TABLE ${table} AS SELECT b."#row" AS r, ${value} AS v FROM ${from}`;
  await blamed(session, id, { from, scope, expr: by }, () => session.db.run(made));
  const found = await session.db.rows(`SELECT ${shown('v', by.type)} FROM (SELECT DISTINCT v FROM ${table}) ORDER BY v NULLS LAST`);
  const [codes] = await session.db.columns(
    `SELECT CAST(dense_rank() OVER (ORDER BY v NULLS LAST) - 1 AS INTEGER) FROM ${table} ORDER BY r`,
    entryOf(session, id).result.rows,
    ['int32'] as const,
  );
  await session.db.run(`DROP TABLE ${table}`);
  return { names: found.map(row => (row[0] === null ? null : String(row[0]))), codes };
}
