/** A run that did not come to its end, for a reason that is not a bug: data, cancellation, disk, memory. Bugs are thrown as they are. */
import { DataProblem, EngineError } from './engine/relational.ts';
import { LearnCancelled, LearnError } from './learn/learner.ts';
import type { FindingRecord, RecordPlace } from './record.ts';
import { asStoreError, StoreError } from './store/files.ts';

export class RunFailed extends Error {
  override readonly name = 'RunFailed';
  readonly code: 'findings' | 'cancelled' | 'resources';
  readonly help: string | null;
  readonly place: RecordPlace | null;
  readonly findings: readonly FindingRecord[];

  constructor(code: RunFailed['code'], message: string, help: string | null, place: RecordPlace | null, findings: readonly FindingRecord[] = []) {
    super(message);
    this.code = code;
    this.help = help;
    this.place = place;
    this.findings = findings;
  }
}

/** Null: a bug. `place` is that of the step that was running. */
export function asFailure(thrown: unknown, place: RecordPlace | null): RunFailed | null {
  const error = asStoreError(thrown, 'use the store');
  if (error instanceof RunFailed) return error;
  if (error instanceof LearnCancelled) return cancelled();
  if (error instanceof StoreError) return new RunFailed('resources', error.message, error.help, null);
  if (error instanceof LearnError) return learnFailure(error, place);
  if (error instanceof DataProblem) return new RunFailed('findings', error.message, error.finding.help, placeOf(error.finding), [error.finding]);
  if (error instanceof EngineError && error.code === 'cancelled') return cancelled();
  if (error instanceof EngineError && error.code === 'resources') return new RunFailed('resources', error.message, error.help, place);
  return isTooLarge(error) ? tooLarge(place) : null;
}

/** How JavaScript says that it has no room for an array or a text, and a thread that it has none for anything. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') ||
    /^(Array buffer allocation failed|WebAssembly\.Memory\(\)|Invalid (typed )?array length|Invalid string length|Cannot create a string longer)/.test(
      error.message,
    ));

const tooLarge = (place: RecordPlace | null): RunFailed =>
  new RunFailed(
    'resources',
    'What this step holds at once does not fit into the memory of the process',
    'Take fewer features or levels, or a sample of the rows (`| sample 10%`).',
    place,
  );

export function cancelled(): RunFailed {
  return new RunFailed('cancelled', 'The run was cancelled', null, null);
}

/** What a learner cannot learn from is mended in data or program; a missing backend in the machine. */
function learnFailure(error: LearnError, place: RecordPlace | null): RunFailed | null {
  switch (error.code) {
    case 'no-backend':
      return new RunFailed('resources', error.message, error.help, place);
    case 'state':
      return null;
    case 'no-rows':
    case 'one-class':
    case 'null-input':
    case 'setting':
    case 'label':
    case 'size':
      return new RunFailed('findings', error.message, error.help, place, place === null ? [] : [asFinding(error, place)]);
  }
}

const placeOf = ({ file, range }: FindingRecord): RecordPlace => ({ file, range });

function asFinding({ code, message, help }: LearnError, place: RecordPlace): FindingRecord {
  return { ...place, severity: 'error', rule: code, message, help, count: 1 };
}
