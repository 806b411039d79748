/** What each fitted transform makes of a row, from what it learned: the columns it gives and the formula of each. */
import type { FeatureStep, PlanColumn } from '../../language/plan/plan.ts';
import type { FittedState } from '../engine/relational.ts';
import type { Formula, Output } from './formula.ts';
import { asFloat, call, inSet, number, storedLiteral } from './pieces.ts';
import { maybeNumber, numberOf, numbersOf, rowsOf, seriesOf, textsOf, valuesOf } from './state.ts';

export type FittedStep = Extract<FeatureStep, { kind: 'fitted' }>;

/** A column that a step reads, and what it is called among those that the step reads. */
export interface InputColumn extends PlanColumn {
  readonly label: string;
}

type Rule = (step: FittedStep, state: FittedState, inputs: readonly InputColumn[]) => readonly Output[];

function only(step: FittedStep, inputs: readonly PlanColumn[]): PlanColumn {
  const [first, ...more] = inputs;
  if (first && more.length === 0) return first;
  throw new Error(`${step.transform} takes one column, and ${step.output} has ${inputs.length}.`);
}

const one = (step: FittedStep, formula: Formula): readonly Output[] => [{ column: { name: step.output, type: 'float' }, formula }];

const unknown: Formula = { op: 'expression', value: number(null) };

const named = (step: FittedStep, part: string | number, formula: Formula): Output => ({
  column: { name: typeof part === 'number' ? `${step.output}_${part}` : `${step.output}=${part}`, type: 'float' },
  formula,
});

/** A transform of numbers that learned nothing where its column had no value. */
const scaled =
  (clip: (step: FittedStep, state: FittedState) => readonly [number, number] | null): Rule =>
  (step, state, inputs) => {
    const centre = maybeNumber(state, 'centre');
    if (centre === null) return one(step, unknown);
    return one(step, { op: 'scaled', input: only(step, inputs), centre, scale: numberOf(state, 'scale'), clip: clip(step, state) });
  };

const carried: Rule = (step, state, inputs) => {
  const [input, entity, cutoff] = inputs;
  if (!input || !entity || !cutoff) throw new Error(`${step.output} is carried forward, and nothing says along what.`);
  return [
    { column: { name: step.output, type: input.type }, formula: { op: 'carried', input, entity, cutoff, series: seriesOf(state, 'entities') } },
  ];
};

const impute: Rule = (step, state, inputs) => {
  if (state['method'] === 'forward') return carried(step, state, inputs);
  const input = only(step, inputs);
  const isCentre = state['method'] === 'mean' || state['method'] === 'median';
  const type = isCentre ? 'float' : input.type;
  const value = isCentre ? asFloat(inSet(input)) : inSet(input);
  return [
    {
      column: { name: step.output, type },
      formula: { op: 'expression', value: call('coalesce', type, value, storedLiteral(type, state['fill'] ?? null)) },
    },
  ];
};

const standardize: Rule = (step, state, inputs) => {
  const mean = maybeNumber(state, 'mean');
  if (mean === null) return one(step, unknown);
  const input = only(step, inputs);
  const deviation = numberOf(state, 'deviation');
  // Where all training rows have one value, every value is as far from it as any other.
  if (deviation === 0) return one(step, { op: 'scaled', input, centre: mean, scale: 1, clip: [0, 0] });
  return one(step, { op: 'scaled', input, centre: mean, scale: deviation, clip: null });
};

const oneHot: Rule = (step, state, inputs) => {
  const input = only(step, inputs);
  return textsOf(state, 'levels').map(level => named(step, level, { op: 'level', input, level }));
};

const ordinal: Rule = (step, state, inputs) =>
  one(step, {
    op: 'lookup',
    input: only(step, inputs),
    values: new Map(textsOf(state, 'levels').map((level, place) => [level, place])),
    otherwise: null,
  });

const targetEncode: Rule = (step, state, inputs) =>
  one(step, {
    op: 'lookup',
    input: only(step, inputs),
    values: valuesOf(state, 'levels'),
    otherwise: maybeNumber(state, 'prior') ?? maybeNumber(state, 'mean'),
  });

const indicator: Rule = (step, _state, inputs) => [
  { column: { name: step.output, type: 'bool' }, formula: { op: 'expression', value: call('is_null', 'bool', inSet(only(step, inputs))) } },
];

const minMax = scaled((_, state) => (state['clip'] === true ? [0, 1] : null));

const robustScale = scaled(() => null);

const winsorize: Rule = (step, state, inputs) => {
  const [low, high] = [maybeNumber(state, 'low'), maybeNumber(state, 'high')];
  if (low === null || high === null) return one(step, unknown);
  return one(step, { op: 'scaled', input: only(step, inputs), centre: 0, scale: 1, clip: [low, high] });
};

const quantileBin: Rule = (step, state, inputs) => {
  const edges = numbersOf(state, 'edges').map(edge => number(edge));
  const bin = call('bucket', 'int', asFloat(inSet(only(step, inputs))), ...edges);
  return one(step, state['learned'] === true ? { op: 'expression', value: asFloat(bin) } : unknown);
};

const frequencyEncode: Rule = (step, state, inputs) =>
  one(step, { op: 'lookup', input: only(step, inputs), values: valuesOf(state, 'levels'), otherwise: 0 });

const hashEncode: Rule = (step, state, inputs) => {
  const [input, places] = [only(step, inputs), numberOf(state, 'columns')];
  return Array.from({ length: places }, (_, place) => named(step, place + 1, { op: 'hashed', input, place, places }));
};

const cyclic: Rule = (step, state, inputs) =>
  (['sin', 'cos'] as const).map(of => named(step, of, { op: 'wave', input: only(step, inputs), period: numberOf(state, 'period'), of }));

const columns: Rule = (step, _state, inputs) => inputs.map((input, i) => named(step, i + 1, { op: 'expression', value: asFloat(inSet(input)) }));

const tfidf: Rule = (step, state, inputs) => {
  const [terms, weights] = [textsOf(state, 'terms'), numbersOf(state, 'weights')];
  return terms.map((term, index) => named(step, term, { op: 'term', input: only(step, inputs), index, terms, weights }));
};

const kmeansDistance: Rule = (step, state, inputs) => rowsOf(state, 'centres').map((from, i) => named(step, i + 1, { op: 'distance', inputs, from }));

const pca: Rule = (step, state, inputs) => {
  const centre = numbersOf(state, 'mean');
  return rowsOf(state, 'weights').map((weights, i) => named(step, i + 1, { op: 'linear', inputs, centre, weights }));
};

const select: Rule = (step, state, inputs) =>
  numbersOf(state, 'keep').flatMap(index => {
    const input = inputs[index];
    return input ? [named(step, input.label, { op: 'expression', value: asFloat(inSet(input)) })] : [];
  });

const rules: Readonly<Record<string, Rule>> = {
  impute,
  indicator,
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
  columns,
  tfidf,
  kmeans_distance: kmeansDistance,
  pca,
  select,
  rfe: select,
};

export function outputsOf(step: FittedStep, state: FittedState, inputs: readonly InputColumn[]): readonly Output[] {
  const rule = rules[step.transform];
  if (!rule) throw new Error(`There is no transform ${step.transform}.`);
  return rule(step, state, inputs);
}
