/**
 * The server's view of the project: one analysis, fed with open documents and, for what they import, with files from the disk.
 * The folder that was opened is the project's root; files are named relative to it.
 */
import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Analysis, createAnalysis, type FileInput, type RunFacts, type ShownRun } from '../language/index.ts';
import type { FindingRecord } from '../runner/index.ts';

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
  /** What a run finds from now on is about the texts as they are now. */
  beginRun(): void;
  addFinding(finding: FindingRecord): void;
  /** Of the last run, as long as the file's text is what it was then. */
  findings(file: string): readonly FindingRecord[];
  shown(file: string): ShownRun | null;
}

export function createWorkspace(root: string, read: ReadFile): Workspace {
  const analysis = createAnalysis();
  const opened = new Map<string, string>();
  let run: RunFacts | null = null;
  let found: FindingRecord[] = [];
  let textsThen: ReadonlyMap<string, string> = new Map();

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
      run = facts;
    },
    beginRun() {
      found = [];
      textsThen = new Map(opened);
    },
    addFinding(finding) {
      found.push(finding);
    },
    findings: file => (opened.get(file) === textsThen.get(file) ? found.filter(f => f.file === file) : []),
    shown(file) {
      if (!run?.program.some(({ path }) => path === file)) return null;
      // Against what the run read from the disk, not what the editor held when it ended.
      const isStale = run.program.some(({ path, sha256 }) => {
        const text = analysis.tree(path)?.text;
        return text !== undefined && createHash('sha256').update(text).digest('hex') !== sha256;
      });
      return { facts: run, isStale };
    },
  };
}
