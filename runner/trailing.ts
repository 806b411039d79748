/**
 * The end of one step that is told while the next one runs: rules about a feature set may take longer than its step does, and what learns
 * from the set need not wait for them. Events keep their order: those of the next step wait. That rules fail is told when the next step ends.
 */
import type { Emit, RunEvent } from './events.ts';

export interface Trailing {
  readonly emit: Emit;
  /** `end`: gives what is to be told at the end of a step. `failed`: called before `settle` throws, if it comes to nothing. */
  readonly follow: (end: Promise<(tell: Emit) => void>, failed: () => void) => void;
  /** Waits until the end that was followed last is told. Of a run that was cancelled it waits for nothing, and no end is told any more. */
  readonly settle: () => Promise<void>;
  /** Waits until nothing is followed any more, told or not. */
  readonly ended: () => Promise<void>;
}

export function trailing(tell: Emit, signal: AbortSignal): Trailing {
  let waiting: RunEvent[] | null = null;
  let last: Promise<void> = Promise.resolve();
  const go = (): void => {
    const held = waiting ?? [];
    waiting = null;
    for (const event of held) tell(event);
  };
  return {
    emit: event => {
      if (waiting) waiting.push(event);
      else tell(event);
    },
    follow(end, failed) {
      waiting = [];
      last = end.then(
        told => {
          if (signal.aborted) return;
          told(tell);
          go();
        },
        (error: unknown) => {
          if (signal.aborted) return;
          failed();
          go();
          throw error;
        },
      );
      // Thrown by `settle`.
      last.catch(() => undefined);
    },
    async settle() {
      if (signal.aborted) go();
      else await last;
    },
    ended: () => last.catch(() => undefined),
  };
}
