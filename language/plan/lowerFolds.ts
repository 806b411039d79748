/** Feature sets over other divisions of the same observations: one for each fold, and one that takes train and validate together. */
import type { InnerFolds } from '../model/typed.ts';
import type { PlanDraft } from './fingerprint.ts';
import { freeId, inputsOf, type Lowering, Unplannable } from './lowering.ts';
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

/** The feature set over the split's observations divided anew. */
function over(features: string, method: FoldMethod | MergedMethod, what: string, lowering: Lowering): string {
  const set = draftOf(lowering, features, 'features');
  const outer = draftOf(lowering, set.split, 'split');
  const split = keep(lowering, { ...outer, id: `${outer.id} · ${what}`, name: `${outer.name} · ${what}`, method, part: true });
  const inputs = inputsOf(...set.inputs.map(input => (input === set.split ? split : input)));
  return keep(lowering, { ...set, id: `${features} · ${what}`, name: `${set.name} · ${what}`, split, inputs, part: true });
}

function outerMethod(features: string, lowering: Lowering): OuterMethod {
  const { method } = draftOf(lowering, draftOf(lowering, features, 'features').split, 'split');
  if (method.kind === 'fold' || method.kind === 'merged') throw new Unplannable(`${features} is divided already`);
  return method;
}

export interface Folding {
  readonly pool: FoldMethod['pool'];
  readonly inner: InnerFolds;
  readonly repeats: number;
  readonly seed: number;
  readonly reader: Reader;
}

/** The feature sets of all folds, those of one repeat after the other. */
export function foldsOf(features: string, { pool, inner, repeats, seed, reader }: Folding, lowering: Lowering): readonly string[] {
  const outer = outerMethod(features, lowering);
  const group = inner.group && lowerExpr(inner.group, reader);
  const folds = inner.count;
  return Array.from({ length: folds * repeats }, (_, i) => {
    const [repeat, fold] = [Math.floor(i / folds), i % folds];
    const method: FoldMethod = { kind: 'fold', outer, pool, fold, folds, repeat, group, seed };
    const words = [`fold ${fold + 1} of ${folds}`, ...(repeats > 1 ? [`repeat ${repeat + 1}`] : []), ...(pool.length > 1 ? ['all but test'] : [])];
    return over(features, method, words.join(', '), lowering);
  });
}

/** The feature set learned on train and validate together. */
export const mergedOf = (features: string, lowering: Lowering): string =>
  over(features, { kind: 'merged', outer: outerMethod(features, lowering) }, 'train and validate', lowering);
