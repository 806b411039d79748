/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import aggregateOutsideWindow from './aggregate-outside-window.ts';
import alwaysHolds from './always-holds.ts';
import arithmeticOnKey from './arithmetic-on-key.ts';
import expressionTooLarge from './expression-too-large.ts';
import impossibleRange from './impossible-range.ts';
import incompleteTest from './incomplete-test.ts';
import laterForm from './later-form.ts';
import metricDoesNotFit from './metric-does-not-fit.ts';
import missingSetting from './missing-setting.ts';
import needsValue from './needs-value.ts';
import settingOutOfRange from './setting-out-of-range.ts';

import typeMismatch from './type-mismatch.ts';
import unknownFunction from './unknown-function.ts';
import unknownLevel from './unknown-level.ts';
import unknownSetting from './unknown-setting.ts';
import unorderedComparison from './unordered-comparison.ts';
import windowWithoutTime from './window-without-time.ts';
import wrongArguments from './wrong-arguments.ts';

export const typeRules: readonly Rule[] = [
  laterForm,
  typeMismatch,
  arithmeticOnKey,
  unknownLevel,
  needsValue,
  unorderedComparison,
  aggregateOutsideWindow,
  windowWithoutTime,
  impossibleRange,
  alwaysHolds,
  metricDoesNotFit,
  settingOutOfRange,
  unknownSetting,
  missingSetting,
  wrongArguments,
  unknownFunction,
  expressionTooLarge,
  incompleteTest,
];
