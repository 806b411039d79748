/**
 * The oracle of each rule. Most say that something influences what it must not: some change has to show it. The others speak of rows: the
 * same unit on both sides, two rows where there should be one, a partition that is read where it must not be.
 */
import type { EvaluateNode, FrameNode, Plan, PlanWindow, SplitNode } from '../../language/plan/plan.ts';
import { outerOf } from '../../language/plan/plan.ts';
import { drawFrom } from '../reference/draw.ts';
import { relation } from '../reference/relations.ts';
import { split } from '../reference/split.ts';
import type { Row, Table } from '../reference/table.ts';
import { addDuration } from '../reference/times.ts';
import { evaluate, rowScope } from '../reference/values.ts';
import { decidedLater, restsOnOthers } from './decidedLater.ts';
import { digests } from './digests.ts';
import { startAfter, waits } from './mayChange.ts';
import { movesBoth, outcomeMoves } from './moves.ts';
import { neverSeen } from './neverSeen.ts';
import { outcomesUndecided, peersDecidedLater } from './outcomes.ts';
import { brokenProperties, type Property } from './properties.ts';
import { cellText, execute, nodesOf, type Observation, relationsRead, rowLevel } from './run.ts';
import type { SourceSpec } from './schema.ts';
import { judgedElsewhere, members, refitModels, type Setting, settingOf } from './setting.ts';
import { readAsWritten, unmasked } from './unmasked.ts';

/** With the folds that the split declares, for those that no model uses. */
export type Case = Setting & { readonly folds: number | null };

type Oracle = (setting: Case, broken: ReadonlySet<Property>) => boolean;

const isInfluence: Oracle = (_setting, broken) => broken.size > 0;

const pairs = ({
  candidates,
  partitions,
}: Setting): readonly { readonly partition: string; readonly cutoff: number | null; readonly identity: string }[] =>
  candidates.map(({ id, identity, cutoff }) => ({ partition: partitions.get(id) ?? 'none', identity, cutoff }));

/** Whether some training observation is made after one that it is judged by. */
const trainAfterTest: Oracle = setting => {
  const all = pairs(setting);
  const times = (partition: string): number[] => all.flatMap(o => (o.partition === partition && o.cutoff !== null ? [o.cutoff] : []));
  const [train, later] = [times('train'), [...times('test'), ...times('validate')]];
  return train.length > 0 && later.length > 0 && Math.max(...train) >= Math.min(...later);
};

/** Whether some cutoff lies in two partitions as they are written, whatever the gap then leaves of the earlier one. */
const sharesAsWritten: Oracle = (setting, broken) => {
  const { candidates, outer, otherSplits } = setting;
  const isIn = (cutoff: number, [from, to]: readonly [number | null, number | null]): boolean =>
    (from === null || cutoff >= from) && (to === null || cutoff <= to);
  const methods = [outer, ...otherSplits.map(outerOf)].flatMap(method => (method.kind === 'time' ? [method] : []));
  const isShared = (cutoff: number): boolean =>
    methods.some(({ train, validate, test }) => [train, ...(validate ? [validate] : []), test].filter(range => isIn(cutoff, range)).length > 1);
  return trainAfterTest(setting, broken) || candidates.some(({ cutoff }) => cutoff !== null && isShared(cutoff));
};

/** The same unit on both sides. */
const bothSides =
  (unit: (setting: Setting) => readonly (string | null)[]): Oracle =>
  setting => {
    const units = unit(setting);
    const seen = new Map<string, Set<string>>();
    pairs(setting).forEach(({ partition }, i) => {
      const own = units[i];
      if (own == null || partition === 'none') return;
      seen.set(own, (seen.get(own) ?? new Set()).add(partition));
    });
    return [...seen.values()].some(sides => sides.has('train') && sides.size > 1);
  };

const entities = ({ candidates }: Setting): string[] => candidates.map(o => o.identity);

/** The entity, or one that rows share by a ref. */
const shared: Oracle = (setting, broken) =>
  bothSides(entities)(setting, broken) ||
  setting.entity.columns
    .filter(c => c.type === 'ref')
    .some(({ name }) => bothSides(() => setting.candidates.map(({ row }) => (row[name] == null ? null : cellText(row[name]))))(setting, broken));

const groups = (setting: Setting): (string | null)[] => {
  const roles = setting.sources.flatMap(s => s.columns.filter(c => c.role === '@group').map(c => c.name));
  return setting.candidates.map(({ row }) => roles.flatMap(name => (row[name] == null ? [] : [cellText(row[name])])).join(' ') || null);
};

/** Two rows for one entity at one moment. */
const repeated: Oracle = ({ candidates, base, frame }) => {
  const home = base.tables.get(frame.relation);
  return new Set(candidates.map(o => o.id)).size < candidates.length || (home !== undefined && frame.key === null);
};

/** Judged, compared or chosen on rows that it has learned from, or on rows of another split that do not lie wholly after what it has learned from. */
const evaluatesTrain: Oracle = setting => {
  const { plan, frame } = setting;
  const refit = refitModels(plan);
  const isAgain = (node: EvaluateNode): boolean => [node.model, ...node.others].some(id => refit.has(id));
  const ownRows = nodesOf(plan, 'evaluate').some(
    node => node.rowsOf === undefined && (node.partition === 'train' || (node.partition === 'validate' && isAgain(node))),
  );
  const elsewhere = judgedElsewhere(setting).some(({ node, rows }) => {
    const learned = members(setting, 'train', ...(isAgain(node) ? ['validate'] : []));
    const start = Math.min(...rows.map(o => o.cutoff ?? Number.NEGATIVE_INFINITY));
    return learned.some(({ cutoff }) => cutoff === null || addDuration(cutoff, waits(frame)) > start || cutoff >= start);
  });
  const chosen = nodesOf(plan, 'choose').some(node => node.partition === 'validate' && node.candidates.some(id => refit.has(id)));
  return ownRows || elsewhere || chosen;
};

/** The cutoffs of the observations of each fold: of those that are learned from, and of those that are held out. */
function foldCutoffs({
  plan,
  base,
  frame,
  split: declared,
  outer,
  folds,
}: Case): readonly { readonly train: readonly number[]; readonly held: readonly number[] }[] {
  const all = base.tables.get(frame.id)?.rows.map(row => ({ ...row, '#state': 'ready' })) ?? [];
  const pool = outer.kind === 'time' && outer.validate !== null ? (['train', 'validate'] as const) : (['train'] as const);
  const unused = Array.from({ length: folds ?? 0 }, (_, fold): SplitNode => {
    const method = { kind: 'fold', outer, pool, fold, folds: folds ?? 0, repeat: 0, group: null, seed: 1 } as const;
    return { ...declared, method };
  });
  const rowsOf = (node: SplitNode): readonly Row[] => split(node, { columns: base.tables.get(frame.id)?.columns ?? [], rows: all }).rows;
  return [...nodesOf(plan, 'split'), ...unused].flatMap(node => {
    if (node.method.kind !== 'fold') return [];
    const rows = rowsOf(node);
    const of = (partition: string): number[] =>
      rows.flatMap(row => (row['#partition'] === partition && typeof row['#cutoff'] === 'number' ? [row['#cutoff']] : []));
    return [{ train: of('train'), held: of('validate') }];
  });
}

/** In a fold, a label that is decided only after what it is held against begins. */
const overlapsInFolds: Oracle = setting =>
  foldCutoffs(setting).some(({ train, held }) =>
    train.some(cutoff => held.some(start => cutoff <= start && addDuration(cutoff, waits(setting.frame)) > start)),
  );

/** Values of a feature that tell observations apart: as many as there are entities. */
const tellsApart: Oracle = ({ base, sets, candidates }) =>
  sets.some(set => {
    const table = base.tables.get(set.id);
    const many = new Set(candidates.map(o => o.identity)).size;
    return set.features.some(({ column }) => {
      const values = new Set(table?.rows.map(row => cellText(row[column])));
      return values.size > 1 && values.size >= Math.min(many, table?.rows.length ?? 0) * 0.6;
    });
  });

/** A window into the future is read as it is written: what an observation finds there is changed before its eyes. */
const looksAhead: Oracle = setting => {
  const { plan, sources, data, base, sets, candidates } = setting;
  const isAhead = ({ to }: PlanWindow): boolean => to !== null && (to.months > 0 || to.micros > 0);
  if (!nodesOf(plan, 'features').some(node => node.windows.some(isAhead))) return false;
  const lifted: Plan = {
    ...plan,
    nodes: plan.nodes.map(node =>
      node.kind === 'features' ? { ...node, windows: node.windows.map(w => (isAhead(w) ? readAsWritten(w) : w)) } : node,
    ),
  };
  const written = settingOf(lifted, sources, data);
  const ahead = (id: string): boolean => sets.some(set => rowLevel(base, set.id).get(id) !== rowLevel(written.base, set.id).get(id));
  const focus = candidates.filter(({ id }) => ahead(id));
  return focus.length > 0 && brokenProperties(drawFrom(1), { ...written, focus }, 6).size > 0;
};

/** A step after which a row, or a cell of it, counts as known earlier than it did before. */
const statedEarlier: Oracle = ({ plan, base }) =>
  relationsRead(plan).some(node => {
    const tableOf = (id: string): Table => base.tables.get(id) ?? { columns: [], rows: [] };
    return node.steps.some((step, i) => {
      if (step.op !== 'project') return false;
      const before = relation({ ...node, steps: node.steps.slice(0, i) }, tableOf).rows;
      const after = relation({ ...node, steps: node.steps.slice(0, i + 1) }, tableOf).rows;
      const names = step.columns.map(c => c.name).filter(name => name.endsWith('#known'));
      return after.some((row, at) =>
        names.some(name => Number(row[name]) < Number(before[at]?.[name] ?? before[at]?.['#known'] ?? Number.NEGATIVE_INFINITY)),
      );
    });
  });

/** A value is taken from the row before, which is of somebody else. */
const ofSomebodyElse: Oracle = ({ plan, base }) =>
  relationsRead(plan).some(node =>
    node.steps.some((step, i) => {
      if (step.op !== 'neighbour') return false;
      const { rows } = relation({ ...node, steps: node.steps.slice(0, i) }, id => base.tables.get(id) ?? { columns: [], rows: [] });
      const group = (row: Row): string => step.by.map(expr => cellText(evaluate(expr, rowScope(row)))).join(' ');
      const owners = rows.map(row => ({ group: group(row), owner: cellText(row['cust'] ?? row['id']) }));
      return owners.some(a => owners.some(b => a.group === b.group && a.owner !== b.owner));
    }),
  );

/** A label of an earlier partition is known, as declared, only after the next one has begun. */
const knownTooLate: Oracle = setting =>
  (['train', 'validate'] as const).some(partition => {
    const start = startAfter(setting, partition === 'train' ? ['train'] : ['train', 'validate']);
    return start !== null && members(setting, partition).some(({ cutoff }) => cutoff !== null && addDuration(cutoff, waits(setting.frame)) > start);
  });

/** A join makes several rows of one. */
const multiplies: Oracle = ({ plan, base }) =>
  relationsRead(plan).some(node =>
    node.steps.some((step, i) => {
      if (step.op !== 'join') return false;
      const rowsAfter = (steps: number): number =>
        relation({ ...node, steps: node.steps.slice(0, steps) }, id => base.tables.get(id) ?? { columns: [], rows: [] }).rows.length;
      return rowsAfter(i + 1) > rowsAfter(i);
    }),
  );

/** A label is another one where nothing asks what of it is known after the delay; where a column says when, no delay can be long enough. */
const settlesLater: Oracle = ({ plan, sources, data, frame, candidates, labelled }) => {
  const { label } = frame;
  const isByColumn = ({ known, columns }: SourceSpec): boolean =>
    (known !== null && 'column' in known) || columns.some(({ availability }) => availability.kind === 'column');
  if (label === null || sources.some(source => labelled.has(source.name) && isByColumn(source))) return false;
  const asWritten: FrameNode = { ...frame, label: { ...label, windows: label.windows.map(readAsWritten), value: unmasked(label.value) } };
  const lifted: Plan = { ...plan, nodes: plan.nodes.map(node => (node.id === frame.id ? asWritten : node)) };
  const labelsOf = (all: readonly Observation[]): ReadonlyMap<string, string> =>
    new Map(all.flatMap(({ id, row }) => (row['#state'] === 'ready' ? [[id, cellText(row['#label'])] as const] : [])));
  const [asked, whole] = [labelsOf(candidates), labelsOf(execute(lifted, sources, data, null, 'observations').candidates.get(frame.id) ?? [])];
  return [...asked].some(([id, label]) => whole.has(id) && whole.get(id) !== label);
};

/** Something is learned or chosen by rows of the test. */
const readsTest: Oracle = ({ base }) => [...digests(base).values()].some(({ reach }) => reach === 'test');

/** Judged on rows by which something is chosen. */
const judgesChosen: Oracle = setting => {
  const validate = new Set(members(setting, 'validate').map(({ id }) => id));
  const own = nodesOf(setting.plan, 'evaluate').some(
    node => node.rowsOf === undefined && (node.partition === 'validate' || node.partition === 'folds'),
  );
  return own || judgedElsewhere(setting).some(({ rows }) => rows.some(({ id }) => validate.has(id)));
};

const oracles: Readonly<Record<string, Oracle>> = {
  'no-test-partition': judgesChosen,
  'search-score-as-estimate': judgesChosen,
  'choice-on-test': readsTest,
  'threshold-on-test': (setting, broken) => readsTest(setting, broken) || judgesChosen(setting, broken),
  'random-split-over-time': (setting, broken) => trainAfterTest(setting, broken) || isInfluence(setting, broken),
  'train-after-test': trainAfterTest,
  'overlapping-partitions': sharesAsWritten,
  'outcome-conditioned-rows': (setting, broken) => outcomeMoves(setting) || isInfluence(setting, broken),
  'future-window': (setting, broken) => isInfluence(setting, broken) || looksAhead(setting, broken),
  'label-derived-feature': (setting, broken) => isInfluence(setting, broken) || movesBoth(setting),
  'label-as-feature': (setting, broken) => isInfluence(setting, broken) || movesBoth(setting),
  'latest-version-kept': (setting, broken) => isInfluence(setting, broken) || decidedLater(setting),
  'peer-rows-across-split': (setting, broken) => isInfluence(setting, broken) || restsOnOthers(setting),
  'rows-known-late': (setting, broken) => isInfluence(setting, broken) || decidedLater(setting),
  'time-shifted': (setting, broken) => isInfluence(setting, broken) || statedEarlier(setting, broken),
  'always-null': neverSeen,
  'lag-across-entities': ofSomebodyElse,
  'resample-before-split': repeated,
  'not-point-in-time': (setting, broken) => isInfluence(setting, broken) || repeated(setting, broken) || multiplies(setting, broken),
  'delay-shorter-than-known': (setting, broken) => isInfluence(setting, broken) || settlesLater(setting, broken),
  'overlapping-samples': overlapsInFolds,
  'lag-shorter-than-horizon': (setting, broken) => isInfluence(setting, broken) || outcomesUndecided(setting),
  'peer-labels-across-split': (setting, broken) => isInfluence(setting, broken) || peersDecidedLater(setting, foldCutoffs(setting)),
  'gap-shorter-than-horizon': (setting, broken) => isInfluence(setting, broken) || knownTooLate(setting, broken),
  'join-fanout': repeated,
  'evaluate-on-train': evaluatesTrain,
  'key-as-feature': tellsApart,
  'entity-on-both-sides': shared,
  'folds-not-grouped': bothSides(groups),
  'group-on-both-sides': bothSides(groups),
};

/** The setting as if models learned on another of its splits: what is declared of that one is a fault of its own. */
const onOther = (setting: Case, split: SplitNode): Case => ({
  ...setting,
  split,
  outer: outerOf(split),
  partitions: setting.base.assigned.get(split.id) ?? new Map(),
  otherSplits: [],
});

/** The rules among these that their oracle agrees with, of some split. */
export const confirmed = (setting: Case, rules: readonly string[], broken: ReadonlySet<Property>): readonly string[] =>
  rules.filter(rule =>
    [setting, ...setting.otherSplits.map(split => onOther(setting, split))].some(one => (oracles[rule] ?? isInfluence)(one, broken)),
  );
