/** What of a model is decided by figures or scores of rows that it has not learned from: one list, of which each rule makes its own words. */
import type { ModelModel, ThresholdModel } from '../model/typed.ts';
import type { Place } from '../text/place.ts';

export type Choice = {
  /** The model's name. */
  readonly of: string;
  /** `train`, `validate`, `test` or `folds`. */
  readonly on: string;
  readonly place: Place;
} & (
  | { readonly what: 'model'; readonly by: string; readonly candidates: readonly string[] }
  | { readonly what: 'settings'; readonly by: string }
  | { readonly what: 'rounds'; readonly rounds: number }
  | { readonly what: 'threshold'; readonly by: Exclude<ThresholdModel, { readonly kind: 'value' }> }
  /** Learned from scores out of fold. */
  | { readonly what: 'calibration'; readonly by: string }
  | { readonly what: 'stack'; readonly folds: number }
);

/** What is decided about the model itself, whatever it is made of. */
export function choicesIn({ name: of, place, definition }: ModelModel): readonly Choice[] {
  if (definition.kind === 'best') {
    const { by, candidates, on, onPlace } = definition;
    return [{ what: 'model', of, on, place: onPlace, by, candidates }];
  }
  if (definition.kind === 'ensemble') return definition.final ? [{ what: 'stack', of, on: 'folds', place, folds: definition.folds }] : [];
  const { earlyStop, training } = definition;
  const { tune, threshold, calibrate } = training;
  const found: Choice[] = [];
  if (tune) found.push({ what: 'settings', of, on: tune.on, place: tune.onPlace, by: tune.metric });
  if (earlyStop) found.push({ what: 'rounds', of, on: earlyStop.on, place: earlyStop.place, rounds: earlyStop.rounds });
  if (calibrate) found.push({ what: 'calibration', of, on: 'folds', place, by: calibrate });
  if (threshold && threshold.kind !== 'value') found.push({ what: 'threshold', of, on: threshold.on, place: threshold.onPlace, by: threshold });
  return found;
}

/** Learned on train and validate in the end. */
export const isRefit = ({ definition }: ModelModel): boolean =>
  definition.kind === 'best' ? definition.refit : definition.kind === 'algorithm' && definition.training.refit;
