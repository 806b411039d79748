/**
 * Feature sets become steps in the order of the text: row-level parts first, each fitted transform over the column before it, row
 * functions over fitted columns again. What drift compares is the last column before anything was learned.
 */
import { entryOf } from '../catalogue/catalogue.ts';
import { zeroDuration } from '../model/factOps.ts';
import type { FeatureModel, FeatureSetModel, ResampleModel, TypedExpr } from '../model/typed.ts';
import type { Type } from '../model/types.ts';
import { column, cutoff } from './knownTimes.ts';
import { freeId, inputsOf, type Lowering, type Predictor, Unplannable } from './lowering.ts';
import { type LoweredTask, ownBy } from './lowerTask.ts';
import { collector } from './observing.ts';
import type { FeatureStep, PlanExpr, PlanFeature, PlanResample, PlanSetting, PlanType } from './plan.ts';
import { lowerExpr, type Reader, storedType } from './planExpr.ts';
import { planSettings, sumScale } from './planTypes.ts';

type Transform = Extract<TypedExpr, { kind: 'transform' }>;
type Prediction = Extract<TypedExpr, { kind: 'prediction' }>;
type Raw = NonNullable<PlanFeature['others']>[number];

/** A column of the set that a step made. */
interface Made {
  readonly name: string;
  readonly type: PlanType;
  /** The row-level columns behind it. */
  readonly raw: readonly Raw[];
  readonly isFitted: boolean;
  /** A group makes columns of other names; expressions read its input instead. */
  readonly readAs: string;
}

export interface LoweredFeatures {
  readonly id: string;
  readonly model: FeatureSetModel;
  /** Features as expressions of evaluations read them. */
  readonly feature: Reader['feature'];
}

/** Conditions are compared by level, as categories are: their distribution is two shares. */
const rawKind = (type: PlanType): Raw['kind'] => (type === 'text' || type === 'bool' ? 'category' : 'number');
const matrixKind = (type: PlanType): PlanFeature['kind'] => (type === 'text' ? 'category' : 'number');

function fittedType({ transform, settings }: Transform, input: PlanType): PlanType {
  const isCentre = settings['method'] === 'mean' || settings['method'] === 'median';
  const result = entryOf('transform', transform)?.result;
  return result === 'bool' ? 'bool' : result === 'same' && !isCentre ? input : 'float';
}

const isGroup = ({ transform }: Transform): boolean => entryOf('transform', transform)?.result === 'group';

function settingsOf({ transform, settings, inputs, names }: Transform): Readonly<Record<string, PlanSetting>> {
  const type = inputs[0]?.type;
  const declared = transform === 'ordinal' && type?.kind === 'category' ? type.levels : null;
  // Only what is kept is called as it was; other transforms make columns of their own.
  const kept = transform === 'select' || transform === 'rfe' ? names : null;
  return { ...planSettings(settings), ...(declared ? { levels: declared } : {}), ...(kept ? { names: kept } : {}) };
}

/** Columns of the set that an expression reads. */
function setColumns(expr: PlanExpr): readonly string[] {
  if (expr.op === 'column') return expr.of === 'set' ? [expr.name] : [];
  return expr.op === 'call' ? expr.args.flatMap(setColumns) : [];
}

/** What a row-level column is called by those who wrote it: the first column that it reads. */
function readBy(expr: PlanExpr): string | null {
  if (expr.op === 'column') return expr.name.includes('#') ? null : expr.name;
  if (expr.op !== 'call') return null;
  for (const arg of expr.args) {
    const found = readBy(arg);
    if (found !== null) return found;
  }
  return null;
}

const distinct = (sources: readonly Made[]): readonly Raw[] => [
  ...new Map(sources.flatMap(source => source.raw).map(raw => [raw.column, raw])).values(),
];

const resampleOf = ({ method, settings }: ResampleModel): PlanResample => ({
  method,
  k: Number(settings['k']),
  ratio: Number(settings['ratio']),
  seed: Number(settings['seed']),
});

/** `predictorOf`: the models that features ask, by their names in a file. */
export function lowerFeatures(
  set: FeatureSetModel,
  task: LoweredTask,
  split: string,
  predictorOf: (model: string, file: string) => Predictor,
  lowering: Lowering,
): LoweredFeatures {
  const { entity, hasCutoffs } = task;
  const collected = collector({ entity, hasCutoffs, ownBy: ownBy(task.model), knownWithin: zeroDuration, lowering });
  const steps: FeatureStep[] = [];
  const made = new Map<string, Made>();
  /** Which column is the feature of a name. */
  const defined = new Map<string, Made>();

  const read = (source: Made): PlanExpr => column(source.readAs, made.get(source.readAs)?.type ?? source.type, 'set');
  const feature: Reader['feature'] = expr => {
    const found = defined.get(expr.name);
    return found ? read(found) : column(expr.name, storedType(expr), 'set');
  };

  function keep(source: Made): Made {
    made.set(source.name, source);
    return source;
  }

  function rowStep(output: string, value: PlanExpr): Made {
    const over = setColumns(value).flatMap(name => made.get(name) ?? []);
    const isFitted = over.some(source => source.isFitted);
    steps.push({ kind: 'row', output, type: value.type, value });
    const own = { name: readBy(value) ?? output, column: output, kind: rawKind(value.type) };
    return keep({ name: output, type: value.type, raw: isFitted ? distinct(over) : [own], isFitted, readAs: output });
  }

  /** A column for the value: the one that it already is, else a new one. */
  function columnFor(value: PlanExpr, name: string): Made {
    const there = value.op === 'column' && value.of === 'set' ? made.get(value.name) : undefined;
    return there ?? rowStep(name, value);
  }

  type Scale = (of: Type | null) => number;
  type Part = () => string;

  /** The column, or the group of columns, that a fitted step reads. */
  function inputStep(input: TypedExpr, own: Part, scale: Scale): Made {
    if (input.kind === 'transform') return fittedStep(input, own(), own, scale);
    if (input.kind === 'list') return listStep(input, own(), own, scale);
    if (input.kind === 'prediction') return predictedStep(input, own());
    const feature_ = input.kind === 'feature' ? defined.get(input.name) : undefined;
    return feature_ ?? columnFor(lowerWith(input, own, scale), own());
  }

  /** `behind`: those of the inputs that the output is made of. */
  function keepFitted(
    step: Omit<Extract<FeatureStep, { kind: 'fitted' }>, 'kind' | 'inputs' | 'inputType'>,
    inputs: readonly Made[],
    type: PlanType,
    behind = inputs,
  ) {
    const [first] = inputs;
    const raw = distinct(behind);
    steps.push({ kind: 'fitted', ...step, inputs: inputs.map(source => source.name), inputType: first?.type ?? 'float' });
    return { name: step.output, type, raw, isFitted: true };
  }

  /** What a value is carried along: whose it is, and when it was looked at. */
  function whoAndWhen(expr: Transform, part: Part): readonly Made[] {
    if (expr.transform !== 'impute' || expr.settings['method'] !== 'forward') return [];
    const key = entity.model.columns.find(({ name }) => name === entity.key);
    if (!key) throw new Unplannable('only an entity with a key is met again');
    const { name, type, facts } = key;
    return [collected.reader.column({ kind: 'column', name, type, facts, place: expr.place }), cutoff].map(value => rowStep(part(), value));
  }

  function fittedStep(expr: Transform, output: string, part: Part, scale: Scale): Made {
    const values = expr.inputs.map(input => inputStep(input, part, scale));
    const inputs = [...values, ...whoAndWhen(expr, part)];
    const type = fittedType(expr, inputs[0]?.type ?? 'float');
    const made = keepFitted(
      {
        output,
        transform: expr.transform,
        settings: settingsOf(expr),
        scale: scale(expr.transform === 'target_encode' ? (task.model.label?.value.type ?? null) : (expr.inputs[0]?.type ?? null)),
        place: lowering.locate(expr.place),
      },
      inputs,
      type,
      values,
    );
    return keep({ ...made, readAs: isGroup(expr) ? (inputs[0]?.readAs ?? output) : output });
  }

  const predictors = new Map<string, Predictor>();

  function predictedStep(expr: Prediction, output: string): Made {
    const predictor = predictorOf(expr.model, expr.file);
    const { classes } = task.label;
    steps.push({
      kind: 'predicted',
      output,
      type: 'float',
      ...predictor.over(split),
      ...(classes && { classes }),
      place: lowering.locate(expr.place),
    });
    predictors.set(output, predictor);
    const raw = (classes?.map(level => `${output}=${level}`) ?? [output]).map(name => ({ name, column: name, kind: 'number' as const }));
    return keep({ name: output, type: 'float', raw, isFitted: false, readAs: output });
  }

  /** Several columns as one feature. */
  function listStep(expr: Extract<TypedExpr, { kind: 'list' }>, output: string, part: Part, scale: Scale): Made {
    const inputs = expr.items.map(item => inputStep(item, part, scale));
    const made = keepFitted({ output, transform: 'columns', settings: {}, scale: 0, place: lowering.locate(expr.place) }, inputs, 'float');
    return keep({ ...made, readAs: inputs[0]?.readAs ?? output });
  }

  /** Transforms inside an expression become steps of their own; the expression reads their columns. */
  function lowerWith(expr: TypedExpr, part: Part, scale: Scale): PlanExpr {
    const reader: Reader = {
      ...collected.reader,
      feature,
      transform: inner => read(fittedStep(inner, part(), part, scale)),
      prediction: inner => read(predictedStep(inner, part())),
    };
    return lowerExpr(expr, reader);
  }

  function lowerFeature({ name, value }: FeatureModel): Made {
    let count = 0;
    // Steps within a feature are told apart by their order; no feature's own name has such a mark.
    const part = (): string => `${name}#${++count}`;
    if (value.kind === 'transform') return fittedStep(value, name, part, sumScale);
    if (value.kind === 'list') return listStep(value, name, part, sumScale);
    if (value.kind === 'prediction') return predictedStep(value, name);
    return rowStep(name, lowerWith(value, part, sumScale));
  }

  const features = set.features.map((model): PlanFeature => {
    const found = lowerFeature(model);
    defined.set(model.name, found);
    const [first, ...more] = found.raw;
    const others = more.map((raw, i) =>
      found.raw.slice(0, i + 1).some(({ name }) => name === raw.name) ? { ...raw, name: `${raw.name} ${i + 2}` } : raw,
    );
    return {
      name: model.name,
      column: found.name,
      raw: first ? { column: first.column, kind: first.kind } : { column: found.name, kind: 'number' },
      ...(others.length ? { others } : {}),
      kind: matrixKind(found.type),
      place: lowering.locate(model.place),
    };
  });

  const id = freeId(lowering, `features ${set.name}`, set.place.file);
  const windows = collected.windows();
  const paths = collected.paths();
  lowering.drafts.set(id, {
    kind: 'features',
    id,
    name: set.name,
    place: lowering.locate(set.place),
    inputs: inputsOf(
      split,
      task.id,
      ...[...windows, ...paths].map(part => part.relation),
      ...steps.flatMap(step => (step.kind === 'predicted' ? [step.model, ...step.folds] : [])),
    ),
    split,
    frame: task.id,
    windows,
    paths,
    steps,
    features,
    ...(set.resample ? { resample: resampleOf(set.resample) } : {}),
  });
  if (predictors.size > 0) lowering.predictors.set(id, predictors);
  return { id, model: set, feature };
}
