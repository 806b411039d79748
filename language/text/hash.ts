/** A short, stable, non-cryptographic hash of a text: FNV-1a over UTF-16 units, 64 bits in two halves, as 16 hex digits. */
export function shortHash(text: string): string {
  let low = 0x84222325;
  let high = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    low ^= text.charCodeAt(i);
    // The 64-bit prime is 2^40 + 0x1b3: multiply by parts, keeping 32 bits of each half.
    const product = (low >>> 0) * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x1_0000_0000) + (low << 8)) | 0;
    low = product | 0;
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
