/** For tests: programs as text in, facts and problems as text out. Nothing else imports this. */
import { createAnalysis } from '../createAnalysis.ts';
import { durationText } from '../text/duration.ts';
import { regionText, type Shifted } from './factOps.ts';
import type { Facts, Reason } from './facts.ts';
import { trace } from './problem.ts';
import type { Program } from './program.ts';
import type { CheckModel, ColumnModel, RelationModel, SourceModel, TableModel } from './typed.ts';
import { typeText } from './typeOps.ts';

const file = 'main.cupel';

export interface TypedProgram {
  readonly program: Program;
  relation(name: string): RelationModel;
  column(relation: string, name: string): ColumnModel;
  source(name: string): SourceModel;
  table(name: string): TableModel;
  readonly checks: readonly CheckModel[];
  /** `rule «text at fault»`, in the order of the text; unused declarations are not listed. */
  readonly problems: readonly string[];
  /** The messages and helps of the problems, in the same order. */
  readonly messages: readonly string[];
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value == null) throw new Error(`there is no ${what}`);
  return value;
}

export function typedProgram(text: string): TypedProgram {
  const analysis = createAnalysis();
  analysis.setFile(file, { kind: 'text', text });
  const program = analysis.program();
  const chunks = analysis.tree(file)?.chunks ?? [];
  const problems = [
    ...chunks.flatMap(({ id, parsed }) => parsed.problems.map(p => ({ ...p, place: { file, decl: id, span: p.span } }))),
    ...program.problems(file).filter(({ rule }) => !rule.startsWith('unused')),
  ].map(problem => {
    const start = chunks.find(({ id }) => id === problem.place.decl)?.start ?? 0;
    return { ...problem, from: start + problem.place.span.start, to: start + problem.place.span.end };
  });
  problems.sort((a, b) => a.from - b.from || a.to - b.to);
  const models = program.declarations(file).map(({ model }) => model);
  const relation = (name: string): RelationModel => found(program.relation(file, name), name);
  return {
    program,
    relation,
    column: (of, name) =>
      found(
        relation(of).columns.find(column => column.name === name),
        `${of}.${name}`,
      ),
    source: name => found(program.source(file, name), name),
    table: name => found(program.table(file, name), name),
    checks: models.filter(model => model.kind === 'check'),
    problems: problems.map(({ rule, from, to }) => `${rule} «${text.slice(from, to)}»`),
    messages: problems.map(({ message, help }) => (help ? `${message} ${help}` : message)),
  };
}

const rest = durationText({ months: 0, micros: 86_399_999_999 });

/** Without the file, and with a stroke behind each way by which a row was reached. */
export const rootText = (root: string): string => root.replaceAll(`${file}:`, '').replaceAll('\0', '/');

/** The last instant of a day is `end`. */
function shiftText({ root, plus }: Shifted): string {
  const shift = durationText(plus).replace(rest, 'end');
  return `${rootText(root)}${shift === '0d' ? '' : ` + ${shift}`}`;
}

/** `orders.placed_at + 30d, leaks after-outcome(titanic.boat), entity`: everything but lineage and reasons; `-` for nothing. */
export function factsText(facts: Facts): string {
  const parts = [
    ...facts.known.map(shiftText),
    ...facts.blocks.map(({ verdict, rule, subject }) => `${verdict} ${rule}(${subject})`),
    ...(facts.identity === 'none' ? [] : [facts.identity]),
    ...(facts.fit === 'row' ? [] : [facts.fit]),
    ...facts.tags,
  ];
  return parts.join(', ') || '-';
}

export const lineageText = (facts: Facts): string =>
  facts.lineage.map(({ source, column, region }) => `${source}.${column}${region === 'own' ? '' : ` ${regionText(region)}`}`).join(', ');

/** The facts of a relation's rows, one a line; what does not hold is left out. */
export function rowsText({ exists, event, known, lag, key, multiplied, uniqueTogether }: RelationModel): string {
  return [
    `exists: ${factsText(exists)}`,
    event && `event: ${event.column} = ${shiftText(event.shape)}, itself ${factsText(event.facts)}`,
    known && `known: ${shiftText(known.term)}${known.column ? ` by ${known.column}` : ''}${known.declared ? '' : ', assumed'}`,
    lag && `lag: ${durationText(lag).replace(rest, 'end')}`,
    key && `key: ${key}`,
    uniqueTogether?.length && `unique: ${uniqueTogether.map(set => set.join(' and ')).join('; ')}`,
    multiplied && 'multiplied',
  ]
    .filter(line => line)
    .join('\n');
}

/** `decimal(10, 2) unit "EUR": facts`, of a time with its shape: `timestamp = orders.placed_at + 2d: facts`. */
export function columnText({ type, shape, facts }: ColumnModel): string {
  return `${typeText(type)}${shape ? ` = ${shiftText(shape)}` : ''}: ${factsText(facts)}`;
}

export const reasonText = (reason: Reason | null): readonly string[] => trace(reason).map(({ message }) => message);
