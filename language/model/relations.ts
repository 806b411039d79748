/** Tables: a base relation led through the steps, each with the relation that it results in (docs/transfer.md, Tables). */
import type { Step, TableDeclaration } from '../syntax/ast.ts';
import { apartAtFirst, leftBy } from './apart.ts';
import type { Environment } from './environment.ts';
import { followsRefs, joinPaths, withoutJoined } from './pathJoins.ts';
import { emptyRelation, findRelation, type StepContext, type StepResult, stepContext } from './stepContext.ts';
import { deriveStep, dropStep, renameStep, selectStep, whereStep } from './stepsColumns.ts';
import { dedupeStep, groupStep } from './stepsGroup.ts';
import { joinStep } from './stepsJoin.ts';
import { callStep, laterStep } from './stepsLater.ts';
import { sampleStep } from './stepsSample.ts';
import { historyStep, isNeighbour, neighbourStep, sortStep } from './stepsSorted.ts';
import { knownStep, timeStep } from './stepsTime.ts';
import { unionStep } from './stepsUnion.ts';
import { columnOf } from './tableScope.ts';
import type { RelationModel, Sorting, TableModel } from './typed.ts';
import { columnNames } from './walk.ts';

interface Progress {
  readonly relation: RelationModel;
  readonly sorting: Sorting | null;
}

interface TypedStep {
  readonly results: readonly StepResult[];
  readonly sorting: Sorting | null;
}

const one = (result: StepResult | null): readonly StepResult[] => (result ? [result] : []);

/** `derive` with a value taken from another row is a step of its own. */
function deriving(step: Extract<Step, { kind: 'derive' }>, { relation, sorting }: Progress, context: StepContext): readonly StepResult[] {
  const results: StepResult[] = [];
  let current = relation;
  let together: typeof step.columns = [];
  const flush = (): void => {
    const made = together.length > 0 ? deriveStep({ ...step, columns: together }, current, context) : [];
    results.push(...made);
    together = [];
    current = leftBy(made, current) ?? current;
  };
  for (const column of step.columns) {
    const { value } = column;
    if (!isNeighbour(value)) {
      together = [...together, column];
      continue;
    }
    flush();
    const taken = neighbourStep(column.name, value, sorting, current, context);
    results.push(taken);
    current = leftBy([taken], current) ?? current;
  }
  flush();
  return results;
}

function plainStep(step: Step, progress: Progress, context: StepContext): TypedStep {
  const { relation, sorting } = progress;
  switch (step.kind) {
    case 'where':
      return { results: [whereStep(step, relation, context)], sorting };
    case 'derive':
      return { results: deriving(step, progress, context), sorting };
    case 'select':
      return { results: [selectStep(step, relation, context)], sorting };
    case 'drop':
      return { results: [dropStep(step, relation, context)], sorting };
    case 'rename':
      return { results: [renameStep(step, relation, context)], sorting: null };
    case 'join':
      return { results: one(joinStep(step, relation, context)), sorting: null };
    case 'union':
      return { results: one(unionStep(step, relation, context)), sorting: null };
    case 'group':
      return { results: [groupStep(step, relation, context)], sorting: null };
    case 'dedupe':
      return { results: [dedupeStep(step, relation, context)], sorting: null };
    case 'time':
      return { results: [timeStep(step, relation, context)], sorting };
    case 'known':
      return { results: [knownStep(step, relation, context)], sorting };
    case 'sort': {
      const sorted = sortStep(step, relation, context);
      return { results: [sorted.result], sorting: sorted.sorting };
    }
    case 'sample':
      return { results: [sampleStep(step, relation, context)], sorting };
    case 'history':
      return { results: historyStep(step, relation, context), sorting };
    case 'later':
      return { results: [laterStep(step, relation, context)], sorting: null };
    case 'call':
      return { results: [callStep(step, relation, context)], sorting };
    case 'damaged':
      return { results: [], sorting: null };
  }
}

/** A step, with the rows that its paths through refs reach joined before it and gone behind it. */
function typeStep(step: Step, progress: Progress, context: StepContext): TypedStep {
  const { relation } = progress;
  if (!followsRefs(step, relation, context.env)) return plainStep(step, progress, context);
  const joined = joinPaths(relation, context, (before, within) => plainStep(step, { ...progress, relation: before }, within));
  const { results, sorting } = plainStep(step, { ...progress, relation: joined.relation }, joined.context);
  const last = results.at(-1)?.result;
  return { results: last ? [...joined.steps, ...results, ...withoutJoined(last, joined, context.place(step.span))] : [], sorting };
}

/** Later columns of one `derive` may follow what the ones before it made, so each is a step of its own where a ref is followed. */
function eachFollowing(step: Step, relation: RelationModel, env: Environment): readonly Step[] {
  if (step.kind !== 'derive' || step.columns.length === 1 || !followsRefs(step, relation, env)) return [step];
  const names = step.columns.map(({ name }) => name.text);
  return new Set(names).size < names.length ? [step] : step.columns.map(column => ({ ...step, columns: [column] }));
}

/** The sorting, as long as the columns it goes by are there and were not computed anew. */
function sortingAfter(sorting: Sorting | null, before: RelationModel, after: RelationModel): Sorting | null {
  if (!sorting) return null;
  const keys = [...sorting.groups, ...sorting.order.map(key => key.value)];
  const isSame = (name: string): boolean => {
    const [old, now] = [columnOf(before, name)?.place, columnOf(after, name)?.place];
    return now !== undefined && old !== undefined && now.file === old.file && now.decl === old.decl && now.span.start === old.span.start;
  };
  return keys.flatMap(columnNames).every(isSame) ? sorting : null;
}

/** A table as typed. A step that could not be read leaves the columns uncertain, so that one mistake is reported once. */
export function typeTable(decl: TableDeclaration, env: Environment): TableModel {
  const table = decl.name.text;
  const place = { file: env.file, decl: env.decl, span: decl.name.span };
  const base = findRelation(decl.base, stepContext(env, table, -1));
  const rows = base ?? emptyRelation(table, place);
  let relation: RelationModel = { ...rows, name: table, place, apart: apartAtFirst(rows) };
  let sorting: Sorting | null = null;
  const steps: StepResult[] = [];
  for (const [index, step] of decl.steps.entries()) {
    const context = stepContext(env, table, index);
    for (const [n, part] of eachFollowing(step, relation, env).entries()) {
      const typed = typeStep(part, { relation, sorting }, n === 0 ? context : context.part(`${n}`));
      steps.push(...typed.results);
      const next = leftBy(typed.results, relation) ?? { ...relation, open: true };
      sorting = step.kind === 'sort' ? typed.sorting : sortingAfter(typed.sorting, relation, next);
      relation = next;
    }
  }
  return { kind: 'table', relation, base: decl.base.text, steps };
}
