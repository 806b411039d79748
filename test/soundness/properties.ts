/**
 * Non-interference, T1 to T6, tried on one program and its data: cells that must not matter are changed, and what may not move is compared
 * bit by bit. Assignment, observations and cutoffs are pinned for T1, T2 and T4.
 */
import type { FeaturesNode, OuterMethod, PlanExpr } from '../../language/plan/plan.ts';
import type { Draw } from '../reference/draw.ts';
import { ownText } from '../reference/split.ts';
import { digests } from './digests.ts';
import { isAfter, isTimed, outsideOf, ownLabelColumns, unknownTo } from './mayChange.ts';
import { namedIn } from './named.ts';
import { type Change, type Free, perturbed } from './perturb.ts';
import { type Cells, cellText, type Executed, execute, learnedFrom, matrix, nodesOf, type Observation, rowLevel } from './run.ts';
import { type CellValue, type ColumnSpec, type Data, day, firstDay, rowKnown, type SourceRow, type SourceSpec } from './schema.ts';
import { judgedElsewhere, keyOfRow, members, refitModels, type Setting } from './setting.ts';

export type Property = 'T1' | 'T2' | 'T3 candidates' | 'T3 assignment' | 'T3 features' | 'T4' | 'T5' | 'T6' | 'answer';

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
  perturbed(draw, setting.sources, setting.data, free, draw.pick(changes), dayOf(from), namedIn(setting.plan));

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

/**
 * Rows of another split that a model is judged on come wholly after what it has learned from: none of its rows are among them, and what is
 * known only once they begin has no influence.
 */
function judged(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const refit = refitModels(setting.plan);
  for (const { node, rows } of judgedElsewhere(setting)) {
    const isAgain = [node.model, ...node.others].some(id => refit.has(id));
    const [earlier, property] = isAgain ? ([['train', 'validate'], 'T2'] as const) : ([['train'], 'T1'] as const);
    const learned = members(setting, ...earlier);
    if (learned.length === 0 || rows.length === 0) continue;
    const ids = new Set(learned.map(o => o.id));
    const start = Math.min(...rows.map(o => o.cutoff ?? Number.NEGATIVE_INFINITY));
    if (rows.some(({ id }) => ids.has(id)) || learned.some(o => o.cutoff !== null && o.cutoff >= start)) broken.add(property);
    const free: Free = (source, _row, known, column) => known > start && !(isAfter(column) && setting.labelled.has(source.name));
    const data = change(draw, setting, free, start);
    if (!sameLearned(setting, execute(setting.plan, setting.sources, data, setting.pins), isAgain ? 'validate' : 'train')) broken.add(property);
  }
}

/** Assignments are compared where no quota over all rows is declared. */
const isQuota = (outer: OuterMethod): boolean => outer.kind === 'random' && outer.stratify !== null;

const encoded = (set: FeaturesNode): string[] =>
  set.steps.flatMap(step => (step.kind === 'fitted' && step.transform === 'target_encode' ? [step.output] : []));

const observed = (executed: Executed, set: FeaturesNode): string => [...matrix(executed, set.id, null, []).keys()].sort().join();

function unseen(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { candidates, frame, split, sets, plan, sources, base, outer, partitions, entity, labelled, focus = candidates } = setting;
  const first = focus.length ? draw.pick(focus) : null;
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
  // Outcomes of others may have been decided before this one begins, whatever is said of the column.
  const unknown = unknownTo(setting, first);
  const undecided: Free = (source, row, known, column) =>
    unknown(source, row, known, column) &&
    !(isAfter(column) && labelled.has(source.name) && !(source === entity && keyOfRow(source, row) === first.identity));
  const fitted = execute(plan, sources, change(draw, setting, undecided, first.cutoff), setting.pins);
  // Later observations that come or go move the blocks of cutoffs, which is no influence of a label.
  if (sets.some(set => observed(fitted, set) !== observed(base, set))) return;
  for (const { set, output } of encodings) {
    const [before, after] = [base, fitted].map(executed => matrix(executed, set.id, null, [output]).get(first.id));
    if (before !== undefined && after !== undefined && before !== after) broken.add('T6');
  }
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

const isPlain = ({ type }: ColumnSpec): boolean => !['key', 'ref', 'timestamp', 'date'].includes(type);

interface Cell {
  readonly source: SourceSpec;
  readonly row: SourceRow;
  readonly column: ColumnSpec;
}

/** Observations that are asked for such cells. */
const mostAsked = 40;

/** Of them, those of which a cell is changed. */
const mostChanged = 4;

/**
 * A row that is known by the cutoff and does not happen before it may be the first of the label's window. A cell of it that goes into the
 * label, or decides whether the row is counted, and that only chooses no other value, is then none that a feature of the same observation reads.
 */
function answer(draw: Draw, setting: Setting, broken: Set<Property>): void {
  const { candidates, frame, sets, plan, sources, base, data, labelled, focus = candidates } = setting;
  const aggregates = (frame.label?.windows ?? []).flatMap(window => window.aggregates);
  const text = (parts: readonly (PlanExpr | null)[]): string => JSON.stringify(parts);
  const values = text(aggregates.map(({ value, where }) => value ?? where));
  const conditions = text(aggregates.map(({ value, where }) => value && where));
  // By another value of these, another row is the first of its group.
  const groups = new Set(nodesOf(plan, 'relation').flatMap(({ steps }) => steps.flatMap(step => (step.op === 'dedupe' ? step.by : []))));
  const read = sources.flatMap(source =>
    source.columns.flatMap(column => {
      const name = `"name":"${column.name}"`;
      return labelled.has(source.name) &&
        source.event !== null &&
        isPlain(column) &&
        !groups.has(column.name) &&
        values.includes(name) &&
        !conditions.includes(name)
        ? [{ source, column }]
        : [];
    }),
  );
  if (focus.length === 0 || read.length === 0 || frame.cutoffs.kind === 'none') return;
  const cells = ({ cutoff }: Observation): readonly Cell[] =>
    read.flatMap(({ source, column }) =>
      (data[source.name] ?? []).flatMap(row => {
        const happens = row[source.event ?? ''];
        const isThere = cutoff !== null && typeof happens === 'number' && happens >= cutoff && rowKnown(source, row) <= cutoff;
        return isThere ? [{ source, row, column }] : [];
      }),
    );
  const asked = Array.from({ length: mostAsked }, () => draw.pick(focus)).flatMap(first => {
    const there = cells(first);
    return there.length > 0 ? [{ first, cell: draw.pick(there) }] : [];
  });
  for (const { first, cell } of asked.slice(0, mostChanged)) {
    const free: Free = (source, row, _known, column) => source === cell.source && row === cell.row && column === cell.column;
    const changed = perturbed(draw, sources, data, free, { rows: false, share: 1 }, 0, namedIn(plan));
    const moved = execute(plan, sources, changed, null, 'observations');
    const now = (moved.candidates.get(frame.id) ?? []).find(({ id }) => id === first.id);
    if (!now || cellText(now.row['#label']) === cellText(first.row['#label'])) continue;
    if (sets.some(set => rowLevel(base, set.id).get(first.id) !== rowLevel(moved, set.id).get(first.id))) broken.add('answer');
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
  const free: Free = (_source, _row, _known, column) => column !== null && isPlain(column);
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
    judged(draw, setting, broken);
    unseen(draw, setting, broken);
    answer(draw, setting, broken);
    if (i % 2 === 0) {
      labels(draw, setting, broken);
      ownLabel(draw, setting, broken);
      assignment(draw, setting, broken);
    }
  }
  return broken;
}
