/** Tables out of the engine: for people (preview, export, predictions, quarantine) and for the store, from which a node comes back whole. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identitiesOf } from '../learn/texts.ts';
import { shown } from '../sql/canonical.ts';
import { list, name, quoted } from '../sql/write.ts';
import type { Batch } from './duckdb.ts';
import { BIGINT, DOUBLE, VARCHAR } from './duckdbApi.ts';
import { forgetOrder } from './entityOrder.ts';
import { failing } from './failingRows.ts';
import { setColumns } from './features.ts';
import { isTimeless } from './frame.ts';
import type { NodeResult, Predictions, RelationalEngine, RelationalNode } from './relational.ts';
import { beside, entryOf, nodeOf, type Session } from './session.ts';
import { isByCutoff } from './split.ts';

type Shown = { readonly sql: string; readonly as: string; readonly type: Parameters<typeof shown>[1] };

/** A quoted name as it is written, for files: there capitals are capitals. */
const fileName = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const hiddenForPeople: Readonly<Record<string, string>> = { '#cutoff': 'cutoff', '#partition': 'partition', '#label': 'label' };

/** What people see of a node: no hidden columns; of a feature set the key, cutoff, partition and label, and then the features. */
function visible(session: Session, id: string): Shown[] {
  const { node, columns } = entryOf(session, id);
  const plain = columns.filter(c => !c.name.startsWith('#') || c.name in hiddenForPeople);
  if (node.kind !== 'features') {
    const timeless = node.kind === 'split' ? isTimeless(nodeOf(session, node.frame, 'frame')) : node.kind === 'frame' && isTimeless(node);
    // What says which observation a row is stands in front of what is known of it.
    return [...plain.filter(c => c.name.startsWith('#')), ...plain.filter(c => !c.name.startsWith('#'))]
      .filter(c => !(timeless && c.name === '#cutoff'))
      .map(c => ({ sql: name(c.name), as: hiddenForPeople[c.name] ?? c.name, type: c.type }));
  }
  const frame = nodeOf(session, node.frame, 'frame');
  const { detail } = entryOf(session, id).result;
  const set = setColumns(node, detail.kind === 'features' ? detail.fitted : {});
  const features = detail.kind === 'features' ? detail.columns : [];
  return [
    { sql: name('#identity'), as: frame.key ?? 'identity', type: 'text' },
    ...(isTimeless(frame) ? [] : [{ sql: name('#cutoff'), as: 'cutoff', type: 'timestamp' as const }]),
    { sql: name('#partition'), as: 'partition', type: 'text' },
    ...(frame.label ? [{ sql: name('#label'), as: 'label', type: frame.label.value.type }] : []),
    ...features.map(f => ({ sql: name(f.name), as: f.name, type: set.find(c => c.name === f.name)?.type ?? ('float' as const) })),
  ];
}

const isOrdered = ({ kind }: RelationalNode): boolean => kind === 'frame' || kind === 'split' || kind === 'features';

const ordered = (session: Session, id: string): string => (isOrdered(entryOf(session, id).node) ? ' ORDER BY "#row"' : '');

function formatOf(path: string): string {
  if (path.endsWith('.csv')) return '(FORMAT csv, HEADER)';
  if (path.endsWith('.json') || path.endsWith('.jsonl')) return '(FORMAT json)';
  return '(FORMAT parquet, COMPRESSION zstd)';
}

const copy = (sql: string, path: string): string => `COPY (${sql}) TO ${quoted(path)} ${formatOf(path)}`;

/** Rows of one partition, of nodes that have them. */
const within = (only: string | null | undefined): string => (only ? ` WHERE ${name('#partition')} = ${quoted(only)}` : '');

export async function exportTable(session: Session, id: string, path: string, limit: number | null, only?: string | null): Promise<void> {
  const items = visible(session, id).map(
    v => `${v.type === 'timestamp' && !path.endsWith('.parquet') ? shown(v.sql, v.type) : v.sql} AS ${fileName(v.as)}`,
  );
  await session.db.run(
    copy(`SELECT ${list(items)} FROM ${name(id)}${within(only)}${ordered(session, id)}${limit === null ? '' : ` LIMIT ${limit}`}`, path),
  );
}

export const preview: (session: Session, ...args: Parameters<RelationalEngine['preview']>) => ReturnType<RelationalEngine['preview']> = async (
  session,
  id,
  limit,
  claim,
  only,
) => {
  const { node } = entryOf(session, id);
  let from = `${name(id)}${within(only)}`;
  let columns = visible(session, id);
  if (node.kind === 'check' && claim !== undefined) {
    const wanted = node.claims[claim];
    const condition = wanted ? failing(wanted.claim, name(node.table)) : null;
    from = `${name(node.table)} WHERE ${condition ?? 'FALSE'}`;
    columns = columns.filter(c => !node.pii.includes(c.as));
  }
  const rows = await session.db.rows(`SELECT ${list(columns.map(v => shown(v.sql, v.type)))} FROM ${from}${ordered(session, id)} LIMIT ${limit}`);
  return { columns: columns.map(c => c.as), rows: rows.map(row => row.map(value => (value === null ? null : String(value)))) };
};

/** From the matrix alone: the tables that it was made of may be gone by now. */
export async function writePredictions({ db }: Session, path: string, predictions: Predictions): Promise<void> {
  const { matrix, rows, key, score, predicted, label, isLabelled, handedOver } = predictions;
  const { cutoff, label: labels } = matrix;
  const classes = label.classes ?? null;
  const each = classes?.length ?? 1;
  const of = (i: number): number => rows[i] ?? 0;
  const numbers = (value: (i: number) => number | undefined): Float64Array => {
    const found = new Float64Array(rows.length);
    for (let i = 0; i < found.length; i++) found[i] = value(i) ?? Number.NaN;
    return found;
  };
  const columns = [
    { name: 'identity', type: VARCHAR, cell: { texts: identitiesOf(matrix), rows } },
    ...(cutoff === null ? [] : [{ name: 'cutoff', type: BIGINT, cell: (i: number) => cutoff[of(i)] ?? null }]),
    { name: 'label', type: DOUBLE, cell: numbers(i => labels[of(i)]) },
    { name: 'predicted', type: DOUBLE, cell: predicted },
    ...Array.from({ length: each }, (_, k) => ({ name: `score ${k}`, type: DOUBLE, cell: each === 1 ? score : numbers(i => score[i * each + k]) })),
  ];
  const table = name('~predictions');
  await db.append(table, columns, once({ rows: rows.length, columns: columns.map(column => column.cell) }));
  const whole = (sql: string): string => {
    if (classes) return `list_extract([${list(classes.map(quoted))}], CAST(${sql} AS INTEGER) + 1)`;
    return label.kind === 'binary' ? `CAST(${sql} AS INTEGER)` : sql;
  };
  const instant = 'make_timestamp(cutoff)';
  const items = [
    `identity AS ${fileName(key)}`,
    ...(cutoff === null ? [] : [`${path.endsWith('.parquet') ? instant : shown(instant, 'timestamp')} AS cutoff`]),
    ...(isLabelled ? [`${whole('label')} AS label`] : []),
    ...Array.from({ length: each }, (_, k) => `"score ${k}" AS ${classes ? fileName(`score_${classes[k] ?? k}`) : 'score'}`),
    `${whole('predicted')} AS predicted`,
  ];
  const writing = db.run(copy(`SELECT ${list(items)} FROM ${table} ORDER BY rowid`, path));
  handedOver?.();
  await writing;
  await db.run(`DROP TABLE ${table}`);
}

async function* once(batch: Batch): AsyncGenerator<Batch> {
  yield batch;
}

export async function writeQuarantine(session: Session, node: RelationalNode, path: string): Promise<void> {
  const table = beside(node.id, 'quarantine');
  const items = node.kind === 'scan' ? '"file", "row", "column", "reason", "value"' : `"#claim" AS "claim", * EXCLUDE ("#claim")`;
  await session.db.run(copy(`SELECT ${items} FROM ${table}${node.kind === 'scan' ? ' ORDER BY "file", "row", "column", "reason"' : ''}`, path));
}

// ---------------------------------------------------------------- the store

/** The tables that make up a node, by the name of their file. Views are made again. */
function tablesOf(node: RelationalNode, result: NodeResult): readonly (readonly [file: string, table: string])[] {
  const quarantine = result.quarantined ? ([['quarantine', beside(node.id, 'quarantine')]] as const) : [];
  switch (node.kind) {
    case 'scan':
      return [['table', name(node.id)], ...quarantine];
    case 'check':
      return result.quarantined ? [['table', name(node.id)], ...quarantine] : [];
    case 'relation':
    case 'frame':
      return [['table', name(node.id)]];
    case 'split':
      return [['partitions', beside(node.id, 'partitions')]];
    case 'features':
      return [['set', beside(node.id, 'set')]];
  }
}

export async function save(session: Session, id: string, folder: string): Promise<void> {
  const { node, result } = entryOf(session, id);
  const order = node.kind === 'split' && isByCutoff(session, node) ? '"#cutoff"' : '"#row"';
  for (const [file, table] of tablesOf(node, result))
    await session.db.run(
      `COPY (SELECT * FROM ${table}${isOrdered(node) ? ` ORDER BY ${order}` : ''}) TO ${quoted(join(folder, `${file}.parquet`))} (FORMAT parquet, COMPRESSION lz4_raw)`,
    );
  await writeFile(join(folder, 'result.json'), JSON.stringify(result));
}

/** The stored result and the tables; the caller makes the views and remembers the node. */
export async function restoreTables(session: Session, node: RelationalNode, folder: string): Promise<NodeResult> {
  const stored = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as NodeResult;
  const result = { ...stored, node: node.id };
  forgetOrder(session, node.id);
  for (const [file, table] of tablesOf(node, result)) {
    await session.db.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM read_parquet(${quoted(join(folder, `${file}.parquet`))})`);
  }
  if (node.kind === 'check' && result.quarantined === 0)
    await session.db.run(`CREATE OR REPLACE VIEW ${name(node.id)} AS SELECT * FROM ${name(node.table)}`);
  return result;
}
