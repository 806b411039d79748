/** The rules of this group that only rows can decide, by code: a run does, and their pages are held against whole runs. */
import type { Rule } from '../rule.ts';
import duplicatesAcrossSplit from './duplicates-across-split.ts';
import immatureLabel from './immature-label.ts';
import literalFromData from './literal-from-data.ts';
import missingnessProxy from './missingness-proxy.ts';
import nearDuplicatesAcrossSplit from './near-duplicates-across-split.ts';
import targetProxy from './target-proxy.ts';
import tinyTest from './tiny-test.ts';
import tooGood from './too-good.ts';
import warmUpUncovered from './warm-up-uncovered.ts';

export const rulesOnData: readonly Rule[] = [
  literalFromData,
  duplicatesAcrossSplit,
  nearDuplicatesAcrossSplit,
  targetProxy,
  missingnessProxy,
  tinyTest,
  immatureLabel,
  tooGood,
  warmUpUncovered,
];
