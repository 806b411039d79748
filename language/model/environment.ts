/**
 * What typing one declaration may ask about the rest of the program, as the text of its file sees it. Each answer is a query, so that
 * a declaration is typed again exactly when something that it asked for has changed.
 */

import type { Place } from '../text/place.ts';
import type { Constant } from './literals.ts';
import type { Problem } from './problem.ts';
import type { Definition } from './scope.ts';
import type { FeatureSetModel, ModelModel, RelationModel, SplitModel, TaskModel } from './typed.ts';
import type { Type } from './types.ts';

/** `unknown`: an imported name whose file is missing or does not declare it; the import says so, its uses stay silent. */
export type DeclarationKind = 'param' | 'def' | 'source' | 'table' | 'task' | 'split' | 'features' | 'model' | 'evaluate' | 'later' | 'unknown';

/** A `param` with the value in force: the default of the program, or what the host has set. */
export interface ParamModel {
  readonly name: string;
  readonly place: Place;
  readonly type: Type;
  /** Null when the value could not be read; the reason has been reported. */
  readonly value: Constant | null;
}

/** Where a name that a file can use is declared. */
export interface Found {
  readonly kind: DeclarationKind;
  readonly name: string;
  readonly file: string;
  readonly decl: string;
}

export interface Environment {
  readonly file: string;
  readonly decl: string;
  /** A declaration that this file writes or imports. Splits have names of their own: see `splits`. */
  lookup(name: string): Found | null;
  /** Every name that `lookup` finds, in the order of the text. */
  visible(...kinds: readonly DeclarationKind[]): readonly string[];
  /** A source or table; open and empty where the name has one that could not be typed or found. */
  relation(name: string): RelationModel | null;
  /** The source or table of that name in the file that declares it, as this file reads it. */
  declared(home: string, name: string): RelationModel | null;
  /** The key of a source or table, read off its text, and the file of it: refs ask for them, and sources may refer to each other. */
  keyOf(name: string): { readonly key: string | null; readonly home: string } | 'unknown';
  definition(name: string): Definition | null;
  param(name: string): ParamModel | null;
  task(name: string): TaskModel | null;
  /** All splits of a task, written in its file or in this one, the one without a name of its own first. */
  splits(task: TaskModel): readonly SplitModel[];
  /** Whether a split of the task is written, typed or not; a split of a task that there is not may have been meant. */
  hasSplit(task: TaskModel): boolean;
  features(name: string): FeatureSetModel | null;
  model(name: string): ModelModel | null;
  /** The baselines among the models that this file can name, in the order of the text. */
  baselines(): readonly ModelModel[];
  /** The model that a named evaluation judges, the partition as written, whether only some of its rows are, and whether it stands before this declaration. */
  evaluated(
    evaluation: Found,
  ): { readonly model: ModelModel; readonly partition: string; readonly isFiltered: boolean; readonly isEarlier: boolean } | null;
  /** The same program as another file sees it: for bodies of imported definitions and refs of imported sources. */
  seenFrom(file: string): Environment;
  report(problem: Problem): void;
}

/** What another declaration names is what its own file sees under that name, whatever the file that reads it does. */
export const relationOf = (env: Environment, task: TaskModel): RelationModel | null => env.seenFrom(task.place.file).relation(task.relation);

export const taskOf = (env: Environment, { task, ...of }: FeatureSetModel | SplitModel | ModelModel): TaskModel | null =>
  env.seenFrom('files' in of ? of.files.task : of.place.file).task(task);

export const featuresOf = (env: Environment, model: ModelModel): FeatureSetModel | null =>
  env.seenFrom(model.files.features).features(model.features);

/** Whether both are one declaration: files may use one name for different ones. */
export const isSame = (a: { readonly place: Place }, b: { readonly place: Place }): boolean =>
  a.place.file === b.place.file && a.place.decl === b.place.decl;
