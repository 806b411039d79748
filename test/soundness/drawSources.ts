/** Random schemas: entities, events, changes and what is looked up, with availability declared in every way. */
import type { Draw } from '../reference/draw.ts';
import type { Column } from './drawExpressions.ts';
import type { Availability, CellType, ColumnSpec, SourceSpec } from './schema.ts';

const row: Availability = { kind: 'row' };
const self: Availability = { kind: 'self' };
const lag = (days: number): Availability => ({ kind: 'lag', days });
const by = (column: string): Availability => ({ kind: 'column', column });

const column = (name: string, type: CellType, availability: Availability = row, more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name,
  type,
  nullable: false,
  availability,
  ...more,
});

const key = column('id', 'key');
const ref = (name: string, table: string, availability: Availability = row): ColumnSpec => column(name, 'ref', availability, { table });

/** Columns that only some programs have. */
const sometimes = (draw: Draw, p: number, ...columns: readonly ColumnSpec[]): readonly ColumnSpec[] => (draw.chance(p) ? columns : []);

/** Nothing is declared, which makes the program rest on an assumption. */
const open = (draw: Draw, risk: number): Availability => (draw.chance(risk / 6) ? { kind: 'open' } : row);

const bad = (draw: Draw): readonly ColumnSpec[] => [
  ...sometimes(draw, 0.7, column('cur', 'int', { kind: 'current' })),
  ...sometimes(draw, 0.7, column('aft', 'int', { kind: 'after' })),
];

export function timedSources(draw: Draw, risk: number): readonly SourceSpec[] {
  const entKnown = draw.pick<SourceSpec['known']>([{ days: 0 }, { days: 0 }, { days: 2 }, { column: 'tk' }]);
  const evKnown = draw.pick<SourceSpec['known']>([{ days: 0 }, { days: 3 }, { days: 3 }, { column: 'kt' }]);
  const time = (name: string): ColumnSpec => column(name, draw.chance(0.12) ? 'date' : 'timestamp');
  const late = draw.pick([lag(20), lag(9), by('rt')]);
  const hasReturn = late.kind === 'column' || draw.chance(0.4);
  const ent: SourceSpec = {
    name: 'ent',
    key: 'id',
    event: 't0',
    known: entKnown,
    untilDay: null,
    columns: [
      key,
      time('t0'),
      ...('column' in (entKnown ?? {}) ? [column('tk', 'timestamp')] : []),
      column('g', 'category', row, draw.chance(0.03) ? { role: '@group' } : {}),
      ...sometimes(draw, 0.4, column('card', 'text')),
      ref('prod', 'dim'),
      column('a', 'int', open(draw, risk), { nullable: draw.chance(0.3) }),
      ...sometimes(draw, 0.7, column('b', 'int', lag(draw.pick([15, 1])), { nullable: draw.chance(0.3) })),
      ...sometimes(draw, 0.4, column('bt', 'timestamp', self, { nullable: true }), column('b2', 'float', by('bt'))),
      ...sometimes(draw, 0.2, column('w', 'float', row, { role: '@weight' })),
      ...bad(draw),
    ],
  };
  const ev: SourceSpec = {
    name: 'ev',
    key: 'id',
    event: 't',
    known: draw.chance(risk / 6) ? null : evKnown,
    untilDay: draw.chance(risk / 6) ? null : draw.pick([150, 175]),
    columns: [
      key,
      ref('cust', 'ent'),
      ...sometimes(draw, 0.4, column('card', 'text')),
      ...sometimes(draw, 0.5, ref('prod', 'dim')),
      ...sometimes(draw, 0.3, ref('prev', 'ev')),
      time('t'),
      ...('column' in (evKnown ?? {}) ? [column('kt', 'timestamp')] : []),
      column('x', 'int', open(draw, risk), { nullable: draw.chance(0.2) }),
      column('s', 'category'),
      ...sometimes(draw, 0.5, column('y', 'bool')),
      column('late', draw.chance(0.7) ? 'int' : 'bool', late, { nullable: draw.chance(0.3) }),
      ...(hasReturn ? [column('rt', 'timestamp', self, { nullable: draw.chance(0.5) })] : []),
      ...sometimes(draw, 0.25, ref('lcust', 'ent', lag(12))),
      ...bad(draw),
    ],
  };
  const chg: SourceSpec = {
    name: 'chg',
    key: null,
    event: 't',
    known: draw.pick([{ days: 0 }, { days: 1 }]),
    untilDay: null,
    columns: [
      ref('cust', 'ent'),
      column('t', 'timestamp'),
      column('plan', 'category'),
      column('fee', 'int'),
      ...sometimes(draw, 0.6, column('delayed', 'int', lag(14))),
    ],
  };
  const dim: SourceSpec = {
    name: 'dim',
    key: 'id',
    event: null,
    known: null,
    untilDay: null,
    columns: [
      key,
      column('tier', 'int', open(draw, risk)),
      column('kind', 'category'),
      ...sometimes(draw, 0.5, column('cur', 'int', { kind: 'current' })),
    ],
  };
  return [ent, ev, chg, dim];
}

/** Rows that refer to observations which have no time: with a time of their own or none, with a key or none. */
function linkedSource(draw: Draw): SourceSpec {
  const isTimed = draw.chance(0.5);
  const isKeyed = draw.chance(0.4);
  return {
    name: 'nt',
    key: isKeyed ? 'id' : null,
    event: isTimed ? 't' : null,
    known: isTimed ? { days: 0 } : null,
    untilDay: null,
    columns: [
      ...(isKeyed ? [key] : []),
      ref('of', 'ps'),
      ...sometimes(draw, 0.4, ref('giver', 'ps')),
      ...(isTimed ? [column('t', 'timestamp')] : []),
      column('x', 'int', row, { nullable: draw.chance(0.2) }),
      column('v', 'float'),
      column('s', 'category'),
      ...sometimes(draw, 0.4, column('q', 'int')),
    ],
  };
}

/** Rows that refer to such rows, and by them to observations. */
const answers: SourceSpec = {
  name: 'lk',
  key: null,
  event: null,
  known: null,
  untilDay: null,
  columns: [ref('note', 'nt'), column('x', 'int'), column('s', 'category')],
};

/** One row is one observation; nothing that is observed has a time. */
export function plainSources(draw: Draw, risk: number): readonly SourceSpec[] {
  const ps: SourceSpec = {
    name: 'ps',
    key: draw.chance(risk / 2) ? null : 'id',
    event: null,
    known: null,
    untilDay: null,
    columns: [
      key,
      column('g', 'category', row, draw.chance(0.1) ? { role: '@group' } : {}),
      ...sometimes(draw, 0.8, column('team', 'text')),
      column('a', 'int', row, { nullable: draw.chance(0.4) }),
      column('b', 'float', row, { nullable: draw.chance(0.2) }),
      column('c', 'category', row, { nullable: draw.chance(0.2) }),
      ...sometimes(draw, 0.4, ref('prod', 'dim')),
      column('y', 'int'),
      column('z', 'bool'),
      ...sometimes(draw, 0.2, column('w', 'float', row, { role: '@weight' })),
      ...sometimes(draw, 0.6, column('aft', 'int', { kind: 'after' })),
    ],
  };
  const withKey = ps.key === null ? { ...ps, columns: ps.columns.filter(c => c.type !== 'key') } : ps;
  const dim: SourceSpec = {
    name: 'dim',
    key: 'id',
    event: null,
    known: null,
    untilDay: null,
    columns: [key, column('tier', 'int'), column('kind', 'category')],
  };
  const linked = ps.key !== null && draw.chance(0.6) ? linkedSource(draw) : null;
  const further = linked !== null && linked.key !== null && draw.chance(0.4);
  return [withKey, dim, ...(linked ? [linked] : []), ...(further ? [answers] : [])];
}

const kinds: Readonly<Record<CellType, Column['type']>> = {
  key: 'key',
  int: 'number',
  float: 'number',
  bool: 'bool',
  text: 'level',
  category: 'level',
  timestamp: 'time',
  date: 'time',
  ref: 'ref',
};

const safety = ({ availability: { kind } }: ColumnSpec): Column['safety'] =>
  kind === 'after' || kind === 'current' ? 'bad' : kind === 'row' || kind === 'open' ? 'safe' : 'late';

/** The columns of a source as expressions see them. */
export const columnsOf = (source: SourceSpec): readonly Column[] =>
  source.columns.map(spec => ({ name: spec.name, type: kinds[spec.type], safety: safety(spec), nullable: spec.nullable }));
