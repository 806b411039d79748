/** What all parts of lowering share: the program, the nodes made so far, and positions. */

import type { Program } from '../model/program.ts';
import type { RelationModel } from '../model/typed.ts';
import type { Place } from '../text/place.ts';
import type { PlanDraft } from './fingerprint.ts';
import type { Lowered } from './knownTimes.ts';
import type { PlanPlace } from './plan.ts';

/** A program with errors has no plan; the errors themselves are the analysis' to report. */
export class Unplannable extends Error {
  override readonly name = 'Unplannable';
}

/** What stands behind a `predicted` step: the model learned on train of a split, and on each of its folds. */
export interface Predictor {
  /** `split`: an id; that of the set's own division, or of a part of it. Ids of `train` nodes. */
  over(split: string): { readonly model: string; readonly folds: readonly string[] };
}

export interface Lowering {
  readonly program: Program;
  /** The file that is planned. */
  readonly file: string;
  /** It, and those that its imports lead to. */
  readonly files: readonly string[];
  readonly locate: (place: Place) => PlanPlace;
  readonly drafts: Map<string, PlanDraft>;
  /** Relations by their file and name, quarantine applied. */
  readonly relations: Map<string, Lowered>;
  /** Relations whose checks are being lowered: a check that refers back to one reads it before quarantine. */
  readonly unchecked: Map<string, Lowered>;
  readonly inProgress: Set<string>;
  /** By the id of a feature set, and the output of the step. */
  readonly predictors: Map<string, ReadonlyMap<string, Predictor>>;
}

/** Ids are readable; where two files declare the same name, the second is told apart by its file. */
export function freeId(lowering: Lowering, wanted: string, file: string): string {
  if (!lowering.drafts.has(wanted)) return wanted;
  const further = `${wanted} (${file})`;
  if (!lowering.drafts.has(further)) return further;
  for (let n = 2; ; n++) if (!lowering.drafts.has(`${further} #${n}`)) return `${further} #${n}`;
}

/** Each input once, without empty places. */
export const inputsOf = (...ids: readonly (string | null | undefined)[]): readonly string[] => [...new Set(ids.filter(id => typeof id === 'string'))];

/** The relation that stands in that file under that name. */
export function relationNamed({ program }: Lowering, name: string, home: string): RelationModel {
  const found = program.relation(home, name);
  if (found && !found.open) return found;
  throw new Unplannable(`there is no relation ${name}`);
}
