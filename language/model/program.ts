/** The typed program as rules, plan and editor see it: declarations by file and name, across imports. */
import type { Problem } from './problem.ts';
import type {
  CheckModel,
  DeclarationModel,
  EvaluationModel,
  FeatureModel,
  FeatureSetModel,
  ModelModel,
  RelationModel,
  SourceModel,
  SplitModel,
  TableModel,
  TaskModel,
} from './typed.ts';
import type { ReadsBeside } from './walk.ts';

export interface DeclarationEntry {
  readonly file: string;
  /** The declaration's chunk id. */
  readonly decl: string;
  readonly model: DeclarationModel;
}

/** A feature with the set that it stands in, the task that it is for, and what it reads beside the observation's own row. */
export interface FeatureRead extends ReadsBeside {
  readonly set: FeatureSetModel;
  readonly task: TaskModel;
  readonly feature: FeatureModel;
}

/**
 * Looks names up as the text of `file` sees them: its own declarations and what it imports. `home`: the file that wrote the name, where it
 * is another, such as the task's of the name of its table; `file` then only reads.
 */
export interface Program {
  /** The declarations written in `file`, in order. */
  declarations(file: string): readonly DeclarationEntry[];
  source(file: string, name: string): SourceModel | null;
  /** A source or a table. */
  relation(file: string, name: string, home?: string): RelationModel | null;
  table(file: string, name: string): TableModel | null;
  task(file: string, name: string): TaskModel | null;
  /** The tasks written in `file`. */
  tasks(file: string): readonly TaskModel[];
  /** All splits of a task, the one without a name of its own first. */
  splits(file: string, task: string, home?: string): readonly SplitModel[];
  split(file: string, name: string): SplitModel | null;
  features(file: string, name: string): FeatureSetModel | null;
  /** Every feature written in `file` whose task could be typed. */
  reads(file: string): readonly FeatureRead[];
  model(file: string, name: string): ModelModel | null;
  evaluations(file: string): readonly EvaluationModel[];
  checks(file: string, table: string): readonly CheckModel[];
  /** What the typing of this file's declarations found. The parser's problems are in the tree. */
  problems(file: string): readonly Problem[];
}
