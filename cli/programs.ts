/** Finds and reads programs: files as named, folders searched for `.cupel` with `.gitignore` respected, within bounds. */
import { isAscii } from 'node:buffer';
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { FileInput } from '../language/analysis.ts';
import { CallError } from './host.ts';

/** What no project comes near; a search that passes them was started in the wrong place. */
const bounds = { depth: 40, entries: 500_000 };
const skipped = new Set(['node_modules', '.git', '.cupel', '.hg', '.svn']);
/** A program of this size has some hundred thousand lines. */
const maxBytes = 4 * 1024 * 1024;

/** Absolute paths, sorted, each once. A path that is not there is a wrong call. */
export function findPrograms(cwd: string, paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const absolute = resolve(cwd, path);
    const stat = statOf(absolute, path);
    if (stat === undefined)
      throw new CallError(`There is no file or folder ${path}`, 'Look at the spelling; relative paths start at the current folder.');
    if (stat.isDirectory()) for (const file of searchFolder(absolute)) found.add(file);
    else found.add(absolute);
  }
  if (found.size === 0) {
    throw new CallError(
      `There is no program (*.cupel) in ${paths.length === 0 ? cwd : paths.join(', ')}`,
      'Name a file or another folder, or start one with `cupel new`.',
    );
  }
  return [...found].sort();
}

/** A program named for one command, such as `run`: it must be a file. */
export function programFile(cwd: string, path: string): string {
  const absolute = resolve(cwd, path);
  const stat = statOf(absolute, path);
  if (stat?.isDirectory()) {
    const inside = searchFolder(absolute);
    const [only] = inside;
    if (only !== undefined && inside.length === 1) return only;
    throw new CallError(
      `${path} is a folder`,
      inside.length === 0 ? 'Name a program in it.' : `Name one of its programs: ${relative(cwd, inside[0] ?? '')}`,
    );
  }
  if (stat === undefined) {
    const meant = existsSync(`${absolute}.cupel`)
      ? `Did you mean ${path}.cupel?`
      : 'Look at the spelling; relative paths start at the current folder.';
    throw new CallError(`There is no program ${path}`, meant);
  }
  return absolute;
}

/** Undefined where nothing is; what cannot even be looked at is a wrong call. */
function statOf(absolute: string, path: string): Stats | undefined {
  try {
    return statSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    const found = whyUnread(error);
    throw new CallError(`${path} cannot be read${'why' in found ? `: ${found.why}` : ''}`, 'Name another file or folder.');
  }
}

/** A file as the analysis takes it. `path` is relative to the project, with `/`. */
export const readProgram = (root: string, path: string): FileInput => programReader(root)(path);

/** Reads many files of one project, at one time: where the project lies is found out once. */
export function programReader(root: string): (path: string) => FileInput {
  let real: string | null = null;
  return path => readFrom(root, path, () => (real ??= realpathSync.native(root)));
}

function readFrom(root: string, path: string, realRoot: () => string): FileInput {
  const absolute = resolve(root, path);
  if (isOutside(root, absolute)) return { kind: 'outside' };
  try {
    if (isOutside(realRoot(), realpathSync.native(absolute))) return { kind: 'outside' };
    const stat = statSync(absolute);
    if (stat.isDirectory()) return { kind: 'unreadable', why: 'it is a folder' };
    if (!stat.isFile()) return { kind: 'unreadable', why: 'it is not a file' };
    return decode(stat.size > maxBytes ? 'too large' : readFileSync(absolute));
  } catch (error) {
    return whyUnread(error);
  }
}

/** UTF-8 with or without a byte order mark; anything else is named for what it is. */
export function decode(bytes: Uint8Array | 'too large'): FileInput {
  if (bytes === 'too large') return { kind: 'not text', why: `it is larger than ${maxBytes / 1024 / 1024} MB` };
  // Nearly every program: ASCII without zeros is text in any case, and a letter a byte.
  if (isAscii(bytes) && !bytes.includes(0)) return { kind: 'text', text: asciiText(bytes) };
  if (isUtf16(bytes)) return { kind: 'not text', why: 'it is written in UTF-16; save it as UTF-8' };
  const text = utf8(bytes);
  if (bytes.includes(0) && (text === null || !isMostlyText(bytes))) return { kind: 'not text', why: 'it holds binary data' };
  return text === null
    ? { kind: 'not text', why: `line ${lineBeyondUtf8(bytes)} is not written in UTF-8; save the file as UTF-8` }
    : { kind: 'text', text };
}

const asciiText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** A few characters without a meaning are told at their places, as every other mistake is. */
const isMostlyText = (bytes: Uint8Array): boolean => bytes.filter(b => b < 32 && b !== 9 && b !== 10 && b !== 13).length * 20 <= bytes.length;

/** A byte order mark, or plain letters, which have a zero in every second byte. */
function isUtf16(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  const head = bytes.subarray(0, 4096);
  if (!head.includes(0)) return false;
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  return bytes.length % 2 === 0 && Math.min(...zeros) === 0 && Math.max(...zeros) > head.length / 4;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** No character of UTF-8 but the line end holds its byte, so lines can be judged one by one. */
function lineBeyondUtf8(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(10, start);
    if (end < 0 || utf8(bytes.subarray(start, end)) === null) return line;
    start = end + 1;
  }
}

export function relativePath(root: string, absolute: string): string {
  if (liesUnder(root, absolute))
    return absolute
      .slice(root.length + 1)
      .split(sep)
      .join('/');
  return relative(root, absolute).split(sep).join('/');
}

/** Whether one resolved path says so of another by itself, as it does of nearly every file. */
const liesUnder = (root: string, absolute: string): boolean =>
  absolute.length > root.length + 1 && absolute[root.length] === sep && absolute.startsWith(root);

function isOutside(root: string, absolute: string): boolean {
  if (liesUnder(root, absolute)) return false;
  const inside = relative(root, absolute);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
}

/** Why a file could not be read; an error that is not the file system's is thrown on. */
export function whyUnread(error: unknown): FileInput {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'unreadable', why: 'this user may not read it' };
  if (code === 'ELOOP') return { kind: 'unreadable', why: 'its links go round in a circle' };
  if (code === 'EISDIR') return { kind: 'unreadable', why: 'it is a folder' };
  if (code === 'ENAMETOOLONG') return { kind: 'unreadable', why: 'its path is too long' };
  if (code === 'ERR_INVALID_ARG_VALUE') return { kind: 'unreadable', why: 'no file can have this name' };
  if (code !== null) return { kind: 'unreadable', why: `the system says ${code}` };
  throw error;
}

interface Rules {
  readonly folder: string;
  readonly rules: Ignore;
}

function searchFolder(start: string): string[] {
  const found: string[] = [];
  let entries = 0;
  const visit = (folder: string, inherited: readonly Rules[], depth: number) => {
    const rules = withRulesOf(folder, inherited);
    for (const entry of list(folder)) {
      if (++entries > bounds.entries) {
        throw new CallError(
          `${start} holds more than ${bounds.entries} files`,
          'Name the folder of the project, or leave folders out in .gitignore.',
        );
      }
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name) && depth < bounds.depth && !isIgnored(path, true, rules)) visit(path, rules, depth + 1);
      } else if (entry.name.endsWith('.cupel') && (entry.isFile() || entry.isSymbolicLink()) && !isIgnored(path, false, rules)) {
        found.push(path);
      }
    }
  };
  visit(start, rulesAbove(start), 0);
  return found;
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'ENOENT' || error.code === 'EPERM')) return [];
    throw error;
  }
}

/** The `.gitignore` files between the repository's root and a folder; none outside a repository. */
function rulesAbove(folder: string): Rules[] {
  const folders: string[] = [];
  let at = folder;
  while (!existsSync(join(at, '.git'))) {
    const parent = dirname(at);
    if (parent === at) return [];
    at = parent;
    folders.unshift(at);
  }
  return folders.reduce<Rules[]>((rules, f) => withRulesOf(f, rules), []);
}

function withRulesOf(folder: string, inherited: readonly Rules[]): Rules[] {
  const path = join(folder, '.gitignore');
  if (!existsSync(path)) return [...inherited];
  try {
    return [...inherited, { folder, rules: ignore().add(readFileSync(path, 'utf8')) }];
  } catch {
    return [...inherited];
  }
}

/** The innermost file that says something decides, as git does. */
function isIgnored(path: string, folder: boolean, rules: readonly Rules[]): boolean {
  for (const { folder: base, rules: own } of [...rules].reverse()) {
    const inside = `${relativePath(base, path)}${folder ? '/' : ''}`;
    const { ignored, unignored } = own.test(inside);
    if (ignored || unignored) return ignored;
  }
  return false;
}
