/** How values are spelled in text: numbers, dates and moments in the ways that files have them, and words for a missing value. */
import type { PlanType } from '../../language/plan/plan.ts';

/** What a column of texts may be read as. A format belongs to the whole file; null is ISO 8601. */
export interface Reading {
  readonly type: PlanType;
  readonly decimal: '.' | ',' | null;
  /** The sign between groups of three digits, where the reading has one. */
  readonly thousands?: string;
  readonly format: string | null;
  readonly matches: (text: string) => boolean;
  /** Day or month first cannot be told from the sample. */
  readonly ambiguous?: boolean;
}

const matching = (pattern: RegExp) => (text: string) => pattern.test(text);

/** Leading zeros mean something: a postal code is no number. */
const whole = /^[+-]?(0|[1-9]\d{0,17})$/;
const fraction = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const commaFraction = /^[+-]?\d+(,\d+)?$/;
const padded = /^[+-]?0\d/;

export const missingWords: readonly string[] = ['NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NULL', 'Null', 'null', 'None', '\\N', '-', '--', '?', '.'];

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const isoMoment = /^\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

interface DateForm {
  readonly pattern: string;
  readonly format: string;
  /** Which of the first two numbers is at most 12 by its meaning. */
  readonly month?: 0 | 1;
  readonly twin?: string;
}

const dates: readonly DateForm[] = [
  { pattern: '(\\d{1,2})\\.(\\d{1,2})\\.\\d{4}', format: '%d.%m.%Y', month: 1 },
  { pattern: '(\\d{1,2})/(\\d{1,2})/\\d{4}', format: '%d/%m/%Y', month: 1, twin: '%m/%d/%Y' },
  { pattern: '(\\d{1,2})/(\\d{1,2})/\\d{4}', format: '%m/%d/%Y', month: 0, twin: '%d/%m/%Y' },
  { pattern: '(\\d{1,2})-(\\d{1,2})-\\d{4}', format: '%d-%m-%Y', month: 1, twin: '%m-%d-%Y' },
  { pattern: '(\\d{1,2})-(\\d{1,2})-\\d{4}', format: '%m-%d-%Y', month: 0, twin: '%d-%m-%Y' },
  { pattern: '\\d{4}/(\\d{1,2})/\\d{1,2}', format: '%Y/%m/%d' },
  { pattern: '\\d{1,2} [A-Z][a-z]{2} \\d{4}', format: '%d %b %Y' },
  { pattern: '\\d{1,2}-[A-Z][a-z]{2}-\\d{4}', format: '%d-%b-%Y' },
  { pattern: '[A-Z][a-z]{2} \\d{1,2}, \\d{4}', format: '%b %d, %Y' },
];

const times: readonly (readonly [pattern: string, format: string])[] = [
  [' \\d{1,2}:\\d{2}', ' %H:%M'],
  [' \\d{1,2}:\\d{2}:\\d{2}', ' %H:%M:%S'],
  [' \\d{1,2}:\\d{2} [AaPp][Mm]', ' %I:%M %p'],
  [' \\d{1,2}:\\d{2}:\\d{2} [AaPp][Mm]', ' %I:%M:%S %p'],
];

const inYear =
  (form: DateForm, pattern: RegExp) =>
  (text: string): boolean => {
    const found = pattern.exec(text);
    return found !== null && (form.month === undefined || (Number(found[1 + form.month]) <= 12 && Number(found[2 - form.month]) <= 31));
  };

const iso: readonly Reading[] = [
  { type: 'date', decimal: null, format: null, matches: matching(isoDate) },
  { type: 'timestamp', decimal: null, format: null, matches: matching(isoMoment) },
];

const written: readonly Reading[] = dates.flatMap((form): Reading[] => [
  { type: 'date', decimal: null, format: form.format, matches: inYear(form, new RegExp(`^${form.pattern}$`)) },
  ...times.map(
    ([pattern, format]): Reading => ({
      type: 'timestamp',
      decimal: null,
      format: form.format + format,
      matches: inYear(form, new RegExp(`^${form.pattern}${pattern}$`)),
    }),
  ),
]);

/** How people group digits: the sign between groups, with the decimal sign beside it. */
const groupings: readonly (readonly [thousands: string, decimal: '.' | ','])[] = [
  ['.', ','],
  [',', '.'],
  [' ', ','],
  [' ', '.'],
  ["'", '.'],
];

const grouped: readonly Reading[] = (['int', 'float'] as const).flatMap(type =>
  groupings.map(([thousands, decimal]): Reading => {
    const sign = thousands === ' ' ? '[ \\u00a0\\u202f]' : `[${thousands}]`;
    const groups = new RegExp(`^[+-]?\\d{1,3}(${sign}\\d{3})+${type === 'int' ? '' : `([${decimal}]\\d+)?`}$`);
    const plain = type === 'int' ? whole : decimal === ',' ? commaFraction : fraction;
    const matches = (text: string): boolean => groups.test(text) || (plain.test(text) && !padded.test(text.replace(/[.,].*/, '')));
    return { type, decimal: type === 'int' ? null : decimal, thousands, format: null, matches };
  }),
);

/** Between these a column decides by its values; the first that fits best wins. */
export const readings: readonly Reading[] = [
  { type: 'bool', decimal: null, format: null, matches: matching(/^(true|false|t|f|yes|no)$/i) },
  { type: 'int', decimal: null, format: null, matches: matching(whole) },
  { type: 'float', decimal: '.', format: null, matches: text => fraction.test(text) && !padded.test(text.replace(/\..*/, '')) },
  { type: 'float', decimal: ',', format: null, matches: text => commaFraction.test(text) && !padded.test(text.replace(/,.*/, '')) },
  ...iso,
  ...written,
  ...grouped,
];

/** The reading whose day and month are the other way round. */
export const twinOf = (format: string): string | null => dates.find(d => format.startsWith(d.format))?.twin ?? null;

/** A number or a date: nothing that names a column. */
export const isPlainValue = (text: string): boolean => {
  const plain = text.trim();
  return fraction.test(plain) || commaFraction.test(plain) || isoMoment.test(plain) || written.some(r => r.matches(plain));
};
