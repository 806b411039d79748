/** The files behind the sources of plans, held against their declarations without reading their rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, ScanNode } from '../language/plan/plan.ts';
import { type Database, openDatabase } from './engine/duckdb.ts';
import { typedCells } from './engine/scan.ts';
import { openSource } from './engine/source.ts';
import { asFailure } from './failure.ts';
import type { FindingRecord } from './record.ts';

/** Files that are missing or of another kind, columns that are missing, doubled, undeclared or of a type that never fits. */
async function ofSource(db: Database, root: string, node: ScanNode): Promise<readonly FindingRecord[]> {
  const { files, findings } = await openSource(db, root, node, true);
  return [...findings, ...files.flatMap(file => typedCells(node, file).findings)];
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
