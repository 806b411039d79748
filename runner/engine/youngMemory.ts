/**
 * Keeps the collection of memory cheap while the engine calls the process many times. Each call makes a few small objects that stand for large
 * columns, and the collector looks through all objects of the process as soon as such columns take 64 MB, though they are long out of use. Where
 * it comes for young objects before that, it finds those columns too, and looks at little else.
 */

/** Words that fill the room of young objects, 16 MB, about every 700 calls: fewer than make 64 MB of columns. */
const wordsPerCall = 3000;

/** Words that were made last: what is held by nobody would not be made. */
const young: { words: readonly unknown[] } = { words: [] };

/** Once a call from the engine. */
export function ageMemory(): void {
  young.words = new Array(wordsPerCall);
}
