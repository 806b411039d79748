/** Reads a plan that was written as JSON: held against its version and shape, so that a damaged or foreign file is a message and no crash. */
import { type Plan, planVersion } from './plan.ts';
import { bool, either, entries, fields, lazy, list, number, optional, orNull, type Shape, tagged, text, whole, word } from './shapes.ts';

const duration = fields({ months: whole, micros: number });
const type = either(word('bool', 'int', 'float', 'text', 'date', 'timestamp', 'duration'), fields({ decimal: list(whole) }));
const position = fields({ line: whole, character: whole });
const place = fields({ file: text, range: fields({ start: position, end: position }) });
const numbers = entries(number);

const expr: Shape = lazy(() => expressions);
const expressions: Shape = tagged('op', {
  literal: fields({ type, value: orNull(either(number, text, bool, duration)) }),
  column: fields({ type, name: text, of: orNull(text) }),
  cutoff: fields({}),
  window: fields({ type, id: text }),
  call: fields({ type, fn: text, args: list(expr) }),
  aggregate: fields({ type, aggregate: text, value: orNull(expr), where: orNull(expr), parameters: numbers, scale: whole }),
});

const column = fields({ name: text, type });
const computed = fields({ name: text, value: expr });
const aggregate = fields({ id: text, aggregate: text, value: orNull(expr), where: orNull(expr), parameters: numbers, type, scale: whole });
const window = fields({
  relation: text,
  link: fields({ row: text, entity: expr }),
  event: text,
  known: orNull(text),
  from: orNull(duration),
  to: orNull(duration),
  knownWithin: duration,
  aggregates: list(aggregate),
  tie: list(text),
});
const path = fields({ id: text, relation: text, from: orNull(text), ref: text, key: text, known: orNull(text) });
const setting: Shape = either(number, text, bool, orNull(lazy(() => list(setting))));
const settings = entries(setting);
const labelKind = word('binary', 'number', 'count', 'classes');
const labelName = fields({ name: text, kind: labelKind, positive: orNull(text), classes: optional(list(text)) });

const order = list(fields({ value: expr, descending: bool }));
const step = tagged('op', {
  filter: fields({ where: expr }),
  project: fields({ columns: list(computed) }),
  join: fields({
    join: word('left', 'inner'),
    right: text,
    on: list(fields({ left: text, right: text })),
    take: list(fields({ column: text, as: text, type })),
    asOf: orNull(fields({ at: expr, event: text, known: orNull(text), tie: list(text) })),
  }),
  union: fields({ right: text }),
  group: fields({ by: list(text), aggregates: list(computed), tie: list(text) }),
  dedupe: fields({ by: list(text), order: list(fields({ column: text, descending: bool })), tie: list(text) }),
  neighbour: fields({ name: text, value: expr, offset: whole, by: list(expr), order, tie: list(text) }),
  rank: fields({ name: text, by: list(expr), order }),
  sample: fields({ share: orNull(number), rows: orNull(whole), seed: whole, key: orNull(text), identity: list(text) }),
});

const claim = tagged('kind', {
  row: fields({ condition: expr }),
  aggregate: fields({ condition: expr, value: expr }),
  complete: fields({ column: text, atLeast: number }),
  unique: fields({ columns: list(text) }),
  fresh: fields({ column: text, within: duration }),
  refers: fields({ column: text, table: text, key: text }),
});

const bounds = list(orNull(number));
const metric: Shape = lazy(() => metrics);
const metrics: Shape = tagged('op', {
  metric: fields({ model: text, metric: text, evaluation: optional(text) }),
  bound: fields({ side: word('low', 'high'), of: metric }),
  drift: fields({ subject: either(fields({ feature: text }), word('features', 'score', 'label')), test: orNull(text) }),
  number: fields({ value: number }),
  arithmetic: fields({ operator: word('+', '-', '*', '/'), left: metric, right: metric }),
});

const outerMethods = {
  random: fields({ test: number, validate: number, seed: whole, stratify: orNull(expr) }),
  group: fields({ group: expr, test: number, validate: number, seed: whole }),
  time: fields({ train: bounds, validate: orNull(bounds), test: bounds, gap: duration, group: orNull(expr) }),
};
const pool = list(word('train', 'validate'));
const merged = fields({ outer: tagged('kind', outerMethods) });
const fold: Shape = fields({
  outer: lazy(() => tagged('kind', { ...outerMethods, fold, merged })),
  pool,
  fold: whole,
  folds: whole,
  repeat: whole,
  group: orNull(expr),
  seed: whole,
});
const balance = orNull(word('class_weight', 'undersample', 'oversample'));
const crossfits = list(fields({ model: text, crossfit: text }));

const claims = list(
  fields({
    text,
    place,
    left: metric,
    comparison: word('<', '<=', '>', '>=', '==', '!='),
    right: metric,
    severity: word('gate', 'warn', 'error'),
  }),
);

const kinds = {
  scan: fields({
    connector: word('csv', 'parquet', 'json', 'arrow'),
    path: text,
    options: fields({ header: bool, nulls: list(text), decimal: text, zone: text }),
    columns: list(fields({ name: text, type, nullable: bool, min: orNull(number), max: orNull(number), levels: orNull(list(text)), place })),
    hidden: list(computed),
    key: orNull(text),
    identity: list(text),
    until: orNull(number),
  }),
  relation: fields({ base: text, steps: list(step), columns: list(column), key: orNull(text), identity: list(text) }),
  check: fields({
    table: text,
    claims: list(fields({ text, place, severity: word('warn', 'error', 'quarantine'), claim })),
    key: orNull(text),
    pii: list(text),
  }),
  frame: fields({
    relation: text,
    where: orNull(expr),
    paths: list(path),
    cutoffs: tagged('kind', { none: fields({}), grid: fields({ instants: list(number) }), column: fields({ value: expr }) }),
    known: orNull(text),
    key: orNull(text),
    identity: list(text),
    weight: optional(text),
    label: orNull(
      fields({
        name: text,
        kind: labelKind,
        positive: orNull(text),
        classes: optional(list(text)),
        windows: list(window),
        paths: list(path),
        value: expr,
        horizon: duration,
        delay: duration,
        place,
      }),
    ),
    until: orNull(number),
    ripeFrom: list(fields({ relation: text, known: text })),
  }),
  split: fields({
    frame: text,
    method: tagged('kind', {
      ...outerMethods,
      fold,
      merged,
    }),
  }),
  features: fields({
    split: text,
    frame: text,
    windows: list(window),
    paths: list(path),
    steps: list(
      tagged('kind', {
        row: fields({ output: text, type, value: expr }),
        predicted: fields({ output: text, type, model: text, folds: list(text), classes: optional(list(text)), place }),
        fitted: fields({ output: text, transform: text, inputs: list(text), inputType: type, settings, scale: whole, place }),
      }),
    ),
    features: list(
      fields({
        name: text,
        column: text,
        raw: fields({ column: text, kind: word('number', 'category') }),
        others: optional(list(fields({ name: text, column: text, kind: word('number', 'category') }))),
        place,
      }),
    ),
    resample: optional(fields({ method: word('smote'), k: whole, ratio: number, seed: whole })),
  }),
  tune: fields({
    folds: list(text),
    algorithm: text,
    parameters: settings,
    space: list(
      tagged('kind', {
        int: fields({ name: text, scale: word('linear', 'log'), from: number, to: number }),
        float: fields({ name: text, scale: word('linear', 'log'), from: number, to: number }),
        choice: fields({ name: text, choices: list(setting) }),
      }),
    ),
    trials: whole,
    method: word('random', 'bayesian'),
    metric: text,
    partition: text,
    balance,
    earlyStop: orNull(fields({ rounds: whole })),
    label: labelName,
    seed: whole,
  }),
  train: fields({
    features: text,
    split: text,
    algorithm: text,
    parameters: settings,
    tuned: orNull(text),
    balance,
    earlyStop: orNull(fields({ rounds: whole, on: text, folds: list(text) })),
    label: labelName,
    seed: whole,
  }),
  crossfit: fields({ model: text, folds: list(text), repeats: whole }),
  finish: fields({
    model: text,
    crossfit: orNull(text),
    calibrate: orNull(word('platt', 'isotonic')),
    threshold: orNull(
      tagged('kind', {
        value: fields({ value: number }),
        metric: fields({ metric: text, direction: word('max', 'min'), on: text }),
        cost: fields({ falsePositive: number, falseNegative: number, on: text }),
      }),
    ),
    refit: orNull(text),
    label: labelName,
  }),
  ensemble: fields({
    members: list(fields({ model: text, crossfit: orNull(text) })),
    final: orNull(fields({ algorithm: text, parameters: settings })),
    features: text,
    split: text,
    label: labelName,
    seed: whole,
  }),
  choose: fields({
    candidates: list(text),
    metric: text,
    partition: text,
    split: text,
    crossfits,
    refit: list(fields({ model: text, features: text })),
  }),
  evaluate: fields({
    model: text,
    split: text,
    features: text,
    rowsOf: optional(text),
    partition: text,
    where: orNull(expr),
    metrics: list(fields({ metric: text, place })),
    claims,
    segments: list(fields({ by: expr, text, metrics: list(text), place, claims: optional(claims), confusion: optional(place) })),
    confusion: optional(place),
    baseline: orNull(text),
    others: list(text),
    crossfits,
    label: labelName,
  }),
};

const common = fields({ id: text, name: text, place, inputs: list(text), fingerprint: text });

const node: Shape = (value, at) => common(value, at) ?? tagged('kind', kinds)(value, at);

const plan = fields({ program: list(text), seed: whole, nodes: list(node), fingerprint: text });

/** Every node once, after all that it reads. */
function disorder({ nodes }: Plan): string | null {
  const seen = new Set<string>();
  for (const { id, inputs } of nodes) {
    if (seen.has(id)) return `there are two nodes ${id}`;
    const missing = inputs.find(input => !seen.has(input));
    if (missing !== undefined) return `${id} reads ${missing}, which does not come before it`;
    seen.add(id);
  }
  return null;
}

export type ReadPlan = { readonly plan: Plan; readonly problem: null } | { readonly plan: null; readonly problem: string };

const refused = (why: string): ReadPlan => ({ plan: null, problem: why });

/** `value`: what `JSON.parse` gave. */
export function readPlan(value: unknown): ReadPlan {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version === undefined) return refused('This is no plan: it has no version.');
  if (version !== planVersion) {
    const remedy =
      typeof version === 'number' && version > planVersion ? 'It was written by a newer Cupel; update this one.' : 'Plan the program again.';
    return refused(`The plan has version ${JSON.stringify(version)}, and this Cupel reads version ${planVersion}. ${remedy}`);
  }
  const wrong = plan(value, '') ?? disorder(value as Plan);
  return wrong === null ? { plan: value as Plan, problem: null } : refused(`The plan is damaged: ${wrong}.`);
}
