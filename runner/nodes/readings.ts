/** The ledger's side of an evaluation: a test partition is entered before it is scored, once for the same rows and artifact. */
import { createHash } from 'node:crypto';
import type { EvaluateNode, Plan } from '../../language/plan/plan.ts';
import { identitiesOf } from '../learn/texts.ts';
import type { PartitionId } from '../store/ledger.ts';
import type { Workbench } from '../workbench.ts';
import type { JudgedRows } from './judged.ts';

/** The hash of the rows that were read; null where they are not of a test partition. */
export async function enterReading(bench: Workbench, node: EvaluateNode, judged: JudgedRows): Promise<string | null> {
  if (node.partition !== 'test') return null;
  const rows = hashOfRows(judged);
  await enter(bench, node, rows);
  return rows;
}

/** Again for a result from the cache, whose entry may be missing: somebody has read the rows all the same. */
export const enter = (bench: Workbench, node: EvaluateNode, rows: string): Promise<boolean> =>
  bench.store.ledger.add({
    ...partitionOf(bench.plan, node),
    rows,
    artifact: artifactOf(bench, node),
    model: bench.node(node.model).name,
    evaluation: node.name,
    run: bench.runId,
  });

/** Of what is scored, with its calibration and threshold: of a choice the model that was chosen, unless it was learned again. */
export const artifactOf = (bench: Workbench, { model }: EvaluateNode): string => bench.keys(stepOf(bench, model)).fingerprint;

function stepOf(bench: Workbench, id: string): string {
  const node = bench.node(id);
  const { chosen } = bench.output(id);
  return node.kind === 'choose' && chosen !== null && node.refit.length === 0 ? stepOf(bench, chosen) : id;
}

export function partitionOf(plan: Plan, node: EvaluateNode): PartitionId {
  const split = plan.nodes.find(n => n.id === node.split);
  const frame = split?.kind === 'split' ? plan.nodes.find(n => n.id === split.frame) : undefined;
  return { file: frame?.place.file ?? '', task: frame?.name ?? '', split: split?.name ?? node.split, partition: node.partition };
}

const bytesAtOnce = 1 << 18;

/** Identity and cutoff of each row; the rows stand in the order of both. */
function hashOfRows({ matrix, rows }: JudgedRows): string {
  const hash = createHash('sha256');
  const { cutoff } = matrix;
  const { bytes, starts } = identitiesOf(matrix);
  let room = Buffer.allocUnsafe(bytesAtOnce);
  let end = 0;
  // Of the row before: without cutoffs, and on a grid of them, most rows have the same.
  let known: bigint | null = null;
  let behind = Buffer.from('\t\n', 'latin1');
  for (const row of rows) {
    const from = starts[row] as number;
    const to = starts[row + 1] as number;
    if (cutoff !== null && cutoff[row] !== known) {
      known = cutoff[row] as bigint;
      behind = Buffer.from(`\t${known}\n`, 'latin1');
    }
    if (end + to - from + behind.length > room.length) {
      hash.update(room.subarray(0, end));
      end = 0;
      if (to - from + behind.length > room.length) room = Buffer.allocUnsafe(2 * (to - from + behind.length));
    }
    // Most are too short for a copy to be worth its call.
    for (let i = from; i < to; i++) room[end++] = bytes[i] as number;
    for (let i = 0; i < behind.length; i++) room[end++] = behind[i] as number;
  }
  return hash.update(room.subarray(0, end)).digest('hex');
}
