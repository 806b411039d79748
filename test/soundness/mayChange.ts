/** Which cells may change without a word: those that nothing that is looked at may rest on. */
import type { FrameNode, PlanWindow } from '../../language/plan/plan.ts';
import { addDuration, plus } from '../reference/times.ts';
import type { Free } from './perturb.ts';
import type { Observation } from './run.ts';
import { type CellValue, rowKnown, type SourceRow, type SourceSpec } from './schema.ts';
import { compares, homeOf, keyOfRow, type Setting } from './setting.ts';

export const isTimed = ({ frame }: Setting): boolean => frame.cutoffs.kind !== 'none';

export const isAfter = (column: { readonly availability: { readonly kind: string } } | null): boolean => column?.availability.kind === 'after';

/** Whether the own row is seen with what is known at the very cutoff: not on a grid, whose cutoffs are no times of the row. */
const isSeenAtCutoff = ({ frame }: Setting): boolean => frame.cutoffs.kind !== 'grid';

/** All that is not known at an observation's cutoff; of rows that are not its own, what is known at that very moment too. */
export function unknownTo(setting: Setting, { cutoff, identity }: Pick<Observation, 'cutoff' | 'identity'>): Free {
  const { entity, compared } = setting;
  if (cutoff === null) return (_source, _row, _known, column) => isAfter(column);
  return (source, row, known) => {
    const isOwn = compared.has(source.name) || (source === entity && keyOfRow(source, row) === identity);
    return isOwn && isSeenAtCutoff(setting) ? known > cutoff : known >= cutoff;
  };
}

export const waits = (frame: FrameNode) => plus(frame.label?.horizon ?? { months: 0, micros: 0 }, frame.label?.delay ?? { months: 0, micros: 0 });

/** The window whose rows make the label, where these are rows of a source that refers to the entity by a column of its own. */
function plainLabel({ plan, frame, entity, sources }: Setting): { readonly source: SourceSpec; readonly ref: string } | null {
  const windows: readonly PlanWindow[] = frame.label?.windows ?? [];
  const [first] = windows;
  if (!first || windows.some(w => w.relation !== first.relation || w.link.row !== first.link.row)) return null;
  const source = sources.find(s => s.name === homeOf(plan, first.relation));
  const column = source?.columns.find(c => c.name === first.link.row);
  const { entity: linked } = first.link;
  const byKey = linked.op === 'column' && linked.name === frame.key;
  return source && column?.table === entity.name && byKey && !compares(plan, first.relation) ? { source, ref: column.name } : null;
}

/** The start of the first partition after these, where the split is by time. */
export function startAfter({ outer, candidates, partitions }: Setting, earlier: readonly string[]): number | null {
  if (outer.kind !== 'time') return null;
  const next = outer.validate !== null && !earlier.includes('validate') ? ('validate' as const) : ('test' as const);
  const bound = next === 'validate' ? outer.validate?.[0] : outer.test[0];
  if (bound !== null && bound !== undefined) return bound;
  const cutoffs = candidates.flatMap(o => (partitions.get(o.id) === next && o.cutoff !== null ? [o.cutoff] : []));
  return cutoffs.length ? Math.min(...cutoffs) : null;
}

/** Whether rows of the source are entities, or refer to such, however far. All others are looked up, and the same for everybody. */
function isOfEntities(source: SourceSpec, { entity, sources }: Pick<Setting, 'entity' | 'sources'>, seen: readonly SourceSpec[] = []): boolean {
  const targets = source.columns.flatMap(({ table }) => sources.filter(other => other.name === table && !seen.includes(other)));
  return source === entity || targets.some(target => isOfEntities(target, { entity, sources }, [...seen, source]));
}

/** The column of the entity's source by which the split keeps rows on one side, under the name that it has there; null where it is none. */
function groupingColumn({ outer, entity, data, candidates }: Setting): string | null {
  const group = outer.kind === 'random' ? null : outer.group;
  if (group?.op !== 'column') return null;
  const rows = new Map((data[entity.name] ?? []).map(row => [keyOfRow(entity, row), row]));
  const isIt = (name: string): boolean => candidates.every(({ identity, row }) => (row[group.name] ?? null) === (rows.get(identity)?.[name] ?? null));
  return [group.name, ...entity.columns.map(({ name }) => name)].find(isIt) ?? null;
}

/**
 * Whether a row is one of these of the entity's source, refers to one, however far, or is one that refs of such rows lead to, now or once it is
 * there; or of a source that is looked up.
 */
function reachedFrom(setting: Setting, own: ReadonlySet<CellValue>): (source: SourceSpec, row: SourceRow) => boolean {
  const { entity, sources, data } = setting;
  const population = new Set(sources.filter(source => isOfEntities(source, setting)));
  const rows = sources.flatMap(source => (data[source.name] ?? []).map(row => ({ source, row })));
  const keysOf = (found: ReadonlyMap<string, Set<CellValue>>, table: string | undefined): Set<CellValue> | null => found.get(table ?? '') ?? null;
  const begin = (): Map<string, Set<CellValue>> => new Map(sources.map(source => [source.name, new Set(source === entity ? own : [])]));
  const theirs = begin();
  const refers = (source: SourceSpec, row: SourceRow): boolean =>
    source !== entity && source.columns.some(({ name, table }) => row[name] != null && keysOf(theirs, table)?.has(row[name]));
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const { source, row } of rows) {
      const key = keyOfRow(source, row);
      if (key === null || theirs.get(source.name)?.has(key) || !refers(source, row)) continue;
      theirs.get(source.name)?.add(key);
      isMore = true;
    }
  }
  const reached = begin();
  const waiting = rows.filter(({ source, row }) => refers(source, row) || (source === entity && own.has(keyOfRow(source, row))));
  for (const { source, row } of waiting) {
    for (const { name, table } of source.columns) {
      const key = row[name] ?? null;
      const [keys, target] = [keysOf(reached, table), sources.find(other => other.name === table)];
      if (!keys || !target || key === null || keys.has(key)) continue;
      keys.add(key);
      waiting.push(...rows.filter(other => other.source === target && keyOfRow(target, other.row) === key));
    }
  }
  return (source, row) =>
    !population.has(source) || refers(source, row) || (source.key !== null && (reached.get(source.name)?.has(keyOfRow(source, row)) ?? false));
}

/** All cells outside of what these observations may rest on, or known after the next partition begins. */
export function outsideOf(setting: Setting, learned: readonly Observation[], earlier: readonly string[]): Free {
  const { entity, compared, labelled, frame } = setting;
  const identities = new Set<CellValue>(learned.map(o => o.identity));
  if (!isTimed(setting)) {
    const grouping = groupingColumn(setting);
    if (entity.key === null || frame.key === null) return () => false;
    const isOwn = (row: SourceRow): boolean => identities.has(keyOfRow(entity, row));
    // The split keeps these together, whether they are observed or not.
    const rows = setting.data[entity.name] ?? [];
    const together = new Set(grouping === null ? [] : rows.filter(isOwn).map(row => row[grouping] ?? null));
    const beside = rows.filter(row => grouping !== null && together.has(row[grouping] ?? null)).map(row => keyOfRow(entity, row));
    const isInside = reachedFrom(setting, new Set([...identities, ...beside]));
    const labels = ownLabelColumns(setting);
    return (source, row, _known, column) => {
      if (column && (column.name === source.key || column.name === grouping)) return false;
      if (source === entity && column === null && grouping !== null) return false;
      // Of others that a row leads to the label is not its own.
      return !isInside(source, row) || (source === entity && column !== null && labels.has(column.name) && !isOwn(row));
    };
  }
  const latest = Math.max(...learned.map(o => o.cutoff ?? 0));
  const end = Math.max(...learned.map(o => addDuration(o.cutoff ?? 0, waits(frame))));
  const next = startAfter(setting, earlier);
  const plain = plainLabel(setting);
  return (source, row, known, column) => {
    const isOwn = source === entity || compared.has(source.name);
    const isSeen = isOwn && isSeenAtCutoff(setting) ? known <= latest : known < latest;
    const isOthers = plain !== null && plain.source === source && !identities.has(row[plain.ref] ?? null);
    const settled = isAfter(column) ? rowKnown(source, row) : known;
    const isLabel = labelled.has(source.name) && !isOthers && settled <= end;
    if (isAfter(column) && isLabel) return false;
    return (next !== null && known > next) || !(isSeen || isLabel);
  };
}

/** Columns that the label of a task without cutoffs reads of its own row. */
export function ownLabelColumns({ frame, entity }: Setting): ReadonlySet<string> {
  const text = JSON.stringify(frame.label?.value ?? null);
  return new Set(entity.columns.filter(c => c.name !== entity.key && text.includes(`"name":"${c.name}"`)).map(c => c.name));
}
