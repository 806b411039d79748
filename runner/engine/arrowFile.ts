/**
 * Arrow files and streams, batch by batch. A file names its batches at its end, a stream marks its end; what lacks its end was cut off,
 * and is never taken for the whole.
 */
import { type FileHandle, open } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import type { Data, RecordBatch, RecordBatchReader } from 'apache-arrow';
import { type ArrowKind, kindOf } from './arrowCells.ts';
import { CutOff, checkFrame, DamagedFrame } from './arrowMessages.ts';
import { type Batch, BatchProblem, type CellOf } from './duckdb.ts';
import { unpackLz4 } from './lz4.ts';

export interface ArrowField {
  readonly name: string;
  readonly kind: ArrowKind;
}

/** Why a file cannot be used, in words that follow its name. */
export class ArrowProblem extends BatchProblem {
  override readonly name = 'ArrowProblem';
  readonly kind: 'empty' | 'unreadable';

  constructor(kind: ArrowProblem['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const magic = 'ARROW1';
const streamEnds = ['ffffffff00000000', '00000000'];

/** Throws where the end is missing, or the parts before it are not where they should be. */
async function assertWhole(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size === 0) throw new ArrowProblem('empty', 'is empty');
  const bytes = async (at: number, length: number): Promise<Buffer> => (await handle.read(Buffer.alloc(length), 0, length, Math.max(0, at))).buffer;
  const head = await bytes(0, 8);
  const cut = 'is not complete: its end is missing';
  if (head.toString('latin1', 0, magic.length) === magic) {
    if (size < 24 || (await bytes(size - magic.length, magic.length)).toString('latin1') !== magic) throw new ArrowProblem('unreadable', cut);
    await checkFrame(handle, size, 'file');
    return;
  }
  // A stream starts with the length of its schema, which is some hundred bytes at most for each column.
  const length = head.readInt32LE(0) === -1 ? head.readInt32LE(4) : head.readInt32LE(0);
  if (size < 8 || length <= 0 || length > 1 << 26) throw new ArrowProblem('unreadable', 'is not an Arrow file');
  const end = (await bytes(size - 8, 8)).toString('hex');
  if (!streamEnds.some(mark => end.endsWith(mark))) throw new ArrowProblem('unreadable', cut);
  await checkFrame(handle, size, 'stream');
}

const zstd = (zlib as unknown as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdDecompressSync;

async function arrow() {
  const library = await import('apache-arrow');
  const { compressionRegistry, CompressionType } = library;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4 });
  if (zstd) compressionRegistry.set(CompressionType.ZSTD, { decode: zstd });
  return library;
}

function meaning(error: unknown): ArrowProblem {
  if (error instanceof ArrowProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/codec not found/.test(message)) {
    return new ArrowProblem('unreadable', 'is packed with zstd, which this version of Node cannot unpack: write it with lz4 or without compression');
  }
  if (/expected to read/i.test(message)) return new ArrowProblem('unreadable', 'is not complete: its end is missing');
  if (error instanceof CutOff) return new ArrowProblem('unreadable', 'is not complete: its end is missing');
  if (error instanceof DamagedFrame || error instanceof TypeError || error instanceof RangeError) return new ArrowProblem('unreadable', 'is damaged');
  return new ArrowProblem('unreadable', `cannot be read as Arrow: ${message.split('\n')[0]?.replace(/\.$/, '')}`);
}

async function* batchesOf(reader: RecordBatchReader): AsyncGenerator<RecordBatch> {
  if (!reader.isFile()) {
    yield* reader as unknown as AsyncIterable<RecordBatch>;
    return;
  }
  for (let i = 0; i < reader.numRecordBatches; i++) {
    const batch = await reader.readRecordBatch(i);
    if (batch === null) throw new ArrowProblem('unreadable', `is damaged: its part ${i + 1} is not where it should be`);
    yield batch;
  }
}

const guarded =
  (cell: CellOf): CellOf =>
  row => {
    try {
      return cell(row);
    } catch (error) {
      throw meaning(error);
    }
  };

export interface ArrowFile {
  readonly fields: readonly ArrowField[];
  /** The cells of the columns at these places. Throws `ArrowProblem`. */
  readonly batches: (places: readonly number[]) => AsyncGenerator<Batch>;
  readonly close: () => Promise<void>;
}

/** Throws `ArrowProblem`. */
export async function openArrow(path: string): Promise<ArrowFile> {
  const handle = await open(path);
  const close = () => handle.close().catch(() => undefined);
  try {
    await assertWhole(handle);
    const { RecordBatchReader, Vector } = await arrow();
    const vectorOf = (data: Data) => new Vector([data]);
    const reader: RecordBatchReader = await RecordBatchReader.from(handle);
    await reader.open({ autoDestroy: false });
    const fields = reader.schema.fields.map(field => ({ name: field.name, kind: kindOf(field.type, vectorOf) }));
    return {
      fields,
      close,
      async *batches(places) {
        try {
          for await (const batch of batchesOf(reader)) {
            const columns = places.map(place => {
              const data = batch.data.children[place];
              const cell = data && fields[place]?.kind.column?.cells(data);
              return cell ? guarded(cell) : () => null;
            });
            yield { rows: batch.numRows, columns };
          }
        } catch (error) {
          throw meaning(error);
        }
      },
    };
  } catch (error) {
    await close();
    throw meaning(error);
  }
}
