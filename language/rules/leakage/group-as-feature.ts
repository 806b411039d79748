/** A value that says which group an observation belongs to, under a split that lets groups fall on both sides. */

import { isSame } from '../../model/environment.ts';
import { sameCell } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { FeatureRead, Program } from '../../model/program.ts';
import type { ModelModel, RelationModel, SplitModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { smallest } from '../walk.ts';
import { dropFeature, features, isTimed, traceTo } from './reads.ts';

const namesGroup = (expr: TypedExpr): boolean => expr.facts.identity === 'group';

/**
 * Whether the split keeps rows of some group together, and not of this one. A split at random, or one that ignores a declared group, is at
 * fault itself, and time keeps nobody apart from their own past.
 */
function mixes({ method }: SplitModel, value: TypedExpr, declared: boolean): boolean {
  if (method.kind !== 'group' || declared) return false;
  const { lineage } = method.group.facts;
  return !value.facts.lineage.some(read => lineage.some(by => sameCell(by, read)));
}

/** Whether the value is a column that is declared as what rows depend on each other by. */
const isDeclared = (value: TypedExpr, relation: RelationModel | null): boolean =>
  value.kind === 'column' &&
  (relation?.columns.some(({ name, roles }) => name === value.name && roles.some(({ kind }) => kind === 'group' || kind === 'site')) ?? false);

interface Found {
  /** The part of the value that says the group. */
  readonly fault: TypedExpr;
  readonly split: SplitModel;
}

function mixedBy(program: Program, { feature, task }: Pick<FeatureRead, 'feature' | 'task'>, splits: readonly SplitModel[]): Found | null {
  const fault = isTimed(task) ? null : smallest(feature.value, namesGroup);
  if (!fault) return null;
  const declared = isDeclared(fault, program.relation(task.place.file, task.relation));
  const split = splits.find(one => mixes(one, fault, declared));
  return split ? { fault, split } : null;
}

const problem = ({ fault, split }: Found, place: Place, { feature, set, task }: Pick<FeatureRead, 'feature' | 'set' | 'task'>): Problem => ({
  rule: 'group-as-feature',
  place,
  message: `\`${feature.name}\` says which group an observation belongs to, and \`${split.name}\` puts rows of one group on both sides.`,
  label: 'the same groups in training and test',
  help: `Leave \`${feature.name}\` out of \`${set.name}\` and use what is known of the group, or split by it: \`by group { group: … }\`.`,
  related: [
    ...traceTo(fault.facts.identityReason, fault.place),
    { place: split.methodPlace, message: `\`${split.name}\` divides the rows of \`${task.name}\`` },
  ],
  fixes: place === fault.place ? [dropFeature(feature)] : [],
});

function ofFeature(program: Program, file: string, read: FeatureRead): Problem[] {
  const found = mixedBy(program, read, program.splits(file, read.task.name, read.task.place.file));
  return found ? [problem(found, found.fault.place, read)] : [];
}

/** A set of another file over a split that this one does not know. */
function ofModel(program: Program, file: string, { features: name, split: by, files, place }: ModelModel): Problem[] {
  const split = program.split(files.split, by);
  const reads = files.features === file || !split ? [] : features(program, files.features, namesGroup).filter(({ set }) => set.name === name);
  return reads.flatMap(read => {
    if (!split || program.splits(files.features, read.task.name, read.task.place.file).some(known => isSame(known, split))) return [];
    const found = mixedBy(program, read, [split]);
    return found ? [problem(found, place, read)] : [];
  });
}

export default {
  name: 'group-as-feature',
  code: 'CUP3065',
  group: 'leakage',
  severity: 'warning',
  type: 'L3.2',
  verdict: 'leaks',
  why: 'The model learns by heart how each group turned out, meets the same groups in the test, and knows nothing of a new one.',
  check: (program, file) => [
    ...features(program, file, namesGroup).flatMap(read => ofFeature(program, file, read)),
    ...gather(program.declarations(file), ({ model }) => (model.kind === 'model' ? ofModel(program, file, model) : [])),
  ],
} satisfies Rule;
