/**
 * Loads what checks. In the bundle it is one script, with the code that an engine like this one made of it while the bundle was built:
 * reading that takes a third of the time of reading the script. Another version of the engine ignores it and compiles the script.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

type Checker = typeof import('./checkParts.ts');

const script = fileURLToPath(new URL('./checker.cjs', import.meta.url));
const compiled = `${script}.compiled`;
/** The script begins with a comment that holds a hash of it, and so does what was compiled of it: the engine compares no more than lengths. */
const marked = { from: 2, length: 64 };

const markOf = (code: string): string => code.slice(marked.from, marked.from + marked.length);

/** Says which code checks; null without the bundle, whose code may be another each time. */
export function checkerMark(): string | null {
  if (!existsSync(script)) return null;
  const file = openSync(script, 'r');
  try {
    const head = Buffer.alloc(marked.from + marked.length);
    readSync(file, head);
    return markOf(head.toString('latin1'));
  } finally {
    closeSync(file);
  }
}

/** Of this very script; null where there is none. */
function compiledCode(code: string): Buffer | null {
  const found = existsSync(compiled) ? readFileSync(compiled) : null;
  return found?.toString('latin1', 0, marked.length) === markOf(code) ? found.subarray(marked.length) : null;
}

/**
 * A check is over before code that took long to optimise has paid for itself: functions wait twice as long for it, and less is put into
 * one another. What one file leaves is dropped as a whole with the next, so threads that are started get much room for what is young (MB):
 * it is gone through less often, and less of it is left each time. All hold for the whole process, and compiled code is of use only where the same flags are set.
 */
const engine = ['--interrupt-budget=264000', '--max-inlined-bytecode-size-cumulative=300', '--min-semi-space-size=32', '--max-semi-space-size=32'];

export function setEngine(): void {
  for (const flag of engine) setFlagsFromString(flag);
}

/** The checker, and what keeps the code that has been compiled of it until then; without the bundle there is nothing to keep. After `setEngine`. */
export async function loadChecker(): Promise<{ readonly checker: Checker; readonly keep: () => void }> {
  if (!existsSync(script)) return { checker: await import('./checkParts.ts'), keep: () => {} };
  const code = readFileSync(script, 'utf8');
  const cachedData = compiledCode(code);
  const read = new Script(`(function (module, exports, require) {${code}\n})`, { filename: script, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (read.runInThisContext() as (...given: readonly unknown[]) => void)(module, module.exports, createRequire(script));
  const keep = (): void => writeFileSync(compiled, Buffer.concat([Buffer.from(markOf(code), 'latin1'), read.createCachedData()]));
  return { checker: module.exports as Checker, keep };
}
