/** Outcomes of other rows in features: read before the task says that they are decided, or learned from beside the rows that are held out. */
import type { PlanExpr } from '../../language/plan/plan.ts';
import { drawFrom } from '../reference/draw.ts';
import { addDuration, negative } from '../reference/times.ts';
import { isTimed, waits } from './mayChange.ts';
import { type Free, perturbed } from './perturb.ts';
import { cellText, execute, type Observation, relationsRead, rowLevel } from './run.ts';
import type { ColumnSpec, SourceSpec } from './schema.ts';
import { keyOfRow, type Setting } from './setting.ts';

const columnsIn = (expr: PlanExpr): readonly string[] =>
  expr.op === 'column' ? [expr.name] : expr.op === 'call' ? expr.args.flatMap(columnsIn) : [];

/** The columns of which the label's own row makes it, under all names that they have on the way from their sources. */
function labelColumns({ plan, frame }: Setting): ReadonlySet<string> {
  const names = new Set(frame.label ? columnsIn(frame.label.value) : []);
  const steps = relationsRead(plan).flatMap(node => node.steps);
  for (let size = -1; size !== names.size; ) {
    size = names.size;
    for (const step of steps) {
      if (step.op === 'project')
        for (const { name, value } of step.columns) if (names.has(name)) for (const read of columnsIn(value)) names.add(read);
      if (step.op === 'join') for (const { column, as } of step.take) if (names.has(as)) names.add(column);
    }
  }
  return names;
}

const isPlain = (type: string): boolean => !['key', 'ref', 'timestamp', 'date'].includes(type);

const someOf = <T>(items: readonly T[], most: number): readonly T[] => {
  const draw = drawFrom(13);
  return items.length <= most ? items : Array.from({ length: most }, () => draw.pick(items));
};

/** A feature moves with a cell of the label's columns of another row that happened so short a time before that the task counts it as undecided. */
export function outcomesUndecided(setting: Setting): boolean {
  const { plan, sources, data, frame, candidates, sets, base, entity, labelled } = setting;
  const names = labelColumns(setting);
  const isOutcome = (source: SourceSpec, column: ColumnSpec | null): boolean =>
    column !== null && isPlain(column.type) && names.has(column.name) && labelled.has(source.name);
  const movedIn = (seed: number, free: Free): ((id: string) => boolean) => {
    const moved = execute(plan, sources, perturbed(drawFrom(seed), sources, data, free, { rows: false, share: 1 }, 0), null, 'observations');
    return id =>
      sets.some(set => {
        const now = rowLevel(moved, set.id).get(id);
        return now !== undefined && now !== rowLevel(base, set.id).get(id);
      });
  };
  // Those whose features rest on outcomes at all.
  const rests = [1, 2].map(seed => movedIn(seed, (source, _row, _known, column) => isOutcome(source, column)));
  const asked = candidates.filter(({ id }) => rests.some(moves => moves(id)));
  return someOf(asked, 24).some(({ id, identity, cutoff }, i) => {
    if (cutoff === null) return false;
    const decided = addDuration(cutoff, negative(waits(frame)));
    const free: Free = (source, row, _known, column) => {
      const event = source.event === null ? null : row[source.event];
      const isOwn = source === entity && keyOfRow(source, row) === identity;
      return isOutcome(source, column) && !isOwn && typeof event === 'number' && event > decided && event <= cutoff;
    };
    return movedIn(i + 1, free)(id);
  });
}

interface Fold {
  readonly train: readonly number[];
  readonly held: readonly number[];
}

/** In a fold, one change moves a label that is learned from, decided only after the rows held out begin, and a feature of one of these. */
export function peersDecidedLater(setting: Setting, folds: readonly Fold[]): boolean {
  const { plan, sources, data, frame, candidates, sets, base, labelled } = setting;
  if (!isTimed(setting)) return false;
  const overlaps = folds.flatMap(({ train, held }) => {
    const start = Math.min(...held);
    const late = new Set(train.filter(cutoff => cutoff <= start && addDuration(cutoff, waits(frame)) > start));
    return late.size > 0 ? [{ late, held: new Set(held) }] : [];
  });
  if (overlaps.length === 0) return false;
  const before = new Map(candidates.map(o => [o.id, o]));
  const rows = sources.filter(({ name }) => labelled.has(name)).flatMap(({ name }) => data[name] ?? []);
  return someOf(rows, 60).some((one, i) => {
    const free: Free = (_source, row, _known, column) => row === one && column !== null && column.type !== 'key';
    const changed = perturbed(drawFrom(i + 1), sources, data, free, { rows: false, share: 1 }, 0);
    const now = execute(plan, sources, changed, null, 'observations');
    const labels: Observation[] = [];
    const features: Observation[] = [];
    for (const o of now.candidates.get(frame.id) ?? []) {
      const was = before.get(o.id);
      if (!was) continue;
      if (cellText(was.row['#label']) !== cellText(o.row['#label'])) labels.push(o);
      if (sets.some(set => rowLevel(base, set.id).get(o.id) !== rowLevel(now, set.id).get(o.id))) features.push(o);
    }
    return overlaps.some(({ late, held }) => labels.some(o => late.has(o.cutoff ?? 0)) && features.some(o => held.has(o.cutoff ?? 0)));
  });
}
