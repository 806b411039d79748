/**
 * Applies what a project and a program say about findings: severities of rules that the project sets, and comments that allow a finding
 * with a reason. What is wrong with such a comment is found here too, since only here is known what it allows.
 */
import { dataRules } from '../catalogue/dataRules.ts';
import type { Diagnostic, Severity } from '../diagnostic.ts';
import { type Problem, type ProblemFix, problem, respell } from '../model/problem.ts';
import type { Waiver, WaiverName } from '../syntax/waivers.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { ruleNamed, rules } from './list.ts';
import type { Rule } from './rule.ts';
import { waiverRules } from './waivers/list.ts';

export type RuleSeverity = Severity | 'off';

/** A finding that a comment allows, with what the comment says. */
export interface Waived extends Diagnostic {
  readonly reason: string;
}

const aboutWaivers: ReadonlySet<string> = new Set(waiverRules.map(rule => rule.name));
const judged: ReadonlySet<string> = new Set(['leakage', 'validity', 'governance', 'style']);

/** Whether the program has a meaning all the same, and somebody can answer for it. */
export const isWaivable = (rule: Rule): boolean =>
  !aboutWaivers.has(rule.name) && rule.name !== 'internal-error' && (judged.has(rule.group) || rule.severity !== 'error');

/** Rules that a run decides on data, and a check has no finding of. */
const measured: ReadonlySet<string> = new Set(dataRules.map(({ name }) => name));

const isWaivableName = (name: string): boolean => {
  const rule = ruleNamed(name);
  return measured.has(name) || (rule !== null && isWaivable(rule));
};

/** Whether only a run can tell that there is a finding of the rule. */
export const isFoundByRuns = (name: string): boolean => measured.has(name) || ruleNamed(name)?.verdict === 'needs data';

export const waivable: readonly Rule[] = rules.filter(isWaivable);

/** Null: the rule may have that severity; else why not. */
export function whyNotSet(name: string, severity: RuleSeverity): string | null {
  const rule = ruleNamed(name);
  if (measured.has(name)) return null;
  if (rule === null) return `there is no rule \`${name}\``;
  if (severity === 'error' || isWaivable(rule) || aboutWaivers.has(name)) return null;
  return `\`${name}\` is always an error: a program with it has no meaning`;
}

/** Whether the waiver, as it is written, allows findings of the rule. */
const allows = (waiver: Waiver, rule: string): boolean =>
  waiver.reason !== null && isWaivableName(rule) && waiver.names.some(({ text }) => text === rule);

/** The reason why a finding of the rule in that line is allowed; null where it is not. */
export const reasonFor = (waivers: readonly Waiver[], rule: string, line: number): string | null =>
  waivers.find(waiver => waiver.line === line && allows(waiver, rule))?.reason ?? null;

const place = (file: string, span: Span): Place => ({ file, decl: '', span });
const drop = (file: string, { span }: Waiver): ProblemFix => ({
  title: 'Delete the comment',
  safe: true,
  edits: [{ place: place(file, span), text: '', item: true }],
});

/** What is wrong with the waivers of a file. `isUsed`: whether there is a finding of that rule in the waiver's line. */
export function waiverProblems(file: string, waivers: readonly Waiver[], isUsed: (waiver: Waiver, name: WaiverName) => boolean): Problem[] {
  const names = [...waivable.map(({ name }) => name), ...measured];
  return waivers.flatMap((waiver): Problem[] => {
    const whole = place(file, waiver.span);
    if (!waiver.isWhole) {
      return [
        problem('unknown-waiver', whole, 'This comment to Cupel does not say what it allows.', {
          help: 'Write `// cupel: allow RULE because "…"`.',
        }),
      ];
    }
    const unknown = waiver.names.flatMap(({ text, span }) => unknownName(text, place(file, span), names));
    if (waiver.reason === null) {
      const known = waiver.names.map(({ text }) => text).join(', ');
      const help = `Say why: \`// cupel: allow ${known} because "…"\`.`;
      return [
        ...unknown,
        problem('waiver-without-reason', whole, `This comment does not say why \`${known}\` does no harm here, so it allows nothing.`, { help }),
      ];
    }
    const idle = waiver.names.filter(name => isWaivableName(name.text) && !isUsed(waiver, name));
    return [
      ...unknown,
      ...idle.map(({ text, span }) =>
        problem(
          'unused-waiver',
          waiver.names.length === 1 ? whole : place(file, span),
          `There is no \`${text}\` at this line that the comment would allow.`,
          {
            help: 'Delete the comment.',
            fixes: waiver.names.length === idle.length ? [drop(file, waiver)] : [],
          },
        ),
      ),
    ];
  });
}

function unknownName(name: string, at: Place, names: readonly string[]): Problem[] {
  if (isWaivableName(name)) return [];
  if (ruleNamed(name) !== null) {
    return [
      problem('unknown-waiver', at, `\`${name}\` cannot be allowed: without mending it the program has no meaning.`, {
        help: `cupel explain ${name}`,
      }),
    ];
  }
  const meant = nearest(name, names);
  return [
    problem('unknown-waiver', at, `There is no rule \`${name}\`.`, {
      help: meant === null ? 'The name stands in the brackets of the finding: `warning[current-state]`.' : `Did you mean \`${meant}\`?`,
      fixes: meant === null ? [] : [{ ...respell(at, meant), edits: [{ place: at, text: meant }] }],
    }),
  ];
}
