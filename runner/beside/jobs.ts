/** What can be worked out of a matrix alone, and so in any thread: plain data in, plain data out, the same wherever it is done. */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type { FeaturesNode, PlanTarget } from '../../language/plan/plan.ts';
import { featureRules } from '../leaks/featureRules.ts';
import type { Measured } from '../leaks/measured.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { ModelState } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { predictInSteps } from '../learn/predict.ts';
import { loadModel } from '../learn/registry.ts';
import { type Compared, driftOfFeatures, driftOfScores, type Said } from '../nodes/driftSubjects.ts';
import type { Drift } from '../watch/drift.ts';

/** A matrix with the columns behind its features. */
export interface Source {
  readonly matrix: Matrix;
  readonly raw: readonly RawColumn[];
}

export interface RulesAsked {
  readonly node: FeaturesNode;
  readonly label: PlanTarget;
  readonly settings: DataRuleSettings;
}

export interface ScoresAsked {
  readonly model: ModelState;
  readonly rows: Int32Array;
}

/** Each job with what it is given beside the matrix, and what it gives. */
export interface Jobs {
  readonly rules: { readonly given: RulesAsked; readonly gives: readonly Measured[] };
  readonly drift: { readonly given: Compared; readonly gives: readonly Drift[] };
  readonly said: { readonly given: Said; readonly gives: readonly Drift[] };
  readonly scores: { readonly given: ScoresAsked; readonly gives: Float64Array };
}

export type JobName = keyof Jobs;

export const jobs: { readonly [K in JobName]: (source: Source, given: Jobs[K]['given']) => Promise<Jobs[K]['gives']> } = {
  rules: ({ matrix, raw }, { node, label, settings }) => featureRules(node, label, matrix, raw, settings),
  drift: async (source, compared) => driftOfFeatures(source, compared),
  said: async (source, said) => driftOfScores(source, said),
  scores: ({ matrix }, { model, rows }) => predictInSteps(loadModel(model), matrix, rows, () => false),
};
