/** Where a program reads what a rule looks for: the expressions that observations, labels and features are made of. */
import type { Block, BlockRule, Reason } from '../../model/facts.ts';
import { type Problem, type ProblemFix, trace } from '../../model/problem.ts';
import type { FeatureRead, Program } from '../../model/program.ts';
import type { FeatureModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { parts, smallest } from '../walk.ts';

/** Every feature written in `file` whose task could be typed; of these the ones whose value is `wanted`. */
export const features = (program: Program, file: string, wanted?: (value: TypedExpr) => boolean): readonly FeatureRead[] =>
  wanted ? program.reads(file).filter(({ feature }) => wanted(feature.value)) : program.reads(file);

/** By the features of a file: nothing blocks most of them, and two dozen rules ask. */
const byBlock = new WeakMap<readonly FeatureRead[], ReadonlyMap<BlockRule, readonly FeatureRead[]>>();

function sortedByBlock(reads: readonly FeatureRead[]): ReadonlyMap<BlockRule, readonly FeatureRead[]> {
  const found = new Map<BlockRule, FeatureRead[]>();
  for (const read of reads) {
    for (const { rule } of read.feature.value.facts.blocks) {
      const known = found.get(rule);
      if (!known) found.set(rule, [read]);
      else if (known.at(-1) !== read) known.push(read);
    }
  }
  byBlock.set(reads, found);
  return found;
}

/** Of these features the ones whose value carries the block. */
export function blocked(program: Program, file: string, rule: BlockRule): readonly FeatureRead[] {
  const reads = program.reads(file);
  return (byBlock.get(reads) ?? sortedByBlock(reads)).get(rule) ?? [];
}

export const tasks = (program: Program, file: string): readonly TaskModel[] => program.tasks(file);

/** What keeps rows of a split together, with the task whose rows these are. */
export const splitGroups = (
  program: Program,
  file: string,
): readonly { readonly name: string; readonly group: TypedExpr; readonly task: TaskModel }[] =>
  gather(program.declarations(file), ({ model }) => {
    const task = model.kind === 'split' ? program.task(file, model.task) : null;
    if (model.kind !== 'split' || !task || model.method.kind === 'random' || !model.method.group) return [];
    return [{ name: model.name, group: model.method.group, task }];
  });

/** Without cutoffs there is no past to tell from the present. */
export const isTimed = (task: TaskModel | null): boolean => task !== null && task.cutoffs.kind !== 'none';

export function blockOf({ facts }: TypedExpr, rule: BlockRule): Block | null {
  for (const block of facts.blocks) if (block.rule === rule) return block;
  return null;
}

export interface Fault {
  readonly place: Place;
  readonly block: Block;
}

/** The smallest expression that carries the block; null where there is none but another feature's name, which is reported itself. */
export function faultOf(expr: TypedExpr, rule: BlockRule, counts: (block: Block, part: TypedExpr) => boolean = () => true): Fault | null {
  if (!blockOf(expr, rule)) return null;
  const blockIn = (part: TypedExpr): Block | null => part.facts.blocks.find(block => block.rule === rule && counts(block, part)) ?? null;
  const expression = smallest(expr, part => blockIn(part) !== null);
  const block = expression && blockIn(expression);
  if (!expression || !block) return null;
  // What lies neither in the value nor in the condition lies in the rows of the window.
  const place = expression.kind === 'aggregate' && expression.window ? expression.window.place : expression.place;
  return { place, block };
}

/** What decides which observations there are: the task's condition, or the being there of the rows of its table. */
export function observed(program: Program, task: TaskModel, rule: BlockRule): Fault | null {
  const asked = task.where && faultOf(task.where, rule);
  if (asked) return asked;
  const block = program.relation(task.place.file, task.relation)?.exists.blocks.find(found => found.rule === rule);
  return block ? { place: task.relationPlace, block } : null;
}

/**
 * The columns, paths and windows at which a flow comes in: the parts for which `holds` is true and that have no such part themselves. Another
 * feature's name is none: that feature is at fault itself.
 */
export function origins(expr: TypedExpr, holds: (part: TypedExpr) => boolean): readonly TypedExpr[] {
  if (expr.kind === 'feature' || !holds(expr)) return [];
  const inner = parts(expr).flatMap(part => origins(part, holds));
  if (inner.length) return inner;
  return parts(expr).length === 0 || (expr.kind === 'aggregate' && expr.window) ? [expr] : [];
}

/** The chain of causes without links that lie where the diagnostic stands. */
export const traceTo = (reason: Reason | null, place: Place): Problem['related'] =>
  trace(reason).filter(
    link =>
      link.place.file !== place.file ||
      link.place.decl !== place.decl ||
      link.place.span.start !== place.span.start ||
      link.place.span.end !== place.span.end,
  );

/** Takes a feature out of its set; the repair of last resort, so never safe. */
export const dropFeature = ({ name, place }: FeatureModel): ProblemFix => ({
  title: `Drop the feature \`${name}\``,
  safe: false,
  edits: [{ place, text: '', item: true }],
});
