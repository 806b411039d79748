/** Joins that gave rows more than one partner: what the program can only fear, counted. */
import { thresholdOf } from '../../language/catalogue/dataRules.ts';
import type { RelationNode, RelationStep } from '../../language/plan/plan.ts';
import { number } from '../engine/finding.ts';
import { columnsOf, count, entryOf } from '../engine/session.ts';
import { list, name } from '../sql/write.ts';
import type { Looking } from './looking.ts';
import { type Measured, measured } from './measured.ts';

const rule = 'join-fanout';

type Join = Extract<RelationStep, { op: 'join' }>;

export async function joinFanout({ session, settings, isEntity }: Looking, node: RelationNode): Promise<readonly Measured[]> {
  if (!isEntity) return [];
  const joins = node.steps.filter(step => step.op === 'join').filter(step => step.asOf === null && !onKey(step));
  const threshold = thresholdOf(settings, rule, 'warn');
  const found: Measured[] = [];
  for (const join of joins) {
    const { rows, extra } = await partners(join);
    const figure = rows === 0 ? 0 : extra / rows;
    const right = entryOf(session, join.right).node.name;
    found.push(
      measured({
        rule,
        declaration: node.name,
        subject: right,
        place: node.place,
        measure: 'share of joined rows beyond the first for each key',
        figure,
        threshold,
        n: rows,
        fault:
          figure > threshold
            ? {
                severity: 'warning',
                message: `Of the ${number(rows)} rows of \`${right}\` that \`${node.name}\` joins, ${number(extra)} are further partners of the same row, which then stands there several times.`,
                help: 'Join on a key, or read the other rows in `features`: `count(orders last 90d)`, `last(plan of changes)`.',
                count: extra,
              }
            : null,
      }),
    );
  }
  return found;

  function onKey({ right, on }: Join): boolean {
    const { node: of } = entryOf(session, right);
    return 'key' in of && of.key !== null && on.some(pair => pair.right === of.key);
  }

  /** Of the right rows whose key the base has: how many there are, and how many are not the first with their key. */
  async function partners({ right, on }: Join): Promise<{ readonly rows: number; readonly extra: number }> {
    const has = new Set(columnsOf(session, node.base).map(column => column.name));
    const keys = list(on.map(pair => name(pair.right)));
    const present = on.map(pair => `r.${name(pair.right)} IS NOT NULL`).join(' AND ');
    const isMet = on.map(pair => `l.${name(pair.left)} = r.${name(pair.right)}`).join(' AND ');
    const met = on.every(pair => has.has(pair.left)) ? ` AND EXISTS (SELECT 1 FROM ${name(node.base)} l WHERE ${isMet})` : '';
    const [row = []] = await session.db.rows(
      `SELECT coalesce(sum(n), 0), count(*) FROM (SELECT count(*) AS n FROM ${name(right)} r WHERE ${present}${met} GROUP BY ${keys})`,
    );
    const [rows = 0, groups = 0] = row.map(count);
    return { rows, extra: rows - groups };
  }
}
