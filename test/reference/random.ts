/**
 * Random small plans with data: sources, tables, checks, a task with its label, a split and a feature set. The same seed gives the same
 * plan; across seeds every step, aggregate, form of cutoff, split and fit comes up.
 */
import type { PlanDraft } from '../../language/plan/fingerprint.ts';
import type {
  FeatureStep,
  FrameNode,
  OuterMethod,
  Plan,
  PlanAggregate,
  PlanExpr,
  PlanFeature,
  PlanPath,
  PlanType,
  PlanWindow,
  SplitNode,
} from '../../language/plan/plan.ts';
import type { DurationValue } from '../../language/text/duration.ts';
import {
  call,
  column,
  cutoff,
  days,
  feature,
  featuresNode,
  fittedStep,
  frameNode,
  hours,
  int,
  known,
  label,
  lasting,
  masked,
  months,
  planOf,
  rowStep,
  splitNode,
  window,
  windowOf,
} from './build.ts';
import { type Draw, drawFrom } from './draw.ts';
import { has, type Relation, randomSources, type Sources } from './randomData.ts';
import { type Readable, randomExpr } from './randomExpr.ts';
import { isHidden, randomAggregate, randomCheck, randomGroup, randomTable } from './randomTables.ts';
import { plus } from './times.ts';

export interface RandomPlan {
  readonly plan: Plan;
  readonly files: Readonly<Record<string, string>>;
}

const start = Date.UTC(2024, 0, 1) * 1000;
const day = days(1).micros;

/** Cells as an observation reads them. */
function cells(relation: Relation, of: string | null, by: 'lt' | 'le', until: PlanExpr): PlanExpr[] {
  return relation.columns
    .filter(c => !isHidden(c.name))
    .map(c => {
      const value = column(c.name, c.type, of);
      return relation.late.includes(c.name) ? masked(value, column(`${c.name}#known`, 'timestamp', of), by, until) : value;
    });
}

// ---------------------------------------------------------------- windows and paths

const edges = (draw: Draw): { from: DurationValue | null; to: DurationValue } => {
  const lag = draw.chance(0.3) ? days(draw.int(1, 20)) : days(0);
  const span = draw.pick([days(draw.int(1, 60)), months(draw.int(1, 2)), hours(draw.int(3, 50))]);
  const back = (d: DurationValue): DurationValue => ({ months: 0 - d.months, micros: 0 - d.micros });
  return { from: draw.chance(0.25) ? null : back(plus(span, lag)), to: back(lag) };
};

interface WindowKind {
  readonly relation: Relation;
  readonly future: { readonly to: DurationValue; readonly within: DurationValue } | null;
}

function randomWindow(draw: Draw, { relation, future }: WindowKind, ids: () => string): PlanWindow {
  const until = future ? call('add', 'timestamp', cutoff, lasting(future.within)) : cutoff;
  const ofPeople = ['age', 'score'].map(name => column(name, name === 'age' ? 'int' : 'float', 'entity'));
  const row: Readable = { columns: [...cells(relation, null, 'lt', until), ...ofPeople], hasCutoff: true };
  const values = cells(relation, null, 'lt', until);
  const aggregates = Array.from({ length: draw.int(1, 4) }, (): PlanAggregate => {
    const where = draw.chance(0.4) ? randomExpr(draw, 'bool', row, 2) : null;
    const base = { id: ids(), where, parameters: {}, scale: 40 };
    if (draw.chance(0.2)) return { ...base, aggregate: 'count', value: null, type: 'int' };
    const value = draw.chance(0.6) ? draw.pick(values) : randomExpr(draw, draw.pick(['int', 'float', 'bool', 'text'] as const), row, 2);
    const isNumber = value.type === 'int' || value.type === 'float';
    if (isNumber && draw.chance(0.1)) return { ...base, aggregate: 'quantile', value, parameters: { q: draw.pick([0, 0.25, 0.9]) }, type: 'float' };
    return { ...base, ...randomAggregate(draw, value), value };
  });
  const isShared = draw.chance(0.25) && has(relation, 'spot');
  const link = isShared ? { row: 'spot', entity: column('town', 'text') } : { row: 'who', entity: column('id', 'text') };
  const range = future ? { from: days(0), to: future.to } : edges(draw);
  const tie = relation.key === null ? relation.identity : [relation.key];
  return windowOf({ relation: relation.id, link, ...range, knownWithin: future?.within ?? days(0), aggregates, tie });
}

const windowValues = (windows: readonly PlanWindow[]): PlanExpr[] => windows.flatMap(w => w.aggregates).map(a => window(a.id, a.type));

/** From people to their town, and to what was grouped by person. */
function randomPaths(draw: Draw, sources: Sources, groups: readonly Relation[], hasCutoffs: boolean): { paths: PlanPath[]; values: PlanExpr[] } {
  const paths: PlanPath[] = [];
  const values: PlanExpr[] = [];
  const add = (relation: Relation, ref: string, key: string): void => {
    const id = `p${paths.length + 1}`;
    paths.push({ id, relation: relation.id, from: null, ref, key, known: hasCutoffs && has(relation, '#known') ? '#known' : null });
    values.push(...relation.columns.filter(c => !isHidden(c.name)).map(c => column(c.name, c.type, id)));
  };
  if (draw.chance(0.6)) add(sources.places, 'town', 'town');
  for (const relation of groups) if (relation.key === 'who' && draw.chance(0.7)) add(relation, 'id', 'who');
  return { paths, values };
}

// ---------------------------------------------------------------- task and split

function randomCutoffs(draw: Draw): FrameNode['cutoffs'] {
  switch (draw.int(0, 4)) {
    case 0:
      return { kind: 'none' };
    case 1:
      return { kind: 'column', value: known('since') };
    case 2:
      return { kind: 'column', value: call('add', 'timestamp', known('since'), lasting(days(draw.int(1, 30)))) };
    default: {
      const first = start + draw.int(5, 40) * day;
      const step = draw.int(3, 15) * day;
      return { kind: 'grid', instants: Array.from({ length: draw.int(1, 5) }, (_, i) => first + i * step) };
    }
  }
}

function randomLabel(draw: Draw, events: Relation, hasCutoffs: boolean): NonNullable<FrameNode['label']> {
  if (!hasCutoffs || draw.chance(0.3)) {
    const delay = days(hasCutoffs ? draw.int(0, 60) : 0);
    const until = call('add', 'timestamp', cutoff, lasting(delay));
    const value = hasCutoffs ? masked(column('member', 'bool'), known('member#known'), 'le', until) : column('member', 'bool');
    return label({ value, delay });
  }
  const to = draw.pick([days(draw.int(2, 25)), months(1)]);
  const delay = days(draw.int(0, 10));
  const within = plus(to, delay);
  let count = 0;
  const windows = [randomWindow(draw, { relation: events, future: { to, within } }, () => `label ${++count}`)];
  const numbers = windowValues(windows).filter(v => v.type === 'int' || v.type === 'float');
  const [first] = numbers;
  const number = first && draw.chance(0.7) ? call('coalesce', first.type, first, int(0)) : (first ?? int(1));
  const value = draw.chance(0.4) ? number : call('gt', 'bool', number, int(draw.int(0, 2)));
  return label({ value, windows, horizon: to, delay });
}

/** The whole, one of its folds, or train and validate taken together. */
function randomMethod(draw: Draw, people: Relation, cutoffs: FrameNode['cutoffs']): SplitNode['method'] {
  const outer = randomOuter(draw, people, cutoffs);
  const shape = draw.int(0, 5);
  if (shape === 0) return { kind: 'merged', outer };
  if (shape > 2) return outer;
  const folds = draw.int(2, 4);
  const group = outer.kind === 'random' && draw.chance(0.3) ? column('city', 'text') : null;
  const pool = draw.pick([['train'], ['train', 'validate']] as const);
  return { kind: 'fold', outer, pool, fold: draw.int(0, folds - 1), folds, repeat: draw.int(0, 1), group, seed: draw.int(0, 9) };
}

function randomOuter(draw: Draw, people: Relation, cutoffs: FrameNode['cutoffs']): OuterMethod {
  const shares = { test: draw.pick([0.2, 0.35]), validate: draw.pick([0, 0.2]), seed: draw.int(0, 99) };
  const kind = draw.int(0, cutoffs.kind === 'none' ? 1 : 3);
  if (kind === 0) return { kind: 'random', ...shares, stratify: draw.chance(0.4) ? draw.pick(cells(people, null, 'le', cutoff)) : null };
  if (kind === 1) return { kind: 'group', ...shares, group: draw.pick([column('team', 'text'), column('city', 'text'), column('age', 'int')]) };
  const within = cutoffs.kind === 'grid' && cutoffs.instants.length > 1 ? draw.pick(cutoffs.instants.slice(1)) : null;
  const middle = within ?? start + draw.int(20, 60) * day;
  const hasValidate = draw.chance(0.5);
  const end = middle + draw.int(5, 25) * day;
  return {
    kind: 'time',
    train: [null, middle],
    validate: hasValidate ? [draw.chance(0.5) ? middle : null, end] : null,
    test: [draw.chance(0.7) ? (hasValidate ? end : middle) : null, null],
    gap: draw.pick([days(0), days(0), days(draw.int(1, 15)), months(1)]),
    group: draw.chance(0.3) ? column('team', 'text') : null,
  };
}

// ---------------------------------------------------------------- features

/** Transforms of one column with settings of which all come up across seeds. */
function ofNumber(draw: Draw): readonly [transform: string, settings: Parameters<typeof fittedStep>[4]] {
  const [low, high] = draw.pick([
    [0.25, 0.75],
    [0, 0.5],
    [0.05, 0.9],
  ] as const);
  return draw.pick([
    ['standardize', {}],
    ['min_max', { clip: draw.chance(0.5) }],
    ['robust_scale', { low, high }],
    ['winsorize', { low, high }],
    ['quantile_bin', { bins: draw.int(2, 6) }],
    ['cyclic', { period: draw.pick([7, 24, 0.5]) }],
    ['indicator', {}],
  ] as const);
}

function ofLevels(draw: Draw, type: PlanType): readonly [transform: string, settings: Parameters<typeof fittedStep>[4]] {
  return draw.pick([
    ['one_hot', {}],
    ['ordinal', draw.chance(0.3) && type === 'text' ? { levels: ['b', 'a', 'Ulm'] } : {}],
    ['impute', { method: 'mode' }],
    ['target_encode', { folds: draw.int(2, 4), prior: draw.chance(0.4) ? 0.5 : null }],
    ['target_encode', { folds: draw.int(2, 4), prior: null }],
    ['frequency_encode', {}],
    ['hash_encode', { columns: draw.int(2, 5) }],
    ['indicator', {}],
    ...(type === 'text' ? ([['tfidf', { max_terms: draw.int(1, 6), min_rows: draw.int(1, 3) }]] as const) : []),
  ] as const);
}

const groups: ReadonlySet<string> = new Set(['one_hot', 'hash_encode', 'cyclic', 'tfidf']);

/** A fit over several columns and groups of the set. */
function togetherFit(draw: Draw, output: string, from: readonly { readonly name: string; readonly type: PlanType }[], hasKey: boolean): FeatureStep {
  const inputs = draw.some(from, 2, 4);
  const [first] = inputs;
  const [transform, settings] = draw.pick([
    // Without a key nothing tells equal rows apart in order, and where centres begin goes by the order.
    ...(hasKey ? ([['kmeans_distance', { clusters: draw.int(1, 4), max_iterations: 300, seed: draw.int(0, 9) }]] as const) : []),
    ['pca', { components: draw.int(1, 3), whiten: draw.chance(0.3) }],
    ['rfe', { columns: draw.int(1, 3), names: inputs.map(i => i.name) }],
    ['select', { columns: draw.int(1, 3), by: draw.pick(['mutual_information', 'f_score', 'lasso'] as const), names: inputs.map(i => i.name) }],
    ['columns', {}],
  ] as const);
  return { ...fittedStep(output, transform, '', first?.type ?? 'float', settings), inputs: inputs.map(i => i.name) } as FeatureStep;
}

function randomFits(draw: Draw, output: string, type: PlanType): FeatureStep[] {
  const named = `${output} fitted`;
  const isNumber = type !== 'text' && type !== 'bool';
  if (!isNumber || (type === 'int' && draw.chance(0.2))) return [fittedStep(named, ...withInput(ofLevels(draw, type), output, type))];
  const method = draw.pick(['mean', 'median', 'mode', 'constant'] as const);
  const imputed = fittedStep(`${output} filled`, 'impute', output, type, method === 'constant' ? { method, value: 3 } : { method });
  const after: PlanType = method === 'mean' || method === 'median' ? 'float' : type;
  const scaling = ofNumber(draw);
  const scaled = fittedStep(named, ...withInput(scaling, `${output} filled`, after));
  const isOne = !groups.has(scaling[0]) && scaling[0] !== 'indicator';
  const twice = rowStep(`${output} twice`, call('mul', 'float', column(named, 'float', 'set'), int(2)));
  return draw.pick([
    [imputed],
    [imputed, scaled],
    [imputed, scaled, ...(isOne ? [twice] : [])],
    [fittedStep(named, ...withInput(scaling, output, type))],
  ]);
}

const withInput = (
  [transform, settings]: readonly [string, Parameters<typeof fittedStep>[4]],
  input: string,
  type: PlanType,
): [string, string, PlanType, Parameters<typeof fittedStep>[4]] => [transform, input, type, settings];

function featureSteps(draw: Draw, from: Readable, hasKey: boolean): { steps: FeatureStep[]; features: PlanFeature[] } {
  const steps: FeatureStep[] = [];
  const features: PlanFeature[] = [];
  const made: PlanExpr[] = [];
  const direct = draw.some(from.columns, 3, 14);
  const computed = Array.from({ length: draw.int(1, 4) }, () => null);
  for (const [i, ready] of [...direct, ...computed].entries()) {
    const all = { ...from, columns: [...from.columns, ...made] };
    const value = ready ?? randomExpr(draw, draw.pick(['int', 'float', 'bool', 'text'] as const), all, 3);
    const output = `f${i}`;
    steps.push(rowStep(output, value));
    made.push(column(output, value.type, 'set'));
    const isTime = value.type === 'timestamp' || value.type === 'date';
    if (!isTime) features.push(feature(output, value.type === 'text' ? 'category' : 'number'));
    if (!isTime && draw.chance(0.6)) steps.push(...randomFits(draw, output, value.type));
  }
  const numbers = steps.flatMap(step =>
    step.kind === 'fitted' && groups.has(step.transform)
      ? [{ name: step.output, type: 'float' as const }]
      : step.kind === 'row' && ['int', 'float', 'bool'].includes(String(step.type))
        ? [{ name: step.output, type: step.type }]
        : [],
  );
  if (numbers.length > 1 && draw.chance(0.6)) steps.push(togetherFit(draw, 'together', numbers, hasKey));
  return { steps, features };
}

// ---------------------------------------------------------------- the whole

export function randomPlan(seed: number): RandomPlan {
  const draw = drawFrom(seed);
  const sources = randomSources(draw);
  const { people } = sources;
  const drafts: PlanDraft[] = [...sources.drafts];
  const groups: Relation[] = [];
  let events = sources.events;
  if (draw.chance(0.7)) {
    const table = randomTable(draw, 'deeds', events, sources);
    drafts.push(table.draft);
    events = table.relation;
  }
  if (draw.chance(0.5) && has(events, 'at')) {
    const checked = randomCheck(draw, 'deeds', events, sources);
    drafts.push(checked.draft);
    events = checked.relation;
  }
  if (draw.chance(0.5)) {
    const group = randomGroup(draw, 'grouped', events);
    drafts.push(group.draft);
    groups.push(group.relation);
  }
  const cutoffs = randomCutoffs(draw);
  const hasCutoffs = cutoffs.kind !== 'none';
  const own: Readable = {
    columns: hasCutoffs ? cells(people, null, 'le', cutoff) : cells({ ...people, late: [] }, null, 'le', cutoff),
    hasCutoff: hasCutoffs,
  };
  const ofTask = randomPaths(draw, sources, [], hasCutoffs);
  const where = draw.chance(0.25)
    ? call('coalesce', 'bool', randomExpr(draw, 'bool', { ...own, columns: [...own.columns, ...ofTask.values] }, 2), {
        op: 'literal',
        type: 'bool',
        value: true,
      })
    : null;
  drafts.push(
    frameNode({
      name: 'task',
      relation: people.id,
      where,
      paths: ofTask.paths,
      cutoffs,
      known: hasCutoffs && draw.chance(0.8) ? '#known' : null,
      key: people.key,
      identity: people.identity,
      label: randomLabel(draw, events, hasCutoffs),
      until: draw.chance(0.6) ? start + draw.int(90, 200) * day : null,
      ripeFrom: [{ relation: sources.events.id, known: '#known' }],
    }),
    splitNode({ name: 'task', frame: 'frame task', method: randomMethod(draw, people, cutoffs) }),
  );
  let ids = 0;
  const kinds: WindowKind[] = [
    { relation: events, future: null },
    { relation: sources.events, future: null },
    { relation: sources.changes, future: null },
  ];
  const windows = hasCutoffs ? draw.some(kinds, 1, 3).map(kind => randomWindow(draw, kind, () => `w${++ids}`)) : [];
  const ofSet = randomPaths(draw, sources, groups, hasCutoffs);
  const from: Readable = { columns: [...windowValues(windows), ...own.columns, ...ofSet.values], hasCutoff: hasCutoffs };
  drafts.push(
    featuresNode({
      name: 'set',
      split: 'split task',
      frame: 'frame task',
      windows,
      paths: ofSet.paths,
      ...featureSteps(draw, from, people.key !== null),
    }),
  );
  return { plan: planOf(...drafts), files: sources.files };
}
