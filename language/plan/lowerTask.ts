/** Tasks become frames: entity × cutoff with the label; splits become partitions of them. */
import { zeroDuration } from '../model/factOps.ts';
import type { LabelModel, SplitModel, TaskModel, TypedExpr } from '../model/typed.ts';
import { parts, windows } from '../model/walk.ts';
import { alongRefs, type Path, pathName } from './alongRefs.ts';
import { column, cutoff, hidden, instant, type KnownBy, knownColumn, knownOf, type Lowered, masked, passes, typeOf } from './knownTimes.ts';
import { freeId, inputsOf, type Lowering, relationNamed, Unplannable } from './lowering.ts';
import { lowerRelation } from './lowerRelation.ts';
import { collector, labelWait } from './observing.ts';
import type { FrameNode, PlanExpr, PlanLabel, SplitNode } from './plan.ts';
import { lowerExpr, noReader, type Reader, rowReader, storedType } from './planExpr.ts';

export interface LoweredTask {
  readonly id: string;
  readonly model: TaskModel;
  readonly entity: Lowered;
  readonly label: PlanLabel;
  readonly hasCutoffs: boolean;
}

/** A cutoff of a grid is no time of the own row, of which then only what was known before is seen, as of all others. */
export const ownBy = ({ cutoffs }: TaskModel): KnownBy => (cutoffs.kind === 'grid' ? 'lt' : 'le');

/** The observation's own row as splits and evaluations read it, features aside. */
export function ownReader({ entity, hasCutoffs, model }: Pick<LoweredTask, 'entity' | 'hasCutoffs' | 'model'>): Reader {
  const read = (name: string, expr: TypedExpr): PlanExpr => {
    const value = column(name, typeOf(entity, name) ?? storedType(expr));
    return hasCutoffs && entity.late.has(name) ? masked(value, instant(knownOf(name)), ownBy(model), cutoff) : value;
  };
  return {
    ...noReader,
    column: expr => read(expr.name, expr),
    path: expr => read(pathName(expr), expr),
    cutoff: () => cutoff,
    locate: entity.locate,
  };
}

// ---------------------------------------------------------------- the end of the data

/** Sources whose rows decide the label, by the tables it reads. */
function labelSources(label: LabelModel, entity: Lowered, lowering: Lowering): { readonly name: string; readonly file: string }[] {
  const { program } = lowering;
  const future = windows(label.value).filter(({ window }) => window.direction === 'future');
  const read = future.length ? future.map(({ window }) => relationNamed(lowering, window.table, window.file)) : [entity.model];
  const sources = new Map<string, { name: string; file: string }>();
  const visit = (name: string, file: string): void => {
    const model = program.relation(file, name);
    if (!model || sources.has(`${model.place.file} ${model.name}`)) return;
    const home = model.place.file;
    const table = program.table(home, model.name);
    if (!table) sources.set(`${home} ${model.name}`, { name: model.name, file: home });
    else {
      visit(table.base, home);
      for (const { step } of table.steps) if ('table' in step) visit(step.table, 'file' in step ? step.file : home);
    }
  };
  for (const model of read) visit(model.name, model.place.file);
  // A joined table that the label reads nothing of does not decide it.
  const used = new Set(label.value.facts.lineage.map(l => `${l.home} ${l.source}`));
  const deciding = [...sources.values()].filter(({ name, file }) => used.has(`${file} ${name}`));
  return deciding.length ? deciding : [...sources.values()];
}

function endOf(label: LabelModel, task: TaskModel, entity: Lowered, lowering: Lowering): Pick<FrameNode, 'until' | 'ripeFrom'> {
  const sources = labelSources(label, entity, lowering);
  const declared = sources.flatMap(({ name, file }) => lowering.program.source(file, name)?.until ?? []);
  if (declared.length) return { until: Math.min(...declared), ripeFrom: [] };
  const ripeFrom = sources.flatMap(({ name, file }) => {
    const lowered = lowerRelation(name, file, lowering, task.place.file);
    const known = hidden(lowered, knownColumn);
    return known === null ? [] : [{ relation: lowered.id, known }];
  });
  return { until: null, ripeFrom };
}

// ---------------------------------------------------------------- frames

function cutoffsOf(task: TaskModel, entity: Lowered): FrameNode['cutoffs'] {
  const { cutoffs } = task;
  switch (cutoffs.kind) {
    case 'none':
      return { kind: 'none' };
    case 'grid':
      return { kind: 'grid', instants: cutoffs.instants };
    case 'column': {
      const value = lowerExpr(
        cutoffs.value,
        rowReader(name => typeOf(entity, name), entity.locate),
      );
      // A day as a cutoff includes the day, as every bound that is a date does; at its first instant its own row would not be known.
      return { kind: 'column', value: passes(value, task.zone) };
    }
  }
}

function lowerLabel(label: LabelModel, task: TaskModel, entity: Lowered, lowering: Lowering): PlanLabel {
  const hasCutoffs = task.cutoffs.kind !== 'none';
  const collected = collector({ entity, hasCutoffs, ownBy: ownBy(task), knownWithin: hasCutoffs ? labelWait(label) : zeroDuration, lowering });
  const value = lowerExpr(label.value, collected.reader);
  return {
    name: label.name,
    kind: label.kind,
    positive: label.positive,
    ...(label.classes && { classes: label.classes }),
    windows: collected.windows(),
    paths: collected.paths(),
    value,
    horizon: label.horizon,
    delay: label.delay,
    place: lowering.locate(label.place),
  };
}

/** Paths that splits and evaluations of the task read. */
function pathsRead(task: TaskModel, lowering: Lowering): Path[] {
  const { program } = lowering;
  const home = task.place.file;
  const files = [...new Set([home, ...lowering.files])];
  const splits = [...new Set(files.flatMap(file => program.splits(file, task.name, home)))];
  const ofSplits = splits.flatMap(({ method }) => (method.kind === 'random' ? method.stratify : method.group) ?? []);
  const ofEvaluations = files
    .flatMap(file => program.evaluations(file))
    .filter(({ model, place }) => {
      const judged = program.model(place.file, model);
      return judged?.task === task.name && judged.files.task === home;
    })
    .flatMap(({ where, segments }) => [...(where ? [where] : []), ...segments.map(segment => segment.by)]);
  const found = new Map<string, Path>();
  const visit = (expr: TypedExpr): void => {
    if (expr.kind === 'path') found.set(pathName(expr), expr);
    else parts(expr).forEach(visit);
  };
  [...ofSplits, ...ofEvaluations].forEach(visit);
  return [...found.values()];
}

export function lowerTask(task: TaskModel, lowering: Lowering): LoweredTask {
  if (!task.label) throw new Unplannable(`the task ${task.name} has no label`);
  const home = task.place.file;
  const own = lowerRelation(task.relation, home, lowering);
  // Splits and evaluations follow no refs.
  const entity = alongRefs(own, pathsRead(task, lowering), `relation ${task.name} along refs`, home, lowering);
  const hasCutoffs = task.cutoffs.kind !== 'none';
  const collected = collector({ entity, hasCutoffs, ownBy: ownBy(task), knownWithin: zeroDuration, lowering });
  const where = task.where && lowerExpr(task.where, collected.reader, 'bool');
  const label = lowerLabel(task.label, task, entity, lowering);
  const end = hasCutoffs ? endOf(task.label, task, entity, lowering) : { until: null, ripeFrom: [] };
  const id = freeId(lowering, `frame ${task.name}`, home);
  const paths = collected.paths();
  lowering.drafts.set(id, {
    kind: 'frame',
    id,
    name: task.name,
    place: lowering.locate(task.place),
    inputs: inputsOf(entity.id, ...[...paths, ...label.paths, ...label.windows, ...end.ripeFrom].map(read => read.relation)),
    relation: entity.id,
    where,
    paths,
    cutoffs: cutoffsOf(task, entity),
    known: hasCutoffs ? hidden(entity, knownColumn) : null,
    key: entity.key,
    identity: entity.identity,
    label,
    ...(task.weight === null ? {} : { weight: task.weight }),
    ...end,
  });
  return { id, model: task, entity, label, hasCutoffs };
}

// ---------------------------------------------------------------- splits

function methodOf({ method }: SplitModel, reader: Reader): SplitNode['method'] {
  switch (method.kind) {
    case 'random': {
      const { test, validate, seed, stratify } = method;
      return { kind: 'random', test, validate, seed, stratify: stratify && lowerExpr(stratify, reader) };
    }
    case 'group': {
      const { test, validate, seed, group } = method;
      return { kind: 'group', group: lowerExpr(group, reader), test, validate, seed };
    }
    case 'time': {
      const { train, validate, test, gap, group } = method;
      return {
        kind: 'time',
        train: [train.from, train.to],
        validate: validate && [validate.from, validate.to],
        test: [test.from, test.to],
        gap,
        group: group && lowerExpr(group, reader),
      };
    }
  }
}

export function lowerSplit(split: SplitModel, task: LoweredTask, lowering: Lowering): string {
  const id = freeId(lowering, `split ${split.name}`, split.place.file);
  lowering.drafts.set(id, {
    kind: 'split',
    id,
    name: split.name,
    place: lowering.locate(split.place),
    inputs: [task.id],
    frame: task.id,
    method: methodOf(split, ownReader(task)),
  });
  return id;
}
