/** Fitted transforms: what each learns from the training rows, and what it makes of every row. */
import type { PlanColumn, PlanSetting } from '../../language/plan/plan.ts';
import { levels, mode, quantile } from './aggregates.ts';
import { canonicalText } from './canonical.ts';
import { cyclic, frequencyEncode, hashEncode, minMax, quantileBin, robustScale, winsorize } from './fitsOfNumbers.ts';
import { centresOf, compareText, componentsOf, distance, keptOf, leftOf, termVector, termWeights } from './fitsTogether.ts';
import { compare, convert, exact, finite, moments, quotient, sum, toFloat } from './numbers.ts';
import { type Fitted, type FittedStep, one, type Sample, trained } from './samples.ts';
import type { Value } from './table.ts';

/** A constant of the program as the column's type stores it. */
function constant(value: PlanSetting, step: FittedStep): Value {
  const { inputType: type } = step;
  if (typeof value !== 'number') return typeof value === 'object' ? null : value;
  return type === 'int' && Number.isInteger(value) ? BigInt(value) : type === 'text' ? String(value) : convert(value, 'float', type);
}

/** Null becomes what the last training row of the same entity before the cutoff had, of those with a value. */
function forward(step: FittedStep, samples: readonly Sample[]): Fitted {
  return one(
    step,
    step.inputType,
    samples.map(({ value, values: [, entity, cutoff] }) => {
      if (value !== null || entity == null || cutoff == null) return value;
      const before = samples.filter(
        ({ isTrain, value: other, values: [, whose, when] }) =>
          isTrain && other !== null && whose === entity && when != null && Number(when) < Number(cutoff),
      );
      return (
        before.reduce<Sample | null>((last, sample) => (last && Number(last.values[2]) > Number(sample.values[2]) ? last : sample), null)?.value ??
        null
      );
    }),
  );
}

function impute(step: FittedStep, samples: readonly Sample[]): Fitted {
  if (step.settings['method'] === 'forward') return forward(step, samples);
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
      return deviation === 0 ? 0 : finite((toFloat(value, step.inputType) - found.mean) / deviation);
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

function targetEncode(step: FittedStep, samples: readonly Sample[], { inTime }: Around): Fitted {
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

/** Rows of numbers of the samples that have a value in each column. */
function complete(samples: readonly Sample[], inputs: readonly Input[]): { sample: Sample; row: number[] }[] {
  return samples.flatMap(sample =>
    sample.values.includes(null) ? [] : [{ sample, row: sample.values.map((value, i) => toFloat(value, inputs[i]?.type ?? 'float')) }],
  );
}

function together(
  names: readonly string[],
  samples: readonly Sample[],
  inputs: readonly Input[],
  of: (row: readonly number[]) => readonly number[],
): Fitted {
  const rows = new Map(complete(samples, inputs).map(({ sample, row }) => [sample, of(row)]));
  return {
    columns: names.map(name => ({ name, type: 'float' })),
    values: names.map((_, i) => samples.map(sample => finite(rows.get(sample)?.[i] ?? Number.NaN))),
    leftOut: samples.map(() => false),
  };
}

/** Training rows in the order of identity and cutoff. */
const inOrder = (samples: readonly Sample[], inputs: readonly Input[]): { sample: Sample; row: number[] }[] =>
  complete(
    samples.filter(sample => sample.isTrain),
    inputs,
  ).sort((a, b) => compareText(a.sample.identity, b.sample.identity) || (a.sample.cutoff ?? 0) - (b.sample.cutoff ?? 0));

const numbered = (step: FittedStep, count: number): string[] => Array.from({ length: count }, (_, i) => `${step.output}_${i + 1}`);

function kmeansDistance(step: FittedStep, samples: readonly Sample[], { inputs }: Around): Fitted {
  const train = inOrder(samples, inputs).map(({ row }) => row);
  const { clusters, seed, max_iterations } = step.settings;
  const centres = train.length === 0 ? [] : centresOf(train, Number(clusters), Number(seed), Number(max_iterations));
  return together(numbered(step, centres.length), samples, inputs, row => centres.map(centre => distance(row, centre)));
}

function pca(step: FittedStep, samples: readonly Sample[], { inputs }: Around): Fitted {
  const train = inOrder(samples, inputs).map(({ row }) => row);
  const { mean, weights } =
    train.length === 0 ? { mean: [], weights: [] } : componentsOf(train, Number(step.settings['components']), step.settings['whiten'] === true);
  return together(numbered(step, weights.length), samples, inputs, row =>
    weights.map(own => own.reduce((total, weight, i) => total + weight * ((row[i] ?? 0) - (mean[i] ?? 0)), 0)),
  );
}

function select(step: FittedStep, samples: readonly Sample[], { inputs, isBinary }: Around): Fitted {
  const train = inOrder(samples, inputs);
  const { columns, by } = step.settings;
  const count = Number(columns);
  const kept =
    train.length === 0
      ? inputs.map((_, i) => i).slice(0, count)
      : keptOf(
          train.map(({ row }) => row),
          train.map(({ sample }) => sample.label),
          isBinary,
          count,
          String(by),
        );
  return chosen(step, samples, { inputs }, kept);
}

/** The columns with these indices, called as they were. */
function chosen(step: FittedStep, samples: readonly Sample[], { inputs }: Pick<Around, 'inputs'>, kept: readonly number[]): Fitted {
  const { names } = step.settings;
  const called = (input: Input): string => `${Array.isArray(names) ? names[input.place] : input.place + 1}${input.suffix}`;
  const outputs = kept.map(i => inputs[i]).filter(input => input !== undefined);
  return {
    columns: outputs.map(input => ({ name: `${step.output}=${called(input)}`, type: 'float' })),
    values: kept.map(i => samples.map(({ values }) => (values[i] == null ? null : toFloat(values[i] ?? null, inputs[i]?.type ?? 'float')))),
    leftOut: samples.map(() => false),
  };
}

function rfe(step: FittedStep, samples: readonly Sample[], around: Around): Fitted {
  const train = inOrder(samples, around.inputs);
  const count = Number(step.settings['columns']);
  const kept =
    train.length === 0
      ? around.inputs.map((_, i) => i).slice(0, count)
      : leftOf(
          train.map(({ row }) => row),
          train.map(({ sample }) => sample.label),
          count,
        );
  return chosen(step, samples, around, kept);
}

function columns(step: FittedStep, samples: readonly Sample[], { inputs }: Around): Fitted {
  return {
    columns: numbered(step, inputs.length).map(name => ({ name, type: 'float' })),
    values: inputs.map(({ type }, i) => samples.map(({ values }) => (values[i] == null ? null : toFloat(values[i] ?? null, type)))),
    leftOut: samples.map(() => false),
  };
}

function tfidf(step: FittedStep, samples: readonly Sample[]): Fitted {
  const text = ({ value }: Sample): string | null => (value === null ? null : String(value));
  const weights = termWeights(samples.filter(s => s.isTrain).map(text), Number(step.settings['max_terms']), Number(step.settings['min_rows']));
  const rows = samples.map(sample => termVector(text(sample), weights));
  return {
    columns: [...weights.keys()].map(term => ({ name: `${step.output}=${term}`, type: 'float' })),
    values: [...weights.keys()].map((_, i) => rows.map(row => row[i] ?? 0)),
    leftOut: samples.map(() => false),
  };
}

/** A column that a step reads: the place of its input among the step's, and what stands behind the input's name in a group. */
export interface Input {
  readonly type: PlanColumn['type'];
  readonly place: number;
  readonly suffix: string;
}

export interface Around {
  /** The split is by time, so that out-of-fold encodings look back only. */
  readonly inTime: boolean;
  readonly isBinary: boolean;
  readonly inputs: readonly Input[];
}

const transforms: Readonly<Record<string, (step: FittedStep, samples: readonly Sample[], around: Around) => Fitted>> = {
  impute,
  indicator: (step, samples) =>
    one(
      step,
      'bool',
      samples.map(({ value }) => value === null),
    ),
  standardize,
  min_max: minMax,
  robust_scale: robustScale,
  winsorize,
  quantile_bin: quantileBin,
  one_hot: oneHot,
  ordinal,
  frequency_encode: frequencyEncode,
  target_encode: targetEncode,
  hash_encode: hashEncode,
  cyclic,
  tfidf,
  kmeans_distance: kmeansDistance,
  pca,
  select,
  rfe,
};

/** For the test that every transform of the catalogue is here. */
export const transformNames: readonly string[] = Object.keys(transforms);

export function learn(step: FittedStep, samples: readonly Sample[], around: Around): Fitted {
  if (step.transform === 'columns') return columns(step, samples, around);
  const transform = transforms[step.transform];
  if (!transform) throw new Error(`There is no transform ${step.transform}.`);
  return transform(step, samples, around);
}
