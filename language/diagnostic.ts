/** What the analysis says about a program: plain data, positions absolute, shaped for editors and terminals alike. */
import type { Range } from './text/place.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';
export type RuleGroup = 'syntax' | 'names' | 'types' | 'schema' | 'units' | 'leakage' | 'validity' | 'governance' | 'style';
export type Verdict = 'proved' | 'assumed' | 'needs data' | 'leaks';

export interface RelatedPlace {
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}

export interface TextEdit {
  readonly file: string;
  readonly range: Range;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  /** A safe fix never changes what a valid program means. */
  readonly safe: boolean;
  readonly edits: readonly TextEdit[];
}

export interface Diagnostic {
  readonly file: string;
  readonly range: Range;
  readonly severity: Severity;
  /** `CUP` and four digits, never re-used. */
  readonly code: string;
  /** The rule's name: what people write to allow or explain it. */
  readonly rule: string;
  readonly group: RuleGroup;
  /** The leakage type after Kapoor and Narayanan (`L3.1`), for leakage and validity. */
  readonly type: string | null;
  readonly verdict: Verdict | null;
  readonly message: string;
  readonly why: string;
  readonly help: string | null;
  /** Short text under the carets of the main range in the terminal. */
  readonly label: string | null;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  readonly url: string;
  /** Of the rule, the enclosing declaration and its normalised text; never of a line number. */
  readonly fingerprint: string;
}
