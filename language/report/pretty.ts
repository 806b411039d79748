/** Diagnostics for people: the place first, then why it matters, what to do and where to read more. Pure: colours come from the host. */
import type { Diagnostic } from '../diagnostic.ts';
import { excerpt, gutterOf, type Mark } from './excerpt.ts';
import { type CheckReport, countBySeverity, countOf, groupDigits, severities, type VerdictCount } from './report.ts';
import { paintOf, type Style } from './style.ts';
import { displayWidth, padEnd, printable, truncate, wrap } from './width.ts';

export interface PrettyOptions {
  readonly width: number;
  readonly style: Style;
  /** The text of a file as it was checked; null where there is none. */
  readonly source: (file: string) => string | null;
}

/** Leakage types after Kapoor and Narayanan (2023), in a word or two. */
const leakageTypes: Readonly<Record<string, string>> = {
  'L1.1': 'no test set',
  'L1.2': 'shared preprocessing',
  'L1.3': 'shared selection',
  'L1.4': 'duplicates',
  L2: 'illegitimate features',
  'L3.1': 'temporal',
  'L3.2': 'dependent rows',
  'L3.3': 'other population',
};

export function prettyDiagnostic(d: Diagnostic, options: PrettyOptions): string {
  const { style, width } = options;
  const paint = paintOf(style, d.severity);
  const head = `${d.severity}[${d.rule}]`;
  const [first = '', ...rest] = wrap(`${head}: ${printable(d.message)}`, width);
  const lines = [`${paint(head)}${style.strong(first.slice(head.length))}`, ...rest.map(line => style.strong(`  ${line}`))];
  const groups = groupByFile(d);
  const gutter = Math.max(2, gutterOf(groups.flatMap(g => g.marks)));
  const indent = ' '.repeat(gutter + 1);
  for (const { file, marks, at } of groups) {
    const text = linesOf(file, options);
    lines.push(`${indent}${style.dim('╭─')} ${printable(file)}:${at.line + 1}:${at.character + 1}`);
    if (text === null) lines.push(...withoutText(marks, indent, style));
    else lines.push(...excerpt(text, marks, { gutter, width, style, paint }));
    lines.push(`${indent}${style.dim('│')}`);
  }
  lines.push(...explanation(d, indent, options));
  return lines.join('\n');
}

/** What is proved, assumed, left to the data or leaks: a line for each declaration that makes validity claims, under its file. */
export function prettyVerdicts(verdicts: readonly VerdictCount[], { style, width }: Pick<PrettyOptions, 'style' | 'width'>): string[] {
  const files = new Map<string, VerdictCount[]>();
  for (const v of verdicts) files.set(v.file, [...(files.get(v.file) ?? []), v]);
  return [...files].flatMap(([file, list]) => {
    const names = list.map(v => truncate(printable(`${v.declares} ${v.declaration}`), Math.max(16, width - 42)));
    const widest = Math.max(...names.map(displayWidth));
    return [printable(file), ...list.map((v, i) => `  ${style.strong(padEnd(names[i] ?? '', widest))}   ${verdictText(v, style)}`)];
  });
}

/** `1 error, 1 warning in 2 files (31 ms)`. */
export function prettySummary(report: CheckReport, milliseconds: number | null, style: Style): string {
  const counts = countBySeverity(report.diagnostics);
  const found = severities.filter(s => counts[s] > 0).map(s => paintOf(style, s)(countOf(counts[s], s)));
  const took = milliseconds === null ? '' : style.dim(` (${Math.round(milliseconds)} ms)`);
  const allowed = report.waived.length === 0 ? '' : `, ${groupDigits(report.waived.length)} allowed with a reason`;
  const where = `in ${countOf(report.files, 'file')}${allowed}${took}`;
  return found.length === 0 ? `${style.good('Nothing found')} ${where}` : `${found.join(', ')} ${where}`;
}

/** Lines by file: a large file with many findings is divided once. */
const divided = new WeakMap<PrettyOptions, Map<string, readonly string[] | null>>();

function linesOf(file: string, options: PrettyOptions): readonly string[] | null {
  const files = divided.get(options) ?? new Map<string, readonly string[] | null>();
  divided.set(options, files);
  const known = files.get(file);
  if (known !== undefined) return known;
  const text = options.source(file);
  const lines = text === null ? null : splitLines(text);
  files.set(file, lines);
  return lines;
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

interface FileMarks {
  readonly file: string;
  readonly at: { readonly line: number; readonly character: number };
  readonly marks: Mark[];
}

function groupByFile(d: Diagnostic): FileMarks[] {
  const groups: FileMarks[] = [{ file: d.file, at: d.range.start, marks: [{ range: d.range, main: true, label: d.label }] }];
  for (const r of d.related) {
    const mark = { range: r.range, main: false, label: r.message };
    const group = groups.find(g => g.file === r.file);
    if (group) group.marks.push(mark);
    else groups.push({ file: r.file, at: r.range.start, marks: [mark] });
  }
  return groups;
}

function withoutText(marks: readonly Mark[], indent: string, style: Style): string[] {
  return marks.flatMap(m => (m.label === null ? [] : [`${indent}${style.dim('│')} ${printable(m.label)}`]));
}

function explanation(d: Diagnostic, indent: string, { style, width }: PrettyOptions): string[] {
  const lines: string[] = [];
  const hang = `${indent}      `;
  const add = (word: string, text: string, aside: string | null = null) => {
    const [first = '', ...rest] = wrap(printable(text), width - hang.length);
    const room = width - hang.length - displayWidth(first) - displayWidth(aside ?? '');
    const tail =
      aside === null || room < 3 || rest.length > 0 ? '' : style.dim(' '.repeat(Math.max(3, Math.min(room, 46 - displayWidth(first)))) + aside);
    lines.push(`${indent}${style.dim(word.padEnd(5))} ${first}${tail}`, ...rest.map(line => `${hang}${line}`));
  };
  if (d.why !== '') add('why', d.why);
  if (d.help !== null) add(d.fixes.length === 0 ? 'fix' : 'help', d.help);
  for (const fix of d.fixes) if (fix.title !== d.help) add('fix', fix.title, fix.safe ? null : 'changes the meaning');
  if (d.url !== '') add('page', `cupel explain ${d.rule}`, kindOf(d));
  return lines;
}

function kindOf(d: Diagnostic): string {
  if (d.type === null) return `${d.group} · ${d.code}`;
  const name = leakageTypes[d.type];
  return `${d.group} · ${d.type}${name === undefined ? '' : ` ${name}`}`;
}

function verdictText(v: VerdictCount, style: Style): string {
  const parts = [
    ...(v.leaks > 0 ? [style.error(countOf(v.leaks, 'leak'))] : []),
    ...(v.proved > 0 ? [style.good(`${v.proved} proved`)] : []),
    ...(v.assumed > 0 ? [style.warning(`${v.assumed} assumed`)] : []),
    ...(v.needsData > 0 ? [style.dim(`${v.needsData} ${v.needsData === 1 ? 'needs' : 'need'} data`)] : []),
  ];
  return parts.length === 0 ? style.dim('no claims') : parts.join(' · ');
}
