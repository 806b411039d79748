/** What the rules about tables share: a fault in a table is reported once, where it is read first; all further reads are folded in. */
import type { Block, BlockRule } from '../../model/facts.ts';
import type { Problem } from '../../model/problem.ts';
import type { Program } from '../../model/program.ts';
import type { TaskModel } from '../../model/typed.ts';
import { gather } from '../../text/gather.ts';
import { blocked, type Fault, faultOf, observed, splitGroups, tasks, traceTo } from './reads.ts';

interface Read extends Fault {
  /** `` `n` ``, ``the label `gone` ``, ``the observations of `churn` ``. */
  readonly what: string;
  readonly task: TaskModel;
}

/** Of groups by which rows are divided, `split-from-outcome` reports what rests on all rows. */
const ofGroups: ReadonlySet<BlockRule> = new Set<BlockRule>(['rows-known-late', 'time-shifted', 'join-fanout']);

/** Every read in `file` that carries the leak: by observations first, then labels, splits and features. */
function reads(program: Program, file: string, rule: BlockRule): Read[] {
  const leaks = (fault: Fault | null, task: TaskModel, what: string): Read[] => (fault?.block.verdict === 'leaks' ? [{ ...fault, what, task }] : []);
  return [
    ...gather(tasks(program, file), task => [
      ...leaks(observed(program, task, rule), task, `the choice of observations of \`${task.name}\``),
      ...(task.label ? leaks(faultOf(task.label.value, rule), task, `the label \`${task.label.name}\``) : []),
    ]),
    ...(ofGroups.has(rule) ? splitGroups(program, file) : []).flatMap(({ name, group, task }) =>
      leaks(faultOf(group, rule), task, `the split \`${name}\``),
    ),
    ...blocked(program, file, rule).flatMap(({ task, feature }) => leaks(faultOf(feature.value, rule), task, `\`${feature.name}\``)),
  ];
}

export interface Words {
  readonly label: string | ((task: TaskModel) => string);
  readonly help: string | ((block: Block, task: TaskModel) => string);
  /** What is wrong, of the first read. */
  readonly message: (what: string, subject: string) => string;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One problem for each cause: the place in a table where the leak came in. */
export function blockedReads(program: Program, file: string, rule: BlockRule, words: Words): Problem[] {
  const byCause = new Map<string, Read[]>();
  for (const read of reads(program, file, rule)) {
    const { file: at, decl, span } = read.block.reason.place;
    const cause = `${at} ${decl} ${span.start} ${span.end}`;
    byCause.set(cause, [...(byCause.get(cause) ?? []), read]);
  }
  return [...byCause.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    return [
      {
        rule,
        place: first.place,
        message: capital(words.message(first.what, first.block.subject)),
        label: typeof words.label === 'string' ? words.label : words.label(first.task),
        help: typeof words.help === 'string' ? words.help : words.help(first.block, first.task),
        related: [
          ...traceTo(first.block.reason, first.place),
          ...others.map(({ place, what }) => ({ place, message: `${what} has it from there too` })),
        ],
        fixes: [],
      },
    ];
  });
}
