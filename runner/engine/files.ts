/** The files behind a source: where its path leads. */
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { ScanNode } from '../../language/plan/plan.ts';

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The source's path, which may hold `*`, relative to the project; an absolute path stays as it is. */
export const sourcePath = (node: ScanNode): string => (isAbsolute(node.path) ? node.path : join(dirname(node.place.file), node.path));

const patternOf = (part: string): RegExp =>
  new RegExp(
    `^${part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );

async function matching(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  if (part === '**') return [...(await matching(folder, rest)), ...(await below(folder, parts))];
  if (!/[*?]/.test(part)) return matching(join(folder, part), rest);
  const pattern = patternOf(part);
  const names = await readdir(folder).catch((): string[] => []);
  const found = names.filter(name => pattern.test(name) && !name.startsWith('.'));
  return (await Promise.all(found.map(name => matching(join(folder, name), rest)))).flat();
}

/** `parts` in every folder of this one. */
async function below(folder: string, parts: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.')).map(entry => entry.name);
  return (await Promise.all(folders.map(name => matching(join(folder, name), parts)))).flat();
}

/** The files of a source, absolute, each once, in the order of their paths; none when nothing is there. */
export async function sourceFiles(root: string, node: ScanNode): Promise<string[]> {
  const path = resolve(root, sourcePath(node));
  const parts = path.split(/[/\\]/);
  const first = parts.findIndex(part => /[*?]/.test(part));
  const found = first < 0 ? [path] : await matching(parts.slice(0, first).join('/') || '/', parts.slice(first));
  const files = await Promise.all(found.map(async file => ((await stat(file).catch(() => null))?.isFile() ? file : null)));
  return [...new Set(files.filter(file => file !== null))].sort(byCodePoint);
}

/** What is at the source's path, where it is no file. */
export async function otherThanFile(root: string, node: ScanNode): Promise<'folder' | 'broken link' | 'other' | null> {
  const path = resolve(root, sourcePath(node));
  const found = await stat(path).catch(() => null);
  if (found !== null) return found.isDirectory() ? 'folder' : 'other';
  return (await lstat(path).catch(() => null)) === null ? null : 'broken link';
}

/** Names next to a file that is not there: what the user may have meant. */
export async function neighbours(root: string, node: ScanNode): Promise<{ readonly wanted: string; readonly names: readonly string[] }> {
  const path = resolve(root, sourcePath(node));
  return { wanted: basename(path), names: await readdir(dirname(path)).catch(() => []) };
}

/** As people know the file: relative to the project where it lies inside. */
export function shownPath(root: string, file: string): string {
  const inside = relative(root, file);
  return inside.startsWith('..') ? file : inside.replaceAll('\\', '/');
}

/** Folders named `name=value` on the way to a file, the name and the value as they are meant; the inner one of equal names counts. */
export function partitionsOf(shown: string): ReadonlyMap<string, string | null> {
  const parts = shown
    .split(/[/\\]/)
    .slice(0, -1)
    .filter(part => part.indexOf('=') > 0);
  return new Map(
    parts.map(part => {
      const at = part.indexOf('=');
      const value = part.slice(at + 1);
      return [decoded(part.slice(0, at)), value === '__HIVE_DEFAULT_PARTITION__' ? null : decoded(value)];
    }),
  );
}

/** Signs that no file system takes are written as in addresses. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
