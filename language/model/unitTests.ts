/** Tests: rows that are given to sources, and what a table or a feature set is expected to make of them, held against their types. */
import type { Expr, Item, Name, TestDeclaration, TestRow } from '../syntax/ast.ts';
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import { type Environment, relationOf, taskOf } from './environment.ts';
import { type Constant, constantOf } from './literals.ts';
import { problem, respell } from './problem.ts';
import type { TestModel, TestRowModel, TestValue, TypedExpr } from './typed.ts';
import { isNumber, kindText } from './typeOps.ts';
import type { Type } from './types.ts';
import { anyPart } from './walk.ts';

interface Testing {
  readonly env: Environment;
  readonly place: (span: Span) => Place;
}

/** A column that a row may name; `prefix`: also those that a transform makes of it, `plan=pro` and `plan_1`. */
interface Cell {
  readonly name: string;
  readonly type: Type;
  readonly isGroup?: true;
  /** What a model says, or is made of that: there is no model that learned from the rows of a test. */
  readonly isAsked?: true;
}

const wrong = ({ env, place }: Testing, span: Span, message: string, help: string, fixes: ReturnType<typeof respell>[] = []): null => {
  env.report(problem('incomplete-test', place(span), message, { help, fixes }));
  return null;
};

function cellValue(expr: Expr, testing: Testing): TestValue | null {
  const constant = constantOf(expr, name => testing.env.param(name)?.value ?? null);
  if (constant !== null && constant.kind !== 'list') return asValue(constant);
  if (expr.kind !== 'missing')
    wrong(testing, expr.span, 'A cell of a test is a value that is written out.', 'Write a number, a text, a date, `true`, `false` or `null`.');
  return null;
}

function asValue(constant: Exclude<Constant, { kind: 'list' }>): TestValue {
  switch (constant.kind) {
    case 'number':
      return { kind: 'number', value: constant.value };
    case 'date':
    case 'timestamp':
      return { kind: 'time', value: constant.value };
    default:
      return constant;
  }
}

const valueText: Readonly<Record<TestValue['kind'], string>> = {
  number: 'a number',
  text: 'text',
  bool: 'true or false',
  time: 'a time',
  duration: 'a duration',
  null: 'null',
};

/** Why a value cannot stand in a column of that type; null: it can. */
function clashOf(value: TestValue, type: Type, isGiven: boolean): string | null {
  if (type.kind === 'unknown') return null;
  if (value.kind === 'null') return type.nullable || !isGiven ? null : `${kindText(type)} and admits no null`;
  const fits = ((): boolean => {
    switch (type.kind) {
      case 'int':
        return value.kind === 'number' && (Number.isInteger(value.value) || !isGiven);
      case 'bool':
      case 'duration':
        return value.kind === type.kind;
      case 'date':
      case 'timestamp':
        return value.kind === 'time';
      case 'text':
      case 'category':
      case 'key':
      case 'ref':
        return value.kind === 'text';
      default:
        return isNumber(type) && value.kind === 'number';
    }
  })();
  return fits ? null : kindText(type);
}

const quoted = (names: readonly string[]): string => {
  const shown = names.slice(0, 12).map(name => `\`${name}\``);
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
};

function findCell(name: Name, of: string, columns: readonly Cell[], testing: Testing): Cell | null {
  const found =
    columns.find(c => c.name === name.text) ??
    columns.find(c => c.isGroup && /^[=_]./.test(name.text.slice(c.name.length)) && name.text.startsWith(c.name));
  if (found || name.text === '')
    return found ? { ...found, ...(found.name === name.text ? {} : { type: { kind: 'unknown', nullable: true } as const }) } : null;
  const names = columns.map(c => c.name);
  const near = nearest(name.text, names);
  const place = testing.place(name.span);
  testing.env.report(
    problem('unknown-column', place, `\`${of}\` has no column \`${name.text}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : `Its columns are ${quoted(names)}.`,
      fixes: near ? [respell(place, near)] : [],
    }),
  );
  return null;
}

type CellModel = TestRowModel['cells'][number];

function cellOf(item: Item, of: string, columns: readonly Cell[], isGiven: boolean, testing: Testing): CellModel[] {
  if (item.kind !== 'setting') return [];
  const column = findCell(item.name, of, columns, testing);
  const value = cellValue(item.value, testing);
  if (!column || !value) return [];
  if (column.isAsked)
    return wrong(testing, item.name.span, `\`${item.name.text}\` is what a model says, which no row of a test tells.`, 'Leave it out.') ?? [];
  const place = testing.place(item.value.span);
  const clash = clashOf(value, column.type, isGiven);
  if (clash !== null) {
    const what =
      value.kind === 'null' ? `\`${item.name.text}\` is ${clash}.` : `\`${item.name.text}\` is ${clash}, and this is ${valueText[value.kind]}.`;
    testing.env.report(problem('type-mismatch', place, what, { help: helpFor(column.type) }));
    return [];
  }
  if (column.type.kind === 'category' && column.type.levels && value.kind === 'text' && !column.type.levels.includes(value.value)) {
    const near = nearest(value.value, column.type.levels);
    testing.env.report(
      problem('unknown-level', place, `\`${item.name.text}\` has no level "${value.value}".`, {
        help: near ? `Did you mean "${near}"?` : `Its levels are ${column.type.levels.map(level => `"${level}"`).join(', ')}.`,
        fixes: near ? [respell(place, `"${near}"`)] : [],
      }),
    );
    return [];
  }
  return [{ column: item.name.text, value, place }];
}

function helpFor(type: Type): string {
  switch (type.kind) {
    case 'date':
      return 'Write a date: `2024-01-31`.';
    case 'timestamp':
      return 'Write a moment: `2024-01-31T10:00:00Z`, or a date for its first instant.';
    case 'duration':
      return 'Write a duration: `30d`.';
    case 'bool':
      return 'Write `true` or `false`.';
    case 'int':
      return 'Write a whole number.';
    default:
      return isNumber(type) ? 'Write a number.' : 'Write a text in double quotes.';
  }
}

function rowsOf(rows: readonly TestRow[], of: string, columns: readonly Cell[], isGiven: boolean, testing: Testing): TestRowModel[] {
  return rows.map(row => {
    const seen = new Set<string>();
    for (const cell of row.cells) {
      if (cell.kind !== 'setting')
        wrong(testing, cell.span, 'A row is made of columns and their values.', 'Write it as `{ order_id: "o1", amount: 5 }`.');
      else if (seen.has(cell.name.text)) wrong(testing, cell.name.span, `The row has \`${cell.name.text}\` twice.`, 'Leave one of them out.');
      else seen.add(cell.name.text);
    }
    return { place: testing.place(row.span), cells: row.cells.flatMap(cell => cellOf(cell, of, columns, isGiven, testing)) };
  });
}

function givenOf(declaration: TestDeclaration, testing: Testing): TestModel['given'] {
  const { env, place } = testing;
  const seen = new Set<string>();
  return declaration.given.flatMap(({ table, rows }): TestModel['given'] => {
    if (table.text === '') return [];
    const found = env.lookup(table.text);
    const relation = found?.kind === 'source' ? env.relation(table.text) : null;
    if (found?.kind === 'table')
      return (
        wrong(testing, table.span, `\`${table.text}\` is a table, and rows are given to sources.`, 'Give rows of the sources that it is made of.') ??
        []
      );
    if (found?.kind === 'unknown') return [];
    if (!relation) {
      const near = nearest(table.text, env.visible('source'));
      env.report(
        problem('unknown-table', place(table.span), `There is no source \`${table.text}\`.`, {
          help: near ? `Did you mean \`${near}\`?` : 'Declare it with `source`, or import it.',
          fixes: near ? [respell(place(table.span), near)] : [],
        }),
      );
      return [];
    }
    if (seen.has(table.text)) return wrong(testing, table.span, `\`${table.text}\` is given rows twice.`, 'Write all its rows into one list.') ?? [];
    seen.add(table.text);
    const columns = relation.open ? null : relation.columns.map(({ name, type }) => ({ name, type }));
    return [{ source: table.text, place: place(table.span), rows: columns ? rowsOf(rows, table.text, columns, true, testing) : [] }];
  });
}

interface Subject {
  readonly kind: TestModel['subject']['kind'];
  readonly name: string;
  /** Null: they could not be typed. */
  readonly columns: readonly Cell[] | null;
  /** Of features: whether the task has a grid of cutoffs, and what else it has. */
  readonly cutoffs: 'grid' | 'column' | 'none' | null;
}

function subjectOf({ of }: TestDeclaration, testing: Testing): Subject | null {
  const { env, place } = testing;
  const found = env.lookup(of.text);
  if (of.text === '' || found?.kind === 'unknown') return null;
  if (found?.kind === 'source')
    return wrong(testing, of.span, `\`${of.text}\` is a source: what it gives is what is given.`, 'Test a table or a feature set that reads it.');
  if (found?.kind === 'table') {
    const relation = env.relation(of.text);
    return {
      kind: 'table',
      name: of.text,
      columns: relation && !relation.open ? relation.columns.map(({ name, type }) => ({ name, type })) : null,
      cutoffs: null,
    };
  }
  if (found?.kind === 'features') {
    const set = env.features(of.text);
    const task = set && taskOf(env, set);
    const entity = task && relationOf(env, task);
    if (!set || !task || !entity || entity.open) return { kind: 'features', name: of.text, columns: null, cutoffs: task?.cutoffs.kind ?? null };
    const key = entity.columns.filter(({ name }) => name === entity.key).map(({ name, type }) => ({ name, type }));
    const time: Cell[] = task.cutoffs.kind === 'none' ? [] : [{ name: 'cutoff', type: { kind: 'timestamp', nullable: false } }];
    const asked = new Set<string>();
    const asks = (value: TypedExpr): boolean =>
      anyPart(value, part => part.kind === 'prediction' || (part.kind === 'feature' && asked.has(part.name)));
    const features = set.features.map(({ name, value }): Cell => {
      const isAsked = asks(value);
      if (isAsked) asked.add(name);
      return { name, type: value.type, isGroup: true, ...(isAsked && { isAsked }) };
    });
    return { kind: 'features', name: of.text, columns: [...key, ...time, ...features], cutoffs: task.cutoffs.kind };
  }
  const near = nearest(of.text, env.visible('table', 'features'));
  env.report(
    problem('unknown-name', place(of.span), `There is no table or feature set \`${of.text}\`.`, {
      help: near ? `Did you mean \`${near}\`?` : 'A test names the table or the feature set that it is about.',
      fixes: near ? [respell(place(of.span), near)] : [],
    }),
  );
  return null;
}

function cutoffOf({ cutoff, of }: TestDeclaration, { kind, name, cutoffs }: Subject, testing: Testing): number | null {
  if (cutoff === null) {
    if (cutoffs === 'grid')
      wrong(testing, of.span, `The features of \`${name}\` are as of a cutoff, and the test names none.`, 'Add a line: `cutoff 2024-01-01`.');
    return null;
  }
  if (kind === 'table') return wrong(testing, cutoff.span, 'A table has no cutoff.', 'Leave it out.');
  if (cutoffs === 'none') return wrong(testing, cutoff.span, `The task of \`${name}\` has no cutoffs.`, 'Leave it out.');
  if (cutoffs === 'column')
    return wrong(testing, cutoff.span, `Each row of the task of \`${name}\` has a cutoff of its own.`, 'Leave it out; the rows say when.');
  const value = constantOf(cutoff.value, of => testing.env.param(of)?.value ?? null);
  if (value?.kind === 'date' || value?.kind === 'timestamp') return value.value;
  if (cutoff.value.kind !== 'missing') wrong(testing, cutoff.value.span, 'A cutoff is a date or a moment.', 'Write it as `cutoff 2024-01-01`.');
  return null;
}

/** Null where nothing could be run. */
export function typeTest(declaration: TestDeclaration, env: Environment): TestModel | null {
  const testing: Testing = { env, place: span => ({ file: env.file, decl: env.decl, span }) };
  const subject = subjectOf(declaration, testing);
  const given = givenOf(declaration, testing);
  const { expect, of } = declaration;
  if (of.text !== '' && declaration.given.length === 0)
    wrong(testing, of.span, 'The test gives no rows.', 'Add the rows of a source: `given orders [ { order_id: "o1" } ]`.');
  if (of.text !== '' && expect === null)
    wrong(testing, of.span, 'The test expects nothing.', 'Add the rows that are to come out: `expect [ { … } ]`.');
  if (!subject) return null;
  const cutoff = cutoffOf(declaration, subject, testing);
  if (!expect) return null;
  if (expect.features && subject.kind === 'table')
    wrong(testing, expect.features, `\`${subject.name}\` is a table and has no features.`, 'Write `expect [ { … } ]`.');
  const rows = subject.columns ? rowsOf(expect.rows, subject.name, subject.columns, false, testing) : [];
  return {
    kind: 'test',
    name: declaration.as?.text || of.text,
    place: testing.place(of.span),
    subject: { kind: subject.kind, name: subject.name },
    given,
    cutoff,
    expect: { place: testing.place(expect.span), rows },
  };
}
