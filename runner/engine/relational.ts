/**
 * What a run asks of a relational engine: execute the nodes of a plan one by one, hand matrices to learning, write results.
 * Nothing here knows which engine it is; `openEngine` in `engine.ts` gives the embedded one.
 *
 * Data problems are never thrown: they are findings of the node's result. Only what no user can mend in data or program is an `EngineError`.
 */
import type { DataRuleSettings } from '../../language/catalogue/dataRules.ts';
import type {
  CheckNode,
  FeaturesNode,
  FrameNode,
  PlanExpr,
  PlanNode,
  PlanPlace,
  PlanTarget,
  RelationNode,
  ScanNode,
  SplitNode,
} from '../../language/plan/plan.ts';
import type { Measured } from '../leaks/measured.ts';
import type { RawColumn } from '../learn/columnFile.ts';
import type { Matrix, MatrixColumn } from '../learn/matrix.ts';
import type { CheckRecord, FindingRecord } from '../record.ts';

/** The nodes an engine executes; `train`, `choose` and `evaluate` are learning's and judging's. */
export type RelationalNode = ScanNode | RelationNode | CheckNode | FrameNode | SplitNode | FeaturesNode;

const relationalKinds: readonly PlanNode['kind'][] = ['scan', 'relation', 'check', 'frame', 'split', 'features'];

export const isRelational = (node: PlanNode): node is RelationalNode => relationalKinds.includes(node.kind);

export interface EngineOptions {
  /** The project's folder: `PlanPlace.file` is relative to it, and a source's path to the file that declares it. */
  readonly root: string;
  /** A folder for data that does not fit into memory; it is made when missing. */
  readonly scratch: string;
  readonly threads: number;
  /** As the engine writes it: `4GB`. Null: its own default. */
  readonly memory: string | null;
  /** Asked while any statement runs, as that of `ExecuteContext` is. */
  readonly cancelled?: () => boolean;
  /** Of the sources, unpacked. Tables of large ones lie in a file of the scratch, compressed. */
  readonly sourceBytes?: number;
}

/** Of all observations of the set's split in the order of their rows; `each` a row, NaN where there is none. */
export interface Predicted {
  readonly each: number;
  /** Out of fold: of rows of train. */
  readonly train: Float64Array;
  readonly others: Float64Array;
}

/** What a feature set learned: of its fitted steps, and the columns of its matrix with the levels of train. */
export type Learned = Pick<Extract<NodeDetail, { readonly kind: 'features' }>, 'fitted' | 'columns'>;

export interface ExecuteContext {
  /** Asked while a statement runs; true interrupts it within 100 ms. */
  readonly cancelled: () => boolean;
  readonly progress: (done: number, total: number, unit: string, note: string | null) => void;
  /** A feature set learns nothing then, and encodes all its rows by this. */
  readonly learned?: Learned;
  /** What models say of the observations of a feature set, by the output of the step that asks them; without it they say nothing. */
  readonly predictions?: ReadonlyMap<string, Predicted>;
  /** Another feature set that comes later reads the same windows of the same observations, as those of folds do. */
  readonly windowsAgain?: boolean;
  /** Tables that nothing but this feature set reads from here on. `shed` gives back no others, and has to be called with them. */
  readonly last?: readonly string[];
}

/** What a fitted step learned on train: plain data, stored with the model; numbers as JSON writes them. */
export interface FittedState {
  readonly transform: string;
  readonly [key: string]: FittedValue;
}
export type FittedValue = number | string | boolean | null | readonly FittedValue[] | { readonly [key: string]: FittedValue };

/** Numbers that belong to one kind of node only. */
export type NodeDetail =
  | { readonly kind: 'scan'; readonly columns: number; readonly quarantinedRows: number; readonly quarantinedCells: number }
  | { readonly kind: 'relation' }
  | { readonly kind: 'check'; readonly checks: readonly CheckRecord[] }
  | {
      readonly kind: 'frame';
      /** Before ripeness and null labels. */
      readonly candidates: number;
      readonly unripe: number;
      readonly nullLabels: number;
      /** Micros since 1970 the data ends at; null without ripeness. */
      readonly end: number | null;
    }
  | {
      readonly kind: 'split';
      /** Rows with a label; `positives` only for a binary label. `none`: in gaps, holes, or with a group seen earlier. */
      readonly partitions: readonly { readonly name: string; readonly rows: number; readonly positives: number | null }[];
    }
  | {
      readonly kind: 'features';
      /** By the output of the fitted step. */
      readonly fitted: Readonly<Record<string, FittedState>>;
      /** The columns of the matrix in order, categories with the levels of train. */
      readonly columns: readonly { readonly name: string; readonly feature: string; readonly levels: readonly string[] | null }[];
    };

export interface NodeResult {
  readonly node: string;
  readonly rows: number;
  /** One line for people: `8 features`, `train 612,004 · validate 187,330`. */
  readonly summary: string;
  /** With an error among them the node's table must not be read: the run stops here. */
  readonly findings: readonly FindingRecord[];
  /** Entries waiting for `writeQuarantine`. */
  readonly quarantined: number;
  readonly detail: NodeDetail;
}

/** A condition or segment of an evaluation. */
export interface ReadPart {
  /** `` `gbt on test` ``. */
  readonly what: string;
  readonly place: PlanPlace;
  readonly expr: PlanExpr;
}

export interface Predictions {
  /** Whose identities, cutoffs and labels stand beside the scores. */
  readonly matrix: Matrix;
  /** Indices of matrix rows, in the order of `score`. */
  readonly rows: Int32Array;
  /** Name of the entity's key in the file; `identity` where it has none. */
  readonly key: string;
  /** Probability of the positive class, or the predicted value; of several classes one probability each, row-major. */
  readonly score: Float64Array;
  /** 0 or 1 for a binary label, the index of one of several classes, else the predicted value. */
  readonly predicted: Float64Array;
  readonly label: PlanTarget;
  /** Whether the rows have a label already; else it is what is predicted. NaN among scores and predicted values is null in the file. */
  readonly isLabelled: boolean;
  /** Called when the engine has the rows: what it does from then on takes little of this thread. */
  readonly handedOver?: () => void;
}

/** Puts a column away as soon as it is read, such as into a file, and gives back what stands for it. */
export type KeepColumn = (column: MatrixColumn) => MatrixColumn;

/**
 * Nodes are executed or restored in the order of the plan; all methods that take an id throw a plain `Error` when that node is not there.
 * One call at a time.
 */
export interface RelationalEngine {
  /** `duckdb 1.5.6`, for the run record. */
  readonly version: string;
  readonly threads: number;

  readonly execute: (node: RelationalNode, context: ExecuteContext) => Promise<NodeResult>;

  /** Writes the node's tables (Parquet) and its result (JSON) into an existing folder. */
  readonly save: (id: string, folder: string) => Promise<void>;
  /** The result of a node saved before, its tables back in place. */
  readonly restore: (node: RelationalNode, folder: string) => Promise<NodeResult>;

  /** Drops the tables of a node that nothing reads any more. */
  readonly release: (id: string) => Promise<void>;
  /** Of these, which nothing but a feature set reads, drops those that its matrix can be read without; which they are. */
  readonly shed: (features: string, ids: readonly string[]) => Promise<readonly string[]>;

  /** All observations of a feature set in the order (identity, cutoff), ready for learning. Its columns are what `keep` makes of them. */
  readonly matrix: (features: string, keep?: KeepColumn) => Promise<Matrix>;
  /** The row-level column behind each feature, by the feature's name, and further ones as `feature: column`: what drift compares. Same rows, same order. */
  readonly rawColumns: (features: string, matrix?: Matrix, keep?: KeepColumn) => Promise<readonly RawColumn[]>;
  /** A condition on each observation of a feature set: 1 where it is true. */
  readonly where: (features: string, condition: PlanExpr) => Promise<Uint8Array>;
  /** On how many observations these have no value, as findings. */
  readonly gaps: (features: string, parts: readonly ReadPart[]) => Promise<readonly FindingRecord[]>;
  /** What leakage rules that are decided on data measure in the tables of a node and of those it reads; `isEntity`: observations are made of its rows. */
  readonly leaks: (id: string, isEntity: boolean, settings: DataRuleSettings) => Promise<readonly Measured[]>;
  /** The segment of each observation as people read it (`true`, `3`, `2024-01-31`); null is its own segment. */
  readonly segments: (features: string, by: PlanExpr) => Promise<{ readonly names: readonly (string | null)[]; readonly codes: Int32Array }>;

  /** Entity's key, `cutoff` where there is one, `label`, `score`, `predicted`, in the order of `rows`, as the name's ending says. */
  readonly writePredictions: (path: string, predictions: Predictions) => Promise<void>;
  /** Also of a node whose findings end the run. `file, row, column, reason, value` (a source), or the failing rows with `claim` (a check), as Parquet or CSV by the name's ending. */
  readonly writeQuarantine: (node: RelationalNode, path: string) => Promise<void>;
  /** A node's table for people, without hidden columns, as Parquet, CSV or JSON lines by the name's ending; `only`: of that partition. */
  readonly exportTable: (id: string, path: string, limit: number | null, only?: string | null) => Promise<void>;
  /** The first rows as text for `preview` and for failing claims; null stays null. `claim`: only rows that fail the check's claim; `only`: of that partition. */
  readonly preview: (
    id: string,
    limit: number,
    claim?: number,
    only?: string | null,
  ) => Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }>;

  readonly close: () => Promise<void>;
}

/** Data that a calculation has no result for, found where results are read; `execute` has it among the findings of the node. */
export class DataProblem extends Error {
  override readonly name = 'DataProblem';
  readonly finding: FindingRecord;

  constructor(found: FindingRecord) {
    super(found.message);
    this.finding = found;
  }
}

export type EngineCode = 'cancelled' | 'resources' | 'bug';

/** Cancelled, out of memory or disk, or a mistake of ours: nothing that other data or another program would mend. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineCode;
  readonly help: string | null;

  constructor(code: EngineCode, message: string, help: string | null = null) {
    super(message);
    this.code = code;
    this.help = help;
  }
}
