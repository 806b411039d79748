/** What is not declared about when rows, columns and cutoffs are known: it is assumed, and each assumption is named once. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { ColumnModel, SourceModel, TaskModel, TypedExpr } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { blocked, blockOf, faultOf, isTimed, tasks } from './reads.ts';

const endOf = (place: Place): Place => ({ ...place, span: { start: place.span.end, end: place.span.end } });

/** Columns that may have been overwritten: nothing else is declared. */
const openColumns = ({ relation }: SourceModel): ColumnModel[] =>
  relation.columns.filter(column =>
    column.facts.blocks.some(block => block.rule === 'unknown-availability' && block.reason.place.span.start === column.place.span.start),
  );

const mostNamed = 4;

/** The first names, and how many more there are. */
const named = (open: readonly ColumnModel[]): string => {
  const names = open.slice(0, mostNamed).map(column => `\`${column.name}\``);
  return open.length > mostNamed ? `${names.join(', ')} and ${open.length - mostNamed} more` : names.join(', ');
};

const immutable = (column: ColumnModel) => ({ place: endOf(column.place), text: ' immutable' });
const mayChange = (column: ColumnModel) => ({ place: column.place, message: `may \`${column.name}\` change later?` });

/** What is assumed of a source, in words; of its columns only those that are asked for. Null: nothing is. */
export function assumedOf(
  source: SourceModel,
  isAsked: (column: ColumnModel) => boolean,
): { readonly message: string; readonly help: string; readonly open: readonly ColumnModel[] } | null {
  const { relation } = source;
  const time = relation.event;
  const undeclared = time !== null && relation.known !== null && !relation.known.declared ? time : null;
  const open = openColumns(source).filter(isAsked);
  if (undeclared === null && open.length === 0) return null;
  const columns = named(open);
  const [first] = open;
  const message = undeclared
    ? `Rows of \`${relation.name}\` are assumed to be known at \`${undeclared.column}\`${first ? `, and ${columns} never to be overwritten` : ''}.`
    : `${columns} of \`${relation.name}\` ${open.length === 1 ? 'is' : 'are'} assumed never to be overwritten${time ? '' : `: \`${relation.name}\` has no history`}.`;
  const help = [
    ...(undeclared ? [`${writtenName(undeclared.column)} … @time @known(+0d)`] : []),
    ...(first ? [`${writtenName(first.name)} … immutable`] : []),
  ];
  return { message, help: help.join(', '), open };
}

const all = (): boolean => true;

function ofEvents(source: SourceModel): Problem[] {
  const { relation } = source;
  const assumed = relation.event && assumedOf(source, all);
  if (!relation.event || !assumed) return [];
  const undeclaredRow = relation.known !== null && !relation.known.declared;
  const time = relation.event;
  const { message, help, open } = assumed;
  return [
    {
      rule: 'unknown-availability',
      place: time.place,
      message,
      label: undeclaredRow ? 'when is a row known?' : null,
      help,
      related: open.map(mayChange),
      fixes: [
        {
          title: 'State what is assumed',
          safe: false,
          edits: [...(undeclaredRow ? [{ place: endOf(time.place), text: ' @known(+0d)' }] : []), ...open.map(immutable)],
        },
      ],
    },
  ];
}

/** Sources without a time of their own say nothing about history: that matters where a task with cutoffs reads them. */
function withoutTime(program: Program, file: string): Problem[] {
  const read = [
    ...blocked(program, file, 'unknown-availability')
      .filter(({ task }) => isTimed(task))
      .map(({ feature }) => feature.value),
    ...gather(tasks(program, file), task => (isTimed(task) ? [task.where, task.label?.value].filter(expr => !!expr) : [])),
  ];
  const cells = read.flatMap(({ facts }) => facts.lineage.filter(({ rows }) => rows !== 'counted'));
  const found = new Map<string, Problem>();
  const visit = (expr: TypedExpr): void => {
    for (const block of expr.facts.blocks) {
      if (block.rule !== 'unknown-availability') continue;
      const source = program.source(block.home, block.subject);
      const key = `${block.home} ${block.subject}`;
      if (!source || source.relation.event || found.has(key)) continue;
      const assumed = assumedOf(source, ({ name }) =>
        cells.some(cell => cell.source === block.subject && cell.home === block.home && cell.column === name),
      );
      if (!assumed) continue;
      const { message, help, open } = assumed;
      found.set(key, {
        rule: 'unknown-availability',
        place: block.home === file ? source.relation.place : (faultOf(expr, 'unknown-availability')?.place ?? expr.place),
        message,
        label: null,
        help,
        related: open.map(mayChange),
        fixes: [{ title: 'State what is assumed', safe: false, edits: open.map(immutable) }],
      });
    }
  };
  read.filter(expr => blockOf(expr, 'unknown-availability')).forEach(visit);
  return [...found.values()];
}

function ofCutoffs(task: TaskModel): Problem[] {
  const { cutoffs } = task;
  if (cutoffs.kind !== 'column' || !cutoffs.assumed || cutoffs.value.kind !== 'column') return [];
  const column = cutoffs.value.name;
  const written = `at ${writtenName(column)}`;
  return [
    {
      rule: 'unknown-availability',
      place: task.place,
      message: `\`${task.name}\` is assumed to predict at \`${column}\`, the event time of \`${task.relation}\`.`,
      label: 'at which moment?',
      help: written,
      related: [],
      fixes: [{ title: 'State what is assumed', safe: true, edits: [{ place: endOf(cutoffs.place), text: `\n  ${written}` }] }],
    },
  ];
}

export default {
  name: 'unknown-availability',
  code: 'CUP3034',
  group: 'leakage',
  severity: 'info',
  type: 'L2',
  verdict: 'assumed',
  why: 'A row that arrives days after its event, or a value corrected later, was not there when a prediction was made.',
  check: (program, file) => [
    ...gather(program.declarations(file), ({ model }) => (model.kind === 'source' ? ofEvents(model) : [])),
    ...gather(tasks(program, file), ofCutoffs),
    ...withoutTime(program, file),
  ],
} satisfies Rule;
