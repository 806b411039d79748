/** Derived tables: each step takes a SELECT to the next, and one statement makes the table. The order of rows never matters. */
import type { PlanExpr, PlanOrder, PlanType, RelationNode, RelationStep } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { canonical } from '../sql/canonical.ts';
import { columnOf, condition, expression } from '../sql/expression.ts';
import { cast, column, float, list, name } from '../sql/write.ts';
import { aggregating, nullsFirst, type Select } from './aggregating.ts';
import { finding, plural } from './finding.ts';
import type { NodeResult } from './relational.ts';
import { columnsOf, count, type Session, tableScope, typeOf } from './session.ts';
import { uniform } from './split.ts';
import { relationGaps } from './tableGaps.ts';

type StepOf<O extends RelationStep['op']> = Extract<RelationStep, { op: O }>;

function project(from: Select, step: StepOf<'project'>): Select {
  const items = step.columns.map(({ name: as, value }) => `${columnOf(value, tableScope())} AS ${name(as)}`);
  return { sql: `SELECT ${list(items)} FROM (${from.sql})`, columns: step.columns.map(({ name, value }) => ({ name, type: value.type })) };
}

function plainJoin(from: Select, step: StepOf<'join'>): Select {
  const take = step.take.map(({ column: c, as }) => `${column('r', c)} AS ${name(as)}`);
  const on = step.on.map(({ left, right }) => `${column('l', left)} = ${column('r', right)}`).join(' AND ') || 'TRUE';
  const kind = step.join === 'left' ? 'LEFT' : 'INNER';
  return {
    sql: `SELECT ${list(['l.*', ...take])} FROM (${from.sql}) l ${kind} JOIN ${name(step.right)} r ON ${on}`,
    columns: [...from.columns, ...step.take.map(({ as, type }) => ({ name: as, type }))],
  };
}

/**
 * The right row as of a time. A row is visible once the later of its event and its known time has passed, so at every such moment the row
 * to choose is the greatest of all visible so far: a running maximum over right rows, found by one as-of join on that moment.
 */
function asOfJoin(session: Session, from: Select, step: StepOf<'join'>, asOf: NonNullable<StepOf<'join'>['asOf']>): Select {
  const right = columnsOf(session, step.right);
  const timeOf = (wanted: string): string => cast(name(wanted), typeOf(right, wanted), 'timestamp');
  const times = [asOf.event, ...(asOf.known === null ? [] : [asOf.known])];
  const keys = step.on.map((_, i) => name(`~on ${i}`));
  const rest = step.take.map(t => t.column).filter(c => !times.includes(c) && !asOf.tie.includes(c));
  // Of rows that are alike in all that goes with the row, the one whose cells are known first: what is known later does not decide.
  const knowns = rest.filter(c => c.endsWith('#known'));
  const others = rest.filter(c => !knowns.includes(c));
  const order = [...nullsFirst([...times, ...asOf.tie]), ...knowns.map(c => `${name(c)} DESC NULLS FIRST`), ...nullsFirst(others)];
  const ranked = `SELECT ${list([
    ...step.on.map(({ right: r }, i) => `${name(r)} AS ${keys[i]}`),
    ...step.take.map(({ column: c, as }) => `${name(c)} AS ${name(as)}`),
    `${times.length > 1 ? `greatest(${list(times.map(timeOf))})` : timeOf(asOf.event)} AS "~visible"`,
    `row_number() OVER (ORDER BY ${list(order)}) AS "~place"`,
  ])} FROM ${name(step.right)} WHERE ${[...times, ...step.on.map(o => o.right)].map(c => `${name(c)} IS NOT NULL`).join(' AND ')}`;
  const moments = `SELECT ${list([...keys, '"~visible"', 'max("~place") AS "~latest"'])} FROM ranked GROUP BY ${list([...keys, '"~visible"'])}`;
  const best = `SELECT ${list([...keys, '"~visible"', `max("~latest") OVER (${keys.length ? `PARTITION BY ${list(keys)} ` : ''}ORDER BY "~visible") AS "~best"`])} FROM moments`;
  // The engine's as-of join may find a row for a null; before all time there is none.
  const at = `coalesce(${cast(expression(asOf.at, tableScope('l')), asOf.at.type, 'timestamp')}, TIMESTAMP '-infinity')`;
  const on = [...step.on.map(({ left }, i) => `${column('l', left)} = b.${keys[i]}`), `${at} > b."~visible"`].join(' AND ');
  const found = `SELECT l.*, b."~best" AS "~chosen" FROM (${from.sql}) l ASOF LEFT JOIN best b ON ${on}`;
  const take = step.take.map(({ as }) => column('r', as));
  const kind = step.join === 'left' ? 'LEFT' : 'INNER';
  return {
    sql: `WITH ranked AS MATERIALIZED (${ranked}), moments AS (${moments}), best AS (${best}) SELECT ${list(['f.* EXCLUDE ("~chosen")', ...take])} FROM (${found}) f ${kind} JOIN ranked r ON f."~chosen" = r."~place"`,
    columns: [...from.columns, ...step.take.map(({ as, type }) => ({ name: as, type }))],
  };
}

function group(from: Select, step: StepOf<'group'>): Select {
  const values = step.aggregates.map(a => a.value);
  const { scope, from: source } = aggregating(from.columns, values, step.tie);
  const items = [...step.by.map(name), ...step.aggregates.map(({ name: as, value }) => `${columnOf(value, scope)} AS ${name(as)}`)];
  const by = step.by.length ? `GROUP BY ${list(step.by.map(name))}` : '';
  return {
    // Over no rows there is no group, not one group of none.
    sql: `SELECT ${list(items)} FROM ${source(from.sql)} ${by} HAVING count(*) > 0`,
    columns: [
      ...step.by.map(by => ({ name: by, type: typeOf(from.columns, by) })),
      ...step.aggregates.map(({ name, value }) => ({ name, type: value.type })),
    ],
  };
}

function dedupe(from: Select, step: StepOf<'dedupe'>): Select {
  const order = [
    ...step.order.map(({ column: c, descending }) => `${name(c)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`),
    ...nullsFirst([...step.tie, ...from.columns.map(c => c.name)]),
  ];
  const over = `${step.by.length ? `PARTITION BY ${list(step.by.map(name))} ` : ''}ORDER BY ${list(order)}`;
  return { sql: `SELECT * FROM (${from.sql}) QUALIFY row_number() OVER (${over}) = 1`, columns: from.columns };
}

const overGroups = (by: readonly PlanExpr[], order: readonly string[]): string => {
  const groups = by.map(expr => expression(expr, tableScope()));
  return `${groups.length ? `PARTITION BY ${list(groups)} ` : ''}ORDER BY ${list(order)}`;
};

const keysOf = (order: readonly PlanOrder[]): string[] =>
  order.map(({ value, descending }) => `${expression(value, tableScope())} ${descending ? 'DESC' : 'ASC'} NULLS LAST`);

/** The SELECT with one more column behind the others, in the place of one of that name. */
function withColumn(from: Select, as: string, type: PlanType, value: string): Select {
  const others = from.columns.filter(c => c.name !== as);
  return {
    sql: `SELECT ${list([...others.map(c => name(c.name)), `${value} AS ${name(as)}`])} FROM (${from.sql})`,
    columns: [...others, { name: as, type }],
  };
}

function neighbour(from: Select, step: StepOf<'neighbour'>): Select {
  const order = [...keysOf(step.order), ...nullsFirst([...step.tie, ...from.columns.map(c => c.name)])];
  const [word, offset] = step.offset < 0 ? ['lead', -step.offset] : ['lag', step.offset];
  return withColumn(
    from,
    step.name,
    step.value.type,
    `${word}(${columnOf(step.value, tableScope())}, ${offset}) OVER (${overGroups(step.by, order)})`,
  );
}

const rank = (from: Select, step: StepOf<'rank'>): Select =>
  withColumn(from, step.name, 'int', `CAST(rank() OVER (${overGroups(step.by, keysOf(step.order))}) AS BIGINT)`);

function sample(from: Select, step: StepOf<'sample'>): Select {
  const text = (c: string): string => canonical(name(c), typeOf(from.columns, c));
  const identity = step.key === null ? `md5(${step.identity.map(text).join(' || chr(31) || ') || "''"})` : text(step.key);
  const u = uniform(`'${step.seed}|sample|' || ${identity}`);
  if (step.share !== null) return { sql: `SELECT * FROM (${from.sql}) WHERE ${u} < ${float(step.share)}`, columns: from.columns };
  const order = list([u, ...nullsFirst(from.columns.map(c => c.name))]);
  return { sql: `SELECT * FROM (${from.sql}) QUALIFY row_number() OVER (ORDER BY ${order}) <= ${step.rows ?? 0}`, columns: from.columns };
}

function apply(session: Session, from: Select, step: RelationStep): Select {
  switch (step.op) {
    case 'filter':
      return { sql: `SELECT * FROM (${from.sql}) WHERE ${condition(step.where, tableScope())}`, columns: from.columns };
    case 'project':
      return project(from, step);
    case 'join':
      return step.asOf ? asOfJoin(session, from, step, step.asOf) : plainJoin(from, step);
    case 'union': {
      const columns = list(from.columns.map(c => name(c.name)));
      return { sql: `SELECT ${columns} FROM (${from.sql}) UNION ALL SELECT ${columns} FROM ${name(step.right)}`, columns: from.columns };
    }
    case 'group':
      return group(from, step);
    case 'dedupe':
      return dedupe(from, step);
    case 'neighbour':
      return neighbour(from, step);
    case 'rank':
      return rank(from, step);
    case 'sample':
      return sample(from, step);
  }
}

/** Refs that lead nowhere: the rows stay, their new columns are null. */
async function withoutPartner(session: Session, node: RelationNode): Promise<FindingRecord[]> {
  const findings: FindingRecord[] = [];
  for (const step of node.steps) {
    if (step.op !== 'join' || step.asOf || step.join !== 'left') continue;
    // What a check sets aside for want of a partner is told by the check: there the join takes hidden times alone.
    if (step.take.length > 0 && step.take.every(({ column: taken }) => taken.includes('#'))) continue;
    // Only columns that the base has as they are; others are made on the way.
    const base = columnsOf(session, node.base);
    const on = step.on.filter(o => base.some(c => c.name === o.left));
    if (on.length !== step.on.length) continue;
    const matches = on.map(o => `${column('r', o.right)} = ${column('l', o.left)}`).join(' AND ');
    const present = on.map(o => `${column('l', o.left)} IS NOT NULL`).join(' AND ');
    const [row] = await session.db.rows(
      `SELECT count(*) FROM ${name(node.base)} l WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${name(step.right)} r WHERE ${matches})`,
    );
    const missing = count(row?.[0]);
    if (missing === 0) continue;
    const right = step.right.slice(step.right.indexOf(' ') + 1);
    findings.push(
      finding(
        'info',
        'no-partner',
        node.place,
        `${plural(missing, 'row')} of \`${node.name}\` ${missing === 1 ? 'finds' : 'find'} no row of \`${right}\` by \`${on.map(o => o.left).join('`, `')}\`.`,
        `Their columns from \`${right}\` are null. Claim \`refers(…)\` in a check if that should not happen.`,
        missing,
      ),
    );
  }
  return findings;
}

/** Before each step, and after the last. */
export function stagesOf(session: Session, node: RelationNode): readonly Select[] {
  let done: Select = { sql: `SELECT * FROM ${name(node.base)}`, columns: columnsOf(session, node.base) };
  const stages = [done];
  for (const step of node.steps) {
    done = apply(session, done, step);
    stages.push(done);
  }
  return stages;
}

export async function executeRelation(session: Session, node: RelationNode): Promise<NodeResult> {
  const stages = stagesOf(session, node);
  const columns = list(node.columns.map(c => name(c.name)));
  await session.db.run(`CREATE OR REPLACE TABLE ${name(node.id)} AS SELECT ${columns} FROM (${stages.at(-1)?.sql})`);
  const rows = count((await session.db.rows(`SELECT count(*) FROM ${name(node.id)}`))[0]?.[0]);
  const findings = [...(await withoutPartner(session, node)), ...(await relationGaps(session, node, stages))];
  return { node: node.id, rows, summary: plural(rows, 'row'), findings, quarantined: 0, detail: { kind: 'relation' } };
}
