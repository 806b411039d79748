/**
 * Flow facts: where a value came from, when it was known, and which rows it was learned from (docs/transfer.md states the rule of
 * each construct). Facts form small lattices; joining two values joins their facts; each construct is one transfer function.
 * Every fact carries its reason, so that the trace of a diagnostic is read off and never reconstructed.
 */
import type { DurationValue } from '../syntax/ast.ts';
import type { Place } from '../text/place.ts';

/** A link of a chain of causes: what happened here, and because of what. */
export interface Reason {
  readonly place: Place;
  readonly message: string;
  readonly because: Reason | null;
}

/**
 * "Known when the value of `root`, plus `plus`, has passed". A root is a time column of one row under a name that survives renaming.
 */
export interface Term {
  readonly root: string;
  readonly plus: DurationValue;
  readonly reason: Reason;
  /** Known no later than that, and of some rows earlier. */
  readonly isBound?: true;
  /** Of a row that a table joined by hand: the rule that says why this is not known in time, if it is not. */
  readonly joined?: JoinRule;
  /** Of a row of another table, reached by its key: what the row that reaches it calls by that key, and the key, as definitions. */
  readonly partner?: Partner;
}

/** A row `row` of which equals the other row's `key`; both as `Definition.text`. */
export interface Partner {
  readonly row: string;
  readonly key: string;
}

/** Rules about rows of another table's history, joined by key and a condition on times instead of as of a moment. */
export type JoinRule = 'not-point-in-time' | 'event-time-not-known-time' | 'window-includes-cutoff';

/** What masking by the known time cannot repair; named after the rule that reports it. */
export type BlockRule =
  | 'after-outcome'
  | 'current-state'
  | 'unknown-availability'
  | 'all-rows-aggregate'
  | 'latest-version-kept'
  | 'rows-known-late'
  | 'time-shifted'
  | 'fitted-in-table'
  | 'join-fanout'
  | 'outlier-rule-from-all-rows'
  | 'lag-across-entities'
  | JoinRule;

export interface Block {
  readonly rule: BlockRule;
  readonly verdict: 'leaks' | 'assumed';
  /** The source column or table at fault, for one report per cause. */
  readonly subject: string;
  /** The file that declares the subject: another may have one of that name. */
  readonly home: string;
  readonly reason: Reason;
  /** A figure of place or spread over all rows, such as outliers are told by. */
  readonly isStatistic?: true;
}

/** A column of a source that was read, with how it was reached. */
export interface Lineage {
  readonly source: string;
  /** The file that declares the source: another may have one of that name. */
  readonly home: string;
  readonly column: string;
  /** Event times read, relative to the cutoff: `own` for the observation's own row, else the window's edges (null: open). */
  readonly region: 'own' | { readonly from: DurationValue | null; readonly to: DurationValue | null };
  /** Not the cell itself went in: it only chose the rows of a window, or these rows were counted. Absent where the cell was read. */
  readonly rows?: 'chosen' | 'counted' | undefined;
  /** It says who is meant: a key, a ref, a group, or what rows were grouped by. What else went into a value that rows meet by is told by it. */
  readonly isWho?: true | undefined;
  /** The cell is known only after it is read, for every observation: it reads as null. */
  readonly isAlwaysNull?: true | undefined;
  /** The cells that say who is meant and led to this one, through joins, refs and links: each as `cellKey`, one after the other. */
  readonly ledBy?: string | undefined;
  /** Of a row that tables joined by equal keys, and by which joins: it may happen at the very moment of the row that it was joined to. */
  readonly joined?: string | undefined;
  /** Of such a row: no two rows were joined to one, so that no other row leads to it. */
  readonly isAlone?: true | undefined;
  /** Of a row that was known before the moment at which it is read: as of a time, or along a ref at the cutoff. In a window: of one that its rows lead to. */
  readonly isBefore?: true | undefined;
  /** Rows were only drawn by it, or brought into an order where they are of one moment: by a hash, of which nobody makes a choice of outcomes. */
  readonly isDrawn?: true | undefined;
  readonly reason: Reason;
}

/** Whether the value tells observations apart: keys, refs and injective functions of them keep it; aggregation clears it. */
export type Identity = 'none' | 'group' | 'entity' | 'row';

/** Which rows' statistics went into a value. */
export type Fit = 'row' | 'history' | 'train' | 'all-rows';

/** How a value relates to the task's label. */
export type LabelFlow = 'none' | 'peer' | 'derived' | 'proxy';

export interface Facts {
  /** `when`: the value is known when the last of these has passed; empty: always known. */
  readonly known: readonly Term[];
  readonly blocks: readonly Block[];
  readonly lineage: readonly Lineage[];
  readonly label: LabelFlow;
  readonly fit: Fit;
  readonly identity: Identity;
  readonly identityReason: Reason | null;
  /** Governance tags: `protected`, `pii:name`, `region:EU`, `purpose:x`. */
  readonly tags: readonly string[];
}
