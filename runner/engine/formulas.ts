/** Formulas of fitted transforms as SQL over a stage's table `s`. Large dictionaries become tables that the statement joins. */
import type { PlanColumn } from '../../language/plan/plan.ts';
import { canonical } from '../sql/canonical.ts';
import { expression, type Scope } from '../sql/expression.ts';
import { cast, float, list, name, quoted, typeName } from '../sql/write.ts';
import type { Formula, Output } from '../transforms/formula.ts';
import { beside, type Session } from './session.ts';

/** Items of a SELECT with the joins they need, and tables to drop when the statement has run. */
export interface AppliedSql {
  readonly items: readonly string[];
  readonly joins: readonly string[];
  readonly tables: readonly string[];
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

/** The SQL of an output without a dictionary. */
function plain(formula: Exclude<Formula, { op: 'lookup' | 'term' }>): string {
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
    case 'wave':
      return `${formula.of}(${asFloat(formula.input)} * ${float((2 * Math.PI) / formula.period)})`;
  }
}

/** The text under which a dictionary keeps a value; null for null. */
export const lookupText = (column: PlanColumn, from = 's.'): string =>
  column.type === 'text'
    ? `${from}${name(column.name)}`
    : `CASE WHEN ${from}${name(column.name)} IS NOT NULL THEN ${canonical(`${from}${name(column.name)}`, column.type)} END`;

/** Up to so many levels a CASE is quicker than a join. */
const fewLevels = 16;

export async function applySql(session: Session, id: string, outputs: readonly Output[]): Promise<AppliedSql> {
  const items: string[] = [];
  const joins: string[] = [];
  const tables: string[] = [];
  for (const { column, formula } of outputs) {
    if (formula.op === 'term') throw new Error('A term stands in a group of its own.');
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
    const table = beside(id, `values ${column.name}`);
    const alias = name(`values ${column.name}`);
    await session.db.run(`CREATE OR REPLACE TABLE ${table} ("~level" VARCHAR, "~place" INTEGER, "~value" DOUBLE)`);
    await session.db.insert(
      table,
      [...values].map(([text, value], place) => [text, place, value] as const),
    );
    tables.push(table);
    joins.push(`LEFT JOIN ${table} ${alias} ON ${alias}."~level" = ${lookupText(input)}`);
    items.push(`coalesce(${alias}."~value", ${rest}) AS ${name(column.name)}`);
  }
  return { items, joins, tables };
}

export const itemsOf = (applied: readonly AppliedSql[]): string => list(applied.flatMap(a => a.items));
