/** A test that cannot be run as it is written. Its parts are reported where it is typed; here, the sources that are read and given no rows. */
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TestModel, TypedExpr } from '../../model/typed.ts';
import { parts } from '../../model/walk.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';

/** The tables that an expression of features reads: those of windows and along paths. */
function tablesIn(expr: TypedExpr, file: string): { readonly name: string; readonly from: string }[] {
  const own =
    expr.kind === 'path'
      ? expr.refs.map(ref => ({ name: ref.table, from: file }))
      : expr.kind === 'aggregate' && expr.window
        ? [{ name: expr.window.table, from: expr.window.file }]
        : [];
  return [...own, ...parts(expr).flatMap(part => tablesIn(part, file))];
}

/** The sources that something is made of, in the order in which they are met. */
function sourcesOf(program: Program, file: string, subject: TestModel['subject']): readonly string[] {
  const seen = new Set<string>();
  const sources = new Set<string>();
  const table = (name: string, from: string): void => {
    const found = program.table(from, name);
    const home = found?.relation.place.file ?? from;
    if (seen.has(`${home}\0${name}`)) return;
    seen.add(`${home}\0${name}`);
    if (!found) {
      if (program.source(from, name)) sources.add(name);
      return;
    }
    table(found.base, home);
    for (const { step } of found.steps) if (step.kind === 'join' || step.kind === 'union') table(step.table, step.kind === 'join' ? step.file : home);
  };
  if (subject.kind === 'table') table(subject.name, file);
  const set = subject.kind === 'features' ? program.features(file, subject.name) : null;
  const task = set && program.task(set.place.file, set.task);
  if (task) table(task.relation, task.place.file);
  for (const expr of [task?.where ?? null, ...(set?.features.map(feature => feature.value) ?? [])])
    for (const { name, from } of expr ? tablesIn(expr, file) : []) table(name, from);
  return [...sources];
}

function withoutRows(program: Program, file: string, test: TestModel): Problem[] {
  const given = test.given.map(({ source }) => source);
  if (given.length === 0) return [];
  return sourcesOf(program, file, test.subject)
    .filter(source => !given.includes(source))
    .map(source => ({
      rule: 'incomplete-test',
      place: test.place,
      message: `\`${test.subject.name}\` reads \`${source}\`, and the test says nothing about its rows.`,
      label: null,
      help: `Give it rows, or none: \`given ${source} []\`.`,
      related: [],
      fixes: [],
    }));
}

export default {
  name: 'incomplete-test',
  code: 'CUP2318',
  group: 'types',
  severity: 'error',
  type: null,
  verdict: null,
  why: 'A test that does not say what goes in and what comes out would hold without showing anything.',
  check: (program, file) => gather(program.declarations(file), ({ model }) => (model.kind === 'test' ? withoutRows(program, file, model) : [])),
} satisfies Rule;
