/** Rows of a declaration, to look at: what it needs is executed or comes from the cache, and nothing is trained or judged beyond that. */
import { rename } from 'node:fs/promises';
import type { Plan, PlanNode } from '../language/plan/plan.ts';
import { contentsOf } from './contents.ts';
import type { RelationalEngine } from './engine/relational.ts';
import type { Emit } from './events.ts';
import { asFailure, cancelled, RunFailed } from './failure.ts';
import { type Machinery, machineryOf } from './machinery.ts';
import type { RunOptions } from './options.ts';
import { recordPlace } from './places.ts';
import type { RecordPlace } from './record.ts';
import { neededFor, openBench, stepsOn } from './steps.ts';
import { asideOf, storing } from './store/files.ts';
import { openStore } from './store/store.ts';
import type { Workbench } from './workbench.ts';

export interface RowsWanted {
  /** A source, table, checked table, task, split or feature set. */
  readonly name: string;
  /** Only rows of this partition, of a task, split or feature set. */
  readonly partition: string | null;
  /** Null: all. */
  readonly limit: number | null;
  /** Where to write them: `.csv`, `.jsonl` or `.parquet`. Null: as texts. */
  readonly path: string | null;
}

export interface Rows {
  /** Of the table, or of the partition. */
  readonly total: number;
  readonly columns: readonly string[];
  /** As the language writes values; empty where they were written to a file. */
  readonly rows: readonly (readonly (string | null)[])[];
}

const kinds: readonly PlanNode['kind'][] = ['features', 'split', 'frame', 'check', 'relation', 'scan'];

/** The step whose table is meant by a name: the last one of that name, since a set is more than its task and a check more than its table. */
export function stepNamed(plan: Plan, name: string, partition: string | null): PlanNode | null {
  const wanted = plan.nodes.filter(node => node.name === name && !node.part && kinds.includes(node.kind));
  const [task] = wanted.filter(node => node.kind === 'frame');
  const splits = plan.nodes.filter(node => node.kind === 'split' && (node.name === name || node.frame === task?.id));
  const [set] = wanted.filter(node => node.kind === 'features');
  if (partition !== null) return set ?? splits[0] ?? null;
  return kinds.flatMap(kind => wanted.filter(node => node.kind === kind))[0] ?? null;
}

/** A check that does not hold is what people want to look at; the table that it looked at is there. */
const isBroken = (error: unknown): error is RunFailed => error instanceof RunFailed && error.findings.every(f => f.rule === 'check-failed');

async function read(engine: RelationalEngine, bench: Workbench, target: PlanNode, wanted: RowsWanted): Promise<Rows> {
  const { partition, limit, path } = wanted;
  const { columns, rows } = await engine.preview(target.id, path === null ? (limit ?? Number.MAX_SAFE_INTEGER) : 0, undefined, partition);
  const split = target.kind === 'features' ? target.split : target.id;
  const total = partition === null ? bench.output(target.id).rows : (bench.output(split).partitions.find(p => p.name === partition)?.rows ?? 0);
  if (path !== null) {
    const aside = `${asideOf(path)}${/\.[a-z]+$/.exec(path)?.[0] ?? ''}`;
    await engine.exportTable(target.id, aside, limit, partition);
    await storing(`write ${path}`, () => rename(aside, path));
  }
  return { total, columns, rows };
}

/** Throws `RunFailed` where the data do not allow it, the machine does not, or when cancelled. The plan has the step. */
export async function rowsOf(
  plan: Plan,
  target: PlanNode,
  wanted: RowsWanted,
  options: RunOptions,
  emit: Emit,
  machinery: Machinery = machineryOf(options),
): Promise<Rows> {
  let bench: Workbench | null = null;
  let place: RecordPlace | null = null;
  try {
    const store = await openStore(options.storeDir);
    const contents = await contentsOf(plan, options.projectDir, store.sources);
    const steps = neededFor(plan, target.id);
    bench = await openBench(plan, contents, { options, store, id: 'preview', machinery, emit, steps });
    const take = stepsOn(bench, emit, { reads: !options.force, keeps: true });
    let shown = target;
    for (const node of steps) {
      if (options.signal.aborted) throw cancelled();
      place = recordPlace(node.place);
      try {
        const { step } = await take(node);
        for (const finding of step.output.findings) emit({ event: 'finding', node: node.id, ...place, finding });
      } catch (error) {
        if (node.kind !== 'check' || !isBroken(error)) throw error;
        if (node.id === target.id) shown = bench.node(node.table);
        for (const finding of error.findings) emit({ event: 'finding', node: node.id, ...place, finding: { ...finding, severity: 'warning' } });
      }
    }
    return await read(await bench.tables(shown.id), bench, shown, wanted);
  } catch (error) {
    const failure = options.signal.aborted ? cancelled() : asFailure(error, place);
    throw failure ?? error;
  } finally {
    await bench?.close().catch(() => undefined);
  }
}
