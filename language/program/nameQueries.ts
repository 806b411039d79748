/**
 * From texts to names, as queries: trees, chunks, what each file declares, imports and mentions, and where a name leads. Nothing here
 * waits for types, and each answer is compared by value, so that most edits end here.
 */
import type { FileInput } from '../analysis.ts';
import { wayTo } from '../model/cycles.ts';
import type { Found } from '../model/environment.ts';
import { type DeclaredName, dependsOn, type FileNames, mentionsOf, nameOf, namesOf, predictedIn, tablesNamed } from '../model/names.ts';
import type { Input, QueryStore } from '../query.ts';
import type { CheckDeclaration, FileTree, ParsedChunk } from '../syntax/ast.ts';
import { importsOf, parseFile } from '../syntax/parse.ts';
import { equal } from '../text/equal.ts';
import { gather } from '../text/gather.ts';
import { resolvePath } from '../text/path.ts';
import type { Span } from '../text/place.ts';

export interface ProgramInputs {
  /** Null: never set. */
  readonly files: Input<FileInput | null>;
  /** By path: the files that have been set, in an order that does not depend on when. One key: `''`. */
  readonly known: Input<readonly string[]>;
  /** Programs beside them that were not set. One key: `''`. */
  readonly others: Input<readonly string[]>;
  /** Values of parameters, by name; null: not set. */
  readonly parameters: Input<string | null>;
}

/** A check: the table it is about, whether it takes rows out, and the tables in which it then looks for partners. */
interface CheckNames {
  readonly table: string;
  readonly decl: string;
  readonly takesOut: boolean;
  readonly partners: readonly Partner[];
}

/** The claim that asks for it stands at `span`. */
interface Partner {
  readonly name: string;
  readonly span: Span;
  /** Whether rows without one are taken out. */
  readonly takesOut: boolean;
}

const checkNames = ({ table, items }: CheckDeclaration, decl: string): CheckNames => {
  const claims = gather(items, item => (item.kind === 'expression' ? [item] : []));
  const isTakingOut = ({ words }: (typeof claims)[number]): boolean => words.some(({ text }) => text === 'quarantine');
  const takesOut = claims.some(isTakingOut);
  // All claims of a check are read together.
  const partners = claims.flatMap((claim): Partner[] => {
    const { value } = claim;
    const partner = takesOut && value.kind === 'call' && value.callee.text === 'refers' ? value.args[1]?.value : null;
    return partner?.kind === 'name' ? [{ name: partner.name.text, span: value.span, takesOut: isTakingOut(claim) }] : [];
  });
  return { table: table.text, decl, takesOut, partners };
};

interface Importing {
  readonly path: string;
  readonly names: readonly string[];
}

type SplitInFile = DeclaredName & { readonly file: string };

const inFile = ({ name, kind, decl, place, compared }: DeclaredName, file: string): SplitInFile => ({ name, kind, decl, place, compared, file });

const noNames: FileNames = { declared: [], splits: [], imported: [], kinds: [] };

/**
 * Keys that have been made, by file, and what each is made of: a string that is there already need not be hashed again, nor one that is
 * cut out of another be compared by its characters. They are forgotten when there are many.
 */
const keys = new Map<string, Map<string, string>>();
type Parts = readonly [file: string, thing: string];
const partsByKey = new Map<string, Parts>();
const mostKeys = 50_000;

/** Keys of queries about one thing in a file. */
export function keyOf(file: string, thing: string): string {
  let inFile = keys.get(file);
  const known = inFile?.get(thing);
  if (known !== undefined) return known;
  if (partsByKey.size >= mostKeys) {
    forgetKeys();
    inFile = undefined;
  }
  const key = `${file}\0${thing}`;
  if (!inFile) keys.set(file, (inFile = new Map()));
  inFile.set(thing, key);
  partsByKey.set(key, [file, thing]);
  return key;
}

export function partsOf(key: string): Parts {
  const known = partsByKey.get(key);
  if (known !== undefined) return known;
  const at = key.indexOf('\0');
  return [key.slice(0, at), key.slice(at + 1)];
}

/** For who asks about many files and comes back to none. */
export function forgetKeys(): void {
  keys.clear();
  partsByKey.clear();
}

export interface NameQueries {
  tree(file: string): FileTree | null;
  /** Ids of the file's chunks, in order. */
  decls(file: string): readonly string[];
  chunk(key: string): ParsedChunk | null;
  names(file: string): FileNames;
  /** Paths that the file imports, resolved, in order. */
  imports(file: string): readonly string[];
  /** The declaration that a name means in a file. */
  find(key: string): Found | null;
  visible(file: string): readonly Found[];
  /** Splits of a task that a file can use, by its name in `home`; those of the task's own file first, the one without a name of its own before all. */
  splits(file: string, task: string, home: string): readonly SplitInFile[];
  /** The checks of a file, with the tables that they are about. */
  checks(file: string): readonly CheckNames[];
  mentions(key: string): readonly string[];
  /** What other known files import from this one. */
  exported(file: string): readonly string[];
  /** The circle of definitions through this declaration, as keys; null when there is none. */
  circle(key: string): readonly string[] | null;
}

/** Identifiers in a text that no declaration could be made of, so that half-typed lines do not make names look unused. */
const wordsIn = (text: string): readonly string[] => [...new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [])];

const canBeCircular = new Set<Found['kind']>(['param', 'def', 'table', 'features', 'model']);

export function nameQueries(store: QueryStore, { files, known }: ProgramInputs): NameQueries {
  const tree = store.query(file => {
    const input = files.get(file);
    return input?.kind === 'text' ? parseFile(file, input.text) : null;
  });
  const chunks = store.query(file => new Map(tree(file)?.chunks.map(({ id, parsed }) => [id, parsed]) ?? []));
  const decls = store.query(file => [...chunks(file).keys()], { equal });
  const chunk = store.query(key => {
    const [file, decl] = partsOf(key);
    return chunks(file).get(decl) ?? null;
  });
  const names = store.query(
    file => {
      const found = tree(file);
      return found ? namesOf(found) : noNames;
    },
    { equal },
  );
  /** Where each import of a file leads, and the names that it asks for: of files that are only known nothing else is read. */
  const importing = store.query(
    (file): readonly Importing[] => {
      const input = files.get(file);
      const written = input?.kind === 'text' ? importsOf(input.text) : [];
      return written.flatMap(({ path, names }) => {
        const resolved = resolvePath(file, path);
        return resolved.kind === 'path' ? { path: resolved.path, names: names.flatMap(({ text }) => text || []) } : [];
      });
    },
    { equal },
  );
  const imports = store.query(file => [...new Set(importing(file).map(({ path }) => path))], { equal });

  const own = (file: string, name: string): Found | null => {
    const found = names(file).declared.find(declared => declared.name === name);
    return found ? { kind: found.kind, name, file, decl: found.decl } : null;
  };
  const imported = (file: string, name: string): Found | null => {
    const item = names(file).imported.find(i => i.name === name);
    if (!item) return null;
    const resolved = resolvePath(file, item.path);
    const found = resolved.kind === 'path' && resolved.path !== file ? own(resolved.path, name) : null;
    return found ?? { kind: 'unknown', name, file, decl: item.decl };
  };
  const find = store.query(
    key => {
      const [file, name] = partsOf(key);
      return own(file, name) ?? imported(file, name);
    },
    { equal },
  );
  const visible = store.query(
    file => {
      const all = [...new Set([...names(file).imported, ...names(file).declared].map(({ name }) => name))];
      return all.flatMap(name => find(keyOf(file, name)) ?? []);
    },
    { equal },
  );

  const splits = store.query(
    key => {
      const [file, asked] = partsOf(key);
      const [home, task] = partsOf(asked);
      const meant = find(keyOf(home, task));
      const from = [...new Set([meant?.file ?? home, file])];
      const isMeant = (path: string): boolean => {
        const here = path === home ? meant : find(keyOf(path, task));
        return here?.file === meant?.file && here?.decl === meant?.decl;
      };
      const found = from.flatMap(path => names(path).splits.flatMap(split => (split.task === task && isMeant(path) ? [inFile(split, path)] : [])));
      return [...found.filter(split => split.name === task), ...found.filter(split => split.name !== task)];
    },
    { equal },
  );

  const checks = store.query(
    file => [...chunks(file)].flatMap(([decl, { declaration }]) => (declaration?.kind === 'check' ? [checkNames(declaration, decl)] : [])),
    { equal },
  );

  const mentions = store.query(
    key => {
      const parsed = chunk(key);
      if (!parsed) return [];
      const { declaration } = parsed;
      const isRead = declaration !== null && declaration.kind !== 'damaged' && declaration.kind !== 'later' && parsed.problems.length === 0;
      if (isRead) return mentionsOf(parsed);
      const own = declaration && nameOf(declaration)?.text;
      return declaration ? wordsIn(parsed.text).filter(word => word !== own) : [];
    },
    { equal },
  );

  const exportedByFile = store.query(
    () => {
      const exported = new Map<string, string[]>();
      for (const file of known.get('')) {
        for (const { names, path } of importing(file)) {
          if (path !== file) exported.set(path, [...new Set([...(exported.get(path) ?? []), ...names])]);
        }
      }
      return exported;
    },
    { equal },
  );
  const exported = store.query(file => exportedByFile('').get(file) ?? [], { equal });

  const edges = store.query(
    key => {
      const [file] = partsOf(key);
      const parsed = chunk(key);
      if (!parsed) return [];
      const of = parsed.declaration?.kind;
      const tables = of === 'table' ? tablesNamed(parsed) : null;
      let predicted: ReadonlySet<string> | null = null;
      /** What quarantines of a table that is read ask for: only with these does it have its rows. */
      const asked = (read: Found): readonly string[] =>
        [...new Set([file, read.file])].flatMap(path =>
          checks(path).flatMap(({ table, partners }) => {
            const meant = partners.length > 0 ? find(keyOf(path, table)) : null;
            if (meant?.file !== read.file || meant.decl !== read.decl) return [];
            return partners.flatMap(({ name }) => {
              const partner = find(keyOf(path, name));
              return partner?.kind === 'table' ? [keyOf(partner.file, partner.decl)] : [];
            });
          }),
        );
      const behind = gather([...(tables ?? [])], name => {
        const read = find(keyOf(file, name));
        return read ? asked(read) : [];
      });
      const named = gather(dependsOn(parsed), name => {
        const found = find(keyOf(file, name));
        if (!found || !canBeCircular.has(found.kind) || (found.kind === 'table' && tables && !tables.has(name))) return [];
        // A feature set learns from others by their names, and from models that it has predict; any other name in it is a column.
        if (found.kind === 'model' && of !== 'model' && !(predicted ??= predictedIn(parsed)).has(name)) return [];
        if (found.kind === 'features' && of !== 'features' && of !== 'model') return [];
        if (of === 'features' && found.kind !== 'features' && found.kind !== 'model' && found.kind !== 'def') return [];
        return [keyOf(found.file, found.decl)];
      });
      return behind.length === 0 ? named : [...named, ...behind];
    },
    { equal },
  );
  const circle = store.query(key => (edges(key).length ? wayTo(key, key, edges) : null), { equal });
  return {
    tree,
    decls,
    chunk,
    names,
    imports,
    find,
    visible,
    splits: (file, task, home) => splits(keyOf(file, keyOf(home, task))),
    checks,
    mentions,
    exported,
    circle,
  };
}
