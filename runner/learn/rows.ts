/** What every learner asks of the rows it is given: labels there, weights, columns by name. */
import { grouped } from '../../language/text/grouped.ts';
import { LearnError } from './learner.ts';
import { type CategoryColumn, type Matrix, type MatrixColumn, type NumberColumn, nullCode, unseenCode } from './matrix.ts';

/** The rows that have a label and a weight above 0. */
export function labelledRows(matrix: Matrix, rows: Int32Array): Int32Array {
  const { label, weight } = matrix;
  const kept = new Int32Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (!Number.isNaN(label[row] ?? Number.NaN) && (weight === null || (weight[row] ?? 0) > 0)) kept[n++] = row;
  }
  return n === kept.length ? kept : kept.slice(0, n);
}

export function trainingRows(matrix: Matrix, rows: Int32Array): Int32Array {
  const labelled = labelledRows(matrix, rows);
  if (labelled.length > 0) return labelled;
  throw new LearnError(
    'no-rows',
    rows.length === 0 ? 'There are no rows to learn from.' : `None of the ${count(rows.length)} training rows has a label.`,
    'Widen the train partition, or check the conditions of the table and the label.',
  );
}

/** The places from 0 that the condition holds for, ascending. */
export function placesWhere(length: number, holds: (place: number) => boolean): Int32Array {
  const places = new Int32Array(length);
  let n = 0;
  for (let i = 0; i < length; i++) if (holds(i)) places[n++] = i;
  return places.subarray(0, n);
}

export function requireBothClasses(matrix: Matrix, rows: Int32Array): void {
  const first = matrix.label[rows[0] ?? 0] ?? 0;
  if (rows.some(row => matrix.label[row] !== first)) return;
  throw new LearnError(
    'one-class',
    `All ${count(rows.length)} training rows have the same label, ${first === 1 ? 'the positive one' : 'the negative one'}; a classifier needs both classes to tell them apart.`,
    'Widen the train partition, or check the condition of the label.',
  );
}

export function requireCounts(matrix: Matrix, rows: Int32Array): void {
  const negative = rows.reduce((n, row) => ((matrix.label[row] ?? 0) < 0 ? n + 1 : n), 0);
  if (negative > 0) {
    throw new LearnError(
      'label',
      `The label is a count, and below 0 in ${count(negative)} training rows.`,
      'Declare it as a number and choose an algorithm for numbers, or mend the label.',
    );
  }
  if (rows.every(row => matrix.label[row] === 0)) {
    throw new LearnError('one-class', `The label is 0 in all ${count(rows.length)} training rows.`, 'Widen the train partition, or check the label.');
  }
}

export function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const gathered = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) gathered[i] = values[rows[i] ?? 0] ?? 0;
  return gathered;
}

/** The values of these rows; of a column in a file without reading the others. */
export function numbersOf(column: NumberColumn, rows: Int32Array, into: Float64Array = new Float64Array(rows.length)): Float64Array {
  if (column.gather) {
    column.gather(rows, into);
    return into;
  }
  const { values } = column;
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] as number] ?? Number.NaN;
  return into;
}

/** As `numbersOf`, of a category. */
export function ownCodesOf(column: CategoryColumn, rows: Int32Array): Int32Array {
  const found = new Int32Array(rows.length);
  if (column.gather) {
    column.gather(rows, found);
    return found;
  }
  const { codes } = column;
  for (let i = 0; i < rows.length; i++) found[i] = codes[rows[i] as number] ?? nullCode;
  return found;
}

export function weightsOf(matrix: Matrix, rows: Int32Array): Float64Array | null {
  return matrix.weight && gather(matrix.weight, rows);
}

export function columnNamed(matrix: Matrix, name: string, kind: MatrixColumn['kind']): MatrixColumn {
  const column = matrix.columns.find(candidate => candidate.name === name);
  if (column?.kind === kind) return column;
  throw new LearnError(
    'state',
    column
      ? `The model was trained with \`${name}\` as a ${kind}; here it is a ${column.kind}.`
      : `The model was trained with \`${name}\`, which these rows do not have.`,
    'Train the model again.',
    name,
  );
}

/** The codes of the rows in terms of `levels`, which may be another list than the column's own. */
export function codesFor(column: MatrixColumn & { kind: 'category' }, levels: readonly string[], rows: Int32Array): Int32Array {
  const same = column.levels.length === levels.length && column.levels.every((level, k) => level === levels[k]);
  const codes = ownCodesOf(column, rows);
  if (same) return codes;
  const index = new Map(levels.map((level, k) => [level, k]));
  const lookup = Int32Array.from(column.levels, level => index.get(level) ?? unseenCode);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (code >= 0) codes[i] = lookup[code] ?? unseenCode;
  }
  return codes;
}

export function nullInput(name: string, nulls: number, rows: number): LearnError {
  return new LearnError(
    'null-input',
    `\`${name}\` is null in ${count(nulls)} of ${count(rows)} rows; this algorithm needs a value in each.`,
    nulls === rows
      ? `Leave \`${name}\` out: there is nothing to fill it from.`
      : `Fill it first: \`${name} |> impute(median)\`, or \`impute(mode)\` for a category.`,
    name,
  );
}

export function count(n: number): string {
  return grouped(n);
}
