/**
 * What a rule is. Problems that arise while typing (a wrong type, an unknown name) are found by the model and only named here; rules
 * of the leakage group have a `check` that reads the typed program. Either way the rule's entry holds code, severity, group and why,
 * and its Markdown page lies beside it.
 */
import type { RuleGroup, Severity, Verdict } from '../diagnostic.ts';
import type { Problem, ProblemFix } from '../model/problem.ts';
import type { Program } from '../model/program.ts';
import type { Place } from '../text/place.ts';

export interface Rule {
  readonly name: string;
  /** `CUP` and four digits: 1xxx syntax, 2xxx names, types, schema, units, 3xxx leakage and validity, 9xxx the rest. */
  readonly code: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** Leakage type (`L1.2`), or null. */
  readonly type: string | null;
  readonly verdict: Verdict | null;
  /** One sentence on why it matters that a colleague from the business understands. */
  readonly why: string;
  /** No program can break it: the page has no wrong example, and `test/guarantees/<name>.test.ts` shows the property instead. */
  readonly guarantee?: true;
  /** Finds problems in the declarations of one file; absent when the model or parser reports them. */
  readonly check?: (program: Program, file: string) => Problem[];
  /** Repairs that take more than the declaration at fault; `textOf` gives what is written at a place. */
  readonly fixes?: (program: Program, problem: Problem, textOf: (place: Place) => string) => ProblemFix[];
}
