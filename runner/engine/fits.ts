/**
 * Fitted transforms: what each learns from the training rows of a stage, and the SQL that applies it to every row. What is learned is
 * plain data; nothing else than it decides how rows are encoded later.
 */
import type { PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { aggregate } from '../sql/aggregate.ts';
import { canonical } from '../sql/canonical.ts';
import { float, list, literal, name, quoted } from '../sql/write.ts';
import type { Cell } from './duckdb.ts';
import { deviationsOf, meanOf, momentsFrom, momentsSql } from './exactSums.ts';
import { finding } from './finding.ts';
import { type Fit, type FittedStep, inputOf, type Stage, shownInput } from './fit.ts';
import type { FittedState } from './relational.ts';
import type { Session } from './session.ts';
import { targetEncode } from './targetEncode.ts';

const one = (step: FittedStep, state: FittedState, type: PlanType, sql: string, findings: readonly FindingRecord[] = []): Fit => ({
  state,
  outputs: [{ column: { name: step.output, type }, sql }],
  findings,
});

/** A value of a JSON state as the column's type. Canonical text spells times as microseconds. */
const stateLiteral = (type: PlanType, value: Cell): string =>
  value === null
    ? literal(type, null)
    : type === 'bool'
      ? literal(type, value === true || value === 'true')
      : type === 'date' || type === 'timestamp'
        ? literal(type, Number(value))
        : literal(type, String(value));

/** What stands in for nulls, as canonical text or a number. */
async function fillOf(session: Session, step: FittedStep, stage: Stage): Promise<Cell> {
  const input = name(inputOf(step));
  const type = step.inputType;
  const where = '"~train"';
  switch (step.settings['method']) {
    case 'mean': {
      const [row = []] = await session.db.rows(`SELECT ${list(momentsSql(input, type, step.scale, where))} FROM ${stage.table}`);
      return meanOf(momentsFrom(row, type, step.scale));
    }
    case 'median': {
      const [row] = await session.db.rows(`SELECT quantile_cont(CAST(${input} AS DOUBLE), 0.5) FILTER (WHERE ${where}) FROM ${stage.table}`);
      return row?.[0] ?? null;
    }
    case 'mode': {
      const value = { op: 'column', type, name: inputOf(step), of: null } as const;
      const found = aggregate({ aggregate: 'mode', value, parameters: {}, type, scale: step.scale }, { value: input, where, rank: '', event: '' });
      const [row] = await session.db.rows(
        `SELECT CASE WHEN m IS NOT NULL THEN ${canonical('m', type)} END FROM (SELECT ${found} AS m FROM ${stage.table})`,
      );
      return row?.[0] ?? null;
    }
    default: {
      const constant = step.settings['value'] ?? null;
      return typeof constant === 'object' ? null : constant;
    }
  }
}

async function impute(session: Session, step: FittedStep, stage: Stage): Promise<Fit> {
  const method = String(step.settings['method']);
  const type: PlanType = method === 'mean' || method === 'median' ? 'float' : step.inputType;
  const fill = await fillOf(session, step, stage);
  const value = type === step.inputType ? name(inputOf(step)) : `CAST(${name(inputOf(step))} AS DOUBLE)`;
  const found =
    fill === null && method !== 'constant'
      ? [
          finding(
            'warning',
            'all-null',
            step.place,
            `\`${shownInput(step)}\` has no value on the training rows, so nothing can stand in for the missing ones.`,
            'Leave the feature out, or write `impute(constant, value: …)`.',
          ),
        ]
      : [];
  const state: FittedState = { transform: 'impute', method, fill: typeof fill === 'bigint' ? String(fill) : fill };
  return one(step, state, type, `coalesce(${value}, ${type === 'float' && fill !== null ? float(Number(fill)) : stateLiteral(type, fill)})`, found);
}

async function standardize(session: Session, step: FittedStep, stage: Stage): Promise<Fit> {
  const [row = []] = await session.db.rows(
    `SELECT ${list(momentsSql(name(inputOf(step)), step.inputType, step.scale, '"~train"'))} FROM ${stage.table}`,
  );
  const moments = momentsFrom(row, step.inputType, step.scale);
  const mean = meanOf(moments);
  const deviation = moments.n === 0n ? 0 : Math.sqrt(deviationsOf(moments) / Number(moments.n));
  const x = `CAST(${name(inputOf(step))} AS DOUBLE)`;
  const state: FittedState = { transform: 'standardize', mean, deviation };
  if (mean === null) return one(step, state, 'float', literal('float', null));
  const findings =
    deviation === 0
      ? [
          finding(
            'info',
            'constant-feature',
            step.place,
            `\`${shownInput(step)}\` has one value on all training rows, so \`standardize\` makes it 0.`,
            'Leave the feature out.',
          ),
        ]
      : [];
  return one(
    step,
    state,
    'float',
    deviation === 0 ? `CASE WHEN ${x} IS NOT NULL THEN 0.0::DOUBLE END` : `(${x} - ${float(mean)}) / ${float(deviation)}`,
    findings,
  );
}

/** The levels on train as canonical text, in the order of their values. */
async function levelsOf(session: Session, step: FittedStep, stage: Stage): Promise<string[]> {
  const input = name(inputOf(step));
  const rows = await session.db.rows(
    `SELECT ${canonical('x', step.inputType)} FROM (SELECT DISTINCT ${input} AS x FROM ${stage.table} WHERE "~train" AND ${input} IS NOT NULL) ORDER BY x`,
  );
  return rows.map(row => String(row[0]));
}

async function oneHot(session: Session, step: FittedStep, stage: Stage): Promise<Fit> {
  const levels = await levelsOf(session, step, stage);
  const outputs = levels.map(level => ({
    column: { name: `${step.output}=${level}`, type: 'float' as const },
    sql: `CASE WHEN ${name(inputOf(step))} = ${stateLiteral(step.inputType, level)} THEN 1.0::DOUBLE ELSE 0.0::DOUBLE END`,
  }));
  return { state: { transform: 'one_hot', levels }, outputs, findings: [] };
}

async function ordinal(session: Session, step: FittedStep, stage: Stage): Promise<Fit> {
  const declared = step.settings['levels'];
  const levels = Array.isArray(declared) ? declared.map(String) : await levelsOf(session, step, stage);
  const places = levels.length ? `list_position([${list(levels.map(quoted))}], ${canonical(name(inputOf(step)), step.inputType)})` : 'NULL';
  return one(
    step,
    { transform: 'ordinal', levels },
    'float',
    `CASE WHEN ${name(inputOf(step))} IS NOT NULL THEN CAST(nullif(${places}, 0) - 1 AS DOUBLE) END`,
  );
}

const learners: Readonly<Record<string, (session: Session, step: FittedStep, stage: Stage) => Promise<Fit>>> = {
  impute,
  standardize,
  one_hot: oneHot,
  ordinal,
  target_encode: targetEncode,
};

export function learn(session: Session, step: FittedStep, stage: Stage): Promise<Fit> {
  const learner = learners[step.transform];
  if (!learner) throw new Error(`There is no transform ${step.transform}.`);
  return learner(session, step, stage);
}
