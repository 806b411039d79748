/**
 * Naive Bayes: given the class, numbers are normal and categories multinomial, each on its own. What is null, or a level that train does not
 * have, says nothing about the class. scikit-learn's GaussianNB and CategoricalNB over one prior; Hand and Yu, Int. Stat. Review 69, 2001.
 */
import { decodeFloats, encodeFloats } from './bytes.ts';
import { checkpoints } from './checkpoint.ts';
import { classCount, classWeights, normalised, requireClasses } from './classes.ts';
import { type FittedModel, type JsonValue, LearnError, type Learner, type ModelState } from './learner.ts';
import type { CategoryColumn, Matrix, NumberColumn } from './matrix.ts';
import { codesFor, columnNamed, gather, numbersOf, trainingRows, weightsOf } from './rows.ts';
import { settingReader } from './settings.ts';

type Part =
  /** One mean and one variance a class. */
  | { readonly kind: 'number'; readonly name: string; readonly means: Float64Array; readonly variances: Float64Array }
  /** Logarithms of shares, class by class (classes × levels). */
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[]; readonly shares: Float64Array };

export const naiveBayes: Learner = {
  async fit(matrix, rows, _validateRows, settings, context) {
    const used = trainingRows(matrix, rows);
    const classes = classCount(context);
    requireClasses(matrix, used, context);
    const read = settingReader('naive_bayes', settings);
    const alpha = read.number('alpha');
    const label = gather(matrix.label, used);
    const w = weightsOf(matrix, used) ?? new Float64Array(used.length).fill(1);
    const widest = matrix.columns.reduce((most, column) => (column.kind === 'number' ? Math.max(most, variance(column, used)) : most), 0);
    const least = read.number('var_smoothing') * widest;
    const pause = checkpoints(context.cancelled);
    const parts: Part[] = [];
    for (const column of matrix.columns) {
      await pause();
      if (column.kind === 'category') parts.push(multinomial(column, used, label, w, classes, alpha));
      // Where no number varies, there is nothing to learn from numbers.
      else if (least > 0) parts.push(normal(column, used, label, w, classes, least));
      context.progress(parts.length, matrix.columns.length, null);
    }
    return load(stateOf(context.label, classWeights(label, w, classes), parts));
  },
  load,
};

/** Over the rows with a value, each counted once. */
function variance({ values }: NumberColumn, rows: Int32Array): number {
  let [n, total, squares] = [0, 0, 0];
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    n += 1;
    total += value;
  }
  const mean = total / n;
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return n === 0 ? 0 : squares / n;
}

/** A class without a value gets the mean and the variance of all. */
function normal(column: NumberColumn, rows: Int32Array, label: Float64Array, w: Float64Array, classes: number, least: number): Part {
  const values = numbersOf(column, rows);
  const weights = new Float64Array(classes + 1);
  const means = new Float64Array(classes + 1);
  const variances = new Float64Array(classes + 1);
  const each = (add: (value: number, weight: number, of: number) => void) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      add(value, w[i] ?? 0, label[i] ?? 0);
      add(value, w[i] ?? 0, classes);
    }
  };
  each((value, weight, of) => {
    weights[of] = (weights[of] ?? 0) + weight;
    means[of] = (means[of] ?? 0) + weight * value;
  });
  for (let k = 0; k <= classes; k++) means[k] = (means[k] ?? 0) / (weights[k] || 1);
  each((value, weight, of) => {
    variances[of] = (variances[of] ?? 0) + weight * (value - (means[of] ?? 0)) ** 2;
  });
  for (let k = 0; k <= classes; k++) variances[k] = (variances[k] ?? 0) / (weights[k] || 1) + least;
  const orAll = (of: Float64Array) => of.slice(0, classes).map((value, k) => (weights[k] === 0 ? (of[classes] ?? 0) : value));
  return { kind: 'number', name: column.name, means: orAll(means), variances: orAll(variances) };
}

function multinomial(column: CategoryColumn, rows: Int32Array, label: Float64Array, w: Float64Array, classes: number, alpha: number): Part {
  const { name, levels } = column;
  const counts = new Float64Array(classes * levels.length).fill(alpha);
  const codes = codesFor(column, levels, rows);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? -1;
    if (code < 0) continue;
    const cell = (label[i] ?? 0) * levels.length + code;
    counts[cell] = (counts[cell] ?? 0) + (w[i] ?? 0);
  }
  for (let k = 0; k < classes; k++) {
    const own = counts.subarray(k * levels.length, (k + 1) * levels.length);
    const total = own.reduce((sum, value) => sum + value, 0);
    for (let c = 0; c < own.length; c++) own[c] = Math.log((own[c] ?? 0) / total);
  }
  return { kind: 'category', name, levels, shares: counts };
}

function stateOf(label: string, weights: Float64Array, parts: readonly Part[]): ModelState {
  const columns = parts.map(
    (part): JsonValue =>
      part.kind === 'number'
        ? { kind: 'number', name: part.name, means: [...part.means], variances: [...part.variances] }
        : { kind: 'category', name: part.name, levels: part.levels, shares: encodeFloats(part.shares) },
  );
  return { kind: 'naive_bayes', version: 1, label, weights: [...weights], columns };
}

function load(state: ModelState): FittedModel {
  const { label, columns } = state;
  if (!Array.isArray(columns) || !Array.isArray(state['weights'])) throw new LearnError('state', 'The stored model is damaged.', 'Train it again.');
  const weights = Float64Array.from(state['weights'] as readonly number[]);
  const parts = (columns as readonly Readonly<Record<string, JsonValue>>[]).map((column): Part => {
    const name = String(column['name']);
    if (column['kind'] === 'category')
      return { kind: 'category', name, levels: column['levels'] as readonly string[], shares: decodeFloats(String(column['shares'])) };
    const numbers = (key: string) => Float64Array.from(column[key] as readonly number[]);
    return { kind: 'number', name, means: numbers('means'), variances: numbers('variances') };
  });
  const total = weights.reduce((sum, value) => sum + value, 0);
  const predict = (matrix: Matrix, rows: Int32Array): Float64Array => {
    const classes = weights.length;
    const scores = new Float64Array(rows.length * classes);
    // A class that train does not have keeps a prior of 0, whatever the columns say.
    for (let at = 0; at < scores.length; at++) scores[at] = Math.log((weights[at % classes] ?? 0) / total);
    for (const part of parts) addPart(scores, part, matrix, rows, classes);
    return label === 'classes' ? normalised(scores, classes) : normalised(scores, classes).filter((_, at) => at % 2 === 1);
  };
  return { kind: state.kind, state, findings: [], predict };
}

function addPart(scores: Float64Array, part: Part, matrix: Matrix, rows: Int32Array, classes: number): void {
  const column = columnNamed(matrix, part.name, part.kind);
  if (part.kind === 'number' && column.kind === 'number') {
    const scales = part.variances.map(variance => -0.5 * Math.log(2 * Math.PI * variance));
    const values = numbersOf(column, rows);
    for (let i = 0; i < rows.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      for (let k = 0; k < classes; k++) {
        const gap = value - (part.means[k] ?? 0);
        scores[i * classes + k] = (scores[i * classes + k] ?? 0) + (scales[k] ?? 0) - (gap * gap) / (2 * (part.variances[k] ?? 1));
      }
    }
  } else if (part.kind === 'category' && column.kind === 'category') {
    const codes = codesFor(column, part.levels, rows);
    for (let i = 0; i < rows.length; i++) {
      const code = codes[i] ?? -1;
      if (code < 0) continue;
      for (let k = 0; k < classes; k++) scores[i * classes + k] = (scores[i * classes + k] ?? 0) + (part.shares[k * part.levels.length + code] ?? 0);
    }
  }
}
