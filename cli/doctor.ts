/** `cupel doctor`: what Cupel stands on here, and why something is not used. */
import { availableParallelism, totalmem } from 'node:os';
import type { Call } from './arguments.ts';
import { exit, type Host } from './host.ts';
import { settingsOf } from './settings.ts';
import { tool } from './version.ts';

export async function command(call: Call, host: Host): Promise<number> {
  const settings = settingsOf(call, host, []);
  host.out(`${tool} ${availableParallelism()} ${totalmem()} ${settings.root}\n`);
  return exit.done;
}
