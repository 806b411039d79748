/** Whether a label's time was over when the data ended: without a declared end it is taken from the last row. */
import { durationLe, sourceKey, zeroDuration } from '../../model/factOps.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SourceModel, TaskModel } from '../../model/typed.ts';
import { durationWords } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Rule } from '../rule.ts';
import { isTimed, tasks } from './reads.ts';
import { labelReach } from './splitBounds.ts';

/** The sources whose cells decide the label. */
function sourcesOf(program: Program, { label }: TaskModel): readonly SourceModel[] {
  const found = new Map<string, SourceModel>();
  for (const read of label?.value.facts.lineage ?? []) {
    const model = program.source(read.home, read.source);
    if (model?.relation.known) found.set(sourceKey(read), model);
  }
  return [...found.values()];
}

function problems(program: Program, file: string, task: TaskModel, said: Set<SourceModel>): Problem[] {
  const { label } = task;
  const reach = labelReach(task);
  if (!label || !isTimed(task) || durationLe(reach, zeroDuration)) return [];
  const sources = sourcesOf(program, task);
  // The least of the declared ends holds for all.
  const [first] = sources;
  if (!first || sources.some(({ until }) => until !== null) || said.has(first)) return [];
  said.add(first);
  const { relation } = first;
  const isHere = relation.place.file === file;
  return [
    {
      rule: 'undeclared-data-end',
      place: isHere ? relation.place : label.place,
      message: `The data of \`${relation.name}\` is assumed to end with its last row.`,
      label: isHere ? 'until when is it complete?' : `\`${relation.name}\` has no \`until\``,
      help: `Say until when: \`source ${relation.name} = … until 2024-12-31 { … }\`.`,
      related: [
        isHere
          ? { place: label.place, message: `\`${label.name}\` is decided ${durationWords(reach)} after its cutoff, and only then counts` }
          : { place: relation.place, message: `\`${relation.name}\` does not say until when it is complete` },
      ],
      fixes: [],
    },
  ];
}

export default {
  name: 'undeclared-data-end',
  code: 'CUP3062',
  group: 'leakage',
  severity: 'info',
  type: 'L3.1',
  verdict: 'assumed',
  why: 'If the data stops earlier than it seems, the last labels say that nothing happened where nobody has looked yet.',
  check: (program, file) => {
    const said = new Set<SourceModel>();
    return gather(tasks(program, file), task => problems(program, file, task, said));
  },
} satisfies Rule;
