/** Random tables: pipe steps over a source, with what they do to the columns that later steps and features may read. */
import type { Draw } from '../reference/draw.ts';
import { type Column, conditionText, numberText, ofType, pickColumn, type Scope } from './drawExpressions.ts';
import { columnsOf } from './drawSources.ts';
import { type Declaration, declaration, type Piece } from './program.ts';
import type { SourceSpec } from './schema.ts';

/** A source or table that may be read. */
export interface Relation {
  readonly name: string;
  /** The source its rows come from. */
  readonly home: string;
  readonly columns: readonly Column[];
  /** The event time. */
  readonly time: string | null;
  readonly key: string | null;
  /** Rows that are alike in a level were joined: done twice, a few hundred rows become millions. */
  readonly hasLevels?: boolean;
}

export const sourceRelation = (source: SourceSpec): Relation => ({
  name: source.name,
  home: source.name,
  columns: columnsOf(source),
  time: source.event,
  key: source.key,
});

interface State {
  columns: readonly Column[];
  time: string | null;
  key: string | null;
  readonly home: string;
  /** As of a relation. */
  hasLevels: boolean;
  /** The time roles were stated again: a second time may contradict the first. */
  isStated?: boolean;
}

export interface Drawing {
  readonly draw: Draw;
  readonly risk: number;
  readonly relations: readonly Relation[];
  /** A name that nothing has yet. */
  readonly fresh: (prefix: string) => string;
}

const relationNamed = (drawing: Drawing, name: string): Relation | null => drawing.relations.find(r => r.name === name) ?? null;

export const has = ({ columns }: { readonly columns: readonly Column[] }, name: string): boolean => columns.some(c => c.name === name);

function scopeOf({ risk }: Drawing, { columns }: State, late = 0.25): Scope {
  return { columns, hasCutoff: false, risk, late };
}

const number = (name: string, from: readonly Column[], nullable: boolean): Column => ({
  name,
  type: 'number',
  nullable,
  safety: from.some(c => c.safety === 'bad') ? 'bad' : from.some(c => c.safety === 'late') ? 'late' : 'safe',
});

type StepMaker = (drawing: Drawing, state: State) => Piece[] | null;

const where: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const scope = scopeOf(drawing, state, draw.chance(risk) ? 0.6 : 0);
  return [{ text: `where ${conditionText(draw, scope)}`, simpler: [`where ${conditionText(draw, scope, 0)}`] }];
};

const derive: StepMaker = (drawing, state) => {
  const { draw } = drawing;
  const name = drawing.fresh('n');
  const text = numberText(draw, scopeOf(drawing, state));
  const read = state.columns.filter(c => new RegExp(`\\b${c.name}\\b`).test(text));
  state.columns = [
    ...state.columns,
    number(
      name,
      read,
      read.some(c => c.nullable),
    ),
  ];
  return [{ text: `derive ${name} = ${text}`, simpler: read.filter(c => c.type === 'number').map(c => `derive ${name} = ${c.name}`) }];
};

const overwrite: StepMaker = (drawing, state) => {
  const { draw } = drawing;
  const own = pickColumn(draw, { ...scopeOf(drawing, state, 0), risk: 0 }, 'number');
  return own ? [{ text: `derive ${own.name} = ${own.name} * 2` }] : null;
};

const rename: StepMaker = (drawing, state) => {
  const { draw } = drawing;
  const own = pickColumn(draw, scopeOf(drawing, state), 'number');
  if (!own) return null;
  const name = drawing.fresh('r');
  state.columns = state.columns.map(c => (c === own ? { ...c, name } : c));
  return [{ text: `rename ${own.name} as ${name}` }];
};

const drop: StepMaker = (drawing, state) => {
  const { draw } = drawing;
  const own = draw.pick(state.columns);
  if (own.name === state.key || own.type === 'ref' || (own.name === state.time && !draw.chance(0.3)) || ofType(state, 'number').length < 3)
    return null;
  state.columns = state.columns.filter(c => c !== own);
  return [{ text: draw.chance(0.5) ? `drop ${own.name}` : `select ${state.columns.map(c => c.name).join(', ')}` }];
};

/** Time roles stated again: later than before, or, at a risk, earlier. */
const time: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const event = state.time;
  if (event === null || !has(state, event) || (state.isStated && !draw.chance(risk))) return null;
  state.isStated = true;
  const name = drawing.fresh('k');
  const added = (): void => {
    state.columns = [...state.columns, { name, type: 'time', safety: 'safe', nullable: false }];
  };
  const kind = draw.int(0, 9);
  if (kind < 4) {
    added();
    return [{ text: `derive ${name} = ${event} + ${draw.pick([3, 5, 20])}d` }, { text: `time ${event} known ${name}` }];
  }
  if (kind < 6) {
    added();
    state.time = name;
    return [{ text: `derive ${name} = ${event} + ${draw.pick([2, 7])}d` }, { text: `time ${name} known ${name}` }];
  }
  if (kind === 6 && draw.chance(risk * 4)) {
    added();
    state.time = name;
    return [{ text: `derive ${name} = ${event} - ${draw.pick([10, 30])}d` }, { text: `time ${name} known ${name}` }];
  }
  const other = ofType(state, 'time').filter(c => !c.nullable && (c.safety === 'late' ? draw.chance(risk * 2) : true));
  if (other.length === 0) return null;
  const known = draw.pick(other).name;
  if (kind === 7) state.time = known;
  return [{ text: kind === 7 ? `time ${known} known ${known}` : `time ${event} known ${known}` }];
};

const known: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const late = ofType(state, 'number').filter(c => c.safety === 'late');
  if (late.length === 0 || state.time === null || !has(state, state.time)) return null;
  const name = drawing.fresh('k');
  const days = draw.chance(risk) ? draw.pick([1, 5]) : 30;
  state.columns = [...state.columns, { name, type: 'time', safety: 'safe', nullable: false }];
  return [{ text: `derive ${name} = ${state.time} + ${days}d` }, { text: `known ${draw.pick(late).name} at ${name}` }];
};

/** The right side without columns that the left one has; what is joined has a new name. */
function taken(
  drawing: Drawing,
  right: Relation,
  wanted: readonly string[],
  keys: readonly string[],
): { table: Declaration | null; name: string; columns: Column[] } | null {
  const columns = right.columns.filter(c => wanted.includes(c.name));
  if (columns.length === 0) return null;
  const renamed = columns.map(c => ({ from: c, to: drawing.fresh('j') }));
  const name = drawing.fresh('Side');
  const kept = [...new Set([...keys, ...(right.time === null ? [] : [right.time]), ...(right.key === null ? [] : [right.key])])].filter(k =>
    has(right, k),
  );
  const fresh = kept.filter(k => !keys.includes(k)).map(k => ({ from: k, to: drawing.fresh('o') }));
  const rest = columns.filter(c => !kept.includes(c.name));
  const pairs = [...renamed.filter(r => !kept.includes(r.from.name)).map(r => ({ from: r.from.name, to: r.to })), ...fresh];
  const table = declaration(name, `table ${name} = ${right.name}`, 'pipe', [
    `select ${[...kept, ...rest.map(c => c.name)].join(', ')}`,
    ...(pairs.length ? [`rename ${pairs.map(p => `${p.from} as ${p.to}`).join(', ')}`] : []),
  ]);
  return {
    table,
    name,
    columns: [
      ...renamed.map(({ from, to }): Column => ({ ...from, name: to, nullable: true })),
      ...fresh.flatMap(({ from, to }): Column[] => right.columns.filter(c => c.name === from).map(c => ({ ...c, name: to, nullable: true }))),
    ],
  };
}

/** Tables that joins made beside the one that is drawn. */
const sides = new WeakMap<Drawing, Declaration[]>();

const withSide = (drawing: Drawing, table: Declaration | null): void => {
  if (table) sides.set(drawing, [...(sides.get(drawing) ?? []), table]);
};

const lookup: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const dim = relationNamed(drawing, 'dim');
  if (!dim || !has(state, 'prod')) return null;
  const isBad = has(dim, 'cur') && draw.chance(risk);
  const side = taken(drawing, dim, [isBad ? 'cur' : draw.pick(['tier', 'kind'])], ['id']);
  if (!side) return null;
  withSide(drawing, side.table);
  state.columns = [...state.columns, ...side.columns];
  return [{ text: `${draw.chance(0.3) ? 'inner join' : 'join'} ${side.name} on prod == id` }];
};

const partner: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  if (state.home !== 'ev') return null;
  const [ref, home] = has(state, 'prev') && draw.chance(0.6) ? (['prev', 'ev'] as const) : (['cust', 'ent'] as const);
  const right = draw.pick(drawing.relations.filter(r => r.home === home));
  if (right.key === null || !has(state, ref)) return null;
  const wanted = ofType(right, 'number').filter(c => c.safety !== 'bad' || draw.chance(risk));
  if (wanted.length === 0) return null;
  const side = taken(drawing, right, [draw.pick(wanted).name], [right.key]);
  if (!side) return null;
  withSide(drawing, side.table);
  state.columns = [
    ...state.columns,
    ...side.columns.map((c): Column => ({ ...c, safety: c.safety === 'bad' ? 'bad' : home === 'ev' ? c.safety : 'late' })),
  ];
  return [{ text: `${draw.chance(risk * 2) ? 'inner join' : 'join'} ${side.name} on ${ref} == ${right.key}` }];
};

const targets = { cust: 'ent', lcust: 'ent', prod: 'dim', prev: 'ev', of: 'ps', giver: 'ps', note: 'nt' } as const;

/** Columns that labels of observations without times are made of. */
export const labels: readonly string[] = ['y', 'z'];

/** Sources of programs that observe what has no time. */
const untimed: readonly string[] = ['ps', 'nt', 'lk'];

/** Rows that are alike in some value, or refer to one another, whoever they belong to. */
const alike: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  if (!untimed.includes(state.home)) return null;
  const right = draw.pick(drawing.relations.filter(({ home }) => home === 'dim' || untimed.includes(home)));
  const isPs = ({ name, type }: Column, of: { readonly home: string; readonly key: string | null }): boolean =>
    (type === 'ref' && name !== 'note' && name !== 'prod') || (of.home === 'ps' && name === of.key);
  const isNt = ({ name }: Column, of: { readonly home: string; readonly key: string | null }): boolean =>
    name === 'note' || (of.home === 'nt' && name === of.key);
  const pairs = state.columns.flatMap(a =>
    right.columns.flatMap(b => {
      const meets = (a.type === 'level' && b.type === 'level') || (isPs(a, state) && isPs(b, right)) || (isNt(a, state) && isNt(b, right));
      return meets || (a.name === 'prod' && b.name === 'prod') ? [{ left: a.name, right: b.name, isLevel: a.type === 'level' }] : [];
    }),
  );
  const wanted = right.columns.filter(c => c.type === 'number' && c.safety !== 'bad' && !(right.home === 'ps' && labels.includes(c.name)));
  const hasLevels = state.hasLevels || (right.hasLevels ?? false);
  const linking = pairs.filter(({ isLevel }) => !isLevel);
  if (pairs.length === 0 || wanted.length === 0) return null;
  const pair = draw.pick(linking.length > 0 && (hasLevels || draw.chance(0.6)) ? linking : pairs);
  if (pair.isLevel && hasLevels) return null;
  state.hasLevels = hasLevels || pair.isLevel;
  const isOne = pair.right === right.key;
  const asOf = right.time !== null && state.time !== null && has(right, right.time) && has(state, state.time) && draw.chance(0.5);
  // Several rows of one observation are told of as that.
  if (state.home === 'ps' && !isOne && !asOf && !draw.chance(Math.max(risk, 0.1))) return null;
  const side = taken(drawing, right, [draw.pick(wanted).name], [pair.right]);
  if (!side) return null;
  withSide(drawing, side.table);
  state.columns = [...state.columns, ...side.columns.map((c): Column => ({ ...c, safety: c.safety === 'bad' ? 'bad' : 'safe' }))];
  if (!isOne && !asOf) state.key = null;
  const word = draw.chance(0.15) ? 'inner join' : 'join';
  return [{ text: `${word} ${side.name} on ${pair.left} == ${pair.right}${asOf ? ` as of ${state.time}` : ''}` }];
};

/** What a ref leads to, without a join of its own. */
const along: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const refs = (['cust', 'lcust', 'prod', 'prev', 'of', 'giver', 'note'] as const).filter(
    name => has(state, name) && (name !== 'lcust' || draw.chance(risk)),
  );
  if (refs.length === 0) return null;
  const ref = draw.pick(refs);
  const target = relationNamed(drawing, targets[ref]);
  const isFair = ({ safety, name }: Column): boolean => safety !== 'bad' && !(target?.home === 'ps' && labels.includes(name));
  const wanted = target?.columns.filter(
    c => ['number', 'level'].includes(c.type) && (isFair(c) || draw.chance(Math.max(risk, target.home === 'ps' ? 0.1 : 0))),
  );
  if (!wanted?.length) return null;
  const column = draw.pick(wanted);
  const path = `${ref}.${column.name}`;
  if (draw.chance(risk) && column.type === 'number') return [{ text: `where ${path} ${draw.pick(['>', '<'])} ${draw.int(0, 5)} or ${path} == null` }];
  const name = drawing.fresh('a');
  state.columns = [...state.columns, { ...column, name, nullable: true, safety: column.safety === 'bad' ? 'bad' : 'late' }];
  return [{ text: `derive ${name} = ${path}` }];
};

const asOf: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const rights = drawing.relations.filter(r => r.home === 'chg' && r.time !== null && has(r, r.time));
  if (state.home === 'chg' || state.home === 'dim' || rights.length === 0) return null;
  const right = draw.pick(rights);
  const on = state.home === 'ent' ? state.key : has(state, 'cust') ? (has(state, 'lcust') && draw.chance(risk) ? 'lcust' : 'cust') : null;
  const moments = ofType(state, 'time').filter(c => c.name === state.time || draw.chance(0.2));
  const fields = ['plan', 'fee', 'delayed'].filter(c => has(right, c));
  if (on === null || moments.length === 0 || fields.length === 0) return null;
  const field = draw.pick(fields);
  const isRisky = draw.chance(risk);
  const side = taken(drawing, right, [field], ['cust']);
  if (!side) return null;
  withSide(drawing, side.table);
  state.columns = [...state.columns, ...side.columns.map((c): Column => ({ ...c, safety: 'late' }))];
  if (isRisky) state.key = null;
  const moment = isRisky ? '' : ` as of ${draw.pick(moments).name}`;
  return [{ text: `${draw.chance(risk) ? 'inner join' : 'join'} ${side.name} on ${on} == cust${moment}` }];
};

const union: StepMaker = (drawing, state) => {
  const { draw } = drawing;
  const right = relationNamed(drawing, state.home);
  if (!right || state.home === 'dim' || state.columns.length !== right.columns.length || right.columns.some(c => !has(state, c.name))) return null;
  state.key = null;
  return [
    {
      text: `union ${draw.pick(drawing.relations.filter(r => r.home === state.home && r.columns.length === state.columns.length && r.columns.every(c => has(state, c.name)))).name}`,
    },
  ];
};

const dedupe: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  if (state.time === null || !has(state, state.time)) return null;
  const keep = draw.chance(risk * 2) ? 'latest' : 'earliest';
  const groups = [
    ...(state.key === null ? [] : [state.key]),
    ...(has(state, 'cust') ? ['cust', 'cust'] : []),
    ...(has(state, 'of') ? ['of'] : []),
    ...(has(state, 'g') ? ['g'] : []),
    ...(has(state, 's') ? ['s'] : []),
  ];
  const late = has(state, 'lcust') && draw.chance(risk) ? ['lcust'] : groups;
  if (late.length === 0) return null;
  return [{ text: `dedupe by ${draw.pick(late)} keep ${keep}` }];
};

const neighbour: StepMaker = (drawing, state) => {
  const { draw, risk } = drawing;
  const value = pickColumn(draw, scopeOf(drawing, state), 'number');
  const across = has(state, 'g') && draw.chance(risk) ? 'g' : null;
  const own = has(state, 'of') ? 'of' : across;
  const group = has(state, 'cust') ? (has(state, 'lcust') && draw.chance(risk) ? 'lcust' : 'cust') : own;
  if (state.time === null || !has(state, state.time) || !value || !group) return null;
  const name = drawing.fresh('n');
  const by = draw.chance(risk) ? (pickColumn(draw, scopeOf(drawing, state), 'number')?.name ?? state.time) : state.time;
  const lag = (rows: number): string => `lag(${value.name}, ${rows})`;
  const word = draw.pick(draw.chance(risk) ? [`lead(${value.name}, 1)`, 'rank()'] : [lag(1), lag(2), lag(1), lag(2), 'rank()']);
  state.columns = [...state.columns, number(name, [value], true)];
  return [{ text: `sort by ${group}, ${by}` }, { text: `derive ${name} = ${word}` }];
};

const sample: StepMaker = ({ draw, risk }, { home }) => [
  {
    text: draw.chance(risk * 2)
      ? `sample ${home === 'ent' ? draw.int(4, 6) : draw.int(8, 20)} seed 3`
      : `sample ${draw.pick([60, 80])}% seed ${draw.int(1, 5)}`,
  },
];

const history: StepMaker = (_drawing, state) => {
  if (state.home !== 'chg' || state.time === null || !has(state, 'cust') || has(state, 'valid_to')) return null;
  state.columns = [...state.columns, { name: 'valid_to', type: 'time', safety: 'late', nullable: true }];
  return [{ text: `history by cust at ${state.time}` }];
};

const makers: readonly (readonly [weight: number, maker: StepMaker])[] = [
  [16, where],
  [16, derive],
  [2, overwrite],
  [5, rename],
  [5, drop],
  [9, time],
  [3, known],
  [9, lookup],
  [9, along],
  [7, alike],
  [7, partner],
  [9, asOf],
  [4, union],
  [8, dedupe],
  [9, neighbour],
  [4, sample],
  [4, history],
];

const weighted = makers.flatMap(([weight, maker]) => Array.from({ length: weight }, () => maker));

export interface DrawnTable {
  readonly declarations: readonly Declaration[];
  readonly relation: Relation;
}

/** A table of about `length` steps over a relation. */
export function drawTable(drawing: Drawing, name: string, base: Relation, length: number): DrawnTable {
  const state: State = { columns: base.columns, time: base.time, key: base.key, home: base.home, hasLevels: base.hasLevels ?? false };
  sides.delete(drawing);
  const pieces: Piece[] = [];
  for (let i = 0; i < length; i++) pieces.push(...(drawing.draw.pick(weighted)(drawing, state) ?? []));
  return {
    declarations: [...(sides.get(drawing) ?? []), declaration(name, `table ${name} = ${base.name}`, 'pipe', pieces)],
    relation: { name, home: base.home, columns: state.columns, time: state.time, key: state.key, hasLevels: state.hasLevels },
  };
}
