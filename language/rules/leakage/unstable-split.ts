/** What a division of rows rests on without being said: the seed, cells that identify a row, a source that does not grow. */
import { type Problem, problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SplitModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { isTimed } from './reads.ts';
import { rewrite, splitAt } from './splitFix.ts';

const name = 'unstable-split';

function withoutSeed(split: SplitModel): Problem[] {
  const { method } = split;
  if (method.kind === 'time' || method.seedWritten) return [];
  return [
    problem(name, split.methodPlace, `The rows of \`${split.name}\` are assumed to be drawn with seed 0.`, {
      label: 'which draw?',
      help: 'seed: 0',
    }),
  ];
}

/** Without a key a row is known by its cells, and a corrected cell is another row. */
function withoutKey(program: Program, split: SplitModel, task: TaskModel): Problem[] {
  const relation = program.relation(task.place.file, task.relation);
  // A row that stands there twice is told of as that.
  if (split.method.kind !== 'random' || !relation || relation.open || relation.key !== null || relation.copied || isTimed(task)) return [];
  return [
    problem(name, split.methodPlace, `Rows of \`${task.relation}\` are assumed never to be corrected: each is told from the others by its values.`, {
      label: 'a corrected row may change sides',
      help: `Declare the column that is different in every row of \`${task.relation}\`: \`… : key\`.`,
      related: [{ place: relation.place, message: `\`${task.relation}\` has no key` }],
    }),
  ];
}

/** Shares within strata are quotas, which move when rows are added. */
function growing(program: Program, split: SplitModel, task: TaskModel): Problem[] {
  if (split.method.kind !== 'random' || !split.method.stratify) return [];
  const base = (of: string, from: string, seen: ReadonlySet<string>): { readonly name: string; readonly until: number | null } | null => {
    const table = program.table(from, of);
    if (table && !seen.has(of)) return base(table.base, table.relation.place.file, new Set([...seen, of]));
    const source = program.source(from, of);
    return source && { name: source.relation.name, until: source.until };
  };
  const source = base(task.relation, task.place.file, new Set());
  if (!source || source.until !== null) return [];
  return [
    problem(name, split.method.stratify.place, `\`${source.name}\` is assumed not to grow: with further rows others are drawn for the test.`, {
      label: 'a quota of the rows there are',
      help: `Say until when \`${source.name}\` is complete, \`source ${source.name} = … until 2024-12-31 { … }\`, or leave \`stratify\` out.`,
    }),
  ];
}

export default {
  name,
  code: 'CUP3023',
  group: 'leakage',
  severity: 'info',
  type: 'L1',
  verdict: 'assumed',
  why: 'A row that was trained on yesterday and is tested on today makes the test easier, and nobody sees it.',
  check: (program, file) =>
    gather(program.declarations(file), ({ model }) => {
      const task = model.kind === 'split' ? program.task(file, model.task) : null;
      if (model.kind !== 'split' || !task) return [];
      return [...withoutSeed(model), ...withoutKey(program, model, task), ...growing(program, model, task)];
    }),
  fixes: (program, { place, help }, textOf) => {
    const split = help === 'seed: 0' ? splitAt(program, place) : null;
    if (!split || split.method.kind === 'time') return [];
    return rewrite('State the seed that is used', split, textOf, split.method.kind, settings => [...settings, ['seed', '0']]).map(fix => ({
      ...fix,
      safe: true,
    }));
  },
} satisfies Rule;
