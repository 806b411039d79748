/** Formulas of fitted transforms as SQL over a stage's table `s`. Large dictionaries become tables that the statement joins. */
import type { PlanColumn } from '../../language/plan/plan.ts';
import { canonical } from '../sql/canonical.ts';
import { expression, type Scope } from '../sql/expression.ts';
import { emissions } from '../sql/functions.ts';
import { cast, float, list, name, quoted, typeName } from '../sql/write.ts';
import type { Formula, Output } from '../transforms/formula.ts';
import { storedLiteral } from '../transforms/pieces.ts';
import { termPattern } from '../transforms/terms.ts';
import { beside, type Session } from './session.ts';

/** Items of a SELECT with the joins they need, and tables to drop when the statement has run. */
export interface AppliedSql {
  readonly items: readonly string[];
  /** What several items read, computed once: names and SQL over the stage's table without `s`. */
  readonly lets?: readonly (readonly [name: string, sql: string])[];
  readonly joins: readonly string[];
  readonly tables: readonly string[];
  /** Its joins are by the row, not by a few levels. */
  readonly byRow?: true;
}

const own = (column: PlanColumn): string => `s.${name(column.name)}`;

const asFloat = (column: PlanColumn): string => cast(own(column), column.type, 'float');

const ofSet: Scope = { column: wanted => `s.${name(wanted)}` };

/** Null where the number is not finite. The engine would take a binding for dearer than saying it twice. */
const finite = (sql: string): string => `CASE WHEN isfinite(${sql}) THEN ${sql} END`;

function scaled({ input, centre, scale, clip }: Extract<Formula, { op: 'scaled' }>): string {
  const moved = centre === 0 ? asFloat(input) : `(${asFloat(input)} - ${float(centre)})`;
  const value = scale === 1 ? moved : `(${moved} / ${float(scale)})`;
  if (clip === null) return finite(value);
  return `CASE WHEN ${own(input)} IS NOT NULL THEN least(greatest(${value}, ${float(clip[0])}), ${float(clip[1])}) END`;
}

const sumOf = (terms: readonly string[]): string => (terms.length ? terms.join(' + ') : '0.0::DOUBLE');

const oneWhere = (condition: string): string => `CASE WHEN ${condition} THEN 1.0::DOUBLE ELSE 0.0::DOUBLE END`;

/** The SQL of an output without a dictionary. */
function plain(formula: Exclude<Formula, { op: 'lookup' | 'carried' | 'term' | 'hashed' }>): string {
  switch (formula.op) {
    case 'expression':
      return `CAST(${expression(formula.value, ofSet)} AS ${typeName(formula.value.type)})`;
    case 'scaled':
      return scaled(formula);
    case 'linear': {
      const { inputs, centre, weights } = formula;
      return finite(`(${sumOf(inputs.map((input, i) => `(${asFloat(input)} - ${float(centre[i] ?? 0)}) * ${float(weights[i] ?? 0)}`))})`);
    }
    case 'distance': {
      const { inputs, from } = formula;
      const squares = inputs.map((input, i) => {
        const difference = `(${asFloat(input)} - ${float(from[i] ?? 0)})`;
        return `${difference} * ${difference}`;
      });
      return finite(`sqrt(${sumOf(squares)})`);
    }
    case 'level':
      return oneWhere(`${own(formula.input)} = ${expression(storedLiteral(formula.input.type, formula.level), ofSet)}`);
    case 'wave':
      return `${formula.of}(${asFloat(formula.input)} * ${float((2 * Math.PI) / formula.period)})`;
  }
}

/** The text under which a dictionary keeps a value; null for null. */
const lookupText = (column: PlanColumn, from = 's.'): string =>
  column.type === 'text'
    ? `${from}${name(column.name)}`
    : `CASE WHEN ${from}${name(column.name)} IS NOT NULL THEN ${canonical(`${from}${name(column.name)}`, column.type)} END`;

/** Up to so many levels a CASE is quicker than a join. */
const fewLevels = 16;

async function dictionary(session: Session, table: string, rows: readonly (readonly [string, number])[]): Promise<void> {
  await session.db.run(`CREATE OR REPLACE TABLE ${table} ("~level" VARCHAR, "~place" INTEGER, "~value" DOUBLE)`);
  await session.db.insert(
    table,
    rows.map(([text, value], place) => [text, place, value] as const),
  );
}

/** Each term of each text in a row of its own, with the text's `#row`. */
export const termRows = (input: PlanColumn, from: string, where: string): string =>
  `SELECT "#row" AS r, unnest(regexp_extract_all(lower(${name(input.name)}), ${quoted(termPattern)})) AS t FROM ${from} WHERE ${where} AND ${name(input.name)} IS NOT NULL`;

/** A group of terms: weights of the terms of each text, one column a term. Lengths are added up in the order of the terms. */
async function termsSql(session: Session, { id, table }: Source, outputs: readonly Output[]): Promise<AppliedSql> {
  const [first] = outputs;
  if (first?.formula.op !== 'term') return { items: [], joins: [], tables: [] };
  const { input, terms, weights } = first.formula;
  const [words, wide] = [beside(id, `terms ${first.column.name}`), beside(id, `weights ${first.column.name}`)];
  await dictionary(
    session,
    words,
    terms.map((term, i) => [term, weights[i] ?? 0]),
  );
  const counts = `SELECT r, d."~place" AS i, count(*) * any_value(d."~value") AS w FROM (${termRows(input, table, 'TRUE')}) JOIN ${words} d ON d."~level" = t GROUP BY ALL`;
  const vectors = `SELECT r, list(i ORDER BY i) AS i, list(w ORDER BY i) AS w FROM (${counts}) GROUP BY r`;
  const lengths = `SELECT *, sqrt(list_reduce(list_transform(w, lambda v: v * v), lambda a, b: a + b)) AS n FROM (${vectors})`;
  const long = `SELECT r, unnest(i) AS i, unnest(list_transform(w, lambda v: v / n)) AS v FROM (${lengths})`;
  const places = terms.map((_, i) => String(i));
  await session.db.run(`CREATE OR REPLACE TABLE ${wide} AS SELECT * FROM (PIVOT (${long}) ON i IN (${list(places)}) USING max(v) GROUP BY r)`);
  const alias = name(`weights ${first.column.name}`);
  return {
    items: outputs.map(({ column }, i) => `coalesce(${alias}."${i}", 0.0::DOUBLE) AS ${name(column.name)}`),
    joins: [`LEFT JOIN ${wide} ${alias} ON ${alias}.r = s."#row"`],
    tables: [words, wide],
    byRow: true,
  };
}

/** Each value of an entity holds from its cutoff, itself not among them, to that of the next. */
async function carriedSql(session: Session, id: string, column: PlanColumn, formula: Extract<Formula, { op: 'carried' }>): Promise<AppliedSql> {
  const { input, entity, cutoff, series } = formula;
  const [from, until, table] = ['from', 'until', 'carried'].map(what => beside(id, `${what} ${column.name}`));
  if (!from || !until || !table) return { items: [], joins: [], tables: [] };
  const all = [...series].flatMap(([text, { at, values }]) =>
    at.map((start, i) => ({ text, start, value: values[i] ?? '', end: at[i + 1] ?? Number.MAX_SAFE_INTEGER })),
  );
  await dictionary(
    session,
    from,
    all.map(({ text, start }) => [text, start]),
  );
  await dictionary(
    session,
    until,
    all.map(({ value, end }) => [value, end]),
  );
  await session.db.run(
    `CREATE OR REPLACE TABLE ${table} AS SELECT f."~level" AS "~entity", f."~value" AS "~from", u."~value" AS "~until", CAST(u."~level" AS ${typeName(input.type)}) AS "~value" FROM ${from} f JOIN ${until} u USING ("~place")`,
  );
  for (const part of [from, until]) await session.db.run(`DROP TABLE ${part}`);
  const alias = name(`carried ${column.name}`);
  const when = `epoch_us(${own(cutoff)})`;
  return {
    items: [`coalesce(${own(input)}, ${alias}."~value") AS ${name(column.name)}`],
    joins: [
      `LEFT JOIN ${table} ${alias} ON ${alias}."~entity" = ${lookupText(entity)} AND ${when} > ${alias}."~from" AND ${when} <= ${alias}."~until"`,
    ],
    tables: [table],
    byRow: true,
  };
}

/** The stage whose rows formulas are applied to. */
export interface Source {
  readonly id: string;
  readonly table: string;
}

/** The outputs of one step. */
export async function applySql(session: Session, source: Source, outputs: readonly Output[]): Promise<AppliedSql> {
  if (outputs.some(({ formula }) => formula.op === 'term')) return termsSql(session, source, outputs);
  const [first] = outputs;
  if (first?.formula.op === 'carried') return carriedSql(session, source.id, first.column, first.formula);
  const items: string[] = [];
  const lets: (readonly [string, string])[] = [];
  const joins: string[] = [];
  const tables: string[] = [];
  for (const { column, formula } of outputs) {
    if (formula.op === 'term' || formula.op === 'carried') continue;
    if (formula.op === 'hashed') {
      const { input, place, places } = formula;
      const hashed = name(`hash ${outputs[0]?.column.name}`);
      const sql = `(${emissions['hash']?.([{ sql: name(input.name), type: input.type, absent: false }], 'int')} % ${places})`;
      if (place === 0) lets.push([hashed, sql]);
      items.push(`${oneWhere(`s.${hashed} = ${place}`)} AS ${name(column.name)}`);
      continue;
    }
    if (formula.op !== 'lookup') {
      items.push(`${plain(formula)} AS ${name(column.name)}`);
      continue;
    }
    const { input, values, otherwise } = formula;
    const rest = otherwise === null ? 'CAST(NULL AS DOUBLE)' : float(otherwise);
    if (values.size <= fewLevels) {
      const whens = [...values].map(([text, value]) => `WHEN ${quoted(text)} THEN ${float(value)}`);
      items.push(`${whens.length ? `CASE ${lookupText(input)} ${whens.join(' ')} ELSE ${rest} END` : rest} AS ${name(column.name)}`);
      continue;
    }
    const table = beside(source.id, `values ${column.name}`);
    const alias = name(`values ${column.name}`);
    await dictionary(session, table, [...values]);
    tables.push(table);
    joins.push(`LEFT JOIN ${table} ${alias} ON ${alias}."~level" = ${lookupText(input)}`);
    items.push(`coalesce(${alias}."~value", ${rest}) AS ${name(column.name)}`);
  }
  return { items, lets, joins, tables };
}
