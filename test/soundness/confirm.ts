/**
 * The oracle of each rule. Most say that something influences what it must not: some change has to show it. The others speak of rows: the
 * same unit on both sides, two rows where there should be one, a partition that is read where it must not be.
 */
import { addDuration } from '../reference/times.ts';
import { outcomeMoves, type Property, type Setting, waits } from './properties.ts';
import { cellText, nodesOf } from './run.ts';

type Oracle = (setting: Setting, broken: ReadonlySet<Property>) => boolean;

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

/** Judged on rows that it has learned from, or chosen on them. */
const evaluatesTrain: Oracle = ({ plan }) => {
  const refit = new Set(nodesOf(plan, 'finish').flatMap(node => (node.refit === null ? [] : [node.id])));
  return (
    nodesOf(plan, 'evaluate').some(node => node.partition === 'train' || (node.partition === 'validate' && refit.has(node.model))) ||
    nodesOf(plan, 'choose').some(node => node.partition === 'validate' && node.candidates.some(id => refit.has(id)))
  );
};

/** In a fold, a label that is decided only after what it is held against begins. */
const overlapsInFolds: Oracle = ({ plan, base, frame }) =>
  nodesOf(plan, 'split').some(node => {
    if (node.method.kind !== 'fold') return false;
    const rows = base.tables.get(node.id)?.rows ?? [];
    const of = (partition: string): number[] =>
      rows.flatMap(row => (row['#partition'] === partition && typeof row['#cutoff'] === 'number' ? [row['#cutoff']] : []));
    const [train, held] = [of('train'), of('validate')];
    return train.some(cutoff => held.some(start => cutoff <= start && addDuration(cutoff, waits(frame)) > start));
  });

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

const oracles: Readonly<Record<string, Oracle>> = {
  'random-split-over-time': (setting, broken) => trainAfterTest(setting, broken) || isInfluence(setting, broken),
  'train-after-test': trainAfterTest,
  'overlapping-partitions': trainAfterTest,
  'outcome-conditioned-rows': (setting, broken) => outcomeMoves(setting) || isInfluence(setting, broken),
  'overlapping-samples': overlapsInFolds,
  'join-fanout': repeated,
  'evaluate-on-train': evaluatesTrain,
  'key-as-feature': tellsApart,
  'entity-on-both-sides': shared,
  'folds-not-grouped': bothSides(groups),
  'group-on-both-sides': bothSides(groups),
};

/** The rules among these that their oracle agrees with. */
export const confirmed = (setting: Setting, rules: readonly string[], broken: ReadonlySet<Property>): readonly string[] =>
  rules.filter(rule => (oracles[rule] ?? isInfluence)(setting, broken));
