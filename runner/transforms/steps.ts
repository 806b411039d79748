/** The columns of a feature set, step by step: which columns each fitted step reads and which it makes. */
import type { FeatureStep, PlanColumn } from '../../language/plan/plan.ts';
import type { FittedState } from '../engine/relational.ts';
import type { Output } from './formula.ts';
import { type FittedStep, type InputColumn, outputsOf } from './outputs.ts';

/** Columns by the output of the step that made them: several where it is a group. */
export type ColumnsOf = ReadonlyMap<string, readonly PlanColumn[]>;

export function inputsOf(step: FittedStep, made: ColumnsOf): readonly InputColumn[] {
  const { names } = step.settings;
  return step.inputs.flatMap((input, i) => {
    const columns = made.get(input);
    if (!columns) throw new Error(`${step.output} reads ${input} before it is made.`);
    const called = Array.isArray(names) ? String(names[i]) : String(i + 1);
    return columns.map(column => ({ ...column, label: `${called}${column.name.slice(input.length)}` }));
  });
}

/** What a step makes that learns nothing in the set itself. */
export function columnsOf(step: Exclude<FeatureStep, FittedStep>): readonly PlanColumn[] {
  const { output, type } = step;
  const classes = step.kind === 'predicted' ? step.classes : undefined;
  return classes?.map(level => ({ name: `${output}=${level}`, type })) ?? [{ name: output, type }];
}

export interface AppliedStep {
  readonly step: FeatureStep;
  readonly columns: readonly PlanColumn[];
  /** Of a fitted step. */
  readonly outputs: readonly Output[];
}

/** All steps in order with what they make; `fitted` holds what each fitted step learned, by its output. */
export function appliedSteps(steps: readonly FeatureStep[], fitted: Readonly<Record<string, FittedState>>): readonly AppliedStep[] {
  const made = new Map<string, readonly PlanColumn[]>();
  return steps.map(step => {
    const outputs = step.kind === 'fitted' ? outputsOf(step, learnedBy(step, fitted), inputsOf(step, made)) : [];
    const columns = step.kind === 'fitted' ? outputs.map(({ column }) => column) : columnsOf(step);
    made.set(step.output, columns);
    return { step, columns, outputs };
  });
}

function learnedBy(step: FittedStep, fitted: Readonly<Record<string, FittedState>>): FittedState {
  const state = fitted[step.output];
  if (!state) throw new Error(`Nothing was learned for ${step.output}.`);
  return state;
}
