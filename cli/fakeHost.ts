/** A host for tests: no terminal, no process; what a command says is kept. */
import { dispatch } from './dispatch.ts';
import type { Host } from './host.ts';
import { screenOf } from './terminal.ts';

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface FakeOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with everything that is written to standard output. */
  readonly onOut?: (text: string) => void;
}

export async function cupel(cwd: string, words: string | readonly string[], options: FakeOptions = {}): Promise<Said> {
  let out = '';
  let err = '';
  const env = options.env ?? {};
  const host: Host = {
    cwd,
    env,
    out: text => {
      out += text;
      options.onOut?.(text);
    },
    err: text => {
      err += text;
    },
    stdout: screenOf({}, env),
    stderr: screenOf({}, env),
    stdin: async () => options.stdin ?? '',
    signal: options.signal ?? new AbortController().signal,
    willEndItself: () => {},
    now: () => performance.now(),
    date: () => new Date(),
  };
  const exit = await dispatch(typeof words === 'string' ? words.split(' ') : words, host);
  return { exit, out, err };
}
