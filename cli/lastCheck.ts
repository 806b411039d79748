/**
 * What the last check of many files found, by file: a file that rests on the same texts as then need not be checked again. A check of a
 * few files takes no longer than starting, so nothing is kept of it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { notesPath, readNotes, writeNotes } from '../runner/store/notes.ts';
import type { CheckedFile, Project } from './checkParts.ts';
import type { Survey } from './checkSurvey.ts';

export interface LastCheck {
  /** What was found in the file, if what it rests on is what it was, and verdicts with it where they are asked for. */
  of(file: string, withVerdicts: boolean): CheckedFile | null;
  /** Keeps what was found, beside what is known of files that were not checked now. Where nothing can be written, nothing is kept. */
  keep(checked: readonly CheckedFile[]): Promise<void>;
}

const name = 'check';

/** Whether anything is kept in a store, of whatever check. */
export const hasNotes = (store: string): boolean => existsSync(notesPath(store, name));

/** Fewer files are checked as fast as remembered. */
export const worthKeeping = 100;

interface Noted extends Omit<CheckedFile, 'file'> {
  /** Hash of the texts that it rests on. */
  readonly rests: string;
}

/** `checker` says which code checks. */
export async function lastCheck(
  store: string,
  checker: string,
  { root, parameters, severities }: Project,
  { inputs, restsOn }: Survey,
): Promise<LastCheck> {
  const under = JSON.stringify([checker, sorted(parameters), sorted(severities)]);
  const notes = (await readNotes(store, name, under)) as ReadonlyMap<string, Noted>;
  const restsOf = hashing(inputs, restsOn);
  return {
    of(file, withVerdicts) {
      const noted = notes.get(file);
      if (!noted || noted.rests !== restsOf(file) || (withVerdicts && noted.verdicts === null)) return null;
      return { file, diagnostics: noted.diagnostics, waived: noted.waived, verdicts: noted.verdicts };
    },
    async keep(checked) {
      const kept = new Map<string, Noted>();
      for (const [file, noted] of notes) if (!restsOn.has(file) && existsSync(resolve(root, file))) kept.set(file, noted);
      for (const { file, ...found } of checked) kept.set(file, { rests: restsOf(file), ...found });
      await writeNotes(store, name, under, kept).catch(() => {});
    },
  };
}

const sorted = (values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

function hashing(inputs: Survey['inputs'], restsOn: Survey['restsOn']): (file: string) => string {
  const texts = new Map([...inputs].map(([path, input]) => [path, hashOf(input.kind === 'text' ? input.text : JSON.stringify(input))]));
  // An import that finds nothing is told which files it may have meant.
  const isWhole = [...inputs.values()].every(({ kind }) => kind === 'text');
  const all = isWhole ? '' : hashOf([...inputs.keys()].sort().join('\n'));
  const known = new Map<readonly string[], string>();
  return file => {
    const paths = restsOn.get(file) ?? [file];
    let hash = known.get(paths);
    if (hash === undefined) {
      const parts = [...paths].sort().map(path => `${path} ${inputs.get(path)?.kind} ${texts.get(path)}`);
      known.set(paths, (hash = hashOf([all, ...parts].join('\n'))));
    }
    return hash;
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
