/** Runs a plan on the engine over files given as text, and reads its tables back as the reference interpreter's rows. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plan, PlanColumn, PlanType } from '../language/plan/plan.ts';
import { openDatabase } from '../runner/engine/duckdb.ts';
import { engineOver } from '../runner/engine/engine.ts';
import { type ExecuteContext, isRelational, type NodeResult, type RelationalEngine } from '../runner/engine/relational.ts';
import { columnsOf, type Session } from '../runner/engine/session.ts';
import { windowsAgain } from '../runner/lastReads.ts';
import { canonical } from '../runner/sql/canonical.ts';
import { name } from '../runner/sql/write.ts';
import type { Row, Value } from './reference/table.ts';

export const quiet: ExecuteContext = { cancelled: () => false, progress: () => undefined };

export interface Run {
  readonly engine: RelationalEngine;
  readonly session: Session;
  readonly root: string;
  readonly results: ReadonlyMap<string, NodeResult>;
  readonly rows: (id: string) => Promise<Row[]>;
}

function cellOf(text: string, type: PlanType): Value {
  if (text === '\u0000') return null;
  if (typeof type === 'object') return BigInt(text.replace('.', ''));
  switch (type) {
    case 'bool':
      return text === 'true';
    case 'int':
      return BigInt(text);
    case 'float':
    case 'date':
    case 'timestamp':
      return Number(text);
    case 'duration': {
      const [months = '', micros = ''] = text.split('mo');
      return { months: Number(months), micros: Number(micros) };
    }
    case 'text':
      return text;
  }
}

/** The outputs of a feature set stand beside the columns of its split. */
function columnsRead(session: Session, id: string): readonly PlanColumn[] {
  const own = columnsOf(session, id);
  const node = session.entries.get(id)?.node;
  if (node?.kind !== 'features') return own;
  return [...columnsOf(session, node.split).filter(c => !own.some(o => o.name === c.name)), ...own];
}

async function readRows(session: Session, id: string): Promise<Row[]> {
  const columns = columnsRead(session, id);
  const found = await session.db.rows(`SELECT ${columns.map(c => canonical(name(c.name), c.type)).join(', ')} FROM ${name(id)}`);
  return found.map(row => Object.fromEntries(columns.map((c, i) => [c.name, cellOf(String(row[i]), c.type)])));
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Nodes after one with an error are not executed. Of sources of many bytes the engine keeps tables in a file. The folder and the engine live as long as `work` runs. */
export async function onEngine<T>(
  plan: Plan,
  files: Files,
  work: (run: Run) => Promise<T>,
  threads = 1,
  pairsOnly = false,
  sourceBytes = 0,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'cupel-engine-'));
  const scratch = join(root, '.scratch');
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const session: Session = { db: await openDatabase({ root, scratch, threads, memory: null, sourceBytes }), root, entries: new Map(), pairsOnly };
    const engine = engineOver(session, threads);
    try {
      const results = new Map<string, NodeResult>();
      for (const node of plan.nodes) {
        if (!isRelational(node)) continue;
        const result = await engine.execute(node, { ...quiet, windowsAgain: windowsAgain(plan, node) });
        results.set(node.id, result);
        if (result.findings.some(f => f.severity === 'error')) break;
      }
      return await work({ engine, session, root, results, rows: id => readRows(session, id) });
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
