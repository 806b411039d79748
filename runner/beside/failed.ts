/** An error on its way between threads, which keep neither its class nor what it carries beside its message. */
import { LearnError } from '../learn/learner.ts';

export interface Failed {
  readonly message: string;
  readonly stack: string | undefined;
  /** What the system or the engine calls it: `ENOENT`, `ERR_WORKER_OUT_OF_MEMORY`. */
  readonly code: unknown;
  readonly path: unknown;
  /** Of a learner that cannot learn. */
  readonly learning: Pick<LearnError, 'code' | 'help' | 'column'> | null;
}

export function asFailed(thrown: unknown): Failed {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, stack } = error;
  return {
    message,
    stack,
    code: 'code' in error ? error.code : undefined,
    path: 'path' in error ? error.path : undefined,
    learning: error instanceof LearnError ? { code: error.code, help: error.help, column: error.column } : null,
  };
}

export function asError({ message, stack, code, path, learning }: Failed): Error {
  if (learning) return new LearnError(learning.code, message, learning.help, learning.column);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, code === undefined ? {} : { code }, path === undefined ? {} : { path });
}
