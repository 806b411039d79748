/**
 * The typed program: every name resolved, every definition expanded, every expression with its type and flow facts.
 * The plan is lowered from it, rules and the editor read it. Nothing here refers to syntax nodes except by place.
 * One file although it is long: every declaration refers to the same expressions, relations and facts, and is read beside them.
 */
import type { DurationValue } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';
import type { Facts, Reason, Term } from './facts.ts';
import type { Bounds, Type } from './types.ts';

// ---------------------------------------------------------------- expressions

export type LiteralValue = number | string | boolean | null | DurationValue;

/** One entry per operator and function: the catalogue's emission key (`add`, `eq`, `log1p`, `days`, …). */
export type FunctionKey = string;

interface TypedCommon {
  readonly type: Type;
  readonly facts: Facts;
  readonly place: Place;
}

export type TypedExpr =
  /** Numbers; text; booleans; null; durations; dates and timestamps as microseconds since 1970 UTC. */
  | (TypedCommon & { readonly kind: 'literal'; readonly value: LiteralValue })
  /** A column of the row in scope: of the table's row, the entity's row, or (inside a window) the window's row. */
  | (TypedCommon & { readonly kind: 'column'; readonly name: string })
  /** Inside a window: a column of the entity's row. */
  | (TypedCommon & { readonly kind: 'entity'; readonly name: string })
  /** `a.b`: column `name` of the row that the ref column path reaches. */
  | (TypedCommon & { readonly kind: 'path'; readonly refs: readonly PathStep[]; readonly name: string })
  | (TypedCommon & { readonly kind: 'cutoff' })
  /** An earlier feature or derived column of the same set, by name. */
  | (TypedCommon & { readonly kind: 'feature'; readonly name: string })
  | (TypedCommon & { readonly kind: 'call'; readonly fn: FunctionKey; readonly args: readonly TypedExpr[] })
  /** An aggregate over a window (in features and labels) or over a group or whole table (in `group by` and `check`). */
  | (TypedCommon & {
      readonly kind: 'aggregate';
      readonly aggregate: string;
      readonly value: TypedExpr | null;
      readonly parameters: Readonly<Record<string, number>>;
      readonly window: TypedWindow | null;
    })
  /** A fitted transform applied to its inputs. */
  | (TypedCommon & {
      readonly kind: 'transform';
      readonly transform: string;
      readonly inputs: readonly TypedExpr[];
      /** Of a transform that reads several values together: what each is called. */
      readonly names?: readonly string[];
      readonly settings: Readonly<Record<string, SettingValue>>;
    })
  /** `predict(M)`: what a model says of the observation, out of fold where it learned from it. `file`: the one whose names `model` is of. */
  | (TypedCommon & { readonly kind: 'prediction'; readonly model: string; readonly file: string })
  /** A list, as the second argument of `in` and `bucket`, or several columns of a feature; a range, of `between`. */
  | (TypedCommon & { readonly kind: 'list'; readonly items: readonly TypedExpr[] })
  | (TypedCommon & { readonly kind: 'range'; readonly from: TypedExpr | null; readonly to: TypedExpr | null })
  /** What could not be typed; the reason has been reported. */
  | (TypedCommon & { readonly kind: 'error' });

export interface PathStep {
  /** The ref column on this side, the table reached with the file that declares it, and that table's key. */
  readonly ref: string;
  readonly table: string;
  readonly home: string;
  /** The file that the path is written in: its quarantines count. */
  readonly reader: string;
  readonly key: string;
}

export interface TypedWindow {
  readonly table: string;
  /** The file that declares the table: in that of the window its name may stand for something else. */
  readonly file: string;
  /** The file that the window's table is written in: its quarantines count. */
  readonly reader: string;
  /** Rows match where `row` (a column of the table) equals `entity` (an expression over the entity's row). */
  readonly link: { readonly row: string; readonly entity: TypedExpr };
  /** Edges relative to the cutoff, `[from, to)`; null is open. `last D lag L`: from = -(D+L), to = -L; `next D`: 0, D; none: null, 0. */
  readonly from: DurationValue | null;
  readonly to: DurationValue;
  readonly direction: 'past' | 'future';
  readonly where: TypedExpr | null;
  readonly place: Place;
  /** Of the `last …`/`next …` clause, or of the table when none was written. */
  readonly framePlace: Place;
}

export type SettingValue =
  | number
  | string
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly log: readonly [number, number] }
  | { readonly range: readonly [number, number] }
  | { readonly duration: DurationValue };

// ---------------------------------------------------------------- relations

/** What a value is in columns of sources, so that two of them can be told to be the same. */
export interface Definition {
  readonly text: string;
  readonly kind: Type['kind'];
  readonly isLiteral: boolean;
  readonly call: { readonly fn: FunctionKey; readonly args: readonly Omit<Definition, 'call'>[] } | null;
  /** A cell of another row goes in, that this one leads to. */
  readonly isReached?: true;
}

export interface ColumnModel {
  readonly name: string;
  readonly type: Type;
  readonly facts: Facts;
  /** Root and constant shift, when the column is a time column whose order is known. */
  readonly shape: { readonly root: string; readonly plus: DurationValue } | null;
  readonly unique: boolean;
  readonly immutable: boolean;
  readonly roles: readonly RoleModel[];
  readonly doc: string | null;
  readonly place: Place;
  /** What the cell is of its row of a source; null or absent where that cannot be told. */
  readonly definition?: Definition | null;
  /** Choices among rows that the cell was taken by, beside those that its row owes its being there to. */
  readonly among?: readonly Among[];
}

export type RoleModel =
  | { readonly kind: 'time' }
  | {
      readonly kind: 'known';
      readonly by:
        | { readonly kind: 'self' }
        | { readonly kind: 'lag'; readonly lag: DurationValue }
        | { readonly kind: 'column'; readonly column: string };
    }
  | { readonly kind: 'after' }
  | { readonly kind: 'current' }
  | { readonly kind: 'protected' }
  | { readonly kind: 'pii'; readonly of: string }
  | { readonly kind: 'region'; readonly region: string }
  | { readonly kind: 'purpose'; readonly purpose: string }
  | { readonly kind: 'weight' }
  | { readonly kind: 'group' }
  | { readonly kind: 'site' };

export interface TimeRole {
  readonly column: string;
  readonly shape: { readonly root: string; readonly plus: DurationValue };
  /** Facts of the event time itself, which no read can mask. */
  readonly facts: Facts;
  readonly place: Place;
}

/** A choice among rows that are alike in the columns `by`, under the names that these have now. */
export interface Among {
  readonly by: readonly string[];
  readonly reason: Reason;
  /** The source or table whose rows these are, and the file that declares it. */
  readonly rows: { readonly table: string; readonly file: string };
  /** None was kept and others left out: a join brought in those that meet. */
  readonly isMatched?: true;
}

/** A source or a table. */
export interface RelationModel {
  readonly name: string;
  readonly place: Place;
  readonly columns: readonly ColumnModel[];
  /** Facts of a row's being there. */
  readonly exists: Facts;
  readonly event: TimeRole | null;
  /** The row's known time; null: always known. `column` is null when it is the event time plus a lag. */
  readonly known: { readonly term: Term; readonly column: string | null; readonly lag: DurationValue | null; readonly declared: boolean } | null;
  readonly key: string | null;
  /** Whether rows may repeat an observation of the entity because a join multiplied them. */
  readonly multiplied: Reason | null;
  /** Known time minus event time where that is one constant. A date is known at its last instant: the rest of its day is part of the lag. */
  readonly lag: DurationValue | null;
  /**
   * The columns by which rows without a key are told apart, where not all do that are known with the row: those that came with the rows. Null once
   * one of these is gone, so that all that are left do.
   */
  readonly apart?: readonly string[] | null;
  /** Choices that rows of the table owe their being there to, among rows that are alike in some columns and were known before. */
  readonly among?: readonly Among[];
  /** Sets of columns that are different in every row only taken together: of `group by a, b`. */
  readonly uniqueTogether?: readonly (readonly string[])[];
  /** Sources whose rows these are, or are made from one by one. */
  readonly rowsOf?: readonly string[];
  /** Conditions that all rows meet, since they were read from their source. */
  readonly kept?: readonly Definition[];
  /** Whether a row of a source may be there more than once, because parts of it that overlap were put together. */
  readonly copied?: Reason | null;
  /** The zone in which dates of its rows begin, where that is not UTC. */
  readonly zone?: string;
  /** Rows of two tables were put one under the other: what is said of a column, and of the rows' being there, may be about different rows. */
  readonly isUnited?: true;
  /** Not all columns are known, so that a name which is missing is not reported. */
  readonly open?: true;
}

export interface SourceModel {
  readonly kind: 'source';
  readonly relation: RelationModel;
  readonly connector: 'csv' | 'parquet' | 'json' | 'arrow';
  readonly path: string;
  readonly pathPlace: Place;
  readonly options: Readonly<Record<string, SettingValue>>;
  /** Microseconds since 1970 UTC of the declared end of the data (the written date's last instant), or null. */
  readonly until: number | null;
  readonly bounds: Readonly<
    Record<
      string,
      { readonly bounds: Bounds | null; readonly pattern: string | null; readonly unique: boolean; readonly levels: readonly string[] | null }
    >
  >;
}

export type StepModel =
  | { readonly kind: 'where'; readonly place: Place; readonly condition: TypedExpr }
  /** `derive`, `select`, `rename` and `drop` all become the full list of columns that remain. */
  | { readonly kind: 'project'; readonly place: Place; readonly columns: readonly { readonly name: string; readonly value: TypedExpr }[] }
  | {
      readonly kind: 'join';
      readonly place: Place;
      readonly join: 'left' | 'inner';
      readonly table: string;
      /** The file that declares the table, and the one that reads it. */
      readonly file: string;
      readonly reader: string;
      readonly on: readonly { readonly left: string; readonly right: string }[];
      readonly asOf: TypedExpr | null;
      readonly take: readonly { readonly column: string; readonly as: string }[];
      readonly rightIsUnique: boolean;
    }
  | { readonly kind: 'union'; readonly place: Place; readonly table: string }
  | {
      readonly kind: 'group';
      readonly place: Place;
      readonly by: readonly string[];
      readonly aggregates: readonly { readonly name: string; readonly value: TypedExpr }[];
    }
  | {
      readonly kind: 'dedupe';
      readonly place: Place;
      readonly by: readonly string[];
      readonly keep: 'latest' | 'earliest';
      readonly order: string | null;
    }
  | { readonly kind: 'time'; readonly place: Place; readonly time: string; readonly known: string | null }
  | { readonly kind: 'known'; readonly place: Place; readonly columns: readonly string[]; readonly at: string }
  /** Says in which order `lag`, `lead` and `rank` of later steps look; changes nothing by itself. */
  | { readonly kind: 'sort'; readonly place: Place }
  /** A column from the row `offset` places before in its group (`lead`: after), or the row's own place there. */
  | {
      readonly kind: 'neighbour';
      readonly place: Place;
      readonly name: string;
      readonly take: { readonly word: 'lag' | 'lead'; readonly value: TypedExpr; readonly offset: number } | { readonly word: 'rank' };
      readonly sorting: Sorting;
      /** Whether the row it is taken from is known when the row is. */
      readonly isKnownWithRow: boolean;
    }
  /** Draws rows by the hash of what identifies them: a share, or the number of rows with the least draws. */
  | { readonly kind: 'sample'; readonly place: Place; readonly share: number | null; readonly rows: number | null; readonly seed: number }
  /** A step that is read and typed but not run yet. */
  | { readonly kind: 'later'; readonly place: Place; readonly word: string };

/** The keys of the `sort` in force: of several the first makes groups, and the others order the rows of each. */
export interface Sorting {
  readonly groups: readonly TypedExpr[];
  readonly order: readonly { readonly value: TypedExpr; readonly isDescending: boolean }[];
}

export interface TableModel {
  readonly kind: 'table';
  readonly relation: RelationModel;
  readonly base: string;
  /** Each step with the relation that it results in. */
  readonly steps: readonly { readonly step: StepModel; readonly result: RelationModel }[];
}

// ---------------------------------------------------------------- checks, tasks, splits

export type CheckSeverity = 'warn' | 'error' | 'quarantine';

export interface CheckClaimModel {
  readonly place: Place;
  readonly text: string;
  readonly severity: CheckSeverity;
  readonly claim: /** True for every row on which it is not null. */
    | { readonly kind: 'row'; readonly condition: TypedExpr }
    /** `value` is an expression over aggregates of the whole table, compared with a number. */
    | { readonly kind: 'aggregate'; readonly condition: TypedExpr }
    | { readonly kind: 'complete'; readonly column: string; readonly atLeast: number }
    | { readonly kind: 'unique'; readonly columns: readonly string[] }
    | { readonly kind: 'fresh'; readonly column: string; readonly within: DurationValue }
    | { readonly kind: 'refers'; readonly column: string; readonly table: string; readonly key: string };
}

export interface CheckModel {
  readonly kind: 'check';
  readonly table: string;
  readonly place: Place;
  readonly claims: readonly CheckClaimModel[];
}

export interface LabelModel {
  readonly name: string;
  readonly value: TypedExpr;
  readonly place: Place;
  readonly kind: 'binary' | 'number' | 'count' | 'classes';
  /** The class that counts as positive, for a binary label that is not a bool. */
  readonly positive: string | null;
  /** Of a label of several classes: the levels as declared. */
  readonly classes: readonly string[] | null;
  readonly horizon: DurationValue;
  readonly delay: DurationValue;
  readonly delayDeclared: boolean;
  /** Of the written delay. */
  readonly delayPlace: Place | null;
  /** The longest constant time after the event at which a column that the label reads is known, with the reason. */
  readonly lag: { readonly after: DurationValue; readonly reason: Reason | null };
}

export interface TaskModel {
  readonly kind: 'task';
  readonly name: string;
  readonly place: Place;
  readonly entity: string;
  readonly relation: string;
  /** Of the table's name after `in`. */
  readonly relationPlace: Place;
  readonly where: TypedExpr | null;
  readonly cutoffs:
    | { readonly kind: 'none' }
    | { readonly kind: 'grid'; readonly place: Place; readonly step: DurationValue; readonly instants: readonly number[] }
    /** `value` is a time column of the entity; `assumed` when it was not written: `place` is then that of `each`. */
    | {
        readonly kind: 'column';
        readonly place: Place;
        readonly value: TypedExpr;
        readonly shape: { readonly root: string; readonly plus: DurationValue } | null;
        /** Microseconds by which a day may end earlier in the task's zone than in that of the file. */
        readonly endsEarlierBy: number;
        readonly assumed: boolean;
      };
  /** Facts of when an observation is made; every window joins them. */
  readonly cutoffFacts: Facts;
  readonly label: LabelModel | null;
  /** The `@weight` column of the entity's row. */
  readonly weight: string | null;
  readonly zone: string;
}

/** Half-open instants `[from, to)` in microseconds since 1970 UTC; null is open. */
export interface TimeBounds {
  readonly from: number | null;
  readonly to: number | null;
  readonly place: Place;
}

export interface SplitModel {
  readonly kind: 'split';
  readonly name: string;
  readonly task: string;
  readonly place: Place;
  readonly methodPlace: Place;
  /** From the method to the end of the declaration. */
  readonly bodyPlace: Place;
  readonly method:
    | {
        readonly kind: 'random';
        readonly test: number;
        readonly validate: number;
        readonly seed: number;
        readonly seedWritten: boolean;
        readonly stratify: TypedExpr | null;
      }
    | {
        readonly kind: 'group';
        readonly group: TypedExpr;
        readonly test: number;
        readonly validate: number;
        readonly seed: number;
        readonly seedWritten: boolean;
      }
    | {
        readonly kind: 'time';
        readonly train: TimeBounds;
        readonly validate: TimeBounds | null;
        readonly test: TimeBounds;
        readonly gap: DurationValue;
        readonly gapPlace: Place | null;
        readonly group: TypedExpr | null;
      };
  /** Parts of all rows that are not test, held out in turn; so many times over. */
  readonly folds: number | null;
  readonly repeats: number;
}

// ---------------------------------------------------------------- features, models, evaluations

export interface FeatureModel {
  readonly name: string;
  readonly place: Place;
  readonly doc: string | null;
  readonly value: TypedExpr;
  /** Written as `name = …`: the name then stands for the feature and no longer for the column that may have it too. */
  readonly defines: boolean;
}

export interface FeatureSetModel {
  readonly kind: 'features';
  readonly name: string;
  readonly task: string;
  readonly place: Place;
  readonly features: readonly FeatureModel[];
  /** `rows |> smote(k: 5)`: rows that fits on this set make up. */
  readonly resample?: ResampleModel;
}

export interface ResampleModel {
  readonly method: 'smote';
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly place: Place;
}

/** How the training rows are cut for choices inside of training; null: by the groups of the split. */
export interface InnerFolds {
  readonly count: number;
  readonly group: TypedExpr | null;
}

/** Where a setting is searched; both ends count. */
export type SearchRange =
  | { readonly name: string; readonly kind: 'int' | 'float'; readonly scale: 'linear' | 'log'; readonly from: number; readonly to: number }
  | { readonly name: string; readonly kind: 'choice'; readonly choices: readonly (number | string | boolean)[] };

export interface TuneModel {
  readonly place: Place;
  readonly space: readonly SearchRange[];
  readonly trials: number;
  readonly method: 'random' | 'bayesian';
  readonly metric: string;
  readonly on: 'train' | 'validate' | 'test' | 'folds';
  readonly onPlace: Place;
  readonly inner: InnerFolds;
}

interface ChosenOn {
  readonly place: Place;
  readonly on: 'train' | 'validate' | 'test' | 'folds';
  readonly onPlace: Place;
}

export type ThresholdModel =
  | { readonly kind: 'value'; readonly value: number; readonly place: Place }
  | ({ readonly kind: 'metric'; readonly metric: string; readonly direction: 'max' | 'min' } & ChosenOn)
  /** What a false positive and a false negative cost; the least total is chosen. */
  | ({ readonly kind: 'cost'; readonly falsePositive: number; readonly falseNegative: number } & ChosenOn);

export interface TrainingModel {
  readonly tune: TuneModel | null;
  readonly calibrate: 'platt' | 'isotonic' | null;
  readonly threshold: ThresholdModel | null;
  readonly balance: 'class_weight' | 'undersample' | 'oversample' | null;
  /** Learned again on train and validate, with all that was chosen. */
  readonly refit: boolean;
}

export interface ModelModel {
  readonly kind: 'model';
  readonly name: string;
  readonly place: Place;
  readonly features: string;
  readonly task: string;
  readonly split: string;
  /** The files that declare them: in the model's own their names may stand for something else, or for nothing. */
  readonly files: { readonly features: string; readonly task: string; readonly split: string };
  readonly definition:
    | {
        readonly kind: 'algorithm';
        readonly algorithm: string;
        readonly settings: Readonly<Record<string, SettingValue>>;
        readonly earlyStop: { readonly rounds: number; readonly on: string; readonly place: Place } | null;
        readonly training: TrainingModel;
      }
    | {
        readonly kind: 'best';
        readonly candidates: readonly string[];
        readonly by: string;
        readonly on: string;
        readonly onPlace: Place;
        readonly refit: boolean;
      }
    /** `final` learns from the out-of-fold scores of the members; without it, a blend, their mean is taken. */
    | {
        readonly kind: 'ensemble';
        readonly members: readonly string[];
        readonly final: { readonly algorithm: string; readonly settings: Readonly<Record<string, SettingValue>> } | null;
        readonly folds: number;
      };
}

export type MetricExpr =
  | {
      readonly kind: 'metric';
      readonly model: string;
      /** The file that declares the model. */
      readonly home: string;
      /** With its parameters: `lift(10%)`. */
      readonly metric: string;
      /** The figure is that of another evaluation, of other rows. */
      readonly evaluation?: { readonly file: string; readonly decl: string };
      readonly place: Place;
    }
  | { readonly kind: 'bound'; readonly side: 'low' | 'high'; readonly of: MetricExpr; readonly place: Place }
  | {
      readonly kind: 'drift';
      readonly subject: 'features' | 'score' | 'label' | { readonly feature: string };
      readonly test: string | null;
      readonly place: Place;
    }
  | { readonly kind: 'number'; readonly value: number; readonly place: Place }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: MetricExpr;
      readonly right: MetricExpr;
      readonly place: Place;
    };

export interface ClaimModel {
  readonly place: Place;
  readonly text: string;
  readonly left: MetricExpr;
  readonly comparison: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly right: MetricExpr;
  readonly severity: 'gate' | 'warn' | 'error';
}

/** A value of a test, as it is written: times in microseconds, a date at its first instant. */
export type TestValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'time'; readonly value: number }
  | { readonly kind: 'duration'; readonly value: DurationValue }
  | { readonly kind: 'null' };

export interface TestRowModel {
  readonly place: Place;
  readonly cells: readonly { readonly column: string; readonly value: TestValue; readonly place: Place }[];
}

/** Rows of sources, and what a table or a feature set makes of them. */
export interface TestModel {
  readonly kind: 'test';
  /** What is tested, or the name after `as`. */
  readonly name: string;
  readonly place: Place;
  readonly subject: { readonly kind: 'table' | 'features'; readonly name: string };
  readonly given: readonly { readonly source: string; readonly place: Place; readonly rows: readonly TestRowModel[] }[];
  /** When features are as of, of a task with a grid of cutoffs. */
  readonly cutoff: number | null;
  /** Columns that a row does not name are not compared. */
  readonly expect: { readonly place: Place; readonly rows: readonly TestRowModel[] };
}

export interface EvaluationModel {
  readonly kind: 'evaluate';
  /** `gbt on test`, or the name after `as`. */
  readonly name: string;
  readonly model: string;
  /** The file that declares the model. */
  readonly modelFile: string;
  readonly partition: 'train' | 'validate' | 'test' | 'folds';
  readonly partitionPlace: Place;
  readonly split: string;
  /** The file that declares the split. */
  readonly splitFile: string;
  readonly where: TypedExpr | null;
  readonly place: Place;
  readonly metrics: readonly { readonly metric: string; readonly place: Place }[];
  readonly claims: readonly ClaimModel[];
  readonly segments: readonly {
    readonly by: TypedExpr;
    readonly text: string;
    readonly place: Place;
    readonly metrics: readonly string[];
    readonly claims: readonly ClaimModel[];
    readonly confusion: boolean;
  }[];
  /** Where the table of labels and predictions is asked for. */
  readonly confusion: Place | null;
  readonly plausible: { readonly metric: string; readonly from: number; readonly to: number; readonly place: Place } | null;
  /** The baseline whose difference is reported: the first baseline model of the same task and split. */
  readonly baseline: string | null;
}

export type DeclarationModel =
  | SourceModel
  | TableModel
  | CheckModel
  | TaskModel
  | SplitModel
  | FeatureSetModel
  | ModelModel
  | EvaluationModel
  | TestModel;
