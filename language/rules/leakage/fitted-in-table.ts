/** A learned transform ahead of the split. Reported while typing, where a transform meets a table. */
import type { Problem, ProblemFix } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TableModel, TaskModel } from '../../model/typed.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { columnNames } from '../walk.ts';
import { features } from './reads.ts';

type TextOf = (place: Place) => string;

/** The column that the transform makes, where nothing stands around it. */
function columnMade({ steps }: TableModel, at: Place): { name: string; place: Place } | null {
  for (const { step } of steps) {
    if (step.kind !== 'project') continue;
    const made = step.columns.find(({ value }) => value.kind === 'error' && value.place.decl === at.decl && value.place.span.end === at.span.end);
    if (made && made.value.place.span.start <= at.span.start) return { name: made.name, place: made.value.place };
  }
  return null;
}

/** `age |> impute(median)` or `impute(age, median)`, taken apart: what goes in, and the transform as it stands behind a pipe. */
function takenApart(whole: string, call: string): { input: string; transform: string } | null {
  if (whole.length > call.length) return { input: whole.slice(0, whole.length - call.length).replace(/\s*\|>\s*$/, ''), transform: call };
  const [, name, input, settings] = /^(\w+)\(\s*(\w+|`[^`]*`)\s*(?:,\s*([\s\S]*))?\)$/.exec(call) ?? [];
  return name && input ? { input, transform: settings ? `${name}(${settings})` : name } : null;
}

/** Moves the transform behind the column in every feature set that has it; offered where the column is a feature as it is. */
function moved(problem: Problem, table: TableModel, textOf: TextOf, program: Program): ProblemFix[] {
  const read = features(program, problem.place.file);
  // Another file may have a table of that name.
  const isOver = (task: TaskModel): boolean => {
    const observed = program.relation(task.place.file, task.relation)?.place;
    return observed?.file === table.relation.place.file && observed.decl === table.relation.place.decl;
  };
  const made = columnMade(table, problem.place);
  const written = made && takenApart(textOf(made.place), textOf(problem.place));
  const readers = made ? read.filter(({ task, feature }) => isOver(task) && columnNames(feature.value).includes(made.name)) : [];
  if (!made || !written || readers.length === 0 || readers.some(({ feature }) => feature.value.kind !== 'column')) return [];
  const sets = [...new Set(readers.map(({ set }) => `\`${set.name}\``))];
  return [
    {
      title: `Move \`${written.transform}\` into ${sets.join(' and ')}`,
      safe: false,
      edits: [
        { place: made.place, text: written.input },
        ...readers.map(({ feature: { value } }) => ({
          place: { ...value.place, span: { start: value.place.span.end, end: value.place.span.end } },
          text: ` |> ${written.transform}`,
        })),
      ],
    },
  ];
}

export default {
  name: 'fitted-in-table',
  code: 'CUP3009',
  group: 'leakage',
  severity: 'error',
  type: 'L1.2',
  verdict: 'leaks',
  why: 'Learned on all rows, the step carries what the test rows look like into training.',
  fixes: (program, problem, textOf) => {
    const { file, decl } = problem.place;
    const found = program.declarations(file).find(entry => entry.decl === decl)?.model;
    return found?.kind === 'table' ? moved(problem, found, textOf, program) : [];
  },
} satisfies Rule;
