/** Steps of tables: each takes all rows of a relation to all rows of the next. */
import type { PlanColumn, PlanExpr, PlanType, RelationNode, RelationStep } from '../../language/plan/plan.ts';
import { aggregate, compareOrders, type Entry, orderOf } from './aggregates.ts';
import { canonicalText, identityOf, uniform } from './canonical.ts';
import { compare, compareNullable } from './numbers.ts';
import { cell, type Row, type Table, typeOfColumn, type Value } from './table.ts';
import { evaluate, holds, rowScope, type Scope } from './values.ts';

type StepOf<O extends RelationStep['op']> = Extract<RelationStep, { op: O }>;

const equal = (a: Value, aType: PlanType, b: Value, bType: PlanType): boolean => a !== null && b !== null && compare(a, aType, b, bType) === 0;

export const columnsOf = (table: Table, names: readonly string[]): PlanColumn[] => names.map(name => ({ name, type: typeOfColumn(table, name) }));

/** The value of an expression over aggregates of these rows; outside aggregates it may read the columns of the first row. */
export function overRows(expr: PlanExpr, rows: readonly Row[], tie: readonly PlanColumn[]): Value {
  const first = rows[0] ?? {};
  const inner = rowScope(first);
  const scope: Scope = {
    ...inner,
    aggregate(form) {
      const entries: Entry[] = rows
        .filter(row => holds(form.where, rowScope(row)))
        .map(row => {
          const time = (name: string): number | null => (typeof row[name] === 'number' ? row[name] : null);
          return {
            value: form.value && evaluate(form.value, rowScope(row)),
            event: time('#event'),
            order: [{ value: time('#event'), type: 'timestamp' }, { value: time('#known'), type: 'timestamp' }, ...orderOf(row, tie)],
          };
        });
      return aggregate(form, entries);
    },
  };
  return evaluate(expr, scope);
}

/** Rows that agree in the columns, a null agreeing with a null, in the order of first appearance. */
export function groupRows(table: Table, by: readonly string[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of table.rows) {
    const key = JSON.stringify(by.map(name => canonicalText(cell(row, name), typeOfColumn(table, name))));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function project(table: Table, step: StepOf<'project'>): Table {
  return {
    columns: step.columns.map(({ name, value }) => ({ name, type: value.type })),
    rows: table.rows.map(row => {
      const scope = rowScope(row);
      const made: Record<string, Value> = {};
      for (const { name, value } of step.columns) made[name] = evaluate(value, scope);
      return made;
    }),
  };
}

/**
 * The right row as of a time: the greatest event among those with event and known before it. Of rows that are alike in all that goes with
 * the row, the one whose cells are known first, so that what is known later does not decide.
 */
function asOf(matches: readonly Row[], at: Value, right: Table, take: StepOf<'join'>['take'], how: NonNullable<StepOf<'join'>['asOf']>): Row[] {
  const before = (value: Value): boolean => value !== null && at !== null && Number(value) < Number(at);
  const seen = matches.filter(row => before(cell(row, how.event)) && (how.known === null || before(cell(row, how.known))));
  const order = columnsOf(right, [how.event, ...(how.known === null ? [] : [how.known]), ...how.tie]);
  const rest = take.map(({ column }) => column).filter(name => !order.some(c => c.name === name));
  const knowns = rest.filter(name => name.endsWith('#known'));
  const values = columnsOf(
    right,
    rest.filter(name => !knowns.includes(name)),
  );
  const placeOf = (row: Row) => [
    ...orderOf(row, order),
    ...knowns.map(name => ({ value: typeof row[name] === 'number' ? -row[name] : null, type: 'timestamp' as const })),
    ...orderOf(row, values),
  ];
  const latest = seen.reduce<Row | null>((best, row) => (best && compareOrders(placeOf(row), placeOf(best)) <= 0 ? best : row), null);
  return latest ? [latest] : [];
}

function join(table: Table, step: StepOf<'join'>, right: Table): Table {
  const rows = table.rows.flatMap(row => {
    const matches = right.rows.filter(other =>
      step.on.every(on => equal(cell(row, on.left), typeOfColumn(table, on.left), cell(other, on.right), typeOfColumn(right, on.right))),
    );
    const chosen = step.asOf ? asOf(matches, evaluate(step.asOf.at, rowScope(row)), right, step.take, step.asOf) : matches;
    const taken = (other: Row | null): Row => ({
      ...row,
      ...Object.fromEntries(step.take.map(({ column, as }) => [as, other && cell(other, column)])),
    });
    if (chosen.length === 0) return step.join === 'inner' ? [] : [taken(null)];
    return chosen.map(taken);
  });
  return { columns: [...table.columns, ...step.take.map(({ as, type }) => ({ name: as, type }))], rows };
}

function group(table: Table, step: StepOf<'group'>): Table {
  const by = columnsOf(table, step.by);
  const tie = columnsOf(table, step.tie);
  return {
    columns: [...by, ...step.aggregates.map(({ name, value }) => ({ name, type: value.type }))],
    rows: groupRows(table, step.by).map(rows => ({
      ...Object.fromEntries(step.by.map(name => [name, cell(rows[0] ?? {}, name)])),
      ...Object.fromEntries(step.aggregates.map(({ name, value }) => [name, overRows(value, rows, tie)])),
    })),
  };
}

function dedupe(table: Table, step: StepOf<'dedupe'>): Table {
  const rest = [...columnsOf(table, step.tie), ...table.columns];
  const order = (a: Row, b: Row): number => {
    for (const { column, descending } of step.order) {
      const [x, y] = [cell(a, column), cell(b, column)];
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
        continue;
      }
      const difference = compare(x, typeOfColumn(table, column), y, typeOfColumn(table, column));
      if (difference !== 0) return descending ? -difference : difference;
    }
    for (const { name, type } of rest) {
      const difference = compareNullable(cell(a, name), cell(b, name), type);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return { columns: table.columns, rows: groupRows(table, step.by).map(rows => rows.reduce((best, row) => (order(row, best) < 0 ? row : best))) };
}

/** Rows by the keys, nulls last in either direction. */
function byKeys(order: StepOf<'rank'>['order']): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { value, descending } of order) {
      const [x, y] = [evaluate(value, rowScope(a)), evaluate(value, rowScope(b))];
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
        continue;
      }
      const difference = compare(x, value.type, y, value.type);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  };
}

const byColumns =
  (columns: readonly PlanColumn[]) =>
  (a: Row, b: Row): number =>
    columns.map(({ name, type }) => compareNullable(cell(a, name), cell(b, name), type)).find(difference => difference !== 0) ?? 0;

function groupsBy(table: Table, by: readonly PlanExpr[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of table.rows) {
    const key = JSON.stringify(by.map(expr => canonicalText(evaluate(expr, rowScope(row)), expr.type)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

const withColumn = (table: Table, name: string, type: PlanType, rows: readonly Row[]): Table => ({
  columns: [...table.columns.filter(c => c.name !== name), { name, type }],
  rows: [...rows],
});

function neighbour(table: Table, step: StepOf<'neighbour'>): Table {
  const keys = byKeys(step.order);
  const rest = byColumns([...columnsOf(table, step.tie), ...table.columns]);
  const rows = groupsBy(table, step.by).flatMap(group => {
    const sorted = [...group].sort((a, b) => keys(a, b) || rest(a, b));
    return sorted.map((row, i) => {
      const other = sorted[i - step.offset];
      return { ...row, [step.name]: other ? evaluate(step.value, rowScope(other)) : null };
    });
  });
  return withColumn(table, step.name, step.value.type, rows);
}

function rank(table: Table, step: StepOf<'rank'>): Table {
  const keys = byKeys(step.order);
  const rows = groupsBy(table, step.by).flatMap(group =>
    group.map(row => ({ ...row, [step.name]: BigInt(1 + group.filter(other => keys(other, row) < 0).length) })),
  );
  return withColumn(table, step.name, 'int', rows);
}

function sample(table: Table, { share, rows, seed, key, identity }: StepOf<'sample'>): Table {
  const rest = byColumns(table.columns);
  const drawn = table.rows.map(row => ({ row, u: uniform(`${seed}|sample|${identityOf(row, key, identity, c => typeOfColumn(table, c))}`) }));
  const kept =
    share === null ? drawn.sort((a, b) => a.u - b.u || rest(a.row, b.row)).slice(0, rows ?? drawn.length) : drawn.filter(({ u }) => u < share);
  return { columns: table.columns, rows: kept.map(({ row }) => row) };
}

function union(table: Table, right: Table): Table {
  const same = (row: Row): Row => Object.fromEntries(table.columns.map(({ name }) => [name, cell(row, name)]));
  return { columns: table.columns, rows: [...table.rows, ...right.rows.map(same)] };
}

function stepped(table: Table, step: RelationStep, tableOf: (id: string) => Table): Table {
  switch (step.op) {
    case 'filter':
      return { ...table, rows: table.rows.filter(row => holds(step.where, rowScope(row))) };
    case 'project':
      return project(table, step);
    case 'join':
      return join(table, step, tableOf(step.right));
    case 'union':
      return union(table, tableOf(step.right));
    case 'group':
      return group(table, step);
    case 'dedupe':
      return dedupe(table, step);
    case 'neighbour':
      return neighbour(table, step);
    case 'rank':
      return rank(table, step);
    case 'sample':
      return sample(table, step);
  }
}

export function relation(node: RelationNode, tableOf: (id: string) => Table): Table {
  let table = tableOf(node.base);
  for (const step of node.steps) table = stepped(table, step, tableOf);
  return table;
}
