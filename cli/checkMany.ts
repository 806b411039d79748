/**
 * Checks programs, many of them on all cores: each thread takes the next part of the files until none is left. Files that rest on what
 * they rested on at the last check are not checked again.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CheckReport } from '../language/report/report.ts';
import { checkerMark, loadChecker } from './checker.ts';
import type { CheckedFile, Project, Task } from './checkParts.ts';
import { type Part, survey } from './checkSurvey.ts';
import { setEngine, setEngineAlone } from './engine.ts';
import { hasNotes, lastCheck, worthKeeping } from './lastCheck.ts';
import { programReader } from './programs.ts';

const workerScript = new URL('./checkWorker.cjs', import.meta.url);
/** Below this, starting workers takes longer than they save. */
const worthwhile = 50;
const most = 8;

export interface Remembering {
  /** The folder of the project's store. */
  readonly store: string;
  /** Whether every file is checked again, whatever is known of it. */
  readonly force: boolean;
}

type Found = Pick<CheckReport, 'diagnostics' | 'waived' | 'verdicts'>;

/** Of the files and of all that their imports lead to, which come behind them: what a program rests on is a part of it. */
export async function checkAll(
  project: Project,
  files: readonly string[],
  withVerdicts: boolean,
  remembering: Remembering,
): Promise<Found & { readonly files: readonly string[] }> {
  const { found, imported } = await checkGiven(project, files, withVerdicts, remembering);
  const all = [...files, ...imported];
  if (imported.length > 0) {
    const { inputs, parts } = survey(all, programReader(project.root));
    const given = new Set(files);
    // Whoever imports them tells what of them is used.
    const rest = parts.map(part => ({
      files: part.files.filter(file => !given.has(file)),
      importers: [...part.importers, ...part.files.filter(file => given.has(file))],
    }));
    found.push(...(await begin([], { project, withVerdicts, inputs, parts: rest.filter(part => part.files.length > 0) })()));
  }
  const sorted = inOrder(found, all);
  return {
    files: all,
    diagnostics: sorted.flatMap(({ diagnostics }) => diagnostics),
    waived: sorted.flatMap(({ waived }) => waived),
    verdicts: sorted.flatMap(({ verdicts }) => verdicts ?? []),
  };
}

interface Given {
  readonly found: CheckedFile[];
  /** What their imports lead to beside them. */
  readonly imported: readonly string[];
}

async function checkGiven(project: Project, files: readonly string[], withVerdicts: boolean, remembering: Remembering): Promise<Given> {
  const mark = files.length < worthKeeping ? null : checkerMark();
  const mayKnow = mark !== null && !remembering.force && hasNotes(remembering.store);
  setEngine();
  // Where all is new, the workers start while the files are read.
  let workers = mayKnow ? [] : started(files.length);
  try {
    const surveyed = survey(files, programReader(project.root));
    const begun = (known: readonly CheckedFile[]): Checking =>
      begin(workers, { project, withVerdicts, inputs: surveyed.inputs, parts: without(surveyed.parts, known) });
    const whole = mayKnow ? null : begun([]);
    const last = mark === null ? null : await lastCheck(remembering.store, mark, project, surveyed);
    const known = mayKnow && last ? files.flatMap(file => last.of(file, withVerdicts) ?? []) : [];
    if (mayKnow) workers = started(files.length - known.length);
    const checking = whole ?? begun(known);
    if (known.length < files.length) last?.prepare();
    const found = [...inOrder([...known, ...(await checking())], files)];
    if (known.length < files.length) await last?.keep(found);
    const listed = new Set(files);
    // Of a file that is as it was, what it may rest on stands for what it was found to reach.
    const reached = found.flatMap(({ file, reach }) => (reach.length > 0 ? reach : (surveyed.restsOn.get(file) ?? [])));
    const imported = [...new Set(reached)].filter(file => !listed.has(file) && surveyed.inputs.get(file)?.kind === 'text').sort();
    return { found, imported };
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}

/** The threads that check so many files beside this one. */
function started(files: number): readonly Worker[] {
  const threads = Math.min(availableParallelism(), most, Math.ceil(files / worthwhile));
  // The worker is a file of the bundle; without the bundle there is one thread.
  return threads > 1 && existsSync(workerScript) ? Array.from({ length: threads - 1 }, () => new Worker(workerScript)) : [];
}

function without(parts: readonly Part[], known: readonly CheckedFile[]): readonly Part[] {
  if (known.length === 0) return parts;
  const names = new Set(known.map(({ file }) => file));
  return parts
    .map(part => ({ ...part, files: part.files.filter(file => !names.has(file)) }))
    .filter(({ files }) => files.length > 0)
    .sort((a, b) => b.files.length - a.files.length);
}

/** This thread takes its share too, until all is found. */
type Checking = () => Promise<readonly CheckedFile[]>;

function begin(workers: readonly Worker[], of: Omit<Task, 'taken'>): Checking {
  if (of.parts.length === 0) return async () => [];
  const task: Task = { ...of, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  const others = Promise.all(workers.map(worker => inWorker(worker, task)));
  // Told where it is awaited.
  others.catch(() => {});
  return async () => [...(await inThisThread(task, workers.length === 0)), ...(await others).flat()];
}

/** Milliseconds that a signal waits for at most, where a file does not take longer. */
const deaf = 50;

async function inThisThread(task: Task, isAlone: boolean): Promise<readonly CheckedFile[]> {
  const { checker } = await loadChecker();
  if (isAlone) setEngineAlone();
  const found: CheckedFile[] = [];
  let since = performance.now();
  for (const file of checker.checkParts(task)) {
    found.push(file);
    if (performance.now() - since < deaf) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
  return found;
}

function inWorker(worker: Worker, task: Task): Promise<readonly CheckedFile[]> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`A check worker ended early with code ${code}`)));
    worker.postMessage(task);
  });
}

function inOrder(found: readonly CheckedFile[], files: readonly string[]): readonly CheckedFile[] {
  const order = new Map(files.map((file, index) => [file, index]));
  return [...found].sort((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0));
}
