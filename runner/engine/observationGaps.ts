/**
 * Calculations without a value in what observations read: conditions and labels of tasks, splits, and the rows of windows. Within windows
 * observations are counted, for a row may belong to many of them.
 */
import type { FeaturesNode, FrameNode, PlanPlace, PlanWindow, SplitNode } from '../../language/plan/plan.ts';
import type { FindingRecord } from '../record.ts';
import { condition, type Scope } from '../sql/expression.ts';
import { column, name } from '../sql/write.ts';
import { plural } from './finding.ts';
import { type GapRows, gapFindings, inObservations, observationExample, type ToldGap } from './gaps.ts';
import { type ObservationParts, observe } from './observations.ts';
import { type Gap, gapsOf, gapsOfRows, whenever } from './partial.ts';
import { nodeOf, type Session, tableScope } from './session.ts';

const fateOf = (gap: Gap, whole: string): string => (gap.isFatal ? whole : 'that part of it is null there');

/** Of the task's condition, before it leaves observations out. */
export function conditionGaps(session: Session, node: FrameNode, rows: Omit<GapRows, 'example'>): Promise<FindingRecord[]> {
  const told = node.where === null ? [] : gapsOf(node.where);
  const toldAll = told.map(
    (gap): ToldGap => ({
      gap,
      subject: `The condition of \`${node.name}\``,
      where: inObservations,
      place: node.place,
      fate: fateOf(gap, 'they are left out'),
      result: null,
    }),
  );
  return gapFindings(session, { ...rows, example: observationExample(session, node, node.key === null ? '' : column('b', node.key)) }, toldAll);
}

/** `nulls`: of the labels that are decided. */
export function labelGaps(session: Session, node: FrameNode, rows: Omit<GapRows, 'example'>, nulls: number): Promise<FindingRecord[]> {
  const { label } = node;
  const gaps = label ? gapsOf(label.value).filter(gap => nulls > 0 || !gap.isFatal) : [];
  const told = gaps.map(
    (gap): ToldGap => ({
      gap,
      subject: `\`${label?.name}\` of \`${node.name}\``,
      where: inObservations,
      place: label?.place ?? node.place,
      fate: fateOf(gap, 'they have no label'),
      result: null,
    }),
  );
  return gapFindings(session, { ...rows, example: observationExample(session, node) }, told);
}

/** `ripe`: a condition on the observations whose label is decided. */
export async function labelWindowGaps(session: Session, node: FrameNode, read: ObservationParts, ripe: string): Promise<FindingRecord[]> {
  const { label } = node;
  if (!label) return [];
  const reader = { subject: `\`${label.name}\` of \`${node.name}\``, place: label.place };
  return windowGaps(session, node, read, () => reader, ripe);
}

export async function splitGaps(session: Session, node: SplitNode): Promise<FindingRecord[]> {
  const { method } = node;
  // Folds go by what their split goes by.
  if (method.kind === 'fold' || method.kind === 'merged') return [];
  const by = method.kind === 'random' ? method.stratify : method.group;
  const told = (by ? gapsOf(by) : []).map(
    (gap): ToldGap => ({
      gap,
      subject: `What \`${node.name}\` goes by`,
      where: inObservations,
      place: node.place,
      fate: fateOf(gap, 'they count as one group'),
      result: null,
    }),
  );
  const own = (wanted: string): string => column('b', wanted);
  const scope: Scope = { column: own, cutoff: own('#cutoff') };
  return gapFindings(
    session,
    { from: `${name(node.frame)} b`, scope, example: observationExample(session, nodeOf(session, node.frame, 'frame')) },
    told,
  );
}

/** The row steps of a feature set, by the column that they make. */
export function stepGaps(node: FeaturesNode): ReadonlyMap<string, readonly ToldGap[]> {
  const told = new Map<string, readonly ToldGap[]>();
  for (const step of node.steps) {
    if (step.kind !== 'row') continue;
    const gaps = gapsOf(step.value);
    if (gaps.length)
      told.set(
        step.output,
        gaps.map(gap => toldOf(node, gap, step.output)),
      );
  }
  return told;
}

/** The rows of a set while it is made: an observation is only its number there. */
export function setRows(session: Session, node: FeaturesNode, table: string, scope: Scope): GapRows {
  const example = observationExample(session, nodeOf(session, node.frame, 'frame'));
  const nameOf = async (row: string): Promise<string | null> => {
    if (example === null) return null;
    const [found] = await session.db.rows(`SELECT ${example} FROM ${name(node.split)} b WHERE b."#row" = ${row}`);
    return typeof found?.[0] === 'string' ? found[0] : null;
  };
  return { from: table, scope, example: example === null ? null : '"#row"', nameOf };
}

function toldOf(node: FeaturesNode, gap: Gap, output: string): ToldGap {
  return {
    gap,
    ...readerOf(node, output),
    where: inObservations,
    fate: fateOf(gap, 'it is null there'),
    result: name(output),
  };
}

/** What is computed, for the words. */
export interface Reader {
  readonly subject: string;
  readonly place: PlanPlace;
}

/** The feature that a step is a part of: steps within one are named after it and numbered. */
export function readerOf(node: FeaturesNode, output: string): Reader {
  const feature = node.features.find(f => f.name === output || output.startsWith(`${f.name}#`));
  return { subject: `\`${feature?.name ?? output}\` of \`${node.name}\``, place: feature?.place ?? node.place };
}

export async function windowGaps(
  session: Session,
  frame: FrameNode,
  parts: ObservationParts,
  by: (window: string) => Reader,
  where = 'TRUE',
): Promise<FindingRecord[]> {
  const told: ToldGap[] = [];
  const windows: PlanWindow[] = [];
  for (const window of parts.windows) {
    const gaps = window.aggregates.flatMap(a => gapsOfRows(a).map(gap => ({ gap, of: a.id })));
    const maybe = await possible(session, window, gaps);
    if (maybe.length === 0) continue;
    const aggregates = maybe.map(({ gap, of }) => {
      const id = `~gap ${told.length}`;
      const { subject, place } = by(of);
      told.push({
        gap: { ...gap, when: { op: 'window', type: 'bool', id } },
        subject,
        where: inWindows,
        place,
        fate: 'these rows do not count',
        result: null,
      });
      return { id, aggregate: 'any', value: gap.when, where: null, parameters: {}, type: 'bool', scale: 0 } as const;
    });
    windows.push({ ...window, aggregates });
  }
  if (told.length === 0) return [];
  const { from, scope } = await observe(session, { ...parts, windows });
  const rows: GapRows = { from, scope, where, example: observationExample(session, frame) };
  return gapFindings(session, rows, told);
}

const inWindows = (times: number): string => `in the windows of ${plural(times, 'observation')}`;

/** One look at the rows alone leaves out what none of them has: the windows themselves cost more. */
async function possible<G extends { readonly gap: Gap }>(session: Session, window: PlanWindow, gaps: readonly G[]): Promise<readonly G[]> {
  const conditions = gaps.map(({ gap }) => whenever(gap));
  const asked = conditions.flatMap(when => (when === null ? [] : [`count(*) FILTER (WHERE ${condition(when, tableScope())})`]));
  if (asked.length === 0) return gaps;
  const [counts = []] = await session.db.rows(`SELECT ${asked.join(', ')} FROM ${name(window.relation)}`);
  let next = 0;
  return gaps.filter((_, i) => conditions[i] === null || Number(counts[next++]) > 0);
}

/** Which window a feature reads, by the first that does. */
export function featureReader(node: FeaturesNode): (window: string) => Reader {
  const readers = new Map<string, Reader>();
  for (const step of node.steps) {
    if (step.kind !== 'row') continue;
    for (const id of windowsIn(step.value)) {
      if (!readers.has(id)) readers.set(id, readerOf(node, step.output));
    }
  }
  return id => readers.get(id) ?? { subject: `\`${node.name}\``, place: node.place };
}

const windowsIn = (expr: Gap['when']): readonly string[] =>
  expr.op === 'window' ? [expr.id] : expr.op === 'call' ? expr.args.flatMap(windowsIn) : [];
