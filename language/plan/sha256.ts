/** SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, as 64 hex digits: fingerprints must be the same in every host, and this room has no crypto. */

const primes = (count: number): number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every(p => n % p !== 0)) found.push(n);
  return found;
};

/** The first 32 bits of the fraction of `x`. */
const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 0x1_0000_0000) >>> 0;

const roundConstants = Int32Array.from(primes(64), p => fraction(Math.cbrt(p)));
const initialState = Int32Array.from(primes(8), p => fraction(Math.sqrt(p)));

/** The text's bytes followed by a 1 bit, zeros, and their length in bits as 64 bits: a whole number of 64-byte blocks. */
function padded(text: string): Uint8Array {
  // A unit of UTF-16 takes three bytes at most.
  const room = new Uint8Array(3 * text.length + 128);
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i) as number;
    if (code >= 0x10000) i++;
    // A lone surrogate has no encoding; it becomes the replacement character, as in every encoder.
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      room[end++] = code;
      continue;
    }
    if (code < 0x800) room[end++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x10000) room[end++] = 0xe0 | (code >> 12);
      else {
        room[end++] = 0xf0 | (code >> 18);
        room[end++] = 0x80 | ((code >> 12) & 63);
      }
      room[end++] = 0x80 | ((code >> 6) & 63);
    }
    room[end++] = 0x80 | (code & 63);
  }
  room[end] = 0x80;
  const bytes = room.subarray(0, Math.ceil((end + 9) / 64) * 64);
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(end / 0x2000_0000));
  view.setUint32(bytes.length - 4, (end << 3) >>> 0);
  return bytes;
}

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

export function sha256(text: string): string {
  const bytes = padded(text);
  const view = new DataView(bytes.buffer);
  const state = Int32Array.from(initialState);
  const words = new Int32Array(64);
  const at = (array: Int32Array, i: number): number => array[i] as number;
  for (let block = 0; block < bytes.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = at(words, i - 15);
      const y = at(words, i - 2);
      const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      words[i] = at(words, i - 16) + small0 + at(words, i - 7) + small1;
    }
    let a = at(state, 0);
    let b = at(state, 1);
    let c = at(state, 2);
    let d = at(state, 3);
    let e = at(state, 4);
    let f = at(state, 5);
    let g = at(state, 6);
    let h = at(state, 7);
    for (let i = 0; i < 64; i++) {
      const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + big1 + ((e & f) ^ (~e & g)) + at(roundConstants, i) + at(words, i)) | 0;
      const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = at(state, 0) + a;
    state[1] = at(state, 1) + b;
    state[2] = at(state, 2) + c;
    state[3] = at(state, 3) + d;
    state[4] = at(state, 4) + e;
    state[5] = at(state, 5) + f;
    state[6] = at(state, 6) + g;
    state[7] = at(state, 7) + h;
  }
  return Array.from(state, word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
