/** A source or table with its checks: the node that others read is what quarantine leaves of it. */
import type { CheckClaimModel, CheckModel, TableModel, TypedExpr } from '../model/typed.ts';
import {
  always,
  call,
  column,
  columnsRead,
  existsColumn,
  has,
  instant,
  knownColumn,
  knownOf,
  type Lowered,
  latest,
  lateTimes,
  rowTimes,
  typeOf,
} from './knownTimes.ts';
import { freeId, inputsOf, type Lowering, Unplannable } from './lowering.ts';
import { lowerSource } from './lowerSource.ts';
import { lowerStep } from './lowerTable.ts';
import type { PlanCheckClaim, RelationStep } from './plan.ts';
import { groupReader, lowerExpr, rowReader } from './planExpr.ts';
import { existingFrom, type PartMaker, type Stepped } from './stepped.ts';

const nodesRead = (base: string, steps: readonly RelationStep[]): readonly string[] =>
  inputsOf(base, ...steps.map(step => ('right' in step ? step.right : null)));

/** A relation node under that id; the relation as it is where nothing is done to it. */
export function relationNode(id: string, name: string, base: string, relation: Lowered, steps: readonly RelationStep[], lowering: Lowering): Lowered {
  const { model, columns, key, identity } = relation;
  const place = lowering.locate(model.place);
  lowering.drafts.set(id, { kind: 'relation', id, name, place, inputs: nodesRead(base, steps), base, steps, columns, key, identity });
  return { ...relation, id };
}

function lowerTable(table: TableModel, lowering: Lowering): Lowered {
  const { name, place } = table.relation;
  const other = (table_: string, file = place.file, reader = place.file): Lowered => lowerRelation(table_, file, lowering, reader);
  const base = other(table.base);
  const part: PartMaker = (stepped, right) => {
    const id = freeId(lowering, `relation ${name} + ${right.model.name}`, place.file);
    return relationNode(id, right.model.name, right.id, stepped.relation, stepped.steps, lowering);
  };
  let relation = base;
  const steps: RelationStep[] = [];
  for (const { step, result } of table.steps) {
    const stepped = lowerStep(relation, step, result, other, part);
    relation = stepped.relation;
    steps.push(...stepped.steps);
  }
  return relationNode(freeId(lowering, `relation ${name}`, place.file), name, base.id, { ...relation, model: table.relation }, steps, lowering);
}

// ---------------------------------------------------------------- checks

/** The side of a condition that is measured: what is compared with a number. */
function measured(condition: TypedExpr): TypedExpr {
  if (condition.kind !== 'call') return condition;
  const [left, right] = condition.args;
  return (left?.kind === 'literal' ? right : left) ?? condition;
}

function lowerClaim({ claim, ...rest }: CheckClaimModel, relation: Lowered, file: string, lowering: Lowering): PlanCheckClaim {
  const { text, severity } = rest;
  const base = { text, severity, place: lowering.locate(rest.place) };
  const stored = (name: string) => typeOf(relation, name);
  switch (claim.kind) {
    case 'row':
      return { ...base, claim: { kind: 'row', condition: lowerExpr(claim.condition, rowReader(stored, relation.locate), 'bool') } };
    case 'aggregate': {
      const reader = groupReader(stored, relation.locate);
      return {
        ...base,
        claim: { kind: 'aggregate', condition: lowerExpr(claim.condition, reader, 'bool'), value: lowerExpr(measured(claim.condition), reader) },
      };
    }
    case 'refers':
      return { ...base, claim: { ...claim, table: lowerRelation(claim.table, file, lowering).id } };
    case 'complete':
    case 'unique':
    case 'fresh':
      return { ...base, claim };
  }
}

/** What decides which rows stay, beyond the rows themselves. */
const quarantineReads = (checks: readonly CheckModel[]): readonly string[] =>
  checks.flatMap(({ claims }) =>
    claims.flatMap(({ severity, claim }) => {
      if (severity !== 'quarantine') return [];
      return claim.kind === 'row' ? columnsRead(claim.condition) : claim.kind === 'refers' ? [claim.column] : [];
    }),
  );

/** The checks of a table that stand in that file, by whatever name it knows the table. */
const checksIn = (file: string, { model }: Lowered, { program }: Lowering): readonly CheckModel[] =>
  program.declarations(file).flatMap(({ model: check }) => {
    const meant = check.kind === 'check' ? program.relation(file, check.table) : null;
    return check.kind === 'check' && meant?.place.file === model.place.file && meant.place.decl === model.place.decl ? [check] : [];
  });

/** Claims that take rows out for want of a partner. */
const partnersOf = (checks: readonly CheckModel[]): readonly Extract<CheckClaimModel['claim'], { kind: 'refers' }>[] =>
  checks.flatMap(({ claims }) => claims.flatMap(({ severity, claim }) => (severity === 'quarantine' && claim.kind === 'refers' ? [claim] : [])));

/** With `#exists` moved to when the partners are there without which a row goes: each reader sees the row no sooner. */
function settledByPartners(relation: Lowered, checks: readonly CheckModel[], file: string, lowering: Lowering): Stepped {
  let current: Stepped = { relation, steps: [] };
  for (const { column: ref, table, key } of partnersOf(checks)) {
    const partner = lowerRelation(table, file, lowering);
    const times = [knownColumn, existsColumn, ...(partner.late.has(key) ? [knownOf(key)] : [])].filter(name => has(partner, name));
    if (times.length === 0) continue;
    const there = (name: string): string => `partner ${name}`;
    const take = times.map(name => ({ column: name, as: there(name), type: 'timestamp' as const }));
    const on = [{ left: ref, right: key }];
    const join: RelationStep = { op: 'join', join: 'left', right: partner.id, on, take, asOf: null };
    // A row without a ref stays whatever comes.
    const isMissing = call('is_null', 'bool', column(ref, typeOf(current.relation, ref) ?? 'text'));
    const own = latest(rowTimes(current.relation, knownColumn, existsColumn)) ?? always;
    const both = latest([own, ...times.map(name => instant(there(name)))]) ?? own;
    const settled = existingFrom(current.relation, [call('if', 'timestamp', isMissing, own, both)]);
    current = { relation: settled.relation, steps: [...current.steps, join, ...settled.steps] };
  }
  return current;
}

/** Each check reads what the one before it left; those without quarantine stand beside the table and nobody reads them. */
function withChecks(relation: Lowered, checks: readonly CheckModel[], file: string, key: string, lowering: Lowering): Lowered {
  const { name } = relation.model;
  const own = existingFrom(relation, lateTimes(relation, quarantineReads(checks)));
  // A partner may ask for these rows in turn.
  lowering.unchecked.set(key, relation);
  const settled = settledByPartners(own.relation, checks, file, lowering);
  const steps = [...own.steps, ...settled.steps];
  let current = steps.length
    ? relationNode(freeId(lowering, `relation ${name} settled`, file), name, relation.id, settled.relation, steps, lowering)
    : relation;
  lowering.unchecked.set(key, current);
  for (const [index, check] of checks.entries()) {
    const claims = check.claims.map(claim => lowerClaim(claim, current, check.place.file, lowering));
    const id = freeId(lowering, index === 0 ? `check ${name}` : `check ${name} #${index + 1}`, check.place.file);
    const partners = claims.map(({ claim }) => (claim.kind === 'refers' ? claim.table : null));
    lowering.drafts.set(id, {
      kind: 'check',
      id,
      name,
      place: lowering.locate(check.place),
      inputs: inputsOf(current.id, ...partners),
      table: current.id,
      claims,
      key: current.key,
      pii: current.model.columns.filter(c => c.facts.tags.some(tag => tag.startsWith('pii:'))).map(c => c.name),
    });
    if (claims.some(claim => claim.severity === 'quarantine')) current = { ...current, id };
  }
  return current;
}

// ---------------------------------------------------------------- by name

const keyOf = (file: string, name: string): string => `${file}\u0000${name}`;

/**
 * The relation that `name` is in `file`, made when it is first asked for, as `reader` reads it: behind the checks of its own file, and behind
 * those of the file that reads. What one file takes out, another that says nothing of it still reads.
 */
export function lowerRelation(name: string, file: string, lowering: Lowering, reader = file): Lowered {
  const { program } = lowering;
  const meant = program.relation(file, name);
  if (!meant || meant.open) throw new Unplannable(`there is no relation ${name}`);
  const home = meant.place.file;
  const made = declaredRelation(meant.name, home, lowering);
  if (reader === home) return made;
  const key = keyOf(`${reader} reads ${home}`, meant.name);
  const done = lowering.relations.get(key) ?? lowering.unchecked.get(key);
  if (done) return done;
  const checks = checksIn(reader, made, lowering);
  const checked = checks.length ? withChecks(made, checks, reader, key, lowering) : made;
  lowering.relations.set(key, checked);
  return checked;
}

function declaredRelation(name: string, home: string, lowering: Lowering): Lowered {
  const { program } = lowering;
  const key = keyOf(home, name);
  const done = lowering.relations.get(key) ?? lowering.unchecked.get(key);
  if (done) return done;
  if (lowering.inProgress.has(key)) throw new Unplannable(`${name} is made of itself`);
  lowering.inProgress.add(key);
  const source = program.source(home, name);
  const table = source ? null : program.table(home, name);
  if (!source && !table) throw new Unplannable(`there is no relation ${name}`);
  const relation = source ? lowerSource(source, lowering) : lowerTable(table as TableModel, lowering);
  const checked = withChecks(relation, checksIn(home, relation, lowering), home, key, lowering);
  lowering.relations.set(key, checked);
  return checked;
}
