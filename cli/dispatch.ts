/** From words to a command to an exit code. Every way a command can end is decided here. */
import { printable } from '../language/report/width.ts';
import { parseArguments } from './arguments.ts';
import { commands, sharedOptions } from './commands.ts';
import { helpOf, overview } from './help.ts';
import { exit, type Host, isCallError, isResourceError } from './host.ts';
import { styleOf } from './terminal.ts';
import { version } from './version.ts';

export async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const parsed = parseArguments(argv, commands, sharedOptions);
  const command = parsed.kind === 'call' ? commands.find(c => c.name === parsed.call.command) : null;
  switch (parsed.kind) {
    case 'version':
      host.out(`cupel ${version}\n`);
      return exit.done;
    case 'help': {
      const asked = commands.find(c => c.name === parsed.command);
      host.out(asked ? helpOf(asked) : overview(version));
      return exit.done;
    }
    case 'wrong':
      say(host, parsed.message, parsed.help);
      return exit.call;
    case 'call':
      if (!command) throw new Error(`No command ${parsed.call.command}`);
      try {
        const { command: run } = await command.load();
        return await run(parsed.call, host);
      } catch (error) {
        return ended(error, host);
      }
  }
}

function ended(error: unknown, host: Host): number {
  if (host.signal.aborted) return exit.cancelled;
  if (isCallError(error)) {
    say(host, error.message, error.help);
    return exit.call;
  }
  if (isResourceError(error)) {
    say(host, error.message, error.help);
    return exit.resources;
  }
  if (error instanceof Error && 'code' in error && machineLimits.has(error.code)) {
    say(
      host,
      `The machine does not allow it: ${error.message}`,
      'Close other programs, or raise the limits of this shell (`ulimit -a`), and run again.',
    );
    return exit.resources;
  }
  return reportBug(error, host);
}

/** Codes of errors that say something about the machine, wherever they come up. */
const machineLimits: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EIO']);

function say(host: Host, message: string, help: string): void {
  const style = styleOf(host.stderr);
  host.err(`${style.error('error')}${style.strong(`: ${printable(message)}`)}\n   ${style.dim('fix')}   ${printable(help)}\n`);
}

/** Never for bad input: something in Cupel is wrong, and this is what it takes to mend it. */
export function reportBug(error: unknown, host: Host): number {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  host.err(
    [
      'This is a bug in Cupel, not in your program or your data.',
      'What was finished before is kept in the store: cached steps, readings in the ledger, rows taken out. A run that did not end is not.',
      'Please report it with the lines below, the program if you can share it, and what `cupel doctor` prints.',
      '',
      `cupel ${version} · node ${process.version} · ${process.platform} ${process.arch}`,
      printable(trace),
      '',
    ].join('\n'),
  );
  return exit.bug;
}
