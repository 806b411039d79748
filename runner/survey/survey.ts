/**
 * A survey of data that nobody has declared: the likely type of each column, what does not fit it, and the figures of its values. The
 * data are read by the same scan as a source is, so what is found here is what a declared source would give.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanType, ScanNode } from '../../language/plan/plan.ts';
import { type Database, openDatabase } from '../engine/duckdb.ts';
import { hasError } from '../engine/finding.ts';
import { executeScan } from '../engine/scan.ts';
import { beside, type Session } from '../engine/session.ts';
import { asFailure } from '../failure.ts';
import type { FindingRecord } from '../record.ts';
import { name } from '../sql/write.ts';
import { type Correlation, correlations } from './correlations.ts';
import { type Data, noColumn, openData, withTypes } from './data.ts';
import { type ColumnFigures, figuresOf } from './figures.ts';
import { dirty, type Guess } from './guess.ts';
import { typesOf } from './types.ts';

export interface SurveyOptions {
  /** Paths are relative to it. */
  readonly root: string;
  readonly threads: number;
  readonly memory: string | null;
  readonly signal: AbortSignal;
  /** Figures of distributions, and what moves together: for people to look at. */
  readonly distributions: boolean;
}

/** Cells that do not fit the type of their column. */
export interface Misfit {
  readonly reason: string;
  readonly cells: number;
  readonly example: string | null;
  readonly file: string;
  readonly row: number;
}

export interface SurveyedColumn extends ColumnFigures {
  readonly name: string;
  readonly type: PlanType;
  /** The other way to read its dates. */
  readonly otherwise: string | null;
  readonly misfits: readonly Misfit[];
}

export interface Survey {
  readonly connector: ScanNode['connector'];
  readonly path: string;
  readonly options: ScanNode['options'];
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  /** Rows that could not be read at all. */
  readonly broken: number;
  readonly columns: readonly SurveyedColumn[];
  readonly unreadable: Data['unreadable'];
  readonly correlations: readonly Correlation[];
  /** What is wrong with the rows; errors where nothing could be read. */
  readonly findings: readonly FindingRecord[];
}

interface Read {
  readonly node: ScanNode;
  readonly guesses: readonly Guess[];
  readonly rows: number;
  readonly findings: readonly FindingRecord[];
}

const badCells = `SELECT "column", count(*) FROM ${beside('data', 'quarantine')} WHERE "column" IS NOT NULL GROUP BY "column"`;

/** Reads under the guessed types; a column in which too many cells do not fit becomes text, which everything fits. */
async function read(session: Session, node: ScanNode, guesses: readonly Guess[], signal: AbortSignal): Promise<Read> {
  const result = await executeScan(session, node, { cancelled: () => signal.aborted, progress: () => undefined });
  if (hasError(result.findings)) {
    const none = result.findings.find(f => f.severity === 'error');
    const readable = none?.rule === 'no-rows' && node.columns.some(c => c.type !== 'text');
    if (!readable) return { node, guesses, rows: 0, findings: result.findings };
  }
  const bad = new Map((await session.db.rows(badCells)).map(([column, cells]) => [String(column), Number(cells)]));
  const isTyped = node.connector === 'parquet' || node.connector === 'arrow';
  const wrong = node.columns.map(c => c.type !== 'text' && (bad.get(c.name) ?? 0) > (isTyped ? 0 : dirty) * result.rows);
  if (!wrong.includes(true)) return { node, guesses, rows: result.rows, findings: result.findings };
  const types = node.columns.map((c, i) => (wrong[i] ? 'text' : c.type));
  return read(
    session,
    withTypes(node, types),
    guesses.map((g, i) => (wrong[i] ? { ...g, type: 'text', otherwise: null } : g)),
    signal,
  );
}

async function misfitsOf(db: Database): Promise<ReadonlyMap<string, readonly Misfit[]>> {
  const rows = await db.rows(
    `SELECT "column", "reason", count(*), min_by("value", ("file", "row")), min("file"), arg_min("row", ("file", "row"))
     FROM ${beside('data', 'quarantine')} WHERE "column" IS NOT NULL GROUP BY "column", "reason" ORDER BY count(*) DESC, "reason"`,
  );
  const found = new Map<string, Misfit[]>();
  for (const [column, reason, cells, example, file, row] of rows) {
    const misfit = {
      reason: String(reason),
      cells: Number(cells),
      example: example === null ? null : String(example),
      file: String(file),
      row: Number(row),
    };
    found.set(String(column), [...(found.get(String(column)) ?? []), misfit]);
  }
  return found;
}

async function surveyed(db: Database, path: string, options: SurveyOptions): Promise<Survey> {
  const { root, signal, distributions } = options;
  const session: Session = { db, root, pairsOnly: false, entries: new Map() };
  db.watch(() => signal.aborted);
  const data = await openData(db, root, path);
  const nothing = { connector: data.node.connector, path: data.node.path, options: data.node.options, files: data.files, bytes: data.bytes };
  const refused = (findings: readonly FindingRecord[], unreadable = data.unreadable): Survey => ({
    ...nothing,
    rows: 0,
    broken: 0,
    columns: [],
    unreadable,
    correlations: [],
    findings,
  });
  if (hasError(data.findings)) return refused(data.findings);
  const typed = await typesOf(db, root, data.node);
  const unreadable = [...data.unreadable, ...typed.unreadable];
  if (hasError(typed.findings)) return refused(typed.findings);
  if (typed.node.columns.length === 0) return refused([noColumn(data.node.path, unreadable)], unreadable);
  const { node, guesses, rows, findings } = await read(session, typed.node, typed.guesses, signal);
  if (hasError(findings)) return refused(findings, unreadable);
  const found = { ...nothing, options: node.options, rows, unreadable };
  const misfits = await misfitsOf(db);
  const table = name('data');
  const columns: SurveyedColumn[] = [];
  for (const [i, { name: column, type }] of node.columns.entries()) {
    const figures = await figuresOf(db, table, { name: column, type }, rows, distributions);
    columns.push({ name: column, type, otherwise: guesses[i]?.otherwise ?? null, misfits: misfits.get(column) ?? [], ...figures });
  }
  const [whole] = await db.rows(`SELECT count(DISTINCT ("file", "row")) FROM ${beside('data', 'quarantine')} WHERE "column" IS NULL`);
  return {
    ...found,
    broken: Number(whole?.[0] ?? 0),
    columns,
    correlations: distributions ? await correlations(db, table, node.columns, rows) : [],
    findings: findings.filter(f => f.severity !== 'info' && f.rule !== 'no-rows'),
  };
}

/** Throws `RunFailed` where the machine does not allow it, or when cancelled. */
export async function survey(path: string, options: SurveyOptions): Promise<Survey> {
  const scratch = await mkdtemp(join(tmpdir(), 'cupel-survey-'));
  let db: Database | null = null;
  try {
    db = await openDatabase({ root: options.root, scratch, threads: options.threads, memory: options.memory });
    return await surveyed(db, path, options);
  } catch (error) {
    throw asFailure(error, null) ?? error;
  } finally {
    db?.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
