/** One file under the names of two sources: what is declared and followed of the one says nothing of the other, though their cells are the same. */
import type { Lineage, Reason } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SourceModel, TaskModel } from '../../model/typed.ts';
import { mayBeOneFile, type WrittenPath } from '../../text/patternPaths.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { features, tasks } from './reads.ts';

interface Read {
  readonly source: SourceModel;
  readonly place: Place;
  /** `` `recent` ``, ``the label `gone` ``. */
  readonly what: string;
}

const pathOf = ({ relation, path }: SourceModel): WrittenPath => ({ from: relation.place.file, path });

/** Where the chain of causes begins. */
function originOf(reason: Reason): Reason {
  let last = reason;
  while (last.because) last = last.because;
  return last;
}

/** The sources of what is read, each once. */
function sourcesIn(program: Program, lineage: readonly Lineage[], place: Place, what: string): Read[] {
  const found = new Map<string, Read>();
  for (const { source, reason } of lineage) {
    const home = originOf(reason).place.file;
    const model = found.has(`${home} ${source}`) ? null : program.source(home, source);
    if (model) found.set(`${home} ${source}`, { source: model, place, what });
  }
  return [...found.values()];
}

/** What the task's observations and their label read, wherever the task is written. */
function ofTask(program: Program, task: TaskModel): Read[] {
  const { label, where, cutoffs } = task;
  const relation = program.relation(task.place.file, task.relation);
  return [
    ...(label ? sourcesIn(program, label.value.facts.lineage, label.place, `the label \`${label.name}\``) : []),
    ...(where ? sourcesIn(program, where.facts.lineage, where.place, `the condition of \`${task.name}\``) : []),
    ...(cutoffs.kind === 'column' ? sourcesIn(program, cutoffs.value.facts.lineage, cutoffs.place, `the cutoff of \`${task.name}\``) : []),
    ...(relation ? sourcesIn(program, relation.exists.lineage, task.relationPlace, `the rows of \`${task.relation}\``) : []),
  ];
}

/** The reads of one task in this file: of the label, the choice of observations and each feature. */
function readsByTask(program: Program, file: string): readonly (readonly Read[])[] {
  const byTask = new Map<TaskModel, Read[]>();
  for (const task of tasks(program, file)) byTask.set(task, ofTask(program, task));
  for (const { feature, task } of features(program, file)) {
    const known = byTask.get(task) ?? ofTask(program, task);
    known.push(...sourcesIn(program, feature.value.facts.lineage, feature.value.place, `\`${feature.name}\``));
    byTask.set(task, known);
  }
  return [...byTask.values()];
}

const keyOf = ({ relation }: SourceModel): string => `${relation.place.file} ${relation.name}`;

function problems(program: Program, file: string): Problem[] {
  const written = program.declarations(file).flatMap(({ model }) => (model.kind === 'source' ? [keyOf(model)] : []));
  const placeOf = (source: SourceModel): number => written.indexOf(keyOf(source));
  const pairs = new Map<string, { readonly first: SourceModel; readonly second: SourceModel; readonly reads: Read[] }>();
  for (const reads of readsByTask(program, file)) {
    const sources = [...new Map(reads.map(({ source }) => [keyOf(source), source])).values()];
    for (const [i, a] of sources.entries()) {
      for (const b of sources.slice(i + 1)) {
        if (a.path === '' || b.path === '' || !mayBeOneFile(pathOf(a), pathOf(b))) continue;
        const [first, second] = placeOf(a) > placeOf(b) ? [b, a] : [a, b];
        const key = [keyOf(a), keyOf(b)].sort().join('\0');
        const pair = pairs.get(key) ?? { first, second, reads: [] };
        pairs.set(key, pair);
        pair.reads.push(...reads.filter(({ source }) => [keyOf(a), keyOf(b)].includes(keyOf(source))));
      }
    }
  }
  return [...pairs.values()].flatMap(({ first, second, reads }) => {
    const place = second.relation.place.file === file ? second.relation.place : reads[0]?.place;
    if (!place) return [];
    const [name, other] = [second.relation.name, first.relation.name];
    return [
      {
        rule: 'same-data-twice',
        place,
        message: `\`${name}\` reads \`${second.path}\`, which \`${other}\` reads too: the same cells are assumed to be different ones.`,
        label: 'the same data under another name',
        help: `Declare the file once; \`table ${writtenName(name)} = ${writtenName(other)}\` gives its rows another name.`,
        related: [
          { place: first.pathPlace, message: `\`${other}\` reads \`${first.path}\`` },
          ...reads.map(read => ({ place: read.place, message: `${read.what} reads \`${read.source.relation.name}\`` })),
        ],
        fixes: [],
      },
    ];
  });
}

export default {
  name: 'same-data-twice',
  code: 'CUP3073',
  group: 'leakage',
  severity: 'warning',
  type: 'L2',
  verdict: 'assumed',
  why: 'The answer may stand in the features under the name of the other source, and copies of test rows among the training rows.',
  check: problems,
} satisfies Rule;
