/** Sources: how the file is read, and the known times that the declaration gives rows and cells. */
import { entryOf } from '../catalogue/catalogue.ts';
import { isSettled } from '../model/apart.ts';
import { addDuration, lastInstant, negateDuration, termLe } from '../model/factOps.ts';
import type { Term } from '../model/facts.ts';
import type { ColumnModel, SettingValue, SourceModel } from '../model/typed.ts';
import { begins, column, eventColumn, instant, knownColumn, knownOf, type Lowered, later, latest, passes } from './knownTimes.ts';
import { freeId, inputsOf, type Lowering, Unplannable } from './lowering.ts';
import type { PlanColumn, PlanExpr, PlanType, ScanColumn, ScanNode } from './plan.ts';
import { planType } from './planTypes.ts';

/** The option as written, else the catalogue's default. */
function option(source: SourceModel, name: string): SettingValue | undefined {
  const written = source.options[name];
  return written === undefined ? entryOf('connector', source.connector)?.options.find(o => o.name === name)?.default : written;
}

const textOf = (value: SettingValue | undefined): string | null => (typeof value === 'string' ? value : null);

function optionsOf(source: SourceModel): ScanNode['options'] {
  const nulls = option(source, 'nulls');
  const encoding = option(source, 'encoding');
  const compression = option(source, 'compression');
  const thousands = textOf(option(source, 'thousands'));
  return {
    delimiter: textOf(option(source, 'delimiter')),
    header: option(source, 'header') !== false,
    nulls: Array.isArray(nulls) ? nulls.filter(text => typeof text === 'string') : [],
    decimal: textOf(option(source, 'decimal')) ?? '.',
    ...(thousands !== null && { thousands }),
    dateFormat: textOf(option(source, 'date_format')),
    timestampFormat: textOf(option(source, 'timestamp_format')),
    encoding: encoding === 'latin-1' || encoding === 'utf-16' ? encoding : 'utf-8',
    compression: compression === 'none' || compression === 'gzip' ? compression : 'auto',
    zone: textOf(option(source, 'zone')) ?? 'UTC',
  };
}

function typeOfColumn({ name, type }: ColumnModel): PlanType {
  const stored = planType(type);
  if (stored === null) throw new Unplannable(`the column ${name} has a type that is not read yet`);
  return stored;
}

function scanColumn(model: ColumnModel, source: SourceModel, lowering: Lowering): ScanColumn {
  const declared = source.bounds[model.name];
  const bounds = declared?.bounds ?? ('bounds' in model.type ? model.type.bounds : null);
  return {
    name: model.name,
    type: typeOfColumn(model),
    nullable: model.type.nullable,
    min: bounds?.min ?? null,
    max: bounds?.max ?? null,
    levels: declared?.levels ?? (model.type.kind === 'category' ? model.type.levels : null),
    pattern: declared?.pattern ?? null,
    unique: model.unique,
    pii: model.roles.some(role => role.kind === 'pii'),
    place: lowering.locate(model.place),
  };
}

/** The moment that a term of the facts stands for, over the columns of the source's row. */
function momentOf(term: Term, source: SourceModel, zone: string): PlanExpr {
  const root = source.relation.columns.find(c => c.shape?.root === term.root);
  if (!root) throw new Unplannable(`nothing says when ${term.root} is`);
  const time = column(root.name, typeOfColumn(root));
  const plus = time.type === 'date' ? addDuration(term.plus, negateDuration(lastInstant)) : term.plus;
  return later(passes(time, zone), plus);
}

export const identityOf = (columns: readonly ColumnModel[], late: ReadonlySet<string>): readonly string[] =>
  columns.filter(c => isSettled(c) && !late.has(c.name)).map(c => c.name);

export function lowerSource(source: SourceModel, lowering: Lowering): Lowered {
  const { relation } = source;
  const options = optionsOf(source);
  const { zone } = options;
  const hidden: { name: string; value: PlanExpr }[] = [];
  if (relation.event) {
    const event = relation.columns.find(c => c.name === relation.event?.column);
    if (!event) throw new Unplannable('the event time is no column');
    hidden.push({ name: eventColumn, value: begins(column(event.name, typeOfColumn(event)), zone) });
  }
  const row = relation.known?.term ?? null;
  if (row) hidden.push({ name: knownColumn, value: momentOf(row, source, zone) });
  const late = new Set<string>();
  for (const { name, facts } of relation.columns) {
    const own = facts.known.filter(term => !row || !termLe(term, row));
    const known = latest([...(row && own.length ? [instant(knownColumn)] : []), ...own.map(term => momentOf(term, source, zone))]);
    if (!own.length || !known) continue;
    late.add(name);
    hidden.push({ name: knownOf(name), value: known });
  }
  const columns = relation.columns.map(model => scanColumn(model, source, lowering));
  const identity = identityOf(relation.columns, late);
  const id = freeId(lowering, `scan ${relation.name}`, relation.place.file);
  lowering.drafts.set(id, {
    kind: 'scan',
    id,
    name: relation.name,
    place: lowering.locate(relation.place),
    inputs: inputsOf(),
    connector: source.connector,
    path: source.path,
    pathPlace: lowering.locate(source.pathPlace),
    options,
    columns,
    hidden,
    key: relation.key,
    identity,
    until: source.until,
  });
  const all: PlanColumn[] = [...columns.map(({ name, type }) => ({ name, type })), ...hidden.map(({ name, value }) => ({ name, type: value.type }))];
  return { id, model: relation, columns: all, late, key: relation.key, identity, zone, locate: lowering.locate };
}
