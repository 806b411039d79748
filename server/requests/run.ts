/**
 * `cupel/run`: runs a file in a process of its own, sends its events on as `cupel/runEvent`, and keeps the record for lenses and
 * hints. `cupel/cancel` ends it. The process owns the engine; killing it is cancelling.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Connection } from 'vscode-languageserver';
import type { RunEvent } from '../../runner/index.ts';
import type { Workspace } from '../workspace.ts';

export interface RunRequest {
  readonly uri: string;
  /** Declarations to run up to; none: the whole file. */
  readonly names?: readonly string[];
}

export interface RunAnswer {
  readonly exit: number;
  /** What went wrong, in one line; null when the run finished. */
  readonly message: string | null;
}

export function onRun(connection: Connection, workspace: () => Workspace, command: string): void {
  let running: ChildProcess | null = null;

  connection.onRequest('cupel/cancel', () => {
    running?.kill('SIGINT');
    return running !== null;
  });

  connection.onRequest('cupel/run', async ({ uri, names = [] }: RunRequest): Promise<RunAnswer> => {
    if (running) return { exit: 2, message: 'A run is under way. Cancel it, or wait until it ends.' };
    const ws = workspace();
    const file = ws.fileOf(uri);
    const child = spawn(process.execPath, [command, 'run', file, ...names, '--format', 'jsonl'], {
      cwd: ws.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    running = child;
    ws.beginRun();
    let message: string | null = null;
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    const ended = new Promise<number>(resolve => {
      child.once('close', code => resolve(code ?? 130));
      child.once('error', error => {
        errors = error.message;
        resolve(4);
      });
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const event = eventIn(line);
      if (event === null) continue;
      if (event.event === 'run-finished') ws.setRun(event.record);
      if (event.event === 'run-failed') message = failureText(event, file);
      if (event.event === 'finding' && event.finding.waived === undefined) ws.addFinding(event.finding);
      void connection.sendNotification('cupel/runEvent', event);
    }
    const exit = await ended;
    running = null;
    void connection.languages.inlayHint.refresh();
    void connection.sendRequest('workspace/diagnostic/refresh').catch(() => undefined);
    void connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
    return { exit, message: exit === 0 || exit === 1 ? message : (message ?? errors.trim().split('\n').at(-1) ?? 'The run ended without a word.') };
  });
}

/** What stands in another file than the one that was run names it. */
function failureText({ message, place }: Extract<RunEvent, { readonly event: 'run-failed' }>, file: string): string {
  return !place || place.file === file ? message : `${place.file}:${place.range.start.line + 1}: ${message}`;
}

/** Null: no whole event, such as the line that a killed run leaves. */
function eventIn(line: string): RunEvent | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
