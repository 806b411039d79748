/** The task of a program with its data, as it was first executed: what all changes are held against. */
import type { EvaluateNode, FeaturesNode, FrameNode, OuterMethod, Plan, ScanNode, SplitNode } from '../../language/plan/plan.ts';
import { outerOf } from '../../language/plan/plan.ts';
import { type Executed, execute, nodesOf, type Observation, observationId, type Partitions, type Pins } from './run.ts';
import type { CellValue, Data, SourceRow, SourceSpec } from './schema.ts';

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
  /** Splits of the same observations on whose rows a model is judged that does not learn on them. */
  readonly otherSplits: readonly SplitNode[];
  readonly sets: readonly FeaturesNode[];
  readonly candidates: readonly Observation[];
  readonly partitions: Partitions;
  readonly entity: SourceSpec;
  /** Sources whose rows the task's table compares with the own row, or whose own row cannot be told. */
  readonly compared: ReadonlySet<string>;
  readonly labelled: ReadonlySet<string>;
  /** The observations before whose cutoffs nothing is to be seen, where not any will do. */
  readonly focus?: readonly Observation[];
}

/** Two files may each have a source of one name; the file that it reads bears the name that tells them apart. */
const nameOf = ({ path }: ScanNode): string => path.replace(/\.csv$/, '');

function behind(plan: Plan, id: string, found = new Set<string>()): ReadonlySet<string> {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'scan') found.add(nameOf(node));
  else for (const input of node?.inputs ?? []) behind(plan, input, found);
  return found;
}

/** The source whose rows a table's rows are. */
export function homeOf(plan: Plan, id: string): string {
  const node = plan.nodes.find(n => n.id === id);
  if (node?.kind === 'relation') return homeOf(plan, node.base);
  if (node?.kind === 'check') return homeOf(plan, node.table);
  return node?.kind === 'scan' ? nameOf(node) : '';
}

const comparing: ReadonlySet<string> = new Set(['join', 'union', 'group', 'dedupe', 'neighbour', 'rank', 'sample']);

/** Whether rows of the table are put together with other rows, somewhere on the way from its source. */
export function compares(plan: Plan, id: string): boolean {
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
  const others = new Set(nodesOf(plan, 'evaluate').flatMap(node => (node.rowsOf === undefined ? [] : [node.split])));
  const declared = nodesOf(plan, 'split').filter(node => node.method.kind !== 'fold' && node.method.kind !== 'merged');
  const split = declared.find(({ id }) => !others.has(id));
  if (!frame || !split) throw new Error('The program has no task or no split.');
  const entity = sources.find(s => s.name === homeOf(plan, frame.relation));
  if (!entity) throw new Error('The program has no observations.');
  const all = behind(plan, frame.relation);
  const hasOwn = frame.key !== null && entity.key !== null && !compares(plan, frame.relation);
  const { label } = frame;
  const labelled = new Set<string>();
  for (const read of [...(label?.windows ?? []), ...(label?.paths ?? [])]) for (const name of behind(plan, read.relation)) labelled.add(name);
  // Beside windows a label may read its own row.
  if ((label?.windows ?? []).length === 0 || JSON.stringify(label?.value ?? null).includes('"op":"column"'))
    for (const name of all) labelled.add(name);
  return {
    plan,
    sources,
    data,
    base,
    pins: pinsOf(base),
    frame,
    split,
    outer: outerOf(split),
    otherSplits: declared.filter(({ id }) => others.has(id)),
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

/** Of the rows that models are judged on in another split: the split, who they are, and by which of the models. */
export function judgedElsewhere({
  plan,
  pins,
  candidates,
}: Setting): readonly { readonly node: EvaluateNode; readonly rows: readonly Observation[] }[] {
  return nodesOf(plan, 'evaluate').flatMap(node => {
    if (node.rowsOf === undefined) return [];
    const partitions = pins.get(node.split);
    return [{ node, rows: candidates.filter(o => partitions?.get(o.id) === node.partition) }];
  });
}

/** Models that are learned again on validate, or made of such. */
export function refitModels(plan: Plan): ReadonlySet<string> {
  const again = new Set(nodesOf(plan, 'finish').flatMap(node => (node.refit === null ? [] : [node.id])));
  for (const node of plan.nodes) {
    if (node.kind === 'ensemble' && node.members.some(({ model }) => again.has(model))) again.add(node.id);
    if (node.kind === 'finish' && again.has(node.model)) again.add(node.id);
    if (node.kind === 'choose' && (node.refit.length > 0 || node.candidates.some(id => again.has(id)))) again.add(node.id);
  }
  return again;
}

/** Null where the source has no key. */
export const keyOfRow = (source: SourceSpec, row: SourceRow): CellValue => (source.key === null ? null : (row[source.key] ?? null));
