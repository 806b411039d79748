/** A fitted linear predictor as it is stored and applied: an intercept, one coefficient a number, one a level, all in raw units. */
import { normalised } from './classes.ts';
import type { Design, Layout } from './design.ts';
import { type FitFinding, type FittedModel, LearnError, type ModelState } from './learner.ts';
import type { Matrix } from './matrix.ts';
import { codesFor, columnNamed, nullInput, numbersOf } from './rows.ts';

export type Link = 'identity' | 'logit' | 'log';

type Term =
  | { readonly kind: 'number'; readonly name: string; readonly coefficient: number }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[]; readonly coefficients: readonly number[] };

/** Penalty of each coefficient such that scaled columns are penalised as if they were raw. The intercept is free. */
export function penalties(layout: Layout, l2: number): Float64Array {
  const out = new Float64Array(layout.width).fill(l2);
  out[0] = 0;
  for (const column of layout.columns) if (column.kind === 'number') out[column.at] = l2 / (column.scale * column.scale);
  return out;
}

/** As `penalties`, of absolute coefficients. */
export function absolutePenalties(layout: Layout, l1: number): Float64Array {
  const out = new Float64Array(layout.width).fill(l1);
  out[0] = 0;
  for (const column of layout.columns) if (column.kind === 'number') out[column.at] = l1 / column.scale;
  return out;
}

export function linearState(kind: string, link: Link, design: Design, beta: Float64Array): ModelState {
  return { kind, version: 1, link, ...outputOf(design, beta) };
}

/**
 * One output a class; null for a class that train does not have, whose probability is 0. `softmax`: scores are logarithms of probabilities
 * up to a constant; `rest`: of each class against the rest by the logistic function, divided by their sum.
 */
export function classesState(kind: string, link: 'softmax' | 'rest', design: Design, betas: readonly (Float64Array | null)[]): ModelState {
  return { kind, version: 1, link, outputs: betas.map(beta => beta && outputOf(design, beta)) };
}

interface Output {
  readonly intercept: number;
  readonly terms: readonly Term[];
}

function outputOf({ layout }: Design, beta: Float64Array): { intercept: number; terms: Term[] } {
  let intercept = beta[0] ?? 0;
  const terms = layout.columns.map((column): Term => {
    if (column.kind === 'category') {
      return {
        kind: 'category',
        name: column.name,
        levels: column.levels,
        coefficients: [...beta.subarray(column.at, column.at + column.levels.length)],
      };
    }
    const coefficient = (beta[column.at] ?? 0) / column.scale;
    intercept -= coefficient * column.mean;
    return { kind: 'number', name: column.name, coefficient };
  });
  return { intercept, terms };
}

export function linearModel(state: ModelState, findings: readonly FitFinding[]): FittedModel {
  const { link, outputs } = state;
  if (Array.isArray(outputs)) {
    const all = (outputs as readonly unknown[]).map(output => (output === null ? null : readOutput(output)));
    return { kind: state.kind, state, findings, predict: (matrix, rows) => probabilities(all, link === 'softmax', matrix, rows) };
  }
  const output = readOutput(state);
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const scores = scoresOf(output, matrix, rows);
    if (link === 'identity') return scores;
    return scores.map(link === 'log' ? Math.exp : logistic);
  };
  return { kind: state.kind, state, findings, predict };
}

function readOutput(stored: unknown): Output {
  const { intercept, terms } = stored as Partial<Output>;
  if (typeof intercept !== 'number' || !Array.isArray(terms)) throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  return { intercept, terms: terms as readonly Term[] };
}

function scoresOf({ intercept, terms }: Output, matrix: Matrix, rows: Int32Array): Float64Array {
  const scores = new Float64Array(rows.length).fill(intercept);
  for (const term of terms) addTerm(scores, term, matrix, rows);
  return scores;
}

/** A margin as far from 0 as a double goes leaves no class at exactly 0. */
const least = Number.MIN_VALUE;

function probabilities(outputs: readonly (Output | null)[], softmax: boolean, matrix: Matrix, rows: Int32Array): Float64Array {
  const classes = outputs.length;
  const out = new Float64Array(rows.length * classes).fill(Number.NEGATIVE_INFINITY);
  outputs.forEach((output, k) => {
    if (!output) return;
    const scores = scoresOf(output, matrix, rows);
    for (let i = 0; i < rows.length; i++) {
      const z = scores[i] ?? 0;
      out[i * classes + k] = softmax ? z : Math.log(Math.max(least, logistic(z)));
    }
  });
  return normalised(out, classes);
}

function addTerm(scores: Float64Array, term: Term, matrix: Matrix, rows: Int32Array): void {
  const column = columnNamed(matrix, term.name, term.kind);
  let nulls = 0;
  if (term.kind === 'number' && column.kind === 'number') {
    const values = numbersOf(column, rows);
    for (let i = 0; i < rows.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) nulls++;
      scores[i] = (scores[i] ?? 0) + term.coefficient * value;
    }
  } else if (term.kind === 'category' && column.kind === 'category') {
    const codes = codesFor(column, term.levels, rows);
    for (let i = 0; i < rows.length; i++) {
      const code = codes[i] ?? -1;
      if (code === -1) nulls++;
      else if (code >= 0) scores[i] = (scores[i] ?? 0) + (term.coefficients[code] ?? 0);
    }
  }
  if (nulls > 0) throw nullInput(term.name, nulls, rows.length);
}

export function logistic(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}
