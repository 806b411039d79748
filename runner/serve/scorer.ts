/**
 * Scoring in process, one observation after the other: a stored model with its feature sets, calibration and members, as functions that are
 * prepared once. The scores are those of a run, to the last digits.
 */
import type { PlanTarget } from '../../language/plan/plan.ts';
import { type Calibration, calibrated } from '../learn/calibrate.ts';
import { LearnError, type ModelState } from '../learn/learner.ts';
import type { Matrix } from '../learn/matrix.ts';
import { scoreMatrix } from '../learn/members.ts';
import { loadModel } from '../learn/registry.ts';
import { type Encoder, type Encoding, encoderOf, type Leaf } from './encoder.ts';
import { type Input, readInput } from './input.ts';
import type { Value } from './values.ts';

/** A model made of others as a tree; its leaves are trained models, each on a feature set. */
export type ModelPart =
  | { readonly kind: 'trained'; readonly encoding: string; readonly state: ModelState }
  | { readonly kind: 'calibrated'; readonly of: ModelPart; readonly calibration: Calibration }
  | { readonly kind: 'mean'; readonly of: readonly ModelPart[] }
  | { readonly kind: 'stacked'; readonly of: readonly ModelPart[]; readonly state: ModelState };

/** All that scoring needs, as plain data. */
export interface ScoringModel {
  readonly label: PlanTarget;
  /** From this probability on a row is positive. */
  readonly threshold: number;
  /** By the names that the parts use. */
  readonly encodings: Readonly<Record<string, StoredEncoding>>;
  readonly model: ModelPart;
}

export interface StoredEncoding extends Encoding {
  /** Models that steps ask, by the output of the step. */
  readonly predictions?: Readonly<Record<string, ModelPart>>;
  /** Refs that lead from an observation to other rows. */
  readonly paths: readonly { readonly id: string; readonly from: string | null; readonly ref: string }[];
}

/** The feature sets that a part of a model reads, without those behind them. */
export const encodingsIn = (part: ModelPart): readonly string[] => {
  if (part.kind === 'trained') return [part.encoding];
  return part.kind === 'calibrated' ? encodingsIn(part.of) : part.of.flatMap(encodingsIn);
};

/** The names of the feature sets, each behind those of the models that it asks. */
export function encodingOrder(encodings: ScoringModel['encodings']): readonly string[] {
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    for (const part of Object.values(encodings[name]?.predictions ?? {})) encodingsIn(part).forEach(visit);
    order.push(name);
  };
  Object.keys(encodings).forEach(visit);
  return order;
}

export interface Score {
  /** The probability of the positive class, that of the predicted one of several, or the predicted number. */
  readonly score: number;
  /** Whether the row is positive, the predicted class, or the predicted number. */
  readonly predicted: boolean | string | number;
  /** Of several classes. */
  readonly probabilities: Readonly<Record<string, number>> | null;
}

export interface Scorer {
  /** What an observation has to bring, by name. */
  readonly inputs: readonly Input[];
  /** `row`: values by the names of the inputs; an absent one is null. Throws `ValueError` where a value does not fit. */
  readonly score: (row: Readonly<Record<string, unknown>>) => Score;
}

type Predict = () => Float64Array;

const first = Int32Array.of(0);

function predictor(part: ModelPart, matrixOf: (encoding: string) => Matrix): Predict {
  switch (part.kind) {
    case 'trained': {
      const model = loadModel(part.state);
      const matrix = matrixOf(part.encoding);
      return () => model.predict(matrix, first);
    }
    case 'calibrated': {
      const raw = predictor(part.of, matrixOf);
      return () => calibrated(part.calibration, raw());
    }
    case 'mean': {
      const members = part.of.map(member => predictor(member, matrixOf));
      return () => {
        const scores = members.map(member => member());
        return (scores[0] ?? new Float64Array()).map((_, i) => scores.reduce((sum, of) => sum + (of[i] ?? 0), 0) / scores.length);
      };
    }
    case 'stacked': {
      const members = part.of.map(member => predictor(member, matrixOf));
      const final = loadModel(part.state);
      return () =>
        final.predict(
          scoreMatrix(
            oneRow,
            first,
            members.map(member => member()),
          ),
          first,
        );
    }
  }
}

/** A model that needs a value which the row does not have says nothing. */
const whereKnown = (predict: Predict): Predict => {
  return () => {
    try {
      return predict();
    } catch (error) {
      if (error instanceof LearnError && error.code === 'null-input') return unknown;
      throw error;
    }
  };
};

const unknown = Float64Array.of(Number.NaN);

const oneRow: Matrix = {
  rows: 1,
  columns: [],
  label: Float64Array.of(Number.NaN),
  partition: Uint8Array.of(0),
  identity: [''],
  entity: Int32Array.of(0),
  cutoff: null,
  weight: null,
};

/** `product.tier` of a path, a window by its id. */
function nameOf(leaf: Leaf, { paths }: StoredEncoding): string {
  if (leaf.kind === 'cutoff') return 'cutoff';
  if (leaf.kind === 'window') return leaf.id;
  const refs: string[] = [];
  for (let at = leaf.of; at !== null; ) {
    const path = paths.find(({ id }) => id === at);
    if (!path) throw new Error(`The model reads along ${at}, which is not there.`);
    refs.unshift(path.ref);
    at = path.from;
  }
  return [...refs, leaf.name].join('.');
}

function scoreOf(scores: Float64Array, { label, threshold }: ScoringModel): Score {
  const { classes } = label;
  if (classes) {
    let best = 0;
    for (let i = 1; i < classes.length; i++) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
    const probabilities = Object.fromEntries(classes.map((name, i) => [name, scores[i] ?? 0]));
    return { score: scores[best] ?? 0, predicted: classes[best] ?? '', probabilities };
  }
  const score = scores[0] ?? Number.NaN;
  return { score, predicted: label.kind === 'binary' ? score >= threshold : score, probabilities: null };
}

export function scorer(model: ScoringModel): Scorer {
  const encoders: { readonly name: string; readonly stored: StoredEncoding; readonly encoder: Encoder }[] = [];
  const matrixOf = (wanted: string): Matrix => {
    const found = encoders.find(({ name }) => name === wanted);
    if (!found) throw new Error(`The model has no feature set ${wanted}.`);
    return found.encoder.matrix;
  };
  for (const name of encodingOrder(model.encodings)) {
    const stored = model.encodings[name];
    if (!stored) continue;
    const says = (output: string): Predict => {
      const part = stored.predictions?.[output];
      if (!part) throw new Error(`The model has no part for ${output}.`);
      return whereKnown(predictor(part, matrixOf));
    };
    encoders.push({ name, stored, encoder: encoderOf(stored, says) });
  }
  const inputs = new Map<string, Input>();
  const readers = encoders.map(({ stored, encoder }) =>
    encoder.leaves.map(leaf => {
      const name = nameOf(leaf, stored);
      // A cell that is brought is known, unless it is said when it becomes so.
      const input = { name, leaf, type: leaf.type, isOptional: leaf.kind === 'column' && leaf.name.endsWith('#known') };
      inputs.set(name, input);
      return input;
    }),
  );
  const predict = predictor(model.model, matrixOf);
  return {
    inputs: [...inputs.values()],
    score(row) {
      encoders.forEach(({ encoder }, i) => {
        encoder.encode((readers[i] ?? []).map((input): Value => readInput(input, row[input.name])));
      });
      return scoreOf(predict(), model);
    },
  };
}
