/** What rules about an evaluation look at. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { EvaluateNode } from '../../language/plan/plan.ts';
import type { StepOutput } from '../nodes/output.ts';

export interface Evaluated {
  readonly node: EvaluateNode;
  readonly model: string;
  readonly output: StepOutput;
  /** Judged rows by class, in the order of the classes; null where the label is no class. */
  readonly classes: readonly number[] | null;
  /** What each feature says by itself on train, the most telling first; empty unless the evaluation has a plausible range. */
  readonly telling: readonly { readonly name: string; readonly value: number }[];
  readonly settings: DataRuleSettings;
}
