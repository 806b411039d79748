/** Drift tests: how far the distribution of a feature, the score or the label has moved between two sets of rows. */
import type { DriftEntry } from './entry.ts';

export const driftTests: readonly DriftEntry[] = [
  {
    family: 'drift',
    name: 'psi',
    applies: 'any',
    min: 0,
    max: null,
    doc: 'Population stability index over deciles of the reference, or over levels. Below 0.1 is usually read as stable, above 0.2 as moved.',
    source: 'Siddiqi, Credit Risk Scorecards, 2006; Yurdakul, 2018',
  },
  {
    family: 'drift',
    name: 'ks',
    applies: 'number',
    min: 0,
    max: 1,
    doc: 'Kolmogorov–Smirnov statistic: the greatest distance between the two cumulative distributions.',
    source: 'SciPy ks_2samp',
  },
  {
    family: 'drift',
    name: 'chi_square',
    applies: 'category',
    min: 0,
    max: null,
    doc: 'Chi-square statistic of the table of levels against the two sets of rows. It grows with the number of rows.',
    source: 'SciPy chi2_contingency',
  },
  {
    family: 'drift',
    name: 'js',
    applies: 'any',
    min: 0,
    max: Math.sqrt(Math.LN2),
    doc: 'Jensen–Shannon distance over deciles of the reference, or over levels: 0 where both are the same, 0.83 where nothing is in common.',
    source: 'SciPy jensenshannon; Endres and Schindelin, 2003',
  },
  {
    family: 'drift',
    name: 'wasserstein',
    applies: 'number',
    min: 0,
    max: null,
    doc: 'Wasserstein distance, the area between the two cumulative distributions, in standard deviations of the reference.',
    source: 'SciPy wasserstein_distance; del Barrio, Giné and Matrán, 1999',
  },
];
