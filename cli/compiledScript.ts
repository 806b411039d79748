/**
 * Reads a script of the bundle with the code that an engine like this one made of it while the bundle was built: reading that takes a
 * third of the time of reading the script. Another version of the engine, or one with other flags, ignores it and compiles the script.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import zlib from 'node:zlib';

export interface CompiledScript {
  readonly exports: unknown;
  /** Keeps the code that has been compiled of it until then beside it. */
  readonly keep: () => void;
}

/** A script begins with a comment that holds a hash of it, and so does what was compiled of it: the engine compares no more than lengths. */
const marked = { from: 2, length: 64 };

/** Says which script it is; null where there is none. */
export function markOfScript(path: string): string | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(marked.from + marked.length);
    readSync(file, head);
    return markOf(head.toString('latin1'));
  } finally {
    closeSync(file);
  }
}

/** Null where there is none. */
export function readScript(path: string): CompiledScript | null {
  if (!existsSync(path)) return null;
  // The build leaves ASCII, which is read as it lies there and takes one byte a character.
  const code = readFileSync(path, 'latin1');
  const mark = markOf(code);
  const compiled = `${path}.compiled`;
  const cachedData = compiledCode(compiled, mark);
  // The script is one function: to put it into one here would copy it.
  const script = new Script(code, { filename: path, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (script.runInThisContext() as (...given: readonly unknown[]) => void)(module, module.exports, createRequire(path), pathToFileURL(path).href);
  return {
    exports: module.exports,
    keep: () => writeCompiled(compiled, mark, script.createCachedData()),
  };
}

const markOf = (code: string): string => code.slice(marked.from, marked.from + marked.length);

/** Behind the script's mark stands a checksum: an engine runs whatever it is given, to its end. */
const checksumDigits = 8;
/** Node 20.15 brought it; before, scripts are compiled. */
const crc32: typeof zlib.crc32 | undefined = zlib.crc32;
const checksumOf = (code: Uint8Array): string | null => crc32?.(code).toString(16).padStart(checksumDigits, '0') ?? null;

/** What cannot be read is as if it were not there: the script is compiled instead. */
function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** Of the script with this mark. */
function compiledCode(path: string, mark: string): Buffer | null {
  const found = bytesOf(path);
  if (found?.toString('latin1', 0, marked.length) !== mark) return null;
  const end = marked.length + checksumDigits;
  const code = found.subarray(end);
  return found.toString('latin1', marked.length, end) === checksumOf(code) ? code : null;
}

function writeCompiled(path: string, mark: string, code: Buffer): void {
  writeFileSync(path, Buffer.concat([Buffer.from(`${mark}${checksumOf(code) ?? ''}`, 'latin1'), code]));
}
