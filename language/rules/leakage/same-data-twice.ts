/** One file under the names of two sources: what is declared and followed of the one says nothing of the other, though their cells are the same. */
import type { Lineage } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { SourceModel, TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import { mayBeOneFile, type WrittenPath } from '../../text/patternPaths.ts';
import type { Place } from '../../text/place.ts';
import { writtenName } from '../../text/writtenName.ts';
import type { Rule } from '../rule.ts';
import { features, tasks } from './reads.ts';

interface Read {
  readonly lineage: readonly Lineage[];
  readonly place: Place;
  /** `` `recent` ``, ``the label `gone` ``. */
  readonly what: string;
}

/** A source, with the names that read it. */
type SourcesRead = Map<SourceModel, Read[]>;

const pathOf = ({ relation, path }: SourceModel): WrittenPath => ({ from: relation.place.file, path });

/** The sources of what is read, each with its reads in their order. */
function sourcesOf(program: Program, reads: readonly Read[]): SourcesRead {
  const found: SourcesRead = new Map();
  for (const read of reads) {
    for (const { source, home } of read.lineage) {
      const model = program.source(home, source);
      const known = model && found.get(model);
      if (known?.at(-1) === read) continue;
      if (known) known.push(read);
      else if (model) found.set(model, [read]);
    }
  }
  return found;
}

/** What the task's observations and their label read, wherever the task is written. */
function ofTask(program: Program, task: TaskModel): Read[] {
  const { label, where, cutoffs } = task;
  const relation = program.relation(task.place.file, task.relation);
  const found: Read[] = [];
  if (label) found.push({ lineage: label.value.facts.lineage, place: label.place, what: `the label \`${label.name}\`` });
  if (where) found.push({ lineage: where.facts.lineage, place: where.place, what: `the condition of \`${task.name}\`` });
  if (cutoffs.kind === 'column') found.push({ lineage: cutoffs.value.facts.lineage, place: cutoffs.place, what: `the cutoff of \`${task.name}\`` });
  if (relation) found.push({ lineage: relation.exists.lineage, place: task.relationPlace, what: `the rows of \`${task.relation}\`` });
  return found;
}

/** The reads of one task in this file: of the label, the choice of observations and each feature. */
function readsByTask(program: Program, file: string): readonly (readonly Read[])[] {
  const byTask = new Map<TaskModel, Read[]>();
  for (const task of tasks(program, file)) byTask.set(task, ofTask(program, task));
  for (const { feature, task } of features(program, file)) {
    const known = byTask.get(task) ?? ofTask(program, task);
    known.push({ lineage: feature.value.facts.lineage, place: feature.value.place, what: `\`${feature.name}\`` });
    byTask.set(task, known);
  }
  return [...byTask.values()];
}

interface Pair {
  readonly first: SourceModel;
  readonly second: SourceModel;
  /** What of one task reads the one or the other, in its order. */
  readonly reads: { readonly source: SourceModel; readonly read: Read }[];
}

function problems(program: Program, file: string): Problem[] {
  const written = gather(program.declarations(file), ({ model }) => (model.kind === 'source' ? [model] : []));
  const pairs = new Map<SourceModel, Map<SourceModel, Pair>>();
  for (const reads of readsByTask(program, file)) {
    const sources = sourcesOf(program, reads);
    const all = [...sources.keys()].filter(({ path }) => path !== '');
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) {
        if (!mayBeOneFile(pathOf(a), pathOf(b))) continue;
        const isLater = written.indexOf(a) > written.indexOf(b) || (pairs.get(b)?.has(a) ?? false);
        const [first, second] = isLater ? [b, a] : [a, b];
        const ofFirst = pairs.get(first) ?? new Map<SourceModel, Pair>();
        const pair = ofFirst.get(second) ?? { first, second, reads: [] };
        pairs.set(first, ofFirst.set(second, pair));
        for (const read of reads) for (const source of [a, b]) if (sources.get(source)?.includes(read)) pair.reads.push({ source, read });
      }
    }
  }
  const found = [...pairs.values()].flatMap(of => [...of.values()]);
  return found.flatMap(({ first, second, reads }) => {
    const place = second.relation.place.file === file ? second.relation.place : reads[0]?.read.place;
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
          ...reads.map(({ source, read }) => ({ place: read.place, message: `${read.what} reads \`${source.relation.name}\`` })),
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
