/** What hangs on a name that is not there is still looked at, as far as it does not matter what the name means. */
import { describe, expect, it } from 'vitest';
import { typedProgram } from './testProgram.ts';

const problems = (text: string): readonly string[] => typedProgram(text).problems;

describe('behind a name that is not there', () => {
  it('features are typed', () =>
    expect(
      problems(`features f for tsk {
  a |> impute(medain)
  b = nosuch(a) + 1
  c = count(nowhere last 30d)
  d = log1p("x")
  e |> target_encode(folds: 1)
  g = a + b * c
  p = predict(m)
  z = [a, e] |> standardize |> pca(0)
}`),
    ).toEqual([
      'unknown-name «tsk»',
      'setting-out-of-range «medain»',
      'unknown-function «nosuch»',
      'unknown-name «nowhere»',
      'type-mismatch «"x"»',
      'setting-out-of-range «1»',
      'setting-out-of-range «0»',
    ]));

  it('evaluations are read', () =>
    expect(
      problems(
        'evaluate mm on test {\n  acu >= 0.8\n  low(auc) >= 0.7, recall_at(precision: 200%)\n  auc - other.brire >= 0.1\n  drift(features) < 0.2 psi\n  confusion\n  by x { auk }\n  trees: 5\n}',
      ),
    ).toEqual([
      'unknown-name «mm»',
      'unknown-name «acu»',
      'setting-out-of-range «200%»',
      'unknown-name «brire»',
      'unknown-name «auk»',
      'unknown-setting «trees»',
    ]));

  it('what is right stays unsaid', () => {
    expect(
      problems('features f for tsk {\n  a |> impute(median) |> standardize\n  b = if a > 3 then "x" else null\n  c = days(t, cutoff)\n}'),
    ).toEqual(['unknown-name «tsk»']);
    expect(problems('evaluate mm on test as e { auc >= 0.8 warn, brier, lift(10%) > 2, rmse, auc in 0.5..1 }')).toEqual(['unknown-name «mm»']);
  });
});
