/** Whether two paths may lead to one file, as far as their text tells: `./c.csv` and `c.csv`, `data/*.csv` and `data/c.csv`. */

/** Whether one sequence fits both patterns, where `isAny` stands for any number of items. */
function meet<T>(a: readonly T[], b: readonly T[], isAny: (item: T) => boolean, meets: (x: T, y: T) => boolean): boolean {
  // From the ends: `reach[j]` is whether the rest of `a` and the rest of `b` from `j` on meet.
  let reach = b.map((_, j) => b.slice(j).every(isAny));
  reach.push(true);
  for (const x of [...a].reverse()) {
    const next: boolean[] = [];
    next[b.length] = isAny(x) && (reach[b.length] ?? false);
    for (let j = b.length - 1; j >= 0; j--) {
      const y = b[j];
      if (y === undefined) continue;
      const isMany = isAny(x) || isAny(y);
      next[j] = isMany ? (reach[j] ?? false) || (next[j + 1] ?? false) : (reach[j + 1] ?? false) && meets(x, y);
    }
    reach = next;
  }
  return reach[0] ?? false;
}

const namesMeet = (a: string, b: string): boolean =>
  a === b ||
  meet(
    [...a],
    [...b],
    sign => sign === '*',
    (x, y) => x === y || x === '?' || y === '?',
  );

/** The parts of the path that `written` means in the file `from`: `..` goes up, also beyond the project. */
function partsOf(from: string, written: string): readonly string[] {
  const text = written.replaceAll('\\', '/');
  const isAbsolute = text.startsWith('/') || /^[A-Za-z][A-Za-z+.-]*:/.test(text);
  const parts: string[] = isAbsolute ? ['/'] : from.split('/').slice(0, -1);
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..' && last !== '/') parts.pop();
    else parts.push(part);
  }
  return parts;
}

export interface WrittenPath {
  /** The file whose folder the path starts from, and what is written there. */
  readonly from: string;
  readonly path: string;
}

const isPattern = (path: string): boolean => path.includes('*') || path.includes('?');

export function mayBeOneFile(a: WrittenPath, b: WrittenPath): boolean {
  const [one, other] = [partsOf(a.from, a.path), partsOf(b.from, b.path)];
  if (!isPattern(a.path) && !isPattern(b.path)) return one.length === other.length && one.every((part, i) => part === other[i]);
  return meet(one, other, part => part === '**', namesMeet);
}
