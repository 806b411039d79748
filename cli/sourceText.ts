/** A proposed source as the text of a program: the declaration that fits the data, with what is only likely behind it as a comment. */
import { format, writtenName } from '../language/index.ts';
import { groupDigits } from '../language/report/report.ts';
import type { ProposedColumn, Survey } from '../runner/index.ts';

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as a program writes it. */
const textOf = (value: string): string =>
  `"${value.replaceAll(/["\\\n\r\t]|[\u0000-\u001f\u007f]/g, c => escapes[c] ?? `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}"`;

/** From the name of the file, or of the folder below which a pattern looks. */
export function sourceName(path: string, taken: ReadonlySet<string>): string {
  const parts = path.split(/[/\\]/);
  const pattern = parts.findIndex(part => /[*?]/.test(part));
  const named = (pattern < 0 ? parts : parts.slice(0, pattern)).filter(part => !/^\.*$|=/.test(part));
  const last = (named.at(-1) ?? 'data').replace(/\.gz$/i, '').replace(/\.[a-z0-9]+$/i, '');
  const plain = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const name = /^[a-z]/.test(plain) ? plain : plain === '' ? 'data' : `data_${plain}`;
  for (let i = 1; ; i++) {
    const wanted = i === 1 ? name : `${name}_${i}`;
    if (!taken.has(wanted)) return wanted;
  }
}

/** Only what is not taken for granted. */
function connectorText({ connector, path, options }: Survey): string {
  const settings: string[] = [];
  if (connector === 'csv') {
    if (options.delimiter !== null && options.delimiter !== ',') settings.push(`delimiter: ${textOf(options.delimiter)}`);
    if (!options.header) settings.push('header: false');
    if (options.decimal !== '.') settings.push(`decimal: ${textOf(options.decimal)}`);
    if (options.thousands !== undefined) settings.push(`thousands: ${textOf(options.thousands)}`);
    if (options.encoding !== 'utf-8') settings.push(`encoding: "${options.encoding}"`);
  }
  if (options.nulls.length > (connector === 'csv' ? 1 : 0)) settings.push(`nulls: [${options.nulls.map(textOf).join(', ')}]`);
  if (options.dateFormat !== null) settings.push(`date_format: ${textOf(options.dateFormat)}`);
  if (options.timestampFormat !== null) settings.push(`timestamp_format: ${textOf(options.timestampFormat)}`);
  if (options.compression !== 'auto') settings.push(`compression: "${options.compression}"`);
  return `${connector}(${[textOf(path.replaceAll('\\', '/')), ...settings].join(', ')})`;
}

export function typeText(column: ProposedColumn): string {
  const { type, nullable, digits, min, max, levels } = column;
  const mark = nullable ? '?' : '';
  if (levels) return `category${mark} { ${levels.map(textOf).join(', ')} }`;
  const range = min === null && max === null ? '' : ` in ${min ?? ''}..${max ?? ''}`;
  return `${type}${digits ? `(${digits.join(',')})` : ''}${mark}${range}`;
}

/** Comments end with their line. */
const comment = (text: string): string => `// ${text.replaceAll(/\s+/g, ' ')}`;

export function sourceText(name: string, survey: Survey, columns: readonly ProposedColumn[]): string {
  const { rows, files, unreadable, broken } = survey;
  const from = files > 1 ? ` in ${groupDigits(files)} files` : '';
  const lines = [
    comment(
      `${groupDigits(rows)} ${rows === 1 ? 'row' : 'rows'}${from}. What ends in a question mark is a guess: move it in front of the comment where it holds.`,
    ),
    ...(broken ? [comment(`${groupDigits(broken)} more could not be read: cupel profile ${survey.path}`)] : []),
    `source ${writtenName(name)} = ${connectorText(survey)} {`,
    ...columns.map(c => `${writtenName(c.name)} : ${typeText(c)}${c.notes.length ? `  ${comment(c.notes.join(' · '))}` : ''}`),
    ...unreadable.map(u => comment(`left out: ${u.name.trim() === '' ? '' : `${writtenName(u.name.replaceAll(/[`\n\r]/g, ' '))}, `}${u.why}`)),
    '}',
  ];
  return format(`${lines.join('\n')}\n`);
}
