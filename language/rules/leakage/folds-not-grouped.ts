/** Groups that the split keeps together and the folds inside of training do not. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { ModelModel, SplitModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { covers, groupOf, ignoredGroups, ignoredRefs, sharedBy, soleLeaf } from './dependence.ts';
import { groupBy, splitAt } from './splitFix.ts';

/** Whether rows that `outer` keeps together stay together under `inner`. */
const keeps = (inner: TypedExpr, outer: TypedExpr): boolean => {
  const leaf = soleLeaf(outer);
  return leaf !== null && covers(inner, leaf);
};

interface Broken {
  readonly inner: TypedExpr;
  readonly outer: TypedExpr;
}

function brokenIn(program: Program, { definition, split: name, files }: ModelModel): Broken | null {
  const inner = definition.kind === 'algorithm' ? definition.training.tune?.inner.group : null;
  const split = inner ? program.split(files.split, name) : null;
  const outer = split && groupOf(split);
  return inner && outer && inner.kind !== 'error' && outer.kind !== 'error' && !keeps(inner, outer) ? { inner, outer } : null;
}

function ofModel(program: Program, model: ModelModel): Problem[] {
  const broken = brokenIn(program, model);
  if (!broken) return [];
  return [
    {
      rule: 'folds-not-grouped',
      place: broken.inner.place,
      message: `The split \`${model.split}\` keeps groups together that the inner folds of \`${model.name}\` tear apart.`,
      label: 'another group than that of the split',
      help: 'Leave the group out, and the folds follow the split: `inner: 5`.',
      related: [{ place: broken.outer.place, message: 'rows that share this lie on one side of the split' }],
      fixes: [],
    },
  ];
}

/** The first split by group of the same task, where this one draws each row by itself and nothing declared says that it should not. */
function groupedBeside(program: Program, file: string, split: SplitModel): { readonly other: SplitModel; readonly outer: TypedExpr } | null {
  if (split.method.kind !== 'random') return null;
  const task = program.task(file, split.task);
  if (task?.cutoffs.kind !== 'none') return null;
  const other = [...program.splits(file, split.task), ...program.splits(task.place.file, task.name)].find(({ method }) => method.kind === 'group');
  const outer = other && groupOf(other);
  if (!other || !outer || outer.kind === 'error') return null;
  const shared = sharedBy(program, task);
  return ignoredGroups(shared, split) || ignoredRefs(shared, split) ? null : { other, outer };
}

function ofSplit(program: Program, file: string, split: SplitModel): Problem[] {
  const beside = groupedBeside(program, file, split);
  if (!beside) return [];
  return [
    {
      rule: 'folds-not-grouped',
      place: split.methodPlace,
      message: `\`${split.name}\` draws rows one by one that \`${beside.other.name}\` keeps together.`,
      label: `without the group of \`${beside.other.name}\``,
      help: `split ${split.name} for ${split.task} by group { … }`,
      related: [{ place: beside.outer.place, message: `rows that share this lie on one side of \`${beside.other.name}\`` }],
      fixes: [],
    },
  ];
}

export default {
  name: 'folds-not-grouped',
  code: 'CUP3045',
  group: 'leakage',
  severity: 'error',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'Choices made on folds that share groups favour the model that recognises them, which the grouped test then cannot confirm.',
  check: (program, file) =>
    gather(program.declarations(file), ({ model }) => {
      if (model.kind === 'model') return ofModel(program, model);
      return model.kind === 'split' ? ofSplit(program, file, model) : [];
    }),
  fixes: (program, { place }, textOf) => {
    const { file, decl } = place;
    const split = splitAt(program, place);
    const beside = split && groupedBeside(program, file, split);
    if (beside) return beside.outer.place.file === file ? groupBy(textOf(beside.outer.place), split, textOf) : [];
    const model = program.declarations(file).find(entry => entry.decl === decl)?.model;
    const broken = model?.kind === 'model' ? brokenIn(program, model) : null;
    if (!broken || broken.outer.place.file !== file) return [];
    return [{ title: 'Group the folds as the split does', safe: false, edits: [{ place: broken.inner.place, text: textOf(broken.outer.place) }] }];
  },
} satisfies Rule;
