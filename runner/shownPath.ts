/** How a file of the store is called in what a run says: the same on every machine where it lies in the project. */
import { isAbsolute, relative, sep } from 'node:path';
import type { RunOptions } from './options.ts';

/** From the project's folder, with `/`; whole where the store lies elsewhere. */
export function shownPath({ options }: { readonly options: Pick<RunOptions, 'projectDir'> }, path: string): string {
  const inside = relative(options.projectDir, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
}
