/** Random sources: people who are observed, what they did, what they were, and where. Small, with nulls, ties, strangers and late cells. */
import type { PlanDraft } from '../../language/plan/fingerprint.ts';
import type { PlanType } from '../../language/plan/plan.ts';
import { call, column, days, hours, known, lasting, scanColumn, scanNode } from './build.ts';
import type { Draw } from './draw.ts';

/** A relation that later nodes may read. */
export interface Relation {
  readonly id: string;
  readonly columns: readonly { readonly name: string; readonly type: PlanType }[];
  /** Cells with a known time of their own: `x#known`. */
  readonly late: readonly string[];
  readonly key: string | null;
  readonly identity: readonly string[];
}

export const has = (relation: Relation, name: string): boolean => relation.columns.some(c => c.name === name);

export interface Sources {
  readonly drafts: readonly PlanDraft[];
  readonly files: Readonly<Record<string, string>>;
  readonly people: Relation;
  readonly events: Relation;
  readonly changes: Relation;
  readonly places: Relation;
}

const money: PlanType = { decimal: [10, 2] };

/** Hours of the first quarter of 2024, coarse enough for ties. */
const time = (draw: Draw): string => new Date(Date.UTC(2024, 0, 1) + draw.int(0, 90 * 4) * 6 * 3_600_000).toISOString();
const date = (draw: Draw): string => time(draw).slice(0, 10);
const maybe = (draw: Draw, p: number, make: () => string): string => (draw.chance(p) ? '' : make());
const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map(row => row.map(quoted).join(',')).join('\n');

interface Parts {
  readonly name: string;
  readonly types: Readonly<Record<string, PlanType>>;
  readonly required: readonly string[];
  readonly hidden: Parameters<typeof scanNode>[0]['hidden'];
  readonly late: readonly string[];
  readonly key: string | null;
}

function source({ name, types, required, hidden = [], late, key }: Parts): { draft: PlanDraft; relation: Relation } {
  const columns = Object.entries(types).map(([column_, type]) => scanColumn(column_, type, { nullable: !required.includes(column_) }));
  const identity = Object.keys(types).filter(column_ => !late.includes(column_));
  return {
    draft: scanNode({ name, columns, hidden, key, identity }),
    relation: {
      id: `scan ${name}`,
      columns: [...columns.map(({ name: column_, type }) => ({ name: column_, type })), ...hidden.map(h => ({ name: h.name, type: h.value.type }))],
      late,
      key,
      identity,
    },
  };
}

const plus = (name: string, by: ReturnType<typeof days>) => call('add', 'timestamp', column(name, 'timestamp'), lasting(by));

export function randomSources(draw: Draw): Sources {
  const crowd = draw.int(6, 20);
  const towns = draw.int(2, 4);
  const someone = (): string => `p${draw.int(0, crowd)}`;
  const somewhere = (): string => `t${draw.int(0, towns)}`;
  const number = (): string => String(Math.round((draw.real() * 20 - 6) * 1000) / 1000);
  const bool = (): string => draw.pick(['true', 'false']);

  const places = source({
    name: 'places',
    types: { town: 'text', region: 'text', size: 'int', opened: 'timestamp' },
    required: ['town', 'opened'],
    hidden: draw.chance(0.5) ? [{ name: '#known', value: known('opened') }] : [],
    late: [],
    key: 'town',
  });
  const people = source({
    name: 'people',
    types: { id: 'text', since: 'timestamp', born: 'date', age: 'int', score: 'float', city: 'text', team: 'text', town: 'text', member: 'bool' },
    required: ['id', 'since'],
    hidden: [
      { name: '#event', value: known('since') },
      { name: '#known', value: known('since') },
      { name: 'member#known', value: plus('since', days(draw.int(0, 60))) },
    ],
    late: ['member'],
    key: draw.chance(0.8) ? 'id' : null,
  });
  const isKeyed = draw.chance(0.5);
  const events = source({
    name: 'events',
    types: {
      ...(isKeyed ? { number: 'text' as const } : {}),
      who: 'text',
      at: 'timestamp',
      noted: 'timestamp',
      amount: money,
      weight: 'float',
      count: 'int',
      kind: 'text',
      ok: 'bool',
      due: 'date',
      spot: 'text',
    },
    required: [...(isKeyed ? ['number'] : []), 'at'],
    hidden: [
      { name: '#event', value: known('at') },
      { name: '#known', value: draw.chance(0.5) ? plus('at', hours(draw.int(0, 48))) : call('greatest', 'timestamp', known('at'), known('noted')) },
      { name: 'ok#known', value: call('greatest', 'timestamp', known('#known'), plus('at', days(draw.int(1, 20)))) },
      { name: 'weight#known', value: call('greatest', 'timestamp', known('#known'), known('noted')) },
    ],
    late: ['ok', 'weight'],
    key: isKeyed ? 'number' : null,
  });
  const changes = source({
    name: 'changes',
    types: { who: 'text', changed: 'timestamp', plan: 'text', level: 'int' },
    required: ['who', 'changed'],
    hidden: [
      { name: '#event', value: known('changed') },
      { name: '#known', value: plus('changed', hours(draw.int(0, 30))) },
    ],
    late: [],
    key: null,
  });

  const files = {
    'places.csv': csv(
      ['town', 'region', 'size', 'opened'],
      Array.from({ length: towns }, (_, i) => [
        `t${i}`,
        maybe(draw, 0.2, () => draw.pick(['north', 'south'])),
        maybe(draw, 0.2, () => String(draw.int(1, 9))),
        time(draw),
      ]),
    ),
    'people.csv': csv(
      ['id', 'since', 'born', 'age', 'score', 'city', 'team', 'town', 'member'],
      Array.from({ length: crowd }, (_, i) => [
        `p${i}`,
        time(draw),
        maybe(draw, 0.2, () => date(draw)),
        maybe(draw, 0.25, () => String(draw.int(0, 80))),
        maybe(draw, 0.25, number),
        maybe(draw, 0.2, () => draw.pick(['Ulm', 'Köln', 'a,b', 'é'])),
        maybe(draw, 0.1, () => draw.pick(['red', 'blue', 'green'])),
        maybe(draw, 0.1, somewhere),
        maybe(draw, 0.2, bool),
      ]),
    ),
    'events.csv': csv(
      [...(isKeyed ? ['number'] : []), 'who', 'at', 'noted', 'amount', 'weight', 'count', 'kind', 'ok', 'due', 'spot'],
      Array.from({ length: draw.int(0, 60) }, (_, i) => [
        ...(isKeyed ? [`e${i}`] : []),
        maybe(draw, 0.05, someone),
        time(draw),
        maybe(draw, 0.1, () => time(draw)),
        maybe(draw, 0.2, () => (draw.real() * 100 - 20).toFixed(2)),
        maybe(draw, 0.2, number),
        maybe(draw, 0.2, () => String(draw.int(-3, 9))),
        maybe(draw, 0.2, () => draw.pick(['a', 'b', 'c'])),
        maybe(draw, 0.2, bool),
        maybe(draw, 0.2, () => date(draw)),
        maybe(draw, 0.2, somewhere),
      ]),
    ),
    'changes.csv': csv(
      ['who', 'changed', 'plan', 'level'],
      Array.from({ length: draw.int(0, 25) }, () => [
        someone(),
        time(draw),
        maybe(draw, 0.1, () => draw.pick(['free', 'plus', 'pro'])),
        String(draw.int(1, 3)),
      ]),
    ),
  };
  return {
    drafts: [places.draft, people.draft, events.draft, changes.draft],
    files,
    people: people.relation,
    events: events.relation,
    changes: changes.relation,
    places: places.relation,
  };
}
