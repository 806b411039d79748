/**
 * The last run of exactly this plan on exactly these data, with the ledger as it is now: what may decide claims that the text leaves open.
 * Reads the store and hashes the sources; computes nothing.
 */
import { existsSync } from 'node:fs';
import type { Plan } from '../language/plan/plan.ts';
import { contentsOf } from './contents.ts';
import { asFailure, RunFailed } from './failure.ts';
import { partitionOf } from './nodes/readings.ts';
import type { RunOptions } from './options.ts';
import type { LedgerCount, RunRecord } from './record.ts';
import { type PassedOver, passedOver, readableRecords } from './store/finished.ts';
import { countReadings } from './store/ledger.ts';
import { openStore, type Store } from './store/store.ts';

export interface StoredEvidence {
  /** Null where there is none. */
  readonly run: RunRecord | null;
  /** Why there is none, as in "… has changed since run 20261121-7f3a". */
  readonly why: string | null;
  /** Of each test partition of the plan, by all evaluations on it. */
  readonly ledger: readonly LedgerCount[];
  /** What is wrong with the ledger, in words. */
  readonly tampered: readonly string[];
  /** Records of runs that could not be read, and were passed over. */
  readonly passedOver: readonly PassedOver[];
}

/** Throws `RunFailed` where the store or the data cannot be read. A source without files only leaves everything open. */
export async function evidenceOf(plan: Plan, options: Pick<RunOptions, 'projectDir' | 'storeDir'>): Promise<StoredEvidence> {
  const none = { run: null, why: 'this program has not run yet', ledger: [], tampered: [], passedOver: [] };
  if (!existsSync(options.storeDir)) return none;
  try {
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, options.projectDir, store.sources);
    const hashes = new Map(plan.nodes.flatMap(node => (node.kind === 'scan' ? [[node.name, contents.get(node.id)?.sha256 ?? null]] : [])));
    const { records, unreadable } = await readableRecords(store, await store.runs.list());
    const found = lastOn(plan, hashes, records);
    const { ledger, tampered } = await ledgerOf(plan, store, found.run);
    const why = found.why === none.why && unreadable.length > 0 ? 'no run of this program can be read' : found.why;
    return { ...found, why, ledger, tampered, passedOver: unreadable.map(passedOver) };
  } catch (error) {
    const failure = asFailure(error, null);
    if (failure instanceof RunFailed && failure.code === 'findings') return { ...none, why: failure.message.replace(/\.$/, '') };
    throw failure ?? error;
  }
}

function lastOn(plan: Plan, hashes: ReadonlyMap<string, string | null>, records: readonly RunRecord[]): Pick<StoredEvidence, 'run' | 'why'> {
  const own = records.filter(record => record.program[0]?.path === plan.program[0]);
  const changedIn = (record: RunRecord): string[] =>
    record.sources.flatMap(({ name, sha256 }) => (hashes.get(name) === sha256 ? [] : [`\`${name}\``]));
  const match = own.find(record => record.plan === plan.fingerprint && changedIn(record).length === 0);
  if (match) return { run: match, why: null };
  const [last] = own;
  if (!last) return { run: null, why: 'this program has not run yet' };
  const changed = changedIn(last);
  if (last.plan !== plan.fingerprint) return { run: null, why: `the program, or a parameter, is not what it was in run ${last.id}` };
  return { run: null, why: `${changed.join(', ')} ${changed.length === 1 ? 'has' : 'have'} changed since run ${last.id}` };
}

async function ledgerOf(plan: Plan, store: Store, run: RunRecord | null): Promise<Pick<StoredEvidence, 'ledger' | 'tampered'>> {
  const { entries, damaged, missing } = await store.ledger.read();
  const judged = plan.nodes.flatMap(node =>
    node.kind === 'evaluate' && node.partition === 'test' ? [{ name: node.name, of: partitionOf(plan, node) }] : [],
  );
  const partitions = [...new Map(judged.map(({ of }) => [JSON.stringify(of), of])).values()];
  const ledger = partitions.map(of => ({
    partition: partitions.length === 1 ? of.partition : `${of.split}.${of.partition}`,
    task: of.task,
    evaluations: judged.flatMap(one => (JSON.stringify(one.of) === JSON.stringify(of) ? [one.name] : [])),
    ...countReadings(entries, of),
  }));
  const fewer = ledger.flatMap(now => {
    const then = run?.ledger.find(one => one.partition === now.partition);
    return then && now.readings < then.readings
      ? [`the ledger counts ${now.readings} readings of \`${now.partition}\`, and run ${run?.id ?? ''} counted ${then.readings}`]
      : [];
  });
  return {
    ledger,
    tampered: [
      ...damaged.map(name => `the ledger entry ${name} was changed after it was written`),
      ...missing.map(hash => `the ledger entry ${hash}.json is gone, although others follow it`),
      ...fewer,
    ],
  };
}
