/** Cells of Arrow columns as the engine takes them: which type of the engine holds an Arrow type without loss, and how a cell is read. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Data, DataType, Dictionary, Vector } from 'apache-arrow';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  INTEGER,
  INTERVAL,
  TIMESTAMP,
  TIMESTAMP_NS,
  TIMESTAMPTZ,
  UBIGINT,
  VARCHAR,
} from './duckdbApi.ts';

type Cells = (row: number) => DuckDBValue;

export interface ArrowKind {
  /** The engine's name of the type. */
  readonly type: string;
  /** Null where no cell of it is a single value. */
  readonly column: { readonly type: DuckDBType; readonly cells: (data: Data) => Cells } | null;
}

/** The numbers that Arrow's format gives types and units. */
const ids = {
  null: 1,
  int: 2,
  float: 3,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  duration: 18,
  largeUtf8: 20,
  utf8View: 24,
  dictionary: -1,
};
const unread: Readonly<Record<number, string>> = {
  4: 'BLOB',
  9: 'TIME',
  11: 'INTERVAL',
  12: 'LIST[]',
  13: 'STRUCT',
  14: 'UNION',
  15: 'BLOB',
  16: 'LIST[]',
  17: 'MAP',
  19: 'BLOB',
  21: 'LIST[]',
  23: 'BLOB',
};
const microsPer = [1_000_000n, 1000n, 1n] as const;
const nanoseconds = 3;

/** A moment beyond what the engine holds; as an infinite one it fits no column. */
const beyond = 2n ** 63n - 1n;

/** Throws where the buffers are shorter than the rows that they hold. */
function whole(data: Data): void {
  const { length, stride } = data;
  const held = (data.values as unknown as { readonly length: number } | null)?.length ?? 0;
  const offsets = data.valueOffsets as unknown as { readonly length: number; readonly [row: number]: number | bigint } | null;
  const enough = offsets ? offsets.length > length && Number(offsets[length]) <= held : held >= length * stride;
  if (!enough && length > 0) throw new RangeError('a column is shorter than its rows');
}

function valid(data: Data, cell: Cells): Cells {
  whole(data);
  return data.nullCount === 0 ? cell : row => (data.getValid(row) ? cell(row) : null);
}

const values = (data: Data): { readonly [row: number]: number } => data.values as unknown as { readonly [row: number]: number };
const wide = (data: Data): { readonly [row: number]: bigint } => data.values as unknown as { readonly [row: number]: bigint };

function micros(value: bigint, unit: number): bigint {
  if (unit === nanoseconds) return (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n;
  const moment = value * (microsPer[unit] ?? 1n);
  return moment > -beyond && moment < beyond ? moment : beyond;
}

/** Little-endian words of a signed number. */
function wideNumber(words: Uint32Array): bigint {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i] ?? 0);
  return BigInt.asIntN(words.length * 32, value);
}

function decimal(precision: number, scale: number): ArrowKind {
  const type = `DECIMAL(${precision},${scale})`;
  if (precision > 38 || scale < 0) return { type, column: null };
  const cells = (data: Data): Cells => {
    const words = data.values as unknown as Uint32Array;
    const { stride } = data;
    return valid(data, row => new DuckDBDecimalValue(wideNumber(words.subarray(row * stride, (row + 1) * stride)), precision, scale));
  };
  return { type, column: { type: DECIMAL(precision, scale), cells } };
}

function timestamp(unit: number, zone: string | null | undefined): ArrowKind {
  const cell = (read: (value: bigint) => DuckDBValue) => (data: Data) => valid(data, row => read(wide(data)[row] ?? 0n));
  if (zone) return { type: 'TIMESTAMP WITH TIME ZONE', column: { type: TIMESTAMPTZ, cells: cell(v => new DuckDBTimestampTZValue(micros(v, unit))) } };
  return unit === nanoseconds
    ? { type: 'TIMESTAMP_NS', column: { type: TIMESTAMP_NS, cells: cell(v => new DuckDBTimestampNanosecondsValue(v)) } }
    : { type: 'TIMESTAMP', column: { type: TIMESTAMP, cells: cell(v => new DuckDBTimestampValue(micros(v, unit))) } };
}

function integer(width: number, signed: boolean): ArrowKind {
  const whole = (data: Data) => valid(data, row => values(data)[row] ?? 0);
  if (width < 32 || (width === 32 && signed)) return { type: 'INTEGER', column: { type: INTEGER, cells: whole } };
  if (width === 32) return { type: 'BIGINT', column: { type: BIGINT, cells: data => valid(data, row => BigInt(values(data)[row] ?? 0)) } };
  const cells = (data: Data) => valid(data, row => wide(data)[row] ?? 0n);
  return signed ? { type: 'BIGINT', column: { type: BIGINT, cells } } : { type: 'UBIGINT', column: { type: UBIGINT, cells } };
}

/** A cell of a dictionary is the value its code stands for. */
function dictionary(type: Dictionary, vectorOf: (data: Data) => Vector): ArrowKind {
  const kind = kindOf(type.dictionary, vectorOf);
  const inner = kind.column;
  if (!inner) return kind;
  const read = new WeakMap<Data, DuckDBValue[]>();
  const valuesOf = (chunk: Data): DuckDBValue[] => {
    const found = read.get(chunk) ?? Array.from({ length: chunk.length }, (_, i) => i).map(inner.cells(chunk));
    read.set(chunk, found);
    return found;
  };
  const cells = (data: Data): Cells => {
    const known = (data.dictionary?.data ?? []).flatMap(valuesOf);
    return valid(data, row => known[Number(values(data)[row])] ?? null);
  };
  return { type: kind.type, column: { type: inner.type, cells } };
}

/** `vectorOf` reads texts, flags and small floats as Arrow's own code does. */
export function kindOf(type: DataType, vectorOf: (data: Data) => Vector): ArrowKind {
  const asIs = (data: Data): Cells => {
    if ((type.typeId as number) !== ids.bool) whole(data);
    const vector = vectorOf(data);
    return row => vector.get(row) as DuckDBValue;
  };
  switch (type.typeId as number) {
    case ids.null:
      return { type: 'VARCHAR', column: { type: VARCHAR, cells: () => () => null } };
    case ids.int: {
      const { bitWidth, isSigned } = type as DataType & { readonly bitWidth: number; readonly isSigned: boolean };
      return integer(bitWidth, isSigned);
    }
    case ids.float:
      return { type: 'DOUBLE', column: { type: DOUBLE, cells: asIs } };
    case ids.bool:
      return { type: 'BOOLEAN', column: { type: BOOLEAN, cells: asIs } };
    case ids.utf8:
    case ids.largeUtf8:
    case ids.utf8View:
      return { type: 'VARCHAR', column: { type: VARCHAR, cells: asIs } };
    case ids.decimal: {
      const { precision, scale } = type as DataType & { readonly precision: number; readonly scale: number };
      return decimal(precision, scale);
    }
    case ids.date: {
      const { unit } = type as DataType & { readonly unit: number };
      return unit === 0
        ? { type: 'DATE', column: { type: DATE, cells: data => valid(data, row => new DuckDBDateValue(values(data)[row] ?? 0)) } }
        : timestamp(1, null);
    }
    case ids.timestamp: {
      const { unit, timezone } = type as DataType & { readonly unit: number; readonly timezone?: string | null };
      return timestamp(unit, timezone);
    }
    case ids.duration: {
      const { unit } = type as DataType & { readonly unit: number };
      const cells = (data: Data) => valid(data, row => new DuckDBIntervalValue(0, 0, micros(wide(data)[row] ?? 0n, unit)));
      return { type: 'INTERVAL', column: { type: INTERVAL, cells } };
    }
    case ids.dictionary:
      return dictionary(type as Dictionary, vectorOf);
    default:
      return { type: unread[type.typeId as number] ?? 'STRUCT', column: null };
  }
}
