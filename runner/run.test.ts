import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvaluateNode, Plan, PlanNode, PlanPlace } from '../language/plan/plan.ts';
import { EngineError, type NodeResult, type RelationalEngine, type RelationalNode } from './engine/relational.ts';
import type { RunEvent } from './events.ts';
import { LearnError } from './learn/learner.ts';
import { type Matrix, partitionNames } from './learn/matrix.ts';
import type { Machinery } from './machinery.ts';
import type { RunOptions } from './options.ts';
import { previewRun } from './preview.ts';
import type { FindingRecord, RunRecord } from './record.ts';
import { run } from './run.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cupel-run-'));
  writeFileSync(join(root, 'rows.csv'), rows(200));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** `id,x,y,partition`: y follows x. */
function rows(count: number, shift = 0): string {
  return Array.from({ length: count }, (_, i) => {
    const x = ((i * 37) % 100) / 100 + shift;
    return `r${String(i).padStart(4, '0')},${x},${x + ((i * 53) % 10) / 20 > 0.75 ? 1 : 0},${i % 4 === 0 ? 'test' : i % 4 === 1 ? 'validate' : 'train'}`;
  }).join('\n');
}

const at = (line: number): PlanPlace => ({ file: 'a.cupel', range: { start: { line, character: 0 }, end: { line, character: 5 } } });

/** The plan of a program whose text starts at `line`. */
function plan({ line = 0, claims = [] as EvaluateNode['claims'], l2 = 1 } = {}): Plan {
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
    },
    {
      ...base('evaluate best on test', 'best on test', ['choose best', 'features f', 'split t', 'train usual'], 8),
      kind: 'evaluate',
      model: 'choose best',
      split: 'split t',
      features: 'features f',
      partition: 'test',
      where: null,
      metrics: [{ metric: 'brier', parameters: {}, place: at(line + 9) }],
      claims,
      segments: [{ by: { op: 'column', type: 'float', name: 'x', of: null }, text: 'half', metrics: ['auc'], place: at(line + 10) }],
      baseline: 'train usual',
      others: [],
      label,
    },
  ];
  return { version: 1, program: ['a.cupel'], seed: 7, nodes, fingerprint: `plan ${l2}` };
}

const aucOf = (model: string) => ({ op: 'metric', model, metric: 'auc', parameters: {} }) as const;
const claim = (severity: 'gate' | 'warn', value: number): EvaluateNode['claims'][number] => ({
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
    segments: async () => ({ names: ['low', 'high'], codes: Int32Array.from(columns(), c => (Number(c[1]) < 0.5 ? 0 : 1)) }),
    writePredictions: async (path, { rows: of, score }) => writeFileSync(path, JSON.stringify([Array.from(of), Array.from(score)])),
    writeQuarantine: async (_, path) => writeFileSync(path, 'row,reason\n'),
    exportTable: async () => {},
    preview: async () => ({ columns: [], rows: [] }),
    close: async () => {},
  };
}

interface Ran {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly log: readonly string[];
}

interface Given {
  readonly behave?: (node: RelationalNode) => Partial<NodeResult>;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

function setUp({ behave, force = false, signal = new AbortController().signal }: Given) {
  const log: string[] = [];
  let clock = 0;
  const options: RunOptions = {
    projectDir: root,
    storeDir: join(root, '.cupel'),
    threads: 1,
    memory: null,
    backend: 'auto',
    force,
    signal,
    program: [{ path: 'a.cupel', sha256: 'a'.repeat(64) }],
    clock: { now: () => (clock += 5), date: () => new Date('2026-11-21T10:00:00Z') },
  };
  const machinery: Machinery = {
    versions: async () => ({ relational: 'fake 1', tensor: 'none' }),
    engine: async () => fakeEngine(log, behave),
    tensor: async () => {
      throw new LearnError('no-backend', 'none', 'none');
    },
  };
  return { log, options, machinery };
}

async function execute(given: Plan, how: Given = {}): Promise<Ran> {
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
function lasting(record: RunRecord): object {
  const { id, timing, engine, ledger, ...rest } = record;
  return { ...rest, nodes: rest.nodes.map(({ status, ...node }) => node) };
}

const store = (...path: string[]) => join(root, '.cupel', ...path);

describe('a run', () => {
  it('ends with a record, its events and the predictions', async () => {
    const { record, events } = await execute(plan({ claims: [claim('gate', 0.7)] }));
    expect(record.id).toMatch(/^20261121-[0-9a-f]{4}$/);
    expect(record.nodes.map(n => n.status)).toEqual(new Array(8).fill('computed'));
    expect(record.models.map(m => m.name)).toEqual(['usual', 'logistic', 'best']);
    expect(record.models[2]?.choice).toMatchObject({ chosen: 'logistic', partition: 'validate' });
    expect(record.metrics.map(m => [m.metric, m.segment])).toEqual([
      ['brier', null],
      ['auc', null],
      ['auc', 'half = high'],
      ['auc', 'half = low'],
    ]);
    expect(record.metrics[1]?.baseline).toMatchObject({ model: 'usual' });
    expect(record.claims).toMatchObject([{ claim: 'auc >= 0.7', passed: true, severity: 'gate' }]);
    expect(record.drift.map(d => d.kind)).toEqual(['feature', 'score', 'label']);
    expect(record.features).toMatchObject([{ set: 'f', name: 'x', nulls: 0, rows: 100 }]);
    expect(record.ledger).toEqual([{ partition: 'test', readings: 1, models: 1 }]);
    expect(events.map(e => e.event).filter(e => e.startsWith('run'))).toEqual(['run-started', 'run-finished']);
    expect(JSON.parse(readFileSync(store('runs', record.id, 'run.json'), 'utf8'))).toEqual(record);
    expect(readdirSync(store('runs', record.id, 'predictions'))).toEqual(['best on test.parquet']);
    expect(JSON.parse(readFileSync(store('runs', record.id, 'models', 'logistic.json'), 'utf8'))).toMatchObject({
      version: 1,
      name: 'logistic',
      trainedOn: { partition: 'train', rows: 100 },
      sources: [{ name: 'rows', sha256: record.sources[0]?.sha256 }],
      state: { kind: 'logistic_regression' },
    });
    expect(existsSync(store('scratch')) ? readdirSync(store('scratch')) : []).toEqual([]);
  });

  it('is the same twice, opens no engine the second time, and reads test once', async () => {
    const first = await execute(plan());
    const second = await execute(plan());
    expect(lasting(second.record)).toEqual(lasting(first.record));
    expect(second.log).toEqual([]);
    expect(second.record.nodes.every(n => n.status === 'cached')).toBe(true);
    expect(second.record.id).toBe(`${first.record.id}-2`);
    expect(second.record.ledger).toEqual([{ partition: 'test', readings: 1, models: 1 }]);
    const told = (ran: Ran) => ran.events.filter(e => ['metric', 'claim', 'drift', 'finding', 'check'].includes(e.event));
    expect(told(second)).toEqual(told(first));
    expect(readFileSync(store('runs', second.record.id, 'predictions', 'best on test.parquet'), 'utf8')).toBe(
      readFileSync(store('runs', first.record.id, 'predictions', 'best on test.parquet'), 'utf8'),
    );
    const forced = await execute(plan(), { force: true });
    expect(lasting(forced.record)).toEqual(lasting(first.record));
    expect(forced.log).toContain('execute features f');
  });

  it('recomputes what changed and restores the tables it needs', async () => {
    await execute(plan());
    const { record, log } = await execute(plan({ l2: 0.1 }));
    expect(record.nodes.filter(n => n.status === 'computed').map(n => n.id)).toEqual(['train logistic', 'choose best', 'evaluate best on test']);
    expect(log.filter(l => l.startsWith('execute'))).toEqual([]);
    expect(log).toContain('restore features f');
    expect(record.ledger).toEqual([{ partition: 'test', readings: 2, models: 2 }]);
  });

  it('recomputes everything when the data change', async () => {
    const first = await execute(plan());
    writeFileSync(join(root, 'rows.csv'), rows(240));
    const second = await execute(plan());
    expect(second.record.nodes.every(n => n.status === 'computed')).toBe(true);
    expect(second.record.sources[0]?.sha256).not.toBe(first.record.sources[0]?.sha256);
  });

  it('takes places from the text as it is now, not as it was when the result was kept', async () => {
    await execute(plan({ claims: [claim('gate', 0.7)] }));
    const { record } = await execute(plan({ line: 30, claims: [claim('gate', 0.7)] }));
    expect(record.nodes.every(n => n.status === 'cached')).toBe(true);
    expect(record.metrics.map(m => m.range.start.line)).toEqual([39, 20, 40, 40]);
    expect(record.drift.map(d => d.range.start.line)).toEqual([34, 38, 38]);
    expect(record.models.map(m => m.range.start.line)).toEqual([35, 36, 37]);
    expect(record.sources.map(o => [o.file, o.range.start.line])).toEqual([['a.cupel', 30]]);
    expect(record.partitions.map(o => [o.file, o.range.start.line])).toEqual([['a.cupel', 32]]);
  });

  it('finds a damaged cache entry and computes it again', async () => {
    const first = await execute(plan());
    for (const folder of readdirSync(store('cache')).filter(f => f.length === 2)) {
      for (const file of readdirSync(store('cache', folder))) truncateSync(store('cache', folder, file), 50);
    }
    const second = await execute(plan());
    expect(second.record.nodes.every(n => n.status === 'computed')).toBe(true);
    expect(lasting(second.record)).toEqual(lasting(first.record));
  });

  it('does not disturb another run in the same folder', async () => {
    const both = await Promise.all([execute(plan()), execute(plan())]);
    const [one, two] = both;
    expect(new Set(both.map(b => b.record.id)).size).toBe(2);
    expect(lasting(one.record)).toEqual(lasting(two.record));
    expect(readdirSync(store('runs')).length).toBe(2);
    expect((await execute(plan())).record.ledger).toEqual([{ partition: 'test', readings: 1, models: 1 }]);
  });

  it('a failed gate is in the record; the run itself is whole', async () => {
    const { record } = await execute(plan({ claims: [claim('gate', 0.999), claim('warn', 0.999)] }));
    expect(record.claims.map(c => [c.passed, c.severity])).toEqual([
      [false, 'gate'],
      [false, 'warn'],
    ]);
    expect(record.claims[0]?.low).toBeLessThan(record.claims[0]?.value ?? 0);
  });

  it('a difference claim is judged on the same rows and has an interval', async () => {
    const difference: EvaluateNode['claims'][number] = {
      ...claim('gate', 0.1),
      text: 'auc - usual.auc >= 0.10',
      left: { op: 'arithmetic', operator: '-', left: aucOf('choose best'), right: aucOf('train usual') },
    };
    const { record } = await execute(plan({ claims: [difference] }));
    const [found] = record.claims;
    const auc = record.metrics.find(m => m.metric === 'auc' && m.segment === null);
    expect(found?.value).toBeCloseTo((auc?.value ?? 0) - 0.5, 12);
    expect(found?.low).toBeLessThan(found?.value ?? 0);
  });

  it('a claim about the bound or the drift compares those', async () => {
    const bound = { ...claim('gate', 0), text: 'low(auc)', left: { op: 'bound', side: 'low', of: aucOf('choose best') } } as const;
    const drift = { ...claim('gate', 0), text: 'drift', left: { op: 'drift', subject: 'features', test: 'psi' }, comparison: '<' } as const;
    const none = { ...drift, left: { op: 'drift', subject: 'features', test: 'chi_square' } } as const;
    const { record } = await execute(plan({ claims: [bound, drift, none] }));
    expect(record.claims[0]?.value).toBe(record.metrics.find(m => m.metric === 'auc')?.low);
    expect(record.claims[1]?.value).toBe(record.drift[0]?.statistic);
    expect(record.claims[2]).toMatchObject({ value: null, passed: false });
  });
});

describe('a run that does not come to its end', () => {
  const error: FindingRecord = { ...at(3), severity: 'error', rule: 'bad-header', message: 'No column `x`', help: 'Add it.', count: 1 };

  it('stops at an error in the data, says where, and leaves no run behind', async () => {
    const events: RunEvent[] = [];
    const failing = execute(plan(), {
      behave: node => (node.kind === 'split' ? { findings: [error] } : {}),
      onEvent: e => events.push(e),
    });
    await expect(failing).rejects.toMatchObject({ name: 'RunFailed', code: 'findings', message: 'No column `x`', place: at(3) });
    expect(events.at(-1)).toMatchObject({ event: 'run-failed', code: 'findings', help: 'Add it.' });
    expect(events.some(e => e.event === 'finding')).toBe(true);
    expect(readdirSync(store('runs'))).toEqual([]);
    const after = await execute(plan());
    expect(after.record.nodes.filter(n => n.status === 'cached').map(n => n.id)).toEqual(['scan rows', 'frame t']);
  });

  it('keeps rows that were taken out where people can look', async () => {
    const { events } = await execute(plan(), { behave: node => (node.kind === 'split' ? { quarantined: 3 } : {}) });
    const [name = ''] = readdirSync(store('quarantine'));
    expect(name).toMatch(/^t-[0-9a-f]{8}\.csv$/);
    const artifact = { event: 'artifact', kind: 'quarantine', path: store('quarantine', name) };
    expect(events.find(e => e.event === 'artifact')).toMatchObject(artifact);
    expect((await execute(plan())).events.find(e => e.event === 'artifact')).toMatchObject(artifact);
  });

  it('stops at a check that must hold', async () => {
    const check = {
      ...at(2),
      table: 'rows',
      claim: 'count() >= 1000',
      passed: false,
      failing: 0,
      total: 200,
      value: 200,
      severity: 'error',
    } as const;
    const failing = execute(plan(), { behave: node => (node.kind === 'frame' ? { detail: { kind: 'check', checks: [check] } } : {}) });
    await expect(failing).rejects.toMatchObject({ message: '`count() >= 1000` does not hold of `rows`: it is 200', place: at(2) });
  });

  it('is cancelled between steps and within them', async () => {
    const controller = new AbortController();
    const failing = execute(plan(), {
      signal: controller.signal,
      onEvent: e => {
        if (e.event === 'node-started' && e.node === 'features f') controller.abort();
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(store('runs'))).toEqual([]);
    expect((await execute(plan())).record.nodes.filter(n => n.status === 'cached')).toHaveLength(3);
  });

  it('a disk that cannot be written is no bug', async () => {
    writeFileSync(join(root, '.cupel'), '');
    await expect(execute(plan())).rejects.toMatchObject({ code: 'resources' });
  });

  it('a bug stays what it is', async () => {
    const events: RunEvent[] = [];
    const failing = execute(plan(), {
      behave: node => {
        if (node.kind === 'frame') throw new TypeError('oops');
        return {};
      },
      onEvent: e => events.push(e),
    });
    await expect(failing).rejects.toBeInstanceOf(TypeError);
    expect(events.at(-1)).toMatchObject({ event: 'run-failed', code: 'bug', message: 'oops' });
  });
});

describe('a preview', () => {
  it('says what would run, and why', async () => {
    const because = async (given: Plan, force = false) => {
      const { options, machinery } = setUp({ force });
      return (await previewRun(given, options, machinery)).map(s => (s.cached ? '' : s.because));
    };
    expect(await because(plan())).toEqual(new Array(8).fill('it has not been run before'));
    await execute(plan());
    expect(await because(plan())).toEqual(new Array(8).fill(''));
    expect(await because(plan({ l2: 3 }))).toEqual(['', '', '', '', '', 'its definition changed', 'it reads logistic', 'it reads best']);
    expect((await because(plan(), true))[0]).toBe('--force');
    writeFileSync(join(root, 'rows.csv'), rows(100));
    expect((await because(plan())).slice(0, 3)).toEqual(['its data changed', 'it reads rows', 'it reads t']);
    rmSync(join(root, 'rows.csv'));
    expect((await because(plan()))[0]).toBe('there is no file rows.csv');
  });
});
