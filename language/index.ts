/** The door of the language room: what the command line, the server and tests use. */
export type { Analysis, FileInput, Need, PlanResult } from './analysis.ts';
export { createAnalysis } from './createAnalysis.ts';
export type { Diagnostic, Fix, RelatedPlace, RuleGroup, Severity, TextEdit, Verdict } from './diagnostic.ts';
export { type Completion, completions } from './ide/completion.ts';
export { type Hint, hints } from './ide/hints.ts';
export { type Hover, hover } from './ide/hover.ts';
export { type Lens, lenses } from './ide/lenses.ts';
export type { RunFacts, ShownRun } from './ide/runFacts.ts';
export type { DeclarationEntry, Program } from './model/program.ts';
export type { Plan } from './plan/plan.ts';
export { findRule, ruleNamed, rules } from './rules/list.ts';
export type { Rule } from './rules/rule.ts';
export type { FileTree } from './syntax/ast.ts';
export { format } from './syntax/format.ts';
export { type LineIndex, lineIndex, offsetAt, positionAt } from './text/lines.ts';
export type { Place, Position, Range } from './text/place.ts';
