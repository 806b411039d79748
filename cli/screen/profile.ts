/** A profile of data for people: one line a column, each with what says most about its kind, and below it what moves together. */
import { countOf, groupDigits } from '../../language/report/report.ts';
import type { Style } from '../../language/report/style.ts';
import { displayWidth, padEnd, padStart, printable, truncate } from '../../language/report/width.ts';
import type { Survey, SurveyedColumn } from '../../runner/index.ts';
import { figure, sparkline } from './figures.ts';

export interface ProfileOptions {
  readonly width: number;
  readonly style: Style;
  readonly verbose: boolean;
}

const kindOf = ({ type }: SurveyedColumn): string => (typeof type === 'object' ? `decimal(${type.decimal.join(',')})` : type);

function share(part: number, whole: number): string {
  if (part === 0) return '–';
  const percent = (100 * part) / Math.max(1, whole);
  return percent < 0.1 ? '<0.1%' : percent > 99.9 && part < whole ? '>99.9%' : `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
}

/** Numbers with few digits; moments without what they all lack. */
function brief(value: string, { type }: SurveyedColumn): string {
  if (type === 'timestamp')
    return value
      .replace(/:00Z$/, '')
      .replace(/T00:00$/, '')
      .replace('T', ' ')
      .replace(/Z$/, '');
  if (type === 'date' || type === 'bool' || type === 'text') return value;
  const number = Number(value);
  if (type === 'int' && Math.abs(number) < 1e6) return value.replace('-', '−');
  return Math.abs(number) >= 1e9 || (number !== 0 && Math.abs(number) < 1e-4) ? number.toExponential(2).replace('-', '−') : shorter(figure(number));
}

const shorter = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** What the values are: ends and quarters, or the most frequent ones as far as there is room. */
function valuesOf(column: SurveyedColumn, rows: number, room: number): string {
  const { type, min, max, quartiles, top, distinct } = column;
  if (min === null || max === null) return 'no value';
  if (quartiles) {
    const all = [min, ...quartiles, max].map(v => brief(v, column));
    const five = all.join(' · ');
    if (displayWidth(five) <= room) return five;
    const three = [all[0], all[2], all[4]].join(' · ');
    if (displayWidth(three) <= room) return three;
    const ends = `${all[0]} – ${all[4]}`;
    return displayWidth(ends) <= room || type !== 'timestamp' ? ends : `${min.slice(0, 10)} – ${max.slice(0, 10)}`;
  }
  if (type === 'text' && distinct > 0.5 * rows && distinct > 20) return min === max ? `${min} letters` : `${min} – ${max} letters`;
  const filled = rows - column.nulls;
  let text = '';
  for (const { value, rows: times } of top) {
    const next = `${text === '' ? '' : ' · '}${truncate(printable(value === '' ? '""' : value), 20)} ${share(times, filled)}`;
    if (text !== '' && displayWidth(text + next) > room) break;
    text += next;
  }
  return text;
}

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly nulls: string;
  readonly distinct: string;
  readonly line: string;
  readonly column: SurveyedColumn | null;
}

function tableLines({ columns, rows }: Survey, { width, style }: ProfileOptions): string[] {
  const head: Row = { name: 'column', kind: 'type', nulls: 'null', distinct: 'distinct', line: '', column: null };
  const body = columns.map(
    (column): Row => ({
      name: printable(column.name),
      kind: kindOf(column),
      nulls: share(column.nulls, rows),
      distinct: groupDigits(column.distinct),
      line: sparkline(column.histogram, Math.max(...column.histogram, 0)),
      column,
    }),
  );
  const all = [head, ...body];
  const widest = (of: (row: Row) => string): number => Math.max(...all.map(r => displayWidth(of(r))));
  const names = Math.min(
    22,
    widest(r => r.name),
  );
  const [kinds, nulls, distinct, lines] = [
    widest(r => r.kind),
    widest(r => r.nulls),
    widest(r => r.distinct),
    Math.max(
      1,
      widest(r => r.line),
    ),
  ];
  const room = Math.max(12, width - (2 + names + 2 + kinds + 2 + nulls + 2 + distinct + 2 + lines + 2));
  return all.map(row => {
    const values = row.column ? valuesOf(row.column, rows, room) : 'min · quarters · max';
    const cells = [
      padEnd(truncate(row.name, names), names),
      padEnd(row.kind, kinds),
      padStart(row.nulls, nulls),
      padStart(row.distinct, distinct),
      padEnd(row.line, lines),
      values,
    ];
    const text = truncate(`  ${cells.join('  ')}`.trimEnd(), width);
    return row.column ? text : style.dim(text);
  });
}

const mostPairs = 8;

export function profileLines(survey: Survey, options: ProfileOptions): string[] {
  const { style, width, verbose } = options;
  const { path, rows, columns, files, bytes, connector, options: form, broken, correlations, unreadable } = survey;
  const size = bytes >= 1e6 ? `${groupDigits(Math.round(bytes / 1e6))} MB` : `${groupDigits(Math.ceil(bytes / 1000))} kB`;
  const how =
    connector === 'csv' && form.delimiter !== null && form.delimiter !== ',' ? ` with \`${form.delimiter === '\t' ? '\\t' : form.delimiter}\`` : '';
  const facts = [
    countOf(rows, 'row'),
    countOf(columns.length, 'column'),
    `${connector}${how}`,
    ...(files > 1 ? [`${groupDigits(files)} files`] : []),
    size,
  ];
  const misfits = columns.flatMap(c =>
    c.misfits.map(
      m =>
        `${printable(c.name)} ${m.reason} in ${groupDigits(m.cells)} of ${countOf(rows, 'row')}${m.example === null ? '' : `, such as "${printable(m.example.slice(0, 30))}"`} (row ${groupDigits(m.row)})`,
    ),
  );
  const notes = [
    ...misfits,
    ...(broken ? [`${countOf(broken, 'row')} could not be read`] : []),
    ...unreadable.map(u => `left out: ${u.name.trim() === '' ? '' : `${printable(u.name)}, `}${u.why}`),
  ];
  const pairs = (verbose ? correlations : correlations.slice(0, mostPairs)).map(
    ({ a, b, r }) =>
      `  ${style.dim('moves with')}  ${padEnd(truncate(`${printable(a)} · ${printable(b)}`, 44), 44)}  ${r < 0 ? '−' : ''}${Math.abs(r).toFixed(2)}`,
  );
  return [
    `${style.strong(printable(path))}   ${facts.join(' · ')}`,
    '',
    ...tableLines(survey, options),
    ...(notes.length ? ['', ...notes.map(note => truncate(`  ${style.warning('!')} ${note}`, width))] : []),
    ...(pairs.length ? ['', ...pairs] : []),
    ...(correlations.length > pairs.length ? [style.dim(`  … ${groupDigits(correlations.length - pairs.length)} more pairs with --verbose`)] : []),
  ];
}
