/** The record of a run from the outputs of its steps, in the order of the plan. Keys stand in one order, so equal runs give equal text. */
import type { Plan } from '../language/plan/plan.ts';
import type { StepKeys } from './keys.ts';
import type { StepOutput } from './nodes/output.ts';
import type { RunOptions } from './options.ts';
import { recordPlace } from './places.ts';
import { type FindingRecord, type RunRecord, recordVersion } from './record.ts';

export interface RunFacts {
  readonly id: string;
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly engine: RunRecord['engine'];
  readonly keys: (id: string) => StepKeys;
  readonly outputs: ReadonlyMap<string, StepOutput>;
  readonly cached: ReadonlySet<string>;
  readonly contents: ReadonlyMap<string, { readonly sha256: string; readonly bytes: number }>;
  readonly ledger: RunRecord['ledger'];
  readonly leakage: RunRecord['leakage'];
  /** Findings of leakage rules, and about the ledger and the store. */
  readonly further: readonly FindingRecord[];
  readonly timing: RunRecord['timing'];
}

export function assemble(facts: RunFacts): RunRecord {
  const { plan, outputs } = facts;
  const done = plan.nodes.flatMap(node => {
    const output = outputs.get(node.id);
    return output ? [{ node, output }] : [];
  });
  const all = <T>(part: (output: StepOutput) => readonly T[]): T[] => done.flatMap(({ output }) => [...part(output)]);
  return {
    version: recordVersion,
    id: facts.id,
    plan: plan.fingerprint,
    seed: plan.seed,
    program: facts.options.program,
    call: facts.options.call,
    engine: facts.engine,
    sources: done.flatMap(({ node, output }) => {
      const content = facts.contents.get(node.id);
      if (node.kind !== 'scan' || output.source === null || content === undefined) return [];
      const { columns, quarantinedRows, quarantinedCells } = output.source;
      return [
        {
          name: node.name,
          rows: output.rows,
          columns,
          bytes: content.bytes,
          sha256: content.sha256,
          quarantined: quarantinedRows + quarantinedCells,
          ...recordPlace(node.place),
        },
      ];
    }),
    nodes: done.map(({ node, output }) => ({
      id: node.id,
      kind: node.kind,
      name: node.name,
      status: facts.cached.has(node.id) ? 'cached' : 'computed',
      rows: output.rows,
      fingerprint: facts.keys(node.id).fingerprint,
      ...recordPlace(node.place),
    })),
    checks: all(o => o.checks),
    partitions: done.flatMap(({ node, output }) => output.partitions.map(p => ({ ...p, ...recordPlace(node.place) }))),
    models: all(o => o.models),
    tunings: all(o => o.tunings),
    features: all(o => o.features),
    metrics: all(o => o.metrics),
    confusions: all(o => o.confusions),
    claims: all(o => o.claims),
    drift: all(o => o.drift),
    findings: distinct([...all(o => o.findings), ...facts.further]).flatMap(f => (facts.options.judge ? (facts.options.judge(f) ?? []) : f)),
    leakage: facts.leakage,
    ledger: facts.ledger,
    timing: facts.timing,
  };
}

/** Parts of one declaration, such as the folds of a split, find the same in the same place. */
const distinct = (findings: readonly FindingRecord[]): FindingRecord[] => [...new Map(findings.map(f => [JSON.stringify(f), f])).values()];
