/** A source that does not say when its rows and columns are known: the event time is assumed, and the assumption is named once. */
import type { Problem } from '../../model/problem.ts';
import type { SourceModel } from '../../model/typed.ts';
import type { Rule } from '../rule.ts';

function problem(source: SourceModel): Problem[] {
  const { relation } = source;
  if (!relation.event) return [];
  const undeclaredRow = relation.known !== null && !relation.known.declared;
  const open = relation.columns.filter(column =>
    column.facts.blocks.some(block => block.rule === 'unknown-availability' && block.reason.place.span.start === column.place.span.start),
  );
  if (!undeclaredRow && open.length === 0) return [];
  const time = relation.event;
  const columns = open.map(column => `\`${column.name}\``).join(', ');
  const edits = [
    ...(undeclaredRow ? [{ place: { ...time.place, span: { start: time.place.span.end, end: time.place.span.end } }, text: ' @known(+0d)' }] : []),
    ...open.map(column => ({ place: { ...column.place, span: { start: column.place.span.end, end: column.place.span.end } }, text: ' immutable' })),
  ];
  return [
    {
      rule: 'unknown-availability',
      place: time.place,
      message: undeclaredRow
        ? `Rows of \`${relation.name}\` are assumed known at \`${time.column}\`${open.length ? `, and ${columns} never overwritten` : ''}.`
        : `${columns} of \`${relation.name}\` ${open.length === 1 ? 'is' : 'are'} assumed never overwritten.`,
      label: undeclaredRow ? 'when is a row known?' : null,
      help: [undeclaredRow ? `${time.column} … @time @known(+0d)` : null, open.length ? `${open[0]?.name ?? ''} … immutable` : null]
        .filter(line => line !== null)
        .join(', '),
      related: open.map(column => ({ place: column.place, message: `may \`${column.name}\` change later?` })),
      fixes: [{ title: 'State what is assumed', safe: false, edits }],
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
  check: (program, file) => program.declarations(file).flatMap(({ model }) => (model.kind === 'source' ? problem(model) : [])),
} satisfies Rule;
