/**
 * A program that is asked by many rules for the same few names: while one file is diagnosed nothing changes, so each question is put once,
 * and what was asked is noted as read just the same.
 */
import type { Program } from '../model/program.ts';

type Answers<V> = (file: string, name: string, of?: string) => V;

function byName<V>(ask: Answers<V>, home: string): Answers<V> {
  const answers = new Map<string, V>();
  return (file, name, of) => {
    if (file !== home) return ask(file, name, of);
    const key = of === undefined || of === home ? name : `${name}\0${of}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(file, name, of);
    answers.set(key, answer);
    return answer;
  };
}

function once<V>(ask: (file: string) => V, home: string): (file: string) => V {
  let known: V | undefined;
  return file => (file === home ? (known ??= ask(file)) : ask(file));
}

/** The program with what `home` asks remembered; for the time of one diagnosis. */
export const remembered = (program: Program, home: string): Program => ({
  declarations: once(program.declarations, home),
  source: byName(program.source, home),
  relation: byName(program.relation, home),
  table: byName(program.table, home),
  task: byName(program.task, home),
  tasks: once(program.tasks, home),
  splits: byName(program.splits, home),
  split: byName(program.split, home),
  features: byName(program.features, home),
  reads: once(program.reads, home),
  model: byName(program.model, home),
  evaluations: once(program.evaluations, home),
  checks: byName((file, table) => program.checks(file, table), home),
  problems: program.problems,
});
