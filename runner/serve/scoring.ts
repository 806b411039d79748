/** What a run leaves of a model for scoring: the parts that its score is made of, with the feature sets that they read. */
import type { FeatureStep, PlanNode, PlanTarget } from '../../language/plan/plan.ts';
import { usualThreshold } from '../judge/statistic.ts';
import type { StepOutput } from '../nodes/output.ts';
import { encodingsIn, type ModelPart, type ScoringModel, type StoredEncoding } from './scorer.ts';

/** The steps of a run and what they gave, by the ids of the plan. */
export interface Finished {
  readonly node: (id: string) => PlanNode;
  readonly output: (id: string) => StepOutput;
}

const stateOf = ({ state }: StepOutput, id: string) => {
  if (state === null) throw new Error(`${id} left no model`);
  return state;
};

/** Places are no part of a model: a program that is laid out anew has the same. */
const withoutPlaces = (steps: readonly FeatureStep[]): readonly FeatureStep[] =>
  JSON.parse(JSON.stringify(steps, (key, value: unknown) => (key === 'place' ? undefined : value))) as readonly FeatureStep[];

function encodingOf(of: Finished, id: string): StoredEncoding {
  const features = of.node(id);
  const { fitted, columns } = of.output(id);
  if (features.kind !== 'features' || fitted === null || columns === null) throw new Error(`${id} is no finished feature set`);
  const asked = features.steps.flatMap(step => (step.kind === 'predicted' ? [[step.output, partOf(of, step.model)] as const] : []));
  return {
    steps: withoutPlaces(features.steps),
    fitted,
    columns,
    paths: features.paths.map(({ id: path, from, ref }) => ({ id: path, from, ref })),
    ...(asked.length > 0 && { predictions: Object.fromEntries(asked) }),
  };
}

function partOf(of: Finished, id: string): ModelPart {
  const node = of.node(id);
  const output = of.output(id);
  const again = (encoding: string): ModelPart => ({ kind: 'trained', encoding, state: stateOf(output, id) });
  const calibratedAs = (part: ModelPart, finished: StepOutput): ModelPart => {
    const calibration = finished.finish?.calibration;
    return calibration ? { kind: 'calibrated', of: part, calibration } : part;
  };
  switch (node.kind) {
    case 'train':
      return again(node.features);
    case 'finish':
      return calibratedAs(node.refit === null ? partOf(of, node.model) : again(node.refit), output);
    case 'ensemble': {
      const members = node.members.map(({ model }) => partOf(of, model));
      return node.final ? { kind: 'stacked', of: members, state: stateOf(output, id) } : { kind: 'mean', of: members };
    }
    case 'choose': {
      const chosen = output.chosen ?? '';
      const refit = node.refit.find(({ model }) => model === chosen);
      return refit ? calibratedAs(again(refit.features), of.output(chosen)) : partOf(of, chosen);
    }
    default:
      throw new Error(`${id} is no model`);
  }
}

function labelOf({ node, output }: Finished, id: string): PlanTarget {
  const found = node(id);
  if (found.kind === 'choose') return labelOf({ node, output }, output(id).chosen ?? '');
  if (found.kind === 'train' || found.kind === 'finish' || found.kind === 'ensemble') return found.label;
  throw new Error(`${id} is no model`);
}

function thresholdOf(of: Finished, id: string): number {
  const { chosen, finish } = of.output(id);
  return chosen === null ? (finish?.threshold ?? usualThreshold) : thresholdOf(of, chosen);
}

export function scoringOf(of: Finished, id: string): ScoringModel {
  const model = partOf(of, id);
  const encodings: Record<string, StoredEncoding> = {};
  const add = (name: string): void => {
    if (encodings[name]) return;
    const encoding = encodingOf(of, name);
    encodings[name] = encoding;
    for (const part of Object.values(encoding.predictions ?? {})) encodingsIn(part).forEach(add);
  };
  encodingsIn(model).forEach(add);
  return { label: labelOf(of, id), threshold: thresholdOf(of, id), encodings, model };
}
