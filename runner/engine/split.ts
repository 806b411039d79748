/** Partitions: drawn by hash or cut by time, as `test/reference/split.ts` defines them, over all candidates; only ready rows get one. */
import { type FoldMethod, type OuterMethod, outermost, outerOf, type PlanColumn, type PlanExpr, type SplitNode } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { canonical } from '../sql/canonical.ts';
import { expression } from '../sql/expression.ts';
import { column, float, instant, interval, list, name } from '../sql/write.ts';
import { finding, number, plural } from './finding.ts';
import { labelNumber, narrowTable } from './frame.ts';
import { splitGaps } from './observationGaps.ts';
import type { NodeResult } from './relational.ts';
import { beside, columnsOf, count, nodeOf, type Session } from './session.ts';

type MethodOf<K extends OuterMethod['kind']> = Extract<OuterMethod, { kind: K }>;

const partitions = ['train', 'validate', 'test', 'none'] as const;

export const splitColumns = (session: Session, node: SplitNode): PlanColumn[] => [
  ...columnsOf(session, node.frame),
  { name: '#partition', type: 'text' },
];

/** A number in [0, 1) that depends on nothing but the text. */
export const uniform = (text: string): string => `(CAST('0x' || md5(${text})[1:13] AS BIGINT) / ${float(2 ** 52)})`;

/** The text of an expression over an observation's own row; `of` is what the statement calls the observation. */
export function ownText(expr: PlanExpr, of: string | null = null): string {
  const own = (wanted: string): string => (of === null ? name(wanted) : column(of, wanted));
  return canonical(expression(expr, { column: own, cutoff: own('#cutoff') }), expr.type);
}

const byShare = (u: string, { test, validate }: { readonly test: number; readonly validate: number }): string =>
  `CASE WHEN ${u} < ${float(test)} THEN 'test' WHEN ${u} < ${float(test + validate)} THEN 'validate' ELSE 'train' END`;

function atRandom(method: MethodOf<'random'>, frame: string): string {
  const u = uniform(`'${method.seed}|' || "#identity" || '|' || coalesce(CAST(epoch_us("#cutoff") AS VARCHAR), '')`);
  if (method.stratify === null) return `SELECT "#row", "#state", ${byShare(u, method)} AS "#partition" FROM ${frame}`;
  const drawn = `SELECT "#row", "#state", ${u} AS u, ${ownText(method.stratify)} AS stratum FROM ${frame}`;
  // Equal draws are equal rows: they count as one place, so they stay together.
  const placed = `SELECT "#row", "#state", (rank() OVER (PARTITION BY stratum ORDER BY u) - 0.5::DOUBLE) / count(*) OVER (PARTITION BY stratum) AS place FROM (${drawn})`;
  return `SELECT "#row", "#state", ${byShare('place', method)} AS "#partition" FROM (${placed})`;
}

function byTime(method: MethodOf<'time'>, frame: string): string {
  const bounds = [
    { name: 'train', range: method.train },
    ...(method.validate ? [{ name: 'validate', range: method.validate }] : []),
    { name: 'test', range: method.test },
  ];
  const within = ([from, to]: readonly [number | null, number | null]): string =>
    [
      '"#cutoff" IS NOT NULL',
      ...(from === null ? [] : [`"#cutoff" >= ${instant(from)}`]),
      ...(to === null ? [] : [`"#cutoff" < ${instant(to)}`]),
    ].join(' AND ');
  const group = method.group === null ? `''` : ownText(method.group);
  const place = `CASE ${bounds.map((b, i) => `WHEN ${within(b.range)} THEN ${i}`).join(' ')} END`;
  const placed = `SELECT "#row", "#state", "#cutoff", ${group} AS "~group", ${place} AS "~place" FROM ${frame}`;
  const start = (i: number): string => {
    const from = bounds[i]?.range[0] ?? null;
    return from === null ? `(SELECT min("#cutoff") FROM placed WHERE "~place" = ${i})` : instant(from);
  };
  const late = bounds.slice(1).map((_, i) => `WHEN "~place" = ${i} AND "#cutoff" + ${interval(method.gap)} > ${start(i + 1)} THEN NULL`);
  const kept = `SELECT * REPLACE (CASE ${late.join(' ')} ELSE "~place" END AS "~place") FROM placed`;
  const apart =
    method.group === null
      ? `SELECT * FROM kept`
      : `SELECT * REPLACE (CASE WHEN "~place" = min("~place") OVER (PARTITION BY "~group") THEN "~place" END AS "~place") FROM kept`;
  const named = `CASE "~place" ${bounds.map((b, i) => `WHEN ${i} THEN '${b.name}'`).join(' ')} ELSE 'none' END`;
  return `WITH placed AS MATERIALIZED (${placed}), kept AS (${kept}) SELECT "#row", "#state", ${named} AS "#partition" FROM (${apart})`;
}

function byOuter(method: OuterMethod, frame: string): string {
  switch (method.kind) {
    case 'random':
      return atRandom(method, frame);
    case 'group':
      return `SELECT "#row", "#state", ${byShare(uniform(`'${method.seed}|' || ${ownText(method.group)}`), method)} AS "#partition" FROM ${frame}`;
    case 'time':
      return byTime(method, frame);
  }
}

/** Rows of the pool in the time's blocks: `FoldMethod` says which. */
function foldInTime({ fold, folds }: FoldMethod, { gap, group }: MethodOf<'time'>, pool: string): string {
  const shift = interval(gap);
  const text = group === null ? `''` : ownText(group);
  const parts = [
    `pool AS MATERIALIZED (SELECT *, ${text} AS "~group" FROM (${pool}))`,
    `cutoffs AS MATERIALIZED (SELECT c, row_number() OVER (ORDER BY c) - 1 AS i FROM (SELECT DISTINCT "#cutoff" AS c FROM pool WHERE "~in"))`,
    `sizes AS (SELECT count(*) AS n, greatest(CAST(ceil(count(*) / ${float(folds + 1)}) AS BIGINT), coalesce(min(i) FILTER (WHERE i > 0 AND c >= (SELECT min(c) FROM cutoffs) + ${shift}), count(*))) AS m FROM cutoffs)`,
    `held AS (SELECT c FROM cutoffs, sizes WHERE i >= m AND (i - m) * least(${folds}, n - m) // (n - m) = ${fold})`,
    `learned AS (SELECT *, CASE WHEN "#cutoff" + ${shift} <= (SELECT min(c) FROM held) AND "#cutoff" < (SELECT min(c) FROM held) THEN 'train' WHEN "#cutoff" IN (SELECT c FROM held) THEN 'validate' ELSE 'none' END AS "~part" FROM pool)`,
  ];
  const apart = group === null ? 'FALSE' : `bool_or("~in" AND "~part" = 'train') OVER (PARTITION BY "~group")`;
  const partition = `CASE WHEN NOT "~in" THEN 'none' WHEN "~part" = 'validate' AND "~seen" THEN 'none' ELSE "~part" END`;
  return `WITH ${list(parts)} SELECT "#row", "#state", ${partition} AS "#partition" FROM (SELECT *, ${apart} AS "~seen" FROM learned)`;
}

function byFold(method: FoldMethod, frame: string): string {
  const { fold, folds, seed, repeat } = method;
  const outer = outermost(method);
  const inPool = `o."#partition" IN (${list(method.pool.map(p => `'${p}'`))})`;
  const pool = `SELECT f.*, ${inPool} AS "~in" FROM (${byMethod(method.outer, frame)}) o JOIN ${frame} f ON f."#row" = o."#row"`;
  if (outer.kind === 'time') return foldInTime(method, outer, pool);
  const group = method.group ?? (outer.kind === 'group' ? outer.group : null);
  const u = uniform(`'${seed}|folds|${repeat}|' || ${group === null ? '"#identity"' : ownText(group)}`);
  const partition = `CASE WHEN NOT "~in" THEN 'none' WHEN CAST(floor(${u} * ${folds}) AS BIGINT) = ${fold} THEN 'validate' ELSE 'train' END`;
  return `SELECT "#row", "#state", ${partition} AS "#partition" FROM (${pool})`;
}

function byMethod(method: SplitNode['method'], frame: string): string {
  switch (method.kind) {
    case 'fold':
      return byFold(method, frame);
    case 'merged':
      return `SELECT "#row", "#state", CASE WHEN "#partition" = 'validate' THEN 'train' ELSE "#partition" END AS "#partition" FROM (${byOuter(method.outer, frame)})`;
    default:
      return byOuter(method, frame);
  }
}

/** Where all observations of a cutoff are in one partition, and cutoffs are few. */
export function isByCutoff(session: Session, node: SplitNode): boolean {
  const outer = outerOf(node);
  return outer.kind === 'time' && outer.group === null && nodeOf(session, node.frame, 'frame').cutoffs.kind === 'grid';
}

/** Whether what is cut by is more than an observation's identity and cutoff. */
function readsEntity(method: SplitNode['method']): boolean {
  switch (method.kind) {
    case 'random':
      return method.stratify !== null;
    case 'group':
      return true;
    case 'time':
      return method.group !== null;
    case 'merged':
      return readsEntity(method.outer);
    case 'fold':
      return method.group !== null || readsEntity(method.outer);
  }
}

function partitionsSql(session: Session, node: SplitNode, narrow: string | null): string {
  const frame = readsEntity(node.method) ? name(node.frame) : (narrow ?? name(node.frame));
  // A byte a row, where texts are sixteen.
  const partition = `CAST("#partition" AS ENUM(${list(partitions.map(p => `'${p}'`))})) AS "#partition"`;
  if (!isByCutoff(session, node)) return `SELECT "#row", ${partition} FROM (${byMethod(node.method, frame)}) WHERE "#state" = 'ready'`;
  const cutoffs = `SELECT "#cutoff", 'ready' AS "#state", row_number() OVER () AS "#row" FROM (SELECT DISTINCT "#cutoff" FROM ${frame} ORDER BY "#cutoff")`;
  return `WITH "~cutoffs" AS MATERIALIZED (${cutoffs}) SELECT "#cutoff", ${partition} FROM (${byMethod(node.method, '"~cutoffs"')}) JOIN "~cutoffs" USING ("#row")`;
}

/** Partitions that the method names, whether or not rows fell into them. */
function wanted(method: SplitNode['method']): readonly string[] {
  if (method.kind === 'fold') return ['train', 'validate'];
  if (method.kind === 'merged') return wanted(method.outer).filter(partition => partition !== 'validate');
  if (method.kind === 'time') return ['train', ...(method.validate ? ['validate'] : []), 'test'];
  return ['train', ...(method.validate > 0 ? ['validate'] : []), ...(method.test > 0 ? ['test'] : [])];
}

interface Partition {
  readonly name: string;
  readonly rows: number;
  readonly positives: number | null;
}

/**
 * A fold that cannot be held out or learned from stops the run; what else may be said of it, its split has said. Of a fold of a fold only
 * features read, and rows that nothing holds out have none.
 */
function foldFindings(node: SplitNode, { outer, folds }: FoldMethod, found: readonly Partition[]): FindingRecord[] {
  if (outer.kind === 'fold') return [];
  const empty = found.find(p => p.rows === 0 && p.name !== 'none');
  if (!empty) return [];
  const why = outerOf(node).kind === 'time' ? 'there are too few cutoffs, or the gap is too long' : 'there are too few rows or groups';
  return [
    finding(
      'error',
      'empty-partition',
      node.place,
      `\`${node.name}\` cannot be cut into ${folds} folds: ${why}.`,
      `Ask for fewer: \`folds: ${Math.max(2, folds - 1)}\` in the split.`,
    ),
  ];
}

function oneClassHelp(node: SplitNode): string {
  const { kind } = outerOf(node);
  if (kind === 'time') return 'Move the bounds of the split, or its gap.';
  return kind === 'group'
    ? 'Give the partition a larger share, or use another seed.'
    : 'Stratify the split by the label, or give the partition a larger share.';
}

function findingsOf(node: SplitNode, found: readonly Partition[]): FindingRecord[] {
  if (node.method.kind === 'fold') return foldFindings(node, node.method, found);
  const findings: FindingRecord[] = [];
  for (const { name: partition, rows, positives } of found) {
    if (partition === 'none') {
      if (rows)
        findings.push(
          finding(
            'info',
            'no-partition',
            node.place,
            `${plural(rows, 'observation')} of \`${node.name}\` ${rows === 1 ? 'belongs' : 'belong'} to no partition: in a gap, outside the bounds, or of a group seen earlier.`,
            null,
            rows,
          ),
        );
    } else if (rows === 0) {
      const help = outerOf(node).kind === 'time' ? 'Move the bounds, or shorten the gap.' : 'Give it a larger share, or more data.';
      findings.push(
        finding(
          partition === 'train' ? 'error' : 'warning',
          'empty-partition',
          node.place,
          `The partition \`${partition}\` of \`${node.name}\` has no rows.`,
          help,
        ),
      );
    } else if (positives === 0 || positives === rows) {
      findings.push(
        finding(
          'warning',
          'one-class',
          node.place,
          `The partition \`${partition}\` of \`${node.name}\` has ${positives === 0 ? 'no' : 'only'} positive labels, so figures such as auc are undefined on it.`,
          oneClassHelp(node),
        ),
      );
    }
  }
  return findings;
}

export async function executeSplit(session: Session, node: SplitNode): Promise<NodeResult> {
  const { db } = session;
  const frame = nodeOf(session, node.frame, 'frame');
  const parts = beside(node.id, 'partitions');
  const narrow = await narrowTable(session, node.frame);
  await db.run(`CREATE OR REPLACE TABLE ${parts} AS ${partitionsSql(session, node, narrow)}`);
  await createSplitView(session, node);
  const binary = frame.label?.kind === 'binary';
  const from = narrow === null || isByCutoff(session, node) ? name(node.id) : `${narrow} JOIN ${parts} USING ("#row")`;
  const figures = await db.rows(
    `SELECT "#partition", count(*), ${binary ? `count(*) FILTER (WHERE ${labelNumber(frame, '"#label"')} = 1)` : 'NULL'} FROM ${from} GROUP BY ALL`,
  );
  const found = [...wanted(node.method), 'none'].map((partition): Partition => {
    const row = figures.find(f => f[0] === partition);
    return { name: partition, rows: count(row?.[1]), positives: binary ? count(row?.[2]) : null };
  });
  const shown = found.filter(p => p.rows > 0 || p.name !== 'none');
  return {
    node: node.id,
    rows: found.reduce((total, p) => total + p.rows, 0),
    summary: shown.map(p => (p.name === 'none' ? `${number(p.rows)} left out` : `${p.name} ${number(p.rows)}`)).join(' · '),
    findings: [...(await splitGaps(session, node)), ...findingsOf(node, found)],
    quarantined: 0,
    detail: { kind: 'split', partitions: found },
  };
}

export async function createSplitView(session: Session, node: SplitNode): Promise<void> {
  const columns = columnsOf(session, node.frame).map(c => `f.${name(c.name)}`);
  const on = isByCutoff(session, node) ? `f."#cutoff" = p."#cutoff" WHERE f."#state" = 'ready'` : 'f."#row" = p."#row"';
  await session.db.run(
    `CREATE OR REPLACE VIEW ${name(node.id)} AS SELECT ${list(['f."#row"', ...columns, 'p."#partition"'])} FROM ${name(node.frame)} f JOIN ${beside(node.id, 'partitions')} p ON ${on}`,
  );
}

/** SQL of the index into `partitionNames`. */
export const partitionCode = (partition: string): string =>
  `CAST(list_position([${list(partitions.map(p => `'${p}'`))}], ${partition}) - 1 AS INTEGER)`;
