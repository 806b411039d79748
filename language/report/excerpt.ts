/**
 * The lines of a program that a finding is about, with the places underlined: `━` for the finding, `─` for what led to it. Columns are
 * terminal columns, so that marks stand under their text whatever tabs, wide characters or accents come before it.
 */
import type { Range } from '../text/place.ts';
import type { Style } from './style.ts';
import { displayWidth, graphemes, padStart, printable, truncate } from './width.ts';

export interface Mark {
  readonly range: Range;
  readonly main: boolean;
  readonly label: string | null;
}

interface LineMark {
  readonly from: number;
  readonly to: number;
  readonly main: boolean;
  readonly label: string | null;
}

/** Rendered text of a line with the terminal column at which each UTF-16 unit stands. */
interface Laid {
  readonly text: string;
  readonly columns: readonly number[];
}

const tabStop = 4;
/** Of a very long line only the neighbourhood of the marks is laid out. */
const longLine = 2000;

export interface ExcerptOptions {
  readonly gutter: number;
  readonly width: number;
  readonly style: Style;
  readonly paint: (text: string) => string;
}

/** Lines of the excerpt, each with its gutter, without the heading that names the file. */
export function excerpt(lines: readonly string[], marks: readonly Mark[], options: ExcerptOptions): string[] {
  const { gutter, style } = options;
  const shown = linesToShow(marks, lines.length);
  const out: string[] = [];
  let last = -1;
  for (const line of shown) {
    if (last >= 0 && line > last + 2) out.push(`${' '.repeat(gutter)} ${style.dim('┆')}`);
    else if (last >= 0 && line === last + 2) out.push(...sourceLine(lines, line - 1, [], options));
    out.push(...sourceLine(lines, line, marks, options));
    last = line;
  }
  return out;
}

/** The widest line number that the marks show. */
export function gutterOf(marks: readonly Mark[]): number {
  return String(Math.max(...marks.map(m => m.range.end.line + 1), 1)).length;
}

/** First and last line of each mark; a mark of at most three lines is shown whole. */
function linesToShow(marks: readonly Mark[], count: number): number[] {
  const shown = new Set<number>();
  for (const { range } of marks) {
    const last = endLine(range);
    shown.add(range.start.line);
    shown.add(last);
    if (last - range.start.line === 2) shown.add(range.start.line + 1);
  }
  return [...shown].filter(line => line < Math.max(count, 1)).sort((a, b) => a - b);
}

/** A range that ends at the start of a line does not reach into it. */
function endLine(range: Range): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
}

function sourceLine(lines: readonly string[], line: number, marks: readonly Mark[], options: ExcerptOptions): string[] {
  const { gutter, style, width } = options;
  const whole = lines[line] ?? '';
  const units = marks.flatMap(mark => unitsOn(mark, line, whole));
  const first = Math.min(...units.map(u => u.from), whole.length);
  const cutFrom = whole.length > longLine ? Math.max(0, first - 100) : 0;
  const laid = layOut(whole.slice(cutFrom, cutFrom + longLine));
  const columnAt = (unit: number) => laid.columns[Math.min(Math.max(unit - cutFrom, 0), laid.columns.length - 1)] ?? 0;
  const placed = units.map(u => ({ ...u, from: columnAt(u.from), to: Math.max(columnAt(u.to), columnAt(u.from) + 1) }));
  const room = Math.max(20, width - gutter - 3);
  const view = crop(laid.text, placed, room, cutFrom > 0);
  const number = padStart(String(line + 1), gutter);
  const rows = [`${style.dim(`${number} │`)} ${view.text}`.trimEnd()];
  for (const row of underlines(view.marks, options, room)) rows.push(`${' '.repeat(gutter)} ${style.dim('│')} ${row}`.trimEnd());
  return rows;
}

/** The part of a mark that lies on a line, in UTF-16 units; indentation is not underlined. */
function unitsOn(mark: Mark, line: number, text: string): LineMark[] {
  const last = endLine(mark.range);
  if (line < mark.range.start.line || line > last) return [];
  const indent = text.length - text.trimStart().length;
  const from = line === mark.range.start.line ? mark.range.start.character : indent;
  const to = line === mark.range.end.line ? mark.range.end.character : text.trimEnd().length;
  return [{ from, to: Math.max(to, from), main: mark.main, label: line === last ? mark.label : null }];
}

function layOut(text: string): Laid {
  let out = '';
  let column = 0;
  const columns: number[] = [];
  for (const g of graphemes(text)) {
    const shown = g.text === '\t' ? ' '.repeat(tabStop - (column % tabStop)) : printable(g.text);
    for (let i = 0; i < g.text.length; i++) columns.push(column);
    out += shown;
    column += g.text === '\t' ? shown.length : shown === g.text ? g.width : displayWidth(shown);
  }
  columns.push(column);
  return { text: out, columns };
}

/** Shows the stretch of a line around its marks when the line is wider than the room, with `…` where something is left out. */
function crop(text: string, marks: readonly LineMark[], room: number, cutBefore: boolean): { text: string; marks: LineMark[] } {
  const first = Math.min(...marks.map(m => m.from));
  if (displayWidth(text) <= room && !cutBefore) return { text, marks: [...marks] };
  const start = cutBefore || (marks.length > 0 && first > room - 20) ? Math.max(0, first - 20) : 0;
  let out = start > 0 || cutBefore ? '…' : '';
  let column = 0;
  let left = -1;
  for (const g of graphemes(text)) {
    if (column >= start) {
      if (left < 0) left = column;
      out += g.text;
    }
    column += g.width;
  }
  const shift = (start > 0 || cutBefore ? 1 : 0) - Math.max(left, 0);
  const visible = truncate(out, room);
  const end = displayWidth(visible);
  const moved = marks.map(m => ({ ...m, from: clamp(m.from + shift, 0, end - 1), to: clamp(m.to + shift, 1, end) }));
  return { text: visible, marks: moved.map(m => ({ ...m, to: Math.max(m.to, m.from + 1) })) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** The row of underlines, with the label of the rightmost mark, then one row for each further label, from right to left. */
function underlines(marks: readonly LineMark[], { style, paint }: ExcerptOptions, room: number): string[] {
  if (marks.length === 0) return [];
  const paintOf = (mark: LineMark) => (mark.main ? paint : style.info);
  const end = Math.max(...marks.map(m => m.to));
  const cells: (LineMark | null)[] = new Array(end).fill(null);
  for (const mark of [...marks].sort((a, b) => Number(a.main) - Number(b.main))) cells.fill(mark, mark.from, mark.to);
  let row = '';
  for (let i = 0; i < cells.length; ) {
    const mark = cells[i] ?? null;
    let j = i;
    while (j < cells.length && (cells[j] ?? null) === mark) j++;
    row += mark === null ? ' '.repeat(j - i) : paintOf(mark)((mark.main ? '━' : '─').repeat(j - i));
    i = j;
  }
  const labelled = marks.filter(m => m.label !== null).sort((a, b) => b.from - a.from || Number(b.main) - Number(a.main));
  const rightmost = labelled[0];
  const rows: string[] = [];
  const inline = rightmost && rightmost.to === end && end + 1 + displayWidth(rightmost.label ?? '') <= room ? rightmost : null;
  rows.push(inline ? `${row} ${paintOf(inline)(printable(inline.label ?? ''))}` : row);
  const pending = labelled.filter(m => m !== inline);
  while (pending.length > 0) {
    const mark = pending.shift();
    if (!mark) break;
    const stems = pending.filter(p => p.from < mark.from);
    rows.push(
      `${stemRow(stems, mark.from, paintOf)}${paintOf(mark)(`╰ ${truncate(printable(mark.label ?? ''), Math.max(10, room - mark.from - 2))}`)}`,
    );
  }
  return rows;
}

function stemRow(stems: readonly LineMark[], until: number, paintOf: (mark: LineMark) => (text: string) => string): string {
  let row = '';
  let column = 0;
  for (const stem of [...stems].sort((a, b) => a.from - b.from)) {
    if (stem.from < column) continue;
    row += `${' '.repeat(stem.from - column)}${paintOf(stem)('│')}`;
    column = stem.from + 1;
  }
  return row + ' '.repeat(Math.max(0, until - column));
}
