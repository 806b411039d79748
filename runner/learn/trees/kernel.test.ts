import { describe, expect, it } from 'vitest';
import { fitContext } from '../fixtures/context.ts';
import { plainBoosting, plainExp } from '../fixtures/plainBoosting.ts';
import { allRows, matrixOf, synthetic } from '../fixtures/read.ts';
import type { LabelKind } from '../learner.ts';
import type { Matrix } from '../matrix.ts';
import { numbersOf } from '../rows.ts';
import { forestState } from './forest.ts';
import { gradientBoosting } from './gradientBoosting.ts';
import { decisionTree, randomForest } from './randomForest.ts';
import { chunkRows, kernelOver, mostBytes } from './wasm.ts';

const limits = { leaves: 15, depth: null, learningRate: 0.1, minLeaf: 20, l2: 0, monotone: null };
const names = ['low', 'middle', 'high'];

function dataFor(kind: LabelKind, rows: number, weighted: boolean): Matrix {
  const { matrix, labels } = synthetic(11, rows, true);
  const label = kind === 'classes' ? labels.number.map(value => (value < 0 ? 0 : value < 1.5 ? 1 : 2)) : labels[kind];
  return { ...matrix, label, weight: weighted ? Float64Array.from({ length: rows }, (_, i) => 0.25 + (i % 7)) : null };
}

async function grown(matrix: Matrix, kind: LabelKind, threads: number, rounds: number) {
  const context = fitContext(kind, { threads, classes: kind === 'classes' ? names : null });
  const model = await gradientBoosting.fit(matrix, allRows(matrix), null, { trees: rounds, leaves: 15 }, context);
  return model.state;
}

describe('the kernel grows, bit for bit, what plain loops grow', () => {
  const kinds = ['binary', 'number', 'count', 'classes'] as const;
  it.each(kinds.flatMap(kind => [false, true].map(weighted => ({ kind, weighted }))))('$kind, weighted: $weighted', async ({ kind, weighted }) => {
    const data = dataFor(kind, 3001, weighted);
    const plain = await plainBoosting(data, allRows(data), kind, kind === 'classes' ? 3 : 1, 6, limits);
    expect((await grown(data, kind, 1, 6))['forest']).toEqual(forestState(plain));
  });

  it('whatever the number of threads, over many chunks of rows', async () => {
    const data = dataFor('binary', 3 * chunkRows + 17, false);
    const one = JSON.stringify(await grown(data, 'binary', 1, 4));
    for (const threads of [2, 3]) expect(JSON.stringify(await grown(data, 'binary', threads, 4))).toBe(one);
    const plain = await plainBoosting(data, allRows(data), 'binary', 1, 1, limits);
    expect((await grown(data, 'binary', 2, 1))['forest']).toEqual(forestState(plain));
  });

  it('of columns that share a lane and of those that cannot', async () => {
    const { matrix, labels } = synthetic(5, 2003, false);
    const [, , , fives] = matrix.columns;
    const of = fives?.kind === 'number' ? numbersOf(fives, allRows(matrix)) : new Float64Array(matrix.rows);
    const marks = (name: string, is: (i: number) => boolean | null) => ({
      kind: 'number' as const,
      name,
      values: Float64Array.from(of, (_, i) => Number(is(i) ?? Number.NaN)),
    });
    const columns = [
      ...[0, 1, 2, 3, 4].map(value => marks(`is ${value}`, i => of[i] === value)),
      marks('beside', i => of[i] === 3 || i % 3 === 0),
      marks('not 2', i => of[i] !== 2),
      marks('with gaps', i => (i % 11 === 0 ? null : of[i] === 1)),
      ...[0, 1, 2, 3].map(rest => marks(`rest ${rest}`, i => i % 4 === rest)),
      ...matrix.columns.slice(0, 2),
    ];
    const data = { ...matrix, columns, label: labels.binary };
    const plain = await plainBoosting(data, allRows(data), 'binary', 1, 6, limits);
    expect((await grown(data, 'binary', 2, 6))['forest']).toEqual(forestState(plain));
    expect(new Set(plain.feature).size).toBeGreaterThan(6);
  });

  it.each([1, 3])('of one column of two values, the lesser of which %i rows in 4 have', async often => {
    const { matrix, labels } = synthetic(5, 2003, false);
    const mark = { kind: 'number' as const, name: 'mark', values: Float64Array.from({ length: matrix.rows }, (_, i) => Number(i % 4 >= often)) };
    const data = { ...matrix, columns: [mark, ...matrix.columns.slice(0, 2)], label: labels.binary.map((y, i) => (i % 4 === 1 ? 1 - y : y)) };
    const plain = await plainBoosting(data, allRows(data), 'binary', 1, 6, limits);
    expect((await grown(data, 'binary', 2, 6))['forest']).toEqual(forestState(plain));
    expect(plain.feature).toContain(0);
  });

  it('whatever the order of rows', async () => {
    const data = dataFor('number', 2000, false);
    const rows = allRows(data);
    const learn = (rows: Int32Array) => gradientBoosting.fit(data, rows, null, { trees: 5 }, fitContext('number'));
    const [here, there] = [await learn(rows), await learn(rows.toReversed())];
    expect(there.state['forest']).toEqual(here.state['forest']);
  });
});

it('the exponential of the kernel is finer than the unit of gradients', () => {
  for (let x = -20; x < 20; x += 0.0137) expect(Math.abs(plainExp(x) / Math.exp(x) - 1)).toBeLessThan(2 ** -41);
});

it('rows and columns that no memory holds are refused with the remedy', () => {
  expect(() => kernelOver(mostBytes + 1, 1)).toThrow(
    'Growing trees on these rows needs 4.0 GiB of memory in one piece, and 4 GiB is the most there can be.',
  );
});

describe('the smallest matrices', () => {
  const learners = [gradientBoosting, randomForest, decisionTree];
  it('of one row, or of no column, give the mean', async () => {
    const one = matrixOf([{ kind: 'number', name: 'x', values: Float64Array.of(3) }], [7]);
    const none = matrixOf([], [1, 2, 6]);
    for (const learner of learners) {
      const of = async (matrix: Matrix) =>
        (await learner.fit(matrix, allRows(matrix), null, {}, fitContext('number'))).predict(matrix, allRows(matrix));
      expect([...(await of(one))]).toEqual([7]);
      expect(new Set(await of(none)).size).toBe(1);
    }
  });
});

describe('many rows are scored as few are', () => {
  it.each(['binary', 'classes'] as const)('%s', async kind => {
    const data = dataFor(kind, 1003, false);
    const context = fitContext(kind, { classes: kind === 'classes' ? names : null });
    // Of 32 leaves or fewer, of more, and some of each.
    const many = [gradientBoosting, { trees: 10, leaves: 32, min_leaf: 5 }] as const;
    const more = [gradientBoosting, { trees: 10, leaves: 40, min_leaf: 5 }] as const;
    for (const [learner, settings] of [many, more, [randomForest, { trees: 10 }], [randomForest, { trees: 10, depth: 5 }]] as const) {
      const model = await learner.fit(data, allRows(data), null, settings, context);
      const few = Array.from(allRows(data), row => [...model.predict(data, Int32Array.of(row))]).flat();
      expect([...model.predict(data, allRows(data))]).toEqual(few);
    }
  });
});
