/**
 * Which names a file declares, imports and mentions. Read off the tree alone, so that resolving a name never waits for types, and
 * compared by value, so that an edit inside a declaration leaves everybody who asked for names alone.
 */
import { entryOf, type Family } from '../catalogue/catalogue.ts';
import type { Declaration, Expr, FileTree, ImportDeclaration, Item, Name, ParsedChunk } from '../syntax/ast.ts';
import { somePart } from '../syntax/exprParts.ts';
import { gather } from '../text/gather.ts';
import type { Place, Span } from '../text/place.ts';
import type { DeclarationKind } from './environment.ts';

export interface DeclaredName {
  readonly name: string;
  readonly kind: DeclarationKind;
  readonly decl: string;
  readonly place: Place;
  /** A baseline: every evaluation of the file is held against it without naming it. */
  readonly compared: boolean;
}

export interface ImportedName {
  readonly name: string;
  readonly decl: string;
  readonly place: Place;
  /** As written. */
  readonly path: string;
  /** What to take out to import everything else: the name with its comma, or the whole import. */
  readonly removal: Place;
}

export interface FileNames {
  readonly declared: readonly DeclaredName[];
  /** Splits go by names of their own, which are often those of tasks. */
  readonly splits: readonly (DeclaredName & { readonly task: string })[];
  readonly imported: readonly ImportedName[];
  /** The kinds of all declarations, in order: whether the file only offers things to others is seen here. */
  readonly kinds: readonly Declaration['kind'][];
}

const kindOf: Partial<Record<Declaration['kind'], DeclarationKind>> = {
  param: 'param',
  def: 'def',
  source: 'source',
  table: 'table',
  task: 'task',
  features: 'features',
  model: 'model',
  later: 'later',
};

/** The name that a declaration puts into its file; a split's, a check's and an import's are not among them, nor what a `monitor` watches. */
export function nameOf(declaration: Declaration): Name | null {
  switch (declaration.kind) {
    case 'param':
    case 'def':
    case 'source':
    case 'table':
    case 'task':
    case 'features':
    case 'model':
      return declaration.name;
    case 'later':
      return declaration.word === 'monitor' ? null : declaration.name;
    case 'evaluate':
      return declaration.as;
    case 'import':
    case 'check':
    case 'split':
    case 'test':
    case 'damaged':
      return null;
  }
}

function removalOf({ span, names }: ImportDeclaration, index: number): Span {
  const [before, item, after] = [names[index - 1], names[index], names[index + 1]];
  if (!item || names.length === 1) return span;
  return after ? { start: item.span.start, end: after.span.start } : { start: before?.span.end ?? item.span.start, end: item.span.end };
}

const isBaseline = (declaration: Declaration): boolean =>
  declaration.kind === 'model' && declaration.definition.kind === 'algorithm' && declaration.definition.algorithm.text === 'baseline';

export function namesOf({ file, chunks }: FileTree): FileNames {
  const declared: DeclaredName[] = [];
  const splits: (DeclaredName & { task: string })[] = [];
  const imported: ImportedName[] = [];
  for (const { id: decl, parsed } of chunks) {
    const { declaration } = parsed;
    if (!declaration) continue;
    const place = (name: Name): Place => ({ file, decl, span: name.span });
    const name = nameOf(declaration);
    if (name?.text)
      declared.push({ name: name.text, kind: kindOf[declaration.kind] ?? 'evaluate', decl, place: place(name), compared: isBaseline(declaration) });
    if (declaration.kind === 'split' && declaration.name.text) {
      splits.push({
        name: declaration.name.text,
        kind: 'split',
        decl,
        place: place(declaration.name),
        compared: false,
        task: (declaration.task ?? declaration.name).text,
      });
    }
    if (declaration.kind === 'import') {
      declaration.names.forEach((item, i) => {
        const removal: Place = { file, decl, span: removalOf(declaration, i) };
        if (item.text) imported.push({ name: item.text, decl, place: place(item), path: declaration.path, removal });
      });
    }
  }
  return { declared, splits, imported, kinds: gather(chunks, ({ parsed }) => parsed.declaration?.kind ?? []) };
}

// ---------------------------------------------------------------- mentions

/** Properties whose names refer to declarations; every other bare `Name` is a setting, a column or a word. */
const referring = new Set(['callee', 'table', 'base', 'task', 'model', 'args', 'of', 'definitions']);

const isName = (value: object): value is Name => 'text' in value && 'span' in value && !('parsed' in value);

/** `within` adds the names in an expression. */
function collect(value: object, key: string, found: Set<string>, within: (expr: Expr) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) collect(item, key, found, within);
    return;
  }
  if ('kind' in value) {
    // An item that defines something mentions what its value does.
    if (value.kind === 'definition') {
      within((value as Extract<Item, { kind: 'definition' }>).value);
      return;
    }
    if (value.kind === 'name' && 'name' in value) {
      found.add((value as Extract<Expr, { kind: 'name' }>).name.text);
      return;
    }
  } else if (isName(value)) {
    if (referring.has(key)) found.add(value.text);
    return;
  }
  for (const property in value) {
    const part = (value as Record<string, unknown>)[property];
    if (typeof part !== 'object' || part === null || property === 'span' || property === 'keyword') continue;
    // What is called `value` is an expression, and most of a program stands in them.
    if (property === 'value') within(part as Expr);
    else collect(part, property, found, within);
  }
}

/** Texts are parsed once, and their names are collected once. */
const mentions = new WeakMap<ParsedChunk, readonly string[]>();

/** Every name in the declaration that can refer to another one, without the parameters of a definition. Columns may be among them. */
export function mentionsOf(chunk: ParsedChunk): readonly string[] {
  const known = mentions.get(chunk);
  if (known) return known;
  const names = chunk.declaration ? namesIn(chunk.declaration) : [];
  mentions.set(chunk, names);
  return names;
}

function namesIn(declaration: Declaration): readonly string[] {
  const found = new Set<string>();
  const within = (part: Expr): boolean => {
    if (part.kind === 'name') found.add(part.name.text);
    if (part.kind === 'call') found.add(part.callee.text);
    return somePart(part, within);
  };
  collect(declaration, '', found, within);
  if (declaration.kind === 'def') for (const parameter of declaration.parameters) found.delete(parameter.text);
  found.delete('');
  return [...found];
}

/** Names that an expression reads on its own row: what stands in a window is read on the window's. */
export function rowNames(expr: Expr): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ('window' in value && value.window !== null)) return;
    if (Array.isArray(value)) value.forEach(visit);
    else if ('kind' in value && value.kind === 'name') found.add((value as Extract<Expr, { kind: 'name' }>).name.text);
    else Object.values(value).forEach(visit);
  };
  visit(expr);
  return [...found];
}

/** The mentions through which a declaration's own meaning depends on another's: what a circular definition is made of. */
export function dependsOn(chunk: ParsedChunk): readonly string[] {
  const { declaration } = chunk;
  switch (declaration?.kind) {
    case 'param':
    case 'def':
    case 'model':
    case 'features':
      return mentionsOf(chunk);
    case 'table': {
      // A derived column hides a definition of its name.
      const derived = new Set(declaration.steps.flatMap(step => (step.kind === 'derive' ? step.columns.map(column => column.name.text) : [])));
      return mentionsOf(chunk).filter(name => !derived.has(name));
    }
    default:
      return [];
  }
}

const isBuiltIn = (name: string): boolean => ['function', 'aggregate', 'transform'].some(family => entryOf(family as Family, name) !== null);

/** What `predict(M)` and calls of definitions are given by name, where it can be a model; any other name that a model has too is a column. */
export function predictedIn({ declaration }: ParsedChunk): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('kind' in value && value.kind === 'call' && 'callee' in value) {
      const { callee, args } = value as Extract<Expr, { kind: 'call' }>;
      if (!isBuiltIn(callee.text)) for (const { value: of } of args) if (of.kind === 'name') found.add(of.name.text);
    }
    if ('kind' in value && value.kind === 'pipe') {
      const { value: of, target } = value as Extract<Expr, { kind: 'pipe' }>;
      const called = target.kind === 'call' ? target.callee.text : target.kind === 'name' ? target.name.text : '';
      if (of.kind === 'name' && !isBuiltIn(called)) found.add(of.name.text);
    }
    for (const part of Object.values(value)) visit(part);
  };
  visit(declaration);
  return found;
}

/** The units, as written, that `convert` is given in the declaration: its factor is found by unit and never named. */
export function convertedTo({ declaration }: ParsedChunk): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('kind' in value && value.kind === 'call' && 'callee' in value) {
      const { callee, args } = value as Extract<Expr, { kind: 'call' }>;
      if (callee.text === 'convert') for (const { value: of } of args) if (of.kind === 'text') found.push(of.value);
    }
    for (const part of Object.values(value)) visit(part);
  };
  visit(declaration);
  return found;
}

/**
 * Names in a table's definition that can mean another table: those of its base and its steps, and what is passed to a definition. Any other
 * name in an expression is a column, though a table may have the same.
 */
export function tablesNamed({ declaration }: ParsedChunk): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown, key: string, isPassed: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) visit(item, key, isPassed);
    else if (isName(value)) {
      if (referring.has(key)) found.add(value.text);
    } else if ('kind' in value && value.kind === 'name') {
      if (isPassed) found.add((value as Extract<Expr, { kind: 'name' }>).name.text);
    } else for (const [property, part] of Object.entries(value)) visit(part, property, isPassed || property === 'args');
  };
  visit(declaration, '', false);
  return found;
}
