/** What a model says of observations, plainly: the two algorithms whose fit can be written down in a few lines stand for all. */
import type { FeaturesNode, FrameNode, Plan, PlanNode, TrainNode } from '../../language/plan/plan.ts';
import { labelNumber, type PredictedStep } from './features.ts';
import { toFloat } from './numbers.ts';
import { solved } from './solved.ts';
import { cell, type Row, type Table, typeOfColumn, type Value } from './table.ts';

type Says = (row: number) => readonly number[];

interface Observations {
  /** The columns of the feature set and of its split, row by row. */
  readonly set: Table;
  readonly split: Table;
}

const ofKind = <K extends PlanNode['kind']>(plan: Plan, id: string, kind: K): Extract<PlanNode, { kind: K }> => {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind !== kind) throw new Error(`The plan has no ${kind} node ${id}.`);
  return node as Extract<PlanNode, { kind: K }>;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Null where there is nothing to learn from. */
function learned(node: TrainNode, features: FeaturesNode, frame: FrameNode, { set, split }: Observations): Says | null {
  const labels = split.rows.map(row => labelNumber(cell(row, '#label'), frame.label, typeOfColumn(split, '#label')));
  const train = split.rows.flatMap((row, i) => (row['#partition'] === 'train' && set.rows[i]?.['#fit'] === true ? [i] : []));
  if (train.length === 0) return null;
  const y = train.map(i => labels[i] ?? 0);
  if (frame.label?.kind === 'binary' && y.every(value => value === y[0])) return null;
  if (node.algorithm === 'baseline') {
    const rate = mean(y);
    return () => [rate];
  }
  if (node.algorithm !== 'linear_regression') throw new Error(`The reference does not learn ${node.algorithm}.`);
  const number = (row: Row, column: string): number => {
    const value: Value = cell(row, column);
    return value === null ? Number.NaN : toFloat(value, typeOfColumn(set, column));
  };
  const x = set.rows.map(row => [1, ...features.features.map(feature => number(row, feature.column))]);
  const width = features.features.length + 1;
  const sums = (f: (row: readonly number[], label: number) => number): number => train.reduce((sum, i) => sum + f(x[i] ?? [], labels[i] ?? 0), 0);
  const gram = Array.from({ length: width }, (_, j) => Array.from({ length: width }, (_, k) => sums(row => (row[j] ?? 0) * (row[k] ?? 0))));
  const weights = solved(
    gram,
    gram.map((_, j) => sums((row, label) => (row[j] ?? 0) * label)),
  );
  return i => [weights.reduce((sum, weight, j) => sum + weight * (x[i]?.[j] ?? 0), 0)];
}

/** The columns of a `predicted` step, row by row as in the split's table. */
export function predicted(plan: Plan, node: FeaturesNode, step: PredictedStep, rows: Table, tableOf: (id: string) => Table) {
  const sayingOf = (id: string): { readonly says: Says | null; readonly split: Table } => {
    const model = ofKind(plan, id, 'train');
    const features = ofKind(plan, model.features, 'features');
    const split = tableOf(features.split);
    return { says: learned(model, features, ofKind(plan, node.frame, 'frame'), { set: tableOf(features.id), split }), split };
  };
  const all = sayingOf(step.model);
  const folds = step.folds.map(sayingOf);
  const values = rows.rows.map((row, i): number | null => {
    if (row['#partition'] !== 'train') return all.says?.(i)[0] ?? null;
    const own = folds.find(({ split }) => split.rows[i]?.['#partition'] === 'validate');
    return own?.says?.(i)[0] ?? null;
  });
  return { columns: [{ name: step.output, type: step.type }], values: [values] };
}
