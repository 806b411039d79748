/** Holds what the scorer makes of observations against the reference: the same steps, with what the engine learned. */
import type { FeaturesNode, FrameNode } from '../language/plan/plan.ts';
import type { NodeDetail } from '../runner/engine/relational.ts';
import { type Leaf, stepperOf } from '../runner/serve/encoder.ts';
import { differences } from './reference/compare.ts';
import { observationScope } from './reference/frame.ts';
import type { NodeOutcome } from './reference/interpret.ts';
import { cell, type Row, type Table, type Value } from './reference/table.ts';
import type { Scope } from './reference/values.ts';

const leafValue = (leaf: Leaf, scope: Scope): Value =>
  leaf.kind === 'column' ? scope.column(leaf.name, leaf.of) : leaf.kind === 'window' ? scope.window(leaf.id) : scope.cutoff;

/** Training rows are encoded out of fold, so behind such a step they are left out. */
export function javascriptDifferences(
  node: FeaturesNode,
  frame: FrameNode,
  detail: NodeDetail,
  outcomes: ReadonlyMap<string, NodeOutcome>,
): readonly string[] {
  if (detail.kind !== 'features') return ['no features were made'];
  const tableOf = (id: string): Table => outcomes.get(id)?.table ?? { columns: [], rows: [] };
  const [observations, set] = [tableOf(node.split), tableOf(node.id)];
  const columns = set.columns.filter(column => column.name !== '#fit');
  const { leaves, made, run } = stepperOf(
    { steps: node.steps, fitted: detail.fitted },
    columns.map(({ name }) => name),
  );
  const isOutOfFold = node.steps.some(step => step.kind === 'fitted' && step.transform === 'target_encode');
  const pairs = observations.rows.flatMap((row, i): { wanted: Row; found: Row }[] => {
    if (isOutOfFold && row['#partition'] === 'train') return [];
    const instant = frame.cutoffs.kind === 'none' ? null : cell(row, '#cutoff');
    const scope = observationScope(node.paths, node.windows, { row, table: observations }, typeof instant === 'number' ? instant : null, tableOf);
    const values = run(leaves.map(leaf => leafValue(leaf, scope)));
    const found = Object.fromEntries(columns.map(({ name }) => [name, values[made.get(name)?.place ?? -1] ?? null]));
    return [{ wanted: set.rows[i] ?? {}, found }];
  });
  return pairs.flatMap(({ wanted, found }) => differences({ columns, rows: [wanted] }, [found])).slice(0, 3);
}
