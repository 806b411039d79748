import { describe, expect, it } from 'vitest';
import { allRows, fixture, matrixOf, synthetic } from './fixtures/read.ts';
import type { Matrix, NumberColumn } from './matrix.ts';
import { nearestRows, smoted } from './smote.ts';

interface Reference {
  readonly seed: number;
  readonly rows: number;
  readonly k: number;
  readonly above: number;
  readonly neighbours: Readonly<Record<string, readonly number[]>>;
  readonly made: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly draws: number;
}

const reference = fixture<Reference>('smote');
const { matrix: all } = synthetic(reference.seed, reference.rows, false);
const columns = all.columns.filter((column): column is NumberColumn => column.kind === 'number');
const label = Float64Array.from(columns[2]?.values ?? [], value => (value > reference.above ? 1 : 0));
const matrix = matrixOf(columns, label);
const rare = allRows(matrix).filter(row => label[row] === 1);
const noPause = () => null;
const made = (of: Matrix, seed = 0, ratio = 1) => smoted(of, allRows(of), { k: reference.k, ratio, seed }, noPause);

describe('smote', () => {
  it('finds the nearest rows of the class as scikit-learn does', () => {
    for (const row of rare) {
      const found = nearestRows(columns, rare, row, reference.k, 1);
      expect([...found].sort((a, b) => a - b)).toEqual([...(reference.neighbours[row] ?? [])].sort((a, b) => a - b));
    }
  });

  it('makes as many rows as imbalanced-learn, and rows alike', async () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const runs = await Promise.all(seeds.map(seed => made(matrix, seed)));
    expect(runs.map(run => run.matrix.rows - matrix.rows)).toEqual(seeds.map(() => reference.made));
    columns.forEach((_, d) => {
      const values = runs.flatMap(run => [...(run.matrix.columns[d] as NumberColumn).values.subarray(matrix.rows)]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      // Two means of so many draws differ by more than four standard errors once in fifteen thousand.
      const error = (reference.deviation[d] ?? 0) * Math.sqrt(1 / reference.draws + 1 / values.length);
      expect(Math.abs(mean - (reference.mean[d] ?? 0))).toBeLessThan(4 * error);
    });
  });

  it('puts each new row between a row and one of its nearest', async () => {
    const { matrix: more, rows } = await made(matrix, 5);
    expect([...rows]).toEqual([...allRows(more)]);
    const at = (row: number) => more.columns.map(column => (column as NumberColumn).values[row] ?? 0);
    const isBetween = (x: number[], a: number[], b: number[]) => {
      const share = Math.max(...x.map((value, d) => ((b[d] ?? 0) === (a[d] ?? 0) ? 0 : (value - (a[d] ?? 0)) / ((b[d] ?? 0) - (a[d] ?? 0)))));
      return share >= 0 && share <= 1 && x.every((value, d) => Math.abs((a[d] ?? 0) + share * ((b[d] ?? 0) - (a[d] ?? 0)) - value) < 1e-9);
    };
    for (let row = matrix.rows; row < more.rows; row++) {
      expect(more.label[row]).toBe(1);
      const base = rare.some(own => nearestRows(columns, rare, own, reference.k, 1).some(near => isBetween(at(row), at(own), at(near))));
      expect(base, String(row)).toBe(true);
    }
  });

  it('leaves what is there as it was, and repeats itself', async () => {
    const [first, second, other] = [await made(matrix, 1), await made(matrix, 1), await made(matrix, 2)];
    expect(second).toEqual(first);
    expect(other.matrix.columns[0]).not.toEqual(first.matrix.columns[0]);
    columns.forEach((column, d) => {
      expect((first.matrix.columns[d] as NumberColumn).values.subarray(0, matrix.rows)).toEqual(column.values);
    });
  });

  it('takes the category that most neighbours have, and fills each of several classes', async () => {
    const x = Float64Array.from([0, 1, 2, 3, 10, 11, 12, 50, 51, 52, 53, 54, 55]);
    const codes = Int32Array.from([0, 0, 1, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0]);
    const classes = Float64Array.from([1, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0]);
    const of = matrixOf(
      [
        { kind: 'number', name: 'x', values: x },
        { kind: 'category', name: 'c', levels: ['a', 'b', 'c'], codes },
      ],
      classes,
    );
    const { matrix: more } = await smoted(of, allRows(of), { k: 3, ratio: 1, seed: 0 }, noPause);
    const counts = [0, 1, 2].map(wanted => more.label.filter(value => value === wanted).length);
    expect(counts).toEqual([6, 6, 6]);
    const category = more.columns[1];
    expect(category?.kind === 'category' && [...new Set(category.codes.subarray(13, 15))]).toEqual([0]);
  });

  it('makes nothing of one row, and as much as the ratio asks', async () => {
    const lonely = matrixOf(
      columns,
      Float64Array.from(label, (_, i) => (i === 0 ? 1 : 0)),
    );
    expect((await made(lonely)).matrix.rows).toBe(lonely.rows);
    const { rows } = await made(matrix, 0, 0.5);
    expect(rows.length - matrix.rows).toBe(Math.round((matrix.rows - rare.length) * 0.5) - rare.length);
  });
});
