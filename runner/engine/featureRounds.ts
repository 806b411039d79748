/**
 * Row steps and fitted steps run over the table of the observations in rounds: every round computes what its inputs allow, learns all fits that
 * became possible, and applies them.
 */
import { type FeatureStep, type FeaturesNode, outerOf, type PlanColumn, type PlanExpr, type PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import type { Scope } from '../sql/expression.ts';
import { list, name } from '../sql/write.ts';
import { outputsOf } from '../transforms/outputs.ts';
import { columnsOf as columnsMade, inputsOf as fittedInputs } from '../transforms/steps.ts';
import { carriedOf, type Leaves, predictedSteps } from './featureInputs.ts';
import type { Fit, FittedStep } from './fit.ts';
import { learn } from './fits.ts';
import { answersFor, notAnswered } from './fitsInOne.ts';
import { type AppliedSql, applySql } from './formulas.ts';
import { gapFindings } from './gaps.ts';
import { featureReader, readerOf, setRows, stepGaps } from './observationGaps.ts';
import type { ObservationParts } from './observations.ts';
import { asking, blame, isOverflow, overflowFinding, type Suspect, sumLimit, windowSuspects } from './overflow.ts';
import { empty } from './ownRows.ts';
import { type RoundTables, tableWith } from './plainSets.ts';
import { DataProblem, type ExecuteContext, type Learned } from './relational.ts';
import { beside, nodeOf, type Session } from './session.ts';

export type RowStep = Extract<FeatureStep, { kind: 'row' }>;

/** Columns of the set that a step reads. */
function inputsOf(step: FeatureStep): readonly string[] {
  if (step.kind === 'fitted') return step.inputs;
  if (step.kind === 'predicted') return [];
  const found = new Set<string>();
  const visit = (expr: PlanExpr): void => {
    if (expr.op === 'column' && expr.of === 'set') found.add(expr.name);
    if (expr.op === 'call') expr.args.forEach(visit);
  };
  visit(step.value);
  return [...found];
}

export interface Done extends RoundTables {
  /** Whether the last round is a table of its own. */
  readonly isTable: boolean;
  readonly types: ReadonlyMap<string, PlanType>;
  /** What each step made, by its output. */
  readonly made: ReadonlyMap<string, readonly PlanColumn[]>;
  readonly fits: readonly { readonly step: FittedStep; readonly fit: Fit }[];
  readonly findings: readonly FindingRecord[];
  /** Columns that were only carried along. */
  readonly needed: readonly string[];
}

/** Row steps around a SELECT: a step that reads what another makes stands around it, the others beside it. */
function withRows(from: string, steps: readonly RowStep[], sql: ReadonlyMap<RowStep, string>): string {
  const levels: RowStep[][] = [];
  for (const step of steps) {
    const inputs = inputsOf(step);
    const open = levels.at(-1);
    if (!open || open.some(other => inputs.includes(other.output))) levels.push([step]);
    else open.push(step);
  }
  const items = (level: readonly RowStep[]): string => list(level.map(step => `${sql.get(step)} AS ${name(step.output)}`));
  return levels.reduce((inner, level) => `SELECT *, ${items(level)} FROM (${inner})`, from);
}

/** The fits of a round applied to its table: their columns, and `#fit` without the rows that had nothing to learn from. */
function applied(table: string, parts: readonly AppliedSql[], fits: readonly Fit[]): string {
  const left = fits.flatMap(fit => (fit.outOfFold?.leftOut ? [`(${fit.outOfFold.leftOut})`] : []));
  const fit = left.length ? `s."#fit" AND NOT (${left.join(' OR ')})` : 's."#fit"';
  const lets = parts.flatMap(p => p.lets ?? []);
  const items = [`s.* EXCLUDE (${list(['"#fit"', ...lets.map(([let_]) => let_)])})`, `${fit} AS "#fit"`, ...parts.flatMap(p => p.items)];
  const from = lets.length ? `(SELECT *, ${list(lets.map(([let_, sql]) => `${sql} AS ${let_}`))} FROM ${table})` : table;
  return `SELECT ${list(items)} FROM ${from} s ${parts.flatMap(p => p.joins).join(' ')}`;
}

/** Columns of a view. */
const mostViewed = 500;

interface Round {
  readonly place: number;
  readonly rows: readonly RowStep[];
  /** Its columns as SQL. */
  readonly items: (has: (column: string) => boolean) => string;
  /** What it is made from, all of it and without what joins give. */
  readonly from: string;
  readonly plainFrom: string;
  readonly joined: ReadonlySet<string>;
  readonly isTable: boolean;
}

/** A round after the first is a view: what fitted steps make of a row is worked out when somebody reads it, and takes no memory. */
async function createRound(session: Session, node: FeaturesNode, round: Round, sql: ReadonlyMap<RowStep, string>): Promise<RoundTables> {
  const { place, rows, items, from, plainFrom, joined, isTable } = round;
  const { db } = session;
  const table = beside(node.id, `round ${place}`);
  const all = `SELECT ${items(() => true)} FROM (${withRows(from, rows, sql)})`;
  if (isTable) {
    await db.run(`CREATE OR REPLACE TABLE ${table} AS ${all}`);
    return { table, plain: table, joined: new Set() };
  }
  await db.run(`CREATE OR REPLACE VIEW ${table} AS ${all}`);
  // An overflow is found here, where it can be blamed on a step.
  if (rows.length) await db.rows(`SELECT ${list(rows.map(step => `count(${name(step.output)})`))} FROM ${table}`);
  if (joined.size === 0) return { table, plain: table, joined };
  const plain = beside(node.id, `plain ${place}`);
  const plainRows = rows.filter(step => !joined.has(step.output));
  await db.run(`CREATE OR REPLACE VIEW ${plain} AS SELECT ${items(column => !joined.has(column))} FROM (${withRows(plainFrom, plainRows, sql)})`);
  return { table, plain, joined };
}

export async function runSteps(
  session: Session,
  node: FeaturesNode,
  read: ObservationParts,
  start: string,
  leaves: Leaves,
  sql: ReadonlyMap<RowStep, string>,
  context: ExecuteContext,
): Promise<Done> {
  const { db } = session;
  const inTime = outerOf(nodeOf(session, node.split, 'split')).kind === 'time';
  const label = nodeOf(session, node.frame, 'frame').label?.kind ?? null;
  const types = new Map<string, PlanType>();
  const made = new Map<string, readonly PlanColumn[]>();
  const fits: { readonly step: FittedStep; readonly fit: Fit }[] = [];
  const gaps = stepGaps(node);
  const findings: FindingRecord[] = [];
  let [from, plainFrom] = [start, start];
  /** Tables and views that the rounds so far are made of. */
  let below: readonly string[] = [];
  let joined = new Set<string>();
  let isTable = true;
  let waiting: readonly FeatureStep[] = node.steps.filter(step => step.kind !== 'predicted');
  for (const step of predictedSteps(node)) {
    const columns = columnsMade(step);
    made.set(step.output, columns);
    for (const column of columns) types.set(column.name, column.type);
  }
  for (let round = 0; ; round++) {
    const rows: RowStep[] = [];
    // Steps are in order, so one pass finds every row step that this round can compute.
    for (const step of waiting) {
      if (step.kind !== 'row' || !inputsOf(step).every(input => types.has(input))) continue;
      rows.push(step);
      types.set(step.output, step.type);
      made.set(step.output, [{ name: step.output, type: step.type }]);
    }
    waiting = waiting.filter(step => !rows.includes(step as RowStep));
    const asked = rows.filter(step => gaps.has(step.output));
    const readers = [...waiting, ...asked].flatMap(step => (step.kind === 'row' ? (sql.get(step) ?? []) : []));
    const needed = leaves.items.map((_, i) => name(`~l${i}`)).filter(leaf => readers.some(reader => reader.includes(leaf)));
    const items = (has: (column: string) => boolean): string =>
      list([...carriedOf(node), ...[...types.keys()].filter(has).map(name), ...needed, '"#fit"']);
    for (const step of rows) if (inputsOf(step).some(input => joined.has(input))) joined.add(step.output);
    let tables: RoundTables;
    try {
      tables = await createRound(session, node, { place: round, rows, items, from, plainFrom, joined, isTable }, sql);
    } catch (error) {
      const ofSteps = stepSuspects(node, rows, leaves.scope, i => `(${withRows(from, rows.slice(0, i), sql)})`);
      throw await blame(session, error, [...(round === 0 ? windowSuspects(session, read, featureReader(node)) : []), ...ofSteps]);
    }
    if (isTable) {
      for (const used of below) await db.run(`DROP ${used}`);
      below = [];
      joined = new Set();
    }
    const { table } = tables;
    const told = asked.flatMap(step => gaps.get(step.output) ?? []);
    findings.push(...(await gapFindings(session, setRows(session, node, table, leaves.scope), told)));
    // What the steps read of observations is in the first round's table. A row without a value is named by its entity.
    if (round === 0 && !waiting.some(step => gaps.has(step.output))) await empty(session, node, context.last ?? []);
    const fitted = waiting.filter((step): step is FittedStep => step.kind === 'fitted' && step.inputs.every(input => made.has(input)));
    if (fitted.length === 0 && waiting.length === 0) return { ...tables, isTable, types, made, fits, findings, needed };
    if (fitted.length === 0) throw new Error(`Steps of ${node.id} wait for columns that no step makes.`);
    const learned: Fit[] = [];
    const parts: AppliedSql[] = [];
    const plainParts: AppliedSql[] = [];
    const tableOf = (step: FittedStep): string =>
      tableWith(
        tables,
        fittedInputs(step, made).map(input => input.name),
      );
    const answered = context.learned ? notAnswered : await answersFor(session, fitted, tableOf);
    for (const [i, step] of fitted.entries()) {
      context.progress(i, fitted.length, 'fits', step.output);
      const inputs = fittedInputs(step, made);
      const readFrom = tableOf(step);
      const facts = { id: node.id, table: readFrom, types, inTime, label, cancelled: context.cancelled, answered };
      const fit = context.learned ? known(step, context.learned) : await learning(node, step, learn(session, step, facts, inputs));
      learned.push(fit);
      fits.push({ step, fit });
      const outputs = outputsOf(step, fit.state, inputs);
      made.set(
        step.output,
        outputs.map(({ column }) => column),
      );
      const { outOfFold } = fit;
      const part: AppliedSql = outOfFold
        ? { items: [`${outOfFold.sql} AS ${name(step.output)}`], joins: [outOfFold.join], tables: outOfFold.tables }
        : await applySql(session, { id: node.id, table: readFrom }, outputs);
      parts.push(part);
      if (part.joins.length || inputs.some(input => joined.has(input.name))) for (const { column } of outputs) joined.add(column.name);
      else plainParts.push(part);
    }
    for (const { name: column, type } of fitted.flatMap(step => made.get(step.output) ?? [])) types.set(column, type);
    waiting = waiting.filter(step => !fitted.includes(step as FittedStep));
    from = applied(table, parts, learned);
    plainFrom = applied(tables.plain, plainParts, learned);
    const own = isTable ? [`TABLE ${table}`] : [...new Set([table, tables.plain])].map(view => `VIEW ${view}`);
    below = [...below, ...own, ...parts.flatMap(p => p.tables).map(used => `TABLE ${used}`)];
    // Terms are joined by the row, and every statement reads a view's whole text: both take longer than to write the columns down once.
    isTable = types.size > mostViewed || parts.some(part => part.byRow);
  }
}

function known(step: FittedStep, { fitted }: Learned): Fit {
  const state = fitted[step.output];
  if (!state) throw new Error(`Nothing was learned for ${step.output}.`);
  return { state, findings: [] };
}

/** Sums of a fit may go beyond what they hold, where no expression does. */
async function learning(node: FeaturesNode, step: FittedStep, fit: Promise<Fit>): Promise<Fit> {
  try {
    return await fit;
  } catch (error) {
    if (!isOverflow(error)) throw error;
    throw new DataProblem(overflowFinding(`What \`${step.transform}\` of \`${node.name}\` learns`, step.place, sumLimit(step.scale)));
  }
}

/** `from`: what the steps before one make. */
const stepSuspects = (node: FeaturesNode, steps: readonly RowStep[], scope: Scope, from: (before: number) => string): Suspect[] =>
  steps.map((step, i) => ({
    what: readerOf(node, step.output).subject,
    place: readerOf(node, step.output).place,
    expr: step.value,
    ask: asking(from(i), scope),
  }));
