/** The ledger's side of an evaluation: a test partition is entered before it is scored, once for the same rows and artifact. */
import { createHash } from 'node:crypto';
import type { EvaluateNode, Plan } from '../../language/plan/plan.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, RunRecord } from '../record.ts';
import { countReadings } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import type { Workbench } from '../workbench.ts';
import type { JudgedRows } from './judged.ts';

export async function enterReading(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Promise<void> {
  if (node.partition !== 'test') return;
  const of = partitionOf(bench.plan, node);
  await bench.store.ledger.add({
    ...of,
    rows: hashOfRows(judged),
    artifact: bench.keys(artifactOf(bench, node.model)).fingerprint,
    model: bench.node(node.model).name,
    evaluation: node.name,
    run: bench.runId,
  });
}

/** The step that made what is scored, with its calibration and threshold: of a choice the model that was chosen, unless it was learned again. */
function artifactOf(bench: Workbench, id: string): string {
  const node = bench.node(id);
  const { chosen } = bench.output(id);
  return node.kind === 'choose' && chosen !== null && node.refit.length === 0 ? artifactOf(bench, chosen) : id;
}

/** What the ledger says about the test partitions of a plan, after its evaluations. */
export async function ledgerState(
  plan: Plan,
  store: Store,
): Promise<{ readonly ledger: RunRecord['ledger']; readonly findings: readonly FindingRecord[] }> {
  const evaluations = plan.nodes.filter(n => n.kind === 'evaluate').filter(n => n.partition === 'test');
  const [first] = evaluations;
  if (first === undefined) return { ledger: [], findings: [] };
  const { entries, damaged } = await store.ledger.read();
  const partitions = new Map(evaluations.map(e => [JSON.stringify(partitionOf(plan, e)), partitionOf(plan, e)]));
  const ledger = [...partitions.values()].map(of => ({
    partition: partitions.size === 1 ? of.partition : `${of.split}.${of.partition}`,
    ...countReadings(entries, of),
  }));
  const findings = damaged.map(
    (name): FindingRecord => ({
      ...recordPlace(first.place),
      severity: 'warning',
      rule: 'ledger-changed',
      message: `The ledger entry ${name} was changed after it was written and is not counted`,
      help: 'Take it back from version control.',
      count: 1,
    }),
  );
  return { ledger, findings };
}

function partitionOf(plan: Plan, node: EvaluateNode): { file: string; task: string; split: string; partition: string } {
  const split = plan.nodes.find(n => n.id === node.split);
  const frame = split?.kind === 'split' ? plan.nodes.find(n => n.id === split.frame) : undefined;
  return { file: frame?.place.file ?? '', task: frame?.name ?? '', split: split?.name ?? node.split, partition: node.partition };
}

/** Identity and cutoff of each row; the rows stand in the order of both. */
function hashOfRows({ matrix, rows }: JudgedRows): string {
  const hash = createHash('sha256');
  const { identity, cutoff } = matrix;
  for (const row of rows) hash.update(`${identity[row] ?? ''}\t${cutoff?.[row] ?? ''}\n`);
  return hash.digest('hex');
}
