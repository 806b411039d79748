/** Text files as bytes: unpacked while they are read, and what encoding they look like. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

export type Encoding = 'utf-8' | 'latin-1' | 'utf-16';

/** Enough to tell what kind of text a file holds. */
export const headBytes = 1 << 18;

/** The bytes of a file, in pieces. */
export async function* unpacked(file: string, gzip: boolean): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  // Errors of either stream reach the loop that reads the last one.
  const stream = gzip ? pipeline(raw, createGunzip({ chunkSize: 1 << 20 }), () => undefined) : raw;
  for await (const chunk of stream) yield chunk as Buffer;
}

export const bomLength = (head: Buffer, encoding: Encoding): number =>
  encoding === 'utf-8' && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
    ? 3
    : encoding === 'utf-16' && head[0] === 0xff && head[1] === 0xfe
      ? 2
      : 0;

export const decode = (bytes: Buffer, encoding: Encoding): string =>
  bytes.toString(encoding === 'utf-16' ? 'utf16le' : encoding === 'latin-1' ? 'latin1' : 'utf8');

/** How the bytes look, whatever was declared. */
export function looksLike(head: Buffer): Encoding | 'binary' {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return 'utf-16';
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0) return 'utf-8';
  // Plain letters in UTF-16 have a zero in every second byte, and always in the same of the two.
  return Math.max(even, odd) > head.length / 4 && Math.min(even, odd) < head.length / 20 ? 'utf-16' : 'binary';
}

export function whyUnread(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return 'its end is missing';
  return code.startsWith('Z_') ? 'it is not compressed with gzip, or damaged' : error.message;
}
