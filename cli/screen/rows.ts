/** Rows of a table for people: as many columns as there is room for, numbers to the right, and what is not shown said below. */
import { groupDigits } from '../../language/report/report.ts';
import type { Style } from '../../language/report/style.ts';
import { displayWidth, padEnd, padStart, printable, truncate } from '../../language/report/width.ts';
import type { Rows } from '../../runner/index.ts';

const widest = 40;
const isNumber = (cell: string | null): boolean => cell === null || /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(cell);

/** Of rows without a key the identity is a hash of what they hold: its beginning leaves room for the rest, as much as tells the shown ones apart. */
function roomOf(column: string, cells: readonly (string | null)[]): number {
  if (column !== 'identity' || !cells.every(cell => cell !== null && /^[0-9a-f]{32}$/.test(cell))) return widest;
  const all = new Set(cells).size;
  let length = 8;
  while (new Set(cells.map(cell => cell?.slice(0, length))).size < all) length++;
  return length + 1;
}

export function rowLines({ columns, rows, total }: Rows, { width, style }: { readonly width: number; readonly style: Style }): string[] {
  const shown = columns.map((column, i) => {
    const cells = rows.map(row => row[i] ?? null);
    const most = roomOf(column, cells);
    const texts = cells.map(cell => (cell === null ? '–' : truncate(printable(cell), most)));
    const name = truncate(printable(column), widest);
    const room = Math.max(displayWidth(name), ...texts.map(displayWidth));
    const pad = cells.some(c => c !== null) && cells.every(isNumber) ? padStart : padEnd;
    return { head: pad(name, room), cells: texts.map((text, j) => (cells[j] === null ? style.dim(pad(text, room)) : pad(text, room))), room };
  });
  let used = 0;
  const fitting = shown.filter(({ room }, i) => {
    used += room + 2;
    return i === 0 || used <= width;
  });
  const left = columns.slice(fitting.length);
  const lines = [
    style.strong(`  ${fitting.map(c => c.head).join('  ')}`.trimEnd()),
    ...rows.map((_, row) => `  ${fitting.map(c => c.cells[row] ?? '').join('  ')}`.trimEnd()),
  ];
  const count =
    rows.length < total ? `${groupDigits(rows.length)} of ${groupDigits(total)} rows` : `${groupDigits(total)} ${total === 1 ? 'row' : 'rows'}`;
  const more = left.length ? ` · not shown: ${left.map(printable).join(', ')}` : '';
  return [...lines, '', style.dim(truncate(`  ${count}${more}`, width))];
}
