/**
 * One job at a time for all threads that share the memory. A job is cut into chunks; whoever is free takes the next. The main thread
 * works too and waits only for chunks that somebody holds, so a thread that the machine does not run holds nobody up.
 */

import { words } from './control';
import { runChunk } from './jobs';

/** High half: number of the job; low half: next chunk. A job's words are written only while `closed`. */
const ticket: usize = words;
const chunks: usize = words + 8;
const done: usize = words + 12;
const kind: usize = words + 16;
/** Changes with each job; sleepers wait on it. -1: go home. */
const bell: usize = words + 20;
const trouble: usize = words + 24;
const threads: usize = words + 28;

const closed: i64 = 0x7fffffff;
/** Looks at a word before sleeping: about as long as the main thread is busy between two jobs of a split. */
const patience: i32 = 20_000;

export function assemble(count: i32): void {
  store<i64>(ticket, closed);
  store<i32>(bell, 0);
  store<i32>(trouble, 0);
  store<i32>(threads, count);
}

/** How many threads there are, the main one among them. */
export function team(): u32 {
  return load<u32>(threads);
}

/** Does chunks 0 to `count` − 1 of a job. Traps when a thread failed. */
export function run(what: i32, count: i32): void {
  if (count === 1 || load<i32>(threads) === 1) {
    for (let chunk = 0; chunk < count; chunk++) runChunk(what, chunk, 0);
    return;
  }
  open(what, count);
  help(0);
  let seen = atomic.load<i32>(done);
  for (let i = 0; seen < count && !failed(); i++) {
    // A helper that holds a chunk may be waiting for this very processor.
    if (i > patience) atomic.wait<i32>(done, seen, 1_000_000);
    seen = atomic.load<i32>(done);
  }
  if (failed()) unreachable();
  shut();
}

/** Opens a job to the helpers and goes on; the main thread takes chunks by `claim`, and shuts the job when all are done. */
export function open(what: i32, count: i32): void {
  const number = (load<i64>(ticket) >> 32) + 1;
  store<i32>(chunks, count);
  store<i32>(kind, what);
  store<i32>(done, 0);
  atomic.store<i64>(ticket, number << 32);
  atomic.store<i32>(bell, i32(number));
  atomic.notify(bell, -1);
}

export function shut(): void {
  atomic.store<i64>(ticket, (load<i64>(ticket) & ~closed) | closed);
}

export function failed(): bool {
  return atomic.load<i32>(trouble) !== 0;
}

/** The next chunk; -1: none is left. */
export function claim(): i32 {
  let seen = atomic.load<i64>(ticket);
  while (i32(seen & 0xffffffff) < atomic.load<i32>(chunks)) {
    if (atomic.cmpxchg<i64>(ticket, seen, seen + 1) === seen) return i32(seen & 0xffffffff);
    seen = atomic.load<i64>(ticket);
  }
  return -1;
}

function help(slot: u32): void {
  for (let chunk = claim(); chunk >= 0; chunk = claim()) {
    runChunk(load<i32>(kind), chunk, slot);
    if (atomic.add<i32>(done, 1) + 1 === load<i32>(chunks)) atomic.notify(done, 1);
  }
}

/** A helper's whole day; returns when it is sent home. */
export function serve(slot: u32): void {
  let seen = 0;
  for (;;) {
    let rung = atomic.load<i32>(bell);
    for (let i = 0; i < patience && rung === seen; i++) rung = atomic.load<i32>(bell);
    if (rung === seen) {
      atomic.wait<i32>(bell, seen, -1);
      continue;
    }
    if (rung === -1) return;
    seen = rung;
    help(slot);
  }
}

export function dismiss(): void {
  atomic.store<i32>(bell, -1);
  atomic.notify(bell, -1);
}

/** A helper says that it cannot go on. */
export function fail(): void {
  atomic.store<i32>(trouble, 1);
}
