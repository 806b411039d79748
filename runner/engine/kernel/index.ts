/** What is called from outside. Addresses are bytes from the start of the shared memory, and `words.ts` says what lies where. */
import { keepRows } from './chunks';
import { addBatch, linksOf } from './rows';
import * as at from './words';

export { addTexts } from './texts';
export { readPlaces } from './totals';

/** Writes one float over and over: cells of `least` and its like begin with infinities. */
export function fillEvery(from: usize, to: usize, step: usize, value: f64): void {
  for (let place = from; place < to; place += step) store<f64>(place, value);
}

function add(batch: usize): void {
  const links = linksOf(batch);
  if (load<i32>(at.partCount) === 0) return;
  if (load<u32>(at.chunkBytes) === 0) addBatch(batch, links);
  else keepRows(batch, links);
}

/** Adds up the next batch that was handed over, if there is one and nobody else does so; gives whether it did. */
export function addNext(): bool {
  if (atomic.cmpxchg<u32>(at.taken, 0, 1) !== 0) return false;
  const number = atomic.load<u32>(at.done);
  const isThere = number !== atomic.load<u32>(at.handed);
  if (isThere) {
    add(load<u32>(at.batches) + usize(number % load<u32>(at.batchCount)) * load<u32>(at.batchBytes));
    atomic.store<u32>(at.done, number + 1);
  }
  atomic.store<u32>(at.taken, 0);
  if (isThere) atomic.notify(at.done, -1);
  return isThere;
}

/** Looks at a word before sleeping: the next batch is seldom far. */
const patience: i32 = 2_000;
const nanosecondsOfSleep: i64 = 100_000_000;

/** A helper's whole day: adds up batches until no more come. */
export function serve(_slot: u32): void {
  for (;;) {
    if (addNext()) continue;
    const done = atomic.load<u32>(at.done);
    let handed = atomic.load<u32>(at.handed);
    for (let i = 0; i < patience && handed === done; i++) handed = atomic.load<u32>(at.handed);
    if (handed !== done) {
      // The process adds up this one.
      if (atomic.load<u32>(at.taken) !== 0) atomic.wait<u32>(at.done, done, 1_000_000);
    } else if (atomic.load<u32>(at.ended) !== 0) {
      return;
    } else {
      atomic.wait<u32>(at.handed, handed, nanosecondsOfSleep);
    }
  }
}

/** The process has filled a batch. */
export function ring(): void {
  atomic.add<u32>(at.handed, 1);
  atomic.notify(at.handed, 1);
}

/** A batch takes less than a thousandth of that: a helper that has slept so often with one in hand has ended and could not say so. */
const mostSleeps: i32 = 1_200;

/** Waits, and helps, until no more than so many batches are handed over and not done; gives false where a helper has failed. */
function waitFor(open: u32): bool {
  let done = atomic.load<u32>(at.done);
  let sleeps = 0;
  while (atomic.load<u32>(at.handed) - done > open) {
    if (atomic.load<u32>(at.trouble) !== 0 || sleeps > mostSleeps) return false;
    if (!addNext()) {
      atomic.wait<u32>(at.done, done, nanosecondsOfSleep);
      sleeps++;
    }
    const now = atomic.load<u32>(at.done);
    if (now !== done) sleeps = 0;
    done = now;
  }
  return true;
}

/** Where the next batch goes, as soon as there is room; 0: a helper has failed. */
export function nextBatch(): usize {
  const count = load<u32>(at.batchCount);
  if (!waitFor(count - 1)) return 0;
  return load<u32>(at.batches) + (atomic.load<u32>(at.handed) % count) * load<u32>(at.batchBytes);
}

/** Waits for all batches, and sends helpers home; gives false where one has failed. */
export function finish(): bool {
  const isWell = waitFor(0);
  atomic.store<u32>(at.ended, 1);
  atomic.notify(at.handed, -1);
  return isWell;
}

/** A helper says that it cannot go on. */
export function fail(): void {
  atomic.store<u32>(at.trouble, 1);
  atomic.notify(at.done, -1);
}
