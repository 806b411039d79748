/** Long fits give way to the event loop, so that progress is sent and a cancellation is seen within 100 ms. */
import { LearnCancelled } from './learner.ts';

const breath = 20;

/** Awaited between small steps; null: go on at once. */
export type Pause = () => Promise<void> | null;

/** Call it between small steps; it costs a clock reading and awaits only at the first call and when the last breath is long ago. */
export function checkpoints(cancelled: () => boolean): Pause {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < breath) return null;
    return new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        last = performance.now();
        if (cancelled()) reject(new LearnCancelled('Cancelled.'));
        else resolve();
      });
    });
  };
}
