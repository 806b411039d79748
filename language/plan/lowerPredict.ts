/**
 * Models that features ask. Wherever a feature set is learned, so is the model: on all of train for the rows that are judged and scored, and
 * out of fold for train itself. What the model chooses, it chooses on folds of what it then learns from, so that no row has a say in its own
 * feature.
 */
import type { ModelModel } from '../model/typed.ts';
import { foldSplits, setOver, wordsOf } from './lowerFolds.ts';
import type { Lowering, Predictor } from './lowering.ts';
import { lowerTrained, type Parts, type Training } from './lowerModel.ts';
import { ownReader } from './lowerTask.ts';

/** Without choices on `validate`, and what is decided after training. */
function alone(definition: Training): Training {
  const { earlyStop, training } = definition;
  return {
    ...definition,
    earlyStop: earlyStop && { ...earlyStop, on: 'folds' },
    training: { ...training, tune: training.tune && { ...training.tune, on: 'folds' }, calibrate: null, threshold: null, refit: false },
  };
}

const choosesOnFolds = ({ earlyStop, training }: Training): boolean =>
  (earlyStop === null || earlyStop.on === 'folds') && (training.tune === null || training.tune.on === 'folds');

/** `parts`: the model's feature set over the split in force. `declared`: the node of the model itself, where it learns on that split. */
export function predictorOf(model: ModelModel, definition: Training, parts: Parts, declared: string | null, lowering: Lowering): Predictor {
  const made = new Map<string, string>();

  function learnedOn(split: string): string {
    const there = made.get(split);
    if (there !== undefined) return there;
    const isDeclared = split === parts.split && declared !== null && choosesOnFolds(definition);
    const id = isDeclared ? declared : lowered(split);
    made.set(split, id);
    return id;
  }

  function lowered(split: string): string {
    const words = split === parts.split ? ' · as a feature' : wordsOf(split, parts.split);
    const features = { ...parts.features, id: setOver(parts.features.id, split, lowering) };
    const own: Parts = { ...parts, split, features, isPart: true };
    return lowerTrained({ ...model, name: `${model.name}${words}` }, alone(definition), own, lowering).trained;
  }

  return {
    over(split) {
      const folding = {
        pool: ['train'] as const,
        inner: { count: parts.splitModel.folds ?? 5, group: null },
        repeats: 1,
        seed: parts.seed,
        reader: ownReader(parts.task),
      };
      return { model: learnedOn(split), folds: foldSplits(split, folding, lowering).map(learnedOn) };
    },
  };
}
