/**
 * The analysis of a set of files: inputs in, diagnostics, typed programs and plans out. It never throws, never awaits and reads
 * nothing: what it lacks it returns as needs, the host fetches, sets an input and asks again.
 */
import type { Diagnostic } from './diagnostic.ts';
import type { Program } from './model/program.ts';
import type { Plan } from './plan/plan.ts';
import type { PlanTest } from './plan/unitTests.ts';
import type { Claim } from './rules/claims/claim.ts';
import type { Standing } from './rules/verdicts.ts';
import type { RuleSeverity, Waived } from './rules/waive.ts';
import type { FileTree } from './syntax/ast.ts';

/** A fact the analysis asks the host for. Paths are `/`-separated and relative to the project's root. */
export type Need = { readonly kind: 'file'; readonly path: string; readonly from: string };

/** A file as the host found it: its text, or why there is none. */
export type FileInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'outside' /* outside the project */ }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not text'; readonly why: string };

export interface PlanResult {
  /** Null when the program has errors. */
  readonly plan: Plan | null;
  /** Of the file, and the errors of the files that its imports lead to. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface TestsResult {
  /** The tests of the file, in order; null when the program has errors. */
  readonly tests: readonly PlanTest[] | null;
  /** As of a plan. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Analysis {
  setFile(path: string, input: FileInput): void;
  /** Programs that there are beside the files that were set: offered where an import finds no file. */
  setOthers(paths: readonly string[]): void;
  /** Values for `param` declarations, as text (`--param horizon=90d`). */
  setParameters(values: Readonly<Record<string, string>>): void;
  /** Severities that the project gives to rules in place of their own. */
  setSeverities(values: Readonly<Record<string, RuleSeverity>>): void;
  /** Sorted by place. Repeated until `needs` is empty the result is final; before, it is weaker but never wrong. */
  diagnostics(file: string): readonly Diagnostic[];
  /** Findings that a comment in the text allows, which are not among the diagnostics. */
  waived(file: string): readonly Waived[];
  /** Why a comment allows findings of a rule in a line; null where none does. */
  reasonAt(file: string, rule: string, line: number): string | null;
  needs(): readonly Need[];
  /** The file and every file that its imports lead to, nearest first. */
  reach(file: string): readonly string[];
  tree(file: string): FileTree | null;
  program(): Program;
  /** Plans `file`, up to the named declarations (all when empty). */
  plan(file: string, names: readonly string[]): PlanResult;
  tests(file: string): TestsResult;
  /** Per task, feature set, model and evaluation of the file: how its validity claims hold. */
  verdicts(file: string): readonly Standing[];
  /** Each of these claims, with what its answer rests on. */
  claims(file: string): readonly Claim[];
}
