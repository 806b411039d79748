/** Settings that every model may have beside those of its algorithm: how it is searched, calibrated, balanced, decided, learned again. */
import type { SettingEntry } from './entry.ts';

const folds = {
  name: 'folds',
  type: 'int',
  min: 2,
  max: 50,
  default: 5,
  doc: 'Parts of the training rows that are held out in turn.',
} as const satisfies SettingEntry;

export const tuneSettings = {
  trials: { name: 'trials', type: 'int', min: 1, max: 10_000, default: 20, doc: 'Settings that are tried.' },
  method: {
    name: 'method',
    type: 'choice',
    choices: ['random', 'bayesian'],
    default: 'bayesian',
    doc: '`random` draws each trial from the ranges; `bayesian` draws where earlier trials did well (tree-structured Parzen estimator).',
  },
} as const satisfies Record<string, SettingEntry>;

export const calibrateSetting: SettingEntry = {
  name: 'calibrate',
  type: 'choice',
  choices: ['platt', 'isotonic'],
  default: null,
  doc: 'Makes scores probabilities, learned on out-of-fold scores of train: `platt` fits a logistic curve, `isotonic` a rising step function; of several classes one each, against the rest.',
};

export const balanceSetting: SettingEntry = {
  name: 'balance',
  type: 'choice',
  choices: ['class_weight', 'undersample', 'oversample'],
  default: null,
  doc: 'Lets all classes weigh the same in training: by weights, by leaving out rows of frequent classes, or by repeating rows of rare ones.',
};

export const refitSetting: SettingEntry = {
  name: 'refit',
  type: 'choice',
  choices: ['train_and_validate'],
  default: null,
  doc: 'Learns the model again, with everything that was chosen, on train and validate together before it is judged.',
};

export const thresholdSetting: SettingEntry = {
  name: 'threshold',
  type: 'float',
  min: 0,
  max: 1,
  default: 0.5,
  doc: 'The probability from which on a row is predicted positive: a number, `max f1`, or `cost(fp: 1, fn: 5)`; chosen on validate, else on folds.',
};

export const stackingSettings = {
  final: { name: 'final', type: 'text', default: 'logistic_regression', doc: 'The algorithm that learns from the out-of-fold scores of the models.' },
  folds,
} as const satisfies Record<string, SettingEntry>;

/** Words of settings and blocks that models with an algorithm take, in the order of completion. */
export const trainingWords = ['tune', 'calibrate', 'threshold', 'balance', 'refit'] as const;
