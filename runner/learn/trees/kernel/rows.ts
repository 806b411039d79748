/** The rows of a leaf fall to two sides, keeping their order, and take the value of the leaf they end in. */
import * as at from './control';

/** Those whose bin the table of `goesLeft` marks to `lefts`, the others to `rights`; how many, and how many in bin 0, to `found`. */
export function divideChunk(chunk: u32): void {
  const span = load<u32>(at.span);
  const from = load<u32>(at.from) + chunk * span;
  const n = min(load<u32>(at.to) - from, span);
  const column: usize = load<u32>(at.column);
  const order: usize = load<u32>(at.order) + (from << 2);
  const lefts: usize = load<u32>(at.lefts) + (from << 2);
  const rights: usize = load<u32>(at.rights) + (from << 2);
  const whole = load<u32>(at.whole) === 1;
  let left = lefts;
  let right = rights;
  let missing: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = whole ? from + i : load<u32>(order + (i << 2));
    const bin: u32 = load<u8>(column + row);
    const goes: usize = load<u8>(at.goesLeft + bin);
    // Both are written and one is kept: no branch to mispredict.
    store<u32>(left, row);
    store<u32>(right, row);
    left += goes << 2;
    right += (1 - goes) << 2;
    missing += u32(bin === 0);
  }
  const entry = load<u32>(at.found) + (chunk << 4);
  store<u32>(entry, u32((left - lefts) >> 2));
  store<u32>(entry, missing, 4);
}

/** Both sides back to `order`, at the places that the entry in `found` says. */
export function settleChunk(chunk: u32): void {
  const start = load<u32>(at.from);
  const span = load<u32>(at.span);
  const from = start + chunk * span;
  const n = min(load<u32>(at.to) - from, span);
  const order: usize = load<u32>(at.order) + (start << 2);
  const entry: usize = load<u32>(at.found) + (chunk << 4);
  const left = load<u32>(entry);
  memory.copy(order + (load<u32>(entry, 8) << 2), load<u32>(at.lefts) + (from << 2), left << 2);
  memory.copy(order + (load<u32>(entry, 12) << 2), load<u32>(at.rights) + (from << 2), (n - left) << 2);
}

export function addChunk(chunk: u32): void {
  const entry: usize = load<u32>(at.table) + (chunk << 4);
  const score: usize = load<u32>(at.score);
  const end = load<u32>(at.order) + (load<u32>(entry, 4) << 2);
  const value = load<f64>(entry, 8);
  for (let p: usize = load<u32>(at.order) + (load<u32>(entry) << 2); p < end; p += 4) {
    const k = score + (load<u32>(p) << 3);
    store<f64>(k, load<f64>(k) + value);
  }
}
