/** Divides the files of a large check among threads. What imports each other stays together: whether a name is used is told by all of them. */
import { resolvePath } from '../language/text/path.ts';

const imports = /^[ \t]*import\b[^"\n]*"([^"\n]*)"/gm;

/** The paths that a program's text names after `import`, as its folder sees them. */
export function importsIn(file: string, text: string): string[] {
  if (!text.includes('import')) return [];
  return [...text.replace(/\{[^{}"]*\}/g, ' ').matchAll(imports)].flatMap(([, written = '']) => {
    const resolved = resolvePath(file, written);
    return resolved.kind === 'path' ? [resolved.path] : [];
  });
}

/** At most `count` parts of about equal size, each in the order of `files`. */
export function partsOf(files: readonly string[], count: number, importsOf: (file: string) => readonly string[]): string[][] {
  const leader = new Map(files.map(file => [file, file]));
  const leaderOf = (file: string): string => {
    let at = file;
    for (let next = leader.get(at); next !== undefined && next !== at; next = leader.get(at)) at = next;
    leader.set(file, at);
    return at;
  };
  for (const file of files) for (const path of importsOf(file)) if (leader.has(path)) leader.set(leaderOf(path), leaderOf(file));
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const group = groups.get(leaderOf(file));
    if (group) group.push(file);
    else groups.set(leaderOf(file), [file]);
  }
  const parts = Array.from({ length: count }, (): string[] => []);
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    const smallest = parts.reduce((least, part) => (part.length < least.length ? part : least));
    smallest.push(...group);
  }
  const order = new Map(files.map((file, index) => [file, index]));
  return parts.filter(part => part.length > 0).map(part => part.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)));
}
