/**
 * Feature sets. What steps read of observations (columns, rows along refs, windows) is gathered once; row steps and fitted steps then run
 * over that table in rounds: every round computes what its inputs allow, learns all fits that became possible, and applies them.
 */
import { type FeatureStep, type FeaturesNode, outerOf, type PlanColumn, type PlanExpr, type PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { canonical } from '../sql/canonical.ts';
import { columnOf, type Scope } from '../sql/expression.ts';
import { interval, list, name } from '../sql/write.ts';
import { outputsOf } from '../transforms/outputs.ts';
import { appliedSteps, columnsOf as columnsMade, inputsOf as fittedInputs } from '../transforms/steps.ts';
import { orderOf } from './entityOrder.ts';
import { finding, plural } from './finding.ts';
import type { Fit, FittedStep } from './fit.ts';
import { learn } from './fits.ts';
import { type AppliedSql, applySql } from './formulas.ts';
import { gridOf, isTimeless, labelNumber } from './frame.ts';
import { gapFindings } from './gaps.ts';
import { featureReader, readerOf, setRows, stepGaps, windowGaps } from './observationGaps.ts';
import { type ObservationParts, observe } from './observations.ts';
import { asking, blame, isOverflow, overflowFinding, type Suspect, sumLimit, windowSuspects } from './overflow.ts';
import { partnerFindings } from './partners.ts';
import { type RoundTables, rememberPlain, setWith, tableWith } from './plainSets.ts';
import { DataProblem, type ExecuteContext, type FittedState, type Learned, type NodeResult } from './relational.ts';
import { release } from './release.ts';
import { beside, columnsOf, count, nodeOf, type Session } from './session.ts';
import { ownText, uniform } from './split.ts';

type RowStep = Extract<FeatureStep, { kind: 'row' }>;
type PredictedStep = Extract<FeatureStep, { kind: 'predicted' }>;

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

/** Names for what the steps read of observations, in the order in which it is asked for. */
interface Leaves {
  readonly scope: Scope;
  readonly items: readonly string[];
}

function leavesOf(observed: Scope): Leaves {
  const items: string[] = [];
  const leaf = (sql: string): string => {
    const found = items.indexOf(sql);
    return name(`~l${found < 0 ? items.push(sql) - 1 : found}`);
  };
  return {
    items,
    scope: {
      column: (wanted, of) => (of === 'set' ? name(wanted) : leaf(observed.column(wanted, of))),
      window: id => leaf(observed.window?.(id) ?? ''),
      get cutoff() {
        return leaf(observed.cutoff ?? '');
      },
    },
  };
}

const isFitted = (node: FeaturesNode): boolean => node.steps.some(step => step.kind === 'fitted');

/** What only fits read. */
const facts = ['"~y"', '"~cutoff"', '"~ripe"', '"~draw"'];

const factsOf = (node: FeaturesNode): readonly string[] => (isFitted(node) ? facts : []);

/** What every round carries along beside the columns of the set. */
const carriedOf = (node: FeaturesNode): readonly string[] => ['"#row"', '"~train"', ...factsOf(node)];

/** What fits need to know of every row: partition, label, cutoff, when the label was decided, and its draw for folds. */
function rowFacts(session: Session, node: FeaturesNode): readonly string[] {
  const frame = nodeOf(session, node.frame, 'frame');
  const method = outerOf(nodeOf(session, node.split, 'split'));
  const { label } = frame;
  const ripe = label && { months: label.horizon.months + label.delay.months, micros: label.horizon.micros + label.delay.micros };
  const text = method.kind === 'group' ? ownText(method.group, 'b') : 'b."#identity"';
  const draw = method.kind === 'time' ? 'CAST(0 AS DOUBLE)' : uniform(`'${method.seed}|fold|' || ${text}`);
  const row = ['b."#row"', `b."#partition" = 'train' AS "~train"`];
  if (!isFitted(node)) return row;
  // Where there are no times, their nulls take a byte.
  const times = isTimeless(frame)
    ? { cutoff: 'CAST(NULL AS BOOLEAN)', ripe: 'CAST(NULL AS BOOLEAN)' }
    : { cutoff: 'b."#cutoff"', ripe: ripe ? `b."#cutoff" + ${interval(ripe)}` : 'CAST(NULL AS TIMESTAMP)' };
  return [...row, `${labelNumber(frame, 'b."#label"')} AS "~y"`, `${times.cutoff} AS "~cutoff"`, `${times.ripe} AS "~ripe"`, `${draw} AS "~draw"`];
}

const predictedSteps = (node: FeaturesNode): readonly PredictedStep[] => node.steps.filter(step => step.kind === 'predicted');

interface Said {
  readonly items: readonly string[];
  /** SQL of whether a row can be learned from. */
  readonly fit: string;
  /** Behind the observations `b`. */
  readonly joins: string;
  readonly tables: readonly string[];
}

/** What models say of observations, loaded beside them: `b` are those of the split, in whose order the predictions stand. */
async function saidOf(session: Session, node: FeaturesNode, { predictions, learned }: ExecuteContext): Promise<Said> {
  const steps = predictedSteps(node);
  const empty = steps.flatMap(columnsMade).map(column => `CAST(NULL AS DOUBLE) AS ${name(column.name)}`);
  const [some] = predictions?.values() ?? [];
  if (!predictions || !some) return { items: empty, fit: 'TRUE', joins: '', tables: [] };
  const table = beside(node.id, 'said');
  const rows = some.others.length / some.each;
  const columns: Float64Array[] = [Float64Array.from({ length: rows }, (_, row) => row)];
  const load = (values: Float64Array, each: number, place: number): string =>
    `"~said".c${columns.push(Float64Array.from({ length: rows }, (_, row) => values[row * each + place] ?? Number.NaN)) - 1}`;
  const items: string[] = [];
  const held: string[] = [];
  for (const step of steps) {
    const of = predictions.get(step.output);
    if (!of) throw new Error(`Nothing is predicted for ${step.output}.`);
    for (const [place, column] of columnsMade(step).entries()) {
      const others = load(of.others, of.each, place);
      const train = learned ? others : load(of.train, of.each, place);
      if (!learned) held.push(`${train} IS NOT NULL`);
      items.push(`CASE WHEN b."#partition" = 'train' THEN ${train} ELSE ${others} END AS ${name(column.name)}`);
    }
  }
  await session.db.load(table, columns);
  const places = `SELECT "#row", row_number() OVER (ORDER BY "#row") - 1 AS "~place" FROM ${name(node.split)}`;
  return {
    items,
    fit: held.length ? `(b."#partition" <> 'train' OR (${held.join(' AND ')}))` : 'TRUE',
    joins: ` LEFT JOIN (${places}) "~places" ON "~places"."#row" = b."#row" LEFT JOIN ${table} "~said" ON "~said".c0 = "~places"."~place"`,
    tables: [table],
  };
}

interface Done extends RoundTables {
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

async function runSteps(
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
    const fitted = waiting.filter((step): step is FittedStep => step.kind === 'fitted' && step.inputs.every(input => made.has(input)));
    if (fitted.length === 0 && waiting.length === 0) return { ...tables, isTable, types, made, fits, findings, needed };
    if (fitted.length === 0) throw new Error(`Steps of ${node.id} wait for columns that no step makes.`);
    const learned: Fit[] = [];
    const parts: AppliedSql[] = [];
    const plainParts: AppliedSql[] = [];
    for (const [i, step] of fitted.entries()) {
      context.progress(i, fitted.length, 'fits', step.output);
      const inputs = fittedInputs(step, made);
      const readFrom = tableWith(
        tables,
        inputs.map(input => input.name),
      );
      const facts = { id: node.id, table: readFrom, types, inTime, label, cancelled: context.cancelled };
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

/** The columns of a matrix: one a feature, but for groups one a level. */
async function matrixColumns(session: Session, node: FeaturesNode, done: Done) {
  const columns: { readonly name: string; readonly feature: string; readonly levels: readonly string[] | null }[] = [];
  for (const feature of node.features) {
    const made = done.made.get(feature.column) ?? [];
    // A group has columns of other names than its own.
    if (made.length !== 1 || made[0]?.name !== feature.column) {
      columns.push(...made.map(column => ({ name: column.name, feature: feature.name, levels: null })));
      continue;
    }
    const levels = feature.kind === 'category' ? await trainLevels(session, done, feature.column) : null;
    columns.push({ name: feature.column, feature: feature.name, levels });
  }
  return columns;
}

/** A category as text, as levels are compared and stored; null stays null. */
export const levelText = (sql: string, type: PlanType): string =>
  type === 'text' ? sql : `CASE WHEN ${sql} IS NOT NULL THEN ${canonical(sql, type)} END`;

async function trainLevels(session: Session, done: Done, column: string): Promise<string[]> {
  const type = done.types.get(column) ?? 'text';
  const rows = await session.db.rows(
    `SELECT DISTINCT ${levelText(name(column), type)} AS x FROM ${tableWith(done, [column])} WHERE "~train" AND ${name(column)} IS NOT NULL ORDER BY x`,
  );
  return rows.map(row => String(row[0]));
}

function leftOut(node: FeaturesNode, rows: number): FindingRecord[] {
  if (rows === 0) return [];
  const [asked] = predictedSteps(node);
  if (asked) {
    const why = 'no model could learn from others before them, so nothing says what one would have predicted';
    const message = `${plural(rows, 'training row')} of \`${node.name}\` ${rows === 1 ? 'is' : 'are'} left out of the fit: ${why}.`;
    return [finding('info', 'not-predicted', asked.place, message, null, rows)];
  }
  const encoded = node.steps.find((s): s is FittedStep => s.kind === 'fitted' && s.transform === 'target_encode');
  const message = `${plural(rows, 'training row')} of \`${node.name}\` ${rows === 1 ? 'is' : 'are'} left out of the fit: no label was decided before the first block of cutoffs, so there is nothing to encode from.`;
  return [finding('info', 'first-block', encoded?.place ?? node.place, message, 'Give `target_encode` a `prior:` to keep them.', rows)];
}

/** The last round becomes the set, without what only fits read. */
async function nameSet(session: Session, node: FeaturesNode, { table, plain, joined, isTable, types, needed }: Done): Promise<void> {
  const { db } = session;
  const set = beside(node.id, 'set');
  if (isTable) {
    for (const extra of [...factsOf(node), ...needed]) await db.run(`ALTER TABLE ${table} DROP COLUMN ${extra}`);
    await db.run(`ALTER TABLE ${table} RENAME TO ${set}`);
    return;
  }
  const items = (has: (column: string) => boolean): string => list(['"#row"', '"~train"', ...[...types.keys()].filter(has).map(name), '"#fit"']);
  await db.run(`CREATE VIEW ${set} AS SELECT ${items(() => true)} FROM ${table}`);
  if (joined.size === 0) return;
  const plainSet = beside(node.id, 'plain set');
  await db.run(`CREATE VIEW ${plainSet} AS SELECT ${items(column => !joined.has(column))} FROM ${plain}`);
  rememberPlain(session, node.id, { table: set, plain: plainSet, joined });
}

export async function executeFeatures(session: Session, node: FeaturesNode, context: ExecuteContext): Promise<NodeResult> {
  const { db } = session;
  // A view cannot take the place of a table that was restored.
  await release(session, node.id);
  const frame = nodeOf(session, node.frame, 'frame');
  const about = { isTimeless: isTimeless(frame), grid: gridOf(frame), entities: frame.relation, order: orderOf(session, node.frame) };
  const read = { table: name(node.split), ...about, paths: node.paths, windows: node.windows };
  const shared = { observations: node.frame, again: context.windowsAgain === true };
  const observed = await observe(session, { ...read, shared });
  const leaves = leavesOf(observed.scope);
  const sql = new Map(node.steps.filter((s): s is RowStep => s.kind === 'row').map(step => [step, columnOf(step.value, leaves.scope)]));
  const said = await saidOf(session, node, context);
  const observedItems = leaves.items.map((item, i) => `${item} AS ${name(`~l${i}`)}`);
  const items = [...rowFacts(session, node), ...observedItems, ...said.items, `${said.fit} AS "#fit"`];
  const gathered = `SELECT ${list(items)} FROM ${observed.from}${said.joins}`;
  const done = await runSteps(session, node, read, gathered, leaves, sql, context);
  for (const table of said.tables) await db.run(`DROP TABLE ${table}`);
  const columns = context.learned?.columns ?? (await matrixColumns(session, node, done));
  await nameSet(session, node, done);
  const [row = []] = await db.rows(
    `SELECT count(*), count(*) FILTER (WHERE "~train" AND NOT "#fit"), (SELECT count(*) FROM ${name(node.split)}) FROM ${setWith(session, node.id, [])}`,
  );
  if (count(row[0]) !== count(row[2])) throw new Error(`Observations of ${node.id} were doubled or lost.`);
  const gaps = [...done.findings, ...(await windowGaps(session, frame, read, featureReader(node)))];
  const partners = await partnerFindings(session, frame, node);
  const findings = [...gaps, ...partners, ...done.fits.flatMap(({ fit }) => fit.findings), ...leftOut(node, count(row[1]))];
  const fitted: Record<string, FittedState> = Object.fromEntries(done.fits.map(({ step, fit }) => [step.output, fit.state]));
  return {
    node: node.id,
    rows: count(row[0]),
    summary: `${plural(node.features.length, 'feature')}${done.fits.length ? ` · ${plural(done.fits.length, 'fit')} on train` : ''}`,
    findings,
    quarantined: 0,
    detail: { kind: 'features', fitted, columns },
  };
}

/** The outputs of all steps, those of groups one by one, and `#fit`. */
export const setColumns = (node: FeaturesNode, fitted: Readonly<Record<string, FittedState>>): PlanColumn[] => [
  ...appliedSteps(node.steps, fitted).flatMap(({ columns }) => columns),
  { name: '#fit', type: 'bool' },
];

export async function createFeaturesView(session: Session, node: FeaturesNode, columns: readonly PlanColumn[]): Promise<void> {
  const own = columnsOf(session, node.split).map(c => `f.${name(c.name)}`);
  // A feature that is called like a column of the entity is read from the set.
  const set = columns.map(c => c.name);
  const kept = own.filter((_, i) => !set.includes(columnsOf(session, node.split)[i]?.name ?? ''));
  await session.db.run(
    `CREATE OR REPLACE VIEW ${name(node.id)} AS SELECT ${list(['f."#row"', ...kept, ...set.map(c => `s.${name(c)}`)])} FROM ${name(node.split)} f JOIN ${beside(node.id, 'set')} s ON f."#row" = s."#row"`,
  );
}
