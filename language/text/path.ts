/** Paths of imports and data: `/`-separated, relative to the project's root, resolved without asking a file system. */

export type ResolvedPath = { readonly kind: 'path'; readonly path: string } | { readonly kind: 'outside' } | { readonly kind: 'empty' };

/** The path that `written` means in the file `from`: relative to that file's folder. */
export function resolvePath(from: string, written: string): ResolvedPath {
  const text = written.replaceAll('\\', '/');
  if (text.trim() === '') return { kind: 'empty' };
  if (text.startsWith('/') || /^[A-Za-z][A-Za-z+.-]*:/.test(text)) return { kind: 'outside' };
  const segments = from.split('/').slice(0, -1);
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length === 0 || segments.at(-1) === '..') return { kind: 'outside' };
    else segments.pop();
  }
  return { kind: 'path', path: segments.join('/') };
}

/** How a file in `from`'s folder writes the path of `to`: with `./` where nothing else leads. */
export function relativePath(from: string, to: string): string {
  const folder = from.split('/').slice(0, -1);
  const target = to.split('/');
  let shared = 0;
  while (shared < folder.length && shared < target.length - 1 && folder[shared] === target[shared]) shared++;
  const up = folder.slice(shared).map(() => '..');
  return `${up.length ? '' : './'}${[...up, ...target.slice(shared)].join('/')}`;
}
