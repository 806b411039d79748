/** A matrix in a file is the matrix that was written, to the bit of every value, whichever rows are asked for. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inMemory, readMatrixFile, writeColumnFile } from './columnFile.ts';
import { madeColumn, type Recipe } from './made.ts';
import type { CategoryColumn, Matrix, MatrixColumn, NumberColumn } from './matrix.ts';
import { numbersOf, ownCodesOf } from './rows.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cupel-columns-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const number = (name: string, values: readonly number[]): NumberColumn => ({ kind: 'number', name, values: Float64Array.from(values) });
const category = (name: string, levels: readonly string[], codes: readonly number[]): CategoryColumn => ({
  kind: 'category',
  name,
  levels,
  codes: Int32Array.from(codes),
});

function matrixOf(columns: readonly MatrixColumn[], rows: number): Matrix {
  const each = <T>(of: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => of(row));
  return {
    rows,
    columns,
    label: Float64Array.from(each(row => (row % 3 === 0 ? Number.NaN : row % 2))),
    partition: Uint8Array.from(each(row => row % 4)),
    identity: each(row => ['ä', '', 'house ', '🂡 x'][row % 4] + String(row)),
    entity: Int32Array.from(each(row => row >> 1)),
    cutoff: BigInt64Array.from(each(row => 1_700_000_000_000_000n + BigInt(row))),
    weight: Float64Array.from(each(row => row / 7)),
  };
}

function written(matrix: Matrix, raw: readonly { feature: string; column: MatrixColumn }[] | null = null) {
  const path = join(folder, 'matrix');
  const file = writeColumnFile(path);
  const kept = { ...matrix, columns: matrix.columns.map(file.keep) };
  file.finish(kept, raw);
  file.close();
  return { path, kept, ...readMatrixFile(path) };
}

const values: Readonly<Record<string, readonly number[]>> = {
  marks: [0, 1, 1, 0],
  'with a gap': [1, Number.NaN, 0, 3],
  'signed zero': [0, -0, 1, 2],
  small: [-128, 127, 0, 5],
  middle: [-32_768, 32_767, 0, 300],
  large: [-2_147_483_648, 2_147_483_647, 0, 70_000],
  'too large for an int': [2_147_483_648, 0, 1, 2],
  halves: [0.5, -0.25, 1e30, Number.NaN],
  tenths: [0.1, 0.2, Number.MIN_VALUE, Number.MAX_VALUE],
  ends: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1],
};

describe('a matrix in a file', () => {
  it('has the values that were written', () => {
    const columns: MatrixColumn[] = [
      ...Object.entries(values).map(([name, of]) => number(name, of)),
      category('land', ['a', 'b'], [0, -1, -2, 1]),
      category(
        'town',
        Array.from({ length: 300 }, (_, i) => `t${i}`),
        [299, 0, -1, 128],
      ),
    ];
    const matrix = matrixOf(columns, 4);
    const raw = [
      { feature: 'own', column: number('own', [9, 8, 7, 0.3]) },
      { feature: 'shared', column: columns[0] as MatrixColumn },
    ];
    const { matrix: found, kept, raw: rawFound } = written(matrix, raw);
    expect(inMemory(found)).toEqual(matrix);
    expect(inMemory(kept)).toEqual(matrix);
    expect(Object.is((found.columns[2] as NumberColumn).values[1], -0)).toBe(true);
    expect(rawFound?.map(({ feature, column }) => [feature, column.name])).toEqual([
      ['own', 'own'],
      ['shared', 'marks'],
    ]);
    expect((rawFound?.[0]?.column as NumberColumn | undefined)?.values).toEqual(Float64Array.of(9, 8, 7, 0.3));
  });

  it('gives some rows in any order, of more rows than are read at once', () => {
    const rows = 150_000;
    const wide = number(
      'wide',
      Array.from({ length: rows }, (_, row) => Math.sin(row)),
    );
    const codes = category(
      'codes',
      ['a', 'b', 'c'],
      Array.from({ length: rows }, (_, row) => (row % 4) - 1),
    );
    const { matrix } = written(matrixOf([wide, codes], rows));
    const [numbers, levels] = matrix.columns as [NumberColumn, CategoryColumn];
    for (const asked of [[], [149_999], [3, 3, 65_535, 65_536, 140_000], [140_000, 2, 65_536, 1]]) {
      const some = Int32Array.from(asked);
      expect(numbersOf(numbers, some)).toEqual(numbersOf(wide, some));
      expect(ownCodesOf(levels, some)).toEqual(ownCodesOf(codes, some));
    }
    expect(numbers.values).toEqual(wide.values);
  });

  it('takes a byte a mark and has no rows where there are none', () => {
    const marks = (rows: number): Matrix => ({
      ...matrixOf(
        [
          number(
            'marks',
            Array.from({ length: rows }, (_, row) => row % 2),
          ),
        ],
        rows,
      ),
      identity: Array.from({ length: rows }, () => ''),
      cutoff: null,
      weight: null,
    });
    const size = (rows: number): number => statSync(written(marks(rows)).path).size;
    // The mark, label, partition, the length of the identity, and the entity.
    expect(size(20_000) - size(10_000)).toBeLessThan(10_000 * (1 + 4 + 1 + 1 + 2) + 100);
    const empty = marks(0);
    expect(inMemory(written(empty).matrix)).toEqual(empty);
  });

  it('has no room for columns that follow from another one in it', () => {
    const base = number('age', [1.5, Number.NaN, 3.25, 0]);
    const land = category('land', ['a', 'b'], [0, -1, -2, 1]);
    const recipes: readonly (readonly [string, Recipe, MatrixColumn])[] = [
      ['filled', { op: 'changed', changes: [{ op: 'filled', with: 0.1 }] }, base],
      [
        'scaled',
        {
          op: 'changed',
          changes: [
            { op: 'filled', with: 0.1 },
            { op: 'scaled', centre: 0.3, scale: 0.7 },
          ],
        },
        base,
      ],
      ['land=b', { op: 'marks', code: 1 }, land],
      ['signed', { op: 'changed', changes: [{ op: 'filled', with: -0 }] }, base],
    ];
    const expected = [[1.5, 0.1, 3.25, 0], [1.5, 0.1, 3.25, 0].map(value => (value - 0.3) / 0.7), [0, 0, 0, 1], [1.5, -0, 3.25, 0]];
    const path = join(folder, 'matrix');
    const file = writeColumnFile(path);
    const bases = new Map([base, land].map(column => [column, file.keep(column)]));
    const made = recipes.map(([name, recipe, of]) => madeColumn(name, recipe, bases.get(of) ?? of) as NumberColumn);
    const columns = [...bases.values(), ...made.map(file.keep)];
    file.finish({ ...matrixOf(columns, 4), columns }, null);
    file.close();
    const stored = readMatrixFile(path).matrix.columns.slice(2) as NumberColumn[];
    for (const found of [made, stored]) {
      expect(found.map(({ values }) => [...values])).toEqual(expected);
      expect(found.map(column => [...numbersOf(column, Int32Array.of(3, 1))])).toEqual(expected.map(of => [of[3], of[1]]));
    }
    expect(Object.is(stored[3]?.values[1], -0)).toBe(true);
    expect(stored[1]?.values).toBe(stored[1]?.values);
    const alone = writeColumnFile(join(folder, 'alone'));
    alone.finish(matrixOf([...bases.values()], 4), null);
    alone.close();
    expect(statSync(path).size - statSync(join(folder, 'alone')).size).toBeLessThan(700);
  });

  it('keeps columns that are asked for one after the other without reading them each time', () => {
    const { matrix } = written(matrixOf([number('a', [1.5, 2.5, 3.5, 4.5])], 4));
    const [column] = matrix.columns as [NumberColumn];
    expect(column.values).toBe(column.values);
  });
});
