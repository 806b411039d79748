/**
 * The execution plan: plain data with a version, the only thing that crosses from the language to the runner.
 *
 * Visibility is written out. A relation carries the hidden columns it needs (`#event`, `#known`, `x#known`) as ordinary columns, and
 * every masked read is an ordinary `if(lt(x#known, cutoff), x, null)`: an engine needs no idea of leakage to execute a plan
 * correctly, and the reference interpreter in `test/reference` reads the same data.
 *
 * Times are microseconds since 1970 UTC; durations are calendar months plus microseconds. One file, because it is the one contract between the
 * language and the runner: whoever writes an engine reads all of it.
 */
import type { DurationValue } from '../syntax/ast.ts';
import type { Range } from '../text/place.ts';

export const planVersion = 1;

// ---------------------------------------------------------------- values

/** What an engine stores. Keys, refs and categories are `text`; `date` is a day, `timestamp` an instant. */
export type PlanType =
  | 'bool'
  | 'int'
  | 'float'
  | 'text'
  | 'date'
  | 'timestamp'
  | 'duration'
  | { readonly decimal: readonly [precision: number, scale: number] };

/** Calls that may have no value or overflow, and aggregates, have the place at which the program says them. */
export type PlanExpr =
  | { readonly op: 'literal'; readonly type: PlanType; readonly value: number | string | boolean | null | DurationValue }
  /**
   * A column of the row in scope; `of` names another row in scope: a path `p1`, `entity` inside a window, or `set`, the columns that
   * earlier steps of the same feature set made (in its steps, and in conditions and segments of evaluations).
   */
  | { readonly op: 'column'; readonly type: PlanType; readonly name: string; readonly of: string | null }
  | { readonly op: 'cutoff'; readonly type: 'timestamp' }
  /** The result of a window aggregate of the same node, by its id. */
  | { readonly op: 'window'; readonly type: PlanType; readonly id: string }
  /**
   * `fn` is the catalogue's emission key. `in` takes the value and then the members; `between` value, low or null, high or null;
   * `bucket` the value and then the edges. Two keys exist in plans only: `day_start` and `day_end`, the first instant and the last
   * microsecond of a date in the zone that the second argument names. `greatest` over known times is null (never known) when one is.
   */
  | { readonly op: 'call'; readonly type: PlanType; readonly fn: string; readonly args: readonly PlanExpr[]; readonly place?: PlanPlace }
  /** Only in checks and `group`: an aggregate over all rows or the group. */
  | {
      readonly op: 'aggregate';
      readonly type: PlanType;
      readonly aggregate: string;
      readonly value: PlanExpr | null;
      readonly where: PlanExpr | null;
      readonly parameters: Readonly<Record<string, number>>;
      readonly scale: number;
      readonly place?: PlanPlace;
    };

export interface PlanColumn {
  readonly name: string;
  readonly type: PlanType;
}

// ---------------------------------------------------------------- nodes

export interface PlanPlace {
  readonly file: string;
  readonly range: Range;
}

interface Node {
  /** Unique in the plan: `scan orders`, `relation recent`, `frame churn`, `split churn`, `features activity`, `train gbt`, `evaluate gbt on test`. */
  readonly id: string;
  /** The name of the declaration. */
  readonly name: string;
  readonly place: PlanPlace;
  /** Ids of the nodes this one reads, in order. */
  readonly inputs: readonly string[];
  /** Hash of the normalised definition and of the inputs' fingerprints, without names, docs, layout or places. */
  readonly fingerprint: string;
  /** Another division of a split, a feature set over one, or a model on one that a feature asks: part of another step, and nothing that was declared. */
  readonly part?: true;
}

export interface ScanColumn {
  readonly name: string;
  readonly type: PlanType;
  readonly nullable: boolean;
  /** Inclusive. Times in microseconds. */
  readonly min: number | null;
  readonly max: number | null;
  readonly levels: readonly string[] | null;
  readonly pattern: string | null;
  readonly unique: boolean;
  /** Values of a pii column never enter findings. */
  readonly pii: boolean;
  /** Null in each row where the file has no such column; absent: the file must have it. */
  readonly optional?: true;
  readonly place: PlanPlace;
}

export interface ScanNode extends Node {
  readonly kind: 'scan';
  readonly connector: 'csv' | 'parquet' | 'json' | 'arrow';
  /** As written: relative to the file that declares the source. */
  readonly path: string;
  /** Where the path is written; absent: nowhere. */
  readonly pathPlace?: PlanPlace;
  readonly options: {
    readonly delimiter: string | null;
    readonly header: boolean;
    readonly nulls: readonly string[];
    readonly decimal: string;
    /** Between groups of three digits of a number; absent: none. */
    readonly thousands?: string;
    readonly dateFormat: string | null;
    readonly timestampFormat: string | null;
    readonly encoding: 'utf-8' | 'latin-1' | 'utf-16';
    readonly compression: 'auto' | 'none' | 'gzip';
    readonly zone: string;
  };
  readonly columns: readonly ScanColumn[];
  /** `#event`, `#known`, `x#known`: computed from the columns after reading; all timestamps. In order; later ones may read earlier ones. */
  readonly hidden: readonly { readonly name: string; readonly value: PlanExpr }[];
  readonly key: string | null;
  /** Columns known with the row and never late: the row's identity where there is no key. */
  readonly identity: readonly string[];
  readonly until: number | null;
}

export type RelationStep =
  | { readonly op: 'filter'; readonly where: PlanExpr }
  /** The full list of columns that remain, hidden ones included. */
  | { readonly op: 'project'; readonly columns: readonly { readonly name: string; readonly value: PlanExpr }[] }
  | {
      readonly op: 'join';
      readonly join: 'left' | 'inner';
      readonly right: string;
      readonly on: readonly { readonly left: string; readonly right: string }[];
      /** Right columns, hidden ones included, and the names they get. */
      readonly take: readonly { readonly column: string; readonly as: string; readonly type: PlanType }[];
      /**
       * The right row with the greatest event among those with event < at and known < at; ties by known, then by `tie`. Every `tie`
       * compares its columns one after the other, ascending, nulls first, text by code point; here and for `last` the greatest wins.
       */
      readonly asOf: { readonly at: PlanExpr; readonly event: string; readonly known: string | null; readonly tie: readonly string[] } | null;
    }
  /** By name; `right` has exactly the same columns, hidden ones included. */
  | { readonly op: 'union'; readonly right: string }
  /** `first` and `last` order by `#event`, `#known` where the rows have them, then by `tie`, then by value; `slope` runs over `#event`. */
  | {
      readonly op: 'group';
      readonly by: readonly string[];
      readonly aggregates: readonly { readonly name: string; readonly value: PlanExpr }[];
      readonly tie: readonly string[];
    }
  /** The first row of each group in the given order (nulls last in either direction); ties go to the least by `tie`, then by the other columns in order. A null is a group of its own, here and in `group`. */
  | {
      readonly op: 'dedupe';
      readonly by: readonly string[];
      readonly order: readonly { readonly column: string; readonly descending: boolean }[];
      readonly tie: readonly string[];
    }
  /**
   * A column (in the place of one of that name) from the row `offset` places before in its group, of one `after` it where that is
   * negative; null where there is none. Rows are ordered by `order`, nulls last in either direction, then by `tie`, then by the other
   * columns in order, nulls first.
   */
  | {
      readonly op: 'neighbour';
      readonly name: string;
      readonly value: PlanExpr;
      readonly offset: number;
      readonly by: readonly PlanExpr[];
      readonly order: readonly PlanOrder[];
      readonly tie: readonly string[];
    }
  /** A column with one more than the number of rows of the group that come strictly before by `order`. */
  | { readonly op: 'rank'; readonly name: string; readonly by: readonly PlanExpr[]; readonly order: readonly PlanOrder[] }
  /**
   * Draws rows by u, the uniform hash of `seed|sample|identity`, where the identity is the text of `key` or the hash of the `identity` columns
   * (`test/reference/canonical.ts`): those with u below `share`, or the `rows` with the least u; ties go by all columns in order.
   */
  | {
      readonly op: 'sample';
      readonly share: number | null;
      readonly rows: number | null;
      readonly seed: number;
      readonly key: string | null;
      readonly identity: readonly string[];
    };

export interface PlanOrder {
  readonly value: PlanExpr;
  readonly descending: boolean;
}

export interface RelationNode extends Node {
  readonly kind: 'relation';
  /** The node of the base relation. */
  readonly base: string;
  readonly steps: readonly RelationStep[];
  /** All columns of the result, hidden ones included. */
  readonly columns: readonly PlanColumn[];
  readonly key: string | null;
  readonly identity: readonly string[];
}

export interface PlanCheckClaim {
  readonly text: string;
  readonly place: PlanPlace;
  readonly severity: 'warn' | 'error' | 'quarantine';
  readonly claim: /** Fails on rows where it is false; null passes. */
    | { readonly kind: 'row'; readonly condition: PlanExpr }
    /** A condition over aggregates of the whole table. `value` is its left side, reported as measured. */
    | { readonly kind: 'aggregate'; readonly condition: PlanExpr; readonly value: PlanExpr }
    | { readonly kind: 'complete'; readonly column: string; readonly atLeast: number }
    | { readonly kind: 'unique'; readonly columns: readonly string[] }
    /** Age of the greatest value of `column` at the data's end (declared, or the greatest known time). */
    | { readonly kind: 'fresh'; readonly column: string; readonly within: DurationValue }
    | { readonly kind: 'refers'; readonly column: string; readonly table: string; readonly key: string };
}

/** `quarantine` claims take their failing rows out; every reader of the table reads the check's result instead of the table. */
export interface CheckNode extends Node {
  readonly kind: 'check';
  readonly table: string;
  readonly claims: readonly PlanCheckClaim[];
  readonly key: string | null;
  readonly pii: readonly string[];
}

/** Windowed aggregates of one relation that share link and edges. A row belongs to the window of an observation iff
 *  row link == entity link, event in [cutoff + from, cutoff + to) and known < cutoff (`future`: known < cutoff + horizon + delay). */
export interface PlanWindow {
  readonly relation: string;
  readonly link: { readonly row: string; readonly entity: PlanExpr };
  readonly event: string;
  /** Null: always known. */
  readonly known: string | null;
  readonly from: DurationValue | null;
  readonly to: DurationValue | null;
  /** Rows count when known before the cutoff plus this. Zero for features. */
  readonly knownWithin: DurationValue;
  readonly aggregates: readonly PlanAggregate[];
  /** Order of rows for `first` and `last` beyond event and known; where even that is equal, the smallest value. */
  readonly tie: readonly string[];
}

export interface PlanAggregate {
  readonly id: string;
  /** `count sum avg min max std median quantile first last any all distinct mode rate slope entropy`. */
  readonly aggregate: string;
  /** Over the window's row, already masked; may read the cutoff. Null for `count(T)`. */
  readonly value: PlanExpr | null;
  readonly where: PlanExpr | null;
  readonly parameters: Readonly<Record<string, number>>;
  readonly type: PlanType;
  /** Binary digits after the point of the fixed-point accumulation of sums. */
  readonly scale: number;
  readonly place?: PlanPlace;
}

/** Left joins from the entity's row through refs, in order; the row is in scope as `id`. A null, absent or not yet known row reads as nulls. */
export interface PlanPath {
  readonly id: string;
  readonly relation: string;
  readonly from: string | null;
  readonly ref: string;
  readonly key: string;
  /** Rows count from when they are known before the cutoff; null: always. */
  readonly known: string | null;
}

export interface PlanLabel {
  readonly name: string;
  /** `classes`: a category of more than two levels. */
  readonly kind: 'binary' | 'number' | 'count' | 'classes';
  readonly positive: string | null;
  /** Of a label of several classes: its levels, in the order of the classes everywhere else. */
  readonly classes?: readonly string[];
  readonly windows: readonly PlanWindow[];
  readonly paths: readonly PlanPath[];
  readonly value: PlanExpr;
  readonly horizon: DurationValue;
  readonly delay: DurationValue;
  readonly place: PlanPlace;
}

/**
 * Entity × cutoff: the observations. Columns of the result: those of the relation, `#cutoff`, `#label`, `#identity` (text), `#state`.
 * All candidates are kept, for the split cuts over them: `#state` is `ready`, `unripe` (its label is not decided by the end of the
 * data) or `unlabelled` (its label is null). Splits and features hold the ready rows only.
 */
export interface FrameNode extends Node {
  readonly kind: 'frame';
  readonly relation: string;
  readonly where: PlanExpr | null;
  readonly paths: readonly PlanPath[];
  readonly cutoffs:
    | { readonly kind: 'none' }
    | { readonly kind: 'grid'; readonly instants: readonly number[] }
    | { readonly kind: 'column'; readonly value: PlanExpr };
  /** An observation exists from this hidden column's time on; null: always. */
  readonly known: string | null;
  readonly key: string | null;
  /** Columns whose hash identifies an observation without a key. */
  readonly identity: readonly string[];
  readonly label: PlanLabel | null;
  /** A column of the relation, a number from 0 on: how much each observation counts in fits and metrics. Absent: all count once. */
  readonly weight?: string;
  /** End of the data for ripeness: the least declared `until` of the label's sources; null: the greatest known time of `ripeFrom`. */
  readonly until: number | null;
  readonly ripeFrom: readonly { readonly relation: string; readonly known: string }[];
}

/** Half-open `[from, to)`. `gap`: an observation of an earlier partition with cutoff + gap after the start of the next is dropped. */
export type OuterMethod =
  | { readonly kind: 'random'; readonly test: number; readonly validate: number; readonly seed: number; readonly stratify: PlanExpr | null }
  | { readonly kind: 'group'; readonly group: PlanExpr; readonly test: number; readonly validate: number; readonly seed: number }
  | {
      readonly kind: 'time';
      readonly train: readonly [number | null, number | null];
      readonly validate: readonly [number | null, number | null] | null;
      readonly test: readonly [number | null, number | null];
      readonly gap: DurationValue;
      readonly group: PlanExpr | null;
    };

/**
 * One of `folds` over the rows that `outer` puts into `pool` (a fold of its own, where what a fold learns from is cut again): those held out are `validate`, those to learn from `train`, all others `none`.
 *
 * Without time a row is held out in fold floor(u · folds), u the uniform hash of `seed|folds|repeat|group` (of the identity where there is no
 * group). By time, of the n distinct cutoffs of the pool in order those from m on are held out in turn: m is the greater of ⌈n / (folds + 1)⌉
 * and the first with at least the gap to the first cutoff; they are cut into b = min(folds, n − m) blocks, the i-th of them into ⌊i · b / (n − m)⌋.
 * Fold f learns from the rows whose cutoff plus the gap is at most the first cutoff of block f; of the rows held out, those with a group among
 * these are `none`.
 */
export interface FoldMethod {
  readonly kind: 'fold';
  readonly outer: OuterMethod | FoldMethod | MergedMethod;
  readonly pool: readonly ('train' | 'validate')[];
  /** From 0. */
  readonly fold: number;
  readonly folds: number;
  readonly repeat: number;
  /** What stays together, in place of the outer method's group. Not by time. */
  readonly group: PlanExpr | null;
  readonly seed: number;
}

/** For learning again: `validate` is train too. */
export interface MergedMethod {
  readonly kind: 'merged';
  readonly outer: OuterMethod;
}

/**
 * Adds `#partition`: `train`, `validate`, `test`, `none`, for the ready rows; groups seen earlier, first cutoffs and strata are those
 * of all candidates. Hashes are of canonical text (`test/reference/canonical.ts`): `seed|identity|cutoff` at random, `seed|group` by group.
 */
export interface SplitNode extends Node {
  readonly kind: 'split';
  readonly frame: string;
  readonly method: OuterMethod | FoldMethod | MergedMethod;
}

/** How the rows were first divided: by what groups, whether by time. */
export const outermost = (method: SplitNode['method']): OuterMethod =>
  method.kind === 'fold' || method.kind === 'merged' ? outermost(method.outer) : method;

export const outerOf = ({ method }: SplitNode): OuterMethod => outermost(method);

export type PlanSetting = number | string | boolean | null | readonly PlanSetting[];

/** One step of a feature set, over the columns before it. All inputs and outputs are column names of the set. */
export type FeatureStep =
  | { readonly kind: 'row'; readonly output: string; readonly type: PlanType; readonly value: PlanExpr }
  /**
   * Learned on the training rows. An output of several columns (`one_hot`) is named `output=level`. `impute` by `forward` also reads the
   * entity's key and the cutoff: null becomes the value of the training row of that key with the greatest cutoff before the row's own, of
   * those with a value.
   */
  | {
      readonly kind: 'fitted';
      readonly output: string;
      readonly transform: string;
      readonly inputs: readonly string[];
      readonly inputType: PlanType;
      readonly settings: Readonly<Record<string, PlanSetting>>;
      readonly scale: number;
      readonly place: PlanPlace;
    }
  /**
   * What a model says of the observation: rows of train get the scores of those of `folds` that hold them out (the `validate` rows of their
   * splits), null where none does; all others those of `model`, which learned on all of train. Of several classes a column each, `output=class`.
   */
  | {
      readonly kind: 'predicted';
      readonly output: string;
      readonly type: 'float';
      /** Ids of `train` nodes. */
      readonly model: string;
      readonly folds: readonly string[];
      readonly classes?: readonly string[];
      readonly place: PlanPlace;
    };

export interface PlanFeature {
  readonly name: string;
  /** The step's output that is this feature. */
  readonly column: string;
  /** The last row-level column it is made of: what drift compares. */
  readonly raw: { readonly column: string; readonly kind: 'number' | 'category' };
  /** Further row-level columns of a feature that is made of several, with what people call them: drift compares these too. */
  readonly others?: readonly { readonly name: string; readonly column: string; readonly kind: 'number' | 'category' }[];
  readonly kind: 'number' | 'category';
  readonly place: PlanPlace;
}

/**
 * Columns of the result beside those of the split: the outputs of all steps, and `#fit`: false for a training row whose out-of-fold
 * encoding or prediction had no rows to learn from (the first block of a split by time, without a prior); models leave it out, and it is counted.
 */
export interface FeaturesNode extends Node {
  readonly kind: 'features';
  readonly split: string;
  readonly frame: string;
  readonly windows: readonly PlanWindow[];
  readonly paths: readonly PlanPath[];
  readonly steps: readonly FeatureStep[];
  readonly features: readonly PlanFeature[];
  /** Rows that every fit on this set makes up beside its training rows. */
  readonly resample?: PlanResample;
}

export interface PlanResample {
  readonly method: 'smote';
  readonly k: number;
  readonly ratio: number;
  readonly seed: number;
}

/** The label as learning and judging need it. */
export type PlanTarget = Pick<PlanLabel, 'name' | 'kind' | 'positive' | 'classes'>;

export type Balance = 'class_weight' | 'undersample' | 'oversample';

/** Fits on the rows of `train`. */
export interface TrainNode extends Node {
  readonly kind: 'train';
  readonly features: string;
  readonly split: string;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, PlanSetting>>;
  /** Node whose search gives some of the parameters. */
  readonly tuned: string | null;
  readonly balance: Balance | null;
  /** `on: 'folds'`: the mean of the best numbers of rounds on `folds`, feature sets of the same definition over folds of train. */
  readonly earlyStop: { readonly rounds: number; readonly on: string; readonly folds: readonly string[] } | null;
  readonly label: PlanTarget;
  readonly seed: number;
}

/** What is searched: whole numbers and numbers with both ends, or a list. */
export type PlanRange =
  | { readonly name: string; readonly kind: 'int' | 'float'; readonly scale: 'linear' | 'log'; readonly from: number; readonly to: number }
  | { readonly name: string; readonly kind: 'choice'; readonly choices: readonly (number | string | boolean)[] };

/** The parameters with the best mean of the metric over `folds`: each learns on its `train` rows and is judged on its `validate` rows. Ties go to the first. */
export interface TuneNode extends Node {
  readonly kind: 'tune';
  readonly folds: readonly string[];
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, PlanSetting>>;
  readonly space: readonly PlanRange[];
  readonly trials: number;
  readonly method: 'random' | 'bayesian';
  readonly metric: string;
  /** As written: `folds` or `validate`. */
  readonly partition: string;
  readonly balance: Balance | null;
  readonly earlyStop: { readonly rounds: number } | null;
  readonly label: PlanTarget;
  readonly seed: number;
}

/** Out-of-fold scores: the algorithm and parameters of `model`, a `train` node, learned on each of `folds` and applied to what that holds out. */
export interface CrossfitNode extends Node {
  readonly kind: 'crossfit';
  readonly model: string;
  readonly folds: readonly string[];
  /** Rows of the pool are held out `repeats` times; their scores are averaged. */
  readonly repeats: number;
}

export type PlanThreshold =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'metric'; readonly metric: string; readonly direction: 'max' | 'min'; readonly on: string }
  | { readonly kind: 'cost'; readonly falsePositive: number; readonly falseNegative: number; readonly on: string };

/** A trained model with what is decided afterwards: calibration on out-of-fold scores, a threshold, and learning again on more rows. */
export interface FinishNode extends Node {
  readonly kind: 'finish';
  readonly model: string;
  readonly crossfit: string | null;
  readonly calibrate: 'platt' | 'isotonic' | null;
  readonly threshold: PlanThreshold | null;
  /** A feature set over train and validate together, on which the model is learned again at the end. */
  readonly refit: string | null;
  readonly label: PlanTarget;
}

/** The mean of the members' scores, or `final` learned from their out-of-fold scores on train. */
export interface EnsembleNode extends Node {
  readonly kind: 'ensemble';
  readonly members: readonly { readonly model: string; readonly crossfit: string | null }[];
  readonly final: { readonly algorithm: string; readonly parameters: Readonly<Record<string, PlanSetting>> } | null;
  readonly features: string;
  readonly split: string;
  readonly label: PlanTarget;
  readonly seed: number;
}

/** `best of`: the candidate with the best metric on the partition; ties go to the first. */
export interface ChooseNode extends Node {
  readonly kind: 'choose';
  readonly candidates: readonly string[];
  readonly metric: string;
  readonly partition: string;
  readonly split: string;
  /** Out-of-fold scores of the candidates, where they are chosen on folds. */
  readonly crossfits: readonly CrossfitOf[];
  /** Feature sets over train and validate by candidate: the chosen one is learned again on its own. */
  readonly refit: readonly { readonly model: string; readonly features: string }[];
}

/** The out-of-fold scores of a model: of each candidate, where the model is a choice. */
export interface CrossfitOf {
  readonly model: string;
  readonly crossfit: string;
}

export type PlanMetric =
  | {
      readonly op: 'metric' /** node id of the model */;
      readonly model: string;
      /** With its parameters: `lift(10%)`. */
      readonly metric: string;
      /** The evaluation whose figure it is, where that is of other rows; it has the metric among its own. */
      readonly evaluation?: string;
    }
  | { readonly op: 'bound'; readonly side: 'low' | 'high'; readonly of: PlanMetric }
  /** The largest statistic of the subject's members; compared by `test` or each subject's own default. */
  | { readonly op: 'drift'; readonly subject: 'features' | 'score' | 'label' | { readonly feature: string }; readonly test: string | null }
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'arithmetic'; readonly operator: '+' | '-' | '*' | '/'; readonly left: PlanMetric; readonly right: PlanMetric };

export interface PlanClaim {
  readonly text: string;
  readonly place: PlanPlace;
  readonly left: PlanMetric;
  readonly comparison: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly right: PlanMetric;
  readonly severity: 'gate' | 'warn' | 'error';
}

export interface EvaluateNode extends Node {
  readonly kind: 'evaluate';
  readonly model: string;
  /** Whose partition is judged. */
  readonly split: string;
  /** The model's own, over the split that it learned on. */
  readonly features: string;
  /** Where the two splits differ: a feature set over `split` that holds nothing but the partitions of the same observations. */
  readonly rowsOf?: string;
  readonly partition: string;
  readonly where: PlanExpr | null;
  readonly metrics: readonly { readonly metric: string; readonly place: PlanPlace }[];
  readonly claims: readonly PlanClaim[];
  readonly segments: readonly {
    readonly by: PlanExpr;
    readonly text: string;
    readonly metrics: readonly string[];
    readonly place: PlanPlace;
    /** Claims that each segment has to meet. */
    readonly claims?: readonly PlanClaim[];
    readonly confusion?: PlanPlace;
  }[];
  /** Rows are counted by label and prediction. */
  readonly confusion?: PlanPlace;
  /** In which range the figure can be believed; null: no end. */
  readonly plausible?: { readonly metric: string; readonly from: number | null; readonly to: number | null; readonly place: PlanPlace };
  /** Id of the baseline's train node. */
  readonly baseline: string | null;
  /** Ids of further models whose figures claims read. */
  readonly others: readonly string[];
  /** Where the partition is `folds`: of all these models. */
  readonly crossfits: readonly CrossfitOf[];
  readonly label: PlanTarget;
}

export type PlanNode =
  | ScanNode
  | RelationNode
  | CheckNode
  | FrameNode
  | SplitNode
  | FeaturesNode
  | TuneNode
  | TrainNode
  | CrossfitNode
  | FinishNode
  | EnsembleNode
  | ChooseNode
  | EvaluateNode;

export interface Plan {
  readonly version: typeof planVersion;
  /** The file that was planned, then the files it imports, relative to the project. */
  readonly program: readonly string[];
  readonly seed: number;
  /** In an order in which every node comes after its inputs. */
  readonly nodes: readonly PlanNode[];
  /** Of all nodes. */
  readonly fingerprint: string;
}
