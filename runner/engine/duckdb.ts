/**
 * The one place that talks to DuckDB: statements, typed columns out, cancelling, and what its errors mean. All SQL text is written by us;
 * extensions are neither loaded nor fetched, and the configuration but for the limit of memory is locked once the database is open.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Texts } from '../learn/texts.ts';
import { fillNumbers, float64sIn, int32sIn, int64sIn } from './chunkMemory.ts';
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, version } from './duckdbApi.ts';
import { areLarge, flushing, limitOf, smallBytes, spareOf, threadsOf } from './engineMemory.ts';
import { fillTexts, type TextsOf } from './filledTexts.ts';
import { type HeldNumbers, heldNumbers } from './heldNumbers.ts';
import { placedTexts } from './placedTexts.ts';
import { EngineError, type EngineOptions } from './relational.ts';
import { type RowVisits, rowVisits } from './visitedRows.ts';

export const engineName = `duckdb ${version().replace(/^v/, '')}`;

/**
 * A statement that the data do not allow. `range`: a number beyond its type; `input`: a file that is not what it is said to be;
 * `io`: a file that cannot be read or written.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly kind: 'range' | 'input' | 'io';

  constructor(kind: SqlError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type Cell = string | number | bigint | boolean | null;

export interface Database {
  readonly run: (sql: string) => Promise<void>;
  /** Few rows: every value becomes a JavaScript value. BIGINT and HUGEINT are bigint. */
  readonly rows: (sql: string) => Promise<readonly (readonly Cell[])[]>;
  /** Many rows: each column as it lies in memory. The statement gives `rows` rows. */
  readonly columns: <R extends readonly Reader[]>(sql: string, rows: number, readers: R) => Promise<{ [K in keyof R]: ColumnOf<R[K]> }>;
  /**
   * The rows of a statement in any order: the first of its columns, an INTEGER, says the place of each. They wait in the engine until they are
   * read, so that the next statement can run meanwhile.
   */
  readonly asked: (sql: string) => Promise<Answer>;
  readonly visit: RowVisits['rows'];
  readonly held: HeldNumbers;
  /** As many as the engine works with. */
  readonly threads: number;
  /** Bytes that one step may take beside the engine's own memory. */
  readonly spare: number;
  /** Tables of sources that are not small lie in memory as they are. */
  readonly holdsMuch: boolean;
  /** Few rows into a table whose columns are VARCHAR, INTEGER and DOUBLE as their values are. */
  readonly insert: (table: string, rows: readonly (readonly [string | null, number, number | null])[]) => Promise<void>;
  /** Batches of cells as a new table, in their order; each column with its name and the type of its cells. */
  readonly append: (
    table: string,
    columns: readonly { readonly name: string; readonly type: DuckDBType }[],
    batches: AsyncIterable<Batch>,
  ) => Promise<void>;
  /** Columns of numbers as a new table of DOUBLE columns `c0`, `c1`, …; NaN becomes null. */
  readonly load: (table: string, columns: readonly Float64Array[]) => Promise<void>;
  /** Statements from now on end within 100 ms of this turning true; what does not is left to itself, and nothing can be asked any more. */
  readonly watch: (cancelled: () => boolean) => void;
  /** Memory of what was dropped goes back to the system now, where the tables of sources that are not small lie in memory. */
  readonly giveBack: () => Promise<void>;
  readonly close: () => void;
}

/** Whoever gives batches throws one of these where they break off. */
export class BatchProblem extends Error {}

export type CellOf = (row: number) => DuckDBValue;

/** Rows with, of each column, the cell of a row; or the numbers of a DOUBLE column, NaN for null; or the texts of a VARCHAR column. */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly (CellOf | Float64Array | TextsOf)[];
}

/** How a column is read. Numbers must not be null; `text` may be. */
export type Reader = 'float64' | 'int32' | 'int64' | 'text';
type ColumnOf<R> = R extends 'float64' ? Float64Array : R extends 'int32' ? Int32Array : R extends 'int64' ? BigInt64Array : (string | null)[];

/** As `Reader`; `utf8`: texts, none of them null. */
export type PlacedReader = Reader | 'utf8';
type PlacedOf<R> = R extends 'utf8' ? Texts : ColumnOf<R>;

/** The rows of a statement that has run. They are read once. */
export interface Answer {
  readonly read: <R extends readonly PlacedReader[]>(
    rows: number,
    readers: R,
    placeOf: (number: number) => number,
  ) => Promise<{ [K in keyof R]: PlacedOf<R[K]> }>;
}

function meaning(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  // The engine tells kinds of errors apart only by how their message begins.
  const [kind = ''] = message.split(':', 1);
  const first = (message.slice(kind.length + 2).split('\n')[0] ?? '').trim();
  switch (kind) {
    case 'INTERRUPT Error':
      return new EngineError('cancelled', 'The run was cancelled.');
    case 'Out of Memory Error':
      return new EngineError(
        'resources',
        'The data does not fit into the memory of this run.',
        'Give it more with `--memory`, or make room on the disk.',
      );
    case 'Out of Range Error':
    case 'Conversion Error':
      return new SqlError('range', first);
    case 'IO Error':
      return new SqlError('io', first);
    case 'Invalid Input Error':
    case 'Invalid Error':
      return new SqlError('input', first);
    default:
      return new EngineError('bug', message);
  }
}

function empty(reader: Reader, rows: number): Float64Array | Int32Array | BigInt64Array | (string | null)[] {
  switch (reader) {
    case 'float64':
      return new Float64Array(rows);
    case 'int32':
      return new Int32Array(rows);
    case 'int64':
      return new BigInt64Array(rows);
    case 'text':
      return new Array<string | null>(rows).fill(null);
  }
}

async function readColumns(result: DuckDBResult, rows: number, readers: readonly Reader[]): Promise<unknown[]> {
  const columns = readers.map(reader => empty(reader, rows));
  let offset = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (const [index, column] of columns.entries()) {
      if (Array.isArray(column)) {
        const vector = chunk.getColumnVector(index);
        for (let i = 0; i < chunk.rowCount; i++) column[offset + i] = vector.getItem(i) as string | null;
      } else if (column instanceof Float64Array) column.set(float64sIn(chunk, index), offset);
      else if (column instanceof Int32Array) column.set(int32sIn(chunk, index), offset);
      else column.set(int64sIn(chunk, index), offset);
    }
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new EngineError('bug', `A statement gave ${offset} rows where ${rows} were expected.`);
  return columns;
}

async function readPlaced(
  result: DuckDBResult,
  rows: number,
  readers: readonly PlacedReader[],
  placeOf: (number: number) => number,
): Promise<unknown[]> {
  const columns = readers.map(reader => (reader === 'utf8' ? placedTexts(rows) : empty(reader, rows)));
  const places = new Int32Array(2048);
  let seen = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const { rowCount } = chunk;
    const numbers = int32sIn(chunk, 0);
    for (let i = 0; i < rowCount; i++) places[i] = placeOf(numbers[i] ?? 0);
    for (const [index, column] of columns.entries()) {
      if ('add' in column) column.add(chunk, index + 1, places);
      else if (Array.isArray(column)) {
        const vector = chunk.getColumnVector(index + 1);
        for (let i = 0; i < rowCount; i++) column[places[i] ?? 0] = vector.getItem(i) as string | null;
      } else if (column instanceof Float64Array) scatter(column, float64sIn(chunk, index + 1), places);
      else if (column instanceof Int32Array) scatter(column, int32sIn(chunk, index + 1), places);
      else scatter(column, int64sIn(chunk, index + 1), places);
    }
    seen += rowCount;
  }
  if (seen !== rows) throw new EngineError('bug', `A statement gave ${seen} rows where ${rows} were expected.`);
  return columns.map(column => ('add' in column ? column.all() : column));
}

function scatter<T>(column: { [place: number]: T }, items: ArrayLike<T>, places: Int32Array): void {
  for (let i = 0; i < items.length; i++) column[places[i] as number] = items[i] as T;
}

export async function openDatabase(options: EngineOptions): Promise<Database> {
  await mkdir(options.scratch, { recursive: true });
  const isLarge = areLarge(options);
  const instance = await DuckDBInstance.create(isLarge ? join(options.scratch, 'tables.duckdb') : ':memory:', {
    threads: String(threadsOf(options)),
    temp_directory: options.scratch,
    // Else the memory of dropped tables goes back to the system only when somebody asks for more. Like this it takes a second or two.
    allocator_background_threads: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    ...(options.memory === null ? {} : { memory_limit: options.memory }),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split('\n')[0] : error;
    throw new EngineError('resources', `The engine cannot start: ${why}`, 'Look at `--memory` and `--threads`, and at what `cupel doctor` says.');
  });
  const connection = await instance.connect();
  const held = heldNumbers(connection);
  await connection.run("SET TimeZone = 'UTC'");
  // Nobody opens the file again.
  if (isLarge) await connection.run('PRAGMA disable_checkpoint_on_shutdown');
  await connection.run("SET allowed_configs = ['memory_limit']");
  await connection.run('SET lock_configuration = true');
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  const holdsMuch = !isLarge && (options.sourceBytes ?? 0) >= smallBytes;
  const flush = holdsMuch ? flushing(await limitOf(connection)) : [];
  return over(connection, options, { held, threads: threadsOf(options), spare: spareOf(options.memory), holdsMuch, flush, close });
}

function over(
  connection: DuckDBConnection,
  options: EngineOptions,
  { flush, ...own }: Pick<Database, 'held' | 'threads' | 'spare' | 'holdsMuch' | 'close'> & { readonly flush: readonly string[] },
): Database {
  let watching = (): boolean => false;
  const cancelled = (): boolean => watching() || options.cancelled?.() === true;
  let running = 0;
  let isLeft = false;
  const stopped = (): EngineError => new EngineError('cancelled', 'The run was cancelled.');
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    if (cancelled() || isLeft) throw stopped();
    running++;
    const working = work().finally(() => running--);
    let timer: NodeJS.Timeout | undefined;
    const told = new Promise<never>((_, reject) => {
      let times = 0;
      timer = setInterval(() => {
        if (!cancelled()) return;
        connection.interrupt();
        if (times++ === 0) return;
        // The engine looks up between batches of rows, which may be long. What it is doing is left to itself.
        isLeft = running > 0;
        reject(stopped());
      }, 20);
    });
    try {
      return await Promise.race([working, told]);
    } catch (error) {
      working.catch(() => undefined);
      throw error instanceof EngineError || error instanceof BatchProblem ? error : meaning(error);
    } finally {
      clearInterval(timer);
    }
  };
  const visits = rowVisits(connection, watched);
  return {
    async run(sql) {
      await watched(() => connection.run(sql));
    },
    rows: sql =>
      watched(async () => {
        const reader = await connection.runAndReadAll(sql);
        return reader.getRows().map(row => row.map(value => (value !== null && typeof value === 'object' ? String(value) : (value as Cell))));
      }),
    columns: (sql, rows, readers) =>
      watched(async () => {
        const columns = await readColumns(await connection.stream(sql), rows, readers);
        return columns as { [K in keyof typeof readers]: ColumnOf<(typeof readers)[K]> };
      }),
    async asked(sql) {
      const result = await watched(() => connection.run(sql));
      return {
        read: (rows, readers, placeOf) =>
          watched(async () => (await readPlaced(result, rows, readers, placeOf)) as { [K in keyof typeof readers]: PlacedOf<(typeof readers)[K]> }),
      };
    },
    visit: visits.rows,
    insert: (table, rows) => watched(() => insertRows(connection, table, rows)),
    append: (table, columns, batches) => watched(() => appendBatches(connection, table, columns, batches, cancelled)),
    load: (table, columns) => watched(() => loadColumns(connection, table, columns)),
    watch(next) {
      watching = next;
    },
    async giveBack() {
      // With more in use than there may be, all that can be given back has been.
      for (const sql of flush) await watched(() => connection.run(sql).catch(() => undefined));
    },
    ...own,
    // Closing waits for a statement that was left; the process ends without.
    close: () => (isLeft ? undefined : own.close()),
  };
}

/** The appender wants the name as it is stored, without quotes. */
const stored = (table: string): string => table.slice(1, -1).replaceAll('""', '"');

async function insertRows(
  connection: DuckDBConnection,
  table: string,
  rows: readonly (readonly [string | null, number, number | null])[],
): Promise<void> {
  const appender = await connection.createAppender(stored(table));
  for (const [text, whole, value] of rows) {
    if (text === null) appender.appendNull();
    else appender.appendVarchar(text);
    appender.appendInteger(whole);
    if (value === null) appender.appendNull();
    else appender.appendDouble(value);
    appender.endRow();
  }
  appender.closeSync();
}

async function loadColumns(connection: DuckDBConnection, table: string, columns: readonly Float64Array[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE ${table} (${columns.map((_, i) => `c${i} DOUBLE`).join(', ')})`);
  const appender = await connection.createAppender(stored(table));
  const rows = columns[0]?.length ?? 0;
  const chunk = DuckDBDataChunk.create(columns.map(() => DOUBLE));
  for (let start = 0; start < rows; start += 2048) {
    chunk.reset();
    chunk.rowCount = Math.min(2048, rows - start);
    for (const [i, column] of columns.entries()) {
      fillNumbers(chunk, i, column.subarray(start, start + chunk.rowCount));
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function appendBatches(
  connection: DuckDBConnection,
  table: string,
  columns: readonly { readonly name: string; readonly type: DuckDBType }[],
  batches: AsyncIterable<Batch>,
  cancelled: () => boolean,
): Promise<void> {
  const declared = columns.map(c => `"${c.name.replaceAll('"', '""')}" ${c.type}`);
  await connection.run(`CREATE OR REPLACE TABLE ${table} (${declared.join(', ')})`);
  const appender = await connection.createAppender(stored(table));
  const chunk = DuckDBDataChunk.create(columns.map(c => c.type));
  for await (const batch of batches) {
    for (let start = 0; start < batch.rows; start += 2048) {
      if (cancelled()) throw new EngineError('cancelled', 'The run was cancelled.');
      const rows = Math.min(2048, batch.rows - start);
      chunk.reset();
      chunk.rowCount = rows;
      for (const [place, cell] of batch.columns.entries()) {
        if (cell instanceof Float64Array) {
          fillNumbers(chunk, place, cell.subarray(start, start + rows));
          continue;
        }
        if ('texts' in cell) {
          fillTexts(chunk, place, cell, start);
          continue;
        }
        const vector = chunk.getColumnVector(place);
        for (let i = 0; i < rows; i++) vector.setItem(i, cell(start + i));
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
}
