/**
 * Places in programs. A span counts UTF-16 units from the start of its declaration's chunk, never from the start of the file:
 * a declaration that merely moves keeps every span, so nothing that was derived from it needs to be derived again.
 */

export interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** A span in a declaration of a file. `decl` is the declaration's id (`source orders`, `import #2`), unique in the file. */
export interface Place {
  readonly file: string;
  readonly decl: string;
  readonly span: Span;
}

/** Zero-based, characters in UTF-16 units, as in the language server protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export const span = (start: number, end: number): Span => ({ start, end });

/** The smallest span that holds both. */
export const cover = (a: Span, b: Span): Span => ({ start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) });
