/** Rules about a feature set, over the columns before any fitted step: copies across the split, and features that give the label away. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanTarget } from '../../language/plan/plan.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix } from '../learn/matrix.ts';
import { duplicates } from './duplicates.ts';
import type { Measured } from './measured.ts';
import { proxies } from './proxies.ts';
import { rowNumbers } from './rowNumbers.ts';
import { sampleOf } from './sample.ts';

export async function featureRules(
  node: FeaturesNode,
  label: PlanTarget,
  matrix: Matrix,
  raw: readonly RawColumn[],
  settings: DataRuleSettings,
): Promise<readonly Measured[]> {
  const sample = sampleOf(matrix, raw, label);
  return [...duplicates(node, sample, settings), ...(await proxies(node, sample, settings)), ...rowNumbers(node, sample, matrix, settings)];
}
