/**
 * Columns of numbers that follow from one other column of a matrix, value by value: scaled numbers, filled nulls, marks of a level. They are worked
 * out for the rows that are asked for, and take no room of their own.
 */
import type { CategoryColumn, MatrixColumn, NumberColumn } from './matrix.ts';

/** What becomes of a number; NaN: null. */
export type Change = { readonly op: 'scaled'; readonly centre: number; readonly scale: number } | { readonly op: 'filled'; readonly with: number };

/** Plain data: numbers of a column of numbers changed in turn, or 1 where a category has the code, and 0 elsewhere. */
export type Recipe = { readonly op: 'changed'; readonly changes: readonly Change[] } | { readonly op: 'marks'; readonly code: number };

interface Made {
  readonly base: MatrixColumn;
  readonly recipe: Recipe;
}

const known = new WeakMap<MatrixColumn, Made>();

/** What the column was made of; null: it is one by itself. */
export const madeOf = (column: MatrixColumn): Made | null => known.get(column) ?? null;

/** Of a column of 1 where a category has the code, and 0 elsewhere; null of any other. */
export function marksOf(column: MatrixColumn): { readonly base: CategoryColumn; readonly code: number } | null {
  const made = madeOf(column);
  return made?.recipe.op === 'marks' && made.base.kind === 'category' ? { base: made.base, code: made.recipe.code } : null;
}

/** Whether the recipe is the same after it was written as JSON. */
export const isWritable = (recipe: Recipe): boolean =>
  recipe.op === 'marks' ||
  recipe.changes.every(change => (change.op === 'filled' ? isPlain(change.with) : isPlain(change.centre) && isPlain(change.scale)));

const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

function changed(values: Float64Array, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.op === 'filled') {
      const { with: fill } = change;
      for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i] as number)) values[i] = fill;
      continue;
    }
    const { centre, scale } = change;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      const moved = centre === 0 ? value : value - centre;
      const scaled = scale === 1 ? moved : moved / scale;
      values[i] = Number.isFinite(scaled) ? scaled : Number.NaN;
    }
  }
}

/** Gives the values, worked out at most once as long as it holds them. */
type Hold = (all: () => Float64Array) => Float64Array;

function once(): Hold {
  let values: Float64Array | null = null;
  return all => (values ??= all());
}

/** Null where the base is of another kind than the recipe is for. */
export function madeColumn(name: string, recipe: Recipe, base: MatrixColumn, hold: Hold = once()): NumberColumn | null {
  const all =
    recipe.op === 'changed'
      ? base.kind === 'number'
        ? scaled(recipe.changes, base)
        : null
      : base.kind === 'category'
        ? marks(recipe.code, base)
        : null;
  if (all === null) return null;
  const column: NumberColumn = {
    kind: 'number',
    name,
    get values() {
      return hold(all.values);
    },
    ...(all.gather && { gather: all.gather }),
  };
  known.set(column, { base, recipe });
  return column;
}

interface All {
  readonly values: () => Float64Array;
  readonly gather: NumberColumn['gather'];
}

function scaled(changes: readonly Change[], base: NumberColumn): All {
  const { gather } = base;
  return {
    values: () => {
      const values = base.values.slice();
      changed(values, changes);
      return values;
    },
    gather:
      gather &&
      ((rows, into) => {
        gather(rows, into);
        changed(into.subarray(0, rows.length), changes);
      }),
  };
}

function marks(code: number, base: CategoryColumn): All {
  const { gather } = base;
  const mark = (codes: Int32Array, into: Float64Array): Float64Array => {
    for (let i = 0; i < codes.length; i++) into[i] = codes[i] === code ? 1 : 0;
    return into;
  };
  return {
    values: () => mark(base.codes, new Float64Array(base.codes.length)),
    gather:
      gather &&
      ((rows, into) => {
        const codes = new Int32Array(rows.length);
        gather(rows, codes);
        mark(codes, into);
      }),
  };
}
