/**
 * Numbers of short texts, found in the process. The engine keeps a text of up to 12 bytes inside of its vector, as its length and its bytes
 * with zeros behind them: four words, which are equal where the texts are. Looking these up takes less than a join of texts.
 */

/** Bytes of the longest text that lies within its words; of longer ones the words hold an address. */
export const shortBytes = 12;

const wordsPerText = 4;
/** Lengths take the low bits of a slot's first word, the number the others. */
const lengthBits = 4;
const lengthMask = (1 << lengthBits) - 1;
const empty = -1;
/** Numbers that a slot has room for. */
export const mostTexts = 2 ** (31 - lengthBits) - 1;

export interface ShortTexts {
  /** Texts, which differ from each other and from those before, with their numbers. Longer texts than `shortBytes` are left out. */
  readonly add: (texts: number, words: Int32Array, numbers: Int32Array) => void;
  /** The number of each text, and -1 where it has none. */
  readonly find: (texts: number, words: Int32Array, into: Int32Array | Int8Array) => void;
}

/** Room for so many texts, in a table with open places (linear probing). */
export function shortTexts(count: number): ShortTexts {
  const size = 2 ** Math.ceil(Math.log2(Math.max(8, 1.5 * count)));
  const slots = new Int32Array(size * wordsPerText).fill(empty);
  const mask = size - 1;
  return {
    add(texts, words, numbers) {
      for (let i = 0; i < texts; i++) {
        const at = i * wordsPerText;
        const length = words[at] as number;
        if (length > shortBytes) continue;
        let slot = placeOf(words, at) & mask;
        while (slots[slot * wordsPerText] !== empty) slot = (slot + 1) & mask;
        const to = slot * wordsPerText;
        slots[to] = ((numbers[i] as number) << lengthBits) | length;
        for (let word = 1; word < wordsPerText; word++) slots[to + word] = words[at + word] as number;
      }
    },
    find: (texts, words, into) => find(slots, mask, texts, words, into),
  };
}

function placeOf(words: Int32Array, at: number): number {
  const mixed =
    Math.imul(words[at] as number, 0x9e3779b1) ^
    Math.imul(words[at + 1] as number, 0x85ebca6b) ^
    Math.imul(words[at + 2] as number, 0xc2b2ae35) ^
    Math.imul(words[at + 3] as number, 0x27d4eb2f);
  // Digits differ in few bits, which lie low in their bytes.
  const folded = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return folded ^ (folded >>> 13);
}

const batch = 2048;
const starts = new Int32Array(batch);
const heads = new Int32Array(batch);

/** All first slots are fetched before one is looked at: memory is slow, and waits for no branch. */
function find(slots: Int32Array, mask: number, texts: number, words: Int32Array, into: Int32Array | Int8Array): void {
  for (let i = 0; i < texts; i++) {
    const start = (placeOf(words, i * wordsPerText) & mask) * wordsPerText;
    starts[i] = start;
    heads[i] = slots[start] as number;
  }
  for (let i = 0; i < texts; i++) {
    const at = i * wordsPerText;
    const length = words[at] as number;
    const [first, second, third] = [words[at + 1] as number, words[at + 2] as number, words[at + 3] as number];
    let of = starts[i] as number;
    let head = heads[i] as number;
    while (head !== empty) {
      if (slots[of + 1] === first && slots[of + 2] === second && slots[of + 3] === third && (head & lengthMask) === length) break;
      of = (of + wordsPerText) & (mask * wordsPerText);
      head = slots[of] as number;
    }
    into[i] = head >> lengthBits;
  }
}
