/**
 * Sources as the soundness tests draw them: what is declared about each column, the text of the declaration, and when a cell of a row is
 * known by it. The latter is said here a second time, apart from the checker, so that the two can disagree.
 */
import { microsPerDay } from '../../language/text/duration.ts';

export const day = microsPerDay;
export const firstDay = Date.UTC(2024, 0, 1) * 1000;

/** When a cell is known, as declared. `row`: with its row; `self`: a moment
 * that is known when it has passed, if it says so of another column, and else with its row; `open`: nothing is said. */
export type Availability =
  | { readonly kind: 'row' | 'self' | 'open' | 'after' | 'current' }
  | { readonly kind: 'lag'; readonly days: number }
  | { readonly kind: 'column'; readonly column: string };

export type CellType = 'key' | 'int' | 'float' | 'bool' | 'text' | 'category' | 'timestamp' | 'date' | 'ref';

export interface ColumnSpec {
  readonly name: string;
  readonly type: CellType;
  readonly nullable: boolean;
  readonly availability: Availability;
  /** Of a ref. */
  readonly table?: string;
  readonly role?: '@group' | '@weight' | '@site';
}

export interface SourceSpec {
  /** Of one program no two alike. */
  readonly name: string;
  /** As the text names it, where two files each have one of that name. */
  readonly written?: string;
  /** Where it stands, if not with the others. */
  readonly file?: string;
  /** Where two names read one file. */
  readonly path?: string;
  readonly columns: readonly ColumnSpec[];
  readonly key: string | null;
  readonly event: string | null;
  /** Of rows: so many days after the event, in a column, or not declared. */
  readonly known: { readonly days: number } | { readonly column: string } | null;
  readonly untilDay: number | null;
}

/** Numbers are values of numbers and micros of times. */
export type CellValue = number | string | boolean | null;
export type SourceRow = Readonly<Record<string, CellValue>>;
export type Data = Readonly<Record<string, readonly SourceRow[]>>;

export const levels: readonly string[] = ['a', 'b', 'c'];

export const isoDay = (offset: number): string => new Date((firstDay + offset * day) / 1000).toISOString().slice(0, 10);

// ---------------------------------------------------------------- text

function typeText({ type, nullable, table, role }: ColumnSpec): string {
  const name = type === 'ref' ? `ref ${table ?? ''}` : type === 'category' ? `category { ${levels.map(l => `"${l}"`).join(', ')} }` : type;
  return `${name}${nullable ? '?' : ''}${role === '@weight' ? ' in 0..' : ''}`;
}

function rolesText(column: ColumnSpec, source: SourceSpec): string {
  const { availability: when, name } = column;
  const words: string[] = [];
  if (when.kind === 'row' && name !== source.key && !['ref', 'timestamp', 'date'].includes(column.type)) words.push('immutable');
  if (name === source.event) words.push('@time', ...(source.known && 'days' in source.known ? [`@known(+${source.known.days}d)`] : []));
  if (source.known && 'column' in source.known && source.known.column === name) words.push('@known');
  if (when.kind === 'lag') words.push(`@known(+${when.days}d)`);
  if (when.kind === 'column') words.push(`@known(${when.column})`);
  if (when.kind === 'after') words.push('@after(outcome)');
  if (when.kind === 'current') words.push('@current');
  if (column.role) words.push(column.role);
  return words.join(' ');
}

export const writtenAs = ({ name, written }: SourceSpec): string => written ?? name;

/** Tells sources of one name apart. */
export const pathOf = ({ name, path }: SourceSpec): string => path ?? `${name}.csv`;

export function sourceText(source: SourceSpec): string {
  const columns = source.columns.map(column => `  ${column.name} : ${typeText(column)} ${rolesText(column, source)}`.trimEnd());
  const until = source.untilDay === null ? '' : ` until ${isoDay(source.untilDay)}`;
  return `source ${writtenAs(source)} = csv("${pathOf(source)}")${until} {\n${columns.join('\n')}\n}`;
}

// ---------------------------------------------------------------- known times

const columnOf = (source: SourceSpec, name: string): ColumnSpec => {
  const column = source.columns.find(c => c.name === name);
  if (!column) throw new Error(`${source.name} has no column ${name}.`);
  return column;
};

/** When a moment has passed: a date with its last instant. */
function passed(source: SourceSpec, row: SourceRow, name: string): number {
  const value = row[name];
  if (typeof value !== 'number') return Number.POSITIVE_INFINITY;
  return columnOf(source, name).type === 'date' ? value + day - 1 : value;
}

/** Micros from which on the row is there. */
export function rowKnown(source: SourceSpec, row: SourceRow): number {
  if (source.event === null) return Number.NEGATIVE_INFINITY;
  if (source.known && 'column' in source.known) return passed(source, row, source.known.column);
  return passed(source, row, source.event) + (source.known?.days ?? 0) * day;
}

/** Micros from which on the cell can be read; infinite where no moment is declared at which it surely can. */
export function cellKnown(source: SourceSpec, row: SourceRow, column: ColumnSpec): number {
  const known = rowKnown(source, row);
  const when = column.availability;
  switch (when.kind) {
    case 'row':
    case 'open':
      return known;
    case 'self': {
      const dates = source.columns.some(c => c.availability.kind === 'column' && c.availability.column === column.name);
      return dates ? Math.max(known, passed(source, row, column.name)) : known;
    }
    case 'lag':
      return source.event === null ? known : Math.max(known, passed(source, row, source.event) + when.days * day);
    case 'column':
      return Math.max(known, passed(source, row, when.column));
    case 'after':
    case 'current':
      return Number.POSITIVE_INFINITY;
  }
}

// ---------------------------------------------------------------- content

function cellText(value: CellValue, type: CellType): string | null {
  if (value === null) return null;
  if (typeof value === 'number' && (type === 'timestamp' || type === 'date')) {
    const iso = new Date(Math.floor(value / 1000)).toISOString();
    return type === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 19)}.${String(((value % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')}Z`;
  }
  return String(value);
}

/** The rows as a file would hold them. */
export const contentOf = (source: SourceSpec, rows: readonly SourceRow[]): Readonly<Record<string, string | null>>[] =>
  rows.map(row => Object.fromEntries(source.columns.map(({ name, type }) => [name, cellText(row[name] ?? null, type)])));
