/**
 * Divides the files of a check into parts that can be checked by themselves. What is said of a file rests on the files that its imports
 * lead to and, since whether a name is used is told by all who can name it, on the files that lead to it. What imports each other, or the
 * same file, stays together as long as that is not much; many files that share a few are divided, and read these once for each part.
 */
import type { FileInput } from '../language/analysis.ts';
import { resolvePath } from '../language/text/path.ts';

const imports = /^[ \t]*import\b[^"\n]*"([^"\n]*)"/gm;
/** Whatever stands behind a quote of any kind: a damaged import can still mean its file. */
const quoted = /["'\u201c-\u201e]([^"'\u201c-\u201e\n\r]+)/g;

/** Escapes as texts have them; others mean nothing in a path. */
const unescaped = (path: string): string =>
  path.replace(/\\u\{([0-9a-fA-F]{1,5})\}/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16))).replace(/\\(["'\\])/g, '$1');

const pathsOf = (file: string, written: Iterable<RegExpMatchArray>): string[] =>
  [...written].flatMap(([, path = '']) => {
    const resolved = resolvePath(file, path.includes('\\') ? unescaped(path) : path);
    return resolved.kind === 'path' ? [resolved.path] : [];
  });

/** The paths that a program's text names after `import`, as its folder sees them. */
function importsIn(file: string, text: string): string[] {
  if (!text.includes('import')) return [];
  return pathsOf(file, text.replace(/\{[^{}"]*\}/g, ' ').matchAll(imports));
}

/** All paths that the text of a program could mean an import by. */
const namedIn = (file: string, text: string): string[] =>
  text.includes('import') || text.includes('.cupel') ? pathsOf(file, text.matchAll(quoted)) : [];

const isProgram = (path: string): boolean => path.endsWith('.cupel');

export interface Part {
  /** To check. */
  readonly files: readonly string[];
  /** Further files that lead to one of them. */
  readonly importers: readonly string[];
}

export interface Survey {
  /** Every file to check and every file that their imports lead to, as it was found. */
  readonly inputs: ReadonlyMap<string, FileInput>;
  /** The largest first, each in the order of the files. */
  readonly parts: readonly Part[];
  /**
   * Of each file to check those that what is said of it rests on, itself among them: more than there are. Fewer only where an import is
   * written so oddly that it is not seen without reading the program; who keeps what was found holds it against the files that were reached.
   */
  readonly restsOn: ReadonlyMap<string, readonly string[]>;
}

type Ways = ReadonlyMap<string, readonly string[]>;

interface Division {
  /** Files of a part where more could be put into it. */
  readonly enough: number;
  /** How many times the files of a group may be read for all of its parts, those that are shared being read again for each. */
  readonly mostRead: number;
}
const usual: Division = { enough: 50, mostRead: 1.5 };

/** Reads the files and what they import, each once, and finds out which can be checked apart. */
export function survey(files: readonly string[], read: (path: string) => FileInput, division = usual): Survey {
  const { inputs, leadsTo } = readAll(files, read);
  const comesFrom = reversed(leadsTo);
  const restsOn = new Map<string, readonly string[]>();
  const parts = groupsOf(files, leadsTo).flatMap(({ files: group, all }) => {
    for (const file of group) restsOn.set(file, comesFrom.has(file) ? all : from([file], leadsTo));
    return divided(group, leadsTo, comesFrom, division).map(own => {
      const of = new Set(own);
      return {
        files: own,
        importers: from(own, comesFrom)
          .filter(path => !of.has(path))
          .sort(),
      };
    });
  });
  return { inputs, parts: parts.sort((a, b) => b.files.length - a.files.length), restsOn };
}

function readAll(files: readonly string[], read: (path: string) => FileInput): { inputs: ReadonlyMap<string, FileInput>; leadsTo: Ways } {
  const listed = new Set(files);
  const inputs = new Map<string, FileInput>();
  const leadsTo = new Map<string, readonly string[]>();
  const queue = [...files];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (inputs.has(path)) continue;
    const input = read(path);
    inputs.set(path, input);
    if (input.kind !== 'text') continue;
    const others = [
      ...new Set([...importsIn(path, input.text), ...namedIn(path, input.text).filter(named => listed.has(named) || isProgram(named))]),
    ];
    leadsTo.set(path, others);
    queue.push(...others);
  }
  return { inputs, leadsTo };
}

function reversed(ways: Ways): Ways {
  const back = new Map<string, string[]>();
  for (const [path, others] of ways) {
    for (const other of others) {
      if (other === path) continue;
      const known = back.get(other);
      if (known) known.push(path);
      else back.set(other, [path]);
    }
  }
  return back;
}

/** These files and all that can be come to from them. */
function from(files: readonly string[], ways: Ways): string[] {
  const seen = new Set(files);
  for (const path of seen) for (const other of ways.get(path) ?? []) seen.add(other);
  return [...seen];
}

interface Group {
  /** To check, in order. */
  readonly files: readonly string[];
  /** With what they import beside the files to check. */
  readonly all: readonly string[];
}

/** What imports each other, or the same file. */
function groupsOf(files: readonly string[], leadsTo: Ways): readonly Group[] {
  const leader = new Map<string, string>();
  const leaderOf = (file: string): string => {
    let at = file;
    for (let next = leader.get(at); next !== undefined; next = leader.get(at)) at = next;
    if (at !== file) leader.set(file, at);
    return at;
  };
  for (const [path, others] of leadsTo) {
    for (const other of others) {
      const [a, b] = [leaderOf(path), leaderOf(other)];
      if (a !== b) leader.set(a, b);
    }
  }
  const groups = new Map<string, { files: string[]; all: string[] }>();
  const groupOf = (path: string): { files: string[]; all: string[] } => {
    const group = groups.get(leaderOf(path)) ?? { files: [], all: [] };
    groups.set(leaderOf(path), group);
    return group;
  };
  for (const file of files) groupOf(file).files.push(file);
  for (const path of new Set([...files, ...leader.keys(), ...leader.values()])) groupOf(path).all.push(path);
  return [...groups.values()];
}

/** A group in parts, as long as they do not share too much: what others import is apart from what nobody imports. */
function divided(group: readonly string[], leadsTo: Ways, comesFrom: Ways, { enough, mostRead }: Division): readonly (readonly string[])[] {
  if (group.length <= enough) return [group];
  const shared = group.filter(file => comesFrom.has(file));
  const parts = [shared, group.filter(file => !comesFrom.has(file))].flatMap(files =>
    Array.from({ length: Math.ceil(files.length / enough) }, (_, i) => files.slice(i * enough, (i + 1) * enough)),
  );
  let read = 0;
  for (const part of parts) {
    read += from(part, leadsTo).length;
    if (read > mostRead * group.length) return [group];
  }
  return parts;
}
