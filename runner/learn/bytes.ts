/** Typed arrays as base64 text, little endian on every machine, for stored models. */

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function encodeFloats(values: Float64Array): string {
  return bytesInOrder(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8).toString('base64');
}

export function decodeFloats(text: string): Float64Array {
  return new Float64Array(decoded(text, 8));
}

export function encodeSingles(values: Float32Array): string {
  return bytesInOrder(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 4).toString('base64');
}

export function decodeSingles(text: string): Float32Array {
  return new Float32Array(decoded(text, 4));
}

export function encodeInts(values: Int32Array): string {
  return bytesInOrder(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 4).toString('base64');
}

export function decodeInts(text: string): Int32Array {
  return new Int32Array(decoded(text, 4));
}

function decoded(text: string, width: number): ArrayBuffer {
  const ordered = bytesInOrder(Buffer.from(text, 'base64'), width);
  const aligned = new ArrayBuffer(ordered.length - (ordered.length % width));
  new Uint8Array(aligned).set(ordered.subarray(0, aligned.byteLength));
  return aligned;
}

function bytesInOrder(bytes: Uint8Array, width: number): Buffer {
  const copy = Buffer.from(bytes);
  if (littleEndian) return copy;
  return width === 8 ? copy.swap64() : copy.swap32();
}
