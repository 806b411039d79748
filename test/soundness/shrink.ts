/** Makes a program smaller while something still holds of it: declarations, lines and columns go, lines become simpler ones. */
import type { Declaration, SoundProgram } from './program.ts';

const without = <T>(items: readonly T[], i: number): readonly T[] => items.filter((_, at) => at !== i);

/** Every program that is one step smaller; the largest steps first. */
function* smaller(program: SoundProgram): Generator<SoundProgram> {
  const { declarations, sources } = program;
  const withDeclaration = (i: number, changed: Declaration): SoundProgram => ({
    ...program,
    declarations: declarations.map((d, at) => (at === i ? changed : d)),
  });
  for (let i = declarations.length - 1; i >= 0; i--) yield { ...program, declarations: without(declarations, i) };
  for (let i = sources.length - 1; i >= 0; i--) yield { ...program, sources: without(sources, i) };
  for (const [i, declared] of declarations.entries()) {
    const base = /^(table \w+ = )(\w+)$/.exec(declared.head);
    const under = base && declarations.find(d => d.name === base[2] && d.form === 'pipe');
    const root = under && /= (\w+)$/.exec(under.head)?.[1];
    if (base && root) yield withDeclaration(i, { ...declared, head: `${base[1]}${root}` });
    for (let j = declared.pieces.length - 1; j >= 0; j--) yield withDeclaration(i, { ...declared, pieces: without(declared.pieces, j) });
    for (const [j, piece] of declared.pieces.entries()) {
      for (const text of piece.simpler ?? []) {
        if (text.length >= piece.text.length) continue;
        yield withDeclaration(i, { ...declared, pieces: declared.pieces.map((p, at) => (at === j ? { text, simpler: piece.simpler ?? [] } : p)) });
      }
    }
    if (declared.form === 'pipe' && declared.pieces.length === 0) {
      const name = new RegExp(`\\b${declared.name}\\b`, 'g');
      const to = /= (\w+)$/.exec(declared.head)?.[1] ?? '';
      const renamed = (text: string): string => text.replace(name, to);
      yield {
        ...program,
        declarations: without(declarations, i).map(d => ({
          ...d,
          head: renamed(d.head),
          pieces: d.pieces.map(p => ({ text: renamed(p.text), simpler: (p.simpler ?? []).map(renamed) })),
        })),
      };
    }
  }
  for (const [i, source] of sources.entries()) {
    for (const [j, column] of source.columns.entries()) {
      if (column.name === source.key || column.name === source.event) continue;
      yield { ...program, sources: sources.map((s, at) => (at === i ? { ...s, columns: without(s.columns, j) } : s)) };
    }
  }
}

/** The smallest program found of which `holds` is true; it is of the one given. */
export function shrunk(program: SoundProgram, holds: (smaller: SoundProgram) => boolean): SoundProgram {
  let current: SoundProgram = program;
  for (let next: SoundProgram | undefined = program; next; ) {
    current = next;
    next = undefined;
    for (const candidate of smaller(current)) {
      if (!holds(candidate)) continue;
      next = candidate;
      break;
    }
  }
  return current;
}
