/** Loads what checks: of the bundle it is a script of its own, for it is read in every check and by every thread of a large one. */
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { markOfScript, readScript } from './compiledScript.ts';

type Checker = typeof import('./checkParts.ts');

const script = fileURLToPath(new URL('./checker.cjs', import.meta.url));

/** Says which code checks; null without the bundle, whose code may be another each time. */
export const checkerMark = (): string | null => markOfScript(script);

/**
 * A check is over before code that took long to optimise has paid for itself: functions wait twice as long for it, and less is put into
 * one another, of `map`, `filter` and their like nothing, which also spares code that is thrown away again when another list comes along.
 * What one file leaves is dropped as a whole with the next, so threads that are started get much room for what is young (MB): it is gone
 * through less often, and less of it is left each time. What little is left is copied by the thread itself, for waking others takes longer,
 * and nothing is put among the old from the start: what is dead there would keep alive all that it leads to. All hold for the whole
 * process, and compiled code is of use only where the same flags are set.
 */
const engine = [
  '--interrupt-budget=264000',
  '--max-inlined-bytecode-size-cumulative=300',
  '--no-turbo-inline-array-builtins',
  '--no-allocation-site-pretenuring',
  '--no-parallel-scavenge',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
];

export function setEngine(): void {
  for (const flag of engine) setFlagsFromString(flag);
}

/** The checker, and what keeps the code that has been compiled of it until then; without the bundle there is nothing to keep. After `setEngine`. */
export async function loadChecker(): Promise<{ readonly checker: Checker; readonly keep: () => void }> {
  const read = readScript(script);
  return read ? { checker: read.exports as Checker, keep: read.keep } : { checker: await import('./checkParts.ts'), keep: () => {} };
}
