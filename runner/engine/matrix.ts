/** Matrices for learning: typed columns of all observations of a feature set, in the order of identity and cutoff. */
import type { FeaturesNode, PlanColumn, PlanType } from '../../language/plan/plan.ts';
import { type Matrix, type MatrixColumn, nullCode, unseenCode } from '../learn/matrix.ts';
import { rememberTexts, runsOf, stringsOf } from '../learn/texts.ts';
import { cast, float, list, microsPerDay, name } from '../sql/write.ts';
import { type Called, mostRows } from './calledColumns.ts';
import { type Derived, derive, derivedColumns } from './derived.ts';
import { levelText, setColumns } from './features.ts';
import { isTimeless, labelNumber } from './frame.ts';
import { groupOf, rowsOfMatrix } from './ownRows.ts';
import { isJoined, setWith } from './plainSets.ts';
import type { KeepColumn } from './relational.ts';
import { beside, entryOf, nodeOf, type Session, typeOf } from './session.ts';
import { ownText, partitionCode } from './split.ts';
import type { VisitedColumn } from './visitedRows.ts';

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
  let last = -1;
  for (let i = 0; i < numbers.length; i++) last = Math.max(last, numbers[i] as number);
  const places = new Int32Array(last + 1);
  for (let i = 0; i < numbers.length; i++) places[numbers[i] as number] = 1;
  let next = 0;
  for (let row = 0; row <= last; row++) if (places[row] === 1) places[row] = next++;
  return row => places[row] ?? 0;
}

/** Of columns that are read at once. */
const passBytes = 32 * 1024 ** 2;

/** What becomes of a column that was read: it is given to others first, and put away. */
type Put = (wanted: Wanted, column: MatrixColumn) => void;

/** What the engine is asked for, and what is done with it while the engine works on the next. */
interface Asked {
  readonly ask: () => Promise<() => Promise<void>>;
}

/** One question is asked ahead, so that the engine and this thread work at the same time. */
async function inTurn(questions: readonly Asked[]): Promise<void> {
  let next = questions[0]?.ask();
  for (let i = 0; next !== undefined; i++) {
    const use = await next;
    next = questions[i + 1]?.ask();
    // Where the use of an answer fails, nobody waits for the next one.
    next?.catch(() => undefined);
    await use();
  }
}

/** Columns of the set by name, as many in a pass as memory is meant for; levels are those given. */
function columnPasses(
  session: Session,
  node: FeaturesNode,
  wanted: readonly Wanted[],
  rows: number,
  placeOf: (row: number) => number,
  put: Put,
): readonly Asked[] {
  const each = Math.max(1, Math.floor(passBytes / (8 * Math.max(1, rows))));
  const joined = wanted.filter(of => isJoined(session, node.id, of.name));
  const passes: Asked[] = [];
  for (const group of [wanted.filter(of => !joined.includes(of)), joined]) {
    for (let from = 0; from < group.length; from += each) {
      const pass = group.slice(from, from + each);
      passes.push({
        ask: async () => {
          const columns = await readPass(session, node, pass, rows, placeOf);
          return async () => {
            for (const [i, of] of pass.entries()) put(of, columns[i] as MatrixColumn);
          };
        },
      });
    }
  }
  return passes;
}

/** The columns behind the features that were read for a matrix anyway. */
const readFor = new WeakMap<Matrix, readonly MatrixColumn[]>();

interface SetColumns {
  readonly passes: readonly Asked[];
  /** When all of them are used. */
  readonly columns: () => readonly MatrixColumn[];
  readonly behind: readonly MatrixColumn[];
}

/** The columns of the matrix: those that others are made of are read, and put away where they are columns behind features too. */
async function askSet(
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
  const passes = columnPasses(session, node, read, rows, placeOf, (of, column) => {
    const isOwn = own.has(of);
    const isBehind = !isOwn && behindNames.has(`${column.kind} ${of.name}`);
    // What is made of a column that stays is made again whenever it is asked for.
    const base = isOwn || isBehind ? keep(column) : column;
    if (isOwn) columns.set(of, base);
    if (isBehind) behind.push(base);
    for (const [user, derived] of users.get(of) ?? []) {
      const found = derive(user.name, derived, base);
      if (!found) throw new Error(`${user.name} of ${node.id} cannot be made of ${of.name}.`);
      columns.set(user, keep(found));
    }
  });
  return { passes, columns: () => wanted.map(of => columns.get(of) as MatrixColumn), behind };
}

/** The columns go to their places as the engine works them out. */
async function readPass(
  session: Session,
  node: FeaturesNode,
  wanted: readonly Wanted[],
  rows: number,
  placeOf: (row: number) => number,
): Promise<readonly MatrixColumn[]> {
  const { db } = session;
  const types = setColumns(node, fittedOf(session, node.id));
  const set = setWith(
    session,
    node.id,
    wanted.map(of => of.name),
  );
  const categories = wanted.flatMap(({ levels }, i) => (levels ? [{ i, levels }] : []));
  const table = beside(node.id, 'levels');
  if (categories.length) await db.run(`CREATE OR REPLACE TABLE ${table} ("~level" VARCHAR, "~column" INTEGER, "~code" DOUBLE)`);
  const coded = categories.flatMap(({ i, levels }) => levels.map((level, code) => [level, i, code] as const));
  if (coded.length) await db.insert(table, coded);
  const items = wanted.map(({ name: column, levels }, i): VisitedColumn => {
    const type = typeOf(types, column);
    if (!levels) return { sql: orNaN(numberOf(`s.${name(column)}`, type)), type: 'float64' };
    const code = `coalesce(l${i}."~code", CASE WHEN s.${name(column)} IS NULL THEN ${nullCode} ELSE ${unseenCode} END)`;
    return { sql: `CAST(${code} AS INTEGER)`, type: 'int32' };
  });
  const joins = categories.map(({ i }) => {
    const column = wanted[i]?.name ?? '';
    return `LEFT JOIN ${table} l${i} ON l${i}."~column" = ${i} AND l${i}."~level" = ${levelText(`s.${name(column)}`, typeOf(types, column))}`;
  });
  const found = wanted.map(
    ({ name: column, levels }): MatrixColumn =>
      levels
        ? { kind: 'category', name: column, levels, codes: new Int32Array(rows) }
        : { kind: 'number', name: column, values: new Float64Array(rows) },
  );
  const places = new Int32Array(mostRows);
  let seen = 0;
  await db.visit([{ sql: 'CAST(s."#row" AS INTEGER)', type: 'int32' }, ...items], `${set} s ${joins.join(' ')}`, (many, [numbers, ...visited]) => {
    for (let i = 0; i < many; i++) places[i] = placeOf(numbers?.[i] as number);
    for (const [i, column] of found.entries()) {
      scatter(column.kind === 'number' ? column.values : column.codes, visited[i] as Called, places, many);
    }
    seen += many;
  });
  if (seen !== rows) throw new Error(`${node.id} gave ${seen} rows where ${rows} were expected.`);
  if (categories.length) await db.run(`DROP TABLE ${table}`);
  return found;
}

function scatter(into: Float64Array | Int32Array, values: Called, places: Int32Array, many: number): void {
  for (let i = 0; i < many; i++) into[places[i] as number] = values[i] as number;
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
  const { rows, detail } = entryOf(session, id).result;
  const placeOf = await placesOf(session, node, rows);
  const { passes, columns, behind } = await askSet(session, node, detail.kind === 'features' ? detail.columns : [], rows, placeOf, keep);
  const found: Matrix[] = [];
  const facts: Asked = {
    ask: async () => {
      // The answer waits in the engine as a whole.
      await session.db.giveBack();
      const read = await askFacts(session, node);
      return async () => {
        found.push(await read(columns(), rows, placeOf));
      };
    },
  };
  await inTurn([...passes, facts]);
  const [matrix] = found;
  if (!matrix) throw new Error(`The rows of ${id} were not read.`);
  readFor.set(matrix, behind);
  return matrix;
}

type ReadFacts = (columns: readonly MatrixColumn[], rows: number, placeOf: (row: number) => number) => Promise<Matrix>;

/** What a matrix has of its rows beside the columns. */
async function askFacts(session: Session, node: FeaturesNode): Promise<ReadFacts> {
  const frame = nodeOf(session, node.frame, 'frame');
  const group = groupOf(session, node);
  const { weight } = frame;
  const isTimed = !isTimeless(frame);
  // A training row that had nothing to learn its encoding from is in no partition for learning.
  const partition = `CASE WHEN "#partition" = 'train' AND NOT "#fit" THEN 'none' ELSE "#partition" END`;
  const items = [orNaN(labelNumber(frame, '"#label"')), partitionCode(partition), `coalesce("#identity", '')`];
  const further = [
    ...(group === null ? [] : [['text', ownText(group)] as const]),
    ...(isTimed ? [['int64', 'coalesce(epoch_us("#cutoff"), 0)'] as const] : []),
    ...(weight === undefined ? [] : [['float64', `coalesce(CAST(${name(weight)} AS DOUBLE), 0)`] as const]),
  ];
  const answer = await session.db.asked(
    `SELECT ${list(['CAST("#row" AS INTEGER)', ...items, ...further.map(([, sql]) => sql)])} FROM ${await rowsOfMatrix(session, node, frame)} JOIN (SELECT "#row", "#fit" FROM ${setWith(session, node.id, [])}) USING ("#row")`,
  );
  return async (columns, rows, placeOf) => {
    const readers = ['float64', 'int32', 'utf8', ...further.map(([reader]) => reader)] as const;
    const [label, codes, identity, ...others] = await answer.read(rows, readers, placeOf);
    const groups = group === null ? null : (others.shift() as (string | null)[]);
    const cutoff = isTimed ? (others.shift() as BigInt64Array) : null;
    let strings: readonly string[] | null = null;
    const matrix: Matrix = {
      rows,
      columns,
      label,
      partition: Uint8Array.from(codes),
      get identity() {
        return (strings ??= stringsOf(identity));
      },
      // Rows are in the order of their identities.
      entity: groups === null ? runsOf(identity) : codesOf(groups),
      cutoff,
      weight: weight === undefined ? null : (others.shift() as Float64Array),
    };
    rememberTexts(matrix, () => identity);
    return matrix;
  };
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
    await inTurn(columnPasses(session, node, wanted, rows, places, (of, column) => known.set(of.name, keep(column))));
  }
  return all.flatMap(({ feature, raw }) => {
    const column = known.get(raw.column);
    return column ? [{ feature, column }] : [];
  });
}
