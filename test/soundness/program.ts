/** A drawn program: its parts, so that it can be made smaller, and its text, for that is what is tested. */
import { type SourceSpec, sourceText, writtenAs } from './schema.ts';

/** One line of a declaration, with simpler lines that may stand in its place. */
export interface Piece {
  readonly text: string;
  readonly simpler?: readonly string[];
}

export interface Declaration {
  readonly name: string;
  /** `table t = base`, `task churn`. */
  readonly head: string;
  /** How the pieces follow: as steps, in a block, or as they are. */
  readonly form: 'pipe' | 'block' | 'plain';
  readonly pieces: readonly Piece[];
  readonly file: string;
}

export interface SoundProgram {
  readonly sources: readonly SourceSpec[];
  /** Where the sources stand. */
  readonly sourceFile: string;
  readonly declarations: readonly Declaration[];
}

export const mainFile = 'main.cupel';

export const declaration = (
  name: string,
  head: string,
  form: Declaration['form'],
  pieces: readonly (Piece | string)[],
  file: string = mainFile,
): Declaration => ({ name, head, form, pieces: pieces.map(piece => (typeof piece === 'string' ? { text: piece } : piece)), file });

function declarationText({ head, form, pieces }: Declaration): string {
  if (form === 'pipe') return [head, ...pieces.map(piece => `  | ${piece.text}`)].join('\n');
  return pieces.length || form === 'block' ? `${head} {\n${pieces.map(piece => `  ${piece.text}`).join('\n')}\n}` : head;
}

/** The files of the program, the one that is checked and planned last. */
export function textsOf({ sources, sourceFile, declarations }: SoundProgram): readonly { readonly file: string; readonly text: string }[] {
  const parts = new Map<string, { names: string[]; texts: string[] }>([
    [sourceFile, { names: [], texts: [] }],
    [mainFile, { names: [], texts: [] }],
  ]);
  const add = (file: string, name: string, text: string): void => {
    parts.get(file)?.names.push(name);
    parts.get(file)?.texts.push(text);
  };
  for (const source of sources) add(source.file ?? sourceFile, writtenAs(source), sourceText(source));
  for (const declared of declarations) add(declared.file, /^\w+ (\w+)/.exec(declared.head)?.[1] ?? declared.name, declarationText(declared));
  return [...parts].map(([file, { texts }]) => {
    const own = sources.filter(source => (source.file ?? sourceFile) === file).map(writtenAs);
    const others = [...parts].flatMap(([other, { names }]) => (other !== file && file === mainFile ? [[other, names] as const] : []));
    const main = texts.join('\n');
    const imports = others.flatMap(([other, names]) => {
      const used = [...new Set(names)].filter(name => !own.includes(name) && new RegExp(`\\b${name}\\b`).test(main));
      return used.length ? [`import { ${used.join(', ')} } from "./${other}"`] : [];
    });
    return { file, text: [...imports, ...texts].join('\n\n') };
  });
}

export const shown = (program: SoundProgram): string =>
  textsOf(program)
    .map(({ file, text }) => `// ${file}\n${text}`)
    .join('\n\n');

/** How many folds the split declares, whether or not a model uses them; null where it declares none. */
export function foldsOf({ declarations }: SoundProgram): number | null {
  const line = declarations.find(({ name }) => name === 'split')?.pieces.find(({ text }) => text.startsWith('folds:'));
  return line === undefined ? null : Number(line.text.slice('folds:'.length));
}
