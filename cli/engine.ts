/** How the engine is set for checks. Threads find it set, and need not load what sets it. */
import { setFlagsFromString } from 'node:v8';

/**
 * A check is over before code that took long to optimise has paid for itself: functions wait four times as long for it, less is put into
 * one another, of `map`, `filter` and their like nothing, which also spares code that is thrown away again when another list comes along,
 * and loops are left as they are. Threads that are started optimise by themselves: there is one for each core, and who did it for them
 * would take turns with them.
 *
 * What one file leaves is dropped as a whole with the next, so threads that are started get much room for what is young (MB), and the first
 * one comes to as much in one step: it is gone through less often, and less of it is left each time. What little is left is copied by the
 * thread itself, for waking others takes longer, and nothing is put among the old from the start: what is dead there would keep alive all
 * that it leads to. The old are gone through when there are many, not when a thread ends. All hold for the whole process, and compiled code
 * is of use only where the same flags are set.
 */
const engine = [
  '--interrupt-budget=264000',
  '--max-inlined-bytecode-size-cumulative=100',
  '--no-turbo-inline-array-builtins',
  '--no-allocation-site-pretenuring',
  '--no-parallel-scavenge',
  '--initial-old-space-size=64',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--semi-space-growth-factor=16',
  '--no-concurrent-recompilation',
  '--no-turbo-loop-peeling',
];

export function setEngine(): void {
  for (const flag of engine) setFlagsFromString(flag);
}

/**
 * For a thread that checks alone, once it has the checker: other cores are free to help it, and it may come to what takes long and leaves
 * much. Nothing is asked of compiled code any more, which was accepted under the flags above.
 */
const alone = ['--max-inlined-bytecode-size-cumulative=300', '--turbo-loop-peeling', '--parallel-scavenge', '--allocation-site-pretenuring'];

export function setEngineAlone(): void {
  for (const flag of alone) setFlagsFromString(flag);
}
