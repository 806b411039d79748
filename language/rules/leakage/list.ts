/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import afterOutcome from './after-outcome.ts';
import allRowsAggregate from './all-rows-aggregate.ts';
import choiceOnTest from './choice-on-test.ts';
import currentState from './current-state.ts';
import cutoffFromOutcome from './cutoff-from-outcome.ts';
import evaluateOnTrain from './evaluate-on-train.ts';
import fittedInTable from './fitted-in-table.ts';
import futureWindow from './future-window.ts';
import gapShorterThanHorizon from './gap-shorter-than-horizon.ts';
import joinFanout from './join-fanout.ts';
import keyAsFeature from './key-as-feature.ts';
import labelAsFeature from './label-as-feature.ts';
import labelDerivedFeature from './label-derived-feature.ts';
import latestVersionKept from './latest-version-kept.ts';
import overlappingPartitions from './overlapping-partitions.ts';
import randomSplitOverTime from './random-split-over-time.ts';
import rowsKnownLate from './rows-known-late.ts';
import stackedInFold from './stacked-in-fold.ts';
import timeShifted from './time-shifted.ts';
import trainAfterTest from './train-after-test.ts';
import unknownAvailability from './unknown-availability.ts';

export const leakageRules: readonly Rule[] = [
  evaluateOnTrain,
  choiceOnTest,
  stackedInFold,
  fittedInTable,
  allRowsAggregate,
  overlappingPartitions,
  joinFanout,
  labelAsFeature,
  labelDerivedFeature,
  afterOutcome,
  keyAsFeature,
  currentState,
  unknownAvailability,
  randomSplitOverTime,
  trainAfterTest,
  futureWindow,
  gapShorterThanHorizon,
  rowsKnownLate,
  latestVersionKept,
  timeShifted,
  cutoffFromOutcome,
];
