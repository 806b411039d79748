/** The one interface of all algorithms. A learner is a pure function of matrix, rows, settings and seed; a fitted model is plain data. */
import type { Matrix } from './matrix.ts';
import type { Tensor } from './tensor/tensor.ts';

/** `classes`: a category of more than two levels; the matrix's label is then the index of the level. */
export type LabelKind = 'binary' | 'number' | 'count' | 'classes';

export type Setting = number | string | boolean | null | readonly Setting[];
export type Settings = Readonly<Record<string, Setting>>;

export type JsonValue = number | string | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A fitted model as it is stored. Bytes of typed arrays are base64, little endian. */
export interface ModelState {
  /** The algorithm's name in the catalogue. */
  readonly kind: string;
  readonly version: number;
  readonly [key: string]: JsonValue;
}

/** Something about the fit that the user should know and that does not stop it, e.g. an optimum not reached. */
export interface FitFinding {
  readonly rule: string;
  readonly message: string;
  readonly help: string | null;
}

export interface FitContext {
  readonly label: LabelKind;
  /** The classes of a label of kind `classes`, at least two, in the order of the label's codes; null for every other label. */
  readonly classes: readonly string[] | null;
  readonly seed: number;
  readonly threads: number;
  /** Stop when the loss on the validation rows has not fallen for so many rounds; null: train to the end. */
  readonly earlyStop: number | null;
  /** The tensor backend, loaded on the first call only. */
  readonly tensor: () => Promise<Tensor>;
  readonly progress: (done: number, total: number, note: string | null) => void;
  /** Asked between steps of a few milliseconds, after giving way to the event loop. */
  readonly cancelled: () => boolean;
}

export interface FittedModel {
  readonly kind: string;
  readonly state: ModelState;
  readonly findings: readonly FitFinding[];
  /** Of an algorithm that trains in rounds: how many the model has. */
  readonly rounds?: number;
  /**
   * One number a row of `rows`: the probability of class 1 for a binary label, the expected value of a number or count. Of several
   * classes, one probability a class, row-major (rows × classes), which sum to 1 in each row.
   */
  readonly predict: (matrix: Matrix, rows: Int32Array) => Float64Array;
  /** The scores of the rows that it was fitted on, where fitting has them anyway: what `predict` gives, to the byte. Not stored. */
  readonly known?: { readonly matrix: Matrix; readonly rows: Int32Array; readonly scores: Float64Array };
  /** Rows that are scored within some milliseconds, where those are few; `predictInSteps` breathes between them. */
  readonly rowsAtOnce?: number;
}

export interface Learner {
  /**
   * Rows without a label or with a weight of 0 are left out; `matrix.weight`, where there is one, weighs the others. Throws `LearnError` when the data cannot be learned from, `LearnCancelled` when cancelled.
   * `validateRows` is read only for early stopping.
   */
  readonly fit: (matrix: Matrix, rows: Int32Array, validateRows: Int32Array | null, settings: Settings, context: FitContext) => Promise<FittedModel>;
  readonly load: (state: ModelState) => FittedModel;
}

export type LearnCode = 'no-rows' | 'one-class' | 'null-input' | 'setting' | 'label' | 'no-backend' | 'size' | 'state';

/** The data or the machine does not allow the fit: the user can mend it, and `help` says how. */
export class LearnError extends Error {
  override readonly name = 'LearnError';
  readonly code: LearnCode;
  readonly help: string;
  /** The column at fault, where there is one. */
  readonly column: string | null;

  constructor(code: LearnCode, message: string, help: string, column: string | null = null) {
    super(message);
    this.code = code;
    this.help = help;
    this.column = column;
  }
}

export class LearnCancelled extends Error {
  override readonly name = 'LearnCancelled';
}
