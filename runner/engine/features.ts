/**
 * Feature sets. What steps read of observations (columns, rows along refs, windows) is gathered once; the steps then run over that table in
 * rounds, and the last round is the set.
 */
import type { FeaturesNode, PlanColumn, PlanType } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { canonical } from '../sql/canonical.ts';
import { columnOf } from '../sql/expression.ts';
import { list, name } from '../sql/write.ts';
import { appliedSteps } from '../transforms/steps.ts';
import { orderOf } from './entityOrder.ts';
import { factsOf, leavesOf, predictedSteps, rowFacts, saidOf } from './featureInputs.ts';
import { type Done, type RowStep, runSteps } from './featureRounds.ts';
import { finding, plural } from './finding.ts';
import type { FittedStep } from './fit.ts';
import { gridOf, isTimeless } from './frame.ts';
import { featureReader, windowGaps } from './observationGaps.ts';
import { observe } from './observations.ts';
import { partnerFindings } from './partners.ts';
import { rememberPlain, setWith, tableWith } from './plainSets.ts';
import type { ExecuteContext, FittedState, NodeResult } from './relational.ts';
import { release } from './release.ts';
import { beside, columnsOf, count, entryOf, nodeOf, type Session } from './session.ts';

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
  // Of the steps before: what is written now takes much.
  await db.giveBack();
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
  const [row = []] = await db.rows(`SELECT count(*), count(*) FILTER (WHERE "~train" AND NOT "#fit") FROM ${setWith(session, node.id, [])}`);
  if (count(row[0]) !== entryOf(session, node.split).result.rows) throw new Error(`Observations of ${node.id} were doubled or lost.`);
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
