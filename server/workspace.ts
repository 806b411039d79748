/**
 * The server's view of the project: one analysis, fed with open documents and, for what they import, with files from the disk.
 * The folder that was opened is the project's root; files are named relative to it.
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Analysis, createAnalysis, type FileInput, type RunFacts, type ShownRun } from '../language/index.ts';

/** Reads a file of the project from the disk. */
export type ReadFile = (root: string, file: string) => FileInput;

export interface Workspace {
  readonly analysis: Analysis;
  readonly root: string;
  fileOf(uri: string): string;
  uriOf(file: string): string;
  open(uri: string, text: string): void;
  close(uri: string): void;
  /** Fetches what the analysis lacks until it lacks nothing. */
  settle(file: string): void;
  setRun(facts: RunFacts): void;
  shown(file: string): ShownRun | null;
}

export function createWorkspace(root: string, read: ReadFile): Workspace {
  const analysis = createAnalysis();
  const opened = new Map<string, string>();
  /** The last run by the file that was run, with the texts it saw. */
  let run: { facts: RunFacts; texts: ReadonlyMap<string, string> } | null = null;

  const fileOf = (uri: string): string => {
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
    return relative(root, path).split(sep).join('/');
  };
  const uriOf = (file: string): string => pathToFileURL(isAbsolute(file) ? file : resolve(root, file)).toString();

  return {
    analysis,
    root,
    fileOf,
    uriOf,
    open(uri, text) {
      const file = fileOf(uri);
      opened.set(file, text);
      analysis.setFile(file, { kind: 'text', text });
    },
    close(uri) {
      const file = fileOf(uri);
      opened.delete(file);
      analysis.setFile(file, read(root, file));
    },
    settle(file) {
      analysis.diagnostics(file);
      for (let needs = analysis.needs(); needs.length > 0; needs = analysis.needs()) {
        for (const { path } of needs) {
          const text = opened.get(path);
          analysis.setFile(path, text === undefined ? read(root, path) : { kind: 'text', text });
        }
        analysis.diagnostics(file);
      }
    },
    setRun(facts) {
      run = { facts, texts: new Map(facts.program.map(({ path }) => [path, analysis.tree(path)?.text ?? ''])) };
    },
    shown(file) {
      if (!run?.texts.has(file)) return null;
      const isStale = [...run.texts].some(([path, text]) => (analysis.tree(path)?.text ?? text) !== text);
      return { facts: run.facts, isStale };
    },
  };
}
