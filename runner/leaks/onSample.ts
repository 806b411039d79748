/**
 * The leakage rules that are decided on data, asked of some of the observations and without a run: nothing is learned, nothing is judged, no test
 * row is scored, and nothing stays in a store. Tables are read as a run reads them, so that what a feature reads is there.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataRuleName, dataRule } from '../../language/catalogue/dataRules.ts';
import type { Plan, PlanNode } from '../../language/plan/plan.ts';
import { contentsOf } from '../contents.ts';
import { openEngine } from '../engine/engine.ts';
import { number } from '../engine/finding.ts';
import { isRelational, type RelationalNode } from '../engine/relational.ts';
import { columnsOf, count, type Session } from '../engine/session.ts';
import { asFailure, RunFailed } from '../failure.ts';
import { machineryOf } from '../machinery.ts';
import type { RunOptions } from '../options.ts';
import { placesOf } from '../places.ts';
import type { FindingRecord } from '../record.ts';
import { list, name } from '../sql/write.ts';
import { openBench, stepsOn } from '../steps.ts';
import { openStore } from '../store/store.ts';
import { type Leaks, leaksOf } from './leaks.ts';

/** Of a source whose rows become observations, so many are looked at. */
const mostRows = 50_000;

interface Looked {
  readonly name: string;
  readonly rows: number;
  readonly all: number;
}

/**
 * What rules that a sample decides have measured and found, with the size of the sample where that is not all. Where rows or files are not as
 * declared there is nothing more: a run says what is wrong. Throws `RunFailed` where the machine does not allow it, or when cancelled.
 */
export async function leaksOnSample(
  plan: Plan,
  options: Pick<RunOptions, 'projectDir' | 'threads' | 'memory' | 'leakage' | 'signal' | 'clock'>,
  rows = mostRows,
): Promise<Leaks> {
  const scratch = await mkdtemp(join(tmpdir(), 'cupel-look-'));
  const looked: Looked[] = [];
  const leaks: Leaks[] = [];
  const all: RunOptions = { ...options, storeDir: join(scratch, 'store'), backend: 'cpu', force: false, program: [], call: null };
  const { projectDir: root, threads, memory, signal } = options;
  const machinery = machineryOf(all);
  const engine = (at: string) =>
    openEngine({ root, scratch: at, threads, memory, cancelled: () => signal.aborted }, thinning(sampledScans(plan), rows, looked));
  try {
    const store = await openStore(all.storeDir);
    const contents = await contentsOf(plan, root, store.sources);
    const emit = () => undefined;
    const bench = await openBench(plan, contents, {
      options: all,
      store,
      id: 'look',
      machinery: { ...machinery, engine },
      emit,
      steps: plan.nodes.filter(isLookedAt),
    });
    const take = stepsOn(bench, emit, { reads: false, keeps: false });
    try {
      const places = placesOf(plan);
      const without = new Set<string>();
      for (const node of plan.nodes) {
        if (!isLookedAt(node) || node.inputs.some(id => without.has(id))) {
          without.add(node.id);
          continue;
        }
        const { output } = (await take(node)).step;
        leaks.push(await leaksOf(bench, node, output, places));
      }
    } finally {
      await bench.close();
    }
  } catch (error) {
    const failure = asFailure(error, null) ?? error;
    if (!(failure instanceof RunFailed) || failure.code !== 'findings') throw failure;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const asked = ({ rule }: { readonly rule: string }): boolean => looked.length === 0 || dataRule(rule as DataRuleName).ofSample;
  const sizes = looked.map(of => `${number(of.rows)} of the ${number(of.all)} rows of \`${of.name}\``);
  const told = (found: FindingRecord): FindingRecord =>
    looked.length === 0 ? found : { ...found, message: `${found.message} Looked at in a sample: ${sizes.join(', ')}.` };
  return {
    leakage: leaks.flatMap(({ leakage }) => leakage.filter(asked)),
    findings: leaks.flatMap(({ findings }) => findings.filter(asked).map(told)),
  };
}

/** Tables, observations and features; not what is learned, nor what is made of it. */
const isLookedAt = (node: PlanNode): node is RelationalNode =>
  isRelational(node) && node.part !== true && !(node.kind === 'features' && node.steps.some(step => step.kind === 'predicted'));

/** The sources whose rows become observations, as they are or in a later form. */
function sampledScans({ nodes }: Plan): ReadonlySet<string> {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const scanOf = (id: string): string | null => {
    const node = byId.get(id);
    if (node?.kind === 'relation') return scanOf(node.base);
    if (node?.kind === 'check') return scanOf(node.table);
    return node?.kind === 'scan' ? node.id : null;
  };
  return new Set(nodes.flatMap(node => (node.kind === 'frame' ? (scanOf(node.relation) ?? []) : [])));
}

/**
 * Leaves so many rows of these sources, by a hash of their key: the same ones in any order of the rows. Without a key it is a hash of all their
 * cells, in which equal rows are told apart by their number: which of them stays makes no difference.
 */
function thinning(scans: ReadonlySet<string>, most: number, looked: Looked[]) {
  return async (session: Session, node: RelationalNode): Promise<void> => {
    if (node.kind !== 'scan' || !scans.has(node.id)) return;
    const table = name(node.id);
    const size = async (): Promise<number> => count((await session.db.rows(`SELECT count(*) FROM ${table}`))[0]?.[0]);
    const all = await size();
    if (all <= most) return;
    const parts = Math.ceil(all / most);
    if (node.key !== null) await session.db.run(`DELETE FROM ${table} WHERE hash(${name(node.key)}) % ${parts} <> 0`);
    else {
      const hashed = `SELECT rowid AS place, hash(${list(columnsOf(session, node.id).map(c => name(c.name)))}) AS cells FROM ${table}`;
      const drawn = `SELECT place, hash(cells, row_number() OVER (PARTITION BY cells)) % ${parts} AS part FROM (${hashed})`;
      await session.db.run(`DELETE FROM ${table} WHERE rowid IN (SELECT place FROM (${drawn}) WHERE part <> 0)`);
    }
    looked.push({ name: node.name, rows: await size(), all });
  };
}
