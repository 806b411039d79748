import { describe, expect, it } from 'vitest';
import { type Random, random } from '../learn/random.ts';
import { copiesAcross as across, type Codes, type Sides } from './copies.ts';

/** Rows of `columns`, the first 70 in 100 of train, shuffled by the draw itself. */
function sides(rows: number, entity: Int32Array = Int32Array.from({ length: rows }, (_, i) => i)) {
  const cut = Math.floor(rows * 0.7);
  return { train: Int32Array.from({ length: cut }, (_, i) => i), test: Int32Array.from({ length: rows - cut }, (_, i) => cut + i), entity };
}

const table = (rows: number, columns: readonly ((row: number) => number)[]): Float64Array[] =>
  columns.map(value => Float64Array.from({ length: rows }, (_, i) => value(i)));

const copiesAcross = (columns: readonly Codes[], of: Sides) =>
  across(
    columns.map(values => {
      const at = (rows: Int32Array) => Float64Array.from(rows, row => values[row] ?? 0);
      return { of: at, sampled: at(of.train.subarray(0, 2000)) };
    }),
    of,
  );

/** Tables in which nothing is copied: of few and of many values, of columns that depend on each other, mostly empty ones. */
const fair: Readonly<Record<string, (rows: number, draw: Random) => Float64Array[]>> = {
  numbers: (rows, d) => table(rows, [d.normal, d.normal, d.normal, () => d.below(2)]),
  'small whole numbers': (rows, d) => table(rows, [() => d.below(5), () => d.below(9), () => d.below(40), () => d.below(2)]),
  'one of many values': (rows, d) => table(rows, [() => d.below(1000), () => d.below(3), () => (d.below(20) === 0 ? 1 : 0)]),
  'counts, mostly zero': (rows, d) => {
    const busy = Float64Array.from({ length: rows }, () => (d.below(3) === 0 ? Math.exp(d.normal()) * 4 : 0));
    return table(
      rows,
      Array.from({ length: 8 }, () => (i: number) => Math.floor((busy[i] ?? 0) * d.uniform() * 3)),
    );
  },
  'one thing said four times': (rows, d) => {
    const of = Float64Array.from({ length: rows }, () => d.below(500));
    return table(rows, [i => of[i] ?? 0, i => (of[i] ?? 0) + 1, i => (of[i] ?? 0) % 10, () => (d.below(10) === 0 ? 1 : 0)]);
  },
  'columns that follow each other': (rows, d) => {
    const of = Float64Array.from({ length: rows }, () => d.normal());
    const near = (noise: number) => (i: number) => Math.round(((of[i] ?? 0) + noise * d.normal()) * 3);
    return table(rows, [near(0.05), near(0.05), near(0.1), near(0.1), near(0.2), () => d.below(2)]);
  },
  'a few kinds of rows': (rows, d) => {
    const kind = Int32Array.from({ length: rows }, () => d.below(12));
    return table(
      rows,
      Array.from({ length: 6 }, (_, j) => (i: number) => (d.below(8) === 0 ? d.below(6) : ((kind[i] ?? 0) * (j + 3)) % 7)),
    );
  },
};

const alarms = (c: ReturnType<typeof copiesAcross>): boolean =>
  c !== null && (c.equal - c.expected) / c.n >= 0.01 && (c.equal - c.expected) / Math.sqrt(c.equal + c.expected + 1) > 4;

describe('copies across a split', () => {
  it.each(Object.entries(fair))('are not found among %s', (_, make) => {
    let found = 0;
    for (let seed = 0; seed < 30; seed++) {
      const rows = [200, 1000, 4000][seed % 3] ?? 200;
      if (alarms(copiesAcross(make(rows, random(seed)), sides(rows)))) found++;
    }
    expect(found).toBe(0);
  });

  it.each(['numbers', 'small whole numbers', 'counts, mostly zero'])('are found when a tenth of test is copied from %s', name => {
    const rows = 4000;
    const columns = fair[name]?.(rows, random(7)) ?? [];
    const wide = name === 'numbers' ? columns : [...columns, ...(fair['numbers']?.(rows, random(8)) ?? [])];
    const of = sides(rows);
    for (let k = 0; k < of.test.length / 10; k++) for (const column of wide) column[of.test[k * 10] ?? 0] = column[k * 7] ?? 0;
    const copies = copiesAcross(wide, of);
    expect(alarms(copies)).toBe(true);
    expect(copies?.equal).toBe(of.test.length / 10);
  });

  it('are no copies where they are of one entity', () => {
    const rows = 1000;
    const columns = fair['numbers']?.(rows, random(3)) ?? [];
    const of = sides(
      rows,
      Int32Array.from({ length: rows }, (_, i) => (i < 700 ? i : i - 700)),
    );
    for (const row of of.test) for (const column of columns) column[row] = column[row - 700] ?? 0;
    expect(copiesAcross(columns, of)?.equal).toBe(0);
  });

  it('cannot be told by two columns, or by columns that say the same', () => {
    const draw = random(1);
    expect(copiesAcross(table(100, [draw.normal, draw.normal]), sides(100))).toBeNull();
    expect(copiesAcross(table(100, [i => i % 10, i => (i % 10) + 1, i => (i % 10) * 2]), sides(100))).toBeNull();
  });
});
