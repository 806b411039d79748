/** The files behind the sources of plans, held against their declarations: as a whole, and by their first rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, ScanNode } from '../language/plan/plan.ts';
import type { SourceFile } from './engine/connectors/sourceFile.ts';
import { type Database, openDatabase, SqlError } from './engine/duckdb.ts';
import { hasError } from './engine/finding.ts';
import { sampleFindings } from './engine/quarantine.ts';
import { typedCells } from './engine/scan.ts';
import type { Session } from './engine/session.ts';
import { openSource } from './engine/source.ts';
import { asFailure } from './failure.ts';
import type { FindingRecord } from './record.ts';

/**
 * Files that are missing or of another kind, columns that are missing, doubled, undeclared or of a type that never fits; and what the first
 * rows hold beyond what is declared.
 */
async function ofSource(db: Database, root: string, node: ScanNode): Promise<readonly FindingRecord[]> {
  const { files, findings } = await openSource(db, root, node, true);
  const whole = [...findings, ...files.flatMap(file => typedCells(node, file).findings)];
  if (hasError(whole)) return whole;
  return [...whole, ...(await ofFirstRows({ db, root, pairsOnly: false, entries: new Map() }, node, files))];
}

/** Where the beginning cannot be read without the rest nothing is said of its rows: a run reads all of it. */
async function ofFirstRows(session: Session, node: ScanNode, files: readonly SourceFile[]): Promise<readonly FindingRecord[]> {
  try {
    return await sampleFindings(session, node, files);
  } catch (error) {
    if (error instanceof SqlError && error.kind !== 'io') return [];
    throw error;
  }
}

/** What several programs share is found once. Throws `RunFailed` where the machine does not allow it. */
export async function schemaFindings(plans: readonly Plan[], root: string): Promise<FindingRecord[]> {
  const scans = new Map<string, ScanNode>();
  for (const node of plans.flatMap(plan => plan.nodes)) {
    if (node.kind === 'scan') scans.set(JSON.stringify([node.place, node.name]), node);
  }
  const scratch = await mkdtemp(join(tmpdir(), 'cupel-schemas-'));
  let db: Database | null = null;
  try {
    db = await openDatabase({ root, scratch, threads: 1, memory: null });
    const findings: FindingRecord[] = [];
    for (const node of scans.values()) findings.push(...(await ofSource(db, root, node)));
    return findings;
  } catch (error) {
    throw asFailure(error, null) ?? error;
  } finally {
    db?.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
