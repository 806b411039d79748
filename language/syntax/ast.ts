/**
 * The typed syntax tree. Every node carries the span it was written at, relative to its declaration's chunk.
 * A tree exists for every text: what could not be read is a `Missing` expression, a `Damaged` declaration or an empty name.
 */
import type { DurationValue } from '../text/duration.ts';
import type { Span } from '../text/place.ts';

export type { DurationValue };

/** An identifier as written; backticks are removed from `text`. `text` is empty where a name is missing. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

// ---------------------------------------------------------------- expressions

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | 'div' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'in' | 'matches' | '??';

export type Expr =
  | { readonly kind: 'number'; readonly span: Span; readonly value: number; readonly isInteger: boolean; readonly raw: string }
  | { readonly kind: 'percent'; readonly span: Span; readonly value: number /* 98% is 0.98 */; readonly raw: string }
  | { readonly kind: 'duration'; readonly span: Span; readonly value: DurationValue; readonly raw: string }
  /** `micros` since 1970 UTC of the date's first instant. */
  | { readonly kind: 'date'; readonly span: Span; readonly iso: string; readonly micros: number }
  | { readonly kind: 'timestamp'; readonly span: Span; readonly iso: string; readonly micros: number }
  | { readonly kind: 'text'; readonly span: Span; readonly value: string }
  | { readonly kind: 'bool'; readonly span: Span; readonly value: boolean }
  | { readonly kind: 'null'; readonly span: Span }
  | { readonly kind: 'name'; readonly span: Span; readonly name: Name }
  | { readonly kind: 'member'; readonly span: Span; readonly object: Expr; readonly name: Name }
  | { readonly kind: 'call'; readonly span: Span; readonly callee: Name; readonly args: readonly Argument[] }
  | { readonly kind: 'unary'; readonly span: Span; readonly operator: '-' | '+' | 'not'; readonly operand: Expr }
  | {
      readonly kind: 'binary';
      readonly span: Span;
      readonly operator: BinaryOperator;
      readonly operatorSpan: Span;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'if'; readonly span: Span; readonly condition: Expr; readonly then: Expr; readonly otherwise: Expr }
  | { readonly kind: 'list'; readonly span: Span; readonly items: readonly Expr[] }
  /** Inclusive at both ends; an absent end is open. */
  | { readonly kind: 'range'; readonly span: Span; readonly from: Expr | null; readonly to: Expr | null }
  /** `{ "male", "female" }`: only as the set of a category or the right side of `in`. */
  | { readonly kind: 'set'; readonly span: Span; readonly items: readonly Expr[] }
  /** `value |> target`: the target is a call or a name. */
  | { readonly kind: 'pipe'; readonly span: Span; readonly value: Expr; readonly target: Expr }
  | { readonly kind: 'missing'; readonly span: Span };

export type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** An argument: `e`, `name: e`, or a window `[e of] T [via c] [last d [lag d] | next d] [where p]`. */
export interface Argument {
  readonly span: Span;
  readonly name: Name | null;
  readonly value: Expr;
  /** Present when any of `of`, `via`, `last`, `next`, `where` was written; `value` is then the expression before `of`, or the table itself. */
  readonly window: WindowClause | null;
}

export interface WindowClause {
  readonly span: Span;
  /** The table after `of`; null when the argument's value is the table. */
  readonly of: Expr | null;
  readonly via: Expr | null;
  readonly frame: { readonly kind: 'last' | 'next'; readonly span: Span; readonly duration: Expr; readonly lag: Expr | null } | null;
  readonly where: Expr | null;
}

// ---------------------------------------------------------------- blocks

/** Items of the blocks of `check`, `split`, `features`, `model`, `evaluate`, and of settings in `task`. */
export type Item =
  /** `name: value`, `max f1 on validate`, `10 on validate`, `tune { … }` is a `block`. */
  | {
      readonly kind: 'setting';
      readonly span: Span;
      readonly doc: string | null;
      readonly name: Name;
      readonly value: Expr;
      readonly direction: 'max' | 'min' | null;
      readonly on: Expr | null;
    }
  | { readonly kind: 'definition'; readonly span: Span; readonly doc: string | null; readonly name: Name; readonly value: Expr }
  /** An expression or claim; `words` are bare names behind it: a drift test (`psi`) and a severity (`warn`). */
  | { readonly kind: 'expression'; readonly span: Span; readonly doc: string | null; readonly value: Expr; readonly words: readonly Name[] }
  /** `by e { … }` */
  | { readonly kind: 'segment'; readonly span: Span; readonly by: Expr; readonly items: readonly Item[] }
  /** `tune { … }`, `fair over sex { … }`, `explain shap { … }`: a word, what stands behind it, and a block. */
  | { readonly kind: 'block'; readonly span: Span; readonly word: Name; readonly header: readonly Name[]; readonly items: readonly Item[] };

// ---------------------------------------------------------------- declarations

interface Declared {
  readonly span: Span;
  readonly keyword: Span;
  /** The `///` text above, joined by line ends, or null. */
  readonly doc: string | null;
}

export type Declaration =
  | ImportDeclaration
  | ParamDeclaration
  | DefDeclaration
  | SourceDeclaration
  | TableDeclaration
  | CheckDeclaration
  | TaskDeclaration
  | SplitDeclaration
  | FeaturesDeclaration
  | ModelDeclaration
  | EvaluateDeclaration
  | TestDeclaration
  | LaterDeclaration
  | DamagedDeclaration;

export interface ImportDeclaration extends Declared {
  readonly kind: 'import';
  readonly names: readonly Name[];
  readonly path: string;
  readonly pathSpan: Span;
}

export interface ParamDeclaration extends Declared {
  readonly kind: 'param';
  readonly name: Name;
  readonly type: TypeExpr | null;
  /** `unit "EUR/USD"` behind the type. */
  readonly unit: Expr | null;
  readonly value: Expr | null;
}

export interface DefDeclaration extends Declared {
  readonly kind: 'def';
  readonly name: Name;
  readonly parameters: readonly Name[];
  readonly body: Expr;
}

export interface TypeExpr {
  readonly span: Span;
  /** `bool int float decimal text category date timestamp duration vector list json key ref` */
  readonly name: Name;
  /** `decimal(10, 2)`, `vector(8)`. */
  readonly args: readonly Expr[];
  /** `category { "a", "b" }`; null for an open category. */
  readonly levels: readonly Expr[] | null;
  /** `ref TABLE`. */
  readonly table: Name | null;
  /** `list<T>` */
  readonly element: TypeExpr | null;
  readonly nullable: boolean;
}

export type Constraint =
  | { readonly kind: 'in'; readonly span: Span; readonly range: Expr /* range, set or list */ }
  | { readonly kind: 'matches'; readonly span: Span; readonly pattern: Expr }
  | { readonly kind: 'unique'; readonly span: Span }
  | { readonly kind: 'immutable'; readonly span: Span }
  | { readonly kind: 'unit'; readonly span: Span; readonly unit: Expr };

/** `@name` or `@name(args)`. */
export interface Role {
  readonly span: Span;
  readonly name: Name;
  readonly args: readonly Expr[];
}

export interface ColumnDeclaration {
  readonly span: Span;
  readonly doc: string | null;
  readonly name: Name;
  readonly type: TypeExpr;
  readonly constraints: readonly Constraint[];
  readonly roles: readonly Role[];
}

export interface SourceDeclaration extends Declared {
  readonly kind: 'source';
  readonly name: Name;
  /** A call such as `csv("x.csv", delimiter: ";")`. */
  readonly connector: Expr;
  readonly until: Expr | null;
  /** Null when no block was written. */
  readonly columns: readonly ColumnDeclaration[] | null;
}

export interface SortKey {
  readonly span: Span;
  readonly value: Expr;
  readonly descending: boolean;
}

export type Step =
  | { readonly kind: 'where'; readonly span: Span; readonly keyword: Span; readonly condition: Expr }
  | {
      readonly kind: 'derive';
      readonly span: Span;
      readonly keyword: Span;
      readonly columns: readonly { readonly name: Name; readonly value: Expr }[];
    }
  | { readonly kind: 'select'; readonly span: Span; readonly keyword: Span; readonly columns: readonly Name[] }
  | { readonly kind: 'drop'; readonly span: Span; readonly keyword: Span; readonly columns: readonly Name[] }
  | { readonly kind: 'rename'; readonly span: Span; readonly keyword: Span; readonly pairs: readonly { readonly from: Name; readonly to: Name }[] }
  | {
      readonly kind: 'join';
      readonly span: Span;
      readonly keyword: Span;
      readonly join: 'left' | 'inner';
      readonly table: Name;
      readonly on: readonly JoinKey[];
      readonly asOf: Expr | null;
    }
  | { readonly kind: 'union'; readonly span: Span; readonly keyword: Span; readonly table: Name }
  | {
      readonly kind: 'group';
      readonly span: Span;
      readonly keyword: Span;
      readonly by: readonly Name[];
      readonly aggregates: readonly { readonly name: Name; readonly value: Expr }[];
    }
  | {
      readonly kind: 'dedupe';
      readonly span: Span;
      readonly keyword: Span;
      readonly by: readonly Name[];
      readonly keep: 'latest' | 'earliest';
      readonly order: Name | null;
    }
  | { readonly kind: 'time'; readonly span: Span; readonly keyword: Span; readonly time: Name; readonly known: Name | null }
  | { readonly kind: 'known'; readonly span: Span; readonly keyword: Span; readonly columns: readonly Name[]; readonly at: Name }
  | { readonly kind: 'sort'; readonly span: Span; readonly keyword: Span; readonly keys: readonly SortKey[] }
  | { readonly kind: 'sample'; readonly span: Span; readonly keyword: Span; readonly amount: Expr; readonly seed: Expr | null }
  | { readonly kind: 'history'; readonly span: Span; readonly keyword: Span; readonly by: readonly Name[]; readonly at: Name }
  /** `pivot`, `unnest`, `resolve`: read, typed as unknown, not run yet. */
  | { readonly kind: 'later'; readonly span: Span; readonly keyword: Span; readonly word: string }
  /** A fitted transform or a function written as a step: `| standardize`, `| impute(median)`. */
  | { readonly kind: 'call'; readonly span: Span; readonly keyword: Span; readonly call: Expr }
  | { readonly kind: 'damaged'; readonly span: Span; readonly keyword: Span };

/** `on key` has left == right; `on a == b` names the left table's column first. */
export interface JoinKey {
  readonly span: Span;
  readonly left: Name;
  readonly right: Name;
}

export interface TableDeclaration extends Declared {
  readonly kind: 'table';
  readonly name: Name;
  readonly base: Name;
  readonly steps: readonly Step[];
}

export interface CheckDeclaration extends Declared {
  readonly kind: 'check';
  readonly table: Name;
  readonly items: readonly Item[];
}

export interface TaskDeclaration extends Declared {
  readonly kind: 'task';
  readonly name: Name;
  readonly each: { readonly span: Span; readonly name: Name; readonly table: Name; readonly where: Expr | null } | null;
  readonly at:
    | {
        readonly kind: 'every';
        readonly span: Span /** a duration, or the word `month`, `week`, `day`, `hour`, `quarter`, `year` as a name */;
        readonly step: Expr;
        readonly from: Expr;
        readonly to: Expr;
      }
    | { readonly kind: 'column'; readonly span: Span; readonly value: Expr }
    | null;
  readonly label: /** `value` is null for `label name`, whose value is the column of that name. */
    | { readonly kind: 'label'; readonly span: Span; readonly name: Name; readonly value: Expr | null }
    | { readonly kind: 'none'; readonly span: Span }
    | null;
  readonly items: readonly Item[];
}

export interface SplitDeclaration extends Declared {
  readonly kind: 'split';
  /** The split's own name when `for TASK` was written, else the task's. */
  readonly name: Name;
  readonly task: Name | null;
  /** `random`, `time`, `group`, as written. */
  readonly method: Name;
  readonly items: readonly Item[];
}

export interface FeaturesDeclaration extends Declared {
  readonly kind: 'features';
  readonly name: Name;
  readonly task: Name;
  readonly items: readonly Item[];
}

export interface ModelDeclaration extends Declared {
  readonly kind: 'model';
  readonly name: Name;
  readonly definition: /** `gradient_boosting(who)`, `stacking(a, b)`. */
    | { readonly kind: 'algorithm'; readonly span: Span; readonly algorithm: Name; readonly args: readonly Name[] }
    | { readonly kind: 'best'; readonly span: Span; readonly of: readonly Name[]; readonly by: Expr; readonly on: Expr | null }
    | { readonly kind: 'missing'; readonly span: Span };
  readonly items: readonly Item[];
}

export interface EvaluateDeclaration extends Declared {
  readonly kind: 'evaluate';
  readonly model: Name;
  /** A name (`test`, `validate`, `train`, `folds`) or `SPLIT.test`. */
  readonly partition: Expr;
  readonly where: Expr | null;
  readonly as: Name | null;
  readonly items: readonly Item[];
}

/** `{ order_id: "o1", amount: 5 }`: of its items only settings are cells. */
export interface TestRow {
  readonly span: Span;
  readonly cells: readonly Item[];
}

export interface TestDeclaration extends Declared {
  readonly kind: 'test';
  /** The table or feature set that is tested. */
  readonly of: Name;
  readonly as: Name | null;
  readonly given: readonly { readonly span: Span; readonly table: Name; readonly rows: readonly TestRow[] }[];
  readonly cutoff: { readonly span: Span; readonly value: Expr } | null;
  /** `features`: where the word was written. */
  readonly expect: { readonly span: Span; readonly features: Span | null; readonly rows: readonly TestRow[] } | null;
}

/** `mine`, `deploy`, `monitor`, `policy`: recognised and skipped. */
export interface LaterDeclaration extends Declared {
  readonly kind: 'later';
  readonly word: string;
  readonly name: Name | null;
}

/** Text that no declaration could be made of. */
export interface DamagedDeclaration extends Declared {
  readonly kind: 'damaged';
}

// ---------------------------------------------------------------- files

/** What was expected and found where a text cannot be read; turned into a diagnostic by the syntax rules. */
export interface SyntaxProblem {
  readonly rule: string;
  readonly span: Span;
  readonly message: string;
  readonly help: string | null;
  /** Replaces `span` when the repair is clear. */
  readonly fix: { readonly title: string; readonly span: Span; readonly text: string } | null;
}

/** One declaration's text, parsed: equal text gives the identical object. */
export interface ParsedChunk {
  readonly text: string;
  readonly declaration: Declaration | null;
  readonly problems: readonly SyntaxProblem[];
}

/** A chunk at its place in the file. Chunks cover the file without gaps. */
export interface Chunk {
  /** Unique in the file and stable while other declarations change: `source orders`, `evaluate gbt`, `check orders #2`, `damaged #1`. */
  readonly id: string;
  readonly start: number;
  readonly parsed: ParsedChunk;
}

export interface FileTree {
  readonly file: string;
  readonly text: string;
  readonly chunks: readonly Chunk[];
  /** Problems of the file as a whole (wrong encoding, too large), spans from the file's start. */
  readonly problems: readonly SyntaxProblem[];
}
