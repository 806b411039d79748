/**
 * Keeps the collection of memory cheap while the engine calls the process many times. Each call makes a few small objects that stand for large
 * columns, and the collector looks through all objects of the process as soon as such columns take 64 MB, though they are long out of use. Where
 * it comes for young objects before that, it finds those columns too, and looks at little else.
 */

/** Larger objects are not made among the young. */
const words = 4096;
/** The room of young objects takes 16 MB, and a word 8 bytes: it is full before columns take 16 MB, and the collector hears of those it frees later. */
const bytesPerArray = words * 6;

/** What was made last: what is held by nobody would not be made. */
const young: { words: readonly unknown[]; bytes: number } = { words: [], bytes: 0 };

/** Once a call from the engine, with the bytes of its columns. */
export function ageMemory(bytes: number): void {
  young.bytes += bytes;
  for (; young.bytes > 0; young.bytes -= bytesPerArray) young.words = new Array(words);
}
