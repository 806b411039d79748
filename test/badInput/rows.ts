/** A table with a column of every type, and what its files look like: the ground that bad data is laid on. */

export const header = 'id,n,x,d,t,m,k,b,s';
const names = header.split(',');
export type Cells = Readonly<Partial<Record<string, string | number>>>;

/** Line `i` of the file, with some cells otherwise. */
export function row(i: number, cells: Cells = {}): string {
  const all: Cells = { id: `r${i}`, n: i, x: i + 0.5, d: '2024-01-02', t: '2024-01-02T03:04:05Z', m: '1.25', k: 'a', b: 'true', s: 'txt', ...cells };
  return names.map(name => all[name]).join(',');
}

export const csv = (...lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`;

/** The rows of `csv` as a SELECT over `i` from 1 to 5, with some columns otherwise. */
export function select(columns: Readonly<Record<string, string | null>> = {}): string {
  const all: Readonly<Record<string, string | null>> = {
    id: "'r' || i",
    n: 'i::BIGINT',
    x: '(i + 0.5)::DOUBLE',
    d: "DATE '2024-01-02'",
    t: "TIMESTAMP '2024-01-02 03:04:05'",
    m: '1.25::DECIMAL(5,2)',
    k: "'a'",
    b: 'true',
    s: "'txt'",
    ...columns,
  };
  const items = Object.entries(all).flatMap(([name, sql]) => (sql === null ? [] : [`${sql} AS "${name}"`]));
  return `SELECT ${items.join(', ')} FROM range(1, 6) r(i)`;
}

/** `nullable`: columns that admit nulls. */
export function source(name: string, call: string, nullable = ''): string {
  const types: Readonly<Record<string, string>> = {
    id: 'key',
    n: 'int',
    x: 'float',
    d: 'date',
    t: 'timestamp',
    m: 'decimal(5,2)',
    k: 'category { "a", "b" }',
    b: 'bool',
    s: 'text',
  };
  const columns = names.map(column => `  ${column} : ${types[column]}${nullable.includes(column) ? '?' : ''}`);
  return `source ${name} = ${call} {\n${columns.join('\n')}\n}\n`;
}
