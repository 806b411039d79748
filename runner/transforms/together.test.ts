import { describe, expect, it } from 'vitest';
import { fixture, synthetic } from '../learn/fixtures/read.ts';
import { random } from '../learn/random.ts';
import { eigen } from './eigen.ts';
import { eliminated } from './eliminate.ts';
import { lloyd, type Points, plusPlus } from './kmeans.ts';
import { components } from './pca.ts';
import { best, lassoScores, scoresOf } from './select.ts';
import { termsIn, vocabularyOf, weighed } from './terms.ts';

interface Entries {
  readonly steps: readonly number[];
  readonly coefficients: readonly number[];
}

interface Reference {
  readonly seed: number;
  readonly rows: number;
  readonly pca: readonly { readonly whiten: boolean; readonly mean: number[]; readonly variances: number[]; readonly first: number[][] }[];
  readonly kmeans: { readonly start: number[][]; readonly centres: number[][]; readonly inertia: number; readonly best: number };
  readonly tfidf: {
    readonly texts: string[];
    readonly fitted: number;
    readonly cases: readonly {
      readonly max_terms: number | null;
      readonly min_rows: number;
      readonly terms: string[];
      readonly values: number[][];
    }[];
  };
  readonly select: {
    readonly mutual_information: Readonly<Record<'binary' | 'number', number[]>>;
    readonly f_score: Readonly<Record<'binary' | 'number', number[]>>;
    readonly lasso: Readonly<Record<'binary' | 'number', Entries>>;
  };
}

const reference = fixture<Reference>('together');
const { matrix, labels } = synthetic(reference.seed, reference.rows, false);
const points: Points = matrix.columns.map(column => (column.kind === 'number' ? column.values : Float64Array.from(column.codes)));
const noPause = () => null;

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-9): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [found[i] ?? Number.NaN, wanted[i] ?? Number.NaN];
    expect(Math.abs(a - b), `${i}: ${a} and ${b}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b)));
  }
}

const row = (i: number): number[] => points.map(column => column[i] ?? 0);
const squared = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0);

describe('pca', () => {
  it.each(reference.pca)('equals scikit-learn, whiten: $whiten', async ({ whiten, mean, variances, first }) => {
    const found = await components(points, 3, whiten, noPause);
    expectClose(found.mean, mean);
    expectClose(found.variances, variances);
    const projected = first.map((_, i) =>
      found.weights.map(weights => weights.reduce((sum, w, d) => sum + w * ((row(i)[d] ?? 0) - (mean[d] ?? 0)), 0)),
    );
    for (const [i, wanted] of first.entries()) expectClose(projected[i] ?? [], wanted);
  });

  it('gives no weight to directions in which rows do not differ', async () => {
    const x = Float64Array.from([1, 2, 3, 4]);
    const { weights } = await components([x, x.map(v => 2 * v), new Float64Array(4).fill(7)], 3, true, noPause);
    expect(weights.map(w => w.some(value => value !== 0))).toEqual([true, false, false]);
  });
});

describe('eigen', () => {
  it.each([1, 2, 3, 8, 40])('solves a symmetric matrix of %i rows', size => {
    const { normal } = random(size);
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = i; j < size; j++) matrix[i * size + j] = matrix[j * size + i] = normal();
    const { values, vectors } = eigen(matrix, size);
    vectors.forEach((vector, k) => {
      const image = Array.from({ length: size }, (_, i) => vector.reduce((sum, v, j) => sum + v * (matrix[i * size + j] ?? 0), 0));
      expectClose(
        image,
        [...vector].map(v => v * (values[k] ?? 0)),
        1e-12 * size,
      );
      vectors.forEach((other, l) => {
        expect(Math.abs(vector.reduce((sum, v, i) => sum + v * (other[i] ?? 0), 0) - (k === l ? 1 : 0))).toBeLessThan(1e-12);
      });
    });
    expect([...values].sort((a, b) => b - a)).toEqual([...values]);
  });
});

describe('k-means', () => {
  const { start, centres, inertia, best: least } = reference.kmeans;
  const total = (found: readonly (readonly number[])[]): number =>
    Array.from({ length: reference.rows }, (_, i) => Math.min(...found.map(centre => squared(row(i), centre)))).reduce((sum, d) => sum + d, 0);

  it('moves centres to where scikit-learn does', async () => {
    const found = await lloyd(points, reference.rows, start, 1000, noPause);
    expect(found.settled).toBe(true);
    found.centres.forEach((centre, i) => {
      expectClose(centre, centres[i] ?? []);
    });
    expectClose([total(found.centres)], [inertia]);
  });

  it('begins well: the best of some starts is as good as the best of many, to a thousandth', async () => {
    const totals = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => {
        const found = await lloyd(points, reference.rows, plusPlus(points, reference.rows, 4, seed), 1000, noPause);
        return total(found.centres);
      }),
    );
    expect(Math.min(...totals)).toBeLessThanOrEqual(least * 1.001);
  });

  it('moves a centre without points to the farthest point', async () => {
    const found = await lloyd([Float64Array.from([0, 1, 10, 11])], 4, [[0.5], [500]], 100, noPause);
    expect(found.centres).toEqual([[0.5], [10.5]]);
  });
});

describe('select', () => {
  it.each(['mutual_information', 'f_score'] as const)('scores by %s as scikit-learn does', async by => {
    expectClose(await scoresOf(by, points, labels.binary, true, 2, noPause), reference.select[by].binary);
    expectClose(await scoresOf(by, points, labels.number, false, 2, noPause), reference.select[by].number);
  });

  it.each(['binary', 'number'] as const)('enters columns into a lasso of a %s label in the order of scikit-learn', async kind => {
    const { steps, coefficients } = reference.select.lasso[kind];
    const scores = await lassoScores(points, labels[kind], points.length, noPause);
    expect([...scores].map(score => 101 - Math.floor(score))).toEqual(steps);
    for (const [i, step] of steps.entries()) {
      const together = steps.flatMap((other, j) => (other === step ? [Math.abs(coefficients[j] ?? 0)] : []));
      if (together.length > 1) expect((scores[i] ?? 0) % 1).toBeGreaterThan(0);
    }
  });

  it.each(['mutual_information', 'f_score', 'lasso'] as const)('gives a constant column no score by %s', async by => {
    const constant = new Float64Array(reference.rows).fill(3);
    const [score, other] = await scoresOf(by, [constant, points[0] ?? constant], labels.binary, true, 1, noPause);
    expect(score).toBe(0);
    expect(other).toBeGreaterThan(0);
  });

  it('keeps the first of equal scores, in the order of the columns', () => {
    expect(best(Float64Array.from([1, 3, 2, 3, 2]), 3)).toEqual([1, 2, 3]);
  });
});

describe('rfe', () => {
  const reference = fixture<{ columns: number[][]; number: number[]; binary: number[]; ranking: Record<'number' | 'binary', number[]> }>(
    'elimination',
  );
  const columns = reference.columns.map(column => Float64Array.from(column));

  it.each(['number', 'binary'] as const)('drops columns in the order of scikit-learn, of a %s label', async kind => {
    const label = Float64Array.from(reference[kind]);
    for (let wanted = 1; wanted <= columns.length; wanted++) {
      const expected = reference.ranking[kind].flatMap((rank, i) => (rank <= wanted ? [i] : []));
      expect(await eliminated(columns, label, wanted, noPause)).toEqual(expected);
    }
  });

  it('drops what never changes first, and the last of equal columns', async () => {
    const [x = new Float64Array()] = columns;
    expect(await eliminated([x.map(() => 3), x, x.slice()], Float64Array.from(reference.number), 1, noPause)).toEqual([1]);
  });
});

describe('tfidf', () => {
  const { texts, fitted, cases } = reference.tfidf;

  it.each(cases)('equals scikit-learn, max_terms: $max_terms, min_rows: $min_rows', ({ max_terms, min_rows, terms, values }) => {
    const words = texts.slice(0, fitted).map(termsIn);
    const counts = [...new Set(words.flat())].map(term => ({
      term,
      count: words.flat().filter(word => word === term).length,
      rows: words.filter(own => own.includes(term)).length,
    }));
    const found = vocabularyOf(counts, fitted, max_terms ?? Number.POSITIVE_INFINITY, min_rows);
    expect(found.terms).toEqual(terms);
    const indexOf = new Map(found.terms.map((term, i) => [term, i]));
    texts.forEach((text, i) => {
      const vector = weighed(text, indexOf, found.weights);
      expectClose(
        terms.map((_, k) => vector.get(k) ?? 0),
        values[i] ?? [],
      );
    });
  });
});
