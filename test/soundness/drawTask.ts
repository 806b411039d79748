/** Random tasks, splits and feature sets over drawn tables. */
import type { Draw } from '../reference/draw.ts';
import { type Column, conditionText, named, numberText, ofType, pickColumn, type Scope } from './drawExpressions.ts';
import { type Drawing, labels, type Relation } from './drawTables.ts';
import { type Declaration, declaration, type Piece } from './program.ts';
import { isoDay } from './schema.ts';

export interface TaskShape {
  readonly declarations: readonly Declaration[];
  /** Days; as written, or what the label waits for at most. */
  readonly horizon: number;
  readonly isBinary: boolean;
}

// ---------------------------------------------------------------- windows

export interface Viewer extends Drawing {
  readonly entity: Relation;
  /** How windows over events link to the entity: nothing where their ref leads to its key. */
  readonly via: string;
  readonly isTimed: boolean;
}

const scopeOver = ({ risk, isTimed }: Viewer, relation: Relation, late: number): Scope => ({
  columns: relation.columns,
  hasCutoff: isTimed,
  risk,
  late,
});

/** By which columns rows of a relation are found that refer to an observation without a time, or are alike with it in something. */
function viasOfUntimed(entity: Relation, { home, columns }: Relation, draw: Draw): readonly string[] {
  const names = columns.map(c => c.name);
  const refs = entity.key !== null && home !== 'dim' ? ['of', 'giver'].filter(name => names.includes(name)) : [];
  const both = home === 'ps' ? ['team', 'g', 'prod', 'id'] : [];
  const shared = both.filter(name => names.includes(name) && entity.columns.some(c => c.name === name));
  return [...(refs.length > 1 && draw.chance(0.6) ? refs.slice(0, 1) : refs), ...(shared.length > 0 && draw.chance(0.15) ? [draw.pick(shared)] : [])];
}

/** Relations whose rows link to the entity. */
function linked({ entity, relations, draw, risk }: Viewer): readonly { readonly relation: Relation; readonly via: string }[] {
  return relations.flatMap(relation => {
    if (entity.home === 'ps') return viasOfUntimed(entity, relation, draw).map(via => ({ relation, via: ` via ${via}` }));
    if (relation.home !== 'ev' && relation.home !== 'chg') return [];
    const names = relation.columns.map(c => c.name);
    const own = entity.columns.map(c => c.name);
    const vias: string[] = [];
    if (names.includes('cust')) vias.push(entity.home === 'ent' && !names.includes('lcust') ? '' : ' via cust');
    if (names.includes('card') && own.includes('card') && draw.chance(0.3)) vias.push(' via card');
    if (names.includes('lcust') && draw.chance(risk)) vias.push(' via lcust');
    return vias.filter(via => entity.home === 'ent' || own.includes(via.trim().slice(4))).map(via => ({ relation, via }));
  });
}

const frames = ['', '', ' last 20d', ' last 40d', ' last 1mo', ' last 36h'];

/** A number of another row that a ref of the window's rows leads to; null where there is none. */
function pathText({ draw, risk, relations }: Viewer, relation: Relation): string | null {
  const paths = [['prod', 'dim'] as const, ['cust', 'ent'] as const, ['giver', 'ps'] as const].flatMap(([ref, name]) => {
    const target = relation.columns.some(c => c.name === ref) ? relations.find(r => r.name === name) : null;
    return (target?.columns ?? []).flatMap(c =>
      c.type === 'number' && ((c.safety !== 'bad' && !(name === 'ps' && labels.includes(c.name))) || draw.chance(risk)) ? [`${ref}.${c.name}`] : [],
    );
  });
  return paths.length > 0 && draw.chance(0.3) ? draw.pick(paths) : null;
}

/** A window to the past as text; null where nothing links to the entity. */
export function windowText(
  viewer: Viewer,
  depth = 1,
): { readonly text: string; readonly simpler: readonly string[]; readonly type: 'number' | 'level' } | null {
  const { draw, risk, isTimed } = viewer;
  const all = linked(viewer);
  if (all.length === 0) return null;
  const { relation, via } = draw.pick(all);
  const hasTime = relation.time !== null && relation.columns.some(c => c.name === relation.time);
  const fair = relation.home === 'ps' && !draw.chance(0.05) ? relation.columns.filter(c => !labels.includes(c.name)) : relation.columns;
  const scope = scopeOver(viewer, { ...relation, columns: fair }, 0.3);
  const length = !hasTime || !isTimed ? '' : draw.chance(risk / 2) ? ` next ${draw.pick([10, 20])}d` : draw.pick(frames);
  const shift = length.startsWith(' last') && draw.chance(0.3) ? ` lag ${draw.pick([5, 20, 25])}d` : '';
  const path = length.startsWith(' next') ? null : pathText(viewer, relation);
  const asked = path && draw.chance(0.5) ? `${path} > ${draw.int(0, 4)}` : draw.chance(0.35) ? conditionText(draw, scope) : null;
  const filter = asked === null ? '' : ` where ${asked}`;
  const rest = `${relation.name}${via}${length}${shift}`;
  const value =
    path && !filter.includes(path)
      ? path
      : draw.chance(0.6)
        ? (pickColumn(draw, scope, 'number')?.name ?? '1')
        : `(${numberText(draw, scope, depth)})`;
  const level = pickColumn(draw, { ...scope, risk: 0 }, 'level');
  const bool = pickColumn(draw, scope, 'bool');
  const options: readonly (readonly [text: string, type: 'number' | 'level'])[] = [
    [`count(${rest}${filter})`, 'number'],
    [`${draw.pick(['sum', 'avg', 'min', 'max', 'std', 'median'])}(${value} of ${rest}${filter})`, 'number'],
    [`${draw.pick(['sum', 'avg', 'min', 'max'])}(${value} of ${rest}${filter})`, 'number'],
    [`distinct(${value} of ${rest}${filter})`, 'number'],
    ...(hasTime ? [[`${draw.pick(['first', 'last'])}(${value} of ${rest}${filter})`, 'number'] as const] : []),
    ...(hasTime && level ? [[`${draw.pick(['first', 'last', 'mode'])}(${level.name} of ${rest}${filter})`, 'level'] as const] : []),
    ...(bool ? [[`rate(${bool.name} of ${rest}${filter})`, 'number'] as const] : []),
    ...(hasTime && isTimed && depth === 1 ? [[`days(max(${relation.time ?? ''} of ${rest}${filter}), cutoff)`, 'number'] as const] : []),
  ];
  const [text, type] = draw.pick(options);
  return { text, type, simpler: [`count(${rest})`, `count(${relation.name}${via})`, text.replace(filter, ''), text.replace(shift, '')] };
}

// ---------------------------------------------------------------- task

function cutoffText({ draw, risk, entity }: Viewer): string {
  const times = ofType(entity, 'time');
  const own = times.filter(c => c.name === entity.time || draw.chance(risk));
  const isOwn = entity.home === 'ev' ? draw.chance(0.85) : draw.chance(0.08);
  if (isOwn && own.length > 0) return `at    ${draw.pick(own).name}`;
  const step = draw.pick(['30d', '25d', 'month', '1mo']);
  const from = draw.pick([10, 15, 20, 31]);
  return `at    every ${step} from ${isoDay(from)} to ${isoDay(draw.pick([112, 125]))}`;
}

/** The label over events after the cutoff: text and horizon in days. */
function futureLabel(viewer: Viewer): { readonly text: string; readonly horizon: number; readonly isBinary: boolean } | null {
  const { draw, risk } = viewer;
  const all = linked({ ...viewer, risk: 0 }).filter(
    ({ relation }) => relation.home === 'ev' && relation.time !== null && relation.columns.some(c => c.name === relation.time),
  );
  if (all.length === 0) return null;
  const { relation, via } = draw.pick(all);
  const horizon = draw.pick([10, 15, 15]);
  const scope = scopeOver(viewer, relation, draw.pick([0, 0, 0.4]));
  const filter = draw.chance(0.3) ? ` where ${conditionText(draw, scope, 0)}` : '';
  const rows = `${relation.name}${via} next ${horizon}d${filter}`;
  const value = pickColumn(draw, { ...scope, risk }, 'number')?.name ?? '1';
  const kind = draw.int(0, 3);
  if (kind === 0) return { text: `count(${rows})`, horizon, isBinary: false };
  if (kind === 1) return { text: `sum(${value} of ${rows}) ?? 0`, horizon, isBinary: false };
  if (kind === 2) return { text: `avg(${value} of ${rows})${draw.chance(0.6) ? ' ?? 0' : ''}`, horizon, isBinary: false };
  return { text: `count(${rows}) >= ${draw.int(1, 2)}`, horizon, isBinary: true };
}

export function drawTask(viewer: Viewer): TaskShape {
  const { draw, risk, entity, isTimed } = viewer;
  const scope = scopeOver(viewer, entity, 0.3);
  const at = isTimed ? cutoffText(viewer) : '';
  const condition =
    at.includes('every') && entity.time !== null && entity.columns.some(c => c.name === entity.time) && draw.chance(0.3)
      ? `${entity.time} < cutoff - ${draw.pick([5, 10])}d`
      : conditionText(draw, { ...scope, risk: risk / 2 });
  const each = `each  one in ${entity.name}`;
  const line: Piece = draw.chance(0.25) ? { text: `${each} where ${condition}`, simpler: [each] } : { text: each };
  if (!isTimed) {
    const label = draw.pick(['label y', 'label z', 'label y >= 5', 'label y + 1']);
    const given = draw.chance(risk / 3) ? 'label gone = aft' : label;
    const hasAfter = entity.columns.some(c => c.name === 'aft');
    const text = hasAfter ? given : label;
    const named = text === 'label y >= 5' ? 'label high = y >= 5' : text === 'label y + 1' ? 'label more = y + 1' : text;
    return {
      declarations: [declaration('task', 'task aim', 'block', [line, named])],
      horizon: 0,
      isBinary: text === 'label z' || text === 'label y >= 5',
    };
  }
  const own =
    entity.home === 'ev' && !at.includes('every') && draw.chance(0.6) ? ofType(entity, 'number', 'bool').filter(c => c.safety !== 'safe') : [];
  if (own.length > 0) {
    const { name, type } = draw.pick(own);
    const isBinary = type === 'bool' || draw.chance(0.5);
    const delay = draw.pick([20, 20, 9, 12]);
    const value = type === 'bool' ? name : isBinary ? `${name} < 5` : name;
    return {
      declarations: [declaration('task', 'task aim', 'block', [line, at, `label goal = ${value}`, `delay: ${delay}d`])],
      horizon: delay,
      isBinary,
    };
  }
  const label = futureLabel(viewer) ?? { text: 'a', horizon: 0, isBinary: false };
  const delay = draw.chance(0.8) ? [] : [`delay: ${draw.pick([3, 9, 12, 25])}d`];
  return {
    declarations: [declaration('task', 'task aim', 'block', [line, at, `label goal = ${label.text}`, ...delay])],
    horizon: label.horizon,
    isBinary: label.isBinary,
  };
}

// ---------------------------------------------------------------- split

export interface SplitShape {
  readonly declaration: Declaration;
  /** By time: the days on which train ends and the test begins, and those between them. */
  readonly days: { readonly train: number; readonly test: number; readonly gap: number } | null;
  readonly hasValidate: boolean;
  readonly hasFolds: boolean;
}

export function drawSplit(viewer: Viewer, task: TaskShape): SplitShape {
  const { draw, risk, entity, isTimed } = viewer;
  const folds = draw.chance(0.25) ? [`folds: ${draw.pick([2, 3])}`] : [];
  const groups = ofType(entity, 'level').filter(c => c.safety === 'safe');
  const late = entity.columns.filter(c => c.safety !== 'safe' && c.type !== 'time');
  const wide = groups.filter(c => ['team', 'card'].includes(c.name));
  const group =
    draw.chance(risk) && late.length > 0 ? draw.pick(late).name : groups.length > 0 ? draw.pick(wide.length > 0 ? wide : groups).name : null;
  if (!isTimed || draw.chance(risk / 3)) {
    const hasValidate = draw.chance(0.7);
    const common = ['test: 30%', ...(hasValidate ? ['validate: 20%'] : []), `seed: ${draw.int(1, 9)}`, ...folds];
    const shared = entity.columns.find(c => c.type === 'ref')?.name ?? null;
    const by = shared !== null && !draw.chance(risk) ? shared : group;
    const isGroup = by !== null && (by === shared || draw.chance(0.4));
    const pieces = isGroup ? [`group: ${by}`, ...common] : [...common, ...(group !== null && draw.chance(0.3) ? [`stratify: ${group}`] : [])];
    return {
      declaration: declaration('split', `split aim ${isGroup ? 'by group' : 'at random'}`, 'block', pieces),
      days: null,
      hasValidate,
      hasFolds: folds.length > 0,
    };
  }
  const start = draw.pick([55, 62]);
  const hasValidate = draw.chance(0.6);
  const gap = draw.chance(risk) ? draw.pick([0, 5]) : task.horizon;
  const isOpen = draw.chance(0.1);
  const test = hasValidate ? draw.pick([86, 86, 90, 97]) : draw.pick([start + 1, 80]);
  const pieces = [
    `train: ..${isoDay(start)}`,
    ...(hasValidate ? [`validate: ${isoDay(start + draw.pick([1, 13, 20]))}..${isoDay(85)}`] : []),
    isOpen ? `test: cutoff > ${isoDay(hasValidate ? 85 : start)}` : `test: ${isoDay(test)}..`,
    `gap: ${gap}d`,
    ...(group !== null && draw.chance(wide.some(c => c.name === group) ? 0.15 : 0.05) ? [`group: ${group}`] : []),
    ...folds,
  ];
  return {
    declaration: declaration('split', 'split aim by time', 'block', pieces),
    days: { train: start, test, gap },
    hasValidate,
    hasFolds: folds.length > 0,
  };
}

/** Another split of the same rows, on whose test the models of the first are judged: behind their test, or where it is for the checker to say. */
export function drawOtherSplit({ draw, risk, isTimed }: Viewer, { days }: SplitShape): Declaration | null {
  if (draw.chance(0.7) || (days === null && !draw.chance(risk))) return null;
  if (days === null || draw.chance(risk / 3)) {
    const seed = draw.int(10, 19);
    return isTimed && days !== null ? null : declaration('other', 'split other for aim at random', 'block', ['test: 30%', `seed: ${seed}`]);
  }
  const { train, test, gap } = days;
  const from = draw.chance(0.6) ? test + draw.pick([0, 3, 12]) : train + gap + draw.pick([-12, -1, 0, 1, 2, 5, 12, 20]);
  const end = draw.pick([null, null, from + 30]);
  return declaration('other', 'split other for aim by time', 'block', [
    `train: ..${isoDay(draw.pick([train, train, from - gap - 2, from - gap - 12]))}`,
    `test: ${isoDay(from)}..${end === null ? '' : isoDay(end)}`,
    `gap: ${gap}d`,
  ]);
}

// ---------------------------------------------------------------- features

const ofNumber = [
  'standardize',
  'min_max',
  'impute(median)',
  'impute(mean) |> standardize',
  'impute(forward)',
  'winsorize',
  'robust_scale',
  'quantile_bin(bins: 3)',
];
const ofLevel = ['one_hot', 'ordinal', 'frequency_encode', 'hash_encode(columns: 2)'];

const fitted = (draw: Draw, type: 'number' | 'level'): string => {
  if (!draw.chance(0.35)) return '';
  if (type === 'number') return ` |> ${draw.pick(ofNumber)}`;
  const prior = draw.chance(0.5) ? ', prior: 0.5' : '';
  return draw.chance(0.5) ? ` |> target_encode(folds: ${draw.int(2, 3)}${prior})` : ` |> ${draw.pick(ofLevel)}`;
};

function feature(viewer: Viewer, name: string, previous: readonly string[]): Piece | null {
  const { draw, risk, entity, isTimed } = viewer;
  const isRisky = draw.chance(risk);
  const safe = entity.columns.filter(c => isTimed || !labels.includes(c.name));
  const scope: Scope = {
    columns: isRisky ? entity.columns : safe,
    hasCutoff: isTimed,
    risk: isRisky ? 1 : 0,
    late: entity.home === 'ent' || isRisky ? 0.35 : 0,
  };
  const kind = draw.int(0, 9);
  if (kind < 5) {
    const window = windowText(viewer);
    const second = draw.chance(0.2) ? windowText(viewer, 0) : null;
    if (window) {
      const isPair = second && !window.text.startsWith('days') && window.type === 'number' && second.type === 'number';
      const value = isPair ? `${window.text} ${draw.pick(['+', '-'])} ${second.text}` : window.text;
      const fit = fitted(draw, window.type);
      return named(name, `${isPair && fit ? `(${value})` : value}${fit}`, [value, window.text, ...(isPair ? [second.text] : []), ...window.simpler]);
    }
  }
  const level = pickColumn(draw, scope, 'level');
  if (kind === 5 && level) return named(name, `${level.name}${fitted(draw, 'level')}`, [level.name]);
  if (kind === 6 && entity.columns.some(c => c.name === 'prev') && draw.chance(0.6))
    return named(name, draw.pick(['prev.x', 'prev.x + x']), ['prev.x']);
  if (kind === 6 && entity.columns.some(c => c.name === 'prod')) {
    const path = `prod.${draw.pick(['tier', ...(isRisky && viewer.relations.some(r => r.name === 'dim' && r.columns.some(c => c.name === 'cur')) ? ['cur'] : [])])}`;
    return named(name, path, []);
  }
  if (kind === 7 && previous.length > 0) return named(name, `${draw.pick(previous)} * 2`, []);
  if (kind === 8 && isRisky && entity.key !== null) return named(name, `hash(${entity.key})`, []);
  if (kind === 8) return named(name, `if ${conditionText(draw, scope, 1)} then 1 else 0`, [`if ${conditionText(draw, scope, 0)} then 1 else 0`]);
  const text = numberText(draw, scope);
  const read = safe.filter((c: Column) => c.type === 'number' && new RegExp(`\\b${c.name}\\b`).test(text)).map(c => c.name);
  const fit = fitted(draw, 'number');
  return named(name, `${fit ? `(${text})` : text}${fit}`, [text, ...read]);
}

/** Definitions that features go through: of a value, of a duration, of a whole pipe. */
const definitions: readonly Declaration[] = [
  declaration('bumped', 'def bumped(z) = (z ?? 0) + 1', 'plain', []),
  declaration('lately', 'def lately(d) = count(ev via cust last d)', 'plain', []),
  declaration('scaled', 'def scaled(z) = z |> impute(median) |> standardize', 'plain', []),
];

const through = (draw: Draw, piece: Piece, isTimed: boolean): Piece => {
  const found = /^(f\d) = (count|sum|avg|min|max)(\(.*\))$/.exec(piece.text);
  if (!found || !draw.chance(0.2)) return piece;
  const [, name = '', word = '', rest = ''] = found;
  const value = `${word}${rest}`;
  const text = draw.pick([
    `bumped(${value})`,
    `scaled(${value})`,
    ...(isTimed ? [`${value.includes('|>') ? `(${value})` : value} + lately(${draw.pick([10, 30])}d)`] : []),
  ]);
  return { text: `${name} = ${text}`, simpler: [piece.text, ...(piece.simpler ?? [])] };
};

export const usedDefinitions = (features: Declaration, of: Viewer): readonly Declaration[] =>
  definitions
    .filter(({ name }) => features.pieces.some(({ text }) => text.includes(`${name}(`)))
    .map(d =>
      of.entity.home === 'ent' && !of.relations.some(r => r.name === 'ev' && r.columns.some(c => c.name === 'lcust'))
        ? { ...d, head: d.head.replace(' via cust', '') }
        : d,
    );

export function drawFeatures(viewer: Viewer, name: string): Declaration {
  const { draw } = viewer;
  const pieces: Piece[] = [];
  const plain: string[] = [];
  for (let i = 0; i < draw.pick([1, 2, 2, 3, 4]); i++) {
    const named = `f${i}`;
    const piece = feature(viewer, named, plain);
    if (!piece) continue;
    pieces.push(through(draw, piece, viewer.isTimed));
    if (
      !piece.text.includes('|>') &&
      !/hash|first\(|last\(|mode\(|if |== |prod\.kind/.test(piece.text) &&
      /^f\d = (count|sum|avg|distinct)\(/.test(piece.text)
    )
      plain.push(named);
  }
  if (pieces.length === 0) pieces.push({ text: 'f0 = 1' });
  return declaration(name, `features ${name} for aim`, 'block', pieces);
}
