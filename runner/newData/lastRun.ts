/** The last run of a program that left a model, with its plan: what new data are scored and compared by, whatever the program says now. */
import { join } from 'node:path';
import type { Plan } from '../../language/plan/plan.ts';
import { RunFailed } from '../failure.ts';
import type { RunRecord } from '../record.ts';
import type { ScoringModel } from '../serve/scorer.ts';
import { readOrNull, storing } from '../store/files.ts';
import type { Store } from '../store/store.ts';

export interface TrainedRun {
  readonly record: RunRecord;
  readonly plan: Plan;
  readonly folder: string;
}

export const planName = 'plan.json';

/** Its models have names of their own; an id begins with the day. */
const dayOf = (id: string): string => id.slice(0, 8);

async function recordsOf(store: Store, ids: readonly string[]): Promise<RunRecord[]> {
  const texts = await Promise.all(ids.map(id => store.runs.read(id)));
  return texts.flatMap(text => (text === null ? [] : [JSON.parse(text) as RunRecord]));
}

/** `program`: relative to the project. `model`: null where any will do. */
export async function lastRun(store: Store, program: string, model: string | null): Promise<TrainedRun> {
  const ids = await store.runs.list();
  const seen = new Set<string>();
  for (const day of [...new Set(ids.map(dayOf))].reverse()) {
    const records = await recordsOf(
      store,
      ids.filter(id => dayOf(id) === day),
    );
    const own = records.filter(record => record.program[0]?.path === program && record.models.length > 0);
    for (const record of own) for (const { name } of record.models) seen.add(name);
    const [last] = own
      .filter(record => model === null || record.models.some(({ name }) => name === model))
      .sort((a, b) => (a.timing.started < b.timing.started ? 1 : a.timing.started > b.timing.started ? -1 : a.id < b.id ? 1 : -1));
    if (last) return planned(store, last);
  }
  const help = `Run it first: \`cupel run ${program}\`.`;
  if (seen.size === 0) throw new RunFailed('findings', `No run of \`${program}\` has left a model.`, help, null);
  throw new RunFailed('findings', `No run of \`${program}\` has left a model \`${model}\`.`, `Its models are ${[...seen].join(', ')}.`, null);
}

async function planned(store: Store, record: RunRecord): Promise<TrainedRun> {
  const folder = join(store.folder, 'runs', record.id);
  const bytes = await storing('read a run', () => readOrNull(join(folder, planName)));
  if (bytes === null) throw outdated(record);
  return { record, plan: JSON.parse(bytes.toString('utf8')) as Plan, folder };
}

const outdated = ({ id, program }: RunRecord): RunFailed =>
  new RunFailed(
    'findings',
    `The run ${id} does not say how its features are made: an earlier version wrote it.`,
    `Run the program again: \`cupel run ${program[0]?.path ?? ''}\`.`,
    null,
  );

/** All that scoring with a model of the run needs. */
export async function modelOf(run: TrainedRun, file: string): Promise<ScoringModel> {
  const bytes = await storing('read a model', () => readOrNull(join(run.folder, 'models', `${file}.json`)));
  const stored = bytes === null ? null : (JSON.parse(bytes.toString('utf8')) as { readonly scoring?: ScoringModel });
  if (!stored?.scoring) throw outdated(run.record);
  return stored.scoring;
}
