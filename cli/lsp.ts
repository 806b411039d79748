/** `cupel lsp`: the language server, for any editor that speaks the protocol. */
import { fileURLToPath } from 'node:url';
import { serveStdio } from '../server/index.ts';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { readProgram } from './programs.ts';
import { projectOf, severitiesIn } from './settings.ts';
import { version } from './version.ts';

export async function command(_call: Call, _host: Host): Promise<number> {
  await serveStdio({
    version,
    command: process.argv[1] ?? fileURLToPath(new URL('./cli.mjs', import.meta.url)),
    read: readProgram,
    projectOf: folder => projectOf(folder, folder),
    severitiesOf: severitiesIn,
  });
  return exit.done;
}
