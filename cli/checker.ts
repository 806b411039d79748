/**
 * Loads what checks. In the bundle it is one script, with the code that an engine like this one made of it while the bundle was built:
 * reading that takes a third of the time of reading the script. Another version of the engine ignores it and compiles the script.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

type Checker = typeof import('./checkGroups.ts');

const script = fileURLToPath(new URL('./checker.cjs', import.meta.url));
export const compiledCode = `${script}.compiled`;

/**
 * A check is over before code that took long to optimise has paid for itself: functions wait twice as long for it, and less is put into
 * one another. Both hold for the whole process, and compiled code is of use only where the same flags are set.
 */
const engine = ['--interrupt-budget=264000', '--max-inlined-bytecode-size-cumulative=300'];

export function setEngine(): void {
  for (const flag of engine) setFlagsFromString(flag);
}

/** The checker, and the script that it was read from; without the bundle there is none. After `setEngine`. */
export async function loadChecker(): Promise<{ readonly checker: Checker; readonly script: Script | null }> {
  if (!existsSync(script)) return { checker: await import('./checkGroups.ts'), script: null };
  const code = readFileSync(script, 'utf8');
  const cachedData = existsSync(compiledCode) ? { cachedData: readFileSync(compiledCode) } : {};
  const read = new Script(`(function (module, exports, require) {${code}\n})`, { filename: script, ...cachedData });
  const module = { exports: {} };
  (read.runInThisContext() as (...given: readonly unknown[]) => void)(module, module.exports, createRequire(script));
  return { checker: module.exports as Checker, script: read };
}
