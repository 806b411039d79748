/** The presets are what SciPy and NumPy make of the rules that other tools document. */
import { describe, expect, it } from 'vitest';
import { fixture } from '../learn/fixtures/read.ts';
import { random } from '../learn/random.ts';
import { exactKolmogorov } from './exactKolmogorov.ts';
import { judgeBy, type PresetSubject, windowDrifted } from './presets.ts';
import type { DriftSample } from './sample.ts';

interface Case {
  readonly seed: number;
  readonly rows: readonly [number, number];
  readonly shift: number;
  readonly ks: number;
  readonly exact: number;
  readonly wasserstein: number;
  readonly chiSquare: number;
  readonly z: number;
  readonly js: number;
  readonly cramersV: number;
  readonly cramersVOfTwo: number;
  readonly lInfinity: number;
  readonly divergence: number;
  readonly nannyml: { readonly statistic: number; readonly threshold: number };
}

const { presets } = fixture<{ presets: Case[] }>('watch');
const entity = new Int32Array();

/** As the script draws them. */
function drawn({ seed, rows: [m, n], shift }: Case) {
  const { uniform } = random(seed);
  const times = <T>(rows: number, draw: () => T): T[] => Array.from({ length: rows }, draw);
  const levels = ['a', 'b', 'c', 'd'];
  const sum = () => 3 * (uniform() + uniform());
  const numbers: Sides = [times(m, sum), times(n, () => sum() + shift)];
  const ofLevels: Sides = [
    times(m, () => levels[Math.floor(4 * uniform() * uniform())] ?? ''),
    times(n, () => levels[Math.min(3, Math.floor((1 + 2 * shift) * 4 * uniform() * uniform()))] ?? ''),
  ];
  const two: Sides = [times(m, () => (uniform() < 0.3 ? 'yes' : 'no')), times(n, () => (uniform() < 0.3 + shift ? 'yes' : 'no'))];
  return { numbers, levels: ofLevels, two };
}

type Sides = readonly [(number | string)[], (number | string)[]];

function sample(values: readonly (number | string)[]): DriftSample {
  if (typeof values[0] === 'number') return { kind: 'number', values: Float64Array.from(values, Number), entity };
  const levels = [...new Set(values.map(String))].sort();
  return { kind: 'category', levels, codes: Int32Array.from(values, value => levels.indexOf(String(value))), entity };
}
const subject = (
  [reference, current]: readonly [(number | string)[], (number | string)[]],
  kind: PresetSubject['kind'] = 'feature',
): PresetSubject => ({
  kind,
  reference: sample(reference),
  current: sample(current),
});

describe.each(presets)('$rows rows', of => {
  const sides = drawn(of);
  const judge = (preset: Parameters<typeof judgeBy>[0], what: 'numbers' | 'levels' | 'two', kind: PresetSubject['kind'] = 'feature') =>
    judgeBy(preset, subject(sides[what], kind), 0.1, 0.2);

  it('evidently', () => {
    if (of.rows[0] > 1000) {
      expect(judge('evidently', 'numbers')).toMatchObject({ test: 'wasserstein', statistic: expect.closeTo(of.wasserstein, 12), threshold: 0.1 });
      expect(judge('evidently', 'levels')).toMatchObject({ test: 'js', statistic: expect.closeTo(of.js, 12), drifted: of.js >= 0.1 });
    } else {
      expect(judge('evidently', 'numbers')).toMatchObject({ test: 'ks', p: expect.closeTo(of.exact, 10), drifted: of.exact < 0.05 });
      expect(judge('evidently', 'levels')).toMatchObject({ test: 'chi_square', p: expect.closeTo(of.chiSquare, 12), drifted: of.chiSquare < 0.05 });
      expect(judge('evidently', 'two')).toMatchObject({ test: 'z', p: expect.closeTo(of.z, 12) });
    }
  });

  it('deepchecks', () => {
    expect(judge('deepchecks', 'numbers')).toMatchObject({ test: 'ks', statistic: expect.closeTo(of.ks, 12), threshold: 0.2 });
    expect(judge('deepchecks', 'levels', 'score')).toMatchObject({ test: 'cramers_v', statistic: expect.closeTo(of.cramersV, 12), threshold: 0.15 });
    expect(judge('deepchecks', 'two').statistic).toBeCloseTo(of.cramersVOfTwo, 12);
  });

  it('nannyml', () => {
    expect(judge('nannyml', 'numbers')).toMatchObject({
      statistic: expect.closeTo(of.nannyml.statistic, 10),
      threshold: expect.closeTo(of.nannyml.threshold, 10),
      drifted: of.nannyml.statistic > of.nannyml.threshold,
    });
  });

  it('tfdv and psi', () => {
    expect(judge('tfdv', 'levels')).toMatchObject({ test: 'l_infinity', statistic: expect.closeTo(of.lInfinity, 12), drifted: of.lInfinity >= 0.1 });
    expect(judge('tfdv', 'numbers').statistic).toBeCloseTo(of.divergence, 12);
    expect(judge('psi', 'numbers')).toMatchObject({ statistic: 0.2, threshold: 0.25, drifted: false });
  });
});

it('a window has drifted for Evidently when half of the features have, else when anything has', () => {
  const judged = (drifted: boolean[]) => drifted.map(d => ({ kind: 'feature' as const, drifted: d }));
  expect(windowDrifted('evidently', judged([true, false, false]))).toBe(false);
  expect(windowDrifted('evidently', judged([true, false]))).toBe(true);
  expect(windowDrifted('deepchecks', judged([true, false, false]))).toBe(true);
});

it('the exact distribution is 1 of nothing, and its limit of much', () => {
  expect(exactKolmogorov(0, 5, 5)).toBe(1);
  expect(exactKolmogorov(1, 3, 3)).toBeCloseTo(0.1, 12);
  expect(exactKolmogorov(0.05, 20_000, 100)).toBeGreaterThan(0.9);
});
