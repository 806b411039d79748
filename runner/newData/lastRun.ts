/** The last run of a program that left a model, with its plan: what new data are scored and compared by, whatever the program says now. */
import type { Plan } from '../../language/plan/plan.ts';
import { RunFailed } from '../failure.ts';
import type { RunRecord } from '../record.ts';
import type { ScoringModel } from '../serve/scorer.ts';
import type { StoreError } from '../store/files.ts';
import { type PassedOver, passedOver, readableRecords, readModel, readPlan } from '../store/finished.ts';
import type { Store } from '../store/store.ts';

export interface TrainedRun {
  readonly record: RunRecord;
  readonly plan: Plan;
  /** Records of runs that cannot be read, as far as was looked back; they may be of any program. */
  readonly passedOver: readonly PassedOver[];
}

/** Its models have names of their own; an id begins with the day. */
const dayOf = (id: string): string => id.slice(0, 8);

/** `program`: relative to the project. `model`: null where any will do. Throws `StoreError` where none is found and a record cannot be read. */
export async function lastRun(store: Store, program: string, model: string | null): Promise<TrainedRun> {
  const ids = await store.runs.list();
  const seen = new Set<string>();
  const unreadable: StoreError[] = [];
  for (const day of [...new Set(ids.map(dayOf))].reverse()) {
    const found = await readableRecords(
      store,
      ids.filter(id => dayOf(id) === day),
    );
    unreadable.push(...found.unreadable);
    const own = found.records.filter(record => record.program[0]?.path === program && record.models.length > 0);
    for (const record of own) for (const { name } of record.models) seen.add(name);
    const last = own.find(record => model === null || record.models.some(({ name }) => name === model));
    if (last) return { ...(await planned(store, last)), passedOver: unreadable.map(passedOver) };
  }
  const [damaged] = unreadable;
  if (damaged) throw damaged;
  const help = `Run it first: \`cupel run ${program}\`.`;
  if (seen.size === 0) throw new RunFailed('findings', `No run of \`${program}\` has left a model.`, help, null);
  throw new RunFailed('findings', `No run of \`${program}\` has left a model \`${model}\`.`, `Its models are ${[...seen].join(', ')}.`, null);
}

async function planned(store: Store, record: RunRecord): Promise<Omit<TrainedRun, 'passedOver'>> {
  const plan = await readPlan(store, record.id);
  if (plan === null) throw outdated(record);
  return { record, plan };
}

const outdated = ({ id, program }: RunRecord): RunFailed =>
  new RunFailed(
    'findings',
    `The run ${id} does not say how its features are made: an earlier version wrote it.`,
    `Run the program again: \`cupel run ${program[0]?.path ?? ''}\`.`,
    null,
  );

/** All that scoring with a model of the run needs. */
export async function modelOf(store: Store, run: TrainedRun, file: string): Promise<ScoringModel> {
  const stored: { readonly scoring?: ScoringModel } | null = await readModel(store, run.record.id, file);
  if (!stored?.scoring) throw outdated(run.record);
  return stored.scoring;
}
