/**
 * The frame of an Arrow file or stream, looked at before anything is read from it: where its messages are, and that no count in them is
 * larger than what holds it. A damaged count would otherwise be believed. (Arrow Columnar Format 1.5, Serialization and IPC; FlatBuffers.)
 */
import type { FileHandle } from 'node:fs/promises';

/** Something is not as the format has it. */
export class DamagedFrame extends Error {}

/** A message goes on behind the end. */
export class CutOff extends DamagedFrame {}

const most = { metadata: 1 << 26, depth: 64 };

interface Table {
  readonly at: number;
  /** Places of its fields, by their number; 0 where absent. */
  readonly field: (number: number) => number;
}

/** Tables of a FlatBuffer within bounds; at most as many as there are words in it. */
function flatBuffer(bytes: Buffer) {
  let left = bytes.length / 4;
  const int = (at: number): number => {
    if (at < 0 || at + 4 > bytes.length) throw new DamagedFrame('a place lies outside');
    return bytes.readInt32LE(at);
  };
  const table = (at: number): Table => {
    if (left-- <= 0) throw new DamagedFrame('more tables than there is room for');
    const fields = at - int(at);
    const size = int(fields) & 0xffff;
    return {
      at,
      field: number => {
        const slot = 4 + 2 * number;
        if (slot + 2 > size) return 0;
        if (fields + slot + 2 > bytes.length) throw new DamagedFrame('a place lies outside');
        const offset = bytes.readUInt16LE(fields + slot);
        return offset && at + offset;
      },
    };
  };
  const follow = (at: number): number => at + int(at);
  return {
    root: () => table(int(0)),
    table: (at: number) => table(follow(at)),
    byte: (at: number): number => bytes[at] ?? 0,
    long: (at: number): number => {
      if (at + 8 > bytes.length) throw new DamagedFrame('a place lies outside');
      return Number(bytes.readBigInt64LE(at));
    },
    /** The place of the first item of a vector, and how many there are. */
    vector: (at: number, width: number): { readonly at: number; readonly length: number } => {
      if (at === 0) return { at: 0, length: 0 };
      const start = follow(at);
      const length = int(start);
      if (length < 0 || start + 4 + length * width > bytes.length) throw new DamagedFrame('a list is longer than what holds it');
      return { at: start + 4, length };
    },
  };
}

type FlatBuffer = ReturnType<typeof flatBuffer>;

function checkTables(buffer: FlatBuffer, at: number, check: (table: Table) => void): void {
  const { at: first, length } = buffer.vector(at, 4);
  for (let i = 0; i < length; i++) check(buffer.table(first + 4 * i));
}

function checkField(buffer: FlatBuffer, field: Table, depth: number): void {
  if (depth > most.depth) throw new DamagedFrame('fields lie too deep in one another');
  checkTables(buffer, field.field(5), child => checkField(buffer, child, depth + 1));
  checkTables(buffer, field.field(6), () => undefined);
}

function checkSchema(buffer: FlatBuffer, schema: Table): void {
  checkTables(buffer, schema.field(1), field => checkField(buffer, field, 0));
  checkTables(buffer, schema.field(2), () => undefined);
  buffer.vector(schema.field(3), 8);
}

/** A row has at least the bit that says whether it is null, or nothing at all in a column of nulls. */
const rowsIn = (size: number): number => 8 * size + (1 << 20);

function checkBatch(buffer: FlatBuffer, batch: Table, size: number): void {
  const { at, length } = buffer.vector(batch.field(1), 16);
  const counts = [...(batch.field(0) ? [batch.field(0)] : []), ...Array.from({ length }, (_, i) => at + 16 * i)].map(buffer.long);
  if (counts.some(rows => rows < 0 || rows > rowsIn(size))) throw new DamagedFrame('it counts more rows than it can hold');
  buffer.vector(batch.field(2), 16);
  buffer.vector(batch.field(4), 8);
}

const headers = { schema: 1, dictionary: 2, batch: 3 };

/** Checks a message; the length of the body behind it. */
function bodyOf(bytes: Buffer, size: number): number {
  const buffer = flatBuffer(bytes);
  const message = buffer.root();
  const [kind, header, body] = [message.field(1), message.field(2), message.field(3)];
  checkTables(buffer, message.field(4), () => undefined);
  const type = kind ? buffer.byte(kind) : 0;
  if (header) {
    const content = buffer.table(header);
    if (type === headers.schema) checkSchema(buffer, content);
    else if (type === headers.batch) checkBatch(buffer, content, size);
    else if (type === headers.dictionary && content.field(1)) checkBatch(buffer, buffer.table(content.field(1)), size);
  }
  const length = body ? buffer.long(body) : 0;
  if (length < 0) throw new DamagedFrame('a message has less than nothing');
  return length;
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw new CutOff('a message breaks off');
  return buffer;
}

/** The places of the messages from `start` to `end`, or to the mark that ends them. */
async function messages(handle: FileHandle, start: number, end: number): Promise<ReadonlySet<number>> {
  const places = new Set<number>();
  let at = start;
  while (at + 4 <= end) {
    const head = await bytesAt(handle, at, Math.min(8, end - at));
    // Before version 0.15 the length stood alone.
    const marked = head.readInt32LE(0) === -1;
    const length = marked ? (head.length < 8 ? 0 : head.readInt32LE(4)) : head.readInt32LE(0);
    if (length === 0) break;
    const from = at + (marked ? 8 : 4);
    if (length < 0 || length > most.metadata || from + length > end) throw new CutOff('a message is longer than the file');
    places.add(at);
    at = from + length + bodyOf(await bytesAt(handle, from, length), end);
    if (at > end) throw new CutOff('a message is longer than the file');
  }
  return places;
}

/** A file's last part says where its batches are: at messages. */
async function checkFooter(handle: FileHandle, size: number): Promise<void> {
  const tail = 10;
  const length = (await bytesAt(handle, size - tail, 4)).readInt32LE(0);
  const start = size - tail - length;
  if (length <= 0 || start < 8) throw new DamagedFrame('its end is not where it says');
  const places = await messages(handle, 8, start);
  const buffer = flatBuffer(await bytesAt(handle, start, length));
  const footer = buffer.root();
  if (footer.field(1)) checkSchema(buffer, buffer.table(footer.field(1)));
  checkTables(buffer, footer.field(4), () => undefined);
  for (const number of [2, 3]) {
    const { at, length: blocks } = buffer.vector(footer.field(number), 24);
    for (let i = 0; i < blocks; i++) if (!places.has(buffer.long(at + 24 * i))) throw new DamagedFrame('a batch is not where it should be');
  }
}

/** Throws `DamagedFrame`; of a stream `CutOff` where only its end is missing, which a file has by then shown to have. */
export async function checkFrame(handle: FileHandle, size: number, kind: 'file' | 'stream'): Promise<void> {
  if (kind === 'stream') await messages(handle, 0, size);
  else
    await checkFooter(handle, size).catch((error: unknown) => {
      throw error instanceof CutOff ? new DamagedFrame(error.message) : error;
    });
}
