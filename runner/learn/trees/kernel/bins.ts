/** Values become the numbers of their bins. */
import * as at from './control';

/** Bin 0: not a number; else one more than the number of bounds below the value. Bounds are searched without branches. */
export function binChunk(chunk: u32): void {
  const span = load<u32>(at.span);
  const from = chunk * span;
  const to = min(load<u32>(at.to), from + span);
  const values: usize = load<u32>(at.values);
  const bounds: usize = load<u32>(at.bounds);
  const target: usize = load<u32>(at.target);
  const halving: u32 = load<u32>(at.halving);
  for (let i = from; i < to; i++) {
    const value = load<f64>(values + (i << 3));
    let below: u32 = 0;
    for (let step = halving; step > 0; step >>= 1) below += step & (0 - u32(load<f64>(bounds + ((below + step - 1) << 3)) < value));
    store<u8>(target + i, u8((below + 1) * u32(value >= -Infinity)));
  }
}
