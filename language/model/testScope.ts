/** A small shop to type expressions in: for tests only. Columns are written as `name : type @known(…)`-like tuples. */
import type { DefDeclaration, Expr } from '../syntax/ast.ts';
import { parseFile } from '../syntax/parse.ts';
import { typeExpression } from './expression.ts';
import { inRegion, noFacts, reason, term, zeroDuration } from './factOps.ts';
import type { Facts, Identity } from './facts.ts';
import type { Problem } from './problem.ts';
import type { Definition, ExpressionUse, Scope } from './scope.ts';
import type { ColumnModel, RelationModel, TypedExpr } from './typed.ts';
import { categoryType, floatType, intType, typeText, withNullable } from './typeOps.ts';
import type { Type } from './types.ts';

const place = { file: 'shop.cupel', decl: 'source shop', span: { start: 0, end: 0 } };

interface Extra {
  readonly identity?: Identity;
  readonly known?: string;
}

function column(source: string, name: string, type: Type, { identity = 'none', known }: Extra = {}): ColumnModel {
  const why = reason(place, name);
  const facts: Facts = {
    ...noFacts,
    lineage: [
      {
        source,
        home: 'main.cupel',
        column: name,
        region: 'own',
        reason: why,
        ...(type.kind === 'key' || type.kind === 'ref' ? { isWho: true } : {}),
      },
    ],
    known: known ? [term(known, zeroDuration, why)] : [],
    identity,
    identityReason: identity === 'none' ? null : why,
  };
  return { name, type, facts, shape: null, unique: false, immutable: true, roles: [], doc: null, place };
}

const of = <K extends 'bool' | 'text' | 'date' | 'timestamp' | 'duration' | 'key'>(kind: K): Type => ({ kind, nullable: false }) as Type;

const relation = (name: string, event: string | null, columns: readonly ColumnModel[]): RelationModel => ({
  name,
  place,
  columns,
  exists: { ...noFacts, known: event ? [term(`${name}.${event}`, zeroDuration, reason(place, event))] : [] },
  event: event
    ? { column: event, shape: { root: `${name}.${event}`, plus: zeroDuration }, facts: columns.find(c => c.name === event)?.facts ?? noFacts, place }
    : null,
  known: null,
  key: columns.find(c => c.type.kind === 'key')?.name ?? null,
  multiplied: null,
  lag: null,
});

const customers = relation('customers', 'signed_up', [
  column('customers', 'customer_id', of('key'), { identity: 'entity' }),
  column('customers', 'signed_up', of('timestamp')),
  column('customers', 'born', withNullable(of('date'), true)),
  column('customers', 'age', withNullable(intType({ min: 0, max: 120 }), true)),
  column('customers', 'children', intType({ min: 0, max: 9 })),
  column('customers', 'sex', categoryType(['female', 'male'])),
  column('customers', 'city', withNullable(categoryType(null), true)),
  column('customers', 'name', of('text')),
  column('customers', 'email', withNullable(of('text'), true)),
  column('customers', 'score', floatType()),
  column('customers', 'income', withNullable(floatType({ min: 0, max: null }, { EUR: 1 }), true)),
  column('customers', 'rent', floatType({ min: 0, max: null }, { EUR: 1 })),
  column('customers', 'height', floatType({ min: 1, max: 3 }, { m: 1 })),
  column('customers', 'active', withNullable(of('bool'), true)),
  column('customers', 'friend', { kind: 'ref', table: 'customers', home: 'main.cupel', nullable: true }, { identity: 'group' }),
  column('customers', 'grace', of('duration')),
]);

const orders = relation('orders', 'placed_at', [
  column('orders', 'order_id', of('key'), { identity: 'row' }),
  column('orders', 'customer', { kind: 'ref', table: 'customers', home: 'main.cupel', nullable: false }, { identity: 'entity' }),
  column('orders', 'placed_at', of('timestamp')),
  column(
    'orders',
    'amount',
    { kind: 'decimal', precision: 10, scale: 2, unit: { EUR: 1 }, bounds: { min: 0, max: null }, nullable: false },
    { known: 'orders.billed_at' },
  ),
  column('orders', 'items', intType({ min: 1, max: null })),
  column('orders', 'status', categoryType(['paid', 'cancelled'])),
  column('orders', 'returned', of('bool')),
]);

const places = relation('places', null, [
  column('places', 'customer', { kind: 'ref', table: 'customers', home: 'main.cupel', nullable: false }),
  column('places', 'rent', floatType()),
]);

const relations: Readonly<Record<string, RelationModel>> = { customers, orders, places };

const definitions = `
def spend(d) = sum(amount of orders last d) ?? 0
def pace(t, d) = count(t last d)
def adult = age >= 18
def twice(x) = x * 2
def among(x, members) = x in members
`;

const declared: readonly Definition[] = parseFile('shop.cupel', definitions).chunks.flatMap(({ id, parsed }) => {
  const declaration = parsed.declaration;
  return declaration?.kind === 'def' ? [asDefinition(declaration, id)] : [];
});

function asDefinition({ name, parameters, body }: DefDeclaration, decl: string): Definition {
  return { name: name.text, parameters: parameters.map(p => p.text), body, file: 'shop.cupel', decl };
}

type Row = { readonly relation: RelationModel; readonly region: Facts['lineage'][number]['region']; readonly entity: RelationModel | null };

function scopeOf(use: ExpressionUse, row: Row, args: ReadonlyMap<string, { expr: Expr; scope: Scope }>, report: (problem: Problem) => void): Scope {
  const params: Readonly<Record<string, TypedExpr>> = {
    horizon: { kind: 'literal', value: { months: 0, micros: 60 * 86_400_000_000 }, type: of('duration'), facts: noFacts, place },
  };
  const read = (name: string, at: typeof place): TypedExpr | null => {
    const own = row.relation.columns.find(c => c.name === name);
    if (own) return { kind: 'column', name, type: own.type, facts: inRegion(own.facts, row.region), place: at };
    const entity = row.entity?.columns.find(c => c.name === name);
    if (entity) return { kind: 'entity', name, type: entity.type, facts: entity.facts, place: at };
    if (name === 'cutoff' && use !== 'table') return { kind: 'cutoff', type: of('timestamp'), facts: noFacts, place: at };
    const param = params[name];
    return param ? { ...param, place: at } : null;
  };
  const scope: Scope = {
    file: 'shop.cupel',
    decl: 'features f',
    use,
    isTimed: true,
    recurs: true,
    resolve: read,
    featureSet: () => null,
    prediction: null,
    names: () => row.relation.columns.map(c => c.name),
    relation: name => relations[name] ?? null,
    relationNames: () => Object.keys(relations),
    definition: name => declared.find(d => d.name === name) ?? null,
    isDefinition: name => declared.some(d => d.name === name),
    definitionNames: () => declared.map(d => d.name),
    factors: () => [],
    member(object, name) {
      if (!('kind' in object) || object.type.kind !== 'ref' || object.kind !== 'column') return null;
      const target = customers.columns.find(c => c.name === name.text);
      return target
        ? {
            kind: 'path',
            refs: [{ ref: object.name, table: 'customers', home: 'main.cupel', reader: 'main.cupel', key: 'customer_id' }],
            name: name.text,
            type: withNullable(target.type, true),
            facts: target.facts,
            place,
          }
        : null;
    },
    link: (to, via, at) => ({
      row: via?.kind === 'name' ? via.name.text : 'customer',
      entity: { kind: 'column', name: 'customer_id', type: of('key'), facts: to.exists, place: at },
    }),
    windowRow: (to, { from, to: until }) => scopeOf('window', { relation: to, region: { from, to: until }, entity: customers }, args, report),
    bind: bound => scopeOf(use, row, bound, report),
    argument: name => args.get(name) ?? null,
    report,
  };
  return scope;
}

export interface Typed {
  readonly typed: TypedExpr;
  readonly type: string;
  /** Each as `rule @ text: message`. */
  readonly problems: readonly string[];
  readonly found: readonly Problem[];
}

/** Types `text` as a feature of customers, or in another use. */
export function typed(text: string, use: ExpressionUse = 'feature', expected?: Type): Typed {
  const head = 'def subject = ';
  const [chunk] = parseFile('test.cupel', head + text).chunks;
  const declaration = chunk?.parsed.declaration;
  if (declaration?.kind !== 'def' || chunk?.parsed.problems.length)
    throw new Error(`Cannot be read: ${text} ${JSON.stringify(chunk?.parsed.problems)}`);
  const found: Problem[] = [];
  const row = use === 'group' || use === 'check' ? orders : customers;
  const result = typeExpression(
    declaration.body,
    scopeOf(use, { relation: row, region: 'own', entity: null }, new Map(), p => void found.push(p)),
    expected,
  );
  return {
    typed: result,
    type: typeText(result.type),
    problems: found.map(({ rule, place: { span } }) => `${rule} @ ${(head + text).slice(span.start, span.end)}`),
    found,
  };
}
