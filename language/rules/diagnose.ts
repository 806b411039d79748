/**
 * From problems to diagnostics: the problems of parser, model and rules get their rule's metadata and absolute positions. A rule that
 * throws becomes one `internal-error` that names it; the others go on.
 */
import type { Diagnostic, TextEdit } from '../diagnostic.ts';
import type { Problem } from '../model/problem.ts';
import type { Program } from '../model/program.ts';
import type { FileTree, SyntaxProblem } from '../syntax/ast.ts';
import { gather } from '../text/gather.ts';
import { shortHash } from '../text/hash.ts';
import { type LineIndex, lineIndex, positionAt } from '../text/lines.ts';
import type { Place, Range } from '../text/place.ts';
import { internalError } from './internal-error.ts';
import { ruleNamed, rules } from './list.ts';
import { remembered } from './remembered.ts';

const severityOrder = { error: 0, warning: 1, info: 2, hint: 3 } as const;

/** The chunk id of problems that concern the file as a whole. */
export const wholeFile = '';

function asProblem(problem: SyntaxProblem, file: string, decl: string): Problem {
  const place = (span: SyntaxProblem['span']): Place => ({ file, decl, span });
  return {
    rule: problem.rule,
    place: place(problem.span),
    message: problem.message,
    label: null,
    help: problem.help,
    related: [],
    fixes: problem.fix ? [{ title: problem.fix.title, safe: true, edits: [{ place: place(problem.fix.span), text: problem.fix.text }] }] : [],
  };
}

/** Where lines and declarations begin: found once for a tree, however many problems it has. */
interface Layout {
  readonly lines: LineIndex;
  readonly starts: ReadonlyMap<string, number>;
}

const layouts = new WeakMap<FileTree, Layout>();

function layoutOf(tree: FileTree): Layout {
  const known = layouts.get(tree);
  if (known) return known;
  const starts = new Map<string, number>();
  for (const { id, start } of tree.chunks) starts.set(id, start);
  const layout = { lines: lineIndex(tree.text), starts };
  layouts.set(tree, layout);
  return layout;
}

/** Finds the absolute range of a place in any file whose tree `treeOf` knows. */
export function rangeOf(place: Place, treeOf: (file: string) => FileTree | null): Range | null {
  const tree = treeOf(place.file);
  if (!tree) return null;
  const { lines, starts } = layoutOf(tree);
  const start = place.decl === wholeFile ? 0 : starts.get(place.decl);
  if (start === undefined) return null;
  return { start: positionAt(lines, start + place.span.start), end: positionAt(lines, start + place.span.end) };
}

/** From the start to the end of the declaration that a place lies in. */
export function aroundOf(place: Place, treeOf: (file: string) => FileTree | null): Range | null {
  const chunk = treeOf(place.file)?.chunks.find(({ id }) => id === place.decl);
  return chunk ? rangeOf({ ...place, span: { start: 0, end: chunk.parsed.text.length } }, treeOf) : null;
}

function normalised(place: Place, tree: FileTree): string {
  const start = layoutOf(tree).starts.get(place.decl) ?? 0;
  return tree.text
    .slice(start + place.span.start, start + place.span.end)
    .replace(/\s+/g, ' ')
    .trim();
}

/** What is deleted goes with its documentation, comma and line, where nothing else stands in them. */
function withoutGap(range: Range, tree: FileTree): Range {
  const { lines } = layoutOf(tree);
  const line = (i: number): string => tree.text.slice(lines[i] ?? tree.text.length, lines[i + 1]).replace(/[\r\n]+$/, '');
  const before = line(range.start.line).slice(0, range.start.character);
  const after = line(range.end.line).slice(range.end.character);
  if (before.trim() === '' && /^\s*,?\s*(\/\/.*)?$/.test(after)) {
    let first = range.start.line;
    while (first > 0 && /^\s*\/\/\//.test(line(first - 1))) first--;
    return { start: { line: first, character: 0 }, end: { line: range.end.line + 1, character: 0 } };
  }
  const next = /^\s*,[ \t]*/.exec(after)?.[0];
  if (next !== undefined) return { start: range.start, end: { line: range.end.line, character: range.end.character + next.length } };
  const previous = /,\s*$/.exec(before)?.[0] ?? '';
  return { start: { line: range.start.line, character: range.start.character - previous.length }, end: range.end };
}

/** Null when the place is in no tree. */
export function diagnosticOf(problem: Problem, tree: FileTree, treeOf: (file: string) => FileTree | null): Diagnostic | null {
  const rule = ruleNamed(problem.rule) ?? internalError;
  const range = rangeOf(problem.place, treeOf);
  if (!range) return null;
  const related = problem.related.flatMap(({ place, message }) => {
    const at = rangeOf(place, treeOf);
    return at ? [{ file: place.file, range: at, message }] : [];
  });
  const fixes = problem.fixes.flatMap(fix => {
    const edits = fix.edits.flatMap(({ place, text, item }): TextEdit[] => {
      const at = rangeOf(place, treeOf);
      const written = treeOf(place.file);
      return at ? [{ file: place.file, range: item && written ? withoutGap(at, written) : at, text }] : [];
    });
    return edits.length === fix.edits.length ? [{ title: fix.title, safe: fix.safe, edits }] : [];
  });
  return {
    file: problem.place.file,
    range,
    severity: rule.severity,
    code: rule.code,
    rule: rule.name,
    group: rule.group,
    type: rule.type,
    verdict: rule.verdict,
    message: problem.message,
    why: rule.why,
    help: problem.help,
    label: problem.label,
    related,
    fixes,
    url: `docs/rules/${rule.name}.md`,
    fingerprint: shortHash(`${rule.name}|${problem.place.decl}|${normalised(problem.place, tree)}`),
  };
}

/** The problem with the repairs that its rule knows for the whole program. */
function withFixes(program: Program, problem: Problem, textOf: (place: Place) => string): Problem {
  const further = ruleNamed(problem.rule)?.fixes?.(program, problem, textOf) ?? [];
  return further.length ? { ...problem, fixes: [...problem.fixes, ...further] } : problem;
}

const none: readonly Problem[] = [];

/** All diagnostics of one file, sorted by place. */
export function diagnose(asked: Program, tree: FileTree, treeOf: (file: string) => FileTree | null): Diagnostic[] {
  const { file } = tree;
  const program = remembered(asked, file);
  // Joined, never pushed by spreading: there may be more problems than a call takes arguments.
  const problems: readonly Problem[] = [
    ...tree.problems.map(problem => asProblem(problem, file, wholeFile)),
    ...tree.chunks.flatMap(chunk => chunk.parsed.problems.map(problem => asProblem(problem, file, chunk.id))),
    ...program.problems(file),
    ...gather(rules, rule => {
      try {
        return rule.check?.(program, file) ?? none;
      } catch (error) {
        return failed(rule.name, error, file);
      }
    }),
  ];
  const textOf = ({ file: of, decl, span }: Place): string => {
    const written = treeOf(of);
    if (written === null) return '';
    const start = layoutOf(written).starts.get(decl) ?? 0;
    return written.text.slice(start + span.start, start + span.end);
  };
  const seen = new Set<string>();
  return problems
    .flatMap(problem => {
      try {
        return [withFixes(program, problem, textOf)];
      } catch (error) {
        return [problem, failed(problem.rule, error, file)];
      }
    })
    .flatMap(problem => diagnosticOf(problem, tree, treeOf) ?? [])
    .filter(({ rule, range, message }) => {
      const key = `${rule}|${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}|${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort(byPlace);
}

export const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  a.range.start.line - b.range.start.line ||
  a.range.start.character - b.range.start.character ||
  severityOrder[a.severity] - severityOrder[b.severity] ||
  (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);

/** A rule or query that failed, as a problem at the start of the file. */
export function failed(what: string, error: unknown, file: string): Problem {
  return {
    rule: internalError.name,
    place: { file, decl: wholeFile, span: { start: 0, end: 0 } },
    message: `\`${what}\` failed on this file: ${error instanceof Error ? error.message : String(error)}`,
    label: null,
    help: 'This is a bug in Cupel. The other rules ran; please report it with the file.',
    related: [],
    fixes: [],
  };
}
