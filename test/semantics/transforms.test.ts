/** Transforms over several columns, over a whole feature set, and those that make several columns: by hand, on both executors. */
import { describe, expect, it } from 'vitest';
import { expectTables, planOf, told } from './program.ts';

const program = (features: string): string => `source s = csv("s.csv") until 2024-12-31 {
  k : key, at : timestamp @time @known(+0d), a : float immutable, b : float immutable, c : float? immutable, w : text? immutable, y : bool
}
task t { each r in s, at at, label y }
split t by time { train: ..2024-03-31, test: 2024-04-01.. }
${features}
`;

const rows = `k,at,a,b,c,w,y
1,2024-03-01,0,0,1,red wine,true
2,2024-03-02,0,2,,Red red,false
3,2024-03-03,8,0,3,wine,true
4,2024-03-04,8,2,5,,false
5,2024-04-01,4,1,9,red cat,true
`;

const expectFeatures = (features: string, table: string) => expectTables(program(features), { 's.csv': rows }, { 'features f': table });

describe('a list in front of a transform', () => {
  it('gives each column its own', () =>
    expectFeatures(
      'features f for t { x = [a, b] |> min_max }',
      `k x_1 x_2
      1 0   0
      2 0   1
      3 1   0
      4 1   1
      5 0.5 0.5`,
    ));

  it('is read together by others, groups in it included', () =>
    expectFeatures(
      'features f for t { x = [a, b] |> kmeans_distance(2), p = [[a, b] |> min_max |> pca(1), c |> indicator] |> select(2) }',
      `k x_1         x_2         p=1_1 p=c
      1 1           8.062257748 -0.5  0
      2 1           8.062257748 -0.5  1
      3 8.062257748 1           0.5   0
      4 8.062257748 1           0.5   0
      5 4           4           0     0`,
    ));

  it('needs equal units where it adds up', () => {
    const text = program('features f for t { x = [a, days(at, cutoff)] |> pca(1) }');
    expect(told(text)).toContain('error unit-mismatch «[a, days(at, cutoff)] |> pca(1)»');
  });
});

describe('a feature set in front of a transform', () => {
  it('stands for all its features, with what they read', () =>
    expectFeatures(
      'features wide for t { a, b, d = c |> impute(constant, value: 0), e = d + b }\nfeatures f for t { wide |> select(2, by: f_score) }',
      // The label is true where b is 0, so b says all; then e, whose means are 2 and 4.5.
      `k wide=b wide=e
      1 0 1
      2 2 2
      3 0 3
      4 2 7
      5 1 10`,
    ));

  it('is a circle where it comes back to itself', () => {
    const text = program('features f for t { g |> select(1) }\nfeatures g for t { f |> select(1) }');
    expect(told(text).filter(line => line.includes('circular'))).toEqual(['error circular-definition «f»']);
  });

  it('is no set where a column has the name', () => {
    expect(told(program('features a for t { b }\nfeatures f for t { a |> standardize }')).filter(line => line.startsWith('error'))).toEqual([]);
  });
});

describe('smote', () => {
  const resampled = (item: string) => program(`features f for t { a, b, ${item} }`);

  it('is no feature, and is part of the plan', () => {
    const node = planOf(resampled('rows |> smote(k: 3, ratio: 50%)')).nodes.find(n => n.id === 'features f');
    expect(node?.kind === 'features' && node.features.map(feature => feature.name)).toEqual(['a', 'b']);
    expect(node?.kind === 'features' && node.resample).toEqual({ method: 'smote', k: 3, ratio: 0.5, seed: 0 });
  });

  it.each([
    ['c |> smote', 'error wrong-arguments «smote»'],
    ['x = rows |> smote', 'error wrong-arguments «smote»'],
    ['rows |> smote(0)', 'error wrong-arguments «0»'],
    ['rows |> smote(k: 0)', 'error setting-out-of-range «0»'],
    ['c, rows |> smote', 'error needs-value «c»'],
    ['rows |> smote, rows |> smote(k: 1)', 'error duplicate-name «rows |> smote(k: 1)»'],
  ])('%s is %s', (item, wanted) => expect(told(resampled(item))).toContain(wanted));

  it('needs classes', () => {
    const text = resampled('rows |> smote').replace('label y', 'label b');
    expect(told(text)).toContain('error type-mismatch «rows |> smote»');
  });
});

describe('terms', () => {
  it('are words in small letters, weighed by how rare they are', () =>
    expectFeatures(
      'features f for t { x = w |> tfidf(max_terms: 2) }',
      // red: 3 times in 2 of 4 rows; wine: twice in 2 rows: equal weights, so that only counts are left.
      `k x=red        x=wine
      1 0.7071067812 0.7071067812
      2 1            0
      3 0            1
      4 0            0
      5 1            0`,
    ));
});

describe('numbers', () => {
  it('are moved to where they lie among the training rows; null stays null', () =>
    expectFeatures(
      'features f for t { m = c |> min_max, u = c |> min_max(clip: true), r = c |> robust_scale, q = c |> quantile_bin(2), v = c |> winsorize(low: 0%, high: 50%), n = c |> indicator }',
      `k m    u    r    q    v    n
      1 0    0    -1   0    1    false
      2 null null null null null true
      3 0.5  0.5  0    1    3    false
      4 1    1    1    1    3    false
      5 2    1    3    1    3    false`,
    ));

  it('lie on a circle', () =>
    expectFeatures(
      'features f for t { x = a |> cyclic(16) }',
      `k x=sin x=cos
      1 0 1
      2 0 1
      3 1.224646799e-16 -1
      4 1.224646799e-16 -1
      5 1 6.123233996e-17`,
    ));
});
