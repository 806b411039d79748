/**
 * The design matrix of linear models without writing it out: an intercept, number columns (centred and scaled for conditioning) and
 * categories as one-hot blocks that stay codes. Its products cost rows × columns², not rows × levels².
 */
import { LearnError } from './learner.ts';
import type { Matrix } from './matrix.ts';
import { codesFor, columnNamed, count, nullInput, numbersOf } from './rows.ts';

export type DesignColumn =
  | { readonly kind: 'number'; readonly name: string; readonly at: number; readonly mean: number; readonly scale: number }
  | { readonly kind: 'category'; readonly name: string; readonly at: number; readonly levels: readonly string[] };

export interface Layout {
  /** Coefficients in all; the intercept is the first. */
  readonly width: number;
  readonly columns: readonly DesignColumn[];
}

export interface Design {
  readonly rows: number;
  readonly layout: Layout;
  readonly numbers: readonly { readonly at: number; readonly values: Float64Array }[];
  /** Codes below 0 (levels unseen on train) contribute nothing. */
  readonly categories: readonly { readonly at: number; readonly codes: Int32Array }[];
}

const widest = 4_000;
const block = 4_096;

/** Means and scales are of `rows`; a constant column keeps scale 1. Throws where one-hot columns make more than `most` coefficients. */
export function layoutOf(matrix: Matrix, rows: Int32Array, most = widest): Layout {
  let at = 1;
  const columns = matrix.columns.map((column): DesignColumn => {
    const start = at;
    if (column.kind === 'category') {
      at += column.levels.length;
      return { kind: 'category', name: column.name, at: start, levels: column.levels };
    }
    at += 1;
    const values = numbersOf(column, rows);
    const nulls = nullsIn(values);
    if (nulls > 0) throw nullInput(column.name, nulls, rows.length);
    const mean = sum(values) / rows.length;
    const variance = sum(values.map(value => (value - mean) ** 2)) / rows.length;
    const scale = Math.sqrt(variance);
    return { kind: 'number', name: column.name, at: start, mean, scale: scale > 1e-12 * Math.abs(mean) && scale > 0 ? scale : 1 };
  });
  if (at > most) throw tooWide(at, most, columns);
  return { width: at, columns };
}

export function designOf(matrix: Matrix, rows: Int32Array, layout: Layout): Design {
  const numbers: { at: number; values: Float64Array }[] = [];
  const categories: { at: number; codes: Int32Array }[] = [];
  for (const part of layout.columns) {
    const column = columnNamed(matrix, part.name, part.kind);
    if (part.kind === 'number' && column.kind === 'number') {
      const values = numbersOf(column, rows);
      const nulls = nullsIn(values);
      if (nulls > 0) throw nullInput(part.name, nulls, rows.length);
      for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? 0) - part.mean) / part.scale;
      numbers.push({ at: part.at, values });
    } else if (part.kind === 'category' && column.kind === 'category') {
      const codes = codesFor(column, part.levels, rows);
      const nulls = codes.reduce((n, code) => (code === -1 ? n + 1 : n), 0);
      if (nulls > 0) throw nullInput(part.name, nulls, rows.length);
      categories.push({ at: part.at, codes });
    }
  }
  return { rows: rows.length, layout, numbers, categories };
}

/** X·β. */
export function multiply(design: Design, beta: Float64Array): Float64Array {
  const out = new Float64Array(design.rows).fill(beta[0] ?? 0);
  for (const { at, values } of design.numbers) {
    const b = beta[at] ?? 0;
    if (b !== 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + b * (values[i] ?? 0);
  }
  for (const { at, codes } of design.categories) {
    for (let i = 0; i < out.length; i++) {
      const code = codes[i] ?? -1;
      if (code >= 0) out[i] = (out[i] ?? 0) + (beta[at + code] ?? 0);
    }
  }
  return out;
}

/** Xᵀ·v. */
export function cross(design: Design, v: Float64Array): Float64Array {
  const out = new Float64Array(design.layout.width);
  out[0] = sum(v);
  for (const { at, values } of design.numbers) {
    let total = 0;
    for (let i = 0; i < v.length; i++) total += (values[i] ?? 0) * (v[i] ?? 0);
    out[at] = total;
  }
  for (const { at, codes } of design.categories) {
    for (let i = 0; i < v.length; i++) {
      const code = codes[i] ?? -1;
      if (code >= 0) out[at + code] = (out[at + code] ?? 0) + (v[i] ?? 0);
    }
  }
  return out;
}

/** Xᵀ·diag(w)·X, row-major, both triangles. Rows go in blocks that stay in the cache, with a pause between; the order of every sum is fixed. */
export async function gram(design: Design, w: Float64Array, pause: () => Promise<void> | null): Promise<Float64Array> {
  const p = design.layout.width;
  const out = new Float64Array(p * p);
  const { numbers, categories } = design;
  const scaled = new Float64Array(block);
  for (let from = 0; from < design.rows; from += block) {
    const to = Math.min(design.rows, from + block);
    await pause();
    addCategories(out, p, 0, null, categories, w, from, to);
    out[0] = (out[0] ?? 0) + sum(w.subarray(from, to));
    numbers.forEach(({ at, values }, k) => {
      let total = 0;
      for (let i = from; i < to; i++) {
        const product = (w[i] ?? 0) * (values[i] ?? 0);
        scaled[i - from] = product;
        total += product;
      }
      out[at] = (out[at] ?? 0) + total;
      for (let j = k; j < numbers.length; j++) {
        const other = numbers[j];
        if (!other) continue;
        let dot = 0;
        for (let i = from; i < to; i++) dot += (scaled[i - from] ?? 0) * (other.values[i] ?? 0);
        out[at * p + other.at] = (out[at * p + other.at] ?? 0) + dot;
      }
      addCategories(out, p, at, scaled, categories, w, from, to);
    });
    categories.forEach((left, k) => {
      for (let j = k; j < categories.length; j++) {
        const right = categories[j];
        if (!right) continue;
        for (let i = from; i < to; i++) {
          const a = left.codes[i] ?? -1;
          const b = right.codes[i] ?? -1;
          if (a < 0 || b < 0) continue;
          const cell = (left.at + a) * p + right.at + b;
          out[cell] = (out[cell] ?? 0) + (w[i] ?? 0);
        }
      }
    });
  }
  // A number may stand after a category: fill whichever triangle has not been written.
  for (let a = 0; a < p; a++) {
    for (let b = a + 1; b < p; b++) {
      const cell = out[a * p + b] || out[b * p + a] || 0;
      out[a * p + b] = cell;
      out[b * p + a] = cell;
    }
  }
  return out;
}

function addCategories(
  out: Float64Array,
  p: number,
  row: number,
  scaled: Float64Array | null,
  categories: Design['categories'],
  w: Float64Array,
  from: number,
  to: number,
): void {
  for (const { at, codes } of categories) {
    for (let i = from; i < to; i++) {
      const code = codes[i] ?? -1;
      if (code < 0) continue;
      const cell = row * p + at + code;
      out[cell] = (out[cell] ?? 0) + ((scaled === null ? w[i] : scaled[i - from]) ?? 0);
    }
  }
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
}

function nullsIn(values: Float64Array): number {
  return values.reduce((n, value) => (Number.isNaN(value) ? n + 1 : n), 0);
}

function tooWide(width: number, most: number, columns: readonly DesignColumn[]): LearnError {
  const levels = (column: DesignColumn) => (column.kind === 'category' ? column.levels.length : 1);
  const worst = columns.reduce((a, b) => (levels(b) > levels(a) ? b : a));
  return new LearnError(
    'setting',
    `One column a level makes ${count(width)} columns, most of them (${count(levels(worst))}) from \`${worst.name}\`; this algorithm takes ${count(most)}.`,
    `Encode it as one number: \`${worst.name} |> target_encode\`.`,
    worst.name,
  );
}
