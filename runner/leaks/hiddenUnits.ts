/**
 * Columns that name a unit which recurs, on both sides of a split that does not know it: few rows share a value, and those that do agree in
 * other columns, as rows of one patient agree in sex and year of birth. A column whose values meet by chance, or that is a mere kind, does not.
 */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import { outerOf, type PlanColumn, type SplitNode } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import { beside, columnsOf, count, entryOf, nodeOf, type Session } from '../engine/session.ts';
import { list, name } from '../sql/write.ts';
import { columnsIn } from './lateLabels.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'group-on-both-sides';
const fewestValues = 20;
const fewestUnits = 20;
/** Rows a unit has on average, at most: beyond, a value is a kind and no unit. */
const mostRows = 50;
const sampled = 20_000;
/** In how many other columns rows of a unit agree. */
const agreeing = 2;
/** A column in which rows agree this often anyway says nothing. */
const mostByChance = 0.5;

/** Whether each row of the entity's table is one observation, and each observation in train or test. */
async function isWholeTable(session: Session, node: SplitNode): Promise<boolean> {
  const frame = nodeOf(session, node.frame, 'frame');
  const { detail } = entryOf(session, node.id).result;
  if (frame.cutoffs.kind === 'grid' || detail.kind !== 'split') return false;
  const parted = detail.partitions.reduce((sum, { name: part, rows }) => (part === 'train' || part === 'test' ? sum + rows : sum), 0);
  const [row] = await session.db.rows(`SELECT count(*) FROM ${name(frame.relation)}`);
  return parted === count(row?.[0]);
}

export async function hiddenUnits({ session, settings }: Looking, node: SplitNode): Promise<readonly Measured[]> {
  const method = outerOf(node);
  if (method.kind === 'time') return [];
  const frame = nodeOf(session, node.frame, 'frame');
  const columns = columnsOf(session, frame.relation).filter(c => !c.name.includes('#'));
  const known = new Set([...(frame.key === null ? [] : [frame.key]), ...(method.kind === 'group' ? columnsIn(method.group) : [])]);
  const candidates = columns.filter(c => (c.type === 'text' || c.type === 'int') && !known.has(c.name));
  const table = `(SELECT * FROM ${name(node.id)} WHERE "#partition" IN ('train', 'test'))`;
  const threshold = thresholdOf(settings, rule, 'warn');
  const base = { rule, declaration: node.name, place: node.place, measure: 'share of test rows whose unit is in train too', threshold } as const;
  const found: Measured[] = [];
  // Where every row of the entity's table is an observation of train or test, its values are those of the table.
  const all = (await isWholeTable(session, node)) ? name(frame.relation) : table;
  const [totals = []] = candidates.length
    ? await session.db.rows(`SELECT count(*), ${list(candidates.map(c => `approx_count_distinct(${name(c.name)})`))} FROM ${all}`)
    : [];
  const [rows = 0, ...distinct] = totals.map(count);
  for (const [i, candidate] of candidates.entries()) {
    const values = distinct[i] ?? 0;
    if (values < fewestValues || rows / values > mostRows || values > 0.98 * rows) continue;
    const agree = await agreeingIn(candidate, rows);
    if (agree.length < agreeing) continue;
    const own = name(candidate.name);
    const [row = []] = await session.db.rows(
      `SELECT count(*), count(*) FILTER (WHERE ${own} IN (SELECT ${own} FROM ${name(node.id)} WHERE "#partition" = 'train' AND ${own} IS NOT NULL)) FROM ${name(node.id)} WHERE "#partition" = 'test'`,
    );
    const [n = 0, shared = 0] = row.map(count);
    const figure = n === 0 ? 0 : shared / n;
    found.push(
      measured({
        ...base,
        subject: candidate.name,
        figure,
        n,
        fault:
          figure >= threshold && shared > 0
            ? {
                severity: 'warning',
                message: `\`${candidate.name}\` names a unit that recurs: its rows agree in ${agree
                  .slice(0, 3)
                  .map(c => `\`${c}\``)
                  .join(', ')}. Of ${number(n)} test rows ${number(shared)} have theirs in train too, so the model may know it by heart.`,
                help: `Keep its rows together: \`split … by group { group: ${candidate.name} }\`.`,
                count: shared,
              }
            : null,
      }),
    );
  }
  return found.length ? found : [measured({ ...base, figure: 0, n: rows })];

  /** Other columns in which the rows of a value agree, though rows of different ones do not. */
  async function agreeingIn(candidate: PlanColumn, among: number): Promise<readonly string[]> {
    const others = columns.filter(c => c !== candidate && !known.has(c.name));
    if (others.length < agreeing) return [];
    const own = name(candidate.name);
    const parts = Math.max(1, Math.floor(among / sampled));
    const read = list([candidate, ...others].map(c => name(c.name)));
    // Some thousand rows, which are looked at once for each column.
    const of = beside(node.id, 'units');
    await session.db.run(`CREATE OR REPLACE TABLE ${of} AS SELECT ${read} FROM ${all} WHERE ${own} IS NOT NULL AND hash(${own}) % ${parts} = 0`);
    const agree = await agreeingOf(own, others, of);
    await session.db.run(`DROP TABLE ${of}`);
    return agree;
  }

  async function agreeingOf(own: string, others: readonly PlanColumn[], of: string): Promise<readonly string[]> {
    // Of a value's rows, those that have the other column: whether there are several, and whether they agree.
    const several = others.map((c, j) => `count(${name(c.name)}) > 1 AS s${j}, min(${name(c.name)}) = max(${name(c.name)}) AS a${j}`);
    const each = others.map((_, j) => `count(*) FILTER (WHERE s${j} AND a${j}), count(*) FILTER (WHERE s${j})`);
    const [groups = []] = await session.db.rows(
      `SELECT count(*), ${list(each)} FROM (SELECT ${list(several)} FROM ${of} GROUP BY ${own} HAVING count(*) > 1)`,
    );
    const [units = 0, ...counts] = groups.map(count);
    if (units < fewestUnits) return [];
    const [chances = []] = await session.db.rows(
      `SELECT ${list(others.map(c => `(SELECT sum(k * k) / greatest(1, sum(k) * sum(k)) FROM (SELECT count(*)::DOUBLE AS k FROM ${of} WHERE ${name(c.name)} IS NOT NULL GROUP BY ${name(c.name)}))`))}`,
    );
    const constant = thresholdOf(settings, rule, 'constant');
    return others.flatMap((c, j) => {
      const [same = 0, present = 0] = [counts[2 * j], counts[2 * j + 1]];
      const isTelling = present >= fewestUnits && same / present >= constant && Number(chances[j] ?? 1) <= mostByChance;
      return isTelling ? [c.name] : [];
    });
  }
}
