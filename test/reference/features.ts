/** Feature sets: row expressions and windows for every observation, then fitted transforms, step by step. */
import { type FeaturesNode, type FrameNode, outerOf, type PlanColumn, type SplitNode } from '../../language/plan/plan.ts';
import { uniform } from './canonical.ts';
import { type Input, learn } from './fits.ts';
import { observationScope } from './frame.ts';
import { toFloat } from './numbers.ts';
import type { Fitted, FittedStep, Sample } from './samples.ts';
import { identityText, ownText } from './split.ts';
import { cell, type Row, type Table, typeOfColumn, type Value } from './table.ts';
import { addDuration, plus } from './times.ts';
import { evaluate } from './values.ts';

export type PredictedStep = Extract<FeaturesNode['steps'][number], { kind: 'predicted' }>;

const cutoffOf = (row: Row): number | null => {
  const cutoff = cell(row, '#cutoff');
  return typeof cutoff === 'number' ? cutoff : null;
};

export function labelNumber(value: Value, label: FrameNode['label'], type: Table['columns'][number]['type']): number {
  if (value === null) return Number.NaN;
  return label?.kind === 'binary' && label.positive !== null ? Number(value === label.positive) : toFloat(value, type);
}

/** Folds of a split without time: by the hash of the group where the split is by group, else of the identity. */
function foldOf(row: Row, split: SplitNode, folds: number): number {
  const method = outerOf(split);
  if (method.kind === 'time') return 0;
  const text = method.kind === 'group' ? ownText(method.group, row) : identityText(row);
  return Math.floor(uniform(`${method.seed}|fold|${text}`) * folds);
}

/** Columns of the set by the output that they belong to. */
type Made = ReadonlyMap<string, readonly PlanColumn[]>;

const namesRead = (step: FittedStep, made: Made): string[] => step.inputs.flatMap(input => (made.get(input) ?? []).map(column => column.name));

const inputsRead = (step: FittedStep, made: Made): Input[] =>
  step.inputs.flatMap((input, place) =>
    (made.get(input) ?? []).map(column => ({ type: column.type, place, suffix: column.name.slice(input.length) })),
  );

function samplesOf(step: FittedStep, made: Made, set: Table, table: Table, frame: FrameNode, split: SplitNode): Sample[] {
  const folds = Number(step.settings['folds'] ?? 5);
  const names = namesRead(step, made);
  const { label } = frame;
  return table.rows.map((row, i) => {
    const cutoff = cutoffOf(row);
    const values = names.map(name => cell(set.rows[i] ?? {}, name));
    return {
      value: values[0] ?? null,
      values,
      identity: identityText(row),
      isTrain: row['#partition'] === 'train',
      label: labelNumber(cell(row, '#label'), label, typeOfColumn(table, '#label')),
      labelRipe: cutoff === null || !label ? null : addDuration(cutoff, plus(label.horizon, label.delay)),
      cutoff,
      fold: foldOf(row, split, folds),
    };
  });
}

function withFitted(set: Table, { columns, values, leftOut }: Fitted): Table {
  return {
    columns: [...set.columns, ...columns],
    rows: set.rows.map((row, i) => ({
      ...row,
      ...Object.fromEntries(columns.map(({ name }, c) => [name, values[c]?.[i] ?? null])),
      '#fit': row['#fit'] === true && leftOut[i] === false,
    })),
  };
}

/** The columns of the set, row by row as in the split's table; `#fit` is one of them. */
export function features(
  node: FeaturesNode,
  frame: FrameNode,
  split: SplitNode,
  rows: Table,
  tableOf: (id: string) => Table,
  predicted: (step: PredictedStep) => Omit<Fitted, 'leftOut'>,
): Table {
  const scopes = rows.rows.map(row => observationScope(node.paths, node.windows, { row, table: rows }, cutoffOf(row), tableOf));
  let set: Table = { columns: [{ name: '#fit', type: 'bool' }], rows: rows.rows.map(() => ({ '#fit': true })) };
  const made = new Map<string, readonly PlanColumn[]>();
  for (const step of node.steps) {
    if (step.kind === 'predicted') {
      const { columns, values } = predicted(step);
      set = withFitted(set, { columns, values, leftOut: rows.rows.map((row, i) => row['#partition'] === 'train' && values.some(v => v[i] == null)) });
      made.set(step.output, columns);
      continue;
    }
    if (step.kind === 'fitted') {
      const fitted = learn(step, samplesOf(step, made, set, rows, frame, split), {
        inTime: outerOf(split).kind === 'time',
        isBinary: frame.label?.kind === 'binary',
        inputs: inputsRead(step, made),
      });
      set = withFitted(set, fitted);
      made.set(step.output, fitted.columns);
      continue;
    }
    made.set(step.output, [{ name: step.output, type: step.type }]);
    const value = set.rows.map((row, i) => {
      const scope = scopes[i];
      if (!scope) throw new Error('An observation has no scope.');
      return evaluate(step.value, { ...scope, column: (name, of) => (of === 'set' ? cell(row, name) : scope.column(name, of)) });
    });
    set = {
      columns: [...set.columns, { name: step.output, type: step.type }],
      rows: set.rows.map((row, i) => ({ ...row, [step.output]: value[i] ?? null })),
    };
  }
  return set;
}
