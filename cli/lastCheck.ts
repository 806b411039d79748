/**
 * What the last check of many files found, by file: a file that rests on the same texts as then need not be checked again. A check of a
 * few files takes no longer than starting, so nothing is kept of it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeNotesFolder, notesPath, readNotes, writeNotes } from '../runner/store/notes.ts';
import type { CheckedFile, Project } from './checkParts.ts';
import type { Survey } from './checkSurvey.ts';

export interface LastCheck {
  /** What was found in the file, if what it rests on is what it was, and verdicts with it where they are asked for. */
  of(file: string, withVerdicts: boolean): CheckedFile | null;
  /** Works out what the files rest on and makes room for the notes, which `of` and `keep` do else when they are called: beside threads that check. */
  prepare(): void;
  /** Keeps what was found, beside what is known of files that were not checked now. Where nothing can be written, nothing is kept. */
  keep(checked: readonly CheckedFile[]): Promise<void>;
}

const name = 'check';

/** Whether anything is kept in a store, of whatever check. */
export const hasNotes = (store: string): boolean => existsSync(notesPath(store, name));

/** Fewer files are checked as fast as remembered. */
export const worthKeeping = 100;

interface Noted extends Omit<CheckedFile, 'file' | 'reach'> {
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
  let folder: Promise<void> | null = null;
  const madeFolder = (): Promise<void> => {
    folder ??= makeNotesFolder(store);
    // Told where it is awaited.
    folder.catch(() => {});
    return folder;
  };
  return {
    of(file, withVerdicts) {
      const noted = notes.get(file);
      if (!noted || noted.rests !== restsOf(file) || (withVerdicts && noted.verdicts === null)) return null;
      return { file, reach: [], diagnostics: noted.diagnostics, waived: noted.waived, verdicts: noted.verdicts };
    },
    prepare() {
      void madeFolder();
      for (const file of restsOn.keys()) restsOf(file);
    },
    async keep(checked) {
      const kept = new Map<string, Noted>();
      for (const [file, noted] of notes) if (!restsOn.has(file) && existsSync(resolve(root, file))) kept.set(file, noted);
      const unseen = reachedUnseen(checked, restsOn);
      for (const { file, diagnostics, waived, verdicts } of checked) {
        if (!unseen.has(file)) kept.set(file, { rests: restsOf(file), diagnostics, waived, verdicts });
      }
      await madeFolder()
        .then(() => writeNotes(store, name, under, kept))
        .catch(() => {});
    },
  };
}

/** Files with an import that the survey took for none, and what it leads to: what they rest on is not known, so nothing is kept of them. */
function reachedUnseen(checked: readonly CheckedFile[], restsOn: Survey['restsOn']): ReadonlySet<string> {
  const unseen = new Set<string>();
  for (const { file, reach } of checked) {
    const known = new Set(restsOn.get(file));
    if (reach.every(path => known.has(path))) continue;
    for (const path of [file, ...reach]) unseen.add(path);
  }
  return unseen;
}

const sorted = (values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

function hashing(inputs: Survey['inputs'], restsOn: Survey['restsOn']): (file: string) => string {
  const texts = remembering((path: string) => {
    const input = inputs.get(path);
    return hashOf(input?.kind === 'text' ? input.text : JSON.stringify(input ?? null));
  });
  // An import that finds nothing is told which files it may have meant.
  const isWhole = [...inputs.values()].every(({ kind }) => kind === 'text');
  const all = isWhole
    ? ''
    : hashOf(
        [...inputs]
          .map(([path, { kind }]) => `${path} ${kind}`)
          .sort()
          .join('\n'),
      );
  const ofPaths = remembering((paths: readonly string[]) => {
    const parts = [...paths].sort().map(path => `${path} ${inputs.get(path)?.kind} ${texts(path)}`);
    return hashOf([all, ...parts].join('\n'));
  });
  const none: readonly string[] = [];
  return file => ofPaths(restsOn.get(file) ?? none);
}

function remembering<K>(make: (key: K) => string): (key: K) => string {
  const known = new Map<K, string>();
  return key => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
