/**
 * What finished runs have left, read back and held against its version and shape: a damaged or foreign file is a message with its place and
 * a remedy, and no crash.
 */
import { join } from 'node:path';
import type { Plan } from '../../language/plan/plan.ts';
import { bool, fields, list, number, orNull, type Shape, text } from '../../language/plan/shapes.ts';
import { readPlan as planIn } from '../../language/plan/validate.ts';
import { type RunRecord, recordVersion } from '../record.ts';
import { readOrNull, StoreError, storing } from './files.ts';
import type { Runs } from './runs.ts';

export const planName = 'plan.json';

interface Place {
  readonly folder: string;
  readonly runs: Pick<Runs, 'read'>;
}

const file = (of: readonly string[]) => Object.fromEntries(of.map(name => [name, text]));

/** What commands read of a record. */
const recordShape = fields({
  id: text,
  plan: text,
  program: list(fields(file(['path', 'sha256']))),
  sources: list(fields(file(['name', 'sha256']))),
  models: list(fields({ name: text })),
  metrics: list(fields({ evaluation: text, metric: text, value: orNull(number) })),
  findings: list(fields(file(['file', 'rule', 'message']))),
  leakage: list(fields({ rule: text, declaration: text, file: text, passed: bool })),
  ledger: list(fields({ partition: text, readings: number })),
  timing: fields({ started: text }),
});

const parsed = (written: string): unknown => {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
};

function unreadable(store: Place, id: string, name: string, why: string): StoreError {
  return new StoreError(
    'unusable',
    `\`${join(store.folder, 'runs', id, name)}\` cannot be used: ${why}`,
    `Restore the file, or remove the folder of the run ${id}; what it said can be had again by running the program.`,
  );
}

const versionOf = (value: unknown): unknown => (typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined);

function problemOf(value: unknown, id: string, shape: Shape): string | null {
  const version = versionOf(value);
  if (value === undefined) return 'it is damaged, or cut short';
  if (version === undefined) return 'it is no record of a run';
  if (version !== recordVersion) return `it has version ${JSON.stringify(version)}, and this Cupel reads version ${recordVersion}`;
  const wrong = shape(value, '');
  if (wrong !== null) return `it is damaged: ${wrong}`;
  return (value as RunRecord).id === id ? null : `it is the record of the run ${(value as RunRecord).id}`;
}

/** `run.json` of a finished run; null where there is none. Throws `StoreError` where it is damaged or of another version. */
export async function readRecord(store: Place, id: string): Promise<RunRecord | null> {
  const written = await store.runs.read(id);
  if (written === null) return null;
  const value = parsed(written);
  const wrong = problemOf(value, id, recordShape);
  if (wrong !== null) throw unreadable(store, id, 'run.json', wrong);
  return value as RunRecord;
}

/** Those that can be read, newest first, and why the others cannot. */
export async function readableRecords(
  store: Place,
  ids: readonly string[],
): Promise<{ readonly records: readonly RunRecord[]; readonly unreadable: readonly StoreError[] }> {
  const found = await Promise.all(
    ids.map(id =>
      readRecord(store, id).catch((error: unknown) => {
        if (error instanceof StoreError && error.code === 'unusable') return error;
        throw error;
      }),
    ),
  );
  const unreadable = found.filter(one => one instanceof StoreError);
  return { records: found.flatMap(one => (one === null || one instanceof StoreError ? [] : [one])).sort(newestFirst), unreadable };
}

/** What a run whose record cannot be read is told by. */
export type PassedOver = Pick<StoreError, 'message' | 'help'>;

export const passedOver = ({ message, help }: StoreError): PassedOver => ({ message, help });

/** Runs that began at the same moment, by their ids. */
function newestFirst(a: RunRecord, b: RunRecord): number {
  const [first, second] = a.timing.started === b.timing.started ? [a.id, b.id] : [a.timing.started, b.timing.started];
  return first < second ? 1 : first > second ? -1 : 0;
}

/** The plan of a finished run; null where it has left none. Throws `StoreError` where it is damaged or of another version. */
export async function readPlan(store: Place, id: string): Promise<Plan | null> {
  const bytes = await storing('read a run', () => readOrNull(join(store.folder, 'runs', id, planName)));
  if (bytes === null) return null;
  const value = parsed(bytes.toString('utf8'));
  const { plan, problem } = value === undefined ? { plan: null, problem: 'It is damaged, or cut short.' } : planIn(value);
  if (plan === null) throw unreadable(store, id, planName, inSentence(problem));
  return plan;
}

/** A model's file; null where there is none. Throws `StoreError` where it is damaged. */
export async function readModel(store: Place, id: string, name: string): Promise<object | null> {
  const path = join('models', `${name}.json`);
  const bytes = await storing('read a model', () => readOrNull(join(store.folder, 'runs', id, path)));
  if (bytes === null) return null;
  const value = parsed(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw unreadable(store, id, path, 'it is damaged, or cut short');
  return value;
}

const inSentence = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
