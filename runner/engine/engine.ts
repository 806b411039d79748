/** The embedded engine: DuckDB behind `RelationalEngine`. It executes nodes one after the other and remembers what each left behind. */
import type { PlanColumn } from '../../language/plan/plan.ts';
import { tableRules } from '../leaks/tableRules.ts';
import { executeCheck } from './check.ts';
import { diskError } from './diskError.ts';
import { engineName, openDatabase, SqlError } from './duckdb.ts';
import { readGaps, readSegments, readWhere } from './evaluated.ts';
import { createFeaturesView, executeFeatures, setColumns } from './features.ts';
import { finding, hasError } from './finding.ts';
import { executeFrame, frameColumns } from './frame.ts';
import { readMatrix, readRawColumns } from './matrix.ts';
import { dropObserved } from './observations.ts';
import { exportTable, preview, restoreTables, save, writePredictions, writeQuarantine } from './output.ts';
import { blame, isOverflow } from './overflow.ts';
import { shed } from './ownRows.ts';
import { executeRelation } from './relation.ts';
import {
  DataProblem,
  EngineError,
  type EngineOptions,
  type ExecuteContext,
  type NodeDetail,
  type NodeResult,
  type RelationalEngine,
  type RelationalNode,
} from './relational.ts';
import { release } from './release.ts';
import { executeScan, scanColumns } from './scan.ts';
import { columnsOf, type Session } from './session.ts';
import { createSplitView, executeSplit, splitColumns } from './split.ts';
import { suspectsOf } from './suspects.ts';

function executeNode(session: Session, node: RelationalNode, context: ExecuteContext): Promise<NodeResult> {
  switch (node.kind) {
    case 'scan':
      return executeScan(session, node, context);
    case 'relation':
      return executeRelation(session, node);
    case 'check':
      return executeCheck(session, node);
    case 'frame':
      return executeFrame(session, node, context);
    case 'split':
      return executeSplit(session, node);
    case 'features':
      return executeFeatures(session, node, context);
  }
}

function columnsOfNode(session: Session, node: RelationalNode, { detail }: NodeResult): readonly PlanColumn[] {
  switch (node.kind) {
    case 'scan':
      return scanColumns(node);
    case 'relation':
      return node.columns;
    case 'check':
      return columnsOf(session, node.table);
    case 'frame':
      return frameColumns(session, node);
    case 'split':
      return splitColumns(session, node);
    case 'features':
      return setColumns(node, detail.kind === 'features' ? detail.fitted : {});
  }
}

/** Makes the node readable for those after it. */
async function remember(session: Session, node: RelationalNode, result: NodeResult): Promise<NodeResult> {
  const columns = columnsOfNode(session, node, result);
  session.entries.set(node.id, { node, columns, result });
  if (node.kind === 'split') await createSplitView(session, node);
  if (node.kind === 'features') await createFeaturesView(session, node, columns);
  return result;
}

function emptyDetail(node: RelationalNode): NodeDetail {
  switch (node.kind) {
    case 'scan':
      return { kind: 'scan', columns: node.columns.length, quarantinedRows: 0, quarantinedCells: 0 };
    case 'relation':
      return { kind: 'relation' };
    case 'check':
      return { kind: 'check', checks: [] };
    case 'frame':
      return { kind: 'frame', candidates: 0, unripe: 0, nullLabels: 0, end: null };
    case 'split':
      return { kind: 'split', partitions: [] };
    case 'features':
      return { kind: 'features', fitted: {}, columns: [] };
  }
}

async function overflowed(session: Session, node: RelationalNode, error: unknown): Promise<NodeResult> {
  const blamed = isOverflow(error) ? await blame(session, error, suspectsOf(session, node)) : error;
  if (!(blamed instanceof DataProblem) && !isOverflow(blamed)) throw error;
  const help = 'An int has 64 bits and a sum of floats 127: use `float(x)` for large ints, and a larger unit for large floats.';
  const found =
    blamed instanceof DataProblem
      ? blamed.finding
      : finding('error', 'overflow', node.place, `A number that \`${node.name}\` computes is too large for its type.`, help);
  return { node: node.id, rows: 0, summary: 'a number is too large', findings: [found], quarantined: 0, detail: emptyDetail(node) };
}

const asEngineError = (error: unknown): unknown =>
  error instanceof SqlError ? (error.kind === 'io' ? diskError(error.message) : new EngineError('bug', error.message)) : error;

/** Called behind each node that was executed, when its tables are there. */
export type Behind = (session: Session, node: RelationalNode) => Promise<void>;

export async function openEngine(options: EngineOptions, behind?: Behind): Promise<RelationalEngine> {
  return engineOver({ db: await openDatabase(options), root: options.root, entries: new Map(), pairsOnly: false }, options.threads, behind);
}

/** The engine of a session that somebody else can look into: tests do. */
export function engineOver(session: Session, threads: number, behind?: Behind): RelationalEngine {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asEngineError(error);
    }
  };
  return {
    version: engineName,
    threads,
    execute: (node, context) =>
      guarded(async () => {
        session.db.watch(context.cancelled);
        try {
          const result = await executeNode(session, node, context);
          if (hasError(result.findings)) return result;
          await remember(session, node, result);
          await behind?.(session, node);
          return result;
        } catch (error) {
          return await overflowed(session, node, error);
        } finally {
          session.db.watch(() => false);
          await dropObserved(session);
        }
      }),
    save: (id, folder) => guarded(() => save(session, id, folder)),
    restore: (node, folder) => guarded(async () => remember(session, node, await restoreTables(session, node, folder))),
    release: id => guarded(() => release(session, id)),
    shed: (features, ids) => guarded(() => shed(session, features, ids)),
    matrix: (id, keep) => guarded(() => readMatrix(session, id, keep)),
    rawColumns: (id, matrix, keep) => guarded(() => readRawColumns(session, id, matrix ?? null, keep)),
    where: (id, condition) => guarded(() => readWhere(session, id, condition)),
    gaps: (id, parts) => guarded(() => readGaps(session, id, parts)),
    leaks: (id, isEntity, settings) => guarded(() => tableRules(session, id, isEntity, settings)),
    segments: (id, by) => guarded(() => readSegments(session, id, by)),
    writePredictions: (path, predictions) => guarded(() => writePredictions(session, path, predictions)),
    writeQuarantine: (node, path) => guarded(() => writeQuarantine(session, node, path)),
    exportTable: (id, path, limit, only) => guarded(() => exportTable(session, id, path, limit, only)),
    preview: (id, limit, claim, only) => guarded(() => preview(session, id, limit, claim, only)),
    async close() {
      session.db.close();
    },
  };
}
