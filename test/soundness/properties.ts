/**
 * Non-interference, T1 to T6, tried on one program and its data: cells that must not matter are changed, and what may not move is compared
 * bit by bit. Assignment, observations and cutoffs are pinned for T1, T2 and T4.
 */
import type { FeaturesNode, FrameNode, OuterMethod, Plan, PlanWindow, SplitNode } from '../../language/plan/plan.ts';
import { outerOf } from '../../language/plan/plan.ts';
import { type Draw, drawFrom } from '../reference/draw.ts';
import { ownText } from '../reference/split.ts';
import { addDuration, plus } from '../reference/times.ts';
import { type Change, type Free, perturbed } from './perturb.ts';
import {
  type Cells,
  cellText,
  digests,
  type Executed,
  execute,
  learnedFrom,
  matrix,
  nodesOf,
  type Observation,
  observationId,
  type Partitions,
  type Pins,
  rowLevel,
  rowSteps,
} from './run.ts';
import { type CellValue, type Data, day, firstDay, rowKnown, type SourceRow, type SourceSpec } from './schema.ts';

export type Property = 'T1' | 'T2' | 'T3 candidates' | 'T3 assignment' | 'T3 features' | 'T4' | 'T5' | 'T6';

/** The task of a program with all that the properties ask about it. */
export interface Setting {
  readonly plan: Plan;
  readonly sources: readonly SourceSpec[];
  readonly data: Data;
  readonly base: Executed;
  readonly pins: Pins;
  readonly frame: FrameNode;
  /** The declared split, and the sets over it. */
  readonly split: SplitNode;
  readonly outer: OuterMethod;
  readonly sets: readonly FeaturesNode[];
  readonly candidates: readonly Observation[];
  readonly partitions: Partitions;
  readonly entity: SourceSpec;
  /** Sources whose rows the task's table compares with the own row, or whose own row cannot be told. */
  readonly compared: ReadonlySet<string>;
  readonly labelled: ReadonlySet<string>;
}

// ---------------------------------------------------------------- what lies behind

function behind(plan: Plan, id: string, found = new Set<string>()): ReadonlySet<string> {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'scan') found.add(node.name);
  else for (const input of node?.inputs ?? []) behind(plan, input, found);
  return found;
}

/** The source whose rows a table's rows are. */
function homeOf(plan: Plan, id: string): string {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'relation') return homeOf(plan, node.base);
  if (node?.kind === 'check') return homeOf(plan, node.table);
  return node?.name ?? '';
}

const comparing: ReadonlySet<string> = new Set(['join', 'union', 'group', 'dedupe', 'neighbour', 'rank', 'sample']);

/** Whether rows of the table are put together with other rows, somewhere on the way from its source. */
function compares(plan: Plan, id: string): boolean {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'check') return node.claims.some(c => c.severity === 'quarantine') || compares(plan, node.table);
  return node?.kind === 'relation' && (node.steps.some(step => comparing.has(step.op)) || compares(plan, node.base));
}

/** The partitions of the observations that have a label, for each split. */
const pinsOf = ({ plan, assigned, tables }: Executed): Pins =>
  new Map(
    nodesOf(plan, 'split').map(({ id }) => {
      const there = new Set((tables.get(id)?.rows ?? []).map(observationId));
      return [id, new Map([...(assigned.get(id) ?? [])].filter(([observed]) => there.has(observed)))];
    }),
  );

export function settingOf(plan: Plan, sources: readonly SourceSpec[], data: Data): Setting {
  const base = execute(plan, sources, data);
  const [frame] = nodesOf(plan, 'frame');
  const split = nodesOf(plan, 'split').find(node => node.method.kind !== 'fold' && node.method.kind !== 'merged');
  if (!frame || !split) throw new Error('The program has no task or no split.');
  const entity = sources.find(s => s.name === homeOf(plan, frame.relation));
  if (!entity) throw new Error('The program has no observations.');
  const all = behind(plan, frame.relation);
  const hasOwn = frame.key !== null && entity.key !== null && !compares(plan, frame.relation);
  const { label } = frame;
  const labelled = new Set<string>();
  for (const read of [...(label?.windows ?? []), ...(label?.paths ?? [])]) for (const name of behind(plan, read.relation)) labelled.add(name);
  if ((label?.windows ?? []).length === 0) for (const name of all) labelled.add(name);
  return {
    plan,
    sources,
    data,
    base,
    pins: pinsOf(base),
    frame,
    split,
    outer: outerOf(split),
    sets: nodesOf(plan, 'features').filter(node => node.split === split.id),
    candidates: base.candidates.get(frame.id) ?? [],
    partitions: base.assigned.get(split.id) ?? new Map(),
    entity,
    compared: hasOwn ? new Set() : all,
    labelled,
  };
}

/** Observations of a partition that have a label. */
export const members = ({ pins, split, candidates }: Setting, ...wanted: readonly string[]): Observation[] => {
  const labelled = pins.get(split.id);
  return candidates.filter(o => wanted.includes(labelled?.get(o.id) ?? 'none'));
};

// ---------------------------------------------------------------- which cells may change

const isTimed = ({ frame }: Setting): boolean => frame.cutoffs.kind !== 'none';

const keyOfRow = (source: SourceSpec, row: SourceRow): CellValue => (source.key === null ? null : (row[source.key] ?? null));

const isAfter = (column: { readonly availability: { readonly kind: string } } | null): boolean => column?.availability.kind === 'after';

/** All that is not known at an observation's cutoff; of rows that are not its own, what is known at that very moment too. */
export function unknownTo(setting: Setting, { cutoff, identity }: Pick<Observation, 'cutoff' | 'identity'>): Free {
  const { entity, compared } = setting;
  if (cutoff === null) return (_source, _row, _known, column) => isAfter(column);
  return (source, row, known) => {
    const isOwn = compared.has(source.name) || (source === entity && keyOfRow(source, row) === identity);
    return isOwn ? known > cutoff : known >= cutoff;
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
function startAfter({ outer, candidates, partitions }: Setting, earlier: readonly string[]): number | null {
  if (outer.kind !== 'time') return null;
  const next = outer.validate !== null && !earlier.includes('validate') ? ('validate' as const) : ('test' as const);
  const bound = next === 'validate' ? outer.validate?.[0] : outer.test[0];
  if (bound !== null && bound !== undefined) return bound;
  const cutoffs = candidates.flatMap(o => (partitions.get(o.id) === next && o.cutoff !== null ? [o.cutoff] : []));
  return cutoffs.length ? Math.min(...cutoffs) : null;
}

/** All cells outside of what these observations may rest on, or known after the next partition begins. */
function outsideOf(setting: Setting, learned: readonly Observation[], earlier: readonly string[]): Free {
  const { entity, compared, labelled, frame, outer, sources, data } = setting;
  const identities = new Set<CellValue>(learned.map(o => o.identity));
  if (!isTimed(setting)) {
    const group = outer.kind === 'random' ? null : outer.group;
    const grouping = group?.op === 'column' ? group.name : null;
    const own = (data[entity.name] ?? []).filter(row => identities.has(keyOfRow(entity, row)));
    const reached = (source: SourceSpec): ReadonlySet<CellValue> =>
      new Set(entity.columns.filter(c => c.table === source.name).flatMap(c => own.map(row => row[c.name] ?? null)));
    const used = new Map(sources.map(source => [source.name, reached(source)]));
    if (entity.key === null || frame.key === null) return () => false;
    return (source, row, _known, column) => {
      if (column && (column.name === source.key || column.name === grouping)) return false;
      if (source === entity) return !identities.has(keyOfRow(source, row)) && (column !== null || grouping === null);
      const links = source.columns.filter(c => c.table === entity.name);
      return !used.get(source.name)?.has(keyOfRow(source, row)) && !links.some(c => identities.has(row[c.name] ?? null));
    };
  }
  const latest = Math.max(...learned.map(o => o.cutoff ?? 0));
  const end = Math.max(...learned.map(o => addDuration(o.cutoff ?? 0, waits(frame))));
  const next = startAfter(setting, earlier);
  const plain = plainLabel(setting);
  return (source, row, known, column) => {
    const isOwn = source === entity || compared.has(source.name);
    const isSeen = isOwn ? known <= latest : known < latest;
    const isOthers = plain !== null && plain.source === source && !identities.has(row[plain.ref] ?? null);
    const settled = isAfter(column) ? rowKnown(source, row) : known;
    const isLabel = labelled.has(source.name) && !isOthers && settled <= end;
    if (isAfter(column) && isLabel) return false;
    return (next !== null && known > next) || !(isSeen || isLabel);
  };
}

// ---------------------------------------------------------------- comparing

const sameCells = (a: Cells, b: Cells): boolean => a.size === b.size && [...a].every(([id, text]) => b.get(id) === text);

/** Everything that was learned from no more than these partitions. */
function sameLearned(setting: Setting, changed: Executed, reach: 'train' | 'validate'): boolean {
  const { base, sets } = setting;
  if (sets.some(set => !sameCells(learnedFrom(base, set.id, reach), learnedFrom(changed, set.id, reach)))) return false;
  const after = digests(changed);
  return [...digests(base)].every(([id, digest]) => {
    const isAsked = reach === 'validate' || digest.reach === 'train';
    return !isAsked || after.get(id)?.text === digest.text;
  });
}

const changes: readonly Change[] = [
  { rows: false, share: 0.6 },
  { rows: true, share: 0.6 },
  { rows: true, share: 0.15 },
  { rows: false, share: 1 },
  { rows: true, share: 1 },
];

const dayOf = (micros: number | null): number => (micros === null ? 0 : (micros - firstDay) / day);

const change = (draw: Draw, setting: Setting, free: Free, from: number | null): Data =>
  perturbed(draw, setting.sources, setting.data, free, draw.pick(changes), dayOf(from));

// ---------------------------------------------------------------- the properties

function learning(draw: Draw, setting: Setting, broken: Set<Property>): void {
  for (const [reach, earlier, property] of [
    ['train', ['train'], 'T1'],
    ['validate', ['train', 'validate'], 'T2'],
  ] as const) {
    if (broken.has(property)) continue;
    const learned = members(setting, ...earlier);
    if (learned.length === 0) continue;
    const free = outsideOf(setting, learned, earlier);
    const data = change(draw, setting, free, Math.max(...learned.map(o => o.cutoff ?? firstDay)));
    if (!sameLearned(setting, execute(setting.plan, setting.sources, data, setting.pins), reach)) broken.add(property);
  }
}

/** Assignments are compared where no quota over all rows is declared. */
const isQuota = (outer: OuterMethod): boolean => outer.kind === 'random' && outer.stratify !== null;

const encoded = (set: FeaturesNode): string[] => {
  const plain = new Set(rowSteps(set).map(step => step.output));
  return set.steps.flatMap(step =>
    step.kind === 'fitted' && step.transform === 'target_encode' && step.inputs.every(i => plain.has(i)) ? [step.output] : [],
  );
};

const observed = (executed: Executed, set: FeaturesNode): string => [...matrix(executed, set.id, null, []).keys()].sort().join();

function unseen(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { candidates, frame, split, sets, plan, sources, base, outer, partitions } = setting;
  const first = candidates.length ? draw.pick(candidates) : null;
  if (!first) return;
  const data = change(draw, setting, unknownTo(setting, first), first.cutoff);
  const moved = execute(plan, sources, data, null, 'observations');
  const isBefore = (o: Observation): boolean => o.id === first.id || first.cutoff === null || (o.cutoff ?? 0) < first.cutoff;
  const now = new Map((moved.candidates.get(frame.id) ?? []).map(o => [o.id, o]));
  const there = new Set(candidates.map(o => o.id));
  const isCounted = (o: Observation): boolean => first.cutoff !== null && (o.cutoff ?? 0) < first.cutoff;
  if (candidates.some(o => isBefore(o) && !now.has(o.id)) || [...now.values()].some(o => isCounted(o) && !there.has(o.id)))
    broken.add('T3 candidates');
  const assigned = moved.assigned.get(split.id);
  if (!isQuota(outer) && candidates.some(o => isBefore(o) && now.has(o.id) && assigned?.get(o.id) !== partitions.get(o.id)))
    broken.add('T3 assignment');
  for (const set of sets) {
    const [before, after] = [rowLevel(base, set.id), rowLevel(moved, set.id)];
    if (candidates.some(o => isBefore(o) && now.has(o.id) && before.get(o.id) !== after.get(o.id))) broken.add('T3 features');
  }
  const encodings = sets.flatMap(set => encoded(set).map(output => ({ set, output })));
  if (encodings.length === 0 || partitions.get(first.id) !== 'train' || first.cutoff === null || outer.kind !== 'time') return;
  const fitted = execute(plan, sources, data, setting.pins);
  // Later observations that come or go move the blocks of cutoffs, which is no influence of a label.
  if (sets.some(set => observed(fitted, set) !== observed(base, set))) return;
  for (const { set, output } of encodings) {
    const [before, after] = [base, fitted].map(executed => matrix(executed, set.id, null, [output]).get(first.id));
    if (before !== undefined && after !== undefined && before !== after) broken.add('T6');
  }
}

/** Columns that the label of a task without cutoffs reads of its own row. */
function ownLabelColumns({ frame, entity }: Setting): ReadonlySet<string> {
  const text = JSON.stringify(frame.label?.value ?? null);
  return new Set(entity.columns.filter(c => c.name !== entity.key && text.includes(`"name":"${c.name}"`)).map(c => c.name));
}

function labels(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { candidates, sets, plan, sources, pins, base, entity } = setting;
  const tested = members(setting, 'test');
  const learned = members(setting, 'train', 'validate');
  if (tested.length === 0 || learned.length === 0) return;
  let free: Free;
  if (isTimed(setting)) {
    const last = Math.max(...candidates.map(o => o.cutoff ?? 0));
    free = (source, _row, known, column) => !(isAfter(column) && setting.labelled.has(source.name)) && known > last;
    if (setting.outer.kind !== 'time') return;
  } else {
    const identities = new Set<CellValue>(tested.map(o => o.identity));
    const columns = ownLabelColumns(setting);
    free = (source, row, _known, column) => source === entity && column !== null && columns.has(column.name) && identities.has(keyOfRow(source, row));
  }
  const data = perturbed(draw, sources, setting.data, free, { rows: false, share: 0.8 }, 0);
  const moved = execute(plan, sources, data, pins);
  const same = sets.every(set => {
    const after = matrix(moved, set.id, null);
    return [...matrix(base, set.id, null)].every(([id, text]) => (after.get(id) ?? text) === text);
  });
  if (!same || !sameLearned(setting, moved, 'validate')) broken.add('T4');
}

/** Whether other outcomes make other observations: what the label reads, and what is filled in after it. */
export function outcomeMoves(setting: Setting): boolean {
  const { plan, sources, entity, frame, candidates, labelled } = setting;
  const columns = ownLabelColumns(setting);
  const timed = isTimed(setting);
  const free: Free = (source, _row, _known, column) =>
    column !== null &&
    column.type !== 'key' &&
    (isAfter(column) || (source === entity && columns.has(column.name)) || (timed && labelled.has(source.name) && column.type !== 'ref'));
  const ids = (all: readonly Observation[]): string =>
    all
      .map(o => o.id)
      .sort()
      .join();
  return [1, 2, 3, 4].some(seed => {
    const data = perturbed(drawFrom(seed), sources, setting.data, free, { rows: false, share: 0.7 }, 0);
    return ids(execute(plan, sources, data, null, 'observations').candidates.get(frame.id) ?? []) !== ids(candidates);
  });
}

/** Whether a change of one row moves the label and a feature of one observation, both at once. */
export function movesBoth(setting: Setting): boolean {
  const { plan, sources, data, frame, sets, base, labelled, entity } = setting;
  const before = new Map((base.candidates.get(frame.id) ?? []).map(o => [o.id, cellText(o.row['#label'])]));
  const draw = drawFrom(7);
  const rows = sources.filter(s => labelled.has(s.name) || s === entity).flatMap(source => (data[source.name] ?? []).map(row => ({ source, row })));
  for (let i = 0; i < Math.min(60, rows.length); i++) {
    const one = draw.pick(rows);
    const free: Free = (source, row, _known, column) =>
      source === one.source &&
      keyOfRow(source, row) === keyOfRow(source, one.row) &&
      column !== null &&
      !['key', 'ref', 'timestamp', 'date'].includes(column.type);
    const moved = execute(plan, sources, perturbed(draw, sources, data, free, { rows: false, share: 1 }, 0), null, 'observations');
    for (const { id, row } of moved.candidates.get(frame.id) ?? []) {
      const was = before.get(id);
      if (was === undefined || was === cellText(row['#label'])) continue;
      if (sets.some(set => rowLevel(base, set.id).get(id) !== rowLevel(moved, set.id).get(id))) return true;
    }
  }
  return false;
}

/** The own label of a training observation against its own encoded row, where there are no cutoffs. */
function ownLabel(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { sets, plan, sources, pins, base, entity } = setting;
  const learned = members(setting, 'train');
  if (isTimed(setting) || entity.key === null || learned.length === 0) return;
  const one = draw.pick(learned);
  const columns = ownLabelColumns(setting);
  const free: Free = (source, row, _known, column) =>
    source === entity && column !== null && columns.has(column.name) && keyOfRow(source, row) === one.identity;
  const moved = execute(plan, sources, perturbed(draw, sources, setting.data, free, { rows: false, share: 1 }, 0), pins);
  for (const set of sets) {
    const [before, after] = [rowLevel(base, set.id).get(one.id), rowLevel(moved, set.id).get(one.id)];
    if (after !== undefined && before !== after) broken.add('T6');
    const outputs = encoded(set);
    const [was, is] = [base, moved].map(executed => matrix(executed, set.id, null, outputs).get(one.id));
    if (is !== undefined && was !== is) broken.add('T6');
  }
}

/** What the assignment may rest on: who, when, which group, which stratum. */
function assignmentKey({ outer }: Setting, candidates: readonly Observation[]): string {
  const by = outer.kind === 'random' ? outer.stratify : outer.group;
  return candidates
    .map(o => `${o.id} ${by === null ? '' : ownText(by, o.row)}`)
    .sort()
    .join('\n');
}

function assignment(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { plan, sources, frame, split, candidates, partitions, entity } = setting;
  if (entity.key === null) return;
  const free: Free = (_source, _row, _known, column) => column !== null && !['key', 'ref', 'timestamp', 'date'].includes(column.type);
  const data = perturbed(draw, sources, setting.data, free, { rows: false, share: 0.4 }, 0);
  const moved = execute(plan, sources, data, null, 'observations');
  if (assignmentKey(setting, candidates) !== assignmentKey(setting, moved.candidates.get(frame.id) ?? [])) return;
  const now = moved.assigned.get(split.id);
  if (candidates.some(o => now?.get(o.id) !== partitions.get(o.id))) broken.add('T5');
}

/** The properties that some change breaks; `rounds` changes of each kind are tried. */
export function brokenProperties(draw: Draw, setting: Setting, rounds: number): Set<Property> {
  const broken = new Set<Property>();
  for (let i = 0; i < rounds; i++) {
    learning(draw, setting, broken);
    unseen(draw, setting, broken);
    if (i % 2 === 0) {
      labels(draw, setting, broken);
      ownLabel(draw, setting, broken);
      assignment(draw, setting, broken);
    }
  }
  return broken;
}
