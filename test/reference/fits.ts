/** Fitted transforms: what each learns from the training rows, and what it makes of every row. */
import type { FeatureStep, PlanColumn, PlanSetting } from '../../language/plan/plan.ts';
import { levels, mode, quantile } from './aggregates.ts';
import { canonicalText } from './canonical.ts';
import { compare, convert, exact, moments, quotient, sum, toFloat } from './numbers.ts';
import type { Value } from './table.ts';

export type FittedStep = Extract<FeatureStep, { kind: 'fitted' }>;

/** One row as a transform sees it. */
export interface Sample {
  readonly value: Value;
  readonly isTrain: boolean;
  /** 0 and 1 for a binary label. */
  readonly label: number;
  readonly labelRipe: number | null;
  readonly cutoff: number | null;
  /** The fold of a training row in a split without time. */
  readonly fold: number;
}

export interface Fitted {
  readonly columns: readonly PlanColumn[];
  /** One list a column. */
  readonly values: readonly (readonly Value[])[];
  /** Training rows that had nothing to learn from. */
  readonly leftOut: readonly boolean[];
}

const trained = (samples: readonly Sample[]): NonNullable<Value>[] =>
  samples
    .filter(s => s.isTrain)
    .map(s => s.value)
    .filter(v => v !== null);

const one = (step: FittedStep, type: PlanColumn['type'], values: readonly Value[]): Fitted => ({
  columns: [{ name: step.output, type }],
  values: [values],
  leftOut: values.map(() => false),
});

/** A constant of the program as the column's type stores it. */
function constant(value: PlanSetting, step: FittedStep): Value {
  const { inputType: type } = step;
  if (typeof value !== 'number') return typeof value === 'object' ? null : value;
  return type === 'int' && Number.isInteger(value) ? BigInt(value) : type === 'text' ? String(value) : convert(value, 'float', type);
}

function impute(step: FittedStep, samples: readonly Sample[]): Fitted {
  const method = step.settings['method'];
  const seen = trained(samples);
  const type = step.inputType;
  const isCentre = method === 'mean' || method === 'median';
  const fill =
    method === 'mean'
      ? (moments(exact(seen, type, step.scale))?.mean ?? null)
      : method === 'median'
        ? quantile(
            seen.map(v => toFloat(v, type)),
            0.5,
          )
        : method === 'mode'
          ? mode(seen, type)
          : constant(step.settings['value'] ?? null, step);
  return one(
    step,
    isCentre ? 'float' : type,
    samples.map(({ value }) => (value === null ? fill : isCentre ? toFloat(value, type) : value)),
  );
}

function standardize(step: FittedStep, samples: readonly Sample[]): Fitted {
  const found = moments(exact(trained(samples), step.inputType, step.scale));
  const deviation = found ? Math.sqrt(found.squares / found.n) : 0;
  return one(
    step,
    'float',
    samples.map(({ value }) => {
      if (value === null || !found) return null;
      return deviation === 0 ? 0 : (toFloat(value, step.inputType) - found.mean) / deviation;
    }),
  );
}

function oneHot(step: FittedStep, samples: readonly Sample[]): Fitted {
  const found = levels(trained(samples), step.inputType).map(level => level.value);
  return {
    columns: found.map(level => ({ name: `${step.output}=${canonicalText(level, step.inputType)}`, type: 'float' })),
    values: found.map(level => samples.map(({ value }) => (value !== null && compare(value, step.inputType, level, step.inputType) === 0 ? 1 : 0))),
    leftOut: samples.map(() => false),
  };
}

function ordinal(step: FittedStep, samples: readonly Sample[]): Fitted {
  const declared = step.settings['levels'];
  const order = Array.isArray(declared)
    ? declared.map(String)
    : levels(trained(samples), step.inputType).map(l => canonicalText(l.value, step.inputType));
  return one(
    step,
    'float',
    samples.map(({ value }) => {
      const place = value === null ? -1 : order.indexOf(canonicalText(value, step.inputType));
      return place < 0 ? null : place;
    }),
  );
}

type Encoding = (value: Value) => number;

/**
 * The mean label of each level, shrunk towards the overall mean by empirical Bayes: with n rows of the level, their variance v and the
 * variance V of all labels (both divided by the number of rows), the level's own mean weighs n·V / (n·V + v). As scikit-learn's
 * TargetEncoder with smooth="auto" (Micci-Barreca, SIGKDD Explorations 3(1), 2001, section 3). Null without rows to learn from.
 */
function encoding(samples: readonly Sample[], step: FittedStep, prior: number | null): Encoding | null {
  const labels = (of: readonly Sample[]) =>
    exact(
      of.map(s => s.label),
      'float',
      step.scale,
    );
  const all = labels(samples);
  const overall = moments(all);
  if (!overall) return null;
  const variance = overall.squares / overall.n;
  const byLevel = new Map<string, number>();
  for (const { value } of levels(
    samples.map(s => s.value).filter(v => v !== null),
    step.inputType,
  )) {
    const text = canonicalText(value, step.inputType);
    const own = labels(samples.filter(s => s.value !== null && canonicalText(s.value, step.inputType) === text));
    const found = moments(own);
    if (!found) continue;
    const weighed = variance * found.n + found.squares / found.n;
    // Without any variance both means are the same.
    const weight = weighed === 0 ? 0 : (variance * found.n) / weighed;
    const mean = quotient(sum(own.numerators), BigInt(found.n) * own.denominator);
    byLevel.set(text, weight * mean + (1 - weight) * overall.mean);
  }
  return value => (value === null ? undefined : byLevel.get(canonicalText(value, step.inputType))) ?? prior ?? overall.mean;
}

/** Contiguous blocks of the distinct cutoffs of train, as equal in their number of cutoffs as can be. */
function blocksOf(samples: readonly Sample[], folds: number): (cutoff: number) => { readonly block: number; readonly start: number } {
  const cutoffs = [...new Set(samples.filter(s => s.isTrain).map(s => s.cutoff ?? 0))].sort((a, b) => a - b);
  const blockAt = (place: number): number => Math.floor((place * folds) / cutoffs.length);
  return cutoff => {
    const block = blockAt(cutoffs.indexOf(cutoff));
    return { block, start: cutoffs[cutoffs.findIndex((_, place) => blockAt(place) === block)] ?? cutoff };
  };
}

function targetEncode(step: FittedStep, samples: readonly Sample[], inTime: boolean): Fitted {
  const folds = Number(step.settings['folds'] ?? 5);
  const prior = typeof step.settings['prior'] === 'number' ? step.settings['prior'] : null;
  const train = samples.filter(s => s.isTrain);
  const everything = encoding(train, step, prior);
  const blockOf = blocksOf(samples, folds);
  const outOfFold = (own: Sample): Encoding | null => {
    if (!inTime)
      return encoding(
        train.filter(s => s.fold !== own.fold),
        step,
        prior,
      );
    const { start } = blockOf(own.cutoff ?? 0);
    return encoding(
      train.filter(s => s.labelRipe !== null && s.labelRipe < start),
      step,
      prior,
    );
  };
  const encodings = samples.map(s => (s.isTrain ? outOfFold(s) : everything));
  return {
    columns: [{ name: step.output, type: 'float' }],
    values: [samples.map((s, i) => encodings[i]?.(s.value) ?? prior)],
    leftOut: samples.map((s, i) => s.isTrain && !encodings[i] && prior === null),
  };
}

/** `inTime`: the split is by time, so that out-of-fold encodings look back only. */
export function learn(step: FittedStep, samples: readonly Sample[], inTime: boolean): Fitted {
  switch (step.transform) {
    case 'impute':
      return impute(step, samples);
    case 'standardize':
      return standardize(step, samples);
    case 'one_hot':
      return oneHot(step, samples);
    case 'ordinal':
      return ordinal(step, samples);
    case 'target_encode':
      return targetEncode(step, samples, inTime);
    default:
      throw new Error(`There is no transform ${step.transform}.`);
  }
}
