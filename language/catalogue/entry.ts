/**
 * What a catalogue entry is. The catalogue is data: completion, hover, checking, planning and the reference manual all read it.
 * An entry exists only when it works; each names its emission key, under which the runner and the reference interpreter hold the
 * implementation.
 */

/** A parameter or setting: settings of algorithms and connectors, named arguments of transforms and functions. */
export interface SettingEntry {
  readonly name: string;
  /** `value`: a literal of the type of the transform's input. */
  readonly type: 'int' | 'float' | 'text' | 'bool' | 'choice' | 'duration' | 'share' | 'list' | 'value';
  /** Of a `list`; ranges then hold for each element. */
  readonly element?: 'int' | 'float' | 'text';
  /** Of a `choice`. */
  readonly choices?: readonly string[];
  /** Of a `text` or of each text of a `list`: a pattern of the whole value, and the form to type instead. */
  readonly matches?: { readonly pattern: string; readonly form: string };
  /** Inclusive unless `exclusiveMin` says otherwise. */
  readonly min?: number;
  readonly exclusiveMin?: boolean;
  readonly max?: number;
  /** Absent: the setting must be written. Null: off or unlimited, which may also be written `none`. */
  readonly default?: number | string | boolean | null | readonly (number | string)[];
  readonly doc: string;
}

/**
 * Classes of types a parameter accepts. `number`: int, float, decimal. `textual`: text, category, key, ref. `category`: whatever has
 * levels (category, text, bool, int). `time`: date, timestamp. `orderable`: numbers, text, times, durations, bool. `same`: agrees with
 * the first `same` parameter. `list`: a list of numbers written out.
 */
export type TypeClass =
  | 'any'
  | 'number'
  | 'int'
  | 'bool'
  | 'text'
  | 'category'
  | 'textual'
  | 'date'
  | 'time'
  | 'duration'
  | 'orderable'
  | 'same'
  | 'list';

export interface FunctionEntry {
  readonly family: 'function';
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly accepts: TypeClass; readonly optional?: boolean; readonly variadic?: boolean }[];
  readonly result: 'bool' | 'int' | 'float' | 'text' | 'date' | 'timestamp' | 'duration' | 'same';
  /**
   * What becomes of units: `keep` the first argument's, `drop` to a pure number, `quotient` of the first two, `days` for time differences
   * (in the unit of the function's name), `written` in its second argument, `none`: no numbers.
   */
  readonly unit: 'keep' | 'drop' | 'quotient' | 'days' | 'written' | 'none';
  /** Inclusive bounds of a numeric result. */
  readonly range?: readonly [min: number | null, max: number | null];
  /** Null in, null out, unless `absorbs` (coalesce and the like). `domain`: may give null where the input is outside the domain. */
  readonly nulls: 'propagates' | 'absorbs' | 'domain';
  /** Keeps the identity of its argument (a hash or an injective function). */
  readonly keepsIdentity?: boolean;
  readonly key: string;
  readonly signature: string;
  readonly doc: string;
  readonly source: string;
  readonly example: string;
}

/** An operator, or a form such as `in`, with the emission key that the plan names. */
export interface OperatorEntry {
  readonly family: 'operator';
  readonly name: string;
  readonly key: string;
  readonly signature: string;
  readonly doc: string;
  readonly example: string;
}

export interface AggregateEntry {
  readonly family: 'aggregate';
  readonly name: string;
  /** Null: takes only rows (`count(T)`); `count` takes both. */
  readonly accepts: TypeClass | null;
  readonly rowsOnly?: boolean;
  readonly result: 'bool' | 'int' | 'float' | 'same';
  readonly unit: 'keep' | 'drop' | 'per-day' | 'none';
  /** Value over no rows: `zero`, `false`, `true`, or `null` (the type is then nullable). */
  readonly empty: 'zero' | 'false' | 'true' | 'null';
  readonly parameters: readonly SettingEntry[];
  readonly signature: string;
  readonly doc: string;
  readonly source: string;
  readonly example: string;
}

export interface TransformEntry {
  readonly family: 'transform';
  readonly name: string;
  readonly accepts: TypeClass;
  /** `many`: also a list of values, or a group of columns that another transform made; it reads them together. */
  readonly inputs: 'one' | 'many';
  /** `group`: several columns, named `output=level` or `output_1`, `output_2`, … `rows`: no columns, but training rows. */
  readonly result: 'number' | 'same' | 'bool' | 'group' | 'rows';
  /** Inclusive bounds of a numeric result. */
  readonly range?: readonly [min: number, max: number];
  readonly removesNulls: boolean;
  /** Whether null input is refused (needs an `impute` before it). */
  readonly requiresValue: boolean;
  readonly usesLabel: boolean;
  /** False: its settings say all, and no row is learned from. */
  readonly learns: boolean;
  /** Unequal values become equal, so that an identity among them is lost. */
  readonly mergesValues: boolean;
  readonly unit: 'keep' | 'drop';
  readonly settings: readonly SettingEntry[];
  /** The setting that a positional argument fills: `impute(median)`. */
  readonly positional: string | null;
  readonly signature: string;
  readonly doc: string;
  readonly source: string;
  readonly example: string;
}

/** `classes`: a category of more than two levels. */
export type LabelKind = 'binary' | 'number' | 'count' | 'classes';

export interface AlgorithmEntry {
  readonly family: 'algorithm';
  readonly name: string;
  readonly labels: readonly LabelKind[];
  /** Categories that reach it raw are one-hot encoded, and null input is refused. */
  readonly needsNumbers: boolean;
  readonly settings: readonly SettingEntry[];
  readonly earlyStop: boolean;
  readonly doc: string;
  readonly source: string;
}

export interface MetricEntry {
  readonly family: 'metric';
  readonly name: string;
  readonly labels: readonly LabelKind[];
  readonly better: 'higher' | 'lower';
  readonly parameters: readonly SettingEntry[];
  /** Attainable values, for ranges of claims that can never or always hold. */
  readonly min: number | null;
  readonly max: number | null;
  /** Interval method: DeLong, Wilson or bootstrap. */
  readonly interval: 'delong' | 'wilson' | 'bootstrap';
  readonly doc: string;
  readonly source: string;
}

export interface ConnectorEntry {
  readonly family: 'connector';
  readonly name: string;
  readonly options: readonly SettingEntry[];
  readonly doc: string;
  readonly source: string;
  readonly example: string;
}

export interface DriftEntry {
  readonly family: 'drift';
  readonly name: string;
  readonly applies: 'number' | 'category' | 'any';
  readonly min: number;
  readonly max: number | null;
  readonly doc: string;
  readonly source: string;
}

export interface RoleEntry {
  readonly family: 'role';
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
}

/** A word of the language that is read and reserved but does not run yet: using it is the diagnostic `later-form`. */
export interface LaterEntry {
  readonly family: 'later';
  readonly name: string;
  /** Where the word stands: `step` in a table, `setting` before a colon, `choice` as the value of one, `item` and `declaration` as first word. */
  readonly of: 'algorithm' | 'metric' | 'transform' | 'step' | 'setting' | 'choice' | 'function' | 'role' | 'item' | 'declaration' | 'type' | 'drift';
}

export type CatalogueEntry =
  | OperatorEntry
  | FunctionEntry
  | AggregateEntry
  | TransformEntry
  | AlgorithmEntry
  | MetricEntry
  | ConnectorEntry
  | DriftEntry
  | RoleEntry
  | LaterEntry;
