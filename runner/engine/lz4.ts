/** LZ4 frames, as columns of Arrow files are often packed (LZ4 Frame Format Description 1.6.4; LZ4 Block Format Description). */

const magic = 0x184d2204;

class DamagedFrame extends Error {
  override readonly name = 'DamagedFrame';
}

const damaged = (): never => {
  throw new DamagedFrame('its compressed data are damaged');
};

/** A length of four bits goes on in bytes while they are full. */
function lengthAt(bytes: Uint8Array, at: number, four: number): { readonly length: number; readonly next: number } {
  let length = four;
  let next = at;
  if (four === 15) {
    for (;;) {
      const more = bytes[next++] ?? damaged();
      length += more;
      if (more !== 255) break;
    }
  }
  return { length, next };
}

/** What has been written so far, with room behind it. */
interface Output {
  bytes: Uint8Array;
  length: number;
}

function reserve(out: Output, more: number): void {
  if (out.length + more <= out.bytes.length) return;
  const larger = new Uint8Array(Math.max(2 * out.bytes.length, out.length + more));
  larger.set(out.bytes.subarray(0, out.length));
  out.bytes = larger;
}

function append(out: Output, content: Uint8Array): void {
  reserve(out, content.length);
  out.bytes.set(content, out.length);
  out.length += content.length;
}

/** Copies may reach into the blocks before. */
function block(content: Uint8Array, out: Output): void {
  let at = 0;
  while (at < content.length) {
    const token = content[at] ?? damaged();
    const literals = lengthAt(content, at + 1, token >> 4);
    at = literals.next + literals.length;
    if (at > content.length) damaged();
    append(out, content.subarray(literals.next, at));
    if (at === content.length) break;
    const offset = (content[at] ?? damaged()) | ((content[at + 1] ?? damaged()) << 8);
    const match = lengthAt(content, at + 2, token & 15);
    at = match.next;
    const length = match.length + 4;
    if (offset === 0 || offset > out.length) damaged();
    reserve(out, length);
    const from = out.length - offset;
    // Where they overlap, the copy repeats what it has just written.
    if (offset >= length) out.bytes.copyWithin(out.length, from, from + length);
    else for (let i = 0; i < length; i++) out.bytes[out.length + i] = out.bytes[from + i] ?? 0;
    out.length += length;
  }
}

/** The content of a frame; throws where the frame is not whole. Checksums are passed over. */
export function unpackLz4(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 11 || view.getUint32(0, true) !== magic) damaged();
  const flags = frame[4] ?? 0;
  const [blockChecksums, contentSize, dictionary] = [flags & 16, flags & 8, flags & 1];
  let at = 7 + (contentSize ? 8 : 0) + (dictionary ? 4 : 0);
  const out: Output = { bytes: new Uint8Array(4 * frame.length), length: 0 };
  for (;;) {
    if (at + 4 > frame.length) damaged();
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return out.bytes.subarray(0, out.length);
    const end = at + (size & 0x7fffffff);
    if (end > frame.length) damaged();
    const content = frame.subarray(at, end);
    if (size >= 0x80000000) append(out, content);
    else block(content, out);
    at = end + (blockChecksums ? 4 : 0);
  }
}
