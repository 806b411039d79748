/**
 * Observations: each entity at each cutoff from which on it is known. All candidates are kept, for splits are cut over them; `#state` says
 * which have a label that was decided by the end of the data. `#row` numbers them by identity and cutoff, never by the order of a file.
 */
import type { FrameNode, PlanColumn } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { canonical } from '../sql/canonical.ts';
import { columnOf, condition, expression } from '../sql/expression.ts';
import { cast, column, instant, interval, list, name, quoted, typeName } from '../sql/write.ts';
import { type EntityOrder, orderEntities, orderedAtCutoffs, orderedColumns, orderOf } from './entityOrder.ts';
import { finding, number, plural } from './finding.ts';
import { conditionGaps, labelGaps, labelWindowGaps } from './observationGaps.ts';
import { type Observed, observe } from './observations.ts';
import { partnerFindings } from './partners.ts';
import type { ExecuteContext, NodeResult } from './relational.ts';
import { release } from './release.ts';
import { beside, columnsOf, count, entryOf, type Session, tableOf, tableScope, typeOf } from './session.ts';

export const frameColumns = (session: Session, node: FrameNode): PlanColumn[] => [
  ...columnsOf(session, node.relation),
  { name: '#cutoff', type: 'timestamp' },
  { name: '#label', type: node.label?.value.type ?? 'float' },
  { name: '#identity', type: 'text' },
  { name: '#state', type: 'text' },
];

export const isTimeless = (node: FrameNode): boolean => node.cutoffs.kind === 'none';

/** The cutoffs that all entities share, or null. */
export const gridOf = ({ cutoffs }: FrameNode): readonly number[] | null => (cutoffs.kind === 'grid' ? [...new Set(cutoffs.instants)] : null);

/** On a grid the own row is seen as all others are: known before the cutoff, not with it. */
const isBeforeCutoff = ({ cutoffs }: FrameNode): boolean => cutoffs.kind === 'grid';

/** `~id` is the place of the entity's row in its table. */
export function entityAtCutoffs(session: Session, node: FrameNode, table: string): string {
  const relation = `(SELECT *, rowid AS "~id" FROM ${name(table)})`;
  const known = (): string => {
    if (node.known === null) return 'TRUE';
    return `${cast(name(node.known), typeOf(columnsOf(session, node.relation), node.known), 'timestamp')} ${isBeforeCutoff(node) ? '<' : '<='} "#cutoff"`;
  };
  switch (node.cutoffs.kind) {
    case 'none':
      return `(SELECT *, CAST(NULL AS TIMESTAMP) AS "#cutoff" FROM ${relation})`;
    case 'grid': {
      const instants = list(node.cutoffs.instants.map(String));
      return `(SELECT * FROM ${relation} CROSS JOIN (SELECT make_timestamp(unnest(CAST([${instants}] AS BIGINT[]))) AS "#cutoff") WHERE ${known()})`;
    }
    case 'column': {
      const { value } = node.cutoffs;
      const cutoff = cast(expression(value, tableScope()), value.type, 'timestamp');
      return `(SELECT * FROM (SELECT *, ${cutoff} AS "#cutoff" FROM ${relation}) WHERE "#cutoff" IS NOT NULL AND ${known()})`;
    }
  }
}

/** Rows with a cutoff of their own that are no observations: it is null, or the row becomes known after it. A condition says itself which rows are meant. */
async function unobserved(session: Session, node: FrameNode, table: string): Promise<FindingRecord[]> {
  if (node.cutoffs.kind !== 'column' || node.where !== null) return [];
  const { value } = node.cutoffs;
  const cutoff = cast(expression(value, tableScope()), value.type, 'timestamp');
  const known = node.known === null ? '"#c"' : cast(name(node.known), typeOf(columnsOf(session, node.relation), node.known), 'timestamp');
  const [row = []] = await session.db.rows(
    `SELECT count(*) FILTER ("#c" IS NULL), count(*) FILTER ("#c" IS NOT NULL AND coalesce("#k" > "#c", TRUE)) FROM (SELECT *, ${known} AS "#k" FROM (SELECT *, ${cutoff} AS "#c" FROM ${name(table)}))`,
  );
  const [none = 0, late = 0] = row.map(count);
  const of = `\`${entryOf(session, node.relation).node.name}\``;
  const found = (rows: number, why: string, help: string): FindingRecord[] =>
    rows === 0
      ? []
      : [
          finding(
            'info',
            'not-observed',
            node.place,
            `${plural(rows, 'row')} of ${of} ${rows === 1 ? 'is no observation' : 'are no observations'}: ${why}.`,
            help,
            rows,
          ),
        ];
  return [
    ...found(none, 'the cutoff is null there', 'Mend the data, or say with `where` which rows are meant.'),
    ...found(late, `known only after the cutoff, ${late === 1 ? 'it was' : 'they were'} not there to be predicted`, 'A later cutoff takes them in.'),
  ];
}

/** The key as text, or the hash of the identity columns. `b` is the entity's row. */
function identitySql(node: FrameNode, columns: readonly PlanColumn[]): string {
  const text = (c: string): string => canonical(`b.${name(c)}`, typeOf(columns, c));
  return node.key === null ? `md5(${node.identity.map(text).join(` || chr(31) || `) || "''"})` : text(node.key);
}

async function endOfData(session: Session, node: FrameNode): Promise<number | null> {
  if (isTimeless(node)) return null;
  if (node.until !== null) return node.until;
  const ends = node.ripeFrom.map(({ relation, known }) => {
    return `(SELECT epoch_us(max(${cast(name(known), typeOf(columnsOf(session, relation), known), 'timestamp')})) FROM ${name(relation)})`;
  });
  if (ends.length === 0) return null;
  const [row] = await session.db.rows(`SELECT list_max([${list(ends)}])`);
  const end = row?.[0];
  return end === null || end === undefined ? null : Number(end);
}

function sortedCandidates(node: FrameNode, columns: readonly PlanColumn[], identity: string, { from, scope }: Observed): string {
  // With a key nothing is left to order; without one, equal identities are told apart by all that they have.
  const rest = node.key === null && columns.length ? [`hash(${list(columns.map(c => column('b', c.name)))}) AS "~rest"`] : [];
  const items = ['b."~id"', `${identity} AS "#identity"`, 'b."#cutoff"', ...rest];
  const order = ['"#identity"', '"#cutoff"', ...rest.map(() => '"~rest"')];
  return `SELECT * FROM (SELECT ${list(items)} FROM ${from} WHERE ${condition(node.where, scope)}) ORDER BY ${list(order)}`;
}

/** Where every entity is observed at the same cutoffs and no two are alike, sorting the entities sorts the observations. */
async function entityOrder(session: Session, node: FrameNode, table: string): Promise<EntityOrder | null> {
  const grid = gridOf(node);
  if (grid === null || node.key === null || node.known !== null || node.where !== null) return null;
  if (node.cutoffs.kind === 'grid' && grid.length < node.cutoffs.instants.length) return null;
  const columns = columnsOf(session, node.relation);
  const type = typeOf(columns, node.key);
  const own = { identity: (key: string) => canonical(key, type), isPlain: type === 'text', columns: columns.map(c => c.name) };
  return orderEntities(session, { id: node.id, key: node.key, table, ...own });
}

interface Candidates {
  readonly gaps: FindingRecord[];
  /** SQL of how many there are. */
  readonly count: string;
  /** Tables that are read only while there are candidates. */
  readonly tables: readonly string[];
}

/** A view of the candidates with their numbers. Only what orders them is sorted; the columns of many are read from the entity's table. */
async function createCandidates(session: Session, node: FrameNode, view: string): Promise<Candidates> {
  const columns = columnsOf(session, node.relation);
  const table = await tableOf(session, node.relation);
  const identity = identitySql(node, columns);
  const order = await entityOrder(session, node, table);
  if (order) {
    const cutoffs = [...(gridOf(node) ?? [])].sort((a, b) => a - b);
    const names = columns.map(c => c.name);
    await session.db.run(`CREATE OR REPLACE VIEW ${view} AS ${orderedAtCutoffs(order, table, names, cutoffs)}`);
    return { gaps: [], count: String(order.entities * cutoffs.length), tables: [] };
  }
  const seen = await observe(session, {
    table: entityAtCutoffs(session, node, table),
    isTimeless: isTimeless(node),
    grid: null,
    paths: node.paths,
    windows: [],
  });
  const numbers = beside(node.id, 'numbers');
  // The number of a row in an ordered SELECT needs no window over all of it.
  await session.db.run(
    `CREATE OR REPLACE TABLE ${numbers} AS SELECT "~id", "#cutoff", "#identity", row_number() OVER () - 1 AS "#row" FROM (${sortedCandidates(node, columns, identity, seen)})`,
  );
  await session.db.run(
    `CREATE OR REPLACE VIEW ${view} AS SELECT r.*, n."~id", n."#cutoff", n."#identity", n."#row" FROM ${name(table)} r JOIN ${numbers} n ON r.rowid = n."~id"`,
  );
  return { gaps: await conditionGaps(session, node, seen), count: `(SELECT count(*) FROM ${numbers})`, tables: [numbers] };
}

function findingsOf(
  node: FrameNode,
  figures: { readonly candidates: number; readonly unripe: number; readonly nullLabels: number; readonly equal: number },
  end: number | null,
  /** The table of the entity, if it has no rows. */
  empty: string | null,
): FindingRecord[] {
  const { candidates, unripe, nullLabels, equal } = figures;
  const findings: FindingRecord[] = [];
  if (candidates === 0) {
    const help =
      empty !== null
        ? `Put rows into \`${empty}\`, or widen the conditions that leave none.`
        : node.where
          ? 'Look at the condition after `where`, and at the cutoffs.'
          : "Look at the cutoffs: an observation exists from its row's known time on.";
    findings.push(
      finding(
        'error',
        'no-observations',
        node.place,
        `\`${node.name}\` has no observations${empty === null ? '' : `: \`${empty}\` has no rows`}.`,
        help,
      ),
    );
  } else if (candidates === unripe + nullLabels) {
    findings.push(
      finding(
        'error',
        'no-labels',
        node.label?.place ?? node.place,
        `No observation of \`${node.name}\` has a label.`,
        unripe ? 'Earlier cutoffs, a shorter horizon or more data would decide some.' : "Look at the label's expression: it is null on every row.",
        candidates,
      ),
    );
  }
  if (unripe) {
    const until = end === null ? 'the end of the data' : `${new Date(end / 1000).toISOString().slice(0, 10)}, where the data end`;
    findings.push(
      finding(
        'info',
        'unripe-label',
        node.label?.place ?? node.place,
        `${plural(unripe, 'observation')} of \`${node.name}\` ${unripe === 1 ? 'is' : 'are'} left out: the label is not decided by ${until}.`,
        null,
        unripe,
      ),
    );
  }
  if (nullLabels) {
    findings.push(
      finding(
        'info',
        'null-label',
        node.label?.place ?? node.place,
        `${plural(nullLabels, 'observation')} of \`${node.name}\` ${nullLabels === 1 ? 'is' : 'are'} left out: the label is null.`,
        null,
        nullLabels,
      ),
    );
  }
  if (equal) {
    findings.push(
      finding(
        'info',
        'equal-rows',
        node.place,
        `${plural(equal, 'observation')} of \`${node.name}\` ${equal === 1 ? 'equals' : 'equal'} another in every column that is known with the row; equal rows stay in one partition.`,
        'Declare a `key` to tell them apart.',
        equal,
      ),
    );
  }
  return findings;
}

/** Of an observation `b`: whether its label is decided by then. */
function ripeSql({ label, cutoffs }: FrameNode, end: number | null): string {
  if (!label || end === null || cutoffs.kind === 'none') return 'TRUE';
  const span = { months: label.horizon.months + label.delay.months, micros: label.horizon.micros + label.delay.micros };
  // Without months the sum need not be made for every row.
  return span.months === 0 ? `(b."#cutoff" <= ${instant(end - span.micros)})` : `(b."#cutoff" + ${interval(span)} <= ${instant(end)})`;
}

/** Up to so many columns of the entity are quicker written again than joined by each who reads them. */
const fewColumns = 12;
/** The engine looks up places of no more entities than that without comparing keys. */
const mostPlaces = 1_000_000;
/** With fewer cutoffs there is little to be saved. */
const manyCutoffs = 3;

/**
 * Gives the table that has a row an observation. Where entities are in order, it has their place, which is quicker to follow than their columns
 * are to read again; a wide entity's columns stay where they are.
 */
async function createFrame(session: Session, node: FrameNode, from: string, state: string): Promise<string> {
  const { db } = session;
  const names = columnsOf(session, node.relation).map(c => c.name);
  const columns = names.map(name);
  const own = ['"#cutoff"', '"#label"', '"#identity"'];
  const stated = `CAST(${state} AS ENUM('ready', 'unripe', 'unlabelled')) AS "#state"`;
  const order = orderOf(session, node.id);
  if (order?.hasColumns && order.entities <= mostPlaces && (gridOf(node)?.length ?? 0) >= manyCutoffs) {
    const places = beside(node.id, 'places');
    await db.run(`CREATE TABLE ${places} AS SELECT ${list(['b."#row"', 'b."~code"', '"#cutoff"', '"#label"', stated])} FROM ${from}`);
    const items = ['p."#row"', ...orderedColumns(order, names), 'p."#cutoff"', 'p."#label"', `${order.identity} AS "#identity"`, 'p."#state"'];
    await db.run(`CREATE VIEW ${name(node.id)} AS SELECT ${list(items)} FROM ${places} p JOIN ${order.table} o ON o."~code" = p."~code"`);
    return places;
  }
  if (columns.length <= fewColumns) {
    await db.run(`CREATE TABLE ${name(node.id)} AS SELECT ${list(['b."#row"', ...columns, ...own, stated])} FROM ${from}`);
    return name(node.id);
  }
  const rows = beside(node.id, 'rows');
  const table = await tableOf(session, node.relation);
  await db.run(`CREATE TABLE ${rows} AS SELECT ${list(['b."#row"', 'b."~id"', ...own, stated])} FROM ${from}`);
  const items = ['o."#row"', ...columns.map(c => `r.${c}`), ...own.map(c => `o.${c}`), 'o."#state"'];
  await db.run(`CREATE VIEW ${name(node.id)} AS SELECT ${list(items)} FROM ${rows} o JOIN ${name(table)} r ON r.rowid = o."~id"`);
  return rows;
}

/** The table of what the observations of a wide entity have of their own, without the entity's columns; null: there is none. */
export async function narrowTable(session: Session, frame: string): Promise<string | null> {
  const rows = beside(frame, 'rows');
  const [row] = await session.db.rows(`SELECT count(*) FROM duckdb_tables() WHERE table_name = ${quoted(rows.slice(1, -1).replaceAll('""', '"'))}`);
  return count(row?.[0]) > 0 ? rows : null;
}

export async function executeFrame(session: Session, node: FrameNode, context: ExecuteContext): Promise<NodeResult> {
  const { db } = session;
  const { label } = node;
  const base = beside(node.id, 'candidates');
  // A view cannot take the place of a table that was restored.
  await release(session, node.id);
  const candidate = await createCandidates(session, node, base);
  const { gaps } = candidate;
  context.progress(1, 2, 'steps', 'labels');
  const end = await endOfData(session, node);
  const ripe = ripeSql(node, end);
  const read = {
    table: base,
    isTimeless: isTimeless(node),
    grid: gridOf(node),
    entities: node.relation,
    order: orderOf(session, node.id),
    paths: label?.paths ?? [],
    windows: label?.windows ?? [],
  };
  const seen = await observe(session, read);
  const value = label ? `CASE WHEN ${ripe} THEN ${columnOf(label.value, seen.scope)} END` : `CAST(NULL AS ${typeName('float')})`;
  const state = `CASE WHEN NOT ${ripe} THEN 'unripe' ${label ? `WHEN "#label" IS NULL THEN 'unlabelled' ` : ''}ELSE 'ready' END`;
  const rows = await createFrame(session, node, `(SELECT b.*, ${value} AS "#label" FROM ${seen.from}) b`, state);
  const [row = []] = await db.rows(
    `SELECT count(*), count(*) FILTER (WHERE "#state" = 'unripe'), count(*) FILTER (WHERE "#state" = 'unlabelled'), ${candidate.count}, ${node.key === null ? `count(*) - count(DISTINCT ("#identity", "#cutoff"))` : '0'} FROM ${rows}`,
  );
  const [candidates = 0, unripe = 0, nullLabels = 0, numbered = 0, equal = 0] = row.map(count);
  gaps.push(...(await labelGaps(session, node, { ...seen, where: ripe }, nullLabels)), ...(await labelWindowGaps(session, node, read, ripe)));
  await db.run(`DROP VIEW ${base}`);
  for (const table of candidate.tables) await db.run(`DROP TABLE ${table}`);
  if (numbered !== candidates) throw new Error(`Observations of ${node.id} were doubled.`);
  const ready = candidates - unripe - nullLabels;
  const entity = entryOf(session, node.relation);
  const parts = [
    plural(ready, 'observation'),
    ...(unripe ? [`${number(unripe)} not yet decided`] : []),
    ...(nullLabels ? [`${number(nullLabels)} without a label`] : []),
  ];
  return {
    node: node.id,
    rows: ready,
    summary: parts.join(' · '),
    findings: [
      ...gaps,
      ...(await unobserved(session, node, await tableOf(session, node.relation))),
      ...(await partnerFindings(session, node, null)),
      ...findingsOf(node, { candidates, unripe, nullLabels, equal }, end, entity.result.rows === 0 ? entity.node.name : null),
    ],
    quarantined: 0,
    detail: { kind: 'frame', candidates, unripe, nullLabels, end },
  };
}

/** 1 and 0 for a binary label, the index of one of several classes, the value otherwise; null: none. */
export function labelNumber(node: FrameNode, label: string): string {
  const found = node.label;
  if (!found) return 'CAST(NULL AS DOUBLE)';
  if (found.kind === 'binary' && found.positive !== null) return `CAST(${label} = ${quoted(found.positive)} AS DOUBLE)`;
  if (found.classes) return `CAST(list_position([${list(found.classes.map(quoted))}], ${label}) - 1 AS DOUBLE)`;
  return found.value.type === 'text' ? 'CAST(NULL AS DOUBLE)' : `CAST(${label} AS DOUBLE)`;
}
