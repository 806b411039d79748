/** Calculations without a value in the steps of tables and in checks. Each is counted over the rows of its own step, before later steps drop any. */
import type { CheckNode, PlanColumn, PlanExpr, RelationNode, RelationStep } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { columnOf } from '../sql/expression.ts';
import { list, name } from '../sql/write.ts';
import { aggregating, type Select } from './aggregating.ts';
import { type GapRows, gapFindings, inRows, keyExample, type ToldGap } from './gaps.ts';
import { aggregatesIn, type Gap, gapsOf, gapsOfRows } from './partial.ts';
import { columnsIn, personalColumns, personalThrough } from './personal.ts';
import { columnsOf, entryOf, type Session, tableScope } from './session.ts';

/** The expressions that a step computes of each row, with the name of what they make. */
export function rowExpressions(step: RelationStep): readonly { readonly as: string | null; readonly value: PlanExpr }[] {
  switch (step.op) {
    case 'filter':
      return [{ as: null, value: step.where }];
    case 'project':
      return step.columns.map(c => ({ as: c.name, value: c.value }));
    case 'join':
      return step.asOf ? [{ as: null, value: step.asOf.at }] : [];
    case 'neighbour':
    case 'rank':
      return [...(step.op === 'neighbour' ? [step.value] : []), ...step.by, ...step.order.map(o => o.value)].map(value => ({ as: step.name, value }));
    case 'union':
    case 'group':
    case 'dedupe':
    case 'sample':
      return [];
  }
}

const fateOf = (gap: Gap, whole: string): string => (gap.isFatal ? whole : 'that part of it is null there');

function toldOf(node: RelationNode, step: RelationStep): ToldGap[] {
  return rowExpressions(step).flatMap(({ as, value }) =>
    gapsOf(value).map(gap => ({
      gap,
      subject: as === null ? `A condition of \`${node.name}\`` : `\`${as}\` of \`${node.name}\``,
      where: inRows,
      place: node.place,
      fate: fateOf(gap, step.op === 'filter' ? 'they are left out' : 'it is null there'),
      result: null,
    })),
  );
}

/** Where columns of a step's input are in the finished table; null where steps after it change which rows there are. */
function surviving(columns: readonly PlanColumn[], later: readonly RelationStep[]): ReadonlyMap<string, string> | null {
  let places = new Map(columns.map(c => [c.name, c.name]));
  for (const step of later) {
    if (step.op === 'project') {
      const now = new Map(step.columns.flatMap(({ name: as, value }) => (value.op === 'column' ? [[value.name, as] as const] : [])));
      places = new Map([...places].flatMap(([from, at]) => (now.has(at) ? [[from, now.get(at) ?? at] as const] : [])));
    } else if (step.op === 'neighbour' || step.op === 'rank') {
      places = new Map([...places].filter(([, at]) => at !== step.name));
    } else return null;
  }
  return places;
}

/** The names of the base's key through the steps, before each of them. */
function keysThrough(session: Session, node: RelationNode): readonly (string | null)[] {
  const { node: base } = entryOf(session, node.base);
  const keys: (string | null)[] = ['key' in base ? base.key : null];
  for (const step of node.steps) {
    const key = keys.at(-1) ?? null;
    if (step.op === 'project') keys.push(step.columns.find(({ value }) => value.op === 'column' && value.name === key)?.name ?? null);
    else if (step.op === 'group') keys.push(step.by.length === 1 ? (step.by[0] ?? null) : null);
    else keys.push('name' in step && step.name === key ? null : key);
  }
  return keys;
}

/** `stages`: before each step, and after the last. */
export async function relationGaps(session: Session, node: RelationNode, stages: readonly Select[]): Promise<FindingRecord[]> {
  const keys = keysThrough(session, node);
  const personal = personalThrough(session, node);
  const findings: FindingRecord[] = [];
  for (const [i, step] of node.steps.entries()) {
    const before = stages[i];
    if (!before) continue;
    const example = keyExample(keys[i] ?? null, personal[i] ?? new Set());
    if (step.op === 'group') {
      findings.push(...(await groupGaps(session, node, step, before, example, keyExample(keys[i + 1] ?? null, personal[i + 1] ?? new Set()))));
      continue;
    }
    const told = toldOf(node, step);
    if (told.length === 0) continue;
    // Where everything that is read is still there, the finished table is asked and nothing is computed twice.
    const now = surviving(before.columns, node.steps.slice(i));
    const read = told.flatMap(({ gap }) => columnsIn(gap.when));
    const isThere = now !== null && read.every(c => node.columns.some(kept => kept.name === now.get(c)));
    const key = keys[i];
    const rows: GapRows = isThere
      ? {
          from: name(node.id),
          scope: { column: wanted => name(now.get(wanted) ?? wanted) },
          example: key && now.has(key) ? keyExample(now.get(key) ?? null, personal.at(-1) ?? new Set()) : null,
        }
      : { from: `(${before.sql})`, scope: tableScope(), example };
    findings.push(...(await gapFindings(session, rows, told)));
  }
  return findings;
}

async function groupGaps(
  session: Session,
  node: RelationNode,
  step: Extract<RelationStep, { op: 'group' }>,
  before: Select,
  rowExample: string | null,
  groupExample: string | null,
): Promise<FindingRecord[]> {
  const subject = (as: string): string => `\`${as}\` of \`${node.name}\``;
  const ofRows = step.aggregates.flatMap(({ name: as, value }) =>
    aggregatesIn(value)
      .flatMap(gapsOfRows)
      .map((gap): ToldGap => ({ gap, subject: subject(as), where: inRows, place: node.place, fate: 'these rows do not count', result: null })),
  );
  const ofGroups = step.aggregates.flatMap(({ name: as, value }) =>
    gapsOf(value).map(
      (gap): ToldGap => ({ gap, subject: subject(as), where: inRows, place: node.place, fate: fateOf(gap, 'it is null there'), result: null }),
    ),
  );
  const findings = ofRows.length ? await gapFindings(session, { from: `(${before.sql})`, scope: tableScope(), example: rowExample }, ofRows) : [];
  if (ofGroups.length === 0) return findings;
  const conditions = ofGroups.map(({ gap }) => gap.when);
  const { scope, from } = aggregating(before.columns, conditions, step.tie);
  const items = [...step.by.map(name), ...conditions.map((when, i) => `${columnOf(when, scope)} AS ${name(`~gap ${i}`)}`)];
  const grouped = `SELECT ${list(items)} FROM ${from(before.sql)} ${step.by.length ? `GROUP BY ${list(step.by.map(name))}` : ''} HAVING count(*) > 0`;
  const counted = ofGroups.map((told, i) => ({
    ...told,
    gap: { ...told.gap, when: { op: 'column', type: 'bool', name: `~gap ${i}`, of: null } as const },
  }));
  return [...findings, ...(await gapFindings(session, { from: `(${grouped})`, scope: tableScope(), example: groupExample }, counted))];
}

export async function checkGaps(session: Session, node: CheckNode): Promise<FindingRecord[]> {
  const table = name(node.table);
  const columns = columnsOf(session, node.table);
  const tie = node.key === null ? [] : [node.key];
  const rows: GapRows = { from: table, scope: tableScope(), example: keyExample(node.key, personalColumns(session, node.table)) };
  const told = node.claims.flatMap(({ claim, text, place }) => {
    const conditions =
      claim.kind === 'row' ? gapsOf(claim.condition) : claim.kind === 'aggregate' ? aggregatesIn(claim.condition).flatMap(gapsOfRows) : [];
    const fate = claim.kind === 'row' ? 'a claim passes where it has no value' : 'these rows do not count';
    return conditions.map((gap): ToldGap => ({ gap, subject: `\`${text}\` of \`${node.name}\``, where: inRows, place, fate, result: null }));
  });
  const findings = told.length ? await gapFindings(session, rows, told) : [];
  const whole = node.claims.flatMap(({ claim, text, place }) =>
    claim.kind === 'aggregate'
      ? gapsOf(claim.condition).map(
          (gap): ToldGap => ({
            gap,
            subject: `\`${text}\` of \`${node.name}\``,
            where: () => 'over all rows',
            place,
            fate: fateOf(gap, 'it has no value, so it does not hold'),
            result: null,
          }),
        )
      : [],
  );
  if (whole.length === 0) return findings;
  const conditions = whole.map(({ gap }) => gap.when);
  const { scope, from } = aggregating(columns, conditions, tie);
  const measured = `SELECT ${list(conditions.map((when, i) => `${columnOf(when, scope)} AS ${name(`~gap ${i}`)}`))} FROM ${from(`SELECT * FROM ${table}`)}`;
  const counted = whole.map((one, i) => ({
    ...one,
    gap: { ...one.gap, when: { op: 'column', type: 'bool', name: `~gap ${i}`, of: null } as const },
  }));
  return [...findings, ...(await gapFindings(session, { from: `(${measured})`, scope: tableScope(), example: null }, counted))];
}
