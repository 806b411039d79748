/**
 * Many texts as the bytes of one: a million identities take a tenth of the memory of as many strings, and none of the garbage collector's time.
 * A matrix that has its identities so is asked for them here; its `identity` reads the same texts.
 */
import type { Matrix } from './matrix.ts';

export interface Texts {
  /** UTF-8, one text after the other. */
  readonly bytes: Uint8Array;
  /** Where each text begins; one more than there are texts, the last is the end. */
  readonly starts: Float64Array;
}

const known = new WeakMap<Matrix, () => Texts>();

export function rememberTexts(matrix: Matrix, texts: () => Texts): void {
  known.set(matrix, texts);
}

/** The identities of the matrix. */
export function identitiesOf(matrix: Matrix): Texts {
  return known.get(matrix)?.() ?? textsFrom(matrix.identity);
}

export function textsFrom(texts: readonly string[]): Texts {
  const starts = new Float64Array(texts.length + 1);
  let end = 0;
  texts.forEach((text, i) => {
    end += Buffer.byteLength(text, 'utf8');
    starts[i + 1] = end;
  });
  const bytes = Buffer.alloc(end);
  texts.forEach((text, i) => {
    bytes.write(text, starts[i] ?? 0, 'utf8');
  });
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), starts };
}

export function lengthsOf({ starts }: Texts): Int32Array {
  const lengths = new Int32Array(starts.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = (starts[i + 1] as number) - (starts[i] as number);
  return lengths;
}

export function textsOf(bytes: Uint8Array, lengths: Int32Array): Texts {
  const starts = new Float64Array(lengths.length + 1);
  let end = 0;
  for (let i = 0; i < lengths.length; i++) {
    end += lengths[i] as number;
    starts[i + 1] = end;
  }
  return { bytes, starts };
}

/** A function that gives the text of a row. */
export function textReader({ bytes, starts }: Texts): (row: number) => string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return row => buffer.toString('utf8', starts[row], starts[row + 1]);
}

export function stringsOf(texts: Texts): string[] {
  const read = textReader(texts);
  return Array.from({ length: texts.starts.length - 1 }, (_, row) => read(row));
}

/** The same number for texts that are equal to the one before. */
export function runsOf({ bytes, starts }: Texts): Int32Array {
  const runs = new Int32Array(starts.length - 1);
  let run = 0;
  for (let row = 1; row < runs.length; row++) {
    const before = starts[row - 1] as number;
    const start = starts[row] as number;
    const length = (starts[row + 1] as number) - start;
    let isSame = length === start - before;
    for (let i = 0; isSame && i < length; i++) isSame = bytes[before + i] === bytes[start + i];
    if (!isSame) run++;
    runs[row] = run;
  }
  return runs;
}
