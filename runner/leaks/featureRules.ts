/** Rules about a feature set, over the columns before any fitted step: copies across the split, and features that give the label away. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanTarget } from '../../language/plan/plan.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { RawColumn } from '../workbench.ts';
import type { Measured } from './measured.ts';

export function featureRules(
  _node: FeaturesNode,
  _label: PlanTarget,
  _matrix: Matrix,
  _raw: readonly RawColumn[],
  _settings: DataRuleSettings,
): readonly Measured[] {
  return [];
}
