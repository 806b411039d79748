/** Refs that lead to no row: nothing fails for them, they only read as null or fall out of every window, so they are counted and told. */
import type { FeaturesNode, FrameNode, PlanPath, PlanPlace, PlanWindow } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { list, name } from '../sql/write.ts';
import { orderOf } from './entityOrder.ts';
import { finding, plural } from './finding.ts';
import { knownLinks } from './linkedRows.ts';
import { count, entryOf, type Session } from './session.ts';

interface Link {
  readonly relation: string;
  readonly ref: string;
  readonly target: string;
  readonly key: string;
}

function linksOf(frame: FrameNode, paths: readonly PlanPath[], windows: readonly PlanWindow[]): Link[] {
  const along = paths.map(path => ({
    relation: paths.find(p => p.id === path.from)?.relation ?? frame.relation,
    ref: path.ref,
    target: path.relation,
    key: path.key,
  }));
  const { key } = frame;
  // Windows over a column that both sides share are no refs: there rows without a partner are nothing special.
  const back = windows.flatMap(({ relation, link }) =>
    key !== null && link.entity.op === 'column' && link.entity.name === key ? [{ relation, ref: link.row, target: frame.relation, key }] : [],
  );
  return [...along, ...back];
}

/** Rows of a derived table are missing on purpose. */
const isWhole = (session: Session, id: string): boolean => ['scan', 'check'].includes(entryOf(session, id).node.kind);

async function without(session: Session, { relation, ref, target, key }: Link, place: PlanPlace): Promise<FindingRecord | null> {
  const [row = []] = await session.db.rows(
    `SELECT count(*), min(${name(ref)}) FROM ${name(relation)} WHERE ${name(ref)} IS NOT NULL AND ${name(ref)} NOT IN (SELECT ${name(key)} FROM ${name(target)} WHERE ${name(key)} IS NOT NULL)`,
  );
  const rows = count(row[0]);
  if (rows === 0) return null;
  const { node } = entryOf(session, relation);
  const to = entryOf(session, target).node.name;
  const column = node.kind === 'scan' ? node.columns.find(c => c.name === ref) : undefined;
  const example = column && !column.pii ? `, such as "${String(row[1]).slice(0, 40)}"` : '';
  return finding(
    'warning',
    'no-partner',
    column?.place ?? place,
    `\`${ref}\` of \`${node.name}\` names no row of \`${to}\` in ${plural(rows, 'row')}${example}.`,
    `Add the missing rows to \`${to}\`, or set these aside: \`check ${node.name} { refers(${ref}, ${to}) quarantine }\`.`,
    rows,
  );
}

const byName = (links: readonly Link[]): Map<string, Link> => new Map(links.map(link => [list([link.relation, link.ref, link.target]), link]));

const linksOfFrame = (frame: FrameNode): Map<string, Link> =>
  byName(linksOf(frame, [...frame.paths, ...(frame.label?.paths ?? [])], frame.label?.windows ?? []));

/** One finding for each ref that is followed and sometimes leads nowhere: those of the frame, or those that only the features follow. */
export async function partnerFindings(session: Session, frame: FrameNode, features: FeaturesNode | null): Promise<FindingRecord[]> {
  const told = linksOfFrame(frame);
  const links = features === null ? told : byName(linksOf(frame, features.paths, features.windows));
  const found: FindingRecord[] = [];
  for (const [id, link] of links) {
    if ((features !== null && told.has(id)) || !isWhole(session, link.target)) continue;
    const order = link.target === frame.relation && link.key === frame.key ? orderOf(session, frame.id) : null;
    if (order && knownLinks(session, link.relation, link.ref, order)?.missing === 0) continue;
    const one = await without(session, link, (features ?? frame).place);
    if (one) found.push(one);
  }
  return found;
}
