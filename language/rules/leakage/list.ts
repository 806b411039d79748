/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import afterOutcome from './after-outcome.ts';
import allRowsAggregate from './all-rows-aggregate.ts';
import alwaysNull from './always-null.ts';
import choiceOnTest from './choice-on-test.ts';
import currentState from './current-state.ts';
import cutoffFromOutcome from './cutoff-from-outcome.ts';
import delayShorterThanKnown from './delay-shorter-than-known.ts';
import entityOnBothSides from './entity-on-both-sides.ts';
import evaluateOnTrain from './evaluate-on-train.ts';
import eventTimeNotKnownTime from './event-time-not-known-time.ts';
import filteredTest from './filtered-test.ts';
import fittedInTable from './fitted-in-table.ts';
import fittedOnEvaluation from './fitted-on-evaluation.ts';
import foldsNotGrouped from './folds-not-grouped.ts';
import futureWindow from './future-window.ts';
import gapShorterThanHorizon from './gap-shorter-than-horizon.ts';
import groupAsFeature from './group-as-feature.ts';
import groupOnBothSides from './group-on-both-sides.ts';
import joinFanout from './join-fanout.ts';
import keyAsFeature from './key-as-feature.ts';
import labelAlreadyKnown from './label-already-known.ts';
import labelAsFeature from './label-as-feature.ts';
import labelDerivedFeature from './label-derived-feature.ts';
import lagAcrossEntities from './lag-across-entities.ts';
import lagShorterThanHorizon from './lag-shorter-than-horizon.ts';
import latestVersionKept from './latest-version-kept.ts';
import metricMismatch from './metric-mismatch.ts';
import missingBaseline from './missing-baseline.ts';
import modelOutputAsFeature from './model-output-as-feature.ts';
import noTestPartition from './no-test-partition.ts';
import notPointInTime from './not-point-in-time.ts';
import outcomeConditionedRows from './outcome-conditioned-rows.ts';
import outlierRuleFromAllRows from './outlier-rule-from-all-rows.ts';
import overlappingPartitions from './overlapping-partitions.ts';
import overlappingSamples from './overlapping-samples.ts';
import peerLabelsAcrossSplit from './peer-labels-across-split.ts';
import peerRowsAcrossSplit from './peer-rows-across-split.ts';
import quarantineAcrossRows from './quarantine-across-rows.ts';
import randomSplitOverTime from './random-split-over-time.ts';
import resampleBeforeSplit from './resample-before-split.ts';
import resampledEvaluation from './resampled-evaluation.ts';
import rowsKnownLate from './rows-known-late.ts';
import sameDataTwice from './same-data-twice.ts';
import searchScoreAsEstimate from './search-score-as-estimate.ts';
import selectionBeforeSplit from './selection-before-split.ts';
import splitFromOutcome from './split-from-outcome.ts';
import stackedInFold from './stacked-in-fold.ts';
import survivorsOnly from './survivors-only.ts';
import targetEncodeInSample from './target-encode-in-sample.ts';
import thresholdOnTest from './threshold-on-test.ts';
import timeShifted from './time-shifted.ts';
import trainAfterTest from './train-after-test.ts';
import undeclaredDataEnd from './undeclared-data-end.ts';
import unknownAvailability from './unknown-availability.ts';
import unstableSplit from './unstable-split.ts';
import weightFromOutcome from './weight-from-outcome.ts';
import windowIncludesCutoff from './window-includes-cutoff.ts';

export const leakageRules: readonly Rule[] = [
  evaluateOnTrain,
  noTestPartition,
  choiceOnTest,
  thresholdOnTest,
  searchScoreAsEstimate,
  stackedInFold,
  fittedInTable,
  allRowsAggregate,
  outlierRuleFromAllRows,
  resampleBeforeSplit,
  selectionBeforeSplit,
  fittedOnEvaluation,
  resampledEvaluation,
  overlappingSamples,
  overlappingPartitions,
  joinFanout,
  unstableSplit,
  labelAsFeature,
  labelDerivedFeature,
  afterOutcome,
  outcomeConditionedRows,
  targetEncodeInSample,
  keyAsFeature,
  modelOutputAsFeature,
  currentState,
  unknownAvailability,
  randomSplitOverTime,
  trainAfterTest,
  futureWindow,
  windowIncludesCutoff,
  lagShorterThanHorizon,
  gapShorterThanHorizon,
  notPointInTime,
  eventTimeNotKnownTime,
  lagAcrossEntities,
  entityOnBothSides,
  foldsNotGrouped,
  groupOnBothSides,
  filteredTest,
  metricMismatch,
  missingBaseline,
  rowsKnownLate,
  latestVersionKept,
  timeShifted,
  cutoffFromOutcome,
  peerLabelsAcrossSplit,
  peerRowsAcrossSplit,
  undeclaredDataEnd,
  quarantineAcrossRows,
  splitFromOutcome,
  groupAsFeature,
  weightFromOutcome,
  labelAlreadyKnown,
  survivorsOnly,
  delayShorterThanKnown,
  alwaysNull,
  sameDataTwice,
];
