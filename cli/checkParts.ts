/**
 * Divides the files of a check into groups that have nothing to do with each other. What imports each other, or the same file, stays
 * together: whether a name is used is told by all who can name it, and what is shared is read once.
 */
import type { FileInput } from '../language/analysis.ts';
import { resolvePath } from '../language/text/path.ts';

const imports = /^[ \t]*import\b[^"\n]*"([^"\n]*)"/gm;
/** Whatever stands behind a quote of any kind: a damaged import can still mean its file. */
const quoted = /["'\u201c-\u201e]([^"'\u201c-\u201e\n\r]+)/g;

const pathsOf = (file: string, written: Iterable<RegExpMatchArray>): string[] =>
  [...written].flatMap(([, path = '']) => {
    const resolved = resolvePath(file, path);
    return resolved.kind === 'path' ? [resolved.path] : [];
  });

/** The paths that a program's text names after `import`, as its folder sees them. */
function importsIn(file: string, text: string): string[] {
  if (!text.includes('import')) return [];
  return pathsOf(file, text.replace(/\{[^{}"]*\}/g, ' ').matchAll(imports));
}

/** All paths that the text of a program could mean an import by: more than there are, never fewer. */
const namedIn = (file: string, text: string): string[] =>
  text.includes('import') || text.includes('.cupel') ? pathsOf(file, text.matchAll(quoted)) : [];

export interface Survey {
  /** Every file to check and every file that their imports lead to, as it was found. */
  readonly inputs: ReadonlyMap<string, FileInput>;
  /** The files to check, the largest group first, each in the order of `files`. */
  readonly groups: readonly (readonly string[])[];
}

/** Reads the files and what they import, each once, and finds out which belong together. */
export function survey(files: readonly string[], read: (path: string) => FileInput): Survey {
  const listed = new Set(files);
  const inputs = new Map<string, FileInput>();
  const leader = new Map<string, string>();
  const leaderOf = (file: string): string => {
    let at = file;
    for (let next = leader.get(at); next !== undefined; next = leader.get(at)) at = next;
    if (at !== file) leader.set(file, at);
    return at;
  };
  const queue = [...files];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (inputs.has(path)) continue;
    const input = read(path);
    inputs.set(path, input);
    if (input.kind !== 'text') continue;
    for (const other of [...importsIn(path, input.text), ...namedIn(path, input.text).filter(named => listed.has(named))]) {
      queue.push(other);
      const [a, b] = [leaderOf(path), leaderOf(other)];
      if (a !== b) leader.set(a, b);
    }
  }
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const group = groups.get(leaderOf(file));
    if (group) group.push(file);
    else groups.set(leaderOf(file), [file]);
  }
  return { inputs, groups: [...groups.values()].sort((a, b) => b.length - a.length) };
}
