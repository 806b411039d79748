/** What a command knows of the outside: streams, terminal, environment, cancellation. Tests give their own. */

export interface Screen {
  readonly tty: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The result. */
  readonly out: (text: string) => void;
  /** Progress and what is said about the work. */
  readonly err: (text: string) => void;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly stdin: () => Promise<string>;
  readonly signal: AbortSignal;
  /** From here on an interrupt only aborts `signal`, and the command ends by itself. */
  readonly willEndItself: () => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly date: () => Date;
}

/** The call cannot be carried out as written: exit 2. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** The call is right and the machine does not allow it: exit 4. */
export class ResourceError extends Error {
  override readonly name = 'ResourceError';
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** By their names: of the bundle, what throws and what catches may each hold classes of their own. */
export const isCallError = (error: unknown): error is CallError => error instanceof Error && error.name === 'CallError';
export const isResourceError = (error: unknown): error is ResourceError => error instanceof Error && error.name === 'ResourceError';

export const exit = { done: 0, findings: 1, call: 2, bug: 3, resources: 4, cancelled: 130 } as const;
