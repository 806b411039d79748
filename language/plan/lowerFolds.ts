/** Feature sets over other divisions of the same observations: one for each fold, one that takes train and validate together, and one that only divides. */
import type { InnerFolds } from '../model/typed.ts';
import type { PlanDraft } from './fingerprint.ts';
import { freeId, inputsOf, type Lowering, type Predictor, Unplannable } from './lowering.ts';
import type { FoldMethod, MergedMethod, OuterMethod } from './plan.ts';
import { lowerExpr, type Reader } from './planExpr.ts';

type Draft<K extends PlanDraft['kind']> = Extract<PlanDraft, { kind: K }>;

function draftOf<K extends PlanDraft['kind']>(lowering: Lowering, id: string, kind: K): Draft<K> {
  const found = lowering.drafts.get(id);
  if (found?.kind !== kind) throw new Unplannable(`there is no ${kind} ${id}`);
  return found as Draft<K>;
}

/** The node under that id with this definition: the one that is there, else a new one. */
function keep(lowering: Lowering, draft: Draft<'split'> | Draft<'features'>): string {
  const there = lowering.drafts.get(draft.id);
  if (there && JSON.stringify({ ...there, place: null }) === JSON.stringify({ ...draft, place: null })) return draft.id;
  const id = freeId(lowering, draft.id, draft.place.file);
  lowering.drafts.set(id, { ...draft, id });
  return id;
}

/** The split divided anew. */
function divided(split: string, method: FoldMethod | MergedMethod, what: string, lowering: Lowering): string {
  const outer = draftOf(lowering, split, 'split');
  return keep(lowering, { ...outer, id: `${outer.id} · ${what}`, name: `${outer.name} · ${what}`, method, part: true });
}

/** What a division is called, behind the name of what it divides. */
export const wordsOf = (split: string, of: string): string => (split.startsWith(of) ? split.slice(of.length) : ` · ${split}`);

/** The feature set over a division of its split: models that it asks learn on that too. */
export function setOver(features: string, split: string, lowering: Lowering): string {
  const set = draftOf(lowering, features, 'features');
  if (set.split === split) return features;
  const words = wordsOf(split, set.split);
  const predictors = lowering.predictors.get(features) ?? new Map<string, Predictor>();
  const before = new Set<string>();
  const asked: string[] = [];
  const steps = set.steps.map(step => {
    const predictor = step.kind === 'predicted' ? predictors.get(step.output) : undefined;
    if (step.kind !== 'predicted' || !predictor) return step;
    for (const id of [step.model, ...step.folds]) before.add(id);
    const { model, folds } = predictor.over(split);
    asked.push(model, ...folds);
    return { ...step, model, folds };
  });
  const inputs = inputsOf(...set.inputs.filter(id => !before.has(id)).map(input => (input === set.split ? split : input)), ...asked);
  const id = keep(lowering, { ...set, id: `${features}${words}`, name: `${set.name}${words}`, split, inputs, steps, part: true });
  if (predictors.size > 0) lowering.predictors.set(id, predictors);
  return id;
}

const splitOf = (features: string, lowering: Lowering): string => draftOf(lowering, features, 'features').split;

function outerMethod(split: string, lowering: Lowering): OuterMethod {
  const { method } = draftOf(lowering, split, 'split');
  if (method.kind === 'fold' || method.kind === 'merged') throw new Unplannable(`${split} is divided already`);
  return method;
}

/** How often the split has been cut into folds. */
const depthOf = (method: FoldMethod['outer']): number => (method.kind === 'fold' ? 1 + depthOf(method.outer) : 0);

export interface Folding {
  readonly pool: FoldMethod['pool'];
  readonly inner: InnerFolds;
  readonly repeats: number;
  readonly seed: number;
  readonly reader: Reader;
}

/** The splits of all folds, those of one repeat after the other. Folds of a fold are drawn by the next seed: by the same one they would be its own. */
export function foldSplits(split: string, { pool, inner, repeats, seed, reader }: Folding, lowering: Lowering): readonly string[] {
  const { method: outer } = draftOf(lowering, split, 'split');
  const group = inner.group && lowerExpr(inner.group, reader);
  const folds = inner.count;
  return Array.from({ length: folds * repeats }, (_, i) => {
    const [repeat, fold] = [Math.floor(i / folds), i % folds];
    const method: FoldMethod = { kind: 'fold', outer, pool, fold, folds, repeat, group, seed: seed + depthOf(outer) };
    const words = [`fold ${fold + 1} of ${folds}`, ...(repeats > 1 ? [`repeat ${repeat + 1}`] : []), ...(pool.length > 1 ? ['all but test'] : [])];
    return divided(split, method, words.join(', '), lowering);
  });
}

/** The feature sets of all folds. */
export const foldsOf = (features: string, folding: Folding, lowering: Lowering): readonly string[] =>
  foldSplits(splitOf(features, lowering), folding, lowering).map(split => setOver(features, split, lowering));

/** The feature set learned on train and validate together. */
export function mergedOf(features: string, lowering: Lowering): string {
  const split = splitOf(features, lowering);
  return setOver(features, divided(split, { kind: 'merged', outer: outerMethod(split, lowering) }, 'train and validate', lowering), lowering);
}

/** The observations as the split divides them, without features. */
export function partitionsOf(split: string, lowering: Lowering): string {
  const { name, place, frame } = draftOf(lowering, split, 'split');
  const words = `partitions of ${name}`;
  const nothing = { windows: [], paths: [], steps: [], features: [] };
  const inputs = inputsOf(split, frame);
  return keep(lowering, { kind: 'features', id: `features ${words}`, name: words, place, inputs, split, frame, ...nothing, part: true });
}
