/**
 * Numbers of short texts, in a table with open places (linear probing). A text of up to 12 bytes comes as the engine keeps it: its length and
 * its bytes with zeros behind them, 16 bytes in all, which are equal where the texts are.
 */

const textBits: usize = 4;
/** A slot's first word is empty, or has the length in its low bits and the number in the others. */
const empty: i32 = -1;
const lengthBits: i32 = 4;
const lengthMask: i32 = (1 << lengthBits) - 1;
const longest: u32 = 12;

function hashOf(text: usize): u32 {
  const mixed = load<u64>(text) * 0x9e3779b1 + load<u64>(text + 8) * 0xc2b2ae3d;
  const folded = (mixed ^ (mixed >> 32)) * 0x85ebca77;
  return u32(folded ^ (folded >> 29));
}

/** Texts that differ, with their numbers; longer ones are left out. */
export function addTexts(table: usize, last: u32, count: i32, texts: usize, numbers: usize): void {
  for (let i = 0; i < count; i++) {
    const text = texts + (usize(i) << textBits);
    const length = load<u32>(text);
    if (length > longest) continue;
    let slot = hashOf(text) & last;
    while (load<i32>(table + (usize(slot) << textBits)) !== empty) slot = (slot + 1) & last;
    const at = table + (usize(slot) << textBits);
    store<i32>(at, (load<i32>(numbers + (usize(i) << 2)) << lengthBits) | i32(length));
    store<u32>(at + 4, load<u32>(text + 4));
    store<u64>(at + 8, load<u64>(text + 8));
  }
}

/** In front of a table of levels: how many have a number, how many may get one, and 1 where one more would have. */
const levelsHead: usize = 64;

/** The number of each level: those that are new get the next one, while there are any. -1: none. */
export function numberLevels(table: usize, last: u32, count: i32, texts: usize, into: usize): void {
  const head = table - levelsHead;
  const most = load<i32>(head + 4);
  for (let i = 0; i < count; i++) {
    const text = texts + (usize(i) << textBits);
    const length = load<u32>(text);
    const first = load<u32>(text + 4);
    const rest = load<u64>(text + 8);
    let slot = hashOf(text) & last;
    let at = table + (usize(slot) << textBits);
    let found = load<i32>(at);
    while (found !== empty) {
      if (load<u64>(at + 8) === rest && load<u32>(at + 4) === first && u32(found & lengthMask) === length) break;
      slot = (slot + 1) & last;
      at = table + (usize(slot) << textBits);
      found = load<i32>(at);
    }
    if (found === empty && most > 0) {
      const known = load<i32>(head);
      if (length > longest || known === most) {
        store<i32>(head + 8, 1);
      } else {
        found = (known << lengthBits) | i32(length);
        store<i32>(head, known + 1);
        store<i32>(at, found);
        store<u32>(at + 4, first);
        store<u64>(at + 8, rest);
      }
    }
    store<i32>(into + (usize(i) << 2), found >> lengthBits);
  }
}

/**
 * The number of each text, and -1 where it has none. All first slots are fetched before one is looked at: memory is slow, and waits for no
 * branch. `starts` has room for two words a text.
 */
export function findTexts(table: usize, last: u32, count: i32, texts: usize, into: usize, starts: usize): void {
  for (let i = 0; i < count; i++) {
    const at = table + (usize(hashOf(texts + (usize(i) << textBits)) & last) << textBits);
    store<u32>(starts + (usize(i) << 3), u32(at));
    store<i32>(starts + (usize(i) << 3) + 4, load<i32>(at));
  }
  const end = table + (usize(last + 1) << textBits);
  for (let i = 0; i < count; i++) {
    const text = texts + (usize(i) << textBits);
    const length = load<i32>(text);
    const first = load<u32>(text + 4);
    const rest = load<u64>(text + 8);
    let at: usize = load<u32>(starts + (usize(i) << 3));
    let head = load<i32>(starts + (usize(i) << 3) + 4);
    while (head !== empty) {
      if (load<u64>(at + 8) === rest && load<u32>(at + 4) === first && (head & lengthMask) === length) break;
      at += 1 << textBits;
      if (at === end) at = table;
      head = load<i32>(at);
    }
    store<i32>(into + (usize(i) << 2), head >> lengthBits);
  }
}
