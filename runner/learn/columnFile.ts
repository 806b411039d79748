/**
 * A matrix in a file: each column in the narrowest form that holds all its values to the bit, written as it comes and read when it is asked
 * for. So a matrix takes the memory of a few columns, however many it has, and a later run reads it instead of making it again.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { PlanResample } from '../../language/plan/plan.ts';
import { isWritable, madeColumn, madeOf, type Recipe } from './made.ts';
import type { CategoryColumn, Matrix, MatrixColumn, NumberColumn } from './matrix.ts';
import { identitiesOf, lengthsOf, rememberTexts, stringsOf, type Texts, textsOf } from './texts.ts';

/** The column behind a feature, by its name. */
export interface RawColumn {
  readonly feature: string;
  readonly column: MatrixColumn;
}

export interface ColumnFile {
  /** The column as it lies in the file from now on. One that was made of a column in the file takes no room in it. */
  readonly keep: (column: MatrixColumn) => MatrixColumn;
  /** Writes what is not in the file yet, and how to find it all. `raw`: null where it was not asked for. */
  readonly finish: (matrix: Matrix, raw: readonly RawColumn[] | null) => void;
  readonly close: () => void;
}

export interface StoredMatrix {
  readonly matrix: Matrix;
  readonly raw: readonly RawColumn[] | null;
}

const forms = {
  u8: Uint8Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
  i64: BigInt64Array,
} as const;

type Form = keyof typeof forms;
type Numbers = Float64Array | Int32Array | Uint8Array;

/** Where values lie in the file. */
interface Region {
  readonly at: number;
  readonly length: number;
  readonly form: Form;
}

type StoredPlace =
  | { readonly kind: 'number'; readonly name: string; readonly region: Region }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[]; readonly region: Region };

type ColumnPlace =
  | StoredPlace
  /** `base`: an index into `places`, below its own. */
  | { readonly kind: 'made'; readonly name: string; readonly base: number; readonly recipe: Recipe };

interface Header {
  readonly version: 2;
  readonly rows: number;
  readonly places: readonly ColumnPlace[];
  /** Indices into `places`. */
  readonly columns: readonly number[];
  readonly raw: readonly { readonly feature: string; readonly column: number }[] | null;
  readonly label: Region;
  readonly partition: Region;
  readonly identity: { readonly lengths: Region; readonly bytes: Region };
  readonly entity: Region;
  readonly cutoff: Region | null;
  readonly weight: Region | null;
  readonly resample: PlanResample | null;
}

/** Values at a time that are read or widened. */
const blockValues = 65_536;
/** Columns that were asked for are kept up to so many bytes, the latest first. */
const heldBytes = 64 * 1024 ** 2;

/** The narrowest form that gives back every value, the sign of zero with it. */
function formOf(values: Float64Array): Form {
  let [low, high] = [0, 0];
  let [whole, single] = [true, true];
  for (let i = 0; i < values.length && (whole || single); i++) {
    const value = values[i] as number;
    if (whole && ((value | 0) !== value || Object.is(value, -0))) whole = false;
    if (single && Math.fround(value) !== value && !Number.isNaN(value)) single = false;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (whole) return wholeForm(low, high);
  return single ? 'f32' : 'f64';
}

function wholeForm(low: number, high: number): Form {
  if (low >= 0 && high <= 255) return 'u8';
  if (low >= -128 && high <= 127) return 'i8';
  return low >= -32_768 && high <= 32_767 ? 'i16' : 'i32';
}

function formOfInts(values: Int32Array): Form {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return wholeForm(low, high);
}

function narrowed(values: Numbers): { readonly form: Form; readonly bytes: ArrayBufferView } {
  if (values instanceof Uint8Array) return { form: 'u8', bytes: values };
  const form = values instanceof Int32Array ? formOfInts(values) : formOf(values);
  if (form === 'i64' || (form === 'f64' && values instanceof Float64Array) || (form === 'i32' && values instanceof Int32Array))
    return { form, bytes: values };
  return { form, bytes: forms[form].from(values) };
}

export function writeColumnFile(path: string): ColumnFile {
  const file = openSync(path, 'w');
  const places: ColumnPlace[] = [];
  const placeOf = new Map<MatrixColumn, number>();
  let end = 0;

  function append(form: Form, bytes: ArrayBufferView, length: number): Region {
    const at = end;
    for (let done = 0; done < bytes.byteLength; ) {
      const part = new Uint8Array(bytes.buffer, bytes.byteOffset + done, Math.min(bytes.byteLength - done, 1 << 24));
      done += writeSync(file, part, 0, part.byteLength, at + done);
    }
    end = at + Math.ceil(bytes.byteLength / 8) * 8;
    return { at, length, form };
  }

  function put(values: Numbers): Region {
    const { form, bytes } = narrowed(values);
    return append(form, bytes, values.length);
  }

  function putTexts(texts: Texts): Header['identity'] {
    const bytes = append('u8', texts.bytes, texts.bytes.byteLength);
    return { bytes, lengths: put(lengthsOf(texts)) };
  }

  function place(column: MatrixColumn): number {
    const known = placeOf.get(column);
    if (known !== undefined) return known;
    const at = places.push(placed(column)) - 1;
    placeOf.set(column, at);
    return at;
  }

  function placed(column: MatrixColumn): ColumnPlace {
    const { name } = column;
    const made = madeOf(column);
    const base = made && isWritable(made.recipe) ? placeOf.get(made.base) : undefined;
    if (made && base !== undefined) return { kind: 'made', name, base, recipe: made.recipe };
    return column.kind === 'number'
      ? { kind: 'number', name, region: put(column.values) }
      : { kind: 'category', name, levels: column.levels, region: put(column.codes) };
  }

  const holder = heldColumns();
  const stored: MatrixColumn[] = [];
  return {
    keep(column) {
      const at = place(column);
      for (let i = stored.length; i <= at; i++) stored.push(columnAt(path, places[i] as ColumnPlace, stored, holder));
      const kept = stored[at] as MatrixColumn;
      placeOf.delete(column);
      placeOf.set(kept, at);
      return kept;
    },
    finish(matrix, raw) {
      const header: Header = {
        version: 2,
        rows: matrix.rows,
        columns: matrix.columns.map(place),
        raw: raw?.map(({ feature, column }) => ({ feature, column: place(column) })) ?? null,
        label: put(matrix.label),
        partition: put(matrix.partition),
        identity: putTexts(identitiesOf(matrix)),
        entity: put(matrix.entity),
        cutoff: matrix.cutoff && append('i64', matrix.cutoff, matrix.cutoff.length),
        weight: matrix.weight && put(matrix.weight),
        resample: matrix.resample ?? null,
        places,
      };
      const text = Buffer.from(JSON.stringify(header), 'utf8');
      const { at } = append('u8', text, text.byteLength);
      append('f64', Float64Array.of(at, text.byteLength), 2);
    },
    close: () => closeSync(file),
  };
}

function within<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function fill(file: number, target: Uint8Array, at: number): void {
  for (let done = 0; done < target.byteLength; ) {
    const read = readSync(file, target, done, target.byteLength - done, at + done);
    if (read === 0) throw new Error('A matrix ends before its columns do.');
    done += read;
  }
}

/** Reads values of a region, block by block. What it gives is good until it is asked again. */
function blocks(file: number, { form, at, length }: Region): (from: number, count: number) => ArrayLike<number> & ArrayBufferView {
  const room = new forms[form as Exclude<Form, 'i64'>](Math.min(blockValues, length));
  return (from, count) => {
    const values = room.subarray(0, count);
    fill(file, new Uint8Array(values.buffer, 0, values.byteLength), at + from * values.BYTES_PER_ELEMENT);
    return values;
  };
}

function whole<T extends Float64Array | Int32Array | Uint8Array>(path: string, region: Region, target: T): T {
  within(path, file => {
    const read = blocks(file, region);
    for (let from = 0; from < region.length; from += blockValues) target.set(read(from, Math.min(blockValues, region.length - from)), from);
  });
  return target;
}

/** Values of some rows, each block read once at most; false where the rows go back to a block before, and then not all are there. */
function picked(path: string, region: Region, rows: Int32Array, into: Float64Array | Int32Array): boolean {
  // One form of values in the loop, whatever that of the file.
  const widened = new Float64Array(Math.min(blockValues, region.length));
  return within(path, file => {
    const read = blocks(file, region);
    const many = rows.length;
    let last = -1;
    for (let i = 0; i < many; ) {
      const first = rows[i] as number;
      const start = first - (first % blockValues);
      if (start <= last) return false;
      last = start;
      const count = Math.min(region.length - start, blockValues);
      const found = read(start, count);
      const values = found instanceof Float64Array ? found : widened;
      if (values !== found) values.set(found);
      for (; i < many; i++) {
        const at = (rows[i] as number) - start;
        if (at < 0 || at >= count) break;
        into[i] = values[at] as number;
      }
    }
    return true;
  });
}

interface Holder {
  readonly get: <T extends Float64Array | Int32Array>(of: ColumnPlace, read: () => T) => T;
}

/** The latest columns stay, so that to look at one value after another does not read them anew each time. */
function heldColumns(): Holder {
  const held = new Map<ColumnPlace, Float64Array | Int32Array>();
  let last: ColumnPlace | null = null;
  let values: Float64Array | Int32Array | null = null;
  let bytes = 0;
  return {
    get<T extends Float64Array | Int32Array>(of: ColumnPlace, read: () => T): T {
      if (of === last) return values as T;
      const found = (held.get(of) as T | undefined) ?? read();
      if (held.delete(of)) bytes -= found.byteLength;
      held.set(of, found);
      bytes += found.byteLength;
      for (const [oldest, old] of held) {
        if (bytes <= heldBytes || oldest === of) break;
        held.delete(oldest);
        bytes -= old.byteLength;
      }
      [last, values] = [of, found];
      return found;
    },
  };
}

/** The column of a place; those before it are there. */
function columnAt(path: string, place: ColumnPlace, before: readonly MatrixColumn[], holder: Holder): MatrixColumn {
  if (place.kind !== 'made') return storedColumn(path, place, holder);
  const base = before[place.base];
  const made = base && madeColumn(place.name, place.recipe, base, all => holder.get(place, all));
  if (!made) throw new Error(`The column ${place.name} of a matrix was made of another than the one that is there.`);
  return made;
}

function storedColumn(path: string, place: StoredPlace, holder: Holder): MatrixColumn {
  const { region } = place;
  const gather = (all: () => Float64Array | Int32Array, rows: Int32Array, into: Float64Array | Int32Array): void => {
    if (picked(path, region, rows, into)) return;
    const values = all();
    for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] as number] as number;
  };
  if (place.kind === 'number') {
    const column: NumberColumn = {
      kind: 'number',
      name: place.name,
      get values() {
        return holder.get(place, () => whole(path, region, new Float64Array(region.length)));
      },
      gather: (rows, into) => gather(() => column.values, rows, into),
    };
    return column;
  }
  const column: CategoryColumn = {
    kind: 'category',
    name: place.name,
    levels: place.levels,
    get codes() {
      return holder.get(place, () => whole(path, region, new Int32Array(region.length)));
    },
    gather: (rows, into) => gather(() => column.codes, rows, into),
  };
  return column;
}

function identities(path: string, { lengths, bytes }: Header['identity']): Texts {
  return textsOf(whole(path, bytes, new Uint8Array(bytes.length)), whole(path, lengths, new Int32Array(lengths.length)));
}

function headerOf(path: string): Header {
  return within(path, file => {
    const { size } = fstatSync(file);
    const place = new Float64Array(2);
    fill(file, new Uint8Array(place.buffer), size - 16);
    const [at = 0, length = 0] = place;
    const text = Buffer.alloc(length);
    fill(file, text, at);
    const header = JSON.parse(text.toString('utf8')) as Header;
    // What the first version wrote has no columns that were made of others; all else is the same.
    if ((header.version as number) !== 1 && header.version !== 2) throw new Error('A matrix was written by another version.');
    return header;
  });
}

/** The matrix of a finished file. The file must stay in its place as long as the matrix is used. */
export function readMatrixFile(path: string): StoredMatrix {
  const header = headerOf(path);
  const holder = heldColumns();
  const columns: MatrixColumn[] = [];
  for (const place of header.places) columns.push(columnAt(path, place, columns, holder));
  const of = (index: number): MatrixColumn => columns[index] as MatrixColumn;
  const floats = (region: Region): Float64Array => whole(path, region, new Float64Array(region.length));
  const { cutoff } = header;
  let texts: Texts | null = null;
  let strings: readonly string[] | null = null;
  const asTexts = (): Texts => (texts ??= identities(path, header.identity));
  const instants = cutoff && new BigInt64Array(cutoff.length);
  if (cutoff && instants) within(path, file => fill(file, new Uint8Array(instants.buffer), cutoff.at));
  const matrix: Matrix = {
    rows: header.rows,
    columns: header.columns.map(of),
    label: floats(header.label),
    partition: whole(path, header.partition, new Uint8Array(header.partition.length)),
    get identity() {
      return (strings ??= stringsOf(asTexts()));
    },
    entity: whole(path, header.entity, new Int32Array(header.entity.length)),
    cutoff: instants,
    weight: header.weight && floats(header.weight),
    ...(header.resample && { resample: header.resample }),
  };
  rememberTexts(matrix, asTexts);
  return { matrix, raw: header.raw?.map(({ feature, column }) => ({ feature, column: of(column) })) ?? null };
}

/** The same matrix with all its columns in memory, for what looks at rows and not at columns. */
export function inMemory(matrix: Matrix): Matrix {
  if (!matrix.columns.some(column => column.gather)) return matrix;
  const columns = matrix.columns.map((column): MatrixColumn => {
    const { kind, name } = column;
    return kind === 'number' ? { kind, name, values: column.values } : { kind, name, levels: column.levels, codes: column.codes };
  });
  return { ...matrix, columns };
}
