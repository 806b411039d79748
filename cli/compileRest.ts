/**
 * The last step of a build: runs the programs that are named, for the first time and once more, so that the functions that runs need are
 * compiled, and keeps their code beside the script.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { dispatch } from './dispatch.ts';
import { exit, type Host } from './host.ts';
import { loadRest } from './loadRest.ts';
import { screenOf } from './terminal.ts';

const host: Host = {
  cwd: process.cwd(),
  env: {},
  out: () => {},
  err: text => void process.stderr.write(text),
  stdout: screenOf({}, {}),
  stderr: screenOf({}, {}),
  stdin: async () => '',
  signal: new AbortController().signal,
  willEndItself: () => {},
  now: () => performance.now(),
  date: () => new Date(),
};

const store = mkdtempSync(join(tmpdir(), 'cupel-build-'));
// The engine drops the code of what has not been called for a while. It is told to again before the end: code counts for the flags under which it is kept.
setFlagsFromString('--no-flush-bytecode');
try {
  for (const program of process.argv.slice(2)) {
    for (const time of ['first', 'again']) {
      const ended = await dispatch(['run', program, '--store', join(store, program), '--backend', 'wasm'], host);
      if (ended !== exit.done && ended !== exit.findings) throw new Error(`${program}, ${time}: the run ended with ${ended}.`);
    }
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}
setFlagsFromString('--flush-bytecode');
(await loadRest()).keep();
