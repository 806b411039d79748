/** Long fits give way to the event loop, so that progress is sent and a cancellation is seen within 100 ms. */
import { LearnCancelled } from './learner.ts';

const breath = 20;

/** Call it between small steps; it costs a clock reading and awaits only at the first call and when the last breath is long ago. */
export function checkpoints(cancelled: () => boolean): () => Promise<void> | null {
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
