/** Loads what checks: of the bundle it is a script of its own, for it is read in every check and by every thread of a large one. */
import { fileURLToPath } from 'node:url';
import { markOfScript, readScript } from './compiledScript.ts';

type Checker = typeof import('./checkParts.ts');

const script = fileURLToPath(new URL('./checker.cjs', import.meta.url));

/** Says which code checks; null without the bundle, whose code may be another each time. */
export const checkerMark = (): string | null => markOfScript(script);

/** The checker, and what keeps the code that has been compiled of it until then; without the bundle there is nothing to keep. After `setEngine` (`engine.ts`). */
export async function loadChecker(): Promise<{ readonly checker: Checker; readonly keep: () => void }> {
  const read = readScript(script);
  return read ? { checker: read.exports as Checker, keep: read.keep } : { checker: await import('./checkParts.ts'), keep: () => {} };
}
