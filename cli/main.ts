/** The process: real streams, signals and the exit code. Everything else is in `dispatch.ts`, which tests can call. */
import { dispatch, reportBug } from './dispatch.ts';
import { exit, type Host } from './host.ts';
import { screenOf } from './terminal.ts';

const controller = new AbortController();
let endsItself = false;

const host: Host = {
  cwd: startedIn(),
  env: process.env,
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  stdout: screenOf(process.stdout, process.env),
  stderr: screenOf(process.stderr, process.env),
  stdin: async () => {
    process.stdin.setEncoding('utf8');
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    return text;
  },
  signal: controller.signal,
  willEndItself: () => {
    endsItself = true;
  },
  now: () => performance.now(),
  date: () => new Date(),
};

let ended: NodeJS.Signals | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!endsItself) process.exit(exit.cancelled);
    if (controller.signal.aborted) endBy(signal);
    ended = signal;
    controller.abort();
  });
}

/** Exiting would wait for what the engine is in the middle of; the signal itself does not. A shell says 130 of an interrupt either way. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

// A reader that has seen enough (`cupel check | head`) closes the pipe: that is no error.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(process.exitCode ?? exit.done);
  process.stderr.write(`error: The result cannot be written: ${error.message}\n   fix   Free some space, or write it elsewhere.\n`);
  process.exit(exit.resources);
});
process.on('uncaughtException', error => process.exit(reportBug(error, host)));
process.on('unhandledRejection', error => process.exit(reportBug(error, host)));

/** The shell may stand in a folder that is gone. */
function startedIn(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write(
      'error: The folder that Cupel was started in is not there any more\n   fix   Go to a folder that exists, and call it there.\n',
    );
    process.exit(exit.resources);
  }
}

process.exitCode = await dispatch(process.argv.slice(2), host);
// With nothing left to do the process ends before this.
if (ended !== null) setTimeout(endBy, 10, ended).unref();
