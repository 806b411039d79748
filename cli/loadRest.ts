/** Loads what the command does not start with, as one script where it is the bundle's: its parts cost next to nothing once it is read. */
import { fileURLToPath } from 'node:url';
import { readScript } from './compiledScript.ts';

type Rest = typeof import('./rest.ts');

const script = fileURLToPath(new URL('./rest.cjs', import.meta.url));
let loaded: Promise<{ readonly rest: Rest; readonly keep: () => void }> | null = null;

/** Once in a process. `keep` keeps the code that has been compiled of it until then; without the bundle there is nothing to keep. */
export function loadRest(): Promise<{ readonly rest: Rest; readonly keep: () => void }> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<{ readonly rest: Rest; readonly keep: () => void }> {
  const read = readScript(script);
  return read ? { rest: read.exports as Rest, keep: read.keep } : { rest: await import('./rest.ts'), keep: () => {} };
}

/** One part of it. */
export async function rest<K extends keyof Rest>(part: K): Promise<Awaited<ReturnType<Rest[K]>>> {
  const { rest } = await loadRest();
  return (await rest[part]()) as Awaited<ReturnType<Rest[K]>>;
}
