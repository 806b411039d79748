/**
 * A feature set in process: from what an observation reads to the columns of a matrix, by the same steps and with what was learned on train.
 * The engine does the same in SQL; tests hold both equal.
 */
import type { FeatureStep, PlanColumn, PlanExpr, PlanType } from '../../language/plan/plan.ts';
import type { FittedState } from '../engine/relational.ts';
import { type Matrix, nullCode, unseenCode } from '../learn/matrix.ts';
import { microsPerDay } from '../sql/write.ts';
import { appliedSteps } from '../transforms/steps.ts';
import { evaluator, type Places } from './expression.ts';
import { type Fill, fills } from './formulas.ts';
import { asFloat, canonicalText, isDuration, type Value } from './values.ts';

/** What a trained feature set is, as a model stores it. */
export interface Encoding {
  readonly steps: readonly FeatureStep[];
  /** By the output of the fitted step. */
  readonly fitted: Readonly<Record<string, FittedState>>;
  /** Of the matrix, categories with the levels of train. */
  readonly columns: readonly { readonly name: string; readonly feature: string; readonly levels: readonly string[] | null }[];
}

/** Something that the row steps read of an observation. */
export type Leaf =
  | { readonly kind: 'column'; readonly name: string; readonly of: string | null; readonly type: PlanType }
  | { readonly kind: 'window'; readonly id: string; readonly type: PlanType }
  | { readonly kind: 'cutoff'; readonly type: 'timestamp' };

export interface Encoder {
  /** In the order in which `encode` takes their values. */
  readonly leaves: readonly Leaf[];
  /** A matrix of one row, which `encode` fills anew. */
  readonly matrix: Matrix;
  readonly encode: (values: readonly Value[]) => void;
}

const leafKey = (leaf: Leaf): string =>
  leaf.kind === 'column' ? `${leaf.of ?? ''}.${leaf.name}` : leaf.kind === 'window' ? `window ${leaf.id}` : 'cutoff';

/** Leaves of an expression in the order of the text. */
function leavesIn(expr: PlanExpr): readonly Leaf[] {
  switch (expr.op) {
    case 'column':
      return expr.of === 'set' ? [] : [{ kind: 'column', name: expr.name, of: expr.of, type: expr.type }];
    case 'window':
      return [{ kind: 'window', id: expr.id, type: expr.type }];
    case 'cutoff':
      return [{ kind: 'cutoff', type: 'timestamp' }];
    case 'call':
      return expr.args.flatMap(leavesIn);
    default:
      return [];
  }
}

function setColumnsIn(expr: PlanExpr): readonly string[] {
  if (expr.op === 'column') return expr.of === 'set' ? [expr.name] : [];
  return expr.op === 'call' ? expr.args.flatMap(setColumnsIn) : [];
}

/** The steps that the wanted columns rest on, in order. */
function needed({ steps, fitted }: Pick<Encoding, 'steps' | 'fitted'>, names: readonly string[]) {
  const applied = appliedSteps(steps, fitted);
  const wanted = new Set(names);
  const kept = [...applied].reverse().filter(({ step, columns: own }) => {
    if (!own.some(column => wanted.has(column.name))) return false;
    if (step.kind === 'row') for (const name of setColumnsIn(step.value)) wanted.add(name);
    else if (step.kind === 'fitted') {
      for (const input of step.inputs) {
        const made = applied.find(other => other.step.output === input);
        for (const column of made?.columns ?? []) wanted.add(column.name);
      }
    }
    return true;
  });
  return kept.reverse();
}

/** As the matrix holds it: times are days since 1970, durations days, null is NaN. */
function numberOf(value: Value, type: PlanType): number {
  if (value === null) return Number.NaN;
  if (isDuration(value)) return (value.months * 30 * microsPerDay + value.micros) / microsPerDay;
  return type === 'date' || type === 'timestamp' ? Number(value) / microsPerDay : asFloat(value, type);
}

type Target = (row: readonly Value[]) => void;

/** A column of the matrix, and how its one cell is filled. */
function matrixColumn({ name, levels }: Encoding['columns'][number], column: PlanColumn, place: number) {
  const { type } = column;
  if (levels === null) {
    const values = new Float64Array(1);
    const fill: Target = row => {
      values[0] = numberOf(row[place] ?? null, type);
    };
    return { column: { kind: 'number', name, values } as const, fill };
  }
  const codes = new Int32Array(1);
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const fill: Target = row => {
    const value = row[place] ?? null;
    codes[0] = value === null ? nullCode : (codeOf.get(canonicalText(value, type)) ?? unseenCode);
  };
  return { column: { kind: 'category', name, levels, codes } as const, fill };
}

export interface Stepper {
  readonly leaves: readonly Leaf[];
  /** The columns that are made, with their places in the row that `run` gives. */
  readonly made: ReadonlyMap<string, { readonly column: PlanColumn; readonly place: number }>;
  /** `values` in the order of the leaves. The row is the same array at every call. */
  readonly run: (values: readonly Value[]) => readonly Value[];
}

function foundIn<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The model reads ${what}, which is not there.`);
  return value;
}

/** What a model says of the observation at hand, by the output of the step that asks it; NaN is null. */
export type Saying = (output: string) => () => Float64Array;

const nobody: Saying = output => {
  throw new Error(`The model asks another one for ${output}, which is not there.`);
};

/** The steps behind the wanted columns, one after the other. */
export function stepperOf(of: Pick<Encoding, 'steps' | 'fitted'>, wanted: readonly string[], says: Saying = nobody): Stepper {
  const steps = needed(of, wanted);
  const leaves = new Map<string, { readonly leaf: Leaf; readonly place: number }>();
  for (const { step } of steps) {
    if (step.kind !== 'row') continue;
    for (const leaf of leavesIn(step.value)) if (!leaves.has(leafKey(leaf))) leaves.set(leafKey(leaf), { leaf, place: leaves.size });
  }
  const made = new Map<string, { readonly column: PlanColumn; readonly place: number }>();
  for (const column of steps.flatMap(step => step.columns)) made.set(column.name, { column, place: leaves.size + made.size });

  const placeOf = (name: string): number => foundIn(made.get(name), name).place;
  const leafAt = (key: string): number => foundIn(leaves.get(key), key).place;
  const places: Places = {
    column: (name, from) => (from === 'set' ? placeOf(name) : leafAt(`${from ?? ''}.${name}`)),
    window: id => leafAt(`window ${id}`),
    cutoff: () => leafAt('cutoff'),
  };
  const work = steps.flatMap(({ step, columns, outputs }): readonly Fill[] => {
    if (step.kind === 'fitted') return fills(outputs, places, placeOf);
    if (step.kind === 'predicted') {
      const [say, targets] = [says(step.output), columns.map(column => placeOf(column.name))];
      return [
        row => {
          const said = say();
          targets.forEach((target, i) => {
            row[target] = Number.isNaN(said[i]) ? null : (said[i] ?? null);
          });
        },
      ];
    }
    const evaluate = evaluator(step.value, places);
    const target = placeOf(step.output);
    return [
      row => {
        row[target] = evaluate(row);
      },
    ];
  });
  const row = new Array<Value>(leaves.size + made.size).fill(null);
  return {
    leaves: [...leaves.values()].map(({ leaf }) => leaf),
    made,
    run(values) {
      for (let i = 0; i < leaves.size; i++) row[i] = values[i] ?? null;
      for (const fill of work) fill(row);
      return row;
    },
  };
}

export function encoderOf(encoding: Encoding, says: Saying = nobody): Encoder {
  const { leaves, made, run } = stepperOf(
    encoding,
    encoding.columns.map(({ name }) => name),
    says,
  );
  const columns = encoding.columns.map(spec => {
    const { column, place } = foundIn(made.get(spec.name), spec.name);
    return matrixColumn(spec, column, place);
  });
  const matrix: Matrix = {
    rows: 1,
    columns: columns.map(({ column }) => column),
    label: Float64Array.of(Number.NaN),
    partition: Uint8Array.of(0),
    identity: [''],
    entity: Int32Array.of(0),
    cutoff: null,
    weight: null,
  };
  return {
    leaves,
    matrix,
    encode(values) {
      const row = run(values);
      for (const { fill } of columns) fill(row);
    },
  };
}
