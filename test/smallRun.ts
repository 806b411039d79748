/** A run over a plan and an engine of a few lines, in a folder of its own: for tests of what a run does around its nodes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { EvaluateNode, Plan, PlanNode, PlanPlace } from '../language/plan/plan.ts';
import { EngineError, type NodeResult, type RelationalEngine, type RelationalNode } from '../runner/engine/relational.ts';
import type { RunEvent } from '../runner/events.ts';
import { LearnError } from '../runner/learn/learner.ts';
import { type Matrix, partitionNames } from '../runner/learn/matrix.ts';
import type { Machinery } from '../runner/machinery.ts';
import type { RunRecord } from '../runner/record.ts';
import { run } from '../runner/run.ts';
import { runOptions } from './runOptions.ts';

let root = '';

/** Gives each test of the file a folder with 200 rows in `rows.csv`. */
export function useProject(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cupel-run-'));
    writeFileSync(project('rows.csv'), rows(200));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
}

export const project = (...path: string[]): string => join(root, ...path);
export const store = (...path: string[]): string => project('.cupel', ...path);

/** `id,x,y,partition`: y follows x. */
export function rows(count: number, shift = 0): string {
  return Array.from({ length: count }, (_, i) => {
    const x = ((i * 37) % 100) / 100 + shift;
    return `r${String(i).padStart(4, '0')},${x},${x + ((i * 53) % 10) / 20 > 0.75 ? 1 : 0},${i % 4 === 0 ? 'test' : i % 4 === 1 ? 'validate' : 'train'}`;
  }).join('\n');
}

export const at = (line: number): PlanPlace => ({ file: 'a.cupel', range: { start: { line, character: 0 }, end: { line, character: 5 } } });

/** The plan of a program whose text starts at `line`. */
export function plan({ line = 0, claims = [] as EvaluateNode['claims'], l2 = 1 } = {}): Plan {
  const base = (id: string, name: string, inputs: string[], offset: number) => ({
    id,
    name,
    inputs,
    fingerprint: `${id} ${l2}`,
    place: at(line + offset),
  });
  const label = { name: 'y', kind: 'binary' as const, positive: null };
  const options = {
    delimiter: null,
    header: true,
    nulls: [],
    decimal: '.',
    dateFormat: null,
    timestampFormat: null,
    encoding: 'utf-8',
    compression: 'auto',
    zone: 'UTC',
  } as const;
  const feature = { name: 'x', column: 'x', raw: { column: 'x', kind: 'number' }, kind: 'number', place: at(line + 4) } as const;
  const nodes: PlanNode[] = [
    {
      ...base('scan rows', 'rows', [], 0),
      kind: 'scan',
      connector: 'csv',
      path: 'rows.csv',
      options,
      columns: [],
      hidden: [],
      key: 'id',
      identity: [],
      until: null,
    },
    {
      ...base('frame t', 't', ['scan rows'], 1),
      kind: 'frame',
      relation: 'scan rows',
      where: null,
      paths: [],
      cutoffs: { kind: 'none' },
      known: null,
      key: 'id',
      identity: [],
      label: null,
      until: null,
      ripeFrom: [],
    },
    {
      ...base('split t', 't', ['frame t'], 2),
      kind: 'split',
      frame: 'frame t',
      method: { kind: 'random', test: 0.25, validate: 0.25, seed: 1, stratify: null },
    },
    {
      ...base('features f', 'f', ['frame t', 'split t'], 3),
      kind: 'features',
      split: 'split t',
      frame: 'frame t',
      windows: [],
      paths: [],
      steps: [],
      features: [feature],
    },
    {
      ...base('train usual', 'usual', ['features f', 'split t'], 5),
      kind: 'train',
      features: 'features f',
      split: 'split t',
      algorithm: 'baseline',
      parameters: {},
      tuned: null,
      balance: null,
      earlyStop: null,
      label,
      seed: 1,
    },
    {
      ...base('train logistic', 'logistic', ['features f', 'split t'], 6),
      kind: 'train',
      features: 'features f',
      split: 'split t',
      algorithm: 'logistic_regression',
      parameters: { l2 },
      tuned: null,
      balance: null,
      earlyStop: null,
      label,
      seed: 1,
    },
    {
      ...base('choose best', 'best', ['train usual', 'train logistic'], 7),
      kind: 'choose',
      candidates: ['train usual', 'train logistic'],
      metric: 'auc',
      partition: 'validate',
      split: 'split t',
      crossfits: [],
      refit: [],
    },
    {
      ...base('evaluate best on test', 'best on test', ['choose best', 'features f', 'split t', 'train usual'], 8),
      kind: 'evaluate',
      model: 'choose best',
      split: 'split t',
      features: 'features f',
      partition: 'test',
      where: null,
      metrics: [{ metric: 'brier', place: at(line + 9) }],
      claims,
      segments: [{ by: { op: 'column', type: 'float', name: 'x', of: null }, text: 'half', metrics: ['auc'], place: at(line + 10) }],
      baseline: 'train usual',
      others: [],
      crossfits: [],
      label,
    },
  ];
  return { version: 1, program: ['a.cupel'], seed: 7, nodes, fingerprint: `plan ${l2}` };
}

export const aucOf = (model: string) => ({ op: 'metric', model, metric: 'auc' }) as const;
export const claim = (severity: 'gate' | 'warn', value: number): EvaluateNode['claims'][number] => ({
  text: `auc >= ${value}`,
  place: at(20),
  left: aucOf('choose best'),
  comparison: '>=',
  right: { op: 'number', value },
  severity,
});

/** An engine of a few lines: the table of the source is everybody's table. */
function fakeEngine(log: string[], behave: (node: RelationalNode) => Partial<NodeResult> = () => ({})): RelationalEngine {
  let lines: string[] = [];
  const columns = () => lines.map(l => l.split(','));
  const matrix = (): Matrix => ({
    rows: lines.length,
    columns: [{ kind: 'number', name: 'x', values: Float64Array.from(columns(), c => Number(c[1])) }],
    label: Float64Array.from(columns(), c => Number(c[2])),
    partition: Uint8Array.from(columns(), c => (partitionNames as readonly string[]).indexOf(c[3] ?? '')),
    identity: columns().map(c => c[0] ?? ''),
    entity: Int32Array.from(lines.keys()),
    cutoff: null,
    weight: null,
  });
  const detail = (node: RelationalNode): NodeResult['detail'] => {
    switch (node.kind) {
      case 'scan':
        return { kind: 'scan', columns: 4, quarantinedRows: 0, quarantinedCells: 0 };
      case 'frame':
        return { kind: 'frame', candidates: lines.length, unripe: 0, nullLabels: 0, end: null };
      case 'split':
        return { kind: 'split', partitions: [{ name: 'train', rows: lines.length / 2, positives: 1 }] };
      case 'features':
        return { kind: 'features', fitted: {}, columns: [] };
      case 'check':
        return { kind: 'check', checks: [] };
      case 'relation':
        return { kind: 'relation' };
    }
  };
  return {
    version: 'fake 1',
    threads: 1,
    release: async () => undefined,
    shed: async () => [],
    execute: async (node, context) => {
      log.push(`execute ${node.id}`);
      if (context.cancelled()) throw new EngineError('cancelled', 'cancelled');
      if (node.kind === 'scan') lines = readFileSync(join(root, node.path), 'utf8').split('\n').sort();
      return {
        node: node.id,
        rows: lines.length,
        summary: `${lines.length} rows`,
        findings: [],
        quarantined: 0,
        detail: detail(node),
        ...behave(node),
      };
    },
    save: async (id, folder) => writeFileSync(join(folder, `${id.replace(' ', '-')}.rows`), lines.join('\n')),
    restore: async (node, folder) => {
      log.push(`restore ${node.id}`);
      lines = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8').split('\n');
      return { node: node.id, rows: lines.length, summary: '', findings: [], quarantined: 0, detail: detail(node) };
    },
    matrix: async () => matrix(),
    rawColumns: async () => matrix().columns.map(column => ({ feature: 'x', column })),
    where: async () => new Uint8Array(lines.length).fill(1),
    gaps: async () => [],
    leaks: async () => [],
    segments: async () => ({ names: ['low', 'high'], codes: Int32Array.from(columns(), c => (Number(c[1]) < 0.5 ? 0 : 1)) }),
    writePredictions: async (path, { rows: of, score }) => writeFileSync(path, JSON.stringify([Array.from(of), Array.from(score)])),
    writeQuarantine: async (_, path) => writeFileSync(path, 'row,reason\n'),
    exportTable: async () => {},
    preview: async () => ({ columns: [], rows: [] }),
    close: async () => {},
  };
}

export interface Ran {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly log: readonly string[];
}

export interface Given {
  readonly behave?: (node: RelationalNode) => Partial<NodeResult>;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

export function setUp({ behave, force = false, signal = new AbortController().signal }: Given) {
  const log: string[] = [];
  let clock = 0;
  const options = runOptions(root, {
    backend: 'auto',
    force,
    signal,
    program: [{ path: 'a.cupel', sha256: 'a'.repeat(64) }],
    clock: { now: () => (clock += 5), date: () => new Date('2026-11-21T10:00:00Z') },
  });
  const machinery: Machinery = {
    versions: async () => ({ relational: 'fake 1', tensor: 'none' }),
    engine: async () => fakeEngine(log, behave),
    tensor: async () => {
      throw new LearnError('no-backend', 'none', 'none');
    },
  };
  return { log, options, machinery };
}

export async function execute(given: Plan, how: Given = {}): Promise<Ran> {
  const { log, options, machinery } = setUp(how);
  const events: RunEvent[] = [];
  const record = await run(
    given,
    options,
    event => {
      events.push(event);
      how.onEvent?.(event);
    },
    machinery,
  );
  return { record, events, log };
}

/** What must be equal between runs of the same program and data. */
export function lasting(record: RunRecord): object {
  const { id, timing, engine, ledger, ...rest } = record;
  return { ...rest, nodes: rest.nodes.map(({ status, ...node }) => node) };
}
