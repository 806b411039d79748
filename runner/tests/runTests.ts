/** Runs the tests of a program: each on its own rows, through the engine, with an engine of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckNode, FrameNode, PlanNode } from '../../language/plan/plan.ts';
import type { PlanTest } from '../../language/plan/unitTests.ts';
import { isRelational, type RelationalEngine, type RelationalNode } from '../engine/relational.ts';
import { asFailure, cancelled } from '../failure.ts';
import { type Machinery, machineryOf } from '../machinery.ts';
import { newPlan } from '../newData/plan.ts';
import type { RunOptions } from '../options.ts';
import { recordPlace } from '../places.ts';
import type { FindingRecord, RecordPlace } from '../record.ts';
import { type Difference, differences } from './compare.ts';
import { givenScan } from './given.ts';

export interface TestResult extends RecordPlace {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly differences: readonly Difference[];
  /** What the engine says of the rows: cells that do not fit, keys that repeat. */
  readonly findings: readonly FindingRecord[];
}

/** Claims are about the real data; only what they would take out is taken out here too. */
const forTest = (node: CheckNode): CheckNode => ({ ...node, claims: node.claims.filter(c => c.severity === 'quarantine') });

function neededFor(test: PlanTest): RelationalNode[] {
  const wanted = new Set([test.node]);
  for (const node of [...test.plan.nodes].reverse()) if (wanted.has(node.id)) for (const input of node.inputs) wanted.add(input);
  return test.plan.nodes.filter((node): node is RelationalNode => wanted.has(node.id) && isRelational(node));
}

/** What is executed for the test, in order; the last one is what is tested. */
function stepsOf(test: PlanTest): readonly RelationalNode[] {
  const subject: PlanNode | undefined = test.plan.nodes.find(({ id }) => id === test.node);
  if (subject?.kind !== 'features') return neededFor(test).map(node => (node.kind === 'check' ? forTest(node) : node));
  const { tables, frame, split, features } = newPlan(test.plan, [test.node], new Map());
  const cutoffs: FrameNode['cutoffs'] = test.cutoff === null ? frame.cutoffs : { kind: 'grid', instants: [test.cutoff] };
  return [...tables, { ...frame, cutoffs }, split, ...features];
}

async function runTest(test: PlanTest, folder: string, engine: RelationalEngine, options: RunOptions): Promise<Omit<TestResult, 'seconds'>> {
  const findings: FindingRecord[] = [];
  const result = (found: readonly Difference[]): Omit<TestResult, 'seconds'> => ({
    ...recordPlace(test.place),
    name: test.name,
    passed: found.length === 0 && findings.every(f => f.severity !== 'error'),
    differences: found,
    findings,
  });
  for (const [i, step] of stepsOf(test).entries()) {
    const node = step.kind === 'scan' ? await givenScan(step, test, folder, i) : step;
    const { findings: told } = await engine.execute(node, { cancelled: () => options.signal.aborted, progress: () => undefined });
    findings.push(...told.filter(({ rule, severity }) => severity !== 'info' && rule !== 'no-rows' && rule !== 'no-partner'));
    // Without observations nothing came out, which may be what is expected.
    if (told.some(({ rule }) => rule === 'no-observations')) {
      const others = findings.filter(({ rule }) => rule !== 'no-observations');
      findings.splice(0, findings.length, ...others);
      const columns = [...new Set(test.expect.rows.flatMap(row => row.cells.map(({ column }) => column)))];
      return result(differences(test, { columns, rows: [] }));
    }
    if (told.some(({ severity }) => severity === 'error')) return result([]);
  }
  return result(differences(test, await engine.preview(test.node, Number.MAX_SAFE_INTEGER)));
}

/** `tell` hears of each test when it is done. Throws `RunFailed` where the machine does not allow it, and when cancelled. */
export async function runTests(
  tests: readonly PlanTest[],
  options: RunOptions,
  tell: (result: TestResult) => void,
  machinery: Machinery = machineryOf(options),
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'cupel-test-'));
  try {
    for (const test of tests) {
      if (options.signal.aborted) throw cancelled();
      const since = options.clock.now();
      const engine = await machinery.engine(join(folder, 'engine'));
      try {
        const result = { ...(await runTest(test, folder, engine, options)), seconds: (options.clock.now() - since) / 1000 };
        results.push(result);
        tell(result);
      } finally {
        await engine.close();
      }
    }
    return results;
  } catch (error) {
    throw options.signal.aborted ? cancelled() : (asFailure(error, null) ?? error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
