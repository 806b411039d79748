/** Random tables and checks over random sources: every relational step, with hidden columns carried along as other columns are. */
import type { PlanDraft } from '../../language/plan/fingerprint.ts';
import type { PlanExpr, PlanType, RelationStep } from '../../language/plan/plan.ts';
import { checkNode, claim, column, days, int, known, overAll, relationNode } from './build.ts';
import type { Draw } from './draw.ts';
import { has, type Relation, type Sources } from './randomData.ts';
import { type Readable, randomExpr } from './randomExpr.ts';

export const isHidden = (name: string): boolean => name.includes('#');

/** The columns of rows as tables and checks read them. */
const plainly = (relation: Relation): Readable => ({
  columns: relation.columns.filter(c => !isHidden(c.name)).map(c => column(c.name, c.type)),
  hasCutoff: false,
});

interface Made {
  readonly steps: readonly RelationStep[];
  readonly relation: Relation;
}

const scalars = ['bool', 'int', 'float', 'text', 'timestamp', 'date'] as const;

function derived(draw: Draw, relation: Relation, name: string): Made {
  const dropped = draw.some(
    relation.columns.map(c => c.name).filter(n => ['note', 'count', 'due', 'amount'].includes(n)),
    0,
    1,
  );
  const value = randomExpr(draw, draw.pick(scalars), plainly(relation), 3);
  const kept = relation.columns.filter(c => !dropped.includes(c.name));
  const columns = [...kept.map(c => ({ name: c.name, value: column(c.name, c.type) })), { name, value }];
  return {
    steps: [{ op: 'project', columns }],
    relation: {
      ...relation,
      columns: [...kept, { name, type: value.type }],
      identity: relation.identity.filter(n => !dropped.includes(n)),
    },
  };
}

type Take = Extract<RelationStep, { op: 'join' }>['take'];

function joined(relation: Relation, step: Omit<Extract<RelationStep, { op: 'join' }>, 'op'>, late: readonly string[]): Made {
  return {
    steps: [{ op: 'join', ...step }],
    relation: {
      ...relation,
      columns: [...relation.columns, ...step.take.map(t => ({ name: t.as, type: t.type }))],
      late: [...relation.late, ...late],
      key: step.asOf ? relation.key : null,
    },
  };
}

function joinPlaces(draw: Draw, relation: Relation, { places }: Sources): Made {
  const take: Take = [
    { column: 'region', as: 'region', type: 'text' },
    { column: 'size', as: 'size', type: 'int' },
    ...(has(places, '#known') ? [{ column: '#known', as: 'region#known', type: 'timestamp' as const }] : []),
  ];
  const on = [{ left: 'spot', right: 'town' }];
  const late = has(places, '#known') ? ['region'] : [];
  return joined(relation, { join: draw.chance(0.7) ? 'left' : 'inner', right: places.id, on, take, asOf: null }, late);
}

function joinChanges(draw: Draw, relation: Relation, { changes }: Sources): Made {
  const take: Take = [
    { column: 'plan', as: 'plan', type: 'text' },
    { column: 'level', as: 'level', type: 'int' },
    { column: '#known', as: 'plan#known', type: 'timestamp' },
  ];
  const at: PlanExpr = draw.chance(0.7) ? known('at') : known('noted');
  const isAsOf = draw.chance(0.7);
  const asOf = isAsOf ? { at, event: '#event', known: draw.chance(0.8) ? '#known' : null, tie: changes.identity } : null;
  return joined(relation, { join: draw.chance(0.8) ? 'left' : 'inner', right: changes.id, on: [{ left: 'who', right: 'who' }], take, asOf }, [
    'plan',
  ]);
}

function deduped(draw: Draw, relation: Relation): Made {
  const by = draw.pick([['kind'], ['who'], ['who', 'kind']]);
  const descending = draw.chance(0.5);
  const order = draw.some(['#event', '#known', 'amount', 'weight'], 1, 3).filter(name => has(relation, name));
  const tie = relation.key === null ? relation.identity : [relation.key];
  return { steps: [{ op: 'dedupe', by, order: order.map(name => ({ column: name, descending })), tie }], relation };
}

const orders = ['#event', '#known', 'amount', 'weight', 'kind'];

/** A value from the row before or behind, a place in the group, or a draw of rows. */
function besides(draw: Draw, relation: Relation, name: string): Made {
  const tie = relation.key === null ? relation.identity : [relation.key];
  const read = (c: string): PlanExpr => column(c, relation.columns.find(other => other.name === c)?.type ?? 'text');
  const by = draw.pick([[], ['who'], ['kind'], ['who', 'kind']]).map(read);
  const order = draw
    .some(orders, 1, 3)
    .filter(c => has(relation, c))
    .map(c => ({ value: read(c), descending: draw.chance(0.4) }));
  const shape = draw.int(0, 3);
  if (shape === 0) {
    const isShare = draw.chance(0.6);
    const { key, identity } = relation;
    const drawn: RelationStep = {
      op: 'sample',
      share: isShare ? 0.6 : null,
      rows: isShare ? null : draw.int(1, 20),
      seed: draw.int(0, 9),
      key,
      identity,
    };
    return { steps: [drawn], relation };
  }
  const value = draw.chance(0.5) ? draw.pick(plainly(relation).columns) : randomExpr(draw, draw.pick(scalars), plainly(relation), 2);
  const step: RelationStep =
    shape === 1 ? { op: 'rank', name, by, order } : { op: 'neighbour', name, value, offset: draw.pick([-2, -1, 1, 2]), by, order, tie };
  return { steps: [step], relation: { ...relation, columns: [...relation.columns, { name, type: shape === 1 ? 'int' : value.type }] } };
}

/** One random step; null where it does not fit. */
function randomStep(draw: Draw, relation: Relation, sources: Sources, index: number): Made | null {
  switch (draw.int(0, 7)) {
    case 0:
    case 1:
      return { steps: [{ op: 'filter', where: randomExpr(draw, 'bool', plainly(relation), 3) }], relation };
    case 2:
    case 3:
      return derived(draw, relation, `x${index}`);
    case 4:
      return has(relation, 'region') ? null : joinPlaces(draw, relation, sources);
    case 5:
      return has(relation, 'plan') ? null : joinChanges(draw, relation, sources);
    case 6:
      return besides(draw, relation, `n${index}`);
    default:
      return deduped(draw, relation);
  }
}

export interface Table {
  readonly draft: PlanDraft;
  readonly relation: Relation;
}

export function randomTable(draw: Draw, name: string, base: Relation, sources: Sources): Table {
  let relation = base;
  const steps: RelationStep[] = [];
  if (draw.chance(0.25)) {
    steps.push({ op: 'union', right: base.id });
    relation = { ...relation, key: null };
  }
  for (let index = draw.int(1, 4); index > 0; index--) {
    const made = randomStep(draw, relation, sources, index);
    steps.push(...(made?.steps ?? []));
    relation = made?.relation ?? relation;
  }
  const { columns, key, identity } = relation;
  return { draft: relationNode({ name, base: base.id, steps, columns, key, identity }), relation: { ...relation, id: `relation ${name}` } };
}

// ---------------------------------------------------------------- groups

const results: Readonly<Record<string, PlanType>> = {
  avg: 'float',
  std: 'float',
  median: 'float',
  slope: 'float',
  entropy: 'float',
  rate: 'float',
  distinct: 'int',
  count: 'int',
  any: 'bool',
  all: 'bool',
};

const numeric = ['sum', 'avg', 'min', 'max', 'std', 'median', 'slope', 'count', 'distinct', 'mode', 'first', 'last', 'entropy'] as const;
const general = ['min', 'max', 'count', 'distinct', 'mode', 'first', 'last', 'entropy'] as const;
const logical = ['any', 'all', 'rate', 'count', 'first', 'last'] as const;

/** An aggregate that suits the value, with the type of its result. */
export function randomAggregate(draw: Draw, value: PlanExpr): { readonly aggregate: string; readonly type: PlanType } {
  const isNumber = value.type === 'int' || value.type === 'float' || typeof value.type === 'object';
  const aggregate = draw.pick<string>(isNumber ? numeric : value.type === 'bool' ? logical : general);
  const wide = typeof value.type === 'object' ? { decimal: [38, value.type.decimal[1]] as const } : value.type;
  return { aggregate, type: aggregate === 'sum' ? wide : (results[aggregate] ?? value.type) };
}

export function randomGroup(draw: Draw, name: string, base: Relation): Table {
  const by = draw.pick([['who'], ['kind'], ['who', 'kind']]);
  const aggregates = Array.from({ length: draw.int(1, 4) }, (_, i) => {
    if (draw.chance(0.2)) return { name: `a${i}`, value: overAll('count', 'int', null) };
    const value = draw.chance(0.6)
      ? draw.pick(plainly(base).columns)
      : randomExpr(draw, draw.pick(['int', 'float', 'bool'] as const), plainly(base), 2);
    const { aggregate, type } = randomAggregate(draw, value);
    return { name: `a${i}`, value: overAll(aggregate, type, value) };
  });
  const columns = [...by.map(n => ({ name: n, type: 'text' as const })), ...aggregates.map(a => ({ name: a.name, type: a.value.type }))];
  const key = by.length === 1 ? (by[0] ?? null) : null;
  const tie = base.key === null ? base.identity : [base.key];
  return {
    draft: relationNode({ name, base: base.id, steps: [{ op: 'group', by, aggregates, tie }], columns, key, identity: by }),
    relation: { id: `relation ${name}`, columns, late: [], key, identity: by },
  };
}

// ---------------------------------------------------------------- checks

export function randomCheck(draw: Draw, name: string, table: Relation, sources: Sources): Table {
  const severity = () => draw.pick(['warn', 'quarantine', 'error'] as const);
  const claims = [
    claim({ kind: 'row', condition: randomExpr(draw, 'bool', plainly(table), 3) }, severity()),
    claim({ kind: 'complete', column: draw.pick(plainly(table).columns.flatMap(c => (c.op === 'column' ? c.name : []))), atLeast: 0.8 }, 'warn'),
    claim({ kind: 'refers', column: 'who', table: sources.people.id, key: 'id' }, severity()),
    claim({ kind: 'unique', columns: ['who', 'at'] }, severity()),
    claim({ kind: 'fresh', column: 'at', within: days(draw.int(0, 30)) }, 'warn'),
    claim(
      {
        kind: 'aggregate',
        condition: { op: 'call', type: 'bool', fn: 'ge', args: [overAll('count', 'int', null), int(10)] },
        value: overAll('count', 'int', null),
      },
      'warn',
    ),
  ];
  const kept = draw.some(claims, 1, 4);
  const quarantines = kept.some(c => c.severity === 'quarantine');
  return {
    draft: checkNode({ name, table: table.id, claims: kept, key: table.key }),
    relation: quarantines ? { ...table, id: `check ${name}` } : table,
  };
}
